"""Fields from one regular grid to another: nearest, linear, and conservative."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeVar

import numpy as np
import numpy.typing as npt

from paleobc.conventions import FloatArray, IntArray
from paleobc.errors import InputError
from paleobc.grids.periodicity import window_columns
from paleobc.grids.regular import RegularGrid

Values = TypeVar("Values", bound=np.generic)
Method = Literal["nearest", "linear", "conservative"]

# Positions are kept as whole numbers of this part of a cell, so that equal positions are equal to the bit:
# a world rolled by whole cells then gives the same weights, rolled.
_PARTS = 1 << 20


def _positions(source: int, target: int, shift: float = 0.0) -> tuple[IntArray, int]:
    """
    Where the target centres lie, counted in source cells from the first source centre.

    Returns the numerators, shape (target,), and their common denominator. ``shift`` is how far the first
    target edge lies beyond the first source edge, in source cells.
    """
    index = np.arange(target, dtype=np.int64)
    numerator = ((2 * index + 1) * source - target) * _PARTS + round(shift * 2 * target * _PARTS)
    return numerator, 2 * target * _PARTS


def _shift(source: RegularGrid, target: RegularGrid) -> float:
    """Distance from the source's to the target's western edge [source cells]."""
    return (target.west - source.west) / source.longitude_step


def nearest(field: npt.NDArray[Values], source: RegularGrid, target: RegularGrid) -> npt.NDArray[Values]:
    """
    Value of the source cell whose centre is nearest; half way, the western and the southern one.

    Parameters
    ----------
    field : ndarray, shape (source.rows, source.columns)
    source, target : RegularGrid

    Returns
    -------
    ndarray, shape (target.rows, target.columns)

    Examples
    --------
    >>> nearest(np.array([[1.0, 2.0, 3.0, 4.0]] * 2), RegularGrid(2, 4), RegularGrid(2, 2))
    array([[1., 3.], [1., 3.]])
    """
    row_position, row_parts = _positions(source.rows, target.rows)
    column_position, column_parts = _positions(source.columns, target.columns, _shift(source, target))
    rows = -((row_parts - 2 * row_position) // (2 * row_parts))
    columns = -((column_parts - 2 * column_position) // (2 * column_parts))
    return field[np.clip(rows, 0, source.rows - 1)[:, None], columns[None, :] % source.columns]


def linear(field: FloatArray, source: RegularGrid, target: RegularGrid) -> FloatArray:
    """
    Bilinear in longitude and latitude: periodic around the globe, held beyond the outermost centres.

    Parameters
    ----------
    field : ndarray, shape (source.rows, source.columns)
    source, target : RegularGrid

    Returns
    -------
    ndarray, shape (target.rows, target.columns)

    Examples
    --------
    >>> linear(np.array([[0.0, 4.0]] * 2), RegularGrid(2, 2), RegularGrid(2, 4))[0]
    array([1., 1., 3., 3.])
    """
    position, parts = _positions(source.columns, target.columns, _shift(source, target))
    west = position // parts
    weight = (position - west * parts) / parts
    columns = window_columns(west, 2, source.columns)
    along = field[:, columns[:, 0]] * (1.0 - weight) + field[:, columns[:, 1]] * weight

    position, parts = _positions(source.rows, target.rows)
    position = np.clip(position, 0, (source.rows - 1) * parts)
    south = np.minimum(position // parts, source.rows - 2)
    weight = ((position - south * parts) / parts)[:, None]
    return np.asarray(along[south] * (1.0 - weight) + along[south + 1] * weight)


def _column_overlaps(source: RegularGrid, target: RegularGrid) -> tuple[IntArray, FloatArray]:
    """Source columns under each target column, and the part of the target's width each one covers."""
    scale = 2 * target.columns * _PARTS
    shift = round(_shift(source, target) * scale)
    edges = 2 * np.arange(target.columns + 1, dtype=np.int64) * source.columns * _PARTS + shift
    first = edges[:-1] // scale
    count = int((-(-edges[1:] // scale) - first).max())
    cells = first[:, None] + np.arange(count)
    low = np.maximum(cells * scale, edges[:-1, None])
    high = np.minimum((cells + 1) * scale, edges[1:, None])
    parts = np.maximum(high - low, 0) / (edges[1:] - edges[:-1])[:, None]
    return window_columns(first, count, source.columns), parts


def _row_overlaps(source: RegularGrid, target: RegularGrid) -> tuple[IntArray, FloatArray]:
    """Source rows under each target row, and the part of the target's area each one covers."""
    index = np.arange(target.rows, dtype=np.int64)
    first = index * source.rows // target.rows
    last = -(-(index + 1) * source.rows // target.rows)
    rows = first[:, None] + np.arange(int((last - first).max()))
    source_edges = np.sin(np.radians(np.linspace(-90.0, 90.0, source.rows + 1)))
    target_edges = np.sin(np.radians(np.linspace(-90.0, 90.0, target.rows + 1)))
    inside = np.clip(rows, 0, source.rows - 1)
    low = np.maximum(source_edges[inside], target_edges[:-1, None])
    high = np.minimum(source_edges[inside + 1], target_edges[1:, None])
    covered = np.where(rows < last[:, None], np.maximum(high - low, 0.0), 0.0)
    return inside, covered / np.diff(target_edges)[:, None]


def conservative(field: FloatArray, source: RegularGrid, target: RegularGrid) -> FloatArray:
    """
    Mean over the area of each target cell: keeps the global integral. The right choice for coarsening.

    Parameters
    ----------
    field : ndarray, shape (source.rows, source.columns)
    source, target : RegularGrid

    Returns
    -------
    ndarray, shape (target.rows, target.columns)

    Examples
    --------
    >>> conservative(np.array([[0.0, 4.0, 6.0, 6.0]] * 2), RegularGrid(2, 4), RegularGrid(2, 2))[0]
    array([2., 6.])
    """
    columns, widths = _column_overlaps(source, target)
    along = np.zeros((source.rows, target.columns))
    for k in range(columns.shape[1]):
        along += field[:, columns[:, k]] * widths[:, k]
    rows, parts = _row_overlaps(source, target)
    mean = np.zeros(target.shape)
    for k in range(rows.shape[1]):
        mean += along[rows[:, k]] * parts[:, k, None]
    return mean


_METHODS: dict[str, Callable[[FloatArray, RegularGrid, RegularGrid], FloatArray]] = {
    "nearest": nearest,
    "linear": linear,
    "conservative": conservative,
}


def regrid(field: FloatArray, source: RegularGrid, target: RegularGrid, method: Method) -> FloatArray:
    """
    Field on another regular grid by the named method.

    Raises
    ------
    InputError
        Where the method has no such name.
    """
    if method not in _METHODS:
        raise InputError(f"There is no regridding method {method!r}; take nearest, linear or conservative.")
    return _METHODS[method](field, source, target)
