"""Repair a relief or a bathymetry: proposals for each problem, and a loop that leaves none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from paleobc.conventions import FloatArray
from paleobc.grids.curvilinear import CurvilinearGrid
from paleobc.grids.mesh import ocean_mesh, regular_mesh
from paleobc.grids.regular import RegularGrid
from paleobc.topography.checks import Problem, check_relief
from paleobc.topography.edits.edit import Edit
from paleobc.topography.gateway_checks import GatewayFinding
from paleobc.topography.gateways import Gateway
from paleobc.topography.ocean_checks import check_ocean
from paleobc.topography.repair_effects import cells_with_problems, side_effects, state_of
from paleobc.topography.repair_gateways import found, gateway_proposals, keep_gateways
from paleobc.topography.repair_loop import mend
from paleobc.topography.repair_poles import polar_proposals, shallow_proposals
from paleobc.topography.repair_seas import closed_sea_proposals
from paleobc.topography.repair_straits import strait_proposals
from paleobc.topography.repair_world import (
    OPENED_FROM,
    SILL,
    Proposal,
    Rules,
    World,
    ocean_rules,
    relief_rules,
)
from paleobc.topography.surface import Surface

__all__ = ["Proposal", "Repair", "proposals", "repair", "repair_ocean", "repair_relief"]

#: Rounds in which problems are repaired as preferred, before what is left is filled.
MOST_ROUNDS = 8


@dataclass(frozen=True, eq=False)
class Repair:
    """
    What a repair did to a map, and what it could not do.

    Parameters
    ----------
    edits : tuple of Edit
        Carried out, in this order, with their results.
    rounds : int
        How often the map was looked at and changed.
    cells_changed : int
        Cells whose value is another one than before.
    cells_wrong : int
        Cells with a problem before; a cell with two problems is counted once.
    findings : tuple of GatewayFinding
        What the gateways are now.
    sentences : tuple of str
        What could not be met, one sentence each; empty where all is well.
    left : tuple of Problem
        What the checks find afterwards, where the grid was given with which to look.
    """

    edits: tuple[Edit, ...]
    rounds: int
    cells_changed: int
    cells_wrong: int
    findings: tuple[GatewayFinding, ...] = ()
    sentences: tuple[str, ...] = ()
    left: tuple[Problem, ...] = ()


def proposals(
    surface: Surface,
    gateways: Sequence[Gateway] = (),
    *,
    rules: Rules | None = None,
    opened_from: float = OPENED_FROM,
    sill: float = SILL,
    prefer: Mapping[str, str] | None = None,
) -> list[list[Proposal]]:
    """
    For each problem of a map the ways to repair it, the best first.

    Parameters
    ----------
    surface : Surface
        Not changed.
    gateways : sequence of Gateway
    rules : Rules, optional
        `relief_rules` of the mesh by default; for a bathymetry give `ocean_rules` of its grid.
    opened_from : float
        Closed seas so large are opened [km2], smaller ones filled.
    sill : float
        Depth of straits that are dug [m].
    prefer : mapping of str to str, optional
        Way for each kind of problem, see `paleobc.topography.repair_world.WAYS`.

    Returns
    -------
    list of list of Proposal
        The note of each says what other problems it makes, found by trying it on a copy.
    """
    world = World(surface, rules or relief_rules(surface.mesh), opened_from, sill, prefer or {})
    keep_gateways(world, tuple(gateways))
    found_ways = [[one] for one in polar_proposals(world)] + closed_sea_proposals(world) + strait_proposals(world)
    found_ways += [ways for ways in [shallow_proposals(world)] if ways]
    state = found(world, tuple(gateways))
    found_ways += [ways for ways in (gateway_proposals(world, finding) for finding in state) if ways]
    before = state_of(world, tuple(gateways))
    return [[replace(one, note=side_effects(one, world, before)) for one in ways] for ways in found_ways]


def repair(
    surface: Surface,
    *,
    rules: Rules | None = None,
    gateways: Sequence[Gateway] = (),
    opened_from: float = OPENED_FROM,
    sill: float = SILL,
    prefer: Mapping[str, str] | None = None,
    most_rounds: int = MOST_ROUNDS,
) -> Repair:
    """
    Repair all problems of a map, which is changed in place; it ends with none but gateways that cannot be met.

    Problems are repaired in the order poles, closed seas, straits and staircase channels, shallow sea, gateways;
    see `paleobc.topography.repair_loop` for why this ends.

    Parameters
    ----------
    surface, rules, gateways, opened_from, sill, prefer
        See `proposals`.
    most_rounds : int
        After so many rounds of repairs as preferred, what is left is filled.

    Examples
    --------
    >>> import numpy as np
    >>> height = np.full((18, 36), -4000.0)
    >>> height[8:13, 10:15] = 200.0
    >>> height[10, 12] = -30.0  # a sea of one cell in a continent
    >>> mended, done = repair_relief(height, RegularGrid(18, 36))
    >>> [edit.reason for edit in done.edits], done.sentences
    (['Polar rule: no sea may be here', 'Closed sea of 1 cell'], ())
    """
    world = World(surface, rules or relief_rules(surface.mesh), opened_from, sill, prefer or {})
    before, wrong = surface.values.copy(), cells_with_problems(world)
    progress = mend(world, tuple(gateways), most_rounds)
    findings = tuple(found(world, tuple(gateways)))
    unmet = [finding.sentence for finding in findings if not finding.holds]
    sentences = [f"{sentence} No repair was found that leaves all else in order." for sentence in unmet]
    if not world.sea().any() and (before != surface.values).any():
        sentences.append("No sea is left: all of it was too narrow or where none may be.")
    changed = int(((before != surface.values) & surface.mesh.unique.ravel()).sum())
    return Repair(tuple(progress.edits), progress.rounds, changed, int(wrong.sum()), findings, tuple(sentences))


def repair_relief(
    height: FloatArray, grid: RegularGrid, *, gateways: Sequence[Gateway] = (), **options: Any
) -> tuple[FloatArray, Repair]:
    """
    Repaired heights [m], shape (rows, columns), and what was done; see `repair` for the options.

    Parameters
    ----------
    height : ndarray, shape (rows, columns)
        Height above sea level [m], south to north; not changed.
    grid : RegularGrid
    gateways : sequence of Gateway
    """
    surface = Surface.of(height, regular_mesh(grid), "height")
    done = repair(surface, gateways=gateways, **options)
    return surface.field, replace(done, left=tuple(check_relief(surface.field, grid)))


def repair_ocean(
    depth: FloatArray,
    grid: CurvilinearGrid,
    *,
    gateways: Sequence[Gateway] = (),
    minimum_depth: float = 10.0,
    **options: Any,
) -> tuple[FloatArray, Repair]:
    """
    Repaired depths [m], shape (rows, columns), and what was done; see `repair` for the options.

    Parameters
    ----------
    depth : ndarray, shape (rows, columns)
        Depth of the sea [m], 0 on land; not changed. Copies of cells are not read.
    grid : CurvilinearGrid
    gateways : sequence of Gateway
    minimum_depth : float
        Least depth of sea [m].
    """
    surface = Surface.of(depth, ocean_mesh(grid), "depth")
    done = repair(surface, rules=ocean_rules(grid, minimum_depth), gateways=gateways, **options)
    left = check_ocean(surface.field, grid, minimum_depth=minimum_depth)
    return surface.field, replace(done, left=tuple(left))
