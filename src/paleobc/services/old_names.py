"""The files of a build under the names that the IPSL Boundary Condition Editor gave them."""

from __future__ import annotations

import os
import shutil
from pathlib import Path, PurePosixPath
from typing import Final

from paleobc.formats.cards import Engine
from paleobc.services.builds import Build
from paleobc.services.bundle_archive import write_archive
from paleobc.services.files import file_name

FOLDER: Final = "old_names"

#: The asset of ours by the word for it in the old names.
_WORDS: Final = {
    "ahmcoef": "lateral_viscosity",
    "bathy": "bathymetry",
    "coords": "ocean_grid",
    "coords_mask": "coordinates_mask",
    "heatflow": "geothermal_heating",
    "pft": "pft",
    "routing": "routing",
    "soils": "soils",
    "sub_basins": "subbasins",
    "topo_high_res": "high_resolution_relief",
}


def old_name(given: str, word: str, suffix: str = ".nc") -> str:
    """
    Name that the old tool gave to an asset.

    Parameters
    ----------
    given : str
        Name of the file that was given to it.
    word : str
        Its word for the asset.
    suffix : str

    Examples
    --------
    >>> old_name("topo_60Ma.nc", "bathy")
    'topo_60Ma_bathy_netcdf_flask_app.nc'
    """
    return f"{PurePosixPath(given).stem}_{word}_netcdf_flask_app{suffix}"


def write_old_names(folder: Path, made: Build, engine: Engine) -> None:
    """
    Give the files of a build their old names, in a folder of their own.

    They are the same files under two names wherever the disk allows it, else copies. The weights are one packed file,
    as they were.

    Parameters
    ----------
    folder : Path
        Folder of a bundle, in which the folder of old names is made.
    made : Build
        Its build, whose recipe reads the inputs of the bundle.
    engine : {"mosaix", "mosaic"}
        Whose weights to pack.
    """
    target = folder / FOLDER
    target.mkdir()
    given = made.sources["relief"].file
    for word, asset in _WORDS.items():
        _link(made.folder / file_name(asset), target / old_name(given, word))
    _link(made.recipe.path_of("relief"), target / old_name(given, "raw"))
    weights = file_name(f"{engine}_weights")
    write_archive(made.folder / weights, weights, target / old_name(given, "weights", ".tar.gz"))


def _link(path: Path, name: Path) -> None:
    """Give a file another name, or copy it where the disk knows one name only."""
    try:
        os.link(path, name)
    except OSError:
        shutil.copyfile(path, name)
