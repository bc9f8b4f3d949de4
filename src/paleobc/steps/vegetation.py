"""The steps that make the files of soils and plant functional types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import numpy as np
import xarray as xr
from pydantic import AfterValidator, Field

from paleobc.errors import InputError
from paleobc.formats.orchidee import PFT_GRID, pft_file, soils_file
from paleobc.grids.interpolation import nearest
from paleobc.steps.relief import grid_of, height_of
from paleobc.topography.masks import is_land
from paleobc.vegetation.pft import DEFAULT_BANDS, check_bands, fractions, pft_of_bands, pft_of_biomes
from paleobc.vegetation.soils import uniform_soil
from paleobc.workflow.step import step


def _checked_bands(bands: list[dict[str, float]]) -> list[dict[str, float]]:
    """The bands, where they make sense: seen when a recipe is read, not when the step runs."""
    try:
        check_bands(bands)
    except InputError as error:
        raise ValueError(str(error)) from None
    return bands


def _checked_band(band: dict[str, float]) -> dict[str, float]:
    """One band, where its percentages make sense: the error then names its line."""
    bound = f"PFT band up to {band['up_to']:g} degrees" if "up_to" in band else "PFT band"
    _checked_percentages({key: value for key, value in band.items() if key != "up_to"}, bound)
    return band


def _checked_percentages(percentages: dict[str, float], where: str = "Biome") -> dict[str, float]:
    """Percentages of plant functional types, where they make sense."""
    try:
        fractions(percentages, where)
    except InputError as error:
        raise ValueError(str(error)) from None
    return percentages


Band = Annotated[dict[str, float], AfterValidator(_checked_band)]
Percentages = Annotated[dict[str, float], AfterValidator(_checked_percentages)]


@step(writes="soils")
def soils(
    conditioned_relief: xr.Dataset,
    *,
    colour: Annotated[int, Field(ge=1, le=9, description="Soil colour class of all land, 1 to 9.")] = 4,
    texture: Annotated[int, Field(ge=1, le=12, description="Soil texture class of all land, 1 to 12.")] = 3,
) -> xr.Dataset:
    """Soils for ORCHIDEE: one colour and one texture on all land."""
    land = is_land(height_of(conditioned_relief))
    return soils_file(
        uniform_soil(land, colour, 9, "soil colour"),
        uniform_soil(land, texture, 12, "soil texture"),
        grid_of(conditioned_relief),
    )


@step(writes="pft")
def pft(
    conditioned_relief: xr.Dataset,
    biome_map: xr.Dataset | None = None,
    *,
    bands: Annotated[
        list[Band],
        AfterValidator(_checked_bands),
        Field(description="Bands of latitude from the equator: up_to, and percentages pft1 to pft13."),
    ] = [dict(band) for band in DEFAULT_BANDS],  # noqa: B006  (read only; copied by the options model)
    biomes: Annotated[
        dict[int, Percentages] | None,
        Field(description="Percentages pft1 to pft13 of each biome of the biome map, which then replaces the bands."),
    ] = None,
) -> xr.Dataset:
    """Plant functional types for ORCHIDEE, from bands of latitude or from a map of biomes."""
    height = height_of(conditioned_relief)
    land = nearest(is_land(height), grid_of(conditioned_relief), PFT_GRID)
    if biome_map is None and biomes is None:
        return pft_file(pft_of_bands(bands, PFT_GRID.latitudes, land))
    if biome_map is None or biomes is None:
        missing, given = ("biomes", "biome_map") if biomes is None else ("biome_map", "biomes")
        raise InputError(f"PFT: {given} was given without {missing}; a map of biomes needs a table, and a table a map.")
    numbers = nearest(biome_map["biome"].values, grid_of(biome_map), PFT_GRID)
    return pft_file(pft_of_biomes(numbers.astype(np.int64), _by_number(biomes), land))


def _by_number(biomes: Mapping[Any, Mapping[str, float]]) -> dict[int, Mapping[str, float]]:
    """The table by number: keys are text once options were stored."""
    return {int(number): percentages for number, percentages in biomes.items()}
