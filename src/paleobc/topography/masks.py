"""Land and sea, and how much of each."""

from __future__ import annotations

import numpy as np

from paleobc.conventions import BoolArray, FloatArray
from paleobc.grids.cells import spherical_areas
from paleobc.grids.regular import RegularGrid


def is_land(height: FloatArray) -> BoolArray:
    """
    Land is above sea level; a height of 0 is sea.

    Examples
    --------
    >>> is_land(np.array([-1.0, 0.0, 1.0]))
    array([False, False,  True])
    """
    return np.asarray(height > 0.0)


def area_mean(field: FloatArray, grid: RegularGrid) -> float:
    """
    Mean over the area of the globe.

    Examples
    --------
    >>> tropics = np.array([[0.0], [1.0], [0.0]])  # 30S to 30N
    >>> round(area_mean(tropics, RegularGrid(3, 1)), 12)
    0.5
    """
    rows = field.mean(axis=1)
    areas = spherical_areas(grid)
    return float((rows * areas).sum() / areas.sum())


def land_fraction(height: FloatArray, grid: RegularGrid) -> float:
    """Part of the globe's area that is land, 0 to 1."""
    return area_mean(is_land(height).astype(np.float64), grid)
