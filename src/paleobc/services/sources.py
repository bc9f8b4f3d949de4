"""Files that users give, as assets."""

from __future__ import annotations

from pathlib import Path

import xarray as xr

from paleobc.conventions import HEIGHT
from paleobc.errors import InputError
from paleobc.formats.biomes import read_biome_map
from paleobc.formats.netcdf import read_netcdf
from paleobc.formats.opening import file_sha256
from paleobc.formats.relief import read_relief
from paleobc.services.provenance import SourceFile
from paleobc.steps.assets import ASSETS
from paleobc.steps.catalogue import GRAPH


def read_source(asset: str, path: Path, variable: str | None = None) -> tuple[xr.Dataset, SourceFile]:
    """
    An asset from a file, and where it comes from.

    A relief may be any that `paleobc.formats.relief` reads; other assets are files of our own.

    Raises
    ------
    InputError
        Where the file cannot be used as this asset.
    """
    declared = ASSETS[asset]
    if declared.kind == "relief":
        relief = read_relief(path, variable)
        return relief.dataset, SourceFile(path.name, relief.variable, relief.sha256, relief.assumptions)
    if declared.kind == "field":
        biomes = read_biome_map(path, variable)
        return biomes.dataset, SourceFile(path.name, biomes.variable, biomes.sha256, biomes.assumptions)
    dataset = read_netcdf(path)
    missing = [name for name in declared.holds if name not in dataset]
    if missing:
        raise InputError(f"{path.name} is no {asset}: it has no variable {missing[0]!r}. {_how_to_make(asset)}")
    return dataset, SourceFile(path.name, HEIGHT if HEIGHT in dataset else declared.holds[0], file_sha256(path), ())


def _how_to_make(asset: str) -> str:
    """How a user gets a file of an asset."""
    step = GRAPH.ancestry(asset)[-1]
    inputs = " ".join(f"{name}=FILE" for name in step.reads)
    return f"`paleobc run {step.name} {inputs} -o OUT` makes one."
