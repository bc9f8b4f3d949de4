"""The step that makes the routing file."""

from __future__ import annotations

import xarray as xr

from paleobc.formats.orchidee import routing_file
from paleobc.rivers.network import river_network
from paleobc.steps.relief import grid_of, height_of
from paleobc.workflow.step import step


@step(writes="routing")
def routing(conditioned_relief: xr.Dataset) -> xr.Dataset:
    """River routing for ORCHIDEE: directions, basins, lengths, retention."""
    grid = grid_of(conditioned_relief)
    height = height_of(conditioned_relief)
    return routing_file(river_network(height, height_of(conditioned_relief, "filled"), grid), height, grid)
