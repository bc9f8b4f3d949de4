"""Latitudes and longitudes in the order of a file put in order: a regular grid where they are one, else another."""

from __future__ import annotations

from typing import Final

import numpy as np

from paleobc.conventions import FloatArray, IntArray
from paleobc.errors import InputError
from paleobc.formats.relief_cells import centres, columns_of, rows_of
from paleobc.grids.field_grid import FieldGrid, rectilinear_field_grid, regular_field_grid
from paleobc.grids.rectilinear import rectilinear_grid
from paleobc.grids.regular import RegularGrid

#: Longitudes so near to each other are one [degrees], a coarser part of a step where steps are finer.
_SAME_LONGITUDE: Final = 1e-3
_SAME_PART: Final = 0.1

#: Bounds of neighbours that differ by less [parts of a cell] are one edge.
_SAME_EDGE: Final = 1e-2

#: Row and column of the file for each row and column of the grid, and the grid's column for each of the file.
Order = tuple[IntArray, IntArray, IntArray]


def arranged_axes(
    latitudes: FloatArray,
    longitudes: FloatArray,
    file: str,
    *,
    latitude_bounds: FloatArray | None = None,
    longitude_bounds: FloatArray | None = None,
) -> tuple[FieldGrid, Order]:
    """
    Grid of rows and columns that may run in any order, repeat meridians, and begin anywhere.

    Parameters
    ----------
    latitudes : ndarray, shape (rows,)
        In the order of the file [degrees north].
    longitudes : ndarray, shape (columns,)
        In the order of the file, in any range [degrees east].
    file : str
        Name of the file, for the sentences.
    latitude_bounds, longitude_bounds : ndarray, shape (cells, 2), optional
        Edges of the cells.

    Raises
    ------
    InputError
        Where they are no meridians and parallels.

    Examples
    --------
    >>> grid, (rows, columns, _) = arranged_axes(np.array([50.0, 40.0]), np.array([355.0, 0.0, 10.0]), "a.nc")
    >>> grid.mesh.longitudes[0], rows
    (array([-5.,  0., 10.]), array([1, 0]))
    """
    if min(latitudes.size, longitudes.size) < 2:
        raise InputError(f"{file}: the grid has one row or one column only; at least two of each are needed.")
    rows = np.argsort(latitudes, kind="stable")
    columns, column_of_grid, turned = _columns(longitudes)
    order = rows, columns, column_of_grid
    regular = _regular(latitudes, longitudes, turned[columns], file)
    if regular is not None:
        return regular_field_grid(regular), order
    grid = rectilinear_grid(
        turned[columns],
        latitudes[rows],
        longitude_edges=_common_edges(longitude_bounds, longitudes, turned, columns),
        latitude_edges=_common_edges(latitude_bounds, latitudes, latitudes, rows),
    )
    return rectilinear_field_grid(grid), order


def _columns(longitudes: FloatArray) -> tuple[IntArray, IntArray, FloatArray]:
    """
    Columns of the file from west to east, each meridian once.

    Where they close around the globe they begin at -180 degrees, else behind the widest gap.

    Returns
    -------
    columns : ndarray of int
        Column of the file of each meridian; of those that repeat one the first.
    column_of_grid : ndarray of int, shape (columns of the file,)
        Number of the meridian of each column.
    turned : ndarray, shape (columns of the file,)
        Longitudes, ascending in this order [degrees east].
    """
    step = np.median(np.abs(np.diff(longitudes)))
    same = max(min(_SAME_LONGITUDE, _SAME_PART * float(step)), 1e-9)
    turned = longitudes - 360.0 * np.floor((longitudes + 180.0 + same) / 360.0)
    order = np.argsort(turned, kind="stable")
    new = np.diff(turned[order], prepend=-np.inf) > same
    number = np.empty(longitudes.size, dtype=np.int64)
    number[order] = np.cumsum(new) - 1
    columns = np.full(int(new.sum()), longitudes.size)
    np.minimum.at(columns, number, np.arange(longitudes.size))
    gaps = np.diff(turned[columns], append=turned[columns[0]] + 360.0)
    begin = (int(np.argmax(gaps)) + 1) % columns.size if gaps.max() > 1.5 * np.median(gaps) else 0
    turned = turned + 360.0 * (turned < turned[columns[begin]] - same)
    return np.roll(columns, -begin), (number - begin) % columns.size, turned


def _regular(latitudes: FloatArray, longitudes: FloatArray, arranged: FloatArray, file: str) -> RegularGrid | None:
    """Global grid of equal steps of these centres; None where they are none."""
    try:
        rows, columns = rows_of(latitudes, file), columns_of(longitudes, file)
        east = centres(columns.count, columns.phase)
        grid = RegularGrid.of_centres(RegularGrid(latitudes.size, columns.count).latitudes, east)
    except InputError:
        return None
    same = arranged.size == columns.count and np.abs(arranged - east).max() < _SAME_PART * grid.longitude_step
    return grid if same and not rows.on_poles else None


def _common_edges(
    bounds: FloatArray | None, centres: FloatArray, turned: FloatArray, order: IntArray
) -> FloatArray | None:
    """Edges around centres that cells share with their neighbours; None where bounds are not given or are no such."""
    if bounds is None:
        return None
    shift = (turned - centres)[order]
    lower, upper = bounds.min(axis=1)[order] + shift, bounds.max(axis=1)[order] + shift
    around = (lower <= turned[order]) & (turned[order] <= upper) & (lower < upper)
    apart = np.abs(upper[:-1] - lower[1:]) > _SAME_EDGE * (upper - lower)[:-1]
    if not around.all() or apart.any() or upper[-1] - lower[0] > 360.0 + _SAME_LONGITUDE:
        return None
    return np.concatenate([lower, upper[-1:]])
