"""Depressions are filled to the level at which they spill to the world ocean."""

from __future__ import annotations

import numpy as np

from paleobc.compilation import inline_kernel, kernel
from paleobc.conventions import DIRECTION_COLUMNS, DIRECTION_ROWS, BoolArray, FloatArray
from paleobc.grids.periodicity import wrapped
from paleobc.topography.heap import drop_top, push


@inline_kernel
def _reach_neighbours(here, spill, shape, level, known, heap_level, heap_cell, waiting, queue, tail):  # type: ignore[no-untyped-def]
    """Put the neighbours of a cell that are not known yet into the heap, or into the queue at its spill level."""
    rows, columns = shape
    for k in range(8):
        row = here // columns + DIRECTION_ROWS[k]
        if row < 0 or row >= rows:
            continue
        cell = row * columns + wrapped(here % columns + DIRECTION_COLUMNS[k], columns)
        if known[cell]:
            continue
        known[cell] = True
        if level[cell] <= spill:
            level[cell] = spill
            queue[tail] = cell
            tail += 1
        else:
            push(heap_level, heap_cell, waiting, level[cell], cell)
            waiting += 1
    return waiting, tail


@kernel
def _shore(outlet):  # type: ignore[no-untyped-def]
    """Cells that are no outlet and touch one."""
    rows, columns = outlet.shape
    shore = np.zeros(rows * columns, np.bool_)
    for j in range(rows):
        for i in range(columns):
            if outlet[j, i]:
                continue
            for k in range(8):
                row = j + DIRECTION_ROWS[k]
                if 0 <= row < rows and outlet[row, wrapped(i + DIRECTION_COLUMNS[k], columns)]:
                    shore[j * columns + i] = True
                    break
    return np.flatnonzero(shore)


@kernel
def _flood(height, outlet):  # type: ignore[no-untyped-def]
    """
    Lowest level at which each cell that is no outlet can spill to one; outlets keep their height.

    A priority flood (Barnes, Lehman and Mulla 2014): cells above the spill level wait in a heap; cells below
    it take that level at once, in a plain queue. Each cell enters one of them once, so the arrays hold one
    entry a cell. Cells that reach no outlet keep their height.
    """
    shape = height.shape
    level = height.ravel().copy()
    known = outlet.ravel().copy()
    dry = known.size - known.sum()
    heap_level, heap_cell, waiting = np.empty(dry), np.empty(dry, np.int32), 0
    queue, head, tail = np.empty(dry, np.int32), 0, 0
    for start in _shore(outlet):
        known[start] = True
        push(heap_level, heap_cell, waiting, level[start], start)
        waiting += 1
    while waiting > 0 or head < tail:
        if head < tail:
            here = queue[head]
            head += 1
            if head == tail:
                head = tail = 0
        else:
            here = heap_cell[0]
            drop_top(heap_level, heap_cell, waiting)
            waiting -= 1
        waiting, tail = _reach_neighbours(
            here, level[here], shape, level, known, heap_level, heap_cell, waiting, queue, tail
        )
    return level.reshape(shape)


def fill_depressions(height: FloatArray, outlet: BoolArray) -> FloatArray:
    """
    Raise every land cell to the lowest level at which it can spill to an outlet; the sea keeps its height.

    Flow is to the eight neighbours and around the globe. A closed sea that is no outlet is passed over as if
    it were land, and keeps its height.

    Parameters
    ----------
    height : ndarray, shape (rows, columns)
        Height above sea level [m]; land is > 0.
    outlet : ndarray of bool, shape (rows, columns)
        Sea cells that take the water: at least one.

    Returns
    -------
    ndarray, shape (rows, columns)
        Filled height [m].

    References
    ----------
    Barnes, Lehman and Mulla (2014), doi:10.1016/j.cageo.2013.04.024.

    Examples
    --------
    >>> height = np.array([[9.0, 9.0, 9.0, 9.0], [-1.0, 5.0, 2.0, 7.0], [9.0, 9.0, 9.0, 9.0]])
    >>> fill_depressions(height, height < 0)[1]  # the pit of 2 spills over the 5
    array([-1., 5., 5., 7.])
    """
    filled = _flood(np.ascontiguousarray(height), np.ascontiguousarray(outlet))
    np.copyto(filled, height, where=height <= 0.0)
    return np.asarray(filled)
