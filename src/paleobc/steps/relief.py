"""Steps from the relief that was given to the one the rivers need."""

from __future__ import annotations

from typing import Annotated

import numpy as np
import xarray as xr
from pydantic import Field

from paleobc.conventions import HEIGHT, LATITUDE, LONGITUDE, FloatArray
from paleobc.formats.lmdz import RELIEF_GRID, relief_file
from paleobc.grids.interpolation import Method, linear
from paleobc.grids.interpolation import regrid as regrid_field
from paleobc.grids.regular import RegularGrid
from paleobc.topography.conditioning import ClosedSeas
from paleobc.topography.conditioning import condition as condition_height
from paleobc.topography.masks import area_mean, land_fraction
from paleobc.workflow.step import step


def grid_of(relief: xr.Dataset) -> RegularGrid:
    """Grid of a relief of ours."""
    return RegularGrid.of_centres(relief[LATITUDE].values, relief[LONGITUDE].values)


def height_of(relief: xr.Dataset, name: str = HEIGHT) -> FloatArray:
    """Height of a relief of ours [m], shape (rows, columns), south to north."""
    return np.asarray(relief[name].values, dtype=np.float64)


def relief_dataset(fields: dict[str, tuple[FloatArray, str]], grid: RegularGrid) -> xr.Dataset:
    """Fields of height [m] with their long names as a relief of ours."""
    dimensions = (LATITUDE, LONGITUDE)
    return xr.Dataset(
        {
            name: xr.Variable(dimensions, field, {"units": "m", "long_name": long_name, "positive": "up"})
            for name, (field, long_name) in fields.items()
        },
        coords={
            LATITUDE: xr.Variable(LATITUDE, grid.latitudes, {"units": "degrees_north", "standard_name": "latitude"}),
            LONGITUDE: xr.Variable(LONGITUDE, grid.longitudes, {"units": "degrees_east", "standard_name": "longitude"}),
        },
    )


@step(writes="regridded_relief")
def regrid(
    relief: xr.Dataset,
    *,
    resolution: Annotated[
        float | None,
        Field(ge=0.016, le=30, description="Size of a cell in degrees, 0.016 to 30; none: the relief's own grid."),
    ] = None,
    method: Annotated[
        Method,
        Field(description="nearest, linear, or conservative: the mean over each cell, best for coarsening."),
    ] = "linear",
) -> xr.Dataset:
    """Relief on a regular grid of the wanted resolution."""
    source = grid_of(relief)
    height = height_of(relief)
    target = source if resolution is None else RegularGrid.of_resolution(resolution)
    result = height if target == source else regrid_field(height, source, target, method)
    dataset = relief_dataset({HEIGHT: (result, "Height above sea level")}, target)
    return dataset.assign_attrs(
        title="Relief on the grid of the experiment",
        land_fraction_before=land_fraction(height, source),
        land_fraction_after=land_fraction(result, target),
        mean_height_before=area_mean(height, source),
        mean_height_after=area_mean(result, target),
    )


@step(writes="conditioned_relief")
def condition(
    edited_relief: xr.Dataset,
    *,
    closed_seas: Annotated[
        ClosedSeas,
        Field(description="ignore: land around closed seas is filled until it spills to the world ocean; outlet: not."),
    ] = "ignore",
) -> xr.Dataset:
    """Relief made ready for rivers: depressions filled, flats given a slope."""
    grid = grid_of(edited_relief)
    conditioned = condition_height(height_of(edited_relief), grid, closed_seas)
    dataset = relief_dataset(
        {
            HEIGHT: (conditioned.height, "Height above sea level, conditioned for rivers"),
            "filled": (conditioned.filled, "Height above sea level, depressions filled"),
        },
        grid,
    )
    return dataset.assign_attrs(
        title="Relief made ready for rivers", number_of_closed_seas=np.int32(conditioned.closed_seas)
    )


@step(writes="high_resolution_relief")
def high_resolution_relief(conditioned_relief: xr.Dataset) -> xr.Dataset:
    """Relief for LMDZ at a sixth of a degree, 0 in the sea."""
    height = height_of(conditioned_relief)
    return relief_file(linear(height, grid_of(conditioned_relief), RELIEF_GRID))
