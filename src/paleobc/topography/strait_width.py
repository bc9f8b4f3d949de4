"""How many cells wide the narrowest place between two seas is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from paleobc.compilation import inline_kernel, kernel
from paleobc.conventions import BoolArray, IntArray
from paleobc.topography.paths import beside, cell_mask, cells_of

#: A passage at least so wide [cells] is not measured further: each cell of width costs one search.
WIDE: Final = 1000

_IN: Final = 0  # a cell seen from those that lead into it
_OUT: Final = 1  # and from those that it leads to


@dataclass(frozen=True, eq=False)
class Cut:
    """
    Cells whose closing parts two seas.

    Parameters
    ----------
    width : int
        Number of cells, 0 where the seas are not joined; the most that was asked for where the passage is as
        wide or wider, or where the seas touch, so that nothing between them can be closed.
    cells : ndarray of int, shape (width,)
        Flat indices, ascending. None where the width is the most that was asked for.
    """

    width: int
    cells: IntArray


@inline_kernel
def _note(came_from, queue, tail, node, origin):  # type: ignore[no-untyped-def]
    """Put a node into the queue unless it was there before."""
    if came_from[node] == 0:
        came_from[node] = origin + 1
        queue[tail] = node
        tail += 1
    return tail


@kernel
def _spread(wet, owners, starts, place, comes_from, came_from, queue):  # type: ignore[no-untyped-def]
    """
    Search a way for one more unit of flow; the node it ends at, or -1, and the number of nodes seen.

    Node 2 c + 0 is the entrance of cell c, node 2 c + 1 its exit. One unit passes each cell (``place`` 0), any
    number the first (1) and the second (2) sea. Where a unit comes into a cell from another one
    (``comes_from``, 1 + that cell), it may be sent back.
    """
    head = tail = 0
    for start in starts:
        tail = _note(came_from, queue, tail, 2 * start + _OUT, 2 * start + _OUT)
    while head < tail:
        node = queue[head]
        head += 1
        cell = node >> 1
        if node & 1 == _IN:
            if comes_from[cell] == 0:
                tail = _note(came_from, queue, tail, 2 * cell + _OUT, node)
            else:
                tail = _note(came_from, queue, tail, 2 * (comes_from[cell] - 1) + _OUT, node)
            continue
        if comes_from[cell] != 0:
            tail = _note(came_from, queue, tail, 2 * cell + _IN, node)
        for side in range(4):
            neighbour = beside(owners, cell, side)
            if neighbour < 0 or not wet[neighbour] or place[neighbour] == 1:
                continue
            tail = _note(came_from, queue, tail, 2 * neighbour + _IN, node)
            if place[neighbour] == 2:
                return 2 * neighbour + _IN, tail
    return -1, tail


@inline_kernel
def _send(end, place, comes_from, came_from):  # type: ignore[no-untyped-def]
    """Send one unit along the way that was found: first take back what it takes back, then let it flow."""
    for taking_back in (True, False):
        node = end
        while came_from[node] - 1 != node:
            origin = came_from[node] - 1
            cell, before = node >> 1, origin >> 1
            if cell != before:
                if taking_back and origin & 1 == _IN:
                    comes_from[before] = 0
                elif not taking_back and origin & 1 == _OUT and place[cell] == 0:
                    comes_from[cell] = before + 1
            node = origin


@kernel
def _cut(wet, owners, starts, place, comes_from, came_from, most):  # type: ignore[no-untyped-def]
    """Width, and cells of the smallest cut that is nearest to the first sea; see `Cut`."""
    queue = np.empty(came_from.size, np.int32)
    width = 0
    while True:
        end, seen = _spread(wet, owners, starts, place, comes_from, came_from, queue)
        if end < 0:
            break
        _send(end, place, comes_from, came_from)
        width += 1
        if width == most:
            return width, np.empty(0, np.int64)
        for n in range(seen):
            came_from[queue[n]] = 0
    cells = np.empty(width, np.int64)
    found = 0
    for n in range(seen):
        cell = queue[n] >> 1
        if queue[n] & 1 == _IN and came_from[2 * cell + _OUT] == 0:
            cells[found] = cell
            found += 1
    return width, cells


def narrowest_cut(wet: BoolArray, owners: IntArray, first: IntArray, second: IntArray, most: int = WIDE) -> Cut:
    """
    The cells that would close the passage between two seas where it is narrowest.

    Parameters
    ----------
    wet : ndarray of bool, shape (rows, columns)
    owners : ndarray of int32, shape (rows + 2, columns + 2)
        The grid's topology, see `paleobc.grids.periodicity`.
    first, second : ndarray of int, shape (cells,)
        Flat indices of the cells of the two seas, which are not closed themselves; land among them is left out.
    most : int
        The search ends at this width.

    Returns
    -------
    Cut
        Of all smallest cuts the one that is nearest to the first sea, whatever the order of cells and wherever
        the grid is cut.

    References
    ----------
    Menger (1927), doi:10.4064/fm-10-1-96-115: the smallest cut has as many cells as there are separate ways.
    Ford and Fulkerson (1956), doi:10.4153/CJM-1956-045-5.
    """
    wet = np.ascontiguousarray(wet).ravel()
    starts, ends = cells_of(owners, first), cells_of(owners, second)
    starts, ends = starts[wet[starts]], ends[wet[ends]]
    place = np.zeros(wet.size, dtype=np.int8)
    place[ends], place[starts] = 2, 1
    if _touching(owners, starts, cell_mask(owners, ends)):
        return Cut(most, np.empty(0, dtype=np.int64))
    comes_from, came_from = np.zeros(wet.size, dtype=np.int32), np.zeros(2 * wet.size, dtype=np.int32)
    width, cells = _cut(wet, owners, starts, place, comes_from, came_from, most)
    return Cut(int(width), np.sort(cells))


@kernel
def _touching(owners, cells, others):  # type: ignore[no-untyped-def]
    """Whether one of the cells is among the others or beside one of them."""
    for cell in cells:
        if others[cell]:
            return True
        for side in range(4):
            neighbour = beside(owners, cell, side)
            if neighbour >= 0 and others[neighbour]:
                return True
    return False


def strait_width(wet: BoolArray, owners: IntArray, first: IntArray, second: IntArray, most: int = WIDE) -> int:
    """
    Width of the passage between two seas [cells]: the fewest cells whose closing parts them.

    Parameters
    ----------
    wet, owners, first, second, most
        See `narrowest_cut`.

    Returns
    -------
    int
        0 where they are not joined; at most ``most``.

    Examples
    --------
    >>> from paleobc.grids.periodicity import regular_owners
    >>> wet = np.array([[1, 1, 1, 1, 1, 0], [1, 1, 1, 0, 1, 0], [1, 1, 0, 0, 1, 0]], dtype=bool)
    >>> strait_width(wet, regular_owners(3, 6), np.array([0, 6, 12]), np.array([4, 10, 16]))
    1
    """
    return narrowest_cut(wet, owners, first, second, most).width
