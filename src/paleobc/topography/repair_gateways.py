"""Repairs of gateways: dig, deepen, shoal or widen one that must be open, close one that must be closed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from paleobc.conventions import BoolArray, FloatArray, IntArray, counted
from paleobc.grids.walks import AROUND, cells_over
from paleobc.topography.edits.apply import apply_edit
from paleobc.topography.edits.edit import CloseSea, Edit, OpenStrait, Operation, Set
from paleobc.topography.gateway_checks import GatewayFinding, check_gateways
from paleobc.topography.gateway_lines import sides_of_line, transect_of
from paleobc.topography.gateway_regions import Sides, sides_of_pair
from paleobc.topography.gateways import Gateway
from paleobc.topography.repair_blocks import channel, widening
from paleobc.topography.repair_world import Proposal, World
from paleobc.topography.strait_width import narrowest_cut
from paleobc.topography.straits import staircase_channels

#: What digging a cell outside the box of a gateway costs more [m of earth].
COST_OUTSIDE = 1e5

#: A gateway is widened in so many steps at most; each digs at its narrowest place.
MOST_STEPS = 60


def found(world: World, gateways: tuple[Gateway, ...]) -> list[GatewayFinding]:
    """What each gateway is on the map as it is now."""
    return check_gateways(world.surface.depths(), world.surface.mesh, gateways, world.sea())


def sides_of(world: World, gateway: Gateway) -> Sides:
    """Seas on the two sides of a gateway."""
    mesh = world.surface.mesh
    if gateway.between is not None:
        return sides_of_pair(gateway.between, gateway.box, world.sea(), mesh)
    return sides_of_line(transect_of(gateway, mesh), world.sea(), mesh)


def keep_gateways(world: World, gateways: tuple[Gateway, ...]) -> None:
    """Mark what other repairs must leave: ways through open gateways, and the land at those that must be closed."""
    for finding in found(world, gateways):
        if finding.gateway.state == "closed":
            within = sides_of(world, finding.gateway).within
            world.guarded |= (within & ~world.sea()).ravel()
        elif finding.is_open:
            world.corridors[finding.path] = True


def gateway_proposals(world: World, finding: GatewayFinding) -> list[Proposal]:
    """
    Ways to make a gateway what it has to be, the better first; none where it is so, or where nothing helps.

    Each was tried on a copy, where the gateway then holds, or is at least open or closed as it has to be. An open
    gateway is dug where the least earth is moved, two cells wide; land at gateways that must be closed is spared
    if that is possible. A closed one is closed at its narrowest place, by cells that no open one needs if there
    are such.
    """
    if finding.holds:
        return []
    gateway = finding.gateway
    if gateway.state == "open":
        attempts = [_opened(world.copy(spare=spare), gateway) for spare in (True, False)]
    else:
        attempts = [_closed(world, gateway, cells) for cells in _cuts(world, gateway)]
    proposals: list[Proposal] = []
    for proposal in attempts:
        known = any(np.array_equal(proposal.cells, other.cells) for other in proposals)
        if proposal.cells.size and not known and _helps(world, finding, proposal):
            proposals.append(proposal)
    return proposals


def score(findings: Sequence[GatewayFinding]) -> int:
    """How well demands are met: 2 for each gateway that holds, 1 where it is but open or closed as it has to be."""
    return sum(finding.holds + (finding.is_open == (finding.gateway.state == "open")) for finding in findings)


def _helps(world: World, finding: GatewayFinding, proposal: Proposal) -> bool:
    """Whether the gateway is better once the proposal is carried out."""
    trial = world.copy()
    for edit in proposal.edits:
        apply_edit(edit, trial.surface)
    return score(found(trial, (finding.gateway,))) > score([finding])


def _cuts(world: World, gateway: Gateway) -> list[IntArray]:
    """Cells that close a gateway: the fewest, others that spare the ways through open ones, all on its line."""
    sides, sea = sides_of(world, gateway), world.sea()
    water = sea & sides.within
    needed = np.flatnonzero(world.corridors & water.ravel())
    pairs = [
        (sides.first, sides.second),
        (np.union1d(sides.first, needed), sides.second),
        (sides.first, np.union1d(sides.second, needed)),
        (sides.start, sides.end),
    ]
    cuts = [narrowest_cut(water, world.owners, *pair).cells for pair in pairs if min(map(len, pair))]
    if gateway.line:
        on_line = np.unique(transect_of(gateway, world.surface.mesh).cells)
        cuts.append(on_line[sea.ravel()[on_line]])
    return sorted((cut for cut in cuts if cut.size), key=lambda cut: bool(world.corridors[cut].any()))


def _closed(world: World, gateway: Gateway, cells: IntArray) -> Proposal:
    """Close a gateway by these cells."""
    edit = world.edit(cells, CloseSea(), f"{gateway.name} has to be closed")
    title = f"Close {gateway.name} by {world.where(cells)}"
    return Proposal("gateway", "close", title, (edit,), cells, cells)


def _opened(scratch: World, gateway: Gateway) -> Proposal:
    """Open a gateway: dig a channel, raise its sill, widen it, as far as each is wanted; the copy is used up."""
    before = scratch.surface.values.copy()
    least, largest = gateway.sill or (0.0, np.inf)
    least = max(least, scratch.rules.minimum_depth)
    depth = min(max(scratch.sill, least), largest)
    edits: list[Edit] = []
    concerned = np.empty(0, dtype=np.int64)
    if depth > 0.0:
        state = found(scratch, (gateway,))[0]
        if not state.is_open or state.sill_m < least:
            edits += _dig(scratch, gateway, least, depth)
        if found(scratch, (gateway,))[0].sill_m > largest:
            edits += _shoal(scratch, gateway, largest)
        edits += _widen(scratch, gateway, depth)
        concerned = state.path
    changed = np.flatnonzero((scratch.surface.values != before) & scratch.surface.mesh.unique.ravel())
    title = f"Open {gateway.name}: {counted(changed.size, 'cell')}, {depth:g} m deep where dug"
    return Proposal("gateway", "open", title, tuple(edits), changed, concerned)


def _carry_out(scratch: World, gateway: Gateway, cells: IntArray, operation: Operation, what: str) -> list[Edit]:
    """Apply an edit to the copy; the edit, none without cells."""
    if not cells.size:
        return []
    edit = scratch.edit(cells, operation, f"{gateway.name} has to be {what}")
    apply_edit(edit, scratch.surface)
    return [edit]


def _cost_within(world: World, sides: Sides, depth: float) -> FloatArray:
    """Cost of digging; outside the box of a gateway so high that only what makes a channel two cells wide is dug."""
    cost = world.digging_cost(depth)
    return np.where(sides.within.ravel(), cost, cost + COST_OUTSIDE)


def _dig(scratch: World, gateway: Gateway, least: float, depth: float) -> list[Edit]:
    """Dig the cheapest channel between the two sides; sea that is deep enough stays as it is."""
    sides = sides_of(scratch, gateway)
    if not (sides.start.size and sides.end.size):
        return []
    start, end = np.zeros((2, scratch.corridors.size), dtype=bool)
    start[sides.start] = end[sides.end] = True
    enough = (scratch.sea() & sides.within & (scratch.surface.depths() >= least)).ravel()
    way = channel(start, end, enough, _cost_within(scratch, sides, depth), scratch.blocks)
    if way is None:
        return []
    return _carry_out(scratch, gateway, way[~enough[way]], OpenStrait(depth), "open")


def _shoal(scratch: World, gateway: Gateway, largest: float) -> list[Edit]:
    """Raise the floor where the fewest cells make a sill that is not too deep."""
    sides = sides_of(scratch, gateway)
    deeper = scratch.sea() & sides.within & (scratch.surface.depths() > largest)
    cells = narrowest_cut(deeper, scratch.owners, sides.first, sides.second).cells
    if not cells.size:
        cells = narrowest_cut(deeper, scratch.owners, sides.start, sides.end).cells
    return _carry_out(scratch, gateway, cells, Set(scratch.surface.sea_value(largest)), f"at most {largest:g} m deep")


def _widen(scratch: World, gateway: Gateway, depth: float) -> list[Edit]:
    """Dig beside the narrowest place until the gateway is as wide as it has to be."""
    edits: list[Edit] = []
    for _ in range(MOST_STEPS):
        state = found(scratch, (gateway,))[0]
        missing = gateway.least_width_cells - state.width_cells
        if not state.is_open or (missing <= 0 and state.width_km >= gateway.least_width_km):
            break
        sides = sides_of(scratch, gateway)
        dug = _beside(scratch, _narrowest(scratch, gateway, sides), _cost_within(scratch, sides, depth), missing)
        if not dug.size:
            break
        edits += _carry_out(scratch, gateway, dug, OpenStrait(depth), "wider")
    return edits


def _narrowest(world: World, gateway: Gateway, sides: Sides) -> IntArray:
    """Sea cells where a gateway is narrowest, or those on its line."""
    sea = world.sea()
    if gateway.line:
        cells = np.unique(transect_of(gateway, world.surface.mesh).cells)
        return cells[sea.ravel()[cells]]
    return narrowest_cut(sea & sides.within, world.owners, sides.first, sides.second).cells


def _beside(world: World, cells: IntArray, cost: FloatArray, missing: int) -> IntArray:
    """Land beside cells that can be dug: the cheapest where one cell is missing, else all; in blocks of 2 x 2."""
    sea: BoolArray = world.sea().ravel()
    beside = np.unique(cells_over(world.owners, cells, AROUND)) if cells.size else cells
    beside = beside[beside >= 0]
    beside = beside[~sea[beside] & np.isfinite(cost[beside])]
    if not beside.size:
        return beside
    dug = beside if missing > 1 else beside[[np.argmin(cost[beside])]]
    wider = sea.copy()
    wider[dug] = True
    narrow = dug[staircase_channels(wider.reshape(world.surface.mesh.shape), world.owners).ravel()[dug]]
    more = widening(narrow, wider, world.owners, cost, world.blocks) if narrow.size else narrow
    return np.empty(0, dtype=np.int64) if more is None else np.union1d(dug, more)
