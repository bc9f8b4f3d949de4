"""All steps of the product, and those that an installation declares, as one graph."""

from __future__ import annotations

from typing import Final

from paleobc.steps.declared import DECLARED
from paleobc.steps.edits import edit_depth, edit_relief
from paleobc.steps.external import with_external
from paleobc.steps.hand_edits import CHANGES
from paleobc.steps.mosaic import mosaic_weights
from paleobc.steps.mosaix import mosaix_weights
from paleobc.steps.ocean import (
    coordinates_mask,
    heat_flow,
    interpolate_depth,
    lateral_viscosity,
    ocean_grid,
    subbasins,
)
from paleobc.steps.relief import condition, high_resolution_relief, regrid
from paleobc.steps.rivers import routing
from paleobc.steps.vegetation import pft, soils
from paleobc.workflow.graph import Graph

_OWN: Final = (
    regrid,
    edit_relief,
    condition,
    routing,
    soils,
    high_resolution_relief,
    pft,
    ocean_grid,
    interpolate_depth,
    edit_depth,
    heat_flow,
    lateral_viscosity,
    subbasins,
    coordinates_mask,
    mosaic_weights,
    mosaix_weights,
)

GRAPH: Final = Graph(with_external(_OWN, DECLARED), CHANGES)
