"""Heat that the sea floor gives to the ocean, from the age of the floor that its depth tells."""

from __future__ import annotations

from typing import Final

import numpy as np

from paleobc.conventions import BoolArray, FloatArray, IntArray
from paleobc.grids.fold import OrcaLayout, filled_halo, owner_table

#: Down to this depth the floor is no oceanic crust [m], and gives the heat of continents [mW m-2].
SHALLOWEST_CRUST: Final = 2500.0
CONTINENTAL_HEAT: Final = 48.0
LARGEST_HEAT: Final = 400.0  # [mW m-2]

#: Ages up to this follow the square root [million years]; the floor sinks with it, and more slowly later.
SQUARE_ROOT_UP_TO: Final = 20.0
RIDGE_DEPTH: Final = 2600.0  # [m]
SINKING: Final = 365.0  # [m Ma-1/2]
DEEPEST_CRUST: Final = 5651.0  # [m], never reached in the age law
DEPTH_SCALE: Final = 2473.0  # [m]
DECAY: Final = 0.0278  # [Ma-1]
HEAT_AT_ONE_MILLION_YEARS: Final = 490.0  # [mW m-2 Ma1/2]

#: Age of floor deeper than the age law reaches [million years]: the oldest there is (Mueller et al. 2008).
OLDEST_FLOOR: Final = 180.0

#: A depth that bends more than this over a cell [m] is a seamount or a slope, and its heat is not that of a ridge
#: where it is above a limit [mW m-2].
LARGEST_BEND: Final = 500.0
LARGEST_HEAT_OF_A_SLOPE: Final = 100.0


def age_of_floor(depth: FloatArray) -> FloatArray:
    """
    Age of oceanic crust [million years] whose top lies at a depth [m]; that of the oldest from 5651 m on.

    Parameters
    ----------
    depth : ndarray

    References
    ----------
    Stein and Stein (1992), doi:10.1038/359123a0; Mueller et al. (2008), doi:10.1029/2007GC001743.

    Examples
    --------
    >>> age_of_floor(np.array([2965.0, 2600.0 + 365.0 * 3.0, 6000.0]))
    array([  1.,   9., 180.])
    """
    young = ((depth - RIDGE_DEPTH) / SINKING) ** 2
    finite = depth < DEEPEST_CRUST
    old = -np.log((DEEPEST_CRUST - np.where(finite, depth, 0.0)) / DEPTH_SCALE) / DECAY
    return np.where(finite, np.where(young <= SQUARE_ROOT_UP_TO, young, old), OLDEST_FLOOR)


def heat_flow(depth: FloatArray, layout: OrcaLayout) -> FloatArray:
    """
    Heat flow through the sea floor on an ocean grid.

    Steep places with the heat of a ridge are void; a void takes the median of the sea in the 3 x 3 cells around.

    Parameters
    ----------
    depth : ndarray, shape (rows, columns)
        Depth of the sea [m]; 0 on land.
    layout : OrcaLayout

    Returns
    -------
    ndarray, shape (rows, columns)
        Heat flow [mW m-2]: above 0 in every wet cell, 0 on land; copies of a cell are equal to it.

    References
    ----------
    Emile-Geay and Madec (2009), doi:10.5194/os-5-203-2009.

    Examples
    --------
    >>> depth = np.full((4, 6), 2965.0)
    >>> depth[:2] = [[0.0], [1000.0]]
    >>> heat_flow(depth, OrcaLayout(4, 6, "F"))[:, 1]  # floor of one million years gives 490, at most 400
    array([  0.,  48., 400., 400.])
    """
    depth = filled_halo(layout, depth)
    owner = owner_table(layout)
    age = np.maximum(age_of_floor(depth), np.finfo(np.float64).tiny)
    crust = np.minimum(HEAT_AT_ONE_MILLION_YEARS / np.sqrt(age), LARGEST_HEAT)
    heat = np.where(depth > SHALLOWEST_CRUST, crust, np.where(depth > 0.0, CONTINENTAL_HEAT, 0.0))
    void = (np.abs(_bend(depth, owner)) > LARGEST_BEND) & (heat > LARGEST_HEAT_OF_A_SLOPE)
    void = filled_halo(layout, void)
    return filled_halo(layout, _filled(heat, void, depth > 0.0, owner))


def _bend(depth: FloatArray, owner: IntArray) -> FloatArray:
    """Mixed second difference of the depth along rows and columns, one-sided at the southern edge."""
    around = depth.ravel()[owner]
    south = np.where(owner[:-2] >= 0, around[:-2], around[1:-1])
    slope = (around[2:] - south) / np.where(owner[:-2] >= 0, 2.0, 1.0)
    return np.asarray((slope[:, 2:] - slope[:, :-2]) / 2.0)


def _filled(heat: FloatArray, void: BoolArray, wet: BoolArray, owner: IntArray) -> FloatArray:
    """Heat whose voids hold the median of the wet cells around; pass by pass from the rim, until none changes."""
    known = np.where(wet & ~void, heat, np.nan)
    while (left := np.argwhere(wet & np.isnan(known))).size:
        around = np.empty((9, left.shape[0]))
        for k in range(9):
            cells = owner[left[:, 0] + k // 3, left[:, 1] + k % 3]
            around[k] = np.where(cells >= 0, known.ravel()[cells], np.nan)
        reached = ~np.isnan(around).all(axis=0)
        if not reached.any():
            break
        known[tuple(left[reached].T)] = np.nanmedian(around[:, reached], axis=0)
    return np.where(np.isnan(known), heat, known)
