"""Files that users give, as assets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import xarray as xr

from paleobc.conventions import HEIGHT, REGULAR_DIMENSIONS
from paleobc.errors import InputError
from paleobc.formats.biomes import read_biome_map
from paleobc.formats.edit_list_datasets import list_dataset
from paleobc.formats.hand_edit_lists import dataset_of_lists, log_in_words, logs_of_lists
from paleobc.formats.nemo import read_ocean_grid
from paleobc.formats.nemo_fields import ocean_grid_file
from paleobc.formats.netcdf import read_netcdf
from paleobc.formats.opening import file_sha256
from paleobc.formats.relief import read_relief
from paleobc.grids.fold import OrcaLayout
from paleobc.services.provenance import SourceFile
from paleobc.steps.assets import ASSETS
from paleobc.steps.catalogue import GRAPH
from paleobc.topography.edits.log import EditLog

#: Fields on the ocean grid that steps read, and what is needed beside the variables by which they are known.
_ON_OCEAN_GRID: Final = {"bathymetry": ("nav_lon", "nav_lat"), "drawn_subbasins": ()}


def read_source(asset: str, path: Path, variable: str | None = None) -> tuple[xr.Dataset, SourceFile]:
    """
    An asset from a file, and where it comes from.

    A relief may be any that `paleobc.formats.relief` reads, an ocean grid any that `paleobc.formats.nemo` reads, edits
    any list that `paleobc.formats.edit_lists` reads; other assets are files of our own.

    Raises
    ------
    InputError
        Where the file cannot be used as this asset.
    """
    declared = ASSETS[asset]
    if variable is not None and declared.kind in ("ocean grid", "edits", "own"):
        raise InputError(f"{path.name}: the variables of {asset} are found by their names; leave out 'variable'.")
    if declared.kind == "relief":
        relief = read_relief(path, variable)
        return relief.dataset, SourceFile(path.name, relief.variable, relief.sha256, relief.assumptions)
    if declared.kind == "field":
        biomes = read_biome_map(path, variable)
        return biomes.dataset, SourceFile(path.name, biomes.variable, biomes.sha256, biomes.assumptions)
    if declared.kind == "ocean grid":
        grid = read_ocean_grid(path)
        return ocean_grid_file(grid), SourceFile(path.name, "glamt", file_sha256(path), (_seen(grid.layout),))
    if declared.kind == "edits":
        return list_dataset(path), SourceFile(path.name, "", file_sha256(path), ())
    dataset = read_netcdf(path)
    missing = [name for name in declared.holds if name not in dataset]
    if missing:
        raise InputError(f"{path.name} is no {asset}: it has no variable {missing[0]!r}. {_how_to_make(asset)}")
    if HEIGHT in declared.holds:
        _refuse_harmed_relief(dataset, declared.holds, path.name)
    elif asset in _ON_OCEAN_GRID:
        _refuse_harmed_field(dataset, (*declared.holds, *_ON_OCEAN_GRID[asset]), path.name)
    return dataset, SourceFile(path.name, HEIGHT if HEIGHT in dataset else declared.holds[0], file_sha256(path), ())


def read_hand_edits(paths: Sequence[Path]) -> tuple[xr.Dataset, tuple[SourceFile, ...]]:
    """
    Changes by hand of an asset from the files of their lists, and what each of these is.

    Raises
    ------
    InputError
        Where a file is no list of edits of a variable.
    """
    dataset = dataset_of_lists(paths)
    logs = logs_of_lists(dataset)
    return dataset, tuple(
        source_of_log(log, path.name, file_sha256(path)) for log, path in zip(logs, paths, strict=True)
    )


def source_of_log(log: EditLog, file: str, sha256: str) -> SourceFile:
    """A list of changes by hand, as files say where they come from."""
    return SourceFile(file, log.variable, sha256, (f"Changed by hand: {log_in_words(log)}.",))


def refuse_to_overwrite(given: Mapping[str, Path | None], written: Mapping[str, Path | None]) -> None:
    """
    Refuse to write over a file that is read, or two results into one file.

    Parameters
    ----------
    given : mapping of str to Path
        Files that are read, by what they are.
    written : mapping of str to Path
        Files that are written, by the option that names them.

    Raises
    ------
    InputError
        Names the file.
    """
    outputs = {option: path for option, path in written.items() if path is not None}
    for option, path in outputs.items():
        for what, source in given.items():
            if source is not None and path.resolve() == source.resolve():
                raise InputError(f"{path} is {what} and would be overwritten; give another name after {option}.")
    if len({path.resolve() for path in outputs.values()}) < len(outputs):
        raise InputError(f"{' and '.join(outputs)} name one file; give two names.")


def _seen(layout: OrcaLayout) -> str:
    """What was found about an ocean grid from its coordinates."""
    number = f" (nperio {layout.nperio:g})" if layout.nperio else ""
    halo = "with" if layout.overlap else "without"
    return (
        f"{layout.columns} x {layout.rows} cells, folded about {layout.pivot} points{number}, {halo} overlap columns: "
        "found from the coordinates."
    )


def _refuse_harmed_relief(dataset: xr.Dataset, names: tuple[str, ...], file: str) -> None:
    """Refuse a relief that looks like ours and was changed by other hands into what no step can read."""
    axes = all(name in dataset and dataset[name].dims == (name,) for name in REGULAR_DIMENSIONS)
    for name in names:
        field = dataset[name]
        if not axes or field.dims != REGULAR_DIMENSIONS or field.dtype.kind not in "iuf":
            raise InputError(f"{file}: {name!r} holds no numbers on ({', '.join(REGULAR_DIMENSIONS)}); make it anew.")
        if not np.isfinite(field.values).all():
            raise InputError(f"{file}: {name!r} has no value in some cells; make it anew from a relief without gaps.")


def _refuse_harmed_field(dataset: xr.Dataset, names: tuple[str, ...], file: str) -> None:
    """Refuse a field on the ocean grid that is not whole."""
    missing = [name for name in names if name not in dataset.variables]
    if missing:
        raise InputError(f"{file} has no variable {missing[0]!r}, which is needed beside {names[0]!r}.")
    for name in names:
        field = dataset[name]
        if field.ndim != 2 or field.dtype.kind not in "iuf":
            raise InputError(f"{file}: {name!r} holds no numbers on rows and columns (y, x).")
        if not np.isfinite(field.values).all():
            raise InputError(f"{file}: {name!r} has no value in some cells; land is 0, and no cell may be missing.")


def _how_to_make(asset: str) -> str:
    """How a user gets a file of an asset."""
    step = GRAPH.ancestry(asset.removeprefix("drawn_"))[-1]
    inputs = " ".join(f"{name}=FILE" for name in step.reads)
    return f"`paleobc run {step.name} {inputs} -o OUT` makes one."
