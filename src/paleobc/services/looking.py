"""Files as they are looked at: our own as they are, any other as the relief it holds."""

from __future__ import annotations

from pathlib import Path

import xarray as xr

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
