"""Files to be drawn on: the relief that ships, at any resolution, and its ocean on a tripolar grid."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from editing import SHELVES
from paleobc.conventions import HEIGHT
from paleobc.formats.nemo_fields import bathymetry_file, ocean_grid_file
from paleobc.formats.netcdf import write_netcdf
from paleobc.grids.interpolation import linear
from paleobc.grids.regular import RegularGrid
from paleobc.grids.tripolar import tripolar_grid
from paleobc.grids.tripolar_poles import Sea
from paleobc.ocean.bathymetry import nearest_depth
from paleobc.steps.relief import relief_dataset
from worlds import shipped_relief


def write_relief(path: Path, step: float) -> None:
    """
    Write the present-day relief on cells of ``step`` degrees.

    Finer than as shipped its shelves are rough, so that there is as much to be found as on a real map: at a tenth of a
    degree some twenty thousand closed seas.
    """
    relief, grid = shipped_relief(), RegularGrid.of_resolution(step)
    height = linear(relief, RegularGrid(*relief.shape), grid)
    if step < 1.0:
        noise = np.random.default_rng(7).standard_normal(grid.shape)
        height += SHELVES * noise * (np.abs(height) < 2.0 * SHELVES)
    height = height.astype(np.float32).astype(np.float64)
    write_netcdf(relief_dataset({HEIGHT: (height, "height above sea level")}, grid), path, file_format="NETCDF4")


def write_ocean(bathymetry: Path, ocean_grid: Path, *, own_poles: bool = False) -> None:
    """Write the present-day ocean on the grid of PALEORCA2, or with poles on the land of today, and that grid."""
    relief = shipped_relief()
    lattice = RegularGrid(*relief.shape)
    sea = Sea(relief, lattice.longitudes, lattice.latitudes)
    grid = tripolar_grid(poles="auto", sea=sea) if own_poles else tripolar_grid()
    depth = nearest_depth(relief, lattice, grid)
    write_netcdf(bathymetry_file(np.asarray(depth, dtype=np.float64), grid), bathymetry, file_format="NETCDF3_64BIT")
    write_netcdf(ocean_grid_file(grid), ocean_grid, file_format="NETCDF3_64BIT")
