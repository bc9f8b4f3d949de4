"""Straits too narrow for an ocean model to carry water through."""

from __future__ import annotations

import numpy as np

from paleobc.conventions import BoolArray, IntArray


def _neighbour_is(mask: BoolArray, owners: IntArray, rows: int, columns: int) -> BoolArray:
    """Whether the neighbour so many rows north and columns east is there and in the mask."""
    height, width = mask.shape
    owner = owners[1 + rows : 1 + rows + height, 1 + columns : 1 + columns + width]
    return np.where(owner >= 0, mask.ravel()[owner], False)


def diffusive_straits(ocean: BoolArray, owners: IntArray) -> BoolArray:
    """
    Ocean cells between land on two opposite sides and ocean on the other two.

    Such a strait is one cell wide: on NEMO's C grid no current flows along it, only diffusion acts.

    Parameters
    ----------
    ocean : ndarray of bool, shape (rows, columns)
    owners : ndarray of int32, shape (rows + 2, columns + 2)
        The grid's topology, see `paleobc.grids.periodicity`.

    Returns
    -------
    ndarray of bool, shape (rows, columns)

    Examples
    --------
    >>> from paleobc.grids.periodicity import regular_owners
    >>> ocean = np.array([[1, 1, 1, 1], [0, 1, 0, 0], [1, 1, 1, 1]], dtype=bool)
    >>> np.argwhere(diffusive_straits(ocean, regular_owners(3, 4)))
    array([[1, 1]])
    """
    land = ~ocean
    wet = [_neighbour_is(ocean, owners, *step) for step in ((1, 0), (-1, 0), (0, 1), (0, -1))]
    dry = [_neighbour_is(land, owners, *step) for step in ((1, 0), (-1, 0), (0, 1), (0, -1))]
    meridional = wet[0] & wet[1] & dry[2] & dry[3]
    zonal = dry[0] & dry[1] & wet[2] & wet[3]
    return np.asarray(ocean & (meridional | zonal))


def staircase_channels(ocean: BoolArray, owners: IntArray) -> BoolArray:
    """
    Ocean cells that are in no block of 2 x 2 ocean cells: straits of one cell, also diagonal ones and ends.

    Parameters
    ----------
    ocean : ndarray of bool, shape (rows, columns)
    owners : ndarray of int32, shape (rows + 2, columns + 2)
        The grid's topology, see `paleobc.grids.periodicity`.

    Returns
    -------
    ndarray of bool, shape (rows, columns)

    Examples
    --------
    >>> from paleobc.grids.periodicity import regular_owners
    >>> ocean = np.array([[1, 1, 0, 0, 0], [1, 1, 1, 0, 0], [0, 0, 1, 1, 0]], dtype=bool)
    >>> staircase_channels(ocean, regular_owners(3, 5)).astype(int)
    array([[0, 0, 0, 0, 0],
           [0, 0, 1, 0, 0],
           [0, 0, 1, 1, 0]])
    """
    in_block = np.zeros_like(ocean)
    for north in (-1, 1):
        for east in (-1, 1):
            in_block |= (
                _neighbour_is(ocean, owners, north, 0)
                & _neighbour_is(ocean, owners, 0, east)
                & _neighbour_is(ocean, owners, north, east)
            )
    return np.asarray(ocean & ~in_block)
