"""Reading a map of biomes: whole numbers on a regular global grid."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import xarray as xr

from paleobc.conventions import LATITUDE, LONGITUDE, REGULAR_DIMENSIONS
from paleobc.errors import AmbiguousVariableError, InputError
from paleobc.formats.opening import file_sha256, open_netcdf
from paleobc.formats.relief_axes import find_axes
from paleobc.formats.relief_cells import centres, columns_of, rows_of, to_cells
from paleobc.formats.relief_values import read_values, unpacked
from paleobc.formats.relief_variable import fields_of, long_dimensions, named_field
from paleobc.formats.wording import listed
from paleobc.grids.regular import RegularGrid

#: Number of a cell without a biome.
NO_BIOME = 0

#: How one says which variable is meant, where no page asks.
IN_THE_RECIPE: Final = ", in the recipe as `variable: NAME`"


@dataclass(frozen=True)
class BiomeMap:
    """
    A map of biomes as it was read.

    Parameters
    ----------
    dataset : xarray.Dataset
        ``biome`` (lat, lon), int32, south to north and eastwards from -180 degrees; 0 where the file has none.
    variable : str
        Name of the variable in the file.
    assumptions : tuple of str
        One sentence for each thing that was assumed.
    sha256 : str
        SHA-256 of the bytes of the file.
    """

    dataset: xr.Dataset
    variable: str
    assumptions: tuple[str, ...]
    sha256: str


def read_biome_map(path: Path, variable: str | None = None) -> BiomeMap:
    """
    Read a map of biomes from a NetCDF file, classic or HDF5.

    Raises
    ------
    AmbiguousVariableError
        Where several variables could be meant.
    InputError
        Where the file holds no map of whole numbers on a regular global grid of cells.
    """
    with open_netcdf(path) as dataset:
        if variable is None:
            fields = fields_of(dataset)
            if len(fields) != 1:
                raise AmbiguousVariableError(
                    f"{path.name} holds {len(fields)} fields ({listed(fields)}); say which one is the biome map"
                    f"{IN_THE_RECIPE}.",
                    tuple(fields),
                )
            variable = fields[0]
        else:
            variable = named_field(dataset, path.name, variable)
        field = dataset.variables[variable]
        first, second = long_dimensions(field)
        axes = find_axes(dataset, path.name, variable, (first, second))
        rows, columns = rows_of(axes.latitudes, path.name), columns_of(axes.longitudes, path.name)
        turn = first == axes.longitude_dimension
        shape = axes.latitudes.size, axes.longitudes.size
        raw, missing = read_values(field, shape[::-1] if turn else shape, turn)
        values = np.where(missing, float(NO_BIOME), unpacked(field, raw)[0])
    cells, phase, moved = to_cells(values, rows, columns, path.name)
    if not (np.rint(cells) == cells).all() or np.abs(cells).max(initial=0.0) > np.iinfo(np.int32).max:
        raise InputError(
            f"{path.name}: {variable!r} is no map of biomes: it must hold whole numbers on cells (not on nodes)."
        )
    latitudes = RegularGrid(cells.shape[0], cells.shape[1]).latitudes
    biomes = xr.Dataset(
        {"biome": (REGULAR_DIMENSIONS, cells.astype(np.int32), {"long_name": "number of the biome"})},
        coords={
            LATITUDE: (LATITUDE, latitudes, {"units": "degrees_north"}),
            LONGITUDE: (LONGITUDE, centres(cells.shape[1], phase), {"units": "degrees_east"}),
        },
    )
    return BiomeMap(biomes, variable, axes.assumptions + rows.notes + columns.notes + moved, file_sha256(path))
