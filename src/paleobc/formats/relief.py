"""Reading any relief: heights of land and sea floor of the globe, from whatever NetCDF file holds them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from netCDF4 import Dataset, Variable

from paleobc.conventions import HEIGHT, LATITUDE, LONGITUDE, REGULAR_DIMENSIONS, FloatArray
from paleobc.errors import InputError
from paleobc.formats.attributes import text
from paleobc.formats.opening import file_sha256, open_netcdf
from paleobc.formats.relief_axes import Axes, find_axes, has_regular_axes, refuse_curvilinear
from paleobc.formats.relief_cells import centres, columns_of, rows_of, to_cells
from paleobc.formats.relief_units import (
    describes_depth,
    refuse_absurd,
    stated_sign,
    to_metres,
    to_positive_up,
)
from paleobc.formats.relief_values import Place, read_values, refuse_missing, unpacked
from paleobc.formats.relief_variable import find_variable, long_dimensions
from paleobc.formats.wording import listed, rounded, sized
from paleobc.grids.regular import RegularGrid

FEWEST_ROWS, FEWEST_COLUMNS = 2, 4


@dataclass(frozen=True)
class Relief:
    """
    A relief as it was read, and what was assumed in reading it.

    Parameters
    ----------
    dataset : xarray.Dataset
        ``height`` (lat, lon) above sea level, positive up [m], on cells of the whole globe, south to north
        and eastwards from -180 degrees; everywhere finite.
    variable : str
        Name of the variable in the file.
    assumptions : tuple of str
        One sentence for each thing that was assumed or converted.
    sha256 : str
        SHA-256 of the bytes of the file.
    """

    dataset: xr.Dataset
    variable: str
    assumptions: tuple[str, ...]
    sha256: str


def read_relief(path: Path, variable: str | None = None) -> Relief:
    """
    Read a relief in any of the ways in which people write one.

    Parameters
    ----------
    path : Path
        NetCDF file, classic or HDF5.
    variable : str, optional
        Name of the variable; needed only where several could be meant.

    Raises
    ------
    AmbiguousVariableError
        Where several variables could be meant.
    InputError
        Where the file cannot be used, in a sentence that says why and what to do.
    """
    path = Path(path)
    with open_netcdf(path) as dataset:
        name, heights, phase, assumptions = _read(dataset, path.name, variable)
    return Relief(_as_dataset(heights, phase), name, assumptions, file_sha256(path))


def _read(dataset: Dataset, file: str, name: str | None) -> tuple[str, FloatArray, Fraction, tuple[str, ...]]:
    """Name of the variable, heights on cells, phase of the first column, assumptions."""
    if name is None and not has_regular_axes(dataset):
        refuse_curvilinear(dataset, file)
    name, chosen = find_variable(dataset, file, name)
    variable = dataset.variables[name]
    first, second = long_dimensions(variable)
    axes = find_axes(dataset, file, name, (first, second))
    _refuse_small(axes, file)
    rows, columns = rows_of(axes.latitudes, file), columns_of(axes.longitudes, file)
    heights, converted = _heights(variable, axes, file)
    cells, phase, moved = to_cells(heights, rows, columns, file)
    said = chosen + _dropped(variable) + axes.assumptions + converted + rows.notes + columns.notes + moved
    return name, cells, phase, said


def _heights(variable: Variable[Any], axes: Axes, file: str) -> tuple[FloatArray, tuple[str, ...]]:
    """Heights in metres, positive up, in the order of the file's rows and columns."""
    turn = long_dimensions(variable)[0] == axes.longitude_dimension
    shape = axes.latitudes.size, axes.longitudes.size
    place = _place(axes)
    raw, missing = read_values(variable, shape[::-1] if turn else shape, turn)
    depth = describes_depth(variable) or stated_sign(variable) == "down"
    refuse_missing(missing, place, file, variable.name, depth)
    with np.errstate(over="ignore", invalid="ignore"):  # absurd numbers are refused below
        values, packing = unpacked(variable, raw)
        del raw, missing
        units = text(variable, "units")
        values, converted = to_metres(values, units, file, variable.name)
    refuse_absurd(values, units, place, file, variable.name)
    weights = np.cos(np.radians(np.clip(axes.latitudes, -90.0, 90.0)))
    values, signed = to_positive_up(values, weights, variable, file)
    return values, packing + converted + signed


def _place(axes: Axes) -> Place:
    """Say where a flat index of (lat, lon) lies."""

    def place(index: int) -> str:
        row, column = divmod(index, axes.longitudes.size)
        latitude, longitude = rounded(axes.latitudes[row]), rounded(axes.longitudes[column])
        return f"latitude {latitude}, longitude {longitude} (row {row + 1}, column {column + 1} of the file)"

    return place


def _refuse_small(axes: Axes, file: str) -> None:
    """Refuse a grid too small to be a globe."""
    shape = axes.latitudes.size, axes.longitudes.size
    if shape[0] < FEWEST_ROWS or shape[1] < FEWEST_COLUMNS:
        raise InputError(
            f"{file} holds a grid of {sized(shape)} cells; at least {sized((FEWEST_ROWS, FEWEST_COLUMNS))} are needed."
        )


def _dropped(variable: Variable[Any]) -> tuple[str, ...]:
    """Say which dimensions of length one were left out."""
    dropped = [name for name in variable.dimensions if name not in long_dimensions(variable)]
    return (f"Dimensions of length one were left out: {listed(dropped)}.",) if dropped else ()


def _as_dataset(heights: FloatArray, phase: Fraction) -> xr.Dataset:
    """Heights with coordinates and attributes that depend on nothing else in the file."""
    rows, columns = heights.shape
    described = {
        "long_name": "height above sea level, positive up",
        "standard_name": "surface_altitude",
        "units": "m",
    }
    latitude = {"standard_name": "latitude", "long_name": "latitude", "units": "degrees_north", "axis": "Y"}
    longitude = {"standard_name": "longitude", "long_name": "longitude", "units": "degrees_east", "axis": "X"}
    return xr.Dataset(
        {HEIGHT: (REGULAR_DIMENSIONS, np.ascontiguousarray(heights), described)},
        coords={
            LATITUDE: ((LATITUDE,), RegularGrid(rows, columns).latitudes, latitude),
            LONGITUDE: ((LONGITUDE,), centres(columns, phase), longitude),
        },
    )
