"""Gateways of a world: read from a file, and checked on a relief and on an ocean grid."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import xarray as xr

from paleobc.conventions import BoolArray
from paleobc.errors import InputError
from paleobc.formats.nemo_fields import depth_of, ocean_grid_of
from paleobc.grids.mesh import Mesh, ocean_mesh, regular_mesh
from paleobc.steps.relief import grid_of, height_of
from paleobc.topography.gateway_checks import GatewayFinding, check_gateways
from paleobc.topography.gateways import Gateway, parse_gateways
from paleobc.topography.ocean_checks import sea_of_model
from paleobc.topography.surface import Surface
from paleobc.yaml_lines import read_yaml, yaml_text

_WHAT: Final = "list of gateways"


def read_gateways(path: Path) -> tuple[Gateway, ...]:
    """
    Gateways of a YAML file with the one key ``gateways``, a list; or of a recipe that has this key.

    Raises
    ------
    InputError
        Names the gateway and what is wrong with it.
    """
    data = read_yaml(yaml_text(path, _WHAT, InputError), path.name, _WHAT, InputError).data
    is_recipe = isinstance(data, dict) and "experiment" in data
    if not isinstance(data, dict) or "gateways" not in data or not (is_recipe or set(data) == {"gateways"}):
        raise InputError(f"{path.name}: a {_WHAT} has the one key gateways, and a list below it.")
    try:
        return parse_gateways(data["gateways"])
    except InputError as error:
        raise InputError(f"{path.name}: {error}") from None


def gateways_on_relief(relief: xr.Dataset, gateways: Sequence[Gateway]) -> list[dict[str, Any]]:
    """Whether gateways hold on a relief of ours, as plain data."""
    surface = Surface.of(height_of(relief), regular_mesh(grid_of(relief)), "height")
    return _found(surface, gateways, surface.is_sea().reshape(surface.mesh.shape))


def gateways_on_ocean(
    bathymetry: xr.Dataset, ocean_grid: xr.Dataset, gateways: Sequence[Gateway]
) -> list[dict[str, Any]]:
    """Whether gateways hold on the ocean grid, as plain data."""
    grid, depth = ocean_grid_of(ocean_grid), depth_of(bathymetry)
    surface = Surface.of(depth, ocean_mesh(grid), "depth")
    return _found(surface, gateways, sea_of_model(depth, grid.layout))


def _found(surface: Surface, gateways: Sequence[Gateway], wet: BoolArray) -> list[dict[str, Any]]:
    """What is found of gateways on a surface."""
    return [
        finding_data(found, surface.mesh) for found in check_gateways(surface.depths(), surface.mesh, gateways, wet)
    ]


def finding_data(found: GatewayFinding, mesh: Mesh) -> dict[str, Any]:
    """A finding as plain data; the sill of a closed gateway is not known and null."""
    rows, columns = np.divmod(found.path, mesh.shape[1])
    return {
        "gateway": found.gateway.name,
        "wanted": found.gateway.state,
        "holds": found.holds,
        "open": found.is_open,
        "sill_m": round(found.sill_m, 3) if found.is_open else None,
        "width_cells": found.width_cells,
        "width_km": round(found.width_km, 3),
        "said": found.sentence,
        "source": found.gateway.source,
        "path": [
            [round(float(longitude), 3), round(float(latitude), 3)]
            for longitude, latitude in zip(mesh.longitudes[rows, columns], mesh.latitudes[rows, columns], strict=True)
        ],
    }
