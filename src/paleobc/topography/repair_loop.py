"""Repair a whole map: propose, apply and check until nothing is left, in a loop that ends."""

from __future__ import annotations

from dataclasses import dataclass, field

from paleobc.topography.edits.apply import apply_edit
from paleobc.topography.edits.edit import Edit
from paleobc.topography.gateways import Gateway
from paleobc.topography.repair_gateways import found, gateway_proposals, keep_gateways, score
from paleobc.topography.repair_poles import cells_against_rules, polar_proposals, shallow_cells, shallow_proposals
from paleobc.topography.repair_seas import closed_seas, filling, may_be_opened, opening, to_be_opened
from paleobc.topography.repair_straits import filling_proposal, narrow_passages, strait_proposals
from paleobc.topography.repair_world import Proposal, World
from paleobc.topography.straits import staircase_channels


@dataclass(eq=False)
class Progress:
    """
    What was done so far.

    Parameters
    ----------
    edits : list of Edit
        Carried out, with their results.
    rounds : int
        How often the map was looked at and changed.
    """

    edits: list[Edit] = field(default_factory=list)
    rounds: int = 0

    def apply(self, proposal: Proposal, world: World) -> None:
        """Carry out a proposal; an edit that changes nothing is not kept."""
        for edit in proposal.edits:
            done = apply_edit(edit, world.surface)
            if done.result is not None and done.result.cells.size:
                self.edits.append(done)


def is_clean(world: World) -> bool:
    """Whether no check of the seas, the straits, the poles and the depths finds anything."""
    if any(cells.size for cells in (*cells_against_rules(world), shallow_cells(world))):
        return False
    sea = world.sea()
    return (
        int(world.seas(sea).max(initial=0)) <= 1
        and not (staircase_channels(sea, world.owners) & world.surface.mesh.unique).any()
    )


def mend(world: World, gateways: tuple[Gateway, ...], most_rounds: int) -> Progress:
    """
    Repair all that is wrong with a map, gateways last; the world is changed in place.

    A repair of a gateway is kept only if, once everything else has been repaired after it, the gateways together
    are better than before (`repair_gateways.score`). As the score grows with each repair that is kept and has a
    largest value, the loop ends: where demands contradict each other the map stays as it is.
    """
    progress = Progress()
    for proposal in polar_proposals(world):  # first, so that no way through a gateway is kept where no sea may be
        progress.rounds = 1
        progress.apply(proposal, world)
    keep_gateways(world, gateways)
    clean(world, progress, most_rounds)
    while gateways and _mend_one(world, gateways, progress, most_rounds):
        pass
    return progress


def _mend_one(world: World, gateways: tuple[Gateway, ...], progress: Progress, most_rounds: int) -> bool:
    """Carry out the first repair of a gateway after which all together are better; whether there was one."""
    findings = found(world, gateways)
    for finding in findings:
        for proposal in gateway_proposals(world, finding):
            trial = world.copy()
            trial.corridors[proposal.cells] = finding.gateway.state == "open"
            trial.guarded[proposal.cells] = finding.gateway.state == "closed"
            after = Progress(list(progress.edits), progress.rounds + 1)
            after.apply(proposal, trial)
            clean(trial, after, most_rounds)
            if score(found(trial, gateways)) > score(findings):
                world.surface.values[:] = trial.surface.values
                world.corridors, world.guarded = trial.corridors, trial.guarded
                progress.edits, progress.rounds = after.edits, after.rounds
                return True
    return False


def clean(world: World, progress: Progress, most_rounds: int) -> None:
    """
    Repair all but the gateways.

    For ``most_rounds`` rounds each problem is repaired in the way that is best for it or preferred: first the
    poles, then closed seas, narrow passages and shallow sea. Should something be left, rounds follow that only
    turn sea into land, or deepen it once. Each of those makes the number of sea cells smaller, so that they end,
    at the latest with a world that is all land and has no problem.
    """
    last = progress.rounds + most_rounds
    while not is_clean(world):
        progress.rounds += 1
        if progress.rounds <= last:
            _repair_once(world, progress)
        else:
            _fill_once(world, progress)


def _repair_once(world: World, progress: Progress) -> None:
    """One round of repairs as preferred."""
    for proposal in polar_proposals(world):
        progress.apply(proposal, world)
    _open_or_fill(world, progress)
    for ways in strait_proposals(world, both=False):
        progress.apply(ways[0], world)
    for proposal in shallow_proposals(world)[:1]:
        progress.apply(proposal, world)


def _open_or_fill(world: World, progress: Progress) -> None:
    """Open the seas that are to be opened, the largest first: channels may take others along. Fill the rest."""
    seas, closed = closed_seas(world)
    for cells in closed:
        if seas[cells[0]] == 1 or not may_be_opened(world, cells):
            continue
        opened = opening(world, cells, seas == 1)
        if opened and to_be_opened(world, opened):
            progress.apply(opened, world)
            seas = world.seas(world.sea()).ravel()
    for cells in closed_seas(world)[1]:
        progress.apply(filling(world, cells), world)


def _fill_once(world: World, progress: Progress) -> None:
    """One round of repairs that only turn sea into land."""
    for proposal in polar_proposals(world, to_land=True):
        progress.apply(proposal, world)
    for cells in closed_seas(world)[1]:
        progress.apply(filling(world, cells), world)
    for passage in narrow_passages(world)[0]:
        progress.apply(filling_proposal(world, passage), world)
    for proposal in shallow_proposals(world)[:1]:
        progress.apply(proposal, world)
