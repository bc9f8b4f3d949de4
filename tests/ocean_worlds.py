"""An invented Earth with land under the poles of the default grid, and ocean grids of every layout."""

from __future__ import annotations

import numpy as np

from paleobc.grids.curvilinear import CurvilinearGrid, GridPoints, describe_grid
from paleobc.grids.regular import RegularGrid
from paleobc.grids.sphere import unit_vectors
from paleobc.grids.tripolar import paleorca2_grid, tripolar_grid

RELIEF_GRID = RegularGrid(180, 360)

#: Rows and columns, pivot and halo of the grids that every step has to go through.
LAYOUTS = {
    "182 x 149": paleorca2_grid,
    "182 x 174": lambda: paleorca2_grid(extended=True),
    "180 x 148": lambda: paleorca2_grid(halo=False),
    "T pivot": lambda: tripolar_grid(pivot="T"),
    "T pivot without halo": lambda: tripolar_grid(pivot="T", halo=False),
}


def invented_height(grid: RegularGrid = RELIEF_GRID) -> np.ndarray:
    """Height [m]: two continents in the north, one in the south, islands, a sloping and rough sea floor."""
    centres = unit_vectors(*np.meshgrid(grid.longitudes, grid.latitudes))
    random = np.random.default_rng(5)
    hills = random.normal(size=(60, 3))
    hills[:2] = unit_vectors(np.array([106.0, -74.0]), np.array([60.0, 60.0]))
    hills /= np.linalg.norm(hills, axis=1, keepdims=True)
    widths = np.radians(np.where(np.arange(60) < 2, 25.0, random.uniform(2.0, 12.0, 60)))
    nearness = np.min(1.0 - centres @ hills.T - (1.0 - np.cos(widths)), axis=-1)
    height = np.where(nearness < 0.0, 300.0, -9000.0 * np.sqrt(np.abs(nearness)) - 100.0)
    height = np.where(height < 0.0, np.maximum(height, -5200.0) + random.uniform(-900.0, 90.0, height.shape), height)
    return np.where(grid.latitudes[:, None] < -76.0, 900.0, np.round(height))


def cut_at_another_seam(grid: CurvilinearGrid, shift: int) -> CurvilinearGrid:
    """The same grid whose columns are counted from another one; as a file of it is read."""

    def turned(points: GridPoints) -> GridPoints:
        return GridPoints(*(rolled(field, shift, overlap=grid.layout.overlap) for field in vars(points).values()))

    return describe_grid(turned(grid.t), u=turned(grid.u), v=turned(grid.v), f=turned(grid.f))


def rolled(field: np.ndarray, shift: int, *, overlap: bool) -> np.ndarray:
    """A field of a grid, counted from another column."""
    ring = np.roll(field[:, 1:-1] if overlap else field, shift, axis=1)
    return np.concatenate([ring[:, -1:], ring, ring[:, :1]], axis=1) if overlap else ring
