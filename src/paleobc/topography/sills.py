"""How deep the water is all the way from one place to another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from paleobc.compilation import inline_kernel, kernel
from paleobc.conventions import BoolArray, FloatArray, IntArray
from paleobc.errors import InputError
from paleobc.topography.paths import beside, cells_of, shortest_path

#: Groups of cells that one flood can tell apart: one bit each.
MOST_GROUPS: Final = 64


@dataclass(frozen=True, eq=False)
class Sill:
    """
    The shallowest place of the deepest way from one place to another.

    Parameters
    ----------
    depth : float
        Depth of the sill [m], positive down; negative where land has to be crossed, minus infinity where no
        cells lead from one place to the other.
    path : ndarray of int, shape (cells,)
        Flat indices of the cells of a way, the shortest of the deepest, both ends included.
    sill_cell : int
        The first cell of the way that is as shallow as the sill; -1 without a way.
    """

    depth: float
    path: IntArray
    sill_cell: int


@inline_kernel
def _root(parent, cell):  # type: ignore[no-untyped-def]
    """Representative of a flooded cell; ``parent`` holds 1 + the parent, 0 where the flood has not come."""
    while parent[cell] - 1 != cell:
        parent[cell] = parent[parent[cell] - 1]
        cell = parent[cell] - 1
    return cell


@inline_kernel
def _record(sills, some, others, level):  # type: ignore[no-untyped-def]
    """Note the level at which two sets of groups meet, once for each pair; tells how many pairs are new."""
    new = 0
    for g in range(sills.shape[0]):
        if (some >> np.uint64(g)) & np.uint64(1):
            for h in range(sills.shape[0]):
                if (others >> np.uint64(h)) & np.uint64(1) and sills[g, h] == -np.inf:
                    sills[g, h] = sills[h, g] = level
                    new += 1
    return new


@kernel
def _meeting_levels(depth, order, owners, members, parent, groups):  # type: ignore[no-untyped-def]
    """
    Depth at which each pair of groups is joined when the water is let in from the deepest cells upwards.

    ``members`` holds a bit for each group a cell is of; ``parent`` is 0 everywhere. Both are used up.
    """
    level = depth.ravel()
    sills = np.full((groups, groups), -np.inf)
    missing = groups * (groups + 1) // 2
    for cell in order:
        parent[cell] = cell + 1
        root = cell
        if members[cell]:
            missing -= _record(sills, members[cell], members[cell], level[cell])
        for side in range(4):
            neighbour = beside(owners, cell, side)
            if neighbour < 0 or parent[neighbour] == 0:
                continue
            other = _root(parent, neighbour)
            if other == root:
                continue
            here, there = members[root], members[other]
            both = here | there
            if both != here and both != there:  # else all of these groups have met before
                missing -= _record(sills, here, there, level[cell])
            parent[root] = other + 1
            members[other] = both
            root = other
        if missing == 0:
            break
    return sills


def sills_between(
    depth: FloatArray, owners: IntArray, groups: Sequence[IntArray], within: BoolArray | None = None
) -> FloatArray:
    """
    Depth of the sill between each two of several places [m], shape (groups, groups).

    Parameters
    ----------
    depth : ndarray, shape (rows, columns)
        Depth of the water [m], positive down; minus the height on land. All finite.
    owners : ndarray of int32, shape (rows + 2, columns + 2)
        The grid's topology, see `paleobc.grids.periodicity`.
    groups : sequence of ndarray of int
        Flat indices of the cells of each place, at most 64 places; they may overlap.
    within : ndarray of bool, shape (rows, columns), optional
        Cells through which a way may lead; all by default.

    Returns
    -------
    ndarray, shape (groups, groups)
        Symmetric; on the diagonal the deepest cell of each. Minus infinity where no cells join the two.

    Notes
    -----
    One flood serves all pairs: cells are let in by decreasing depth, and the bodies of water that meet are
    joined (union-find), as the edges of a maximum spanning tree are in Kruskal's way. Depths do not depend on
    the order of equally deep cells, nor on where the grid is cut.

    Examples
    --------
    >>> from paleobc.grids.periodicity import regular_owners
    >>> depth = np.array([[50.0, 20.0, 40.0, 10.0, 30.0, 5.0]])  # around the globe, from 30 to 50, over 5
    >>> sills_between(depth, regular_owners(1, 6), [np.array([0]), np.array([2]), np.array([4])])
    array([[50., 20., 10.],
           [20., 40., 10.],
           [10., 10., 30.]])
    """
    if len(groups) > MOST_GROUPS:
        raise InputError(f"Sills between {len(groups)} places were asked for; take at most {MOST_GROUPS} at a time.")
    depth = np.ascontiguousarray(depth, dtype=np.float64)
    members = np.zeros(depth.size, dtype=np.uint64)
    for number, positions in enumerate(groups):
        cells = cells_of(owners, positions)
        members[cells] |= np.uint64(1 << number)
    unique = owners[1:-1, 1:-1] == np.arange(depth.size, dtype=np.int32).reshape(depth.shape)
    cells = np.flatnonzero(unique if within is None else unique & within).astype(np.int32)
    order = cells[np.argsort(-depth.ravel()[cells])]
    parent = np.zeros(depth.size, dtype=np.int32)
    return np.asarray(_meeting_levels(depth, order, owners, members, parent, len(groups)))


def deepest_sill(
    depth: FloatArray, owners: IntArray, first: IntArray, second: IntArray, within: BoolArray | None = None
) -> Sill:
    """
    Sill of the deepest way from one place to another: the largest depth that all its cells have or exceed.

    Parameters
    ----------
    depth : ndarray, shape (rows, columns)
        Depth of the water [m], positive down; minus the height on land. All finite.
    owners : ndarray of int32, shape (rows + 2, columns + 2)
        The grid's topology, see `paleobc.grids.periodicity`.
    first, second : ndarray of int, shape (cells,)
        Flat indices of the cells of the two places: points or regions. A cell of both is a way by itself, and
        the sill is at least as deep as it is.
    within : ndarray of bool, shape (rows, columns), optional
        Cells through which a way may lead; all by default.

    Returns
    -------
    Sill
        Its depth and the number of cells of its path do not depend on where the grid is cut. The path itself
        rolls along with a regular world whose cells are named in the same order; on a folded grid another
        path of the same depth and length may be found where the world is counted from beyond the fold.

    Examples
    --------
    >>> from paleobc.grids.periodicity import regular_owners
    >>> depth = np.array([[90.0, -5.0, 90.0, -7.0], [40.0, 30.0, 60.0, -7.0]])
    >>> sill = deepest_sill(depth, regular_owners(2, 4), np.array([0]), np.array([2]))
    >>> sill.depth, sill.path.tolist(), sill.sill_cell
    (30.0, [0, 4, 5, 6, 2], 5)
    """
    level = float(sills_between(depth, owners, (first, second), within)[0, 1])
    if level == -np.inf:
        return Sill(level, np.empty(0, dtype=np.int64), -1)
    passable = depth >= level if within is None else (depth >= level) & within
    path = shortest_path(passable, owners, first, second)
    return Sill(level, path, int(path[np.argmin(depth.ravel()[path])]))
