"""What other problems a repair makes, found by trying it on a copy and looking near its cells."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from paleobc.conventions import BoolArray, IntArray, counted
from paleobc.grids.walks import AROUND, cells_over
from paleobc.topography.edits.apply import apply_edit
from paleobc.topography.gateways import Gateway
from paleobc.topography.repair_blocks import Blocks
from paleobc.topography.repair_gateways import found, sides_of
from paleobc.topography.repair_poles import cells_against_rules, shallow_cells
from paleobc.topography.repair_world import Proposal, World
from paleobc.topography.straits import staircase_channels


@dataclass(frozen=True, eq=False)
class State:
    """
    What is wrong with a world before a repair is tried.

    Parameters
    ----------
    sea : ndarray of bool, shape (rows * columns,)
    seas : ndarray of int, shape (rows * columns,)
        Number of the sea of each cell, 1 the largest.
    gateways : tuple of (Gateway, ndarray of bool)
        Those that hold, and the cells that matter for each, shape (rows * columns,).
    """

    sea: BoolArray
    seas: IntArray
    gateways: tuple[tuple[Gateway, BoolArray], ...]


def state_of(world: World, gateways: tuple[Gateway, ...]) -> State:
    """State of a world as it is."""
    sea = world.sea()
    holding = [finding.gateway for finding in found(world, gateways) if finding.holds]
    return State(
        sea.ravel(),
        world.seas(sea).ravel(),
        tuple((gateway, sides_of(world, gateway).within.ravel()) for gateway in holding),
    )


def side_effects(proposal: Proposal, world: World, before: State) -> str:
    """What other problems a proposal makes, as parts of a sentence; empty where it makes none."""
    trial = world.copy()
    for edit in proposal.edits:
        apply_edit(edit, trial.surface)
    sea = trial.sea().ravel()
    changed = np.flatnonzero((sea != before.sea) & world.surface.mesh.unique.ravel())
    notes = []
    narrow = _new_narrow_cells(changed, before.sea, sea, world)
    if narrow:
        notes.append(f"makes {counted(narrow, 'cell')} of strait or channel too narrow")
    if _may_part(changed[~sea[changed]], sea, world):
        seas = trial.seas(trial.sea()).ravel()
        cut = (seas > 1) & (before.seas == 1) & world.surface.mesh.unique.ravel()
        if cut.any():
            notes.append(
                f"cuts off {counted(int(np.unique(seas[cut]).size), 'sea')} of {counted(int(cut.sum()), 'cell')}"
            )
    for gateway, cells in before.gateways:
        if cells[proposal.cells].any() and not found(trial, (gateway,))[0].holds:
            notes.append(f"{gateway.name} does not hold any more")
    return "; ".join(notes)


def cells_with_problems(world: World) -> BoolArray:
    """Cells that any check finds, each counted once, shape (rows, columns)."""
    sea = world.sea()
    wrong = staircase_channels(sea, world.owners) | (world.seas(sea) > 1)
    for cells in (*cells_against_rules(world), shallow_cells(world)):
        wrong.ravel()[cells] = True
    return np.asarray(wrong & world.surface.mesh.unique)


def _new_narrow_cells(changed: IntArray, before: BoolArray, after: BoolArray, world: World) -> int:
    """How many cells on and around changed ones are in no block now, and were land or in one before."""
    near = np.unique(np.append(cells_over(world.owners, changed, AROUND), changed))
    near = near[near >= 0]
    now = after[near] & ~_in_block(near, after, world.blocks)
    return int((now & ~(before[near] & ~_in_block(near, before, world.blocks))).sum())


def _in_block(cells: IntArray, sea: BoolArray, blocks: Blocks) -> BoolArray:
    """Whether each of some cells is in a block that is all sea."""
    around = blocks.around[cells]
    return np.asarray((sea[blocks.cells[around]].all(axis=-1) & (around >= 0)).any(axis=-1))


def _may_part(filled: IntArray, sea: BoolArray, world: World) -> bool:
    """Whether the sea around filled cells is, near them, in several pieces: only then the whole map is searched."""
    near = set(np.unique(cells_over(world.owners, filled, AROUND)).tolist()) - {-1}
    waiting = {cell for cell in near if sea[cell]}
    if not waiting:
        return False
    queue = [waiting.pop()]
    while queue and waiting:
        beside = set(cells_over(world.owners, np.array(queue)).ravel().tolist()) & waiting
        waiting -= beside
        queue = list(beside)
    return bool(waiting)
