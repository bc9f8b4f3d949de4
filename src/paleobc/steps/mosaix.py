"""The step that makes the coupling weights of engine mosaix."""

from __future__ import annotations

from typing import Annotated, Final, Literal

import numpy as np
import xarray as xr
from pydantic import AfterValidator, Field

from paleobc.conventions import BoolArray
from paleobc.errors import InputError
from paleobc.formats.file_sets import file_set
from paleobc.formats.mosaix_readme import readme
from paleobc.formats.nemo_fields import depth_of, ocean_grid_of
from paleobc.formats.oasis import atmosphere_name, oasis_files
from paleobc.formats.oasis import ocean_name as name_of
from paleobc.formats.outlets import river_outlets
from paleobc.grids.curvilinear import CurvilinearGrid
from paleobc.remapping.atmosphere import ATMOSPHERES
from paleobc.remapping.coupling import Choices, Fluxes, WindSources
from paleobc.remapping.mosaix import couple
from paleobc.remapping.runoff import Redirect
from paleobc.workflow.revision import content_of
from paleobc.workflow.step import WEIGHTS, step

#: Folder of the files, as the existing tool hands them over.
FOLDER: Final = "mosaix_weights"
TITLE: Final = "Coupling weights of engine mosaix"

Atmosphere = Literal["lmd96x95", "lmd144x142"]


def _checked_redirects(redirects: list[list[float]]) -> list[list[float]]:
    """Rules, where they are some: seen when a recipe is read."""
    for rule in redirects:
        if len(rule) != 6:
            raise ValueError("a rule has six numbers: south, north, west, east, then latitude and longitude.")
        if not all(abs(latitude) <= 90.0 for latitude in (rule[0], rule[1], rule[4])) or rule[0] > rule[1]:
            raise ValueError("latitudes go from -90 to 90, the southern edge of a box first.")
    return redirects


@step(writes="mosaix_weights", queue=WEIGHTS)
def mosaix_weights(
    bathymetry: xr.Dataset,
    ocean_grid: xr.Dataset,
    routing: xr.Dataset | None = None,
    *,
    atmosphere: Annotated[Atmosphere, Field(description="Grid of LMDZ: 96 x 95 or 144 x 142.")] = "lmd96x95",
    ocean_name: Annotated[
        str | None,
        Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9.\-]*$", max_length=40, description="Name of the ocean grid in files."),
    ] = None,
    suffix: Annotated[
        str, Field(pattern=r"^[A-Za-z0-9_.\-]*$", max_length=20, description="End of the names.")
    ] = "_v2",
    search_radius: Annotated[
        float, Field(gt=0, le=20000, description="Distance in km within which a coast takes the water of a cell.")
    ] = 500.0,
    land_band: Annotated[int, Field(ge=0, le=50, description="Width in cells of the coast that sends water.")] = 1,
    ocean_band: Annotated[int, Field(ge=1, le=50, description="Width in cells of the coast that takes water.")] = 1,
    inland_runoff: Annotated[
        bool, Field(description="Link land beyond the coast too, so that water of inland basins is not lost.")
    ] = True,
    redirects: Annotated[
        list[list[float]],
        AfterValidator(_checked_redirects),
        Field(description="Rules for rivers: south, north, west, east of a box, latitude and longitude of the mouth."),
    ] = [],  # noqa: B006  (read only; copied by the options model)
    fluxes: Annotated[
        Fluxes, Field(description="conservative by NEMO's e1t e2t, or uniform: a constant flux stays constant.")
    ] = "conservative",
    wind_sources: Annotated[
        WindSources, Field(description="Cells of the atmosphere that give the wind stress: all, or those with sea.")
    ] = "all",
    calving_in_closed_seas: Annotated[bool, Field(description="Let ice melt in closed seas as well.")] = True,
    least_ocean_fraction: Annotated[
        float, Field(ge=0, le=0.5, description="Fractions of sea in a cell of the atmosphere below it are none.")
    ] = 1e-10,
) -> xr.Dataset:
    """Coupling weights between NEMO and LMDZ in which no water and no heat is lost, with their certificate."""
    grid, air = ocean_grid_of(ocean_grid), ATMOSPHERES[atmosphere]
    choices = Choices(
        search_radius=search_radius * 1000.0,
        land_band=land_band,
        ocean_band=ocean_band,
        inland=inland_runoff,
        redirects=tuple(Redirect(*rule) for rule in redirects),
        fluxes=fluxes,
        wind_sources=wind_sources,
        calving_in_closed_seas=calving_in_closed_seas,
        least_fraction=least_ocean_fraction,
    )
    outlets = None if routing is None else river_outlets(routing)
    coupling = couple(grid, _wet(bathymetry, grid), air, outlets, choices)
    name = ocean_name or name_of(grid.layout)
    files = oasis_files(coupling, name, suffix)
    given = {"bathymetry": bathymetry, "ocean_grid": ocean_grid, "routing": routing}
    made_of = {asset: content_of(dataset) for asset, dataset in given.items() if dataset is not None}
    text = readme(coupling, choices, name, list(files), made_of)
    whole: dict[str, xr.Dataset | str] = {
        **files,
        f"README_{name}x{atmosphere_name(air)}_MOSAIX{suffix}.txt": text,
    }
    return file_set({f"{FOLDER}/{file}": content for file, content in whole.items()}, {"title": TITLE})


def _wet(bathymetry: xr.Dataset, grid: CurvilinearGrid) -> BoolArray:
    """Cells of the sea; refuses a bathymetry of another grid."""
    depth = depth_of(bathymetry)
    if depth.shape != grid.layout.shape:
        raise InputError(
            f"The bathymetry has {depth.shape[0]} rows and {depth.shape[1]} columns and the ocean grid "
            f"{grid.layout.rows} and {grid.layout.columns}; make it again on this grid."
        )
    return np.asarray(depth > 0.0)
