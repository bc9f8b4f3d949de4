"""Repairs where the place or the depth of a cell is what is wrong: polar rules, grid poles, shallow sea."""

from __future__ import annotations

import numpy as np

from paleobc.conventions import BoolArray, IntArray, counted
from paleobc.topography.checks import POLAR_RULE
from paleobc.topography.edits.edit import CloseSea, Edit, OpenStrait, Operation
from paleobc.topography.ocean_checks import SHALLOW_SEA
from paleobc.topography.repair_world import Proposal, World


def cells_against_rules(world: World) -> tuple[IntArray, IntArray]:
    """Sea that must be land, and the minority where all cells must be alike: flat indices, shape (cells,) each."""
    sea, unique = world.surface.is_sea().reshape(world.surface.mesh.shape), world.surface.mesh.unique
    alike = world.rules.alike
    minority = alike & (sea == (2 * (alike & sea).sum() < alike.sum()))
    return np.flatnonzero(world.rules.dry & sea & unique), np.flatnonzero(minority & unique)


def shallow_cells(world: World) -> IntArray:
    """Sea shallower than the least depth, flat indices, shape (cells,)."""
    too_shallow = world.surface.depths() < world.rules.minimum_depth
    sea = world.surface.is_sea().reshape(too_shallow.shape)
    return np.flatnonzero(too_shallow & sea & world.surface.mesh.unique)


def polar_proposals(world: World, *, to_land: bool = False) -> list[Proposal]:
    """
    Make land of sea where none may be, and one kind of the cells that must be alike.

    Parameters
    ----------
    world : World
    to_land : bool
        Where cells must be alike, make them all land instead of what most of them are.
    """
    wet, minority = cells_against_rules(world)
    edits: list[Edit] = []
    if wet.size:
        edits.append(world.edit(wet, CloseSea(), f"{world.rules.dry_check.title}: no sea may be here"))
    if minority.size:
        edit, minority = _alike(world, minority, to_land)
        edits.append(edit)
    if not edits:
        return []
    cells = np.union1d(wet, minority)
    kind = world.rules.dry_check
    way = "level" if kind is POLAR_RULE else "fill"
    what = "Follow the polar rules" if kind is POLAR_RULE else "Fill the wet poles of the grid"
    return [Proposal(kind.name, way, f"{what}: {world.where(cells)}", tuple(edits), cells, cells)]


def _alike(world: World, minority: IntArray, to_land: bool) -> tuple[Edit, IntArray]:
    """The edit that makes all cells alike, and the cells that it changes."""
    is_sea: BoolArray = world.surface.is_sea()
    if is_sea[minority[0]] or to_land:
        alike = np.flatnonzero(world.rules.alike.ravel() & is_sea & world.surface.mesh.unique.ravel())
        return world.edit(alike, CloseSea(), "Polar rule: all land north of 86N"), alike
    around = world.rules.alike.ravel() & is_sea
    depth = max(float(np.median(world.surface.depths().ravel()[around])), world.sill)
    return world.edit(minority, OpenStrait(depth), "Polar rule: all sea north of 86N"), minority


def shallow_proposals(world: World) -> list[Proposal]:
    """Make shallow sea as deep as it must be, or fill it; none where none is too shallow."""
    cells = shallow_cells(world)
    if not cells.size:
        return []
    least = world.rules.minimum_depth
    ways: dict[str, tuple[Operation, str]] = {
        "deepen": (OpenStrait(least), f"Deepen to {least:g} m the shallow sea of {world.where(cells)}"),
        "fill": (CloseSea(), f"Fill the shallow sea of {world.where(cells)}"),
    }
    reason = f"{SHALLOW_SEA.title}: {counted(cells.size, 'cell')} less than {least:g} m deep"
    first = world.prefer.get(SHALLOW_SEA.name, "deepen")
    return [
        Proposal(SHALLOW_SEA.name, way, title, (world.edit(cells, operation, reason),), cells, cells)
        for way, (operation, title) in sorted(ways.items(), key=lambda item: item[0] != first)
    ]
