"""Chosen cells smoothed, or filled from those around them, over seams and folds alike."""

from __future__ import annotations

from typing import Final

import numpy as np

from paleobc.compilation import inline_kernel, kernel
from paleobc.conventions import FloatArray, IntArray
from paleobc.errors import InputError
from paleobc.topography.surface import Surface

#: The four neighbours: west, east, south, north. Sums take opposite sides together, so that a world that is
#: rolled, mirrored or seen through the fold gives the same bits.
_ROWS: Final = (0, 0, -1, 1)
_COLUMNS: Final = (-1, 1, 0, 0)


#: Whose values count in a mean: all of them; those of the sea; those of cells that have one.
_ALL, _SEA, _PRESENT = 0, 1, 2
_RULES: Final = {"height": _ALL, "depth": _SEA, "value": _PRESENT, "basin": _PRESENT}


@inline_kernel
def _counts(value, rule):  # type: ignore[no-untyped-def]
    """Whether a value counts."""
    return rule == _ALL or (value > 0.0 if rule == _SEA else not np.isnan(value))


@inline_kernel
def _within(value, lowest, highest):  # type: ignore[no-untyped-def]
    """Value kept between those of which it is the mean: rounding may carry it out."""
    return min(max(value, lowest), highest)


@kernel
def _smooth(cells, place, values, owners, cell_area, passes, rule):  # type: ignore[no-untyped-def]
    """Values of the chosen cells after so many passes; each pass reads what the one before left."""
    columns = owners.shape[1] - 2
    now = values[cells]
    weights, differences = np.zeros(4), np.zeros(4)
    for _ in range(passes):
        before = now.copy()
        for k in range(cells.size):
            own = before[k]
            if not _counts(own, rule):
                continue
            row, column = cells[k] // columns, cells[k] % columns
            lowest = highest = own
            for side in range(4):
                weights[side] = differences[side] = 0.0
                neighbour = owners[row + 1 + _ROWS[side], column + 1 + _COLUMNS[side]]
                if neighbour < 0:
                    continue
                value = before[place[neighbour] - 1] if place[neighbour] > 0 else values[neighbour]
                if not _counts(value, rule):
                    continue
                weights[side] = cell_area[neighbour // columns, neighbour % columns]
                differences[side] = weights[side] * (value - own)
                lowest, highest = min(lowest, value), max(highest, value)
            change = (differences[0] + differences[1]) + (differences[2] + differences[3])
            if change != 0.0:
                area = cell_area[row, column] + ((weights[0] + weights[1]) + (weights[2] + weights[3]))
                now[k] = _within(own + change / area, lowest, highest)
    return now


@kernel
def _mean_of_known(k, cells, place, values, filled, known, owners, rule):  # type: ignore[no-untyped-def]
    """Mean of the neighbours known so far of one chosen cell, and whether it has one."""
    columns = owners.shape[1] - 2
    row, column = cells[k] // columns, cells[k] % columns
    found = False
    count, lowest, highest = 0, np.inf, -np.inf
    terms = np.zeros(4)
    for side in range(4):
        neighbour = owners[row + 1 + _ROWS[side], column + 1 + _COLUMNS[side]]
        if neighbour < 0 or (place[neighbour] > 0 and not known[place[neighbour] - 1]):
            continue
        value = filled[place[neighbour] - 1] if place[neighbour] > 0 else values[neighbour]
        found = found or rule != _PRESENT or not np.isnan(value)
        if not _counts(value, rule):
            continue
        terms[side] = value
        count += 1
        lowest, highest = min(lowest, value), max(highest, value)
    if count == 0:
        return 0.0, found
    return _within(((terms[0] + terms[1]) + (terms[2] + terms[3])) / count, lowest, highest), found


@kernel
def _fill(cells, place, values, owners, rule):  # type: ignore[no-untyped-def]
    """Values of the chosen cells filled front by front, and how many were reached."""
    columns = owners.shape[1] - 2
    filled = values[cells]
    known, waiting = np.zeros(cells.size, np.bool_), np.zeros(cells.size, np.bool_)
    order = np.empty(cells.size, np.int64)
    reached = 0
    for k in range(cells.size):
        if _mean_of_known(k, cells, place, values, filled, known, owners, rule)[1]:
            order[reached] = k
            waiting[k] = True
            reached += 1
    first = 0
    while first < reached:
        last = reached
        for k in order[first:last]:  # a front reads only the fronts before it
            filled[k] = _mean_of_known(k, cells, place, values, filled, known, owners, rule)[0]
        for k in order[first:last]:
            known[k] = True
            row, column = cells[k] // columns, cells[k] % columns
            for side in range(4):
                neighbour = owners[row + 1 + _ROWS[side], column + 1 + _COLUMNS[side]]
                if neighbour >= 0 and place[neighbour] > 0 and not waiting[place[neighbour] - 1]:
                    order[reached] = place[neighbour] - 1
                    waiting[place[neighbour] - 1] = True
                    reached += 1
        first = last
    return filled, reached


def _places(cells: IntArray, surface: Surface) -> IntArray:
    """Place of each position of the grid among the chosen cells, from 1; 0 for all others."""
    place = np.zeros(surface.values.size, dtype=np.int32)  # memory that is not touched costs nothing
    place[cells] = np.arange(1, cells.size + 1)
    return place


def smoothed(cells: IntArray, surface: Surface, passes: int) -> FloatArray:
    """
    Area-weighted means of cells and their four neighbours, taken so many times [unit of the field], shape (cells,).

    Only the chosen cells change; a pass reads what the pass before left. A mean lies between the values it is
    taken of. On depths land stays land and does not count in the means beside it, among values so do cells without one.

    Parameters
    ----------
    cells : ndarray of int32, shape (cells,)
        Flat indices, each once, no copies.
    surface : Surface
    passes : int

    Examples
    --------
    >>> from paleobc.grids.mesh import regular_mesh
    >>> from paleobc.grids.regular import RegularGrid
    >>> heights = np.array([[0.0, 0.0, 8.0, 0.0], [0.0, 0.0, 0.0, 0.0]])
    >>> smoothed(np.array([2], np.int32), Surface.of(heights, regular_mesh(RegularGrid(2, 4)), "height"), 1)
    array([2.])
    """
    place, mesh = _places(cells, surface), surface.mesh
    rule = _RULES[surface.quantity]
    return np.asarray(_smooth(cells, place, surface.values, mesh.owners, mesh.cell_area, passes, rule))


def filled_from_rim(cells: IntArray, surface: Surface) -> FloatArray:
    """
    Cells filled from those around them, front by front from the rim inwards [unit of the field], shape (cells,).

    Each cell takes the mean of those of its four neighbours that were known when the front before was done; what
    stood in the chosen cells is not read. On depths only sea counts, and a cell with nothing but land known
    around it becomes land. Among values the fronts start from the cells that have one, and a chosen cell to which no
    front comes keeps what it has.

    Parameters
    ----------
    cells : ndarray of int32, shape (cells,)
        Flat indices, each once, no copies.
    surface : Surface

    Raises
    ------
    InputError
        Where no cell beside the chosen ones is known.

    Examples
    --------
    >>> from paleobc.grids.mesh import regular_mesh
    >>> from paleobc.grids.regular import RegularGrid
    >>> heights = np.array([[6.0, 0.0, 2.0, 9.0], [6.0, 0.0, 2.0, 9.0]])
    >>> filled_from_rim(np.array([1, 5], np.int32), Surface.of(heights, regular_mesh(RegularGrid(2, 4)), "height"))
    array([4., 4.])
    """
    place = _places(cells, surface)
    rule = _RULES[surface.quantity]
    filled, reached = _fill(cells, place, surface.values, surface.mesh.owners, rule)
    if rule == _PRESENT and (reached or not cells.size):
        return np.asarray(filled)
    if reached < cells.size:
        raise InputError(
            "All cells of the map are chosen, so that none is left from which they could be filled; choose fewer."
            if rule != _PRESENT
            else "No cell beside the chosen ones has a value from which they could be filled; choose others."
        )
    return np.asarray(filled)
