"""A field that a script edits, from its file and back: any variable, or a relief that has to be converted first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import xarray as xr

from paleobc.conventions import HEIGHT, LATITUDE, LONGITUDE
from paleobc.errors import InputError
from paleobc.formats.any_field import NO_INDEX, Field, read_field, write_edited
from paleobc.formats.field_quantity import DEPTH
from paleobc.formats.netcdf import write_netcdf
from paleobc.formats.relief import read_relief
from paleobc.grids.mesh import regular_mesh
from paleobc.grids.regular import RegularGrid
from paleobc.topography.surface import Quantity, Surface


@dataclass(frozen=True, eq=False)
class EditedFile:
    """
    Where a surface came from, and with that how it is written.

    Parameters
    ----------
    path : Path
    grid : Path or None
        File with the ocean grid.
    field : Field or None
        Rows and columns of the file; none where the relief was converted, which is then written anew.
    relief : Dataset or None
        The converted relief.
    """

    path: Path
    grid: Path | None
    field: Field | None
    relief: xr.Dataset | None = None


def read_surface(
    path: Path,
    quantity: Quantity,
    grid: Path | None = None,
    *,
    variable: str = "",
    index: Mapping[str, int] = NO_INDEX,
) -> tuple[Surface, EditedFile]:
    """
    Field of a file as it can be edited, and where it came from.

    Parameters
    ----------
    path : Path
        Any relief for heights; a file with NEMO's variable Bathymetry for depths; any file for values.
    quantity : {"height", "depth", "value"}
    grid : Path, optional
        File with the ocean grid of the field; the places beside it by default.
    variable : str
        Its name; needed for values.
    index : mapping of str to int
        Position along its other dimensions.

    Raises
    ------
    InputError
        Where the file holds no such field.
    """
    if quantity == "height":
        return _relief(path, variable)
    field = read_field(path, variable or DEPTH, index, grid_file=grid)
    if field.quantity != quantity:
        raise InputError(f"{path.name}: {field.variable.name!r} holds {field.quantity}s and no {quantity}s.")
    return field.surface(), EditedFile(path, grid, field)


def write_surface(surface: Surface, source: EditedFile, path: Path) -> None:
    """
    Write an edited field with all that stood beside it.

    Parameters
    ----------
    surface : Surface
    source : EditedFile
        As `read_surface` gave it.
    path : Path
    """
    if source.field is not None:
        key = source.field.variable.name, source.field.index
        write_edited(source.path, path, {key: surface.field}, grid_file=source.grid)
    elif source.relief is not None:
        heights = source.relief[HEIGHT]
        edited = source.relief.assign({HEIGHT: (heights.dims, surface.field, heights.attrs)})
        write_netcdf(edited, path, file_format="NETCDF3_64BIT")


def _relief(path: Path, variable: str) -> tuple[Surface, EditedFile]:
    """Heights of a relief: as they stand in the file where they need no conversion."""
    relief = read_relief(path, variable or None)
    dataset = relief.dataset
    mesh = regular_mesh(RegularGrid.of_centres(dataset[LATITUDE].values, dataset[LONGITUDE].values))
    surface = Surface.of(dataset[HEIGHT].values, mesh, "height")
    field = read_field(path, relief.variable)
    same = field.quantity == "height" and field.grid.mesh.regular_grid == mesh.regular_grid
    if same and np.array_equal(field.values, surface.field):
        return field.surface(), EditedFile(path, None, field)
    return surface, EditedFile(path, None, None, dataset)
