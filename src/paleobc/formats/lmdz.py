"""The file that LMDZ reads from us: relief at high resolution."""

from __future__ import annotations

import numpy as np
import xarray as xr

from paleobc.conventions import FloatArray
from paleobc.grids.regular import RegularGrid

#: Grid of the relief file: a sixth of a degree.
RELIEF_GRID = RegularGrid(1080, 2160)


def relief_file(height: FloatArray) -> xr.Dataset:
    """
    Content of ``Relief.nc``: height of the land, 0 in the sea and wherever it is negative.

    Parameters
    ----------
    height : ndarray, shape (1080, 2160)
        Height above sea level [m], south to north.
    """
    latitude = {"standard_name": "latitude", "long_name": "latitude", "units": "degrees_north", "axis": "Y"}
    longitude = {"standard_name": "longitude", "long_name": "longitude", "units": "degrees_east", "axis": "X"}
    relief = xr.Variable(
        ("latitude", "longitude"),
        np.maximum(height[::-1], 0.0),
        {"long_name": "relief", "units": "m", "standard_name": "surface_altitude"},
    )
    return xr.Dataset(
        {"RELIEF": relief},
        coords={
            "latitude": ("latitude", RELIEF_GRID.latitudes[::-1], latitude),
            "longitude": ("longitude", RELIEF_GRID.longitudes, longitude),
        },
        attrs={"title": "High-resolution relief for LMDZ"},
    )
