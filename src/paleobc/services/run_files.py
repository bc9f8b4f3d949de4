"""Which files of a build a run reads, under which names, and what its namelists have to say about them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Final

from paleobc.errors import InputError
from paleobc.formats.cards import Engine, RunSettings, grids_of
from paleobc.formats.nemo import read_ocean_grid
from paleobc.formats.opening import open_netcdf
from paleobc.formats.weight_files import read_weights
from paleobc.services.files import BuiltFile, file_name

#: Files that each component reads, by the name of its card: the assets that are one file each.
_SINGLE: Final = {
    "lmdz": ("high_resolution_relief",),
    "orchidee": ("soils", "routing", "pft"),
    "opa9": ("ocean_grid", "bathymetry", "lateral_viscosity", "geothermal_heating", "subbasins"),
}

#: Names in the run of the files of the weights, by how they begin in engine mosaix; on the ocean grid, by a pattern.
_MOSAIX: Final = {
    "o2a.nc": r"LMD[^_]*_grid_maskFrom_",
    "grids.nc": "grids_",
    "masks.nc": "masks_",
    "areas.nc": "areas_",
    "rmp_torc_to_tlmd_MOSAIC.nc": "rmp_t[^_]*_to_t[^_]*_OceTemp_1stOrder",
    "rmp_tlmd_to_torc_MOSAIC.nc": "rmp_t[^_]*_to_t[^_]*_HeatWaterFluxes_1stOrder",
    "rmp_tlmd_to_torc_MOSAIC_calvin.nc": "rmp_t[^_]*_to_t[^_]*_calving_full",
    "rmp_tlmd_to_torc_MOSAIC_rivflu.nc": "rmp_t[^_]*_to_t[^_]*_runoff_Quantity_to_Surfacic",
    "rmp_tlmd_to_uorc_BILINEAR_Corrected.nc": "rmp_t[^_]*_to_u[^_]*_WindStress_2ndOrder",
    "rmp_tlmd_to_vorc_BILINEAR_Corrected.nc": "rmp_t[^_]*_to_v[^_]*_WindStress_2ndOrder",
}

#: The MOSAIC chain makes no weights for the wind stress: those of the other engine, on the same grids, serve.
WIND: Final = ("rmp_tlmd_to_uorc_BILINEAR_Corrected.nc", "rmp_tlmd_to_vorc_BILINEAR_Corrected.nc")

RunFiles = dict[str, dict[str, str]]


def run_files(files: Iterable[BuiltFile], engine: Engine) -> RunFiles:
    """
    Files of a build that each component of a run reads: the file by its name in the run, by name of the card.

    Parameters
    ----------
    files : iterable of BuiltFile
        All files of a build.
    engine : {"mosaix", "mosaic"}
        Whose weights the run takes.

    Raises
    ------
    InputError
        Where one is not among them.
    """
    files = list(files)
    single = {file.asset: file.name for file in files}
    found = {card: {file_name(asset): single.get(asset, "") for asset in wanted} for card, wanted in _SINGLE.items()}
    mosaix = {name: _beginning(files, pattern) for name, pattern in _MOSAIX.items()}
    weights = mosaix
    if engine == "mosaic":
        own = {PurePosixPath(file.name).name: file.name for file in files if file.asset == "mosaic_weights"}
        weights = {name: mosaix[name] if name in WIND else own.get(name, "") for name in _MOSAIX}
    found["lmdz"]["o2a.nc"] = weights.pop("o2a.nc")
    found["oasis"] = weights
    for names in found.values():
        for name, file in names.items():
            if not file:
                raise InputError(f"The build holds no file for {name}, which a run reads; build all files.")
    return found


def _beginning(files: Iterable[BuiltFile], pattern: str) -> str:
    """File of engine mosaix whose name begins so; empty where there is none."""
    names = (file.name for file in files if file.asset == "mosaix_weights")
    return next((name for name in names if re.match(pattern, PurePosixPath(name).name)), "")


def run_settings(folder: Path, files: Mapping[str, Mapping[str, str]], engine: Engine) -> RunSettings:
    """
    Values of the namelists, read from the files that a run reads.

    Parameters
    ----------
    folder : Path
        Folder of the build.
    files : mapping
        See `run_files`.
    engine : {"mosaix", "mosaic"}

    Raises
    ------
    InputError
        Where two files differ in the size of a grid: a run of them would stop, or worse, go on.
    """
    layout = read_ocean_grid(folder / files["opa9"]["coordinates.nc"]).layout
    with open_netcdf(folder / files["lmdz"]["o2a.nc"]) as fraction:
        atmosphere = tuple(fraction["OceMask"].shape)
    settings = RunSettings(
        ocean_columns=layout.columns,
        ocean_rows=layout.rows,
        nperio=layout.nperio,
        ocean_resolution=360.0 / layout.period,
        overlap_columns=2 * layout.overlap,
        atmosphere_columns=int(atmosphere[1]),
        atmosphere_rows=int(atmosphere[0]),
        engine=engine,
    )
    for name, path in files["opa9"].items():
        with open_netcdf(folder / path) as file:
            _agree(name, (len(file.dimensions["x"]), len(file.dimensions["y"])), settings.size_of("torc"))
    for name, path in files["oasis"].items():
        if name.startswith("rmp_"):
            content = read_weights(folder / path)
            for grid, found in zip(grids_of(name), (content.source, content.destination), strict=True):
                _agree(name, found.shape[::-1], settings.size_of(grid))
    return settings


def _agree(name: str, size: tuple[int, ...], expected: tuple[int, int]) -> None:
    """Refuse a file on another grid."""
    if size != expected:
        raise InputError(
            f"{name} is on a grid of {size[0]} x {size[1]} cells and the others on one of {expected[0]} x "
            f"{expected[1]}; give the same grid of the atmosphere to both engines of weights, and build again."
        )
