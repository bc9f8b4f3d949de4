"""A relief made ready for rivers: rounded, raised at the poles, filled, sloped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from paleobc.constants import HEIGHT_DECIMALS
from paleobc.conventions import BoolArray, FloatArray, place
from paleobc.errors import InputError
from paleobc.grids.cells import spherical_areas
from paleobc.grids.periodicity import regular_owners
from paleobc.grids.regular import RegularGrid
from paleobc.topography.closed_seas import label_seas
from paleobc.topography.depressions import fill_depressions
from paleobc.topography.flats import raise_pits, slope_flats
from paleobc.topography.masks import is_land

ClosedSeas = Literal["ignore", "outlet"]


@dataclass(frozen=True)
class Conditioned:
    """
    A relief made ready for rivers.

    Parameters
    ----------
    height : ndarray, shape (rows, columns)
        Height from which flow directions are read [m].
    filled : ndarray, shape (rows, columns)
        Height after depressions were filled, before flats were given a slope [m].
    closed_seas : int
        Number of seas cut off from the world ocean.
    """

    height: FloatArray
    filled: FloatArray
    closed_seas: int


def raise_polar_rows(height: FloatArray) -> FloatArray:
    """
    Height whose land in the first and last row lies 1 m above that row and the next: no river crosses a pole.

    Examples
    --------
    >>> raise_polar_rows(np.array([[3.0, -2.0], [7.0, 1.0], [1.0, 1.0], [0.0, 9.0]]))
    array([[ 8., -2.], [ 7., 1.], [ 1., 1.], [ 0., 10.]])
    """
    raised = height.copy()
    for row, inner in ((0, 1), (-1, -2)):
        higher = np.maximum(height[row], height[inner]) + 1.0
        raised[row] = np.where(is_land(height[row]), higher, height[row])
    return raised


def _outlets(height: FloatArray, grid: RegularGrid, closed_seas: ClosedSeas) -> tuple[BoolArray, int]:
    """Sea cells that take the rivers' water, and the number of closed seas."""
    ocean = ~is_land(height)
    seas = label_seas(ocean, regular_owners(*grid.shape), spherical_areas(grid)[:, None])
    return (ocean if closed_seas == "outlet" else seas == 1), max(int(seas.max()) - 1, 0)


def condition(height: FloatArray, grid: RegularGrid, closed_seas: ClosedSeas = "ignore") -> Conditioned:
    """
    Make a relief ready for rivers, by the rules of the ORCHIDEE routing file.

    Rounded to millimetres; polar land rows raised; depressions filled to where they spill to the world ocean;
    flats sloped towards their exits; remaining pits raised.

    Parameters
    ----------
    height : ndarray, shape (rows, columns)
        Height above sea level [m], finite.
    grid : RegularGrid
    closed_seas : {"ignore", "outlet"}
        Whether seas cut off from the world ocean are passed over by the flood, or take water as it does.

    Raises
    ------
    InputError
        Where the height is not finite, or the world has no sea.
    """
    if closed_seas not in ("ignore", "outlet"):
        raise InputError(f"closed_seas is {closed_seas!r}; take ignore or outlet.")
    if not np.isfinite(height).all():
        row, column = np.argwhere(~np.isfinite(height))[0]
        where = place(float(grid.latitudes[row]), float(grid.longitudes[column]))
        raise InputError(f"The relief has no height at {where}; fill the gaps first.")
    rounded: FloatArray = np.asarray(height, dtype=np.float64).round(HEIGHT_DECIMALS)
    if is_land(rounded).all():
        raise InputError("This world is all land: rivers have no sea to flow to. Is height positive upwards?")
    rounded = raise_polar_rows(rounded)
    outlets, count = _outlets(rounded, grid, closed_seas)
    filled = fill_depressions(rounded, outlets)
    del rounded, outlets  # large at high resolution
    sloped = slope_flats(filled)
    return Conditioned(raise_pits(sloped, out=sloped), filled, count)
