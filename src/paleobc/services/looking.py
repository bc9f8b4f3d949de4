"""Files as they are looked at: our own as they are, any other as the relief it holds."""

from __future__ import annotations

from pathlib import Path

import xarray as xr

from paleobc.errors import InputError
from paleobc.formats.netcdf import read_netcdf
from paleobc.formats.relief import read_relief
from paleobc.steps.assets import ASSETS


def open_to_look(path: Path, variable: str | None = None) -> xr.Dataset:
    """
    Dataset of a file for drawing: a file of our own or of the model as it is, else the relief in it.

    Raises
    ------
    InputError
        Where the file cannot be read, or holds nothing that can be drawn.
    """
    dataset = read_netcdf(path)
    own = any(all(name in dataset for name in asset.holds) for asset in ASSETS.values() if asset.kind == "own")
    on_ocean_grid = "nav_lon" in dataset.variables
    if own or on_ocean_grid or variable in dataset:
        return dataset
    return read_relief(path, variable).dataset


#: Maps of a build: title, asset and variable, in the order in which they stand beside each other.
_MAPS = (
    ("Relief, conditioned for rivers", "routing", "topo"),
    ("River basins", "routing", "basins"),
    ("Dominant plant functional type", "pft", "maxvegetfrac"),
    ("Relief for the atmosphere", "high_resolution_relief", "RELIEF"),
    ("Depth of the ocean, on its grid", "bathymetry", "Bathymetry"),
    ("Sub-basins of the ocean", "subbasins", "subbasins"),
    ("Geothermal heating", "geothermal_heating", "heatflow"),
    ("Lateral viscosity", "lateral_viscosity", "icof"),
)


def overview_of(folder: Path) -> tuple[str, list[tuple[str, xr.Dataset, str]]]:
    """
    Title and maps, as (title, dataset, variable), of the files of a build.

    Raises
    ------
    InputError
        Where the folder holds none.
    """
    opened = {
        asset: read_netcdf(folder / str(ASSETS[asset].file_name))
        for asset in dict.fromkeys(asset for _, asset, _ in _MAPS)
        if (folder / str(ASSETS[asset].file_name)).is_file()
    }
    if not opened:
        raise InputError(f"{folder} holds no files of a build; `paleobc build RECIPE -o {folder}` makes them.")
    title = str(next(iter(opened.values())).attrs.get("experiment", folder.name))
    return title, [(words, opened[asset], name) for words, asset, name in _MAPS if asset in opened]
