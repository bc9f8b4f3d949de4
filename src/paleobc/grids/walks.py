"""Walking from cell to cell over their sides, on any grid."""

from __future__ import annotations

import numpy as np

from paleobc.compilation import kernel
from paleobc.conventions import BoolArray, IntArray

#: Steps (rows north, columns east) to the cells over the four sides, east first; and to those at the corners.
SIDES = ((0, 1), (0, -1), (1, 0), (-1, 0))
CORNERS = ((1, 1), (1, -1), (-1, 1), (-1, -1))
AROUND = SIDES + CORNERS


def cells_over(owners: IntArray, cells: IntArray, steps: tuple[tuple[int, int], ...] = SIDES) -> IntArray:
    """
    Cells over the sides of cells, in the order of the steps, -1 where there is none; shape (cells, steps).

    Parameters
    ----------
    owners : ndarray of int32, shape (rows + 2, columns + 2)
        The grid's topology, see `paleobc.grids.periodicity`.
    cells : ndarray of int, shape (cells,)
        Flat indices.
    steps : tuple of (rows north, columns east)

    Examples
    --------
    >>> from paleobc.grids.periodicity import regular_owners
    >>> cells_over(regular_owners(2, 4), np.array([0, 7]))  # east, west, north, south
    array([[ 1,  3,  4, -1],
           [ 4,  6, -1,  3]], dtype=int32)
    """
    row, column = np.divmod(cells, owners.shape[1] - 2)
    return np.stack([owners[row + 1 + north, column + 1 + east] for north, east in steps], axis=-1)


def connected_cells(belongs: BoolArray, owners: IntArray, start: int) -> BoolArray:
    """
    Cells that can be reached from a cell over sides of cells that belong, itself among them; shape (cells,).

    Takes time with the cells reached, and a pass over one byte per cell.

    Parameters
    ----------
    belongs : ndarray of bool, shape (rows * columns,)
    owners : ndarray of int32, shape (rows + 2, columns + 2)
        The grid's topology, see `paleobc.grids.periodicity`.
    start : int
        A cell that belongs.

    Examples
    --------
    >>> from paleobc.grids.periodicity import regular_owners
    >>> belongs = np.array([True, False, True, True, False, True])
    >>> connected_cells(belongs, regular_owners(1, 6), 2).astype(int)
    array([0, 0, 1, 1, 0, 0])
    """
    reached = np.zeros(belongs.size, dtype=np.bool_)
    _flood(belongs, owners, start, reached)
    return reached


@kernel
def _flood(belongs, owners, start, reached):  # type: ignore[no-untyped-def]
    """Mark what is reached, a stretch of a row at a time; of a stretch beside it one cell is kept to be done."""
    columns = owners.shape[1] - 2
    waiting = np.empty(belongs.size, np.int32)
    waiting[0], kept = start, 1
    reached[start] = True
    while kept > 0:
        kept -= 1
        first = waiting[kept]
        for east in (1, -1):
            cell, j, i = first, first // columns + 1, first % columns + 1
            north_kept = south_kept = False  # whether the stretch beside the last cell is kept already
            while True:
                beside = owners[j + 1, i]
                is_open = beside >= 0 and belongs[beside] and not reached[beside]
                if is_open and not north_kept:
                    reached[beside] = True
                    waiting[kept] = beside
                    kept += 1
                north_kept = is_open
                beside = owners[j - 1, i]
                is_open = beside >= 0 and belongs[beside] and not reached[beside]
                if is_open and not south_kept:
                    reached[beside] = True
                    waiting[kept] = beside
                    kept += 1
                south_kept = is_open
                plain = cell + east
                i += east
                cell = owners[j, i]
                if cell < 0 or not belongs[cell] or reached[cell]:
                    break
                reached[cell] = True
                if cell != plain:  # over a seam or a fold, where east may be west: begun anew from there
                    waiting[kept] = cell
                    kept += 1
                    break


@kernel
def _shortest_walk(owners, start, goal):  # type: ignore[no-untyped-def]
    """Cells between two, in a walk of fewest steps; of equal ones that which goes east first. The goal is reached."""
    rows, columns = owners.shape[0] - 2, owners.shape[1] - 2
    came_from = np.full(rows * columns, -1, np.int32)
    waiting = np.empty(rows * columns, np.int32)
    came_from[goal] = waiting[0] = goal
    done, known = 0, 1
    while came_from[start] < 0:
        cell = waiting[done]
        done += 1
        j, i = cell // columns + 1, cell % columns + 1
        for north, east in ((0, -1), (0, 1), (-1, 0), (1, 0)):  # from the goal, so that the walk starts east
            neighbour = owners[j + north, i + east]
            if neighbour >= 0 and came_from[neighbour] < 0:
                came_from[neighbour] = cell
                waiting[known] = neighbour
                known += 1
    between = [came_from[start]]
    while between[-1] != goal:
        between.append(came_from[between[-1]])
    return np.array(between[:-1], dtype=np.int32)


def shortest_walk(owners: IntArray, start: int, goal: int) -> IntArray:
    """
    Cells between two different cells, in a walk over sides of fewest steps; of equal walks one that starts east.

    Takes time with the cells that are no further from the goal than the start is.

    Parameters
    ----------
    owners : ndarray of int32, shape (rows + 2, columns + 2)
        The grid's topology, see `paleobc.grids.periodicity`.
    start, goal : int
        Flat indices.

    Examples
    --------
    >>> from paleobc.grids.periodicity import regular_owners
    >>> shortest_walk(regular_owners(3, 8), 16, 20)  # half around the last row
    array([17, 18, 19], dtype=int32)
    """
    return np.asarray(_shortest_walk(owners, start, goal))
