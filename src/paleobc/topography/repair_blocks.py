"""Blocks of 2 x 2 cells: of what sound seas are made, and the cheapest way to lay a channel of them."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import Final

import numpy as np

from paleobc.compilation import inline_kernel, kernel
from paleobc.conventions import BoolArray, FloatArray, IntArray
from paleobc.grids.walks import cells_over

#: Cost of a step through cells that are sea already, against 1 for a cell dug at sea level: of two ways equally
#: cheap the shorter is taken.
STEP_THROUGH_SEA = 1e-6

#: Steps over the sides of a cell in the order in which they are looked at; of equal ways the first is taken.
_SIDES: Final = ((-1, 0), (0, -1), (0, 1), (1, 0))


@dataclass(frozen=True, eq=False)
class Blocks:
    """
    All blocks of 2 x 2 cells of a grid, also across its seam and over its fold.

    A sea that is a union of such blocks has no diffusive strait and no staircase channel; adding a whole block,
    or filling a whole sea, keeps it one. All repairs rest on this.

    Parameters
    ----------
    cells : ndarray of int32, shape (blocks, 4)
        Flat indices; a cell stands twice where the fold turns.
    around : ndarray of int32, shape (rows * columns, 4)
        The blocks that hold each cell; -1 where the grid ends.
    """

    cells: IntArray
    around: IntArray


def blocks_of(owners: IntArray) -> Blocks:
    """
    Blocks of the grid with this table of owners.

    Examples
    --------
    >>> from paleobc.grids.periodicity import regular_owners
    >>> blocks = blocks_of(regular_owners(2, 3))
    >>> blocks.cells
    array([[0, 1, 3, 4],
           [0, 2, 3, 5],
           [1, 2, 4, 5]], dtype=int32)
    >>> blocks.around[0]
    array([-1, -1,  1,  0], dtype=int32)
    """
    four, first, number = _numbered(owners)
    at = number.reshape(owners.shape[0] - 1, -1)
    around = np.stack([at[:-1, :-1], at[:-1, 1:], at[1:, :-1], at[1:, 1:]], axis=-1)
    return Blocks(four[first], np.ascontiguousarray(around.reshape(-1, 4)))


@kernel
def _numbered(owners):  # type: ignore[no-untyped-def]
    """Ascending cells of the block at each corner of the framed grid; a corner of each block; block of each corner."""
    rows, columns = owners.shape[0] - 1, owners.shape[1] - 1
    four = np.empty((rows * columns, 4), np.int32)
    starts = np.zeros(owners.size + 1, np.int64)  # where the corners of each first cell stand among all
    for j in range(rows):
        for i in range(columns):
            cells = four[j * columns + i]
            cells[0], cells[1], cells[2], cells[3] = (
                owners[j, i],
                owners[j, i + 1],
                owners[j + 1, i],
                owners[j + 1, i + 1],
            )
            for one, other in ((0, 1), (2, 3), (0, 2), (1, 3), (1, 2)):
                if cells[one] > cells[other]:
                    cells[one], cells[other] = cells[other], cells[one]
            if cells[0] >= 0:
                starts[cells[0] + 1] += 1
    starts = np.cumsum(starts)
    corners, placed = np.empty(starts[-1], np.int64), starts.copy()
    for corner in range(rows * columns):
        cell = four[corner, 0]
        if cell >= 0:  # into its place among the few with this first cell
            at = placed[cell]
            while at > starts[cell] and _is_before(four[corner], four[corners[at - 1]]):
                corners[at] = corners[at - 1]
                at -= 1
            corners[at] = corner
            placed[cell] += 1
    number = np.full(rows * columns, -1, np.int32)
    first, count = np.empty(corners.size, np.int64), 0
    for k in range(corners.size):
        own, before = four[corners[k]], four[corners[max(k - 1, 0)]]
        if k == 0 or own[0] != before[0] or _is_before(before, own):
            first[count] = corners[k]
            count += 1
        number[corners[k]] = count - 1
    return four, first[:count], number


@inline_kernel
def _is_before(one, other):  # type: ignore[no-untyped-def]
    """Whether a block comes before another one that has the same first cell."""
    if one[3] != other[3]:
        return one[3] < other[3]
    if one[1] != other[1]:
        return one[1] < other[1]
    return one[2] < other[2]


@inline_kernel
def _cost_of(block, sea, cost, cells):  # type: ignore[no-untyped-def]
    """Cost of digging what of a block is not sea."""
    total = 0.0
    for k in range(4):
        if not sea[cells[block, k]]:
            total += cost[cells[block, k]]
    return total


@kernel
def _shared(one, other, cells):  # type: ignore[no-untyped-def]
    """How many corners of one block are cells of the other."""
    count = 0
    for k in range(4):
        for m in range(4):
            if cells[one, k] == cells[other, m]:
                count += 1
                break
    return count


@kernel
def _widened(narrow, mates, sea, cost, cells, around):  # type: ignore[no-untyped-def]
    """Put each narrow cell into a block with its mate (-1: any block), the cheapest; whether that was possible."""
    possible = True
    for n in range(narrow.size):
        best, best_cost = -1, np.inf
        for k in range(4):
            block = around[narrow[n], k]
            if block < 0:
                continue
            together = mates[n] < 0
            for m in range(4):
                together = together or cells[block, m] == mates[n]
            if together:
                price = _cost_of(block, sea, cost, cells)
                if price < best_cost:
                    best, best_cost = block, price
        if best < 0:
            possible = False
        else:
            for m in range(4):
                sea[cells[best, m]] = True
    return possible


def widening(narrow: IntArray, sea: BoolArray, owners: IntArray, cost: FloatArray, blocks: Blocks) -> IntArray | None:
    """
    Cells to dig so that narrow cells, and each step between them and their neighbours, are two cells wide.

    Parameters
    ----------
    narrow : ndarray of int, shape (cells,)
        Sea cells in no block of sea.
    sea : ndarray of bool, shape (rows * columns,)
    owners : ndarray of int32, shape (rows + 2, columns + 2)
    cost : ndarray, shape (rows * columns,)
        Cost of digging each cell; infinite where no sea may be.
    blocks : Blocks

    Returns
    -------
    ndarray of int, shape (dug,), or None
        None where some of them cannot be widened.

    Examples
    --------
    >>> from paleobc.grids.periodicity import regular_owners
    >>> owners = regular_owners(4, 4)
    >>> sea = np.array([[1, 1, 1, 1], [0, 1, 0, 0], [0, 1, 0, 0], [1, 1, 1, 1]], dtype=bool)
    >>> widening(np.array([5, 9]), sea.ravel(), owners, np.ones(16), blocks_of(owners))
    array([4, 8])
    """
    cells, mates = [], []
    for cell, beside in zip(narrow, cells_over(owners, narrow, _SIDES), strict=True):
        wet = [neighbour for neighbour in beside if neighbour >= 0 and sea[neighbour] and neighbour != cell]
        cells += [cell] * max(1, len(wet))
        mates += wet or [-1]
    wider = sea.copy()
    possible = _widened(np.array(cells), np.array(mates), wider, cost, blocks.cells, blocks.around)
    return np.flatnonzero(wider & ~sea) if possible else None


@kernel
def _cost_beyond(block, before, sea, cost, cells):  # type: ignore[no-untyped-def]
    """Cost of digging what of a block is neither sea nor in the block before, which is dug already."""
    total = 0.0
    for k in range(4):
        known = sea[cells[block, k]]
        for m in range(4):
            known = known or cells[before, m] == cells[block, k]
        if not known:
            total += cost[cells[block, k]]
    return total


@kernel
def _way_to(block, before):  # type: ignore[no-untyped-def]
    """Blocks on the way to a block, from its end."""
    way = [np.int32(block)]
    while before[way[-1]] >= 0:
        way.append(before[way[-1]])
    return np.array(way)


@kernel
def _channel(starts, target, sea, cost, cells, around):  # type: ignore[no-untyped-def]
    """Blocks from one of the starts to a target by Dijkstra's algorithm, neighbours share a side; empty: none."""
    price = np.full(cells.shape[0], np.inf)
    before = np.full(cells.shape[0], -1, np.int32)
    queue = [(0.0, np.int32(-1))]
    for start in starts:
        price[start] = _cost_of(start, sea, cost, cells)
        if price[start] < np.inf:
            heapq.heappush(queue, (price[start], np.int32(start)))
    while len(queue) > 0:
        so_far, block = heapq.heappop(queue)
        if block < 0 or so_far > price[block]:
            continue
        if target[block]:
            return _way_to(block, before)
        for k in range(4):
            for m in range(4):
                other = around[cells[block, k], m]
                if other < 0 or price[other] <= so_far or _shared(other, block, cells) < 2:
                    continue
                new = so_far + STEP_THROUGH_SEA + _cost_beyond(other, block, sea, cost, cells)
                if new < price[other]:
                    price[other] = new
                    before[other] = block
                    heapq.heappush(queue, (new, other))
    return np.empty(0, np.int32)


