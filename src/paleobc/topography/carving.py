"""Where to dig, so that water gets from one place to another with the least work."""

from __future__ import annotations

from typing import Final

import numpy as np

from paleobc.compilation import kernel
from paleobc.conventions import BoolArray, FloatArray, IntArray
from paleobc.topography.heap import drop_top, push
from paleobc.topography.paths import beside, cells_of, steps_back

#: Every cell costs as much as this height of earth [m]: of equal ways the shorter one is taken.
COST_OF_A_STEP: Final = 1.0


@kernel
def _cheapest(cost, owners, starts, target):  # type: ignore[no-untyped-def]
    """
    Dijkstra's search where entering a cell has a cost, whatever side it is entered from.

    The first of its neighbours to be settled is then the best way into a cell, so each waits in the heap once.
    """
    reached = np.zeros(cost.size, np.int32)
    heap_cost, heap_cell, waiting = np.empty(cost.size), np.empty(cost.size, np.int32), 0
    for start in starts:
        if reached[start] == 0:
            reached[start] = start + 1
            push(heap_cost, heap_cell, waiting, 0.0, start)
            waiting += 1
    while waiting > 0:
        spent, cell = heap_cost[0], heap_cell[0]
        if target[cell]:
            return steps_back(reached, cell)
        drop_top(heap_cost, heap_cell, waiting)
        waiting -= 1
        for side in range(4):
            neighbour = beside(owners, cell, side)
            if neighbour >= 0 and reached[neighbour] == 0:
                reached[neighbour] = cell + 1
                push(heap_cost, heap_cell, waiting, spent + cost[neighbour], neighbour)
                waiting += 1
    return np.empty(0, np.int64)


def lowest_path(
    height: FloatArray,
    owners: IntArray,
    start: IntArray,
    target: BoolArray,
    *,
    depth: float = 0.0,
    cell_area: FloatArray | None = None,
) -> IntArray:
    """
    Cells of the channel that takes the least digging from one region to another, shape (cells,).

    What is least is the volume: what stands above the floor of the channel, summed over its cells, and one
    metre more for each cell, so that among equal ways the shorter is found. A channel through one high and
    narrow ridge is thus preferred to a long one through low land where that moves less earth; to make the
    highest cell as low as can be, at any length, is what `paleobc.topography.sills.deepest_sill` does.

    Parameters
    ----------
    height : ndarray, shape (rows, columns)
        Height above sea level [m].
    owners : ndarray of int32, shape (rows + 2, columns + 2)
        The grid's topology, see `paleobc.grids.periodicity`.
    start : ndarray of int, shape (cells,)
        Flat indices of the cells from which the channel may leave, for example a closed sea.
    target : ndarray of bool, shape (rows, columns)
        Cells of which it has to reach one, for example the world ocean.
    depth : float
        Depth of the floor of the channel below sea level [m].
    cell_area : ndarray, shape (rows, columns), optional
        Areas of the cells, any unit; all alike by default.

    Returns
    -------
    ndarray of int
        Flat indices from a cell of the start to one of the target, both included; none where no cell of the
        target can be reached.

    References
    ----------
    Dijkstra (1959), doi:10.1007/BF01386390; carving instead of filling: Lindsay (2016), doi:10.1002/hyp.10648.

    Examples
    --------
    >>> from paleobc.grids.periodicity import regular_owners
    >>> height = np.array([[-1.0, 80.0, -2.0, 90.0, 90.0], [9.0, 9.0, 9.0, 90.0, 90.0]])
    >>> lowest_path(height, regular_owners(2, 5), np.array([0]), height == -2.0)  # around the 80
    array([0, 5, 6, 7, 2])
    """
    cost = np.maximum(height + depth, 0.0) + COST_OF_A_STEP
    if cell_area is not None:
        cost = cost * cell_area
    start = cells_of(owners, start)
    return np.asarray(_cheapest(cost.ravel(), owners, start, np.ascontiguousarray(target).ravel()))
