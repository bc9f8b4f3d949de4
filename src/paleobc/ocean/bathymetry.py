"""Depth of the sea on the ocean grid, from a relief."""

from __future__ import annotations

from typing import Final

import numpy as np

from paleobc.conventions import FloatArray, IntArray
from paleobc.errors import InputError
from paleobc.grids.curvilinear import CurvilinearGrid
from paleobc.grids.fold import filled_halo
from paleobc.grids.regular import RegularGrid
from paleobc.ocean.containment import sum_over_cells
from paleobc.topography.masks import is_land

#: Depth of sea whose height is 0 [m] (boundary files of IPSL-CM5A2).
DEPTH_AT_SEA_LEVEL: Final = 10.0

# Positions are rounded to this part of a cell, so that conventions of longitude cannot change what is on an edge.
_PARTS: Final = 1 << 20


def nearest_depth(
    height: FloatArray,
    relief_grid: RegularGrid,
    ocean_grid: CurvilinearGrid,
    *,
    minimum_depth: float | None = None,
) -> FloatArray:
    """
    Depth of the relief cell that holds each T point; on an edge, of the western and the southern one.

    Parameters
    ----------
    height : ndarray, shape (relief rows, relief columns)
        Height above sea level [m], south to north; land is above 0.
    relief_grid : RegularGrid
    ocean_grid : CurvilinearGrid
        With longitudes in any convention.
    minimum_depth : float, optional
        Least depth of the sea [m]; where it is not given, sea of depth 0 becomes 10 m deep and the rest stays.

    Returns
    -------
    ndarray, shape (rows, columns)
        Depth [m], 0 on land; copies of a cell are equal to it.

    Examples
    --------
    >>> from paleobc.grids.tripolar import paleorca2_grid
    >>> height = np.where(np.arange(360) < 180, -4000.0, 100.0) * np.ones((180, 1))  # sea in the west
    >>> depth = nearest_depth(height, RegularGrid(180, 360), paleorca2_grid())
    >>> [float(d) for d in np.unique(depth)]
    [0.0, 4000.0]
    """
    rows, columns = _relief_cells(relief_grid, ocean_grid)
    here = height[rows, columns]
    depth = np.where(here == 0.0, DEPTH_AT_SEA_LEVEL, -here) if minimum_depth is None else -here
    depth = np.maximum(depth, minimum_depth or 0.0)
    return filled_halo(ocean_grid.layout, np.where(is_land(here), 0.0, depth))


def mean_depth(
    height: FloatArray,
    relief_grid: RegularGrid,
    ocean_grid: CurvilinearGrid,
    *,
    land_fraction: float = 0.5,
    minimum_depth: float | None = None,
) -> FloatArray:
    """
    Mean depth of the sea within each cell; a cell is wet where its part of land is below a limit.

    Better than the nearest depth where the relief is finer than the ocean grid.

    Parameters
    ----------
    height : ndarray, shape (relief rows, relief columns)
        Height above sea level [m], south to north; land is above 0.
    relief_grid : RegularGrid
    ocean_grid : CurvilinearGrid
    land_fraction : float
        Part of land from which on a cell is land, above 0 and up to 1.
    minimum_depth : float, optional
        Least depth of the sea [m]; 10 m where it is not given.

    Returns
    -------
    ndarray, shape (rows, columns)
        Depth [m], 0 on land; copies of a cell are equal to it.

    Raises
    ------
    InputError
        Where the limit is no part of a cell.

    Examples
    --------
    >>> from paleobc.grids.tripolar import paleorca2_grid
    >>> depth = mean_depth(np.full((90, 180), -4000.0), RegularGrid(90, 180), paleorca2_grid())
    >>> bool(np.allclose(depth, 4000.0))
    True
    """
    if not 0.0 < land_fraction <= 1.0:
        raise InputError(f"A part of land of {land_fraction:g} is not above 0 and up to 1; 0.5 is usual.")
    sums = sum_over_cells(height, relief_grid, ocean_grid)
    wet = (sums.sea_area > 0.0) & (sums.area - sums.sea_area < land_fraction * sums.area)
    mean = np.divide(sums.depth, sums.sea_area, out=np.zeros_like(sums.depth), where=wet)
    least = DEPTH_AT_SEA_LEVEL if minimum_depth is None else minimum_depth
    depth = np.where(wet, np.maximum(mean, least), 0.0)
    if (missed := sums.area == 0.0).any():
        nearest = nearest_depth(height, relief_grid, ocean_grid, minimum_depth=least)
        depth = np.where(missed, nearest, depth)
    return filled_halo(ocean_grid.layout, depth)


def _relief_cells(relief_grid: RegularGrid, ocean_grid: CurvilinearGrid) -> tuple[IntArray, IntArray]:
    """Row and column of the relief cell that holds each T point."""
    east = (ocean_grid.t.longitude - relief_grid.west) % 360.0 / relief_grid.longitude_step
    north = (ocean_grid.t.latitude + 90.0) / relief_grid.latitude_step
    column, row = (-(-np.round(position * _PARTS).astype(np.int64) // _PARTS) - 1 for position in (east, north))
    return np.clip(row, 0, relief_grid.rows - 1), column % relief_grid.columns