def channel(start: BoolArray, end: BoolArray, sea: BoolArray, cost: FloatArray, blocks: Blocks) -> IntArray | None:
    """
    Blocks of the cheapest channel, two cells wide throughout, from one sea to another.

    Parameters
    ----------
    start, end : ndarray of bool, shape (rows * columns,)
        Sea cells to be joined.
    sea : ndarray of bool, shape (rows * columns,)
        Cells that need not be dug.
    cost : ndarray, shape (rows * columns,)
        Cost of digging each cell; infinite where no sea may be.
    blocks : Blocks

    Returns
    -------
    ndarray of int, shape (cells,), or None
        All cells of the channel, ascending; None where no way is allowed.

    Examples
    --------
    >>> from paleobc.grids.periodicity import regular_owners
    >>> start, end = np.zeros((2, 3, 9), dtype=bool)
    >>> start[:2, :2] = end[:2, 4:6] = True
    >>> dug = channel(start.ravel(), end.ravel(), (start | end).ravel(), np.ones(27), blocks_of(regular_owners(3, 9)))
    >>> dug[~(start | end).ravel()[dug]].tolist()
    [2, 3, 11, 12]
    """
    starts = _holding(start, blocks)
    target = np.zeros(blocks.cells.shape[0], dtype=bool)
    target[_holding(end, blocks)] = True
    way = _channel(starts, target, sea, cost, blocks.cells, blocks.around)
    return np.unique(blocks.cells[way]) if way.size else None


def _holding(mask: BoolArray, blocks: Blocks) -> IntArray:
    """Blocks inside the mask, or, where it is too narrow for any, those that touch it."""
    inside = _count_inside(mask, blocks.cells)
    whole = np.flatnonzero(inside == 4)
    return whole if whole.size else np.flatnonzero(inside)


@kernel
def _count_inside(mask, cells):  # type: ignore[no-untyped-def]
    """How many corners of each block are in the mask."""
    count = np.zeros(cells.shape[0], np.int8)
    for block in range(cells.shape[0]):
        for k in range(4):
            count[block] += mask[cells[block, k]]
    return count
