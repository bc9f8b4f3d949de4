"""Complete sets of boundary files without a fault, and how to plant one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
from netCDF4 import Dataset

from paleobc.formats.nemo import read_ocean_grid
from paleobc.formats.relief import read_relief
from paleobc.grids.cells import spherical_areas
from paleobc.grids.curvilinear import CurvilinearGrid
from paleobc.grids.fold import counted_cells, filled_halo
from paleobc.grids.interpolation import regrid
from paleobc.grids.periodicity import regular_owners
from paleobc.grids.regular import RegularGrid
from paleobc.grids.tripolar import paleorca2_grid
from paleobc.ocean.bathymetry import nearest_depth
from paleobc.services.builds import build
from paleobc.steps.relief import grid_of, height_of
from paleobc.topography.closed_seas import label_seas
from paleobc.topography.conditioning import condition
from paleobc.topography.ocean_checks import ocean_seas
from small_world import write_world


def without_closed_seas(height: np.ndarray, grid: CurvilinearGrid) -> np.ndarray:
    """A relief of one degree whose seas that are closed, on its own grid or on that of the ocean, are filled."""
    relief, filled = RegularGrid(*height.shape), height.copy()
    numbers = -np.arange(1.0, height.size + 1.0).reshape(height.shape)
    cells = nearest_depth(numbers, relief, grid, minimum_depth=0.0).astype(np.int64) - 1
    for _ in range(20):
        seas = label_seas(filled <= 0.0, regular_owners(*height.shape), spherical_areas(relief)[:, None])
        filled[seas > 1] = 1.0
        depth = nearest_depth(condition(filled, relief).height, relief, grid)
        wet = filled_halo(grid.layout, (depth > 0.0) & counted_cells(grid.layout))
        closed = ocean_seas(wet, grid) > 1
        if not closed.any():
            return filled
        filled.flat[cells[closed]] = 1.0
    raise AssertionError("the seas do not come to an end")


def modern_set(reference: Path, folder: Path) -> Path:
    """All files of the half-degree relief, made coarser, on PALEORCA2."""
    given = read_relief(reference / "inputs" / "topography_halfdeg.nc", "Z").dataset
    coarse = regrid(height_of(given), grid_of(given), RegularGrid(180, 360), "conservative")
    return _built(folder, without_closed_seas(coarse, paleorca2_grid()), "")


def old_set(reference: Path, folder: Path) -> Path:
    """All files of the relief 60 million years ago, on a given grid."""
    given = read_relief(reference / "inputs" / "topography_60Ma_1deg.nc", "topo").dataset
    path = reference / "inputs" / "paleorca2_40Ma_grid.nc"
    height = without_closed_seas(height_of(given), read_ocean_grid(path))
    return _built(folder, height, f"ocean_grid: {{file: {path}}}\n")


def _built(folder: Path, height: np.ndarray, ocean_grid: str) -> Path:
    """Build all files of a relief."""
    write_world(folder / "world.nc", height)
    recipe = folder / "recipe.yaml"
    recipe.write_text(f"experiment: {{name: audited}}\nrelief: {{file: world.nc}}\n{ocean_grid}", encoding="utf-8")
    build(recipe, folder / "set")
    return folder / "set"


def copy_of(folder: Path, target: Path, without: str = "") -> Path:
    """A copy of a set that takes no room: links to its files, those in one of its folders left out."""
    for path in sorted(folder.rglob("*.nc")):
        inner = path.relative_to(folder)
        if not (inner.parts[0] == without or inner.parts[0].startswith(".")):
            (target / inner).parent.mkdir(parents=True, exist_ok=True)
            os.link(path, target / inner)
    return target


def own_file(folder: Path, name: str) -> Path:
    """The one file of a copy that matches a name, made its own so that it can be changed."""
    (path,) = folder.rglob(name)
    beside = path.with_name("own")
    shutil.copyfile(path, beside)
    beside.replace(path)
    return path


def changed(folder: Path, name: str, change: Callable[[Dataset], None]) -> None:
    """Change one file of a copy."""
    with Dataset(own_file(folder, name), "a") as file:
        file.set_auto_maskandscale(False)
        change(file)
