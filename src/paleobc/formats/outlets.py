"""Where the rivers of a routing file leave the land, and how much land each of them drains."""

from __future__ import annotations

import numpy as np
import xarray as xr

from paleobc.constants import RIVER_EARTH_RADIUS
from paleobc.conventions import (
    COASTAL_FLOW,
    DIRECTION_COLUMNS,
    DIRECTION_ROWS,
    RETURN_FLOW,
    RIVER_FLOW,
    FloatArray,
    IntArray,
)
from paleobc.errors import InputError
from paleobc.grids.cells import cell_areas
from paleobc.grids.regular import RegularGrid
from paleobc.remapping.mosaix_certificate import Outlets

_OUTLETS = (RETURN_FLOW, COASTAL_FLOW, RIVER_FLOW)


def river_outlets(routing: xr.Dataset) -> Outlets:
    """
    Outlets of a routing file: river mouths, coastal flow, inner ends, and all else where water can go no farther.

    The area is that of all cells upstream, followed from cell to cell.

    Parameters
    ----------
    routing : Dataset
        With ``trip``, ``nav_lon`` and ``nav_lat``; rows from north to south or from south to north.

    Raises
    ------
    InputError
        Where the grid is not a regular one of the globe.
    """
    codes, latitude, longitude = _south_up(routing)
    grid = RegularGrid(*codes.shape)
    _check(grid, latitude, longitude)
    receiver = _receivers(codes)
    land = np.flatnonzero(codes.ravel() > 0)
    ends = land[receiver[land] == land]
    far = receiver.copy()
    for _ in range(int(land.size).bit_length()):
        far[land] = far[far[land]]
    area = np.repeat(cell_areas(grid, RIVER_EARTH_RADIUS), grid.columns)
    drained = np.bincount(far[land], area[land], codes.size)
    return Outlets(
        longitude[ends % grid.columns], latitude[ends // grid.columns], drained[ends],
        grid.latitude_step, grid.longitude_step,
    )  # fmt: skip


def _south_up(routing: xr.Dataset) -> tuple[IntArray, FloatArray, FloatArray]:
    """Codes, 0 in the sea, from south to north, with the latitudes of the rows and longitudes of the columns."""
    trip = np.asarray(routing["trip"].values, dtype=np.float64).squeeze()
    latitude, longitude = (np.asarray(routing[f"nav_{axis}"].values, dtype=np.float64) for axis in ("lat", "lon"))
    if trip.ndim != 2 or latitude.shape != trip.shape or longitude.shape != trip.shape:
        raise InputError("The routing needs trip, nav_lat and nav_lon on the same rows and columns; make it anew.")
    known = ((trip >= 1) & (trip <= 8)) | np.isin(trip, _OUTLETS)
    codes = np.where(known, trip, 0).astype(np.int16)
    rows = slice(None, None, -1 if latitude[0, 0] > latitude[-1, 0] else 1)
    return codes[rows], latitude[rows, 0], longitude[0]


def _check(grid: RegularGrid, latitude: FloatArray, longitude: FloatArray) -> None:
    """Refuse what does not cover the globe in equal steps from west to east."""
    steps = (np.diff(longitude) - grid.longitude_step + 180.0) % 360.0 - 180.0
    if np.abs(latitude - grid.latitudes).max() > 1e-3 or np.abs(steps).max(initial=0.0) > 1e-3:
        raise InputError(
            "The routing does not cover the globe with equal steps of latitude and longitude; make it with the step "
            "routing."
        )


def _receivers(codes: IntArray) -> IntArray:
    """Flat index of the land cell that each cell drains into; its own for outlets and for the sea."""
    rows, columns = codes.shape
    j, i = np.indices(codes.shape)
    direction = np.where(codes <= 8, codes, 0)
    north = j + np.array([0, *DIRECTION_ROWS])[direction]
    east = (i + np.array([0, *DIRECTION_COLUMNS])[direction]) % columns
    inside = (north >= 0) & (north < rows)
    target = np.where(inside, north, j) * columns + np.where(inside, east, i)
    own = j * columns + i
    return np.asarray(np.where(codes.ravel()[target] > 0, target, own).ravel())
