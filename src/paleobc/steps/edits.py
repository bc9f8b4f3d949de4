"""The steps that carry out what a person drew: on the relief, and on the depth of the ocean."""

from __future__ import annotations

from typing import Annotated

import xarray as xr
from pydantic import Field

from paleobc.conventions import HEIGHT, FloatArray
from paleobc.errors import InputError
from paleobc.formats.edit_list_datasets import log_of, name_of_list
from paleobc.formats.nemo_fields import bathymetry_file, depth_of, ocean_grid_of
from paleobc.grids.curvilinear import CurvilinearGrid
from paleobc.grids.mesh import ocean_mesh, regular_mesh
from paleobc.steps.relief import grid_of, height_of, relief_dataset
from paleobc.topography.edits.replay import OnConflict, Replay, replay_log
from paleobc.topography.surface import Surface
from paleobc.workflow.step import step

#: Name under which an edit can copy back the map as it was before all edits.
BASE = "base"

_ON_CONFLICT = (
    "Where the map is not as an edit found it: intent, it is carried out on what is there now; keep, these cells stay "
    "as they are now; result, they get the values they got then."
)


def replay_on_relief(
    relief: xr.Dataset, relief_edits: xr.Dataset, on_conflict: OnConflict = "intent"
) -> tuple[Surface, Replay]:
    """Heights of a relief of ours after a list of edits, and how the edits went."""
    height = height_of(relief)
    surface = Surface.of(height, regular_mesh(grid_of(relief)), "height")
    return surface, _replayed(relief_edits, surface, on_conflict, height)


def replay_on_depth(
    interpolated_depth: xr.Dataset, ocean_grid: xr.Dataset, depth_edits: xr.Dataset, on_conflict: OnConflict = "intent"
) -> tuple[Surface, Replay]:
    """Depths of the ocean after a list of edits, and how the edits went."""
    grid = ocean_grid_of(ocean_grid)
    depth = _depth_on(grid, interpolated_depth)
    surface = Surface.of(depth, ocean_mesh(grid), "depth")
    return surface, _replayed(depth_edits, surface, on_conflict, depth)


def _replayed(edits: xr.Dataset, surface: Surface, on_conflict: OnConflict, base: FloatArray) -> Replay:
    """Carry out a list of edits on a surface, which is changed in place; a fault names the file of the list."""
    log = log_of(edits, mesh=surface.mesh, quantity=surface.quantity)
    try:
        return replay_log(log, surface, on_conflict=on_conflict, revisions={BASE: base})
    except InputError as error:
        raise InputError(f"{name_of_list(edits)}: {error}") from None


@step(writes="edited_relief")
def edit_relief(
    regridded_relief: xr.Dataset,
    relief_edits: xr.Dataset | None = None,
    *,
    on_conflict: Annotated[OnConflict, Field(description=_ON_CONFLICT)] = "intent",
) -> xr.Dataset:
    """Relief with the edits that were drawn on it."""
    field = height_of(regridded_relief)
    if relief_edits is not None:
        field = replay_on_relief(regridded_relief, relief_edits, on_conflict)[0].field
    edited = relief_dataset({HEIGHT: (field, "Height above sea level")}, grid_of(regridded_relief))
    return edited.assign_attrs(title="Relief with the edits that were drawn on it")


@step(writes="bathymetry")
def edit_depth(
    interpolated_depth: xr.Dataset,
    ocean_grid: xr.Dataset,
    depth_edits: xr.Dataset | None = None,
    *,
    on_conflict: Annotated[OnConflict, Field(description=_ON_CONFLICT)] = "intent",
) -> xr.Dataset:
    """Bathymetry: the depth on the ocean grid with the edits that were drawn on it."""
    grid = ocean_grid_of(ocean_grid)
    field = _depth_on(grid, interpolated_depth)
    if depth_edits is not None:
        field = replay_on_depth(interpolated_depth, ocean_grid, depth_edits, on_conflict)[0].field
    return bathymetry_file(field, grid)


def _depth_on(grid: CurvilinearGrid, interpolated_depth: xr.Dataset) -> FloatArray:
    """Depth on an ocean grid [m]; refuses that of another grid."""
    depth = depth_of(interpolated_depth)
    if depth.shape != grid.layout.shape:
        raise InputError(
            f"The depth has {depth.shape[0]} rows and {depth.shape[1]} columns and the ocean grid "
            f"{grid.layout.rows} and {grid.layout.columns}; make it again on this grid."
        )
    return depth
