"""The grid that the coordinates of a variable make, and how its rows and columns stand in the file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from netCDF4 import Dataset, Variable

from paleobc.conventions import FloatArray, IntArray
from paleobc.errors import InputError
from paleobc.formats.attributes import text
from paleobc.formats.field_axes import arranged_axes
from paleobc.formats.field_coordinates import Places
from paleobc.formats.nemo import cell_bounds, field_values, read_ocean_grid
from paleobc.formats.relief_axes import degrees_of, profile_along
from paleobc.formats.relief_variable import is_number, long_dimensions
from paleobc.grids.arranged_places import arranged_places
from paleobc.grids.curvilinear import CurvilinearGrid, GridPoints, describe_grid
from paleobc.grids.field_grid import FieldGrid, curvilinear_field_grid, ocean_field_grid
from paleobc.grids.plain_curvilinear import refuse_missing_places

#: So near to a pole a longitude says nothing [degrees].
_AT_POLE: Final = 1e-3

Numbers = npt.NDArray[Any]


@dataclass(frozen=True, eq=False)
class Layout:
    """
    How the rows and columns of a grid stand in a file.

    Parameters
    ----------
    row_dimension, column_dimension : str
    row_in_file : ndarray of int, shape (rows,)
        Row of the file that holds each row of the grid.
    column_in_file : ndarray of int, shape (columns,)
        Column of the file that holds each column of the grid.
    column_of_grid : ndarray of int, shape (columns of the file,)
        Column of the grid for each column of the file, which may repeat some.
    """

    row_dimension: str
    column_dimension: str
    row_in_file: IntArray
    column_in_file: IntArray
    column_of_grid: IntArray

    @property
    def dimensions(self) -> tuple[str, str]:
        """Dimensions of the rows and of the columns."""
        return self.row_dimension, self.column_dimension

    def to_grid(self, stored: Numbers) -> Numbers:
        """Numbers (rows, columns) of the file in the order of the grid."""
        return np.ascontiguousarray(stored[self.row_in_file][:, self.column_in_file])

    def to_file(self, values: Numbers) -> Numbers:
        """Numbers (rows, columns) of the grid in the order of the file."""
        stored = np.empty((values.shape[0], self.column_of_grid.size), dtype=values.dtype)
        stored[self.row_in_file] = values[:, self.column_of_grid]
        return stored


def grid_of_places(dataset: Dataset, path: Path, places: Places) -> tuple[FieldGrid, Layout]:
    """
    Grid of a variable, and how it stands in the file.

    Parameters
    ----------
    dataset : netCDF4.Dataset
        The open file.
    path : Path
        Where it is.
    places : Places

    Raises
    ------
    InputError
        Where the places make no grid; it says why.
    """
    latitude, longitude = dataset.variables[places.latitude], dataset.variables[places.longitude]
    try:
        if len(long_dimensions(latitude)) < 2:
            return _of_axes(dataset, latitude, longitude, path.name)
        return _of_flat(dataset, latitude, longitude, path)
    except InputError as refusal:
        said = str(refusal)
        raise refusal if said.startswith(path.name) else InputError(f"{path.name}: {said}") from None


def layout_as_it_stands(variable: Variable[Any]) -> Layout:
    """Layout of a variable whose last two dimensions are the rows and columns of a grid that another file gives."""
    rows, columns = (np.arange(length) for length in variable.shape[-2:])
    return Layout(variable.dimensions[-2], variable.dimensions[-1], rows, columns, columns)


def _of_axes(
    dataset: Dataset, latitude: Variable[Any], longitude: Variable[Any], file: str
) -> tuple[FieldGrid, Layout]:
    """Grid of coordinates of one dimension each."""
    grid, order = arranged_axes(
        degrees_of(latitude, file),
        degrees_of(longitude, file),
        file,
        latitude_bounds=_edges(dataset, latitude),
        longitude_bounds=_edges(dataset, longitude),
    )
    return grid, Layout(latitude.dimensions[0], longitude.dimensions[0], *order)


def _edges(dataset: Dataset, variable: Variable[Any]) -> FloatArray | None:
    """Bounds of the cells along a coordinate, shape (cells, 2); None where there are none."""
    bounds = dataset.variables.get(text(variable, "bounds"))
    if bounds is None or not is_number(bounds) or bounds.shape != (variable.size, 2):
        return None
    values = np.asarray(bounds[...], dtype=np.float64)
    return values if np.isfinite(values).all() and np.abs(values).max() < 1e4 else None


def _of_flat(
    dataset: Dataset, latitude: Variable[Any], longitude: Variable[Any], path: Path
) -> tuple[FieldGrid, Layout]:
    """Grid of coordinates that are written for every cell."""
    north, east = field_values(latitude), field_values(longitude)
    if (
        np.nanmax(np.abs(north), initial=0.0) > 91.0 >= np.nanmax(np.abs(east), initial=0.0)
    ):  # MOSAIC gives each the units of the other
        north, east = east, north
    refuse_missing_places(east, north)
    dimensions = long_dimensions(latitude)
    for along in (0, 1):
        axes = _as_axes(north, east, along)
        if axes is not None:
            grid, order = arranged_axes(*axes, path.name)
            return grid, Layout(dimensions[along], dimensions[1 - along], *order)
    arranged = arranged_places(east, north, cell_bounds(dataset, longitude, latitude))
    ocean = _ocean_grid(path, arranged.longitudes, arranged.latitudes, arranged.bounds)
    if ocean is not None:
        grid = ocean_field_grid(ocean)
    else:
        grid = curvilinear_field_grid(arranged.longitudes, arranged.latitudes, bounds=arranged.bounds)
    row, column = dimensions[::-1] if arranged.is_transposed else dimensions
    return grid, Layout(row, column, arranged.rows, arranged.columns, np.argsort(arranged.columns))


def _as_axes(north: FloatArray, east: FloatArray, along: int) -> tuple[FloatArray, FloatArray] | None:
    """Latitudes of the rows along a dimension and longitudes of the columns; None where they are no axes."""
    rows = profile_along(north, along)
    if rows is None:
        return None
    has_meridian = np.abs(rows) < 90.0 - _AT_POLE  # rows on a pole may have any longitude
    columns = profile_along(np.compress(has_meridian, east, axis=along), 1 - along) if has_meridian.any() else None
    return None if columns is None else (rows, columns)


def _ocean_grid(
    path: Path, longitudes: FloatArray, latitudes: FloatArray, bounds: tuple[FloatArray, FloatArray] | None
) -> CurvilinearGrid | None:
    """NEMO's grid of these places, with the corners that the file knows; None where they have no fold."""
    try:
        grid = read_ocean_grid(path)
        turns = np.abs(np.exp(1j * np.radians(grid.t.longitude)) - np.exp(1j * np.radians(longitudes)))
        if max(turns.max(), np.abs(grid.t.latitude - latitudes).max()) < 1e-6:
            return grid
    except (InputError, ValueError):
        pass  # the file holds another grid, or one that is turned
    try:
        return describe_grid(GridPoints(longitudes, latitudes), bounds=bounds)
    except InputError:
        return None
