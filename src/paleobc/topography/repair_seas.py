"""Repairs of closed seas: fill them, or open them to the world ocean along the lowest way."""

from __future__ import annotations

import numpy as np

from paleobc.conventions import BoolArray, IntArray, counted
from paleobc.topography.checks import CLOSED_SEA, closed_sea_cells
from paleobc.topography.edits.edit import CloseSea, OpenStrait
from paleobc.topography.repair_blocks import channel
from paleobc.topography.repair_world import Proposal, World


def closed_seas(world: World) -> tuple[IntArray, list[IntArray]]:
    """Number of the sea of each position, and the cells of each closed sea, by decreasing area."""
    seas = world.seas(world.sea())
    return seas.ravel(), closed_sea_cells(np.where(world.surface.mesh.unique, seas, 0))


def closed_sea_proposals(world: World) -> list[list[Proposal]]:
    """
    For each closed sea what can be done, the better first.

    A sea is opened where it is large and the channel changes fewer cells than filling does, or where a gateway
    leads through it; it is filled otherwise.
    """
    seas, closed = closed_seas(world)
    proposals = []
    for cells in closed:
        opened = opening(world, cells, seas == 1)
        found = [filling(world, cells)] + ([opened] if opened else [])
        first = "open" if opened and to_be_opened(world, opened) else "fill"
        proposals.append(sorted(found, key=lambda proposal: proposal.way != first))
    return proposals


def may_be_opened(world: World, cells: IntArray) -> bool:
    """Whether opening a closed sea comes into question, however long the channel."""
    wanted = world.prefer.get(CLOSED_SEA.name)
    large = wanted is None and world.area_km2(cells) >= world.opened_from
    return large or wanted == "open" or bool(world.corridors[cells].any())


def to_be_opened(world: World, opened: Proposal) -> bool:
    """Whether opening a closed sea is better than filling it."""
    asked = world.prefer.get(CLOSED_SEA.name) == "open" or bool(world.corridors[opened.concerned].any())
    fewer = opened.cells.size < opened.concerned.size
    return asked or (fewer and may_be_opened(world, opened.concerned))


def filling(world: World, cells: IntArray) -> Proposal:
    """Fill a closed sea."""
    edit = world.edit(cells, CloseSea(), f"Closed sea of {counted(cells.size, 'cell')}")
    return Proposal(CLOSED_SEA.name, "fill", f"Fill the closed sea of {world.where(cells)}", (edit,), cells, cells)


def opening(world: World, cells: IntArray, ocean: BoolArray) -> Proposal | None:
    """
    Open a closed sea to the ocean by a channel two cells wide; sea on the way stays as it is.

    Parameters
    ----------
    world : World
    cells : ndarray of int, shape (cells,)
        Flat indices of the closed sea.
    ocean : ndarray of bool, shape (rows * columns,)
        The world ocean.

    Returns
    -------
    Proposal or None
        None where no way is allowed.
    """
    depth = max(world.sill, world.rules.minimum_depth)
    sea = world.sea().ravel()
    start = np.zeros(sea.size, dtype=bool)
    start[cells] = True
    way = channel(start, ocean, sea, world.digging_cost(depth), world.blocks)
    if way is None:
        return None
    dug = way[~sea[way]]
    edit = world.edit(dug, OpenStrait(depth), f"Closed sea of {counted(cells.size, 'cell')} joined to the ocean")
    title = f"Open the closed sea of {world.where(cells)} to the ocean: {counted(dug.size, 'cell')} {depth:g} m deep"
    return Proposal(CLOSED_SEA.name, "open", title, (edit,), dug, cells)
