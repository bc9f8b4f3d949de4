"""Where the lateral viscosity of the ocean is reduced: near the equator, away from western coasts."""

from __future__ import annotations

from typing import Final

import numpy as np

from paleobc.conventions import BoolArray, FloatArray
from paleobc.errors import InputError
from paleobc.grids.curvilinear import CurvilinearGrid
from paleobc.grids.fold import filled_halo

#: Coefficient of the first cells east of a coast, and of all cells beyond [%] (boundary files of IPSL-CM5A2).
FROM_THE_COAST: Final = (100.0, 96.0, 69.0, 31.0, 4.0, 0.0)
FULL: Final = 100.0


def lateral_viscosity(
    wet: BoolArray, grid: CurvilinearGrid, *, south: float = -20.0, north: float = 15.0, count_overlap: bool = False
) -> FloatArray:
    """
    Coefficient of lateral viscosity: full outside the tropics, on land and at western boundary currents.

    Parameters
    ----------
    wet : ndarray of bool, shape (rows, columns)
        Cells of the sea.
    grid : CurvilinearGrid
    south, north : float
        Band in which the viscosity is reduced, by the latitude of the T points [degrees north].

    count_overlap : bool
        Count the two overlap columns as if they were cells of their own, as the IPSL tool does: a western coast
        near the seam then reaches two cells less far, and copies may differ from their cells.

    Returns
    -------
    ndarray, shape (rows, columns)
        Coefficient [%], 0 to 100; copies of a cell are equal to it unless the overlap is counted.

    Raises
    ------
    InputError
        Where the band is empty.

    References
    ----------
    Madec et al. (1998), OPA 8.1 reference manual, equatorial reduction of the lateral mixing (ldfdyn, ahmcoef).
    """
    if not -90.0 <= south < north <= 90.0:
        raise InputError(f"A band from {south:g} to {north:g} degrees north is empty; give the southern edge first.")
    layout = grid.layout
    band = (grid.t.latitude >= south) & (grid.t.latitude <= north)
    if count_overlap:
        return np.where(band, coefficient_from_coasts(filled_halo(layout, wet)), FULL)
    ring = slice(1, -1) if layout.overlap else slice(None)
    coefficient = np.full(layout.shape, FULL)
    coefficient[:, ring] = coefficient_from_coasts(filled_halo(layout, wet)[:, ring])
    return filled_halo(layout, np.where(band, coefficient, FULL))


def coefficient_from_coasts(wet: BoolArray) -> FloatArray:
    """
    Coefficient along periodic rows, counted eastward from each western coast; the count goes on over land.

    Where two coasts are closer than the count is long, that of the western one holds.

    Parameters
    ----------
    wet : ndarray of bool, shape (rows, columns)
        Cells of the sea, each row once around the globe.

    Returns
    -------
    ndarray, shape (rows, columns)
        Coefficient [%]; 100 on land.

    Examples
    --------
    >>> coefficient_from_coasts(np.array([[0, 1, 1, 0, 1, 1, 1, 1, 1]], dtype=bool))
    array([[100., 100.,  96., 100.,  31.,   4.,   0.,  31.,   4.]])
    """
    coast = wet & ~np.roll(wet, 1, axis=1)
    coefficient = np.zeros(wet.shape)
    for cells, value in enumerate(FROM_THE_COAST):
        coefficient[np.roll(coast, cells, axis=1)] = value
    return np.where(wet, coefficient, FULL)
