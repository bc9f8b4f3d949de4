"""Ways from cell to cell over their four sides, over every seam that the table of owners knows."""

from __future__ import annotations

import numpy as np

from paleobc.compilation import inline_kernel, kernel
from paleobc.conventions import BoolArray, IntArray
from paleobc.errors import InputError


@inline_kernel
def beside(owners, cell, side):  # type: ignore[no-untyped-def]
    """Cell to the north, east, south or west (side 0 to 3) of a cell; -1 where there is none."""
    columns = owners.shape[1] - 2
    row, column = cell // columns + 1, cell % columns + 1
    if side == 0:
        return owners[row + 1, column]
    if side == 1:
        return owners[row, column + 1]
    if side == 2:
        return owners[row - 1, column]
    return owners[row, column - 1]


@inline_kernel
def steps_back(reached, cell):  # type: ignore[no-untyped-def]
    """Path to a cell from where it was reached; ``reached`` holds 1 + the cell before, for a start the cell itself."""
    length = 1
    here = cell
    while reached[here] - 1 != here:
        here = reached[here] - 1
        length += 1
    path = np.empty(length, np.int64)
    here = cell
    for place in range(length - 1, -1, -1):
        path[place] = here
        here = reached[here] - 1
    return path


@kernel
def _search(passable, owners, starts, target, reached):  # type: ignore[no-untyped-def]
    """Breadth-first search; ``reached`` is all 0 before, afterwards it holds the way back of each cell reached."""
    free = passable.ravel()
    queue = np.empty(reached.size, np.int32)
    tail = 0
    for start in starts:
        if free[start] and reached[start] == 0:
            reached[start] = start + 1
            queue[tail] = start
            tail += 1
    head = 0
    while head < tail:
        cell = queue[head]
        head += 1
        if target[cell]:
            return steps_back(reached, cell)
        for side in range(4):
            neighbour = beside(owners, cell, side)
            if neighbour >= 0 and free[neighbour] and reached[neighbour] == 0:
                reached[neighbour] = cell + 1
                queue[tail] = neighbour
                tail += 1
    return np.empty(0, np.int64)


def cells_of(owners: IntArray, positions: IntArray) -> IntArray:
    """
    Cells that stand at positions of a grid: a copy is the cell of which it is one.

    Parameters
    ----------
    owners : ndarray of int32, shape (rows + 2, columns + 2)
        The grid's topology, see `paleobc.grids.periodicity`.
    positions : ndarray of int, shape (cells,)
        Flat indices ``row * columns + column``.

    Raises
    ------
    InputError
        Where there is none, or one is outside of the grid.
    """
    rows, columns = owners.shape[0] - 2, owners.shape[1] - 2
    positions = np.asarray(positions, dtype=np.int64).ravel()
    if positions.size == 0:
        raise InputError("A way from one place to another needs at least one cell at either end; one end has none.")
    if positions.min() < 0 or positions.max() >= rows * columns:
        raise InputError(
            f"Cells {positions.min()} to {positions.max()} are not all on the grid; its {rows} rows of {columns} cells "
            f"are numbered from 0 to {rows * columns - 1}."
        )
    return np.asarray(owners[positions // columns + 1, positions % columns + 1], dtype=np.int64)


def cell_mask(owners: IntArray, cells: IntArray) -> BoolArray:
    """Tell which cells are among the given ones, shape (rows * columns,)."""
    mask = np.zeros((owners.shape[0] - 2) * (owners.shape[1] - 2), dtype=bool)
    mask[cells] = True
    return mask


def shortest_path(passable: BoolArray, owners: IntArray, first: IntArray, second: IntArray) -> IntArray:
    """
    Fewest cells that lead from one place to another through passable cells, shape (cells,); none if none do.

    Among paths of equal length the one is taken that leaves the earlier of the cells of ``first`` and turns to
    the north, else the east, the south, the west first: it rolls along with a rolled world.

    Parameters
    ----------
    passable : ndarray of bool, shape (rows, columns)
    owners : ndarray of int32, shape (rows + 2, columns + 2)
        The grid's topology, see `paleobc.grids.periodicity`.
    first, second : ndarray of int, shape (cells,)
        Flat indices of the cells of the two places.

    Examples
    --------
    >>> from paleobc.grids.periodicity import regular_owners
    >>> passable = np.array([[1, 0, 0, 1], [1, 1, 0, 1]], dtype=bool)
    >>> shortest_path(passable, regular_owners(2, 4), np.array([5]), np.array([7]))  # around the globe
    array([5, 4, 7])
    """
    passable = np.ascontiguousarray(passable)
    target = cell_mask(owners, cells_of(owners, second))
    reached = np.zeros(passable.size, dtype=np.int32)
    return np.asarray(_search(passable, owners, cells_of(owners, first), target, reached))
