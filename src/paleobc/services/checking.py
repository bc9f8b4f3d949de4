"""One map looked at: what is wrong with a relief or a bathymetry, and whether its gateways hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xarray as xr

from paleobc.conventions import HEIGHT
from paleobc.errors import InputError
from paleobc.services.findings import findings, ocean_findings, ocean_problems_of, problems_of
from paleobc.services.gateways import gateways_on_ocean, gateways_on_relief
from paleobc.services.provenance import SourceFile
from paleobc.services.sources import read_source
from paleobc.topography.checks import Problem
from paleobc.topography.gateways import Gateway


@dataclass(frozen=True)
class CheckedMap:
    """
    A map and what was found.

    Parameters
    ----------
    field : DataArray
        The relief or the bathymetry, with its places.
    source : SourceFile
    problems : list of Problem
    found : dict
        Problems and their numbers, as plain data.
    gateways : list of dict
        Whether each gateway holds.
    """

    field: xr.DataArray
    source: SourceFile
    problems: list[Problem]
    found: dict[str, Any]
    gateways: list[dict[str, Any]]

    @property
    def is_clean(self) -> bool:
        """Whether there is no problem, and every gateway holds."""
        return not self.problems and all(gateway["holds"] for gateway in self.gateways)

    def as_data(self) -> dict[str, Any]:
        """All of it as plain data."""
        about = {"file": self.source.file, "variable": self.source.variable, "assumptions": self.source.assumptions}
        return {**about, **self.found, "gateways": self.gateways}


def check_file(
    path: Path, variable: str | None, ocean_grid: Path | None, gateways: Sequence[Gateway] = ()
) -> CheckedMap:
    """
    Look at a relief, or with its ocean grid at a bathymetry.

    Parameters
    ----------
    path : Path
    variable : str, optional
        Variable of a relief, where in doubt.
    ocean_grid : Path, optional
        File of the grid on which the file is a bathymetry.
    gateways : sequence of Gateway

    Raises
    ------
    InputError
        Where a file cannot be used.
    """
    if ocean_grid is None:
        relief, source = read_source("relief", path, variable)
        problems = problems_of(relief)
        return CheckedMap(relief[HEIGHT], source, problems, findings(problems), gateways_on_relief(relief, gateways))
    depth, source = read_source("bathymetry", path, variable)
    grid, _ = read_source("given_ocean_grid", ocean_grid)
    shape = depth["Bathymetry"].shape[-2:]
    if shape != grid["glamt"].shape[-2:]:
        rows, columns = grid["glamt"].shape[-2:]
        raise InputError(
            f"{path.name} has {shape[0]} x {shape[1]} cells and the grid {ocean_grid.name} {rows} x {columns}; give "
            "the grid of this bathymetry."
        )
    problems = ocean_problems_of(depth, grid)
    field = depth["Bathymetry"].assign_coords({name: depth[name] for name in ("nav_lon", "nav_lat")})
    found = ocean_findings(problems, with_basins=False)
    return CheckedMap(field, source, problems, found, gateways_on_ocean(depth, grid, gateways))
