"""The steps that make the grid of the ocean and the files that stand on it."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
import xarray as xr
from pydantic import AfterValidator, Field

from paleobc.conventions import BoolArray
from paleobc.errors import InputError
from paleobc.formats.nemo_fields import (
    basin_masks_of,
    bathymetry_file,
    coordinates_mask_file,
    depth_of,
    geothermal_file,
    layout_of,
    ocean_grid_file,
    ocean_grid_of,
    subbasins_file,
    viscosity_file,
)
from paleobc.grids.curvilinear import CurvilinearGrid
from paleobc.grids.fold import Pivot
from paleobc.grids.tripolar import (
    EXTENDED_SOUTHERN_EDGE,
    PALEORCA2_JOIN,
    PALEORCA2_SOUTHERN_EDGE,
    tripolar_grid,
)
from paleobc.grids.tripolar_poles import PALEORCA2_POLES, Poles, Sea, opposite_poles
from paleobc.grids.tripolar_rows import ORCA2_EQUATORIAL_RATIO
from paleobc.ocean.bathymetry import mean_depth, nearest_depth
from paleobc.ocean.geothermal import heat_flow as heat_of_floor
from paleobc.ocean.lateral_viscosity import lateral_viscosity as viscosity
from paleobc.ocean.subbasins import SEED_LONGITUDES, Basin, from_seeds, masks_of, numbers_of, repaired, thirds
from paleobc.steps.relief import grid_of, height_of
from paleobc.workflow.step import step


def _checked_poles(poles: Literal["auto"] | list[list[float]]) -> Literal["auto"] | list[list[float]]:
    """The poles, where a grid can have them: seen when a recipe is read, not when the step runs."""
    try:
        if poles != "auto":
            _poles_at(_checked_places(poles))
    except InputError as error:
        raise ValueError(str(error)) from None
    return poles


def _poles_at(places: list[list[float]]) -> Poles:
    """Poles at two places."""
    if len(places) != 2:
        raise InputError(f"A grid has two northern poles, and {len(places)} are given.")
    first, second = places
    return opposite_poles((first[0], first[1]), (second[0], second[1]))


def _checked_seed(seed: float | list[list[float]]) -> float | list[list[float]]:
    """A longitude, or at least one place."""
    if isinstance(seed, list) and not _checked_places(seed):
        raise ValueError("at least one place is needed.")
    return seed


def _checked_places(places: list[list[float]]) -> list[list[float]]:
    """Places, where they are some."""
    for place in places:
        if len(place) != 2 or not abs(place[1]) <= 90.0:
            raise ValueError("a place is a longitude and a latitude from -90 to 90, in this order.")
    return places


@step(writes="ocean_grid")
def ocean_grid(
    conditioned_relief: xr.Dataset,
    given_ocean_grid: xr.Dataset | None = None,
    *,
    poles: Annotated[
        Literal["auto"] | list[list[float]],
        AfterValidator(_checked_poles),
        Field(description="Longitude and latitude of both northern poles, or auto: found on the land of this relief."),
    ] = [list(place) for place in PALEORCA2_POLES.places],  # noqa: B006  (read only; copied by the options model)
    resolution: Annotated[float, Field(ge=0.05, le=6, description="Width of a cell in degrees; divides 180.")] = 2.0,
    join_latitude: Annotated[
        float, Field(ge=20, le=40, description="Latitude north of which rows turn from circles into ellipses.")
    ] = PALEORCA2_JOIN,
    equatorial_ratio: Annotated[
        float, Field(ge=0.1, le=1, description="Height over width of the cells at the equator; 1: no refinement.")
    ] = ORCA2_EQUATORIAL_RATIO,
    southern_edge: Annotated[
        float | None,
        Field(ge=-88, le=-30, description="Southern edge of the first open row; none: 78S, or 85S where extended."),
    ] = None,
    extended: Annotated[bool, Field(description="Extend the grid to 85S: 174 rows instead of 149.")] = False,
    pivot: Annotated[Pivot, Field(description="Point about which the northern row is folded, F or T.")] = "F",
    halo: Annotated[bool, Field(description="With the overlap columns and the folded row of NEMO up to 4.0.")] = True,
) -> xr.Dataset:
    """Grid of the ocean: the one that was given, or one made with its poles on land."""
    if given_ocean_grid is not None:
        return given_ocean_grid
    if southern_edge is None:
        southern_edge = EXTENDED_SOUTHERN_EDGE if extended else PALEORCA2_SOUTHERN_EDGE
    relief = grid_of(conditioned_relief)
    places: Poles | Literal["auto"] = "auto" if poles == "auto" else _poles_at(poles)
    grid = tripolar_grid(
        resolution=resolution,
        poles=places,
        sea=Sea(height_of(conditioned_relief), relief.longitudes, relief.latitudes),
        join_latitude=join_latitude,
        equatorial_ratio=equatorial_ratio,
        southern_edge=southern_edge,
        pivot=pivot,
        halo=halo,
    )
    return ocean_grid_file(grid)


@step(writes="interpolated_depth")
def interpolate_depth(
    conditioned_relief: xr.Dataset,
    ocean_grid: xr.Dataset,
    *,
    method: Annotated[
        Literal["nearest", "mean"],
        Field(description="nearest, or mean: over the sea in each cell, best where the relief is finer than the grid."),
    ] = "nearest",
    minimum_depth: Annotated[
        float | None,
        Field(ge=0, le=5000, description="Least depth of the sea in m; none: 10, with nearest only where depth is 0."),
    ] = None,
    land_fraction: Annotated[
        float, Field(gt=0, le=1, description="With mean: part of land from which on a cell is land.")
    ] = 0.5,
) -> xr.Dataset:
    """Depth of the sea on the ocean grid."""
    relief, height, grid = grid_of(conditioned_relief), height_of(conditioned_relief), ocean_grid_of(ocean_grid)
    if method == "mean":
        depth = mean_depth(height, relief, grid, land_fraction=land_fraction, minimum_depth=minimum_depth)
    else:
        depth = nearest_depth(height, relief, grid, minimum_depth=minimum_depth)
    if not depth.any():
        raise InputError("The ocean grid has no wet cell under this relief; check that its sea is not above 0 m.")
    return bathymetry_file(depth, grid)


@step(writes="geothermal_heating")
def heat_flow(bathymetry: xr.Dataset) -> xr.Dataset:
    """Geothermal heating of the ocean through its floor."""
    heat = heat_of_floor(depth_of(bathymetry), layout_of(bathymetry))
    return geothermal_file(heat, bathymetry["nav_lon"].values, bathymetry["nav_lat"].values)


@step(writes="lateral_viscosity")
def lateral_viscosity(
    bathymetry: xr.Dataset,
    ocean_grid: xr.Dataset,
    *,
    south: Annotated[
        float, Field(ge=-90, le=90, description="Southern edge of the equatorial band in degrees north.")
    ] = -20.0,
    north: Annotated[
        float, Field(ge=-90, le=90, description="Northern edge of the equatorial band in degrees north.")
    ] = 15.0,
    count_overlap: Annotated[
        bool,
        Field(
            description="Count the overlap columns as cells of their own, as the IPSL tool does; no: each cell once."
        ),
    ] = True,
) -> xr.Dataset:
    """Lateral viscosity of the ocean, reduced in the tropics away from western coasts."""
    grid = ocean_grid_of(ocean_grid)
    return viscosity_file(
        viscosity(_wet(bathymetry, grid), grid, south=south, north=north, count_overlap=count_overlap), grid
    )


@step(writes="subbasins")
def subbasins(
    bathymetry: xr.Dataset,
    ocean_grid: xr.Dataset,
    drawn_subbasins: xr.Dataset | None = None,
    *,
    start: Annotated[
        Literal["thirds", "seeds"],
        Field(description="seeds: the nearest seed along wet paths; thirds: of the x axis. Not used where drawn."),
    ] = "seeds",
    seeds: Annotated[
        dict[Basin, Annotated[float | list[list[float]], AfterValidator(_checked_seed)]],
        Field(min_length=1, description="For each basin a longitude, or a list of places [longitude, latitude]."),
    ] = dict(SEED_LONGITUDES),  # noqa: B006  (read only; copied by the options model)
) -> xr.Dataset:
    """Sub-basins of the ocean: Atlantic, Pacific, Indian; drawn ones are repaired for this bathymetry."""
    grid = ocean_grid_of(ocean_grid)
    wet = _wet(bathymetry, grid)
    if drawn_subbasins is not None:
        basins = repaired(numbers_of(basin_masks_of(drawn_subbasins)), wet, grid)
    elif start == "thirds":
        basins = thirds(wet, grid.layout)
    else:
        basins = from_seeds(wet, grid, seeds)
    return subbasins_file(masks_of(basins), grid)


@step(writes="coordinates_mask")
def coordinates_mask(bathymetry: xr.Dataset, ocean_grid: xr.Dataset) -> xr.Dataset:
    """Places, vertices, areas and masks of all cells of the ocean grid."""
    grid = ocean_grid_of(ocean_grid)
    return coordinates_mask_file(_wet(bathymetry, grid), grid)


def _wet(bathymetry: xr.Dataset, grid: CurvilinearGrid) -> BoolArray:
    """Cells of the sea; refuses a bathymetry of another grid."""
    depth = depth_of(bathymetry)
    if depth.shape != grid.layout.shape:
        raise InputError(
            f"The bathymetry has {depth.shape[0]} rows and {depth.shape[1]} columns and the ocean grid "
            f"{grid.layout.rows} and {grid.layout.columns}; make it again on this grid."
        )
    return np.asarray(depth > 0.0)
