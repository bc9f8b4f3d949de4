"""What an ocean grid needs near the poles: no sea around the south pole, one kind of cell around the north."""

from __future__ import annotations

from typing import Final

import numpy as np

from paleobc.conventions import BoolArray, FloatArray
from paleobc.topography.masks import is_land

#: No sea may lie south of this latitude [degrees north]: the ocean grids end there.
SOUTHERN_LIMIT: Final = -78.0

#: North of this latitude [degrees north] all cells must be land, or all sea.
NORTHERN_LIMIT: Final = 86.0


def against_polar_rules(height: FloatArray, latitudes: FloatArray) -> BoolArray:
    """
    Cells that break the polar rules: sea south of 78S, and the minority, land or sea, north of 86N.

    Parameters
    ----------
    height : ndarray, shape (rows, columns)
        Height above sea level [m].
    latitudes : ndarray, shape (rows,)
        Latitude of each row [degrees north].

    Returns
    -------
    ndarray of bool, shape (rows, columns)

    Examples
    --------
    >>> height = np.array([[-5.0, 5.0, 5.0], [5.0, 5.0, 5.0], [5.0, -5.0, -5.0]])
    >>> against_polar_rules(height, np.array([-80.0, 0.0, 88.0])).astype(int)
    array([[1, 0, 0],
           [0, 0, 0],
           [1, 0, 0]])
    """
    land = is_land(height)
    north = latitudes > NORTHERN_LIMIT
    mostly_land = bool(land[north].sum() * 2 > land[north].size)
    wrong = np.zeros_like(land)
    wrong[latitudes < SOUTHERN_LIMIT] = ~land[latitudes < SOUTHERN_LIMIT]
    wrong[north] = land[north] != mostly_land
    return wrong
