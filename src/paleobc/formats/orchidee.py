"""The files that ORCHIDEE reads: routing, soils, plant functional types."""

from __future__ import annotations

import numpy as np
import xarray as xr

from paleobc.conventions import FloatArray, IntArray
from paleobc.formats.netcdf import missing_is_nan
from paleobc.grids.regular import RegularGrid
from paleobc.rivers.network import RiverNetwork
from paleobc.topography.masks import is_land

#: Grid of the vegetation file [rows, columns]: half a degree.
PFT_GRID = RegularGrid(360, 720)


def _positions(grid: RegularGrid) -> dict[str, xr.Variable]:
    """Longitude and latitude of each cell, north to south."""
    longitude = {"units": "degrees_east", "valid_min": -180.0, "valid_max": 180.0, "long_name": "Longitude"}
    latitude = {"units": "degrees_north", "valid_min": -90.0, "valid_max": 90.0, "long_name": "Latitude"}
    return {
        "nav_lon": xr.Variable(("y", "x"), np.broadcast_to(grid.longitudes, grid.shape), longitude),
        "nav_lat": xr.Variable(("y", "x"), np.broadcast_to(grid.latitudes[::-1, None], grid.shape), latitude),
    }


def _north_up(field: FloatArray, units: str, long_name: str, axis: str) -> xr.Variable:
    """A field given from south to north as a variable from north to south."""
    attributes = {"axis": axis, "units": units, "long_name": long_name, "associate": "nav_lat nav_lon"}
    return xr.Variable(("y", "x"), field[::-1], missing_is_nan(attributes))


def _on_land(codes: IntArray) -> FloatArray:
    """Whole numbers as floating point, NaN where they are 0: in the sea."""
    return np.where(codes > 0, codes, np.nan)


def routing_file(rivers: RiverNetwork, height: FloatArray, grid: RegularGrid) -> xr.Dataset:
    """
    Content of ``routing.nc``.

    Parameters
    ----------
    rivers : RiverNetwork
    height : ndarray, shape (rows, columns)
        Conditioned height [m].
    grid : RegularGrid
    """
    orography = np.where(is_land(height), height, np.nan)
    axis = "TYX"
    variables = {
        "trip": _north_up(_on_land(rivers.codes), "", "Direction of flow from each box", axis),
        "basins": _north_up(_on_land(rivers.basins), "", "Basin number for each grid box", axis),
        "topoind": _north_up(rivers.topographic_index, "", "Topographic index of the retention time", axis),
        "hdiff": _north_up(rivers.drop, "m", "Height difference with the outflow basin", axis),
        "riverl": _north_up(rivers.length, "m", "River length to the next basin", axis),
        "orog": _north_up(orography, "m", "Orography", axis),
        "disto": _north_up(rivers.distance, "km", "Distance to ocean", axis),
        "topo": _north_up(height, "m", "Height above sea level, conditioned for rivers", axis),
    }
    return xr.Dataset(variables, coords=_positions(grid), attrs={"title": "River routing for ORCHIDEE"})


def soils_file(colour: FloatArray, texture: FloatArray, grid: RegularGrid) -> xr.Dataset:
    """
    Content of ``soils_param.nc``; fields from south to north, 0 in the sea.

    Parameters
    ----------
    colour, texture : ndarray, shape (rows, columns)
        Soil classes.
    grid : RegularGrid
    """
    colour_name = "Soil color types from the Henderson-Sellers and Wilson dataset"
    variables = {
        "soilcolor": _north_up(colour, "index", colour_name, "YX"),
        "soiltext": _north_up(texture, "index", "Soil texture from Zobler 86", "YX"),
    }
    return xr.Dataset(variables, coords=_positions(grid), attrs={"title": "Soils for ORCHIDEE"})


def pft_file(fractions: FloatArray) -> xr.Dataset:
    """
    Content of ``PFTmap.nc``.

    Parameters
    ----------
    fractions : ndarray, shape (13, 360, 720)
        Fraction of each plant functional type on the half-degree grid, south to north; NaN in the sea.
    """
    attributes = {"long_name": "Maximum vegetation fraction", "units": "1"}
    dimensions = ("time_counter", "veget", "lat", "lon")
    return xr.Dataset(
        {
            "maxvegetfrac": xr.Variable(dimensions, fractions[None, :, ::-1], missing_is_nan(attributes)),
            "bounds_lat": _bounds("lat", PFT_GRID.latitudes[::-1], -PFT_GRID.latitude_step),
            "bounds_lon": _bounds("lon", PFT_GRID.longitudes, PFT_GRID.longitude_step),
        },
        coords={**_time_and_types(), **_half_degree_axes()},
        attrs={"title": "Plant functional types for ORCHIDEE"},
    )


def _time_and_types() -> dict[str, xr.Variable]:
    """Coordinates of the one time and of the 13 types."""
    time = {"units": "years since 0-1-1", "calendar": "gregorian", "axis": "T"}
    types = {
        "valid_max": np.int32(13),
        "long_name": "Vegetation Classes",
        "valid_min": np.int32(1),
        "units": "-",
    }
    return {
        "time_counter": xr.Variable("time_counter", np.array([1], dtype=np.int32), time),
        "veget": xr.Variable("veget", np.arange(1, 14, dtype=np.int32), types),
    }


def _half_degree_axes() -> dict[str, xr.Variable]:
    """Latitudes from north to south and longitudes from west to east."""
    latitude = {
        "bounds": "bounds_lat",
        "valid_max": 90.0,
        "long_name": "Latitude",
        "valid_min": -90.0,
        "units": "degrees_north",
        "axis": "Y",
    }
    longitude = {
        "bounds": "bounds_lon",
        "valid_max": 180.0,
        "long_name": "Longitude",
        "valid_min": -180.0,
        "axis": "X",
        "units": "degrees_east",
        "modulo": 360.0,
        "topology": "circular",
    }
    return {
        "lat": xr.Variable("lat", PFT_GRID.latitudes[::-1], latitude),
        "lon": xr.Variable("lon", PFT_GRID.longitudes, longitude),
    }


def _bounds(dimension: str, centres: FloatArray, step: float) -> xr.Variable:
    """Edges of the cells around the centres."""
    return xr.Variable((dimension, "bnds"), centres[:, None] + np.array([-0.5, 0.5]) * step)
