"""Proposals for the one problem that a person points at, without looking at all others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from paleobc.conventions import IntArray
from paleobc.topography.checks import CLOSED_SEA, DIFFUSIVE_STRAIT, POLAR_RULE, STAIRCASE_CHANNEL
from paleobc.topography.gateways import Gateway
from paleobc.topography.marks import groups_of
from paleobc.topography.ocean_checks import SHALLOW_SEA, WET_GRID_POLE
from paleobc.topography.repair_effects import side_effects, state_of
from paleobc.topography.repair_gateways import found, gateway_proposals, keep_gateways
from paleobc.topography.repair_poles import polar_proposals, shallow_proposals
from paleobc.topography.repair_seas import filling, opening, to_be_opened
from paleobc.topography.repair_straits import Narrow, filling_proposal, widening_proposal
from paleobc.topography.repair_world import Proposal, World
from paleobc.topography.straits import narrow_cells

#: Name under which gateways stand among the kinds of problems.
GATEWAY = "gateway"


def proposals_at(
    world: World, check: str, cell: int, gateways: Sequence[Gateway] = (), *, gateway: str = ""
) -> list[Proposal]:
    """
    Ways to repair the problem at a cell, the best first.

    What `paleobc.topography.repair.proposals` gives for this problem, but for the order at narrow passages: here the
    way that makes no other problem comes first, as it is not known which of all passages are needed together.

    Parameters
    ----------
    world : World
        Not changed, but for what is kept for the gateways.
    check : str
        Name of the kind of problem, or "gateway".
    cell : int
        Flat index of any cell of it.
    gateways : sequence of Gateway
    gateway : str
        Name of the gateway that is to be repaired.

    Returns
    -------
    list of Proposal
        None where no such problem is there; the note of each says what other problems it makes.
    """
    keep_gateways(world, tuple(gateways))
    ways = _ways(world, check, cell, tuple(gateways), gateway)
    if not ways:
        return []
    before = state_of(world, tuple(gateways))
    noted = [replace(one, note=side_effects(one, world, before)) for one in ways]
    narrow = check in (DIFFUSIVE_STRAIT.name, STAIRCASE_CHANNEL.name)
    return sorted(noted, key=lambda one: bool(one.note)) if narrow else noted


def _ways(world: World, check: str, cell: int, gateways: tuple[Gateway, ...], gateway: str) -> list[Proposal]:
    """Ways to repair a problem, without notes."""
    if check == CLOSED_SEA.name:
        return _of_sea(world, cell)
    if check in (DIFFUSIVE_STRAIT.name, STAIRCASE_CHANNEL.name):
        return _of_passage(world, cell)
    if check in (POLAR_RULE.name, WET_GRID_POLE.name):
        return polar_proposals(world)
    if check == SHALLOW_SEA.name:
        return shallow_proposals(world)
    meant = [one for one in gateways if one.name == gateway] if check == GATEWAY else []
    return [way for finding in found(world, tuple(meant)) for way in gateway_proposals(world, finding)]


def _of_sea(world: World, cell: int) -> list[Proposal]:
    """Fill or open the closed sea of a cell."""
    seas = world.seas(world.sea())
    number = seas.ravel()[cell]
    if number <= 1:
        return []
    cells = np.flatnonzero((seas == number) & world.surface.mesh.unique)
    opened = opening(world, cells, seas.ravel() == 1)
    ways = [filling(world, cells)] + ([opened] if opened else [])
    first = "open" if opened and to_be_opened(world, opened) else "fill"
    return sorted(ways, key=lambda proposal: proposal.way != first)


def _of_passage(world: World, cell: int) -> list[Proposal]:
    """Fill or widen the narrow passage of a cell."""
    straits, narrow = narrow_cells(world.sea(), world.owners)
    cells: IntArray = np.flatnonzero(narrow & world.surface.mesh.unique)
    at = np.searchsorted(cells, cell)
    if at == cells.size or cells[at] != cell:
        return []
    groups = groups_of(cells, world.owners)
    own = cells[groups == groups[at]]
    passage = Narrow(own, bool(straits.ravel()[own].any()), frozenset())
    widened = widening_proposal(world, passage)
    return [filling_proposal(world, passage)] + ([widened] if widened else [])
