"""How wide the narrowest place between two seas is, measured along the faces through which water passes."""

from __future__ import annotations

from typing import Final

import numpy as np

from paleobc.compilation import inline_kernel, kernel
from paleobc.conventions import BoolArray, FloatArray, IntArray
from paleobc.topography.paths import beside, cell_mask, cells_of

#: Part of a face below which what is left of it counts as nothing: sums of lengths are rounded.
_NOTHING: Final = 1e-9


@inline_kernel
def _back(owners, cell, neighbour, side):  # type: ignore[no-untyped-def]
    """Side of a neighbour on which the cell lies: the opposite one, or over a fold the same."""
    if beside(owners, neighbour, (side + 2) % 4) == cell:
        return (side + 2) % 4
    return side


@inline_kernel
def _face(width, height, cell, neighbour, side):  # type: ignore[no-untyped-def]
    """Length of the face between two cells: the mean of their widths or heights."""
    if side % 2 == 0:
        return 0.5 * (width[cell] + width[neighbour])
    return 0.5 * (height[cell] + height[neighbour])


@inline_kernel
def _free(width, height, flow, cell, neighbour, side):  # type: ignore[no-untyped-def]
    """What a face can still take; 0 where the rest is rounding."""
    face = _face(width, height, cell, neighbour, side)
    rest = face - flow[cell, side]
    return rest if rest > _NOTHING * face else 0.0


@kernel
def _set_levels(wet, owners, starts, goal, width, height, flow, level, queue):  # type: ignore[no-untyped-def]
    """Number the cells by their steps from the starts, as far as the nearest goal; tells how many, 0 without a way."""
    head = tail = 0
    for start in starts:
        if level[start] == 0:
            level[start] = 1
            queue[tail] = start
            tail += 1
    nearest = 0
    while head < tail:
        cell = queue[head]
        head += 1
        if nearest and level[cell] >= nearest:
            break
        for side in range(4):
            neighbour = beside(owners, cell, side)
            if neighbour < 0 or not wet[neighbour] or level[neighbour] != 0:
                continue
            if _free(width, height, flow, cell, neighbour, side) > 0.0:
                level[neighbour] = level[cell] + 1
                queue[tail] = neighbour
                tail += 1
                if goal[neighbour]:
                    nearest = level[neighbour]
    if nearest == 0:
        return 0
    return tail


@kernel
def _step_on(owners, width, height, flow, level, tried, cell):  # type: ignore[no-untyped-def]
    """Next cell of a way that climbs from level to level; -1 where all sides have been tried."""
    while tried[cell] < 4:
        neighbour = beside(owners, cell, tried[cell])
        climbs = neighbour >= 0 and level[neighbour] == level[cell] + 1
        if climbs and _free(width, height, flow, cell, neighbour, tried[cell]) > 0.0:
            return neighbour
        tried[cell] += 1
    return -1


@kernel
def _send(owners, width, height, flow, tried, way, length):  # type: ignore[no-untyped-def]
    """Send as much along a way as its narrowest face takes; how much, and the place of the first face used up."""
    least, place = np.inf, 0
    for n in range(length - 1):
        rest = _free(width, height, flow, way[n], way[n + 1], tried[way[n]])
        if rest < least:
            least, place = rest, n
    for n in range(length - 1):
        side = tried[way[n]]
        flow[way[n], side] += least
        flow[way[n + 1], _back(owners, way[n], way[n + 1], side)] -= least
    return least, place


@kernel
def _largest_flow(wet, owners, starts, goal, width, height, flow, level, tried):  # type: ignore[no-untyped-def]
    """Sum of the lengths of the faces that part the starts from the goal; the last three arrays are 0 before."""
    queue, way = np.empty(wet.size, np.int32), np.empty(wet.size, np.int32)
    total = 0.0
    while True:
        seen = _set_levels(wet, owners, starts, goal, width, height, flow, level, queue)
        if seen == 0:
            return total
        for start in starts:
            way[0], length = start, 1
            while length > 0:
                cell = way[length - 1]
                if goal[cell]:
                    sent, place = _send(owners, width, height, flow, tried, way, length)
                    total += sent
                    length = place + 1
                    continue
                neighbour = _step_on(owners, width, height, flow, level, tried, cell)
                if neighbour >= 0:
                    way[length] = neighbour
                    length += 1
                else:  # a dead end: do not come again
                    level[cell] = -1
                    length -= 1
        for n in range(seen):
            level[queue[n]] = 0
            tried[queue[n]] = 0


def width_of_faces(
    wet: BoolArray, owners: IntArray, first: IntArray, second: IntArray, width: FloatArray, height: FloatArray
) -> float:
    """
    Width of the passage between two seas: the least sum of the lengths of faces whose closing parts them.

    An ocean model moves water through the faces of cells, so this is the width that it sees. Along a strait that
    runs with the rows or columns it is the geometrical width; where the narrowest place lies askew it is larger, as
    the way along two sides of a square is longer than its diagonal.

    Parameters
    ----------
    wet : ndarray of bool, shape (rows, columns)
    owners : ndarray of int32, shape (rows + 2, columns + 2)
        The grid's topology, see `paleobc.grids.periodicity`.
    first, second : ndarray of int, shape (cells,)
        Flat indices of the cells of the two seas; land among them is left out.
    width, height : ndarray, shape (rows * columns,)
        Extent of the cells from west to east and from south to north, any unit; where not wet not read.

    Returns
    -------
    float
        In the unit of the extents; 0 where the seas are not joined, infinite where they share a cell.

    References
    ----------
    Ford and Fulkerson (1956), doi:10.4153/CJM-1956-045-5; found level by level: Dinitz (1970), as told in
    doi:10.1007/11685654_10.

    Examples
    --------
    >>> from paleobc.grids.periodicity import regular_owners
    >>> wet = np.array([[1, 1, 1, 0], [1, 0, 1, 0], [1, 1, 1, 0]], dtype=bool)
    >>> width, height = np.full(12, 100.0), np.repeat([10.0, 10.0, 8.0], 4)
    >>> width_of_faces(wet, regular_owners(3, 4), np.array([0, 4, 8]), np.array([2, 6, 10]), width, height)
    18.0
    """
    wet = np.ascontiguousarray(wet).ravel()
    starts, ends = cells_of(owners, first), cells_of(owners, second)
    starts, goal = starts[wet[starts]], cell_mask(owners, ends[wet[ends]])
    if goal[starts].any():
        return float(np.inf)
    # Made here because numpy, unlike compiled code, takes no memory for zeros that nobody visits.
    flow, level, tried = np.zeros((wet.size, 4)), np.zeros(wet.size, dtype=np.int32), np.zeros(wet.size, dtype=np.int8)
    return float(_largest_flow(wet, owners, np.unique(starts), goal, width, height, flow, level, tried))
