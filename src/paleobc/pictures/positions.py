"""Where the cells of a field are on the globe."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
import xarray as xr

from paleobc.conventions import FloatArray
from paleobc.errors import InputError

#: Names that latitude and longitude bear in files of the laboratory; the first pair that fits is taken.
COORDINATE_NAMES = (
    ("lat", "lon"),
    ("latitude", "longitude"),
    ("nav_lat", "nav_lon"),
    ("navlat", "navlon"),
    ("gphit", "glamt"),
    ("rlat", "rlon"),
)

#: Rows and columns are straight where they bend by less than this [degrees].
STRAIGHT = 1e-3


@dataclass(frozen=True)
class Positions:
    """
    Centres of the cells of a two-dimensional field.

    Parameters
    ----------
    dimensions : tuple of two
        Names of the row and of the column dimension of the field.
    latitudes, longitudes : ndarray
        Centres [degrees]; shapes (rows,) and (columns,) where ``regular``, else both (rows, columns).
    regular : bool
        Every row lies on one latitude and every column on one longitude.
    """

    dimensions: tuple[Hashable, Hashable]
    latitudes: FloatArray
    longitudes: FloatArray
    regular: bool

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        if self.regular:
            return self.latitudes.size, self.longitudes.size
        return self.latitudes.shape[0], self.latitudes.shape[1]

    def centres(self) -> tuple[FloatArray, FloatArray]:
        """Latitude and longitude of every cell [degrees], both of shape (rows, columns)."""
        if not self.regular:
            return self.latitudes, self.longitudes
        latitudes, longitudes = np.meshgrid(self.latitudes, self.longitudes, indexing="ij")
        return latitudes, longitudes


def find_positions(dataset: xr.Dataset, variable: Hashable) -> Positions | None:
    """Positions of the cells of one variable; None where the data set holds no coordinates for it."""
    dimensions = dataset[variable].dims
    for latitude, longitude in _coordinate_pairs(dataset):
        pair = (dataset[latitude].squeeze(drop=True), dataset[longitude].squeeze(drop=True))
        if {*pair[0].dims, *pair[1].dims} <= set(dimensions):
            positions = _from_pair(*pair)
            if positions is not None:
                return positions
    return None


def positions_of(dataset: xr.Dataset, variable: Hashable) -> Positions:
    """
    Positions of the cells of one variable.

    Raises
    ------
    InputError
        Where the data set holds no latitude and longitude on the dimensions of the variable.
    """
    positions = find_positions(dataset, variable)
    if positions is None:
        raise InputError(
            f"No latitude and longitude go with '{variable}', so it cannot be drawn; "
            "add them to the file as lat and lon, or as nav_lat and nav_lon, on the same dimensions."
        )
    return positions


def is_coordinate(dataset: xr.Dataset, variable: Hashable) -> bool:
    """Whether a variable is itself a latitude or a longitude."""
    units = str(dataset[variable].attrs.get("units", ""))
    names = {name for pair in COORDINATE_NAMES for name in pair}
    return str(variable).lower() in names or units.startswith(("degrees_north", "degrees_east"))


def _coordinate_pairs(dataset: xr.Dataset) -> list[tuple[Hashable, Hashable]]:
    """Variables that may be latitude and longitude, the likeliest first."""
    by_name = {str(name).lower(): name for name in dataset.variables}
    pairs = [(by_name[a], by_name[b]) for a, b in COORDINATE_NAMES if a in by_name and b in by_name]
    named = [[name for name in dataset.variables if _has_unit(dataset, name, unit)] for unit in ("north", "east")]
    return pairs + list(zip(*named, strict=False))


def _has_unit(dataset: xr.Dataset, variable: Hashable, direction: str) -> bool:
    return str(dataset[variable].attrs.get("units", "")).startswith(f"degrees_{direction}")


def _from_pair(latitude: xr.DataArray, longitude: xr.DataArray) -> Positions | None:
    """Positions from one pair of coordinate variables; None where their shapes do not go together."""
    if latitude.ndim == 1 and longitude.ndim == 1 and latitude.dims != longitude.dims:
        dimensions = (latitude.dims[0], longitude.dims[0])
        return Positions(dimensions, _degrees(latitude), _degrees(longitude), regular=True)
    if latitude.ndim != 2 or set(latitude.dims) != set(longitude.dims):
        return None
    dimensions = (latitude.dims[0], latitude.dims[1])
    latitudes, longitudes = _degrees(latitude), _degrees(longitude.transpose(*dimensions))
    turn = (longitudes - longitudes[:1] + 180.0) % 360.0 - 180.0
    if np.all(np.abs(latitudes - latitudes[:, :1]) < STRAIGHT) and np.all(np.abs(turn) < STRAIGHT):
        return Positions(dimensions, latitudes[:, 0], longitudes[0], regular=True)
    return Positions(dimensions, latitudes, longitudes, regular=False)


def _degrees(coordinate: xr.DataArray) -> FloatArray:
    return np.asarray(coordinate.values, dtype=np.float64)
