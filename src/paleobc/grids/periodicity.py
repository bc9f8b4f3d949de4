"""Which cells are neighbours: the only place that knows where a grid is cut."""

from __future__ import annotations

import numpy as np

from paleobc.compilation import inline_kernel
from paleobc.conventions import IntArray


@inline_kernel
def wrapped(column, columns):  # type: ignore[no-untyped-def]
    """Column of a periodic row for a column at most one turn outside of it."""
    if column < 0:
        return column + columns
    if column >= columns:
        return column - columns
    return column


def regular_owners(rows: int, columns: int) -> IntArray:
    """
    Flat index of the cell at each position of a periodic grid framed by one ring of neighbours.

    The neighbours of cell (row, column) stand around position (row + 1, column + 1): loops over neighbours
    need to know nothing of seams. Columns wrap around the globe; beyond the first and last row there is none.

    Parameters
    ----------
    rows, columns : int
        Size of the grid.

    Returns
    -------
    ndarray of int32, shape (rows + 2, columns + 2)
        Flat index ``row * columns + column``; -1 beyond a pole.

    Examples
    --------
    >>> regular_owners(2, 3)
    array([[-1, -1, -1, -1, -1],
           [ 2,  0,  1,  2,  0],
           [ 5,  3,  4,  5,  3],
           [-1, -1, -1, -1, -1]], dtype=int32)
    """
    owners = np.full((rows + 2, columns + 2), -1, dtype=np.int32)
    owners[1:-1, 1:-1] = np.arange(rows * columns, dtype=np.int32).reshape(rows, columns)
    owners[1:-1, 0] = owners[1:-1, -2]
    owners[1:-1, -1] = owners[1:-1, 1]
    return owners


def window_columns(first: IntArray, count: int, columns: int) -> IntArray:
    """
    Columns of windows that run east from given columns, around the globe, shape (len(first), count).

    Examples
    --------
    >>> window_columns(np.array([0, 3]), 2, 4)
    array([[0, 1],
           [3, 0]])
    """
    return np.asarray((first[:, None] + np.arange(count)) % columns)
