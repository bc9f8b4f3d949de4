"""The direction in which the water of each land cell leaves it."""

from __future__ import annotations

import numpy as np

from paleobc.compilation import inline_kernel, kernel
from paleobc.conventions import DIRECTION_COLUMNS, DIRECTION_ROWS, BoolArray, FloatArray, IntArray
from paleobc.grids.periodicity import wrapped
from paleobc.topography.flats import height_of_neighbour, steps_from_exits

_NORTH, _SOUTH = 1, 5

# Mark of a land cell without a lower neighbour, until it is led out.
_NO_WAY_DOWN = 9


@inline_kernel
def receiver_of(directions, cell, columns):  # type: ignore[no-untyped-def]
    """Flat index of the cell that a land cell drains into."""
    k = directions[cell] - 1
    row = cell // columns + DIRECTION_ROWS[k]
    return row * columns + wrapped(cell % columns + DIRECTION_COLUMNS[k], columns)


@kernel
def _steepest(height):  # type: ignore[no-untyped-def]
    """Direction of the largest drop, 1 to 8; 0 in the sea."""
    rows, columns = height.shape
    directions = np.zeros(height.shape, np.uint8)
    for j in range(rows):
        for i in range(columns):
            if height[j, i] <= 0.0:
                continue
            largest, direction = 0.0, _NO_WAY_DOWN
            for k in range(8):
                drop = height[j, i] - height_of_neighbour(height, j, i, k)
                if drop > largest:
                    largest, direction = drop, k + 1
            if j == 0:
                direction = _NORTH
            elif j == rows - 1:
                direction = _SOUTH
            directions[j, i] = direction
    return directions


@kernel
def _lead_out(directions, cells, filled, steps):  # type: ignore[no-untyped-def]
    """
    Point the given cells down the filled relief, and on its flats towards the exit.

    Along such a way the pair (filled height, steps from the exit) falls at every cell, so it cannot loop.
    """
    rows, columns = filled.shape
    for cell in cells:
        j, i = cell // columns, cell % columns
        largest, lowest, direction = 0.0, steps[j, i], _NO_WAY_DOWN
        for k in range(8):
            row, column = j + DIRECTION_ROWS[k], wrapped(i + DIRECTION_COLUMNS[k], columns)
            if row < 0 or row >= rows:
                continue
            drop = filled[j, i] - filled[row, column]
            if drop > largest:
                largest, direction = drop, k + 1
            elif drop == 0.0 and largest == 0.0 and 0 < steps[row, column] < lowest:
                lowest, direction = steps[row, column], k + 1
        directions[cell] = direction


@kernel
def _cells_in_loops(directions, starts, columns):  # type: ignore[no-untyped-def]
    """Cells of the loops of flow that are met on the ways from the given cells."""
    state = np.zeros(directions.size, np.uint8)  # 0 not seen, 1 on the way now, 2 done, 3 in a loop
    for start in starts:
        cell = start
        while directions[cell] > 0 and state[cell] == 0:
            state[cell] = 1
            cell = receiver_of(directions, cell, columns)
        if directions[cell] > 0 and state[cell] == 1:
            while state[cell] == 1:
                state[cell] = 3
                cell = receiver_of(directions, cell, columns)
        cell = start
        while directions[cell] > 0 and state[cell] == 1:
            state[cell] = 2
            cell = receiver_of(directions, cell, columns)
    return np.flatnonzero(state == 3)


def _open_loops(directions: IntArray, columns: int, filled: FloatArray) -> None:
    """Lead every cell that lies on a loop out over the filled relief, in place, until there is no loop."""
    steps = None
    changed = np.flatnonzero(directions == _NO_WAY_DOWN)
    if changed.size > 0:
        steps = steps_from_exits(filled)
        _lead_out(directions, changed, filled, steps)
    # Every other cell drains into a strictly lower one: a loop has to pass through one of these.
    last_row = directions.size - columns
    polar = np.flatnonzero(directions[:columns]), last_row + np.flatnonzero(directions[last_row:])
    starts = np.concatenate((*polar, changed))
    # Each round turns at least one cell for good; a new loop passes through a cell that was just turned.
    while (starts := _cells_in_loops(directions, starts, columns)).size > 0:
        steps = steps_from_exits(filled) if steps is None else steps
        _lead_out(directions, starts, filled, steps)


def flow_directions(height: FloatArray, filled: FloatArray) -> IntArray:
    """
    Direction in which each land cell drains: 1 N, 2 NE, 3 E, 4 SE, 5 S, 6 SW, 7 W, 8 NW; 0 in the sea.

    The neighbour with the largest drop takes the water, not divided by its distance, the first in that order
    where drops are equal. Land in the first row drains north, in the last row south. Where that would make a
    loop, the cells of the loop follow the filled relief instead: all water reaches the sea.

    Parameters
    ----------
    height : ndarray, shape (rows, columns)
        Conditioned height [m], rows from south to north.
    filled : ndarray, shape (rows, columns)
        Height without depressions [m].

    Returns
    -------
    ndarray of uint8, shape (rows, columns)

    Examples
    --------
    >>> height = np.array([[9.0, 9.0, 9.0], [7.0, 6.0, -1.0], [9.0, 9.0, 9.0]])
    >>> flow_directions(height, height)[1]
    array([7, 3, 0], dtype=uint8)
    """
    directions = _steepest(np.ascontiguousarray(height))
    _open_loops(directions.ravel(), height.shape[1], np.ascontiguousarray(filled))
    return np.asarray(directions)


@kernel
def _downstream_first(directions, columns):  # type: ignore[no-untyped-def]
    """See `downstream_first`."""
    noted = directions == 0
    order = np.empty(noted.size - noted.sum(), np.int32)
    size = 0
    for start in range(directions.size):
        cell, end = start, size
        while not noted[cell]:
            noted[cell] = True
            order[end] = cell
            end += 1
            cell = receiver_of(directions, cell, columns)
        first, last = size, end - 1  # reversed in place
        while first < last:
            order[first], order[last] = order[last], order[first]
            first, last = first + 1, last - 1
        size = end
    return order


def downstream_first(directions: IntArray) -> IntArray:
    """
    Land cells in an order in which each comes after the cell it drains into.

    Parameters
    ----------
    directions : ndarray of uint8, shape (rows, columns)
        1 to 8 on land, 0 in the sea; without loops.

    Returns
    -------
    ndarray of int32, shape (land cells,)
        Flat indices.

    Examples
    --------
    >>> downstream_first(np.array([[3, 3, 0, 7]], dtype=np.uint8))
    array([1, 0, 3], dtype=int32)
    """
    return np.asarray(_downstream_first(directions.ravel(), directions.shape[1]))


@kernel
def _mouths(directions, columns):  # type: ignore[no-untyped-def]
    """See `river_mouths`."""
    mouth = np.zeros(directions.size, np.bool_)
    for cell in range(directions.size):
        if directions[cell] > 0:
            mouth[cell] = directions[receiver_of(directions, cell, columns)] == 0
    return mouth


def river_mouths(directions: IntArray) -> BoolArray:
    """
    Land cells that drain into the sea, shape (rows, columns).

    Examples
    --------
    >>> river_mouths(np.array([[3, 3, 0, 7]], dtype=np.uint8))
    array([[False,  True, False,  True]])
    """
    return np.asarray(_mouths(directions.ravel(), directions.shape[1])).reshape(directions.shape)
