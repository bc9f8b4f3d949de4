"""Repairs of diffusive straits and staircase channels: fill them, or widen them to two cells."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np

from paleobc.conventions import BoolArray, IntArray
from paleobc.grids.walks import AROUND, cells_over
from paleobc.topography.checks import DIFFUSIVE_STRAIT, STAIRCASE_CHANNEL
from paleobc.topography.edits.edit import CloseSea, OpenStrait
from paleobc.topography.repair_blocks import widening
from paleobc.topography.repair_world import Proposal, World
from paleobc.topography.straits import diffusive_straits, staircase_channels


@dataclass(frozen=True, eq=False)
class Narrow:
    """
    Cells that touch one another, by sides or corners, and are in no block of 2 x 2 sea cells.

    Parameters
    ----------
    cells : ndarray of int, shape (cells,)
        Flat indices, ascending.
    strait : bool
        Whether a diffusive strait is among them.
    seas : frozenset of int
        Numbers of the seas that remain at their sides once all narrow cells are filled.
    """

    cells: IntArray
    strait: bool
    seas: frozenset[int]


def narrow_passages(world: World) -> tuple[list[Narrow], IntArray]:
    """
    All narrow passages, and the numbers of the seas that remain when all of them are filled, shape (cells,).

    A diffusive strait is in no block of 2 x 2 either, so this finds both kinds of problem.
    """
    sea = world.sea()
    narrow = staircase_channels(sea, world.owners)
    remaining = world.seas(sea & ~narrow).ravel()
    straits = diffusive_straits(sea, world.owners).ravel()
    passages = []
    for cells in _touching(np.flatnonzero(narrow & world.surface.mesh.unique), world.owners):
        beside = cells_over(world.owners, cells).ravel()
        numbers = frozenset(remaining[beside[beside >= 0]].tolist()) - {0}
        passages.append(Narrow(cells, bool(straits[cells].any()), numbers))
    return passages, remaining


def _touching(cells: IntArray, owners: IntArray) -> list[IntArray]:
    """Groups of cells that touch by sides or corners, each ascending, in the order of their first cells."""
    around = dict(zip(cells.tolist(), cells_over(owners, cells, AROUND).tolist(), strict=True))
    groups = []
    while around:
        first = next(iter(around))
        waiting, group = deque(around.pop(first)), [first]
        while waiting:
            cell = waiting.popleft()
            if cell in around:
                waiting.extend(around.pop(cell))
                group.append(cell)
        groups.append(np.sort(np.array(group)))
    return groups


def strait_proposals(world: World, *, both: bool = True) -> list[list[Proposal]]:
    """
    For each narrow passage what can be done, the better first.

    A passage is widened where it is needed: as the only way to a sea that would be opened if it were closed, into
    the cells that must all be sea, or for a gateway. It is filled otherwise, which changes no more cells than it
    has. Where nothing would be left of the ocean, its first passage is widened.

    Parameters
    ----------
    world : World
    both : bool
        Whether the second best is wanted too.
    """
    passages, remaining = narrow_passages(world)
    needed = _needed(world, passages, remaining)
    kept = world.corridors | (world.rules.alike & world.sea()).ravel()
    proposals = []
    for number, passage in enumerate(passages):
        kind = DIFFUSIVE_STRAIT if passage.strait else STAIRCASE_CHANNEL
        first = "widen" if number in needed or kept[passage.cells].any() else world.prefer.get(kind.name, "fill")
        widened = widening_proposal(world, passage) if both or first == "widen" else None
        found = [filling_proposal(world, passage)] + ([widened] if widened else [])
        proposals.append(sorted(found, key=lambda proposal: proposal.way != first))
    return proposals


def _needed(world: World, passages: list[Narrow], remaining: IntArray) -> set[int]:
    """Numbers of the passages without which large seas would be cut off; of several ways the shortest."""
    area = np.bincount(remaining, world.surface.mesh.cell_area.ravel()) / 1e6
    if area.size == 1:  # only land would be left
        return {0} if passages else set()
    way: dict[int, frozenset[int]] = {1: frozenset()}
    at_sea: dict[int, list[int]] = {}
    for number, passage in enumerate(passages):
        for sea in passage.seas:
            at_sea.setdefault(sea, []).append(number)
    waiting = deque([1])
    while waiting:
        sea = waiting.popleft()
        for number in at_sea.get(sea, ()):
            for other in sorted(passages[number].seas - way.keys()):
                way[other] = way[sea] | {number}
                waiting.append(other)
    large = [sea for sea in way if area[sea] >= world.opened_from]
    return set().union(*(way[sea] for sea in large))


def filling_proposal(world: World, passage: Narrow) -> Proposal:
    """Make land of a narrow passage."""
    kind = DIFFUSIVE_STRAIT if passage.strait else STAIRCASE_CHANNEL
    edit = world.edit(passage.cells, CloseSea(), f"{kind.title} closed")
    title = f"Close the {kind.title.lower()} of {world.where(passage.cells)}"
    return Proposal(kind.name, "fill", title, (edit,), passage.cells, passage.cells)


def widening_proposal(world: World, passage: Narrow) -> Proposal | None:
    """Widen a narrow passage to two cells, as deep as most of it is; None where no sea may be beside it."""
    kind = DIFFUSIVE_STRAIT if passage.strait else STAIRCASE_CHANNEL
    depths = world.surface.depths().ravel()[passage.cells]
    depth = max(float(np.median(depths)), world.rules.minimum_depth, 1.0)
    sea: BoolArray = world.sea().ravel()
    dug = widening(passage.cells, sea, world.owners, world.digging_cost(depth), world.blocks)
    if dug is None:
        return None
    edit = world.edit(dug, OpenStrait(depth), f"{kind.title} widened to two cells")
    title = f"Widen the {kind.title.lower()} of {world.where(passage.cells)} by {dug.size}"
    return Proposal(kind.name, "widen", title, (edit,), dug, passage.cells)
