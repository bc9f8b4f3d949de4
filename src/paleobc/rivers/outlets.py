"""How the water of each basin leaves the land: as a river, along the coast, or back to the ground."""

from __future__ import annotations

from typing import Final

import numpy as np

from paleobc.compilation import kernel
from paleobc.conventions import COASTAL_FLOW, RETURN_FLOW, RIVER_FLOW, BoolArray, FloatArray, IntArray
from paleobc.grids.periodicity import wrapped
from paleobc.rivers.flow_direction import river_mouths

#: ORCHIDEE follows so many rivers one by one; the others are spread along the coast.
NUMBER_OF_RIVERS: Final = 199

#: North of this latitude [degrees north] an internal outlet is given to the coast, so that ice-age lakes drain.
_NO_RETURN_FLOW_NORTH_OF = 60.0


@kernel
def _sea_within_two_cells(ocean, cells):  # type: ignore[no-untyped-def]
    """Whether any of the 5 x 5 cells around each of the given cells is sea."""
    rows, columns = ocean.shape
    near = np.zeros(cells.size, np.bool_)
    for n, cell in enumerate(cells):
        for row in range(max(cell // columns - 2, 0), min(cell // columns + 3, rows)):
            for east in range(-2, 3):
                near[n] |= ocean[row, wrapped(cell % columns + east, columns)]
    return near


def outlet_codes(directions: IntArray, basins: IntArray, ocean: BoolArray, latitudes: FloatArray) -> IntArray:
    """
    Directions with the cells where rivers leave the land marked as ORCHIDEE expects.

    99 river flow at the mouths of the 199 largest basins; 98 coastal flow at the others that have sea within
    two cells; where there is none, 97 return flow, or 98 north of 60N.

    Parameters
    ----------
    directions : ndarray of uint8, shape (rows, columns)
        1 to 8 on land, 0 in the sea.
    basins : ndarray of int, shape (rows, columns)
        Basin of each land cell, 1 the largest.
    ocean : ndarray of bool, shape (rows, columns)
    latitudes : ndarray, shape (rows,)
        [degrees north].

    Returns
    -------
    ndarray of uint8, shape (rows, columns)
    """
    codes = directions.copy()
    mouths = np.flatnonzero(river_mouths(directions))
    far_north = latitudes[mouths // directions.shape[1]] > _NO_RETURN_FLOW_NORTH_OF
    to_coast = _sea_within_two_cells(np.ascontiguousarray(ocean), mouths) | far_north
    codes.ravel()[mouths] = np.where(
        basins.ravel()[mouths] <= NUMBER_OF_RIVERS, RIVER_FLOW, np.where(to_coast, COASTAL_FLOW, RETURN_FLOW)
    )
    return codes
