"""The step that makes the coupling weights of engine mosaic."""

from __future__ import annotations

from typing import Annotated, Literal

import xarray as xr
from pydantic import Field

from paleobc.errors import InputError
from paleobc.formats.file_sets import file_set
from paleobc.formats.nemo_fields import basin_masks_of, depth_of, ocean_grid_of
from paleobc.formats.oasis_mosaic import mosaic_files
from paleobc.remapping.atmosphere import ATMOSPHERES
from paleobc.remapping.mosaic_weights import mosaic_set
from paleobc.workflow.step import WEIGHTS, step


@step(writes="mosaic_weights", queue=WEIGHTS)
def mosaic_weights(
    bathymetry: xr.Dataset,
    ocean_grid: xr.Dataset,
    subbasins: xr.Dataset,
    *,
    faithful: Annotated[
        bool,
        Field(description="Repeat the errors of the old program, to meet its files; no: mend them, no water is lost."),
    ] = True,
    atmosphere: Annotated[
        Literal["lmd96x95", "lmd144x142"], Field(description="Grid of LMDZ: 96 x 95 or 144 x 142.")
    ] = "lmd96x95",
    simulation: Annotated[
        str,
        Field(pattern=r"^[A-Za-wyz0-9_\-]+$", max_length=40, description="Name in the folders' names, without an x."),
    ] = "paleobc",
) -> xr.Dataset:
    """Coupling weights between NEMO and LMDZ as the MOSAIC chain makes them, for IPSL-CM5A2."""
    grid = ocean_grid_of(ocean_grid)
    shape = basin_masks_of(subbasins).shape[1:]
    if shape != grid.layout.shape:
        raise InputError(
            f"The sub-basins have {shape[0]} rows and {shape[1]} columns and the ocean grid {grid.layout.rows} and "
            f"{grid.layout.columns}; make them again on this grid."
        )
    mosaic = mosaic_set(depth_of(bathymetry), grid, ATMOSPHERES[atmosphere], faithful=faithful)
    return file_set(mosaic_files(mosaic, simulation))
