"""Couplings of invented seas on every grid, each made once."""

from __future__ import annotations

from functools import cache

import numpy as np
from remapping_worlds import continents

from ocean_worlds import LAYOUTS
from paleobc.grids.curvilinear import CurvilinearGrid
from paleobc.remapping.atmosphere import ATMOSPHERES
from paleobc.remapping.coupling import Choices, Coupling, WeightSet
from paleobc.remapping.mosaix import couple
from paleobc.remapping.mosaix_certificate import Outlets

SEAS = {
    "continents": continents,
    "ocean world": lambda grid: np.ones(grid.layout.shape, dtype=bool),
    "lake world": lambda grid: (np.abs(grid.t.longitude) < 6) & (np.abs(grid.t.latitude) < 5),
    "no northern ocean": lambda grid: continents(grid) & (grid.t.latitude < 40),
    "no southern ocean": lambda grid: continents(grid) & (grid.t.latitude > -50),
}


@cache
def ocean(layout: str = "182 x 149") -> CurvilinearGrid:
    """An ocean grid of one of the layouts."""
    return LAYOUTS[layout]()


@cache
def coupling(
    layout: str = "182 x 149",
    sea: str = "continents",
    atmosphere: str = "lmd96x95",
    choices: Choices | None = None,
    outlets: Outlets | None = None,
) -> Coupling:
    """All weights of one of the seas."""
    grid = ocean(layout)
    return couple(grid, SEAS[sea](grid), ATMOSPHERES[atmosphere], outlets, choices)


def named(of: Coupling, start: str, to: str = "") -> WeightSet:
    """The set of weights whose name starts so, to the grid of these four letters."""
    return next(s for s in of.sets if s.name.startswith(start) and s.destination.prefix.startswith(to))
