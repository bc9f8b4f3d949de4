"""A field that is edited, from its file and back: heights on a regular grid, or NEMO's bathymetry."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import xarray as xr

from paleobc.conventions import HEIGHT, LATITUDE, LONGITUDE
from paleobc.errors import InputError
from paleobc.formats.nemo import read_ocean_grid
from paleobc.formats.netcdf import read_netcdf, write_netcdf
from paleobc.formats.relief import read_relief
from paleobc.grids.mesh import ocean_mesh, regular_mesh
from paleobc.grids.regular import RegularGrid
from paleobc.topography.surface import Quantity, Surface

_DEPTH: Final = "Bathymetry"


def read_surface(path: Path, quantity: Quantity, grid: Path | None = None) -> tuple[Surface, xr.Dataset]:
    """
    Field of a file as it can be edited, and all that the file holds.

    Parameters
    ----------
    path : Path
        Any relief for heights; a file with NEMO's variable Bathymetry for depths.
    quantity : {"height", "depth"}
    grid : Path, optional
        File with the ocean grid of the depths; the places beside the depths by default.

    Raises
    ------
    InputError
        Where the file holds no such field, or one with gaps.
    """
    if quantity == "height":
        dataset = read_relief(path).dataset
        regular = RegularGrid.of_centres(dataset[LATITUDE].values, dataset[LONGITUDE].values)
        return Surface.of(dataset[HEIGHT].values, regular_mesh(regular), "height"), dataset
    dataset = read_netcdf(path)
    if _DEPTH not in dataset or dataset[_DEPTH].dtype.kind not in "iuf":
        raise InputError(f"{path.name} has no variable {_DEPTH!r} of numbers; give the bathymetry of the ocean model.")
    attributes = dataset[_DEPTH].attrs
    if {"scale_factor", "add_offset"} & set(attributes):
        raise InputError(f"{path.name} holds packed depths; unpack them, for example by `ncpdq -U in.nc out.nc`.")
    mesh = ocean_mesh(read_ocean_grid(path if grid is None else grid))
    depths = np.array(dataset[_DEPTH].values, dtype=np.float64)
    depths[np.isin(depths, [attributes.get(name, np.nan) for name in ("_FillValue", "missing_value")])] = np.nan
    return Surface.of(depths.reshape([n for n in depths.shape if n != 1]), mesh, "depth"), dataset


def write_surface(surface: Surface, dataset: xr.Dataset, path: Path) -> None:
    """
    Write an edited field with all that stood beside it.

    Parameters
    ----------
    surface : Surface
    dataset : Dataset
        As `read_surface` gave it.
    path : Path
    """
    name = HEIGHT if surface.quantity == "height" else _DEPTH
    variable = dataset.variables[name]
    values = surface.field.reshape(variable.shape)
    if variable.dtype.kind == "f":
        values = values.astype(variable.dtype)
    edited = dataset.assign({name: (variable.dims, values, variable.attrs)})
    write_netcdf(edited, path, file_format="NETCDF3_64BIT")
