"""How long a cell holds its water: the drop to the next cell and the topographic index."""

from __future__ import annotations

import numpy as np

from paleobc.compilation import kernel
from paleobc.constants import MINIMUM_RIVER_DROP
from paleobc.conventions import FloatArray, IntArray
from paleobc.rivers.flow_direction import receiver_of


@kernel
def _drops(height, directions, least, columns):  # type: ignore[no-untyped-def]
    """See `drop_to_next_cell`."""
    drop = np.zeros(height.size)
    for cell in range(height.size):
        if directions[cell] > 0:
            receiver = receiver_of(directions, cell, columns)
            below = height[receiver] if directions[receiver] > 0 else 0.0
            drop[cell] = max(height[cell] - below, least)
    return drop


def drop_to_next_cell(height: FloatArray, directions: IntArray) -> FloatArray:
    """
    Fall of the river bed to the next cell, to sea level at a mouth, at least 5 m; 0 in the sea [m].

    Parameters
    ----------
    height : ndarray, shape (rows, columns)
        Conditioned height [m].
    directions : ndarray of uint8, shape (rows, columns)
        1 to 8 on land, 0 in the sea.

    Returns
    -------
    ndarray, shape (rows, columns)

    Examples
    --------
    >>> drop_to_next_cell(np.array([[90.0, 30.0, -99.0]]), np.array([[3, 3, 0]], dtype=np.uint8))
    array([[60., 30., 0.]])
    """
    drop = _drops(height.ravel(), directions.ravel(), MINIMUM_RIVER_DROP, height.shape[1])
    return np.asarray(drop).reshape(height.shape)


def topographic_index(length: FloatArray, drop: FloatArray) -> FloatArray:
    """
    Topographic index of the water retention time of ORCHIDEE [km]; NaN where the length is.

    The square root of length^3 / (drop x 1e6), length and drop in metres.

    References
    ----------
    Ducharne et al. (2003), doi:10.1016/S0022-1694(03)00230-0.

    Examples
    --------
    >>> topographic_index(np.array([100_000.0]), np.array([10.0]))
    array([10000.])
    """
    index = length * length
    index *= length
    with np.errstate(invalid="ignore", divide="ignore"):
        index /= drop
    index /= 1e6
    return np.asarray(np.sqrt(index, out=index))
