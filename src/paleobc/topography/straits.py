"""Straits too narrow for an ocean model to carry water through."""

from __future__ import annotations

from typing import Final

import numpy as np

from paleobc.compilation import kernel
from paleobc.conventions import BoolArray, IntArray

#: What stands at a place of the framed grid.
_LAND: Final = 0
_SEA: Final = 1
_NOTHING: Final = 2


@kernel
def _framed(ocean, owners):  # type: ignore[no-untyped-def]
    """Land, sea or nothing at each place of the grid and of the ring around it: read once, in order."""
    wet = ocean.ravel()
    rows, columns = owners.shape
    framed = np.empty((rows, columns), np.uint8)
    for j in range(rows):
        for i in range(columns):
            owner = owners[j, i]
            if owner < 0:
                framed[j, i] = _NOTHING
            elif wet[owner]:
                framed[j, i] = _SEA
            else:
                framed[j, i] = _LAND
    return framed


@kernel
def _diffusive(ocean, framed):  # type: ignore[no-untyped-def]
    """Sea between land on two opposite sides and sea on the other two; no branches, so that it is vectorised."""
    rows, columns = ocean.shape
    strait = np.empty((rows, columns), np.bool_)
    for j in range(rows):
        for i in range(columns):
            north, south = framed[j + 2, i + 1], framed[j, i + 1]
            east, west = framed[j + 1, i + 2], framed[j + 1, i]
            along = (north == _SEA) & (south == _SEA) & (east == _LAND) & (west == _LAND)
            across = (north == _LAND) & (south == _LAND) & (east == _SEA) & (west == _SEA)
            strait[j, i] = ocean[j, i] & (along | across)
    return strait


@kernel
def _outside_blocks(ocean, framed):  # type: ignore[no-untyped-def]
    """Sea that none of its four corners joins to three other sea cells."""
    rows, columns = ocean.shape
    channel = np.empty((rows, columns), np.bool_)
    for j in range(rows):
        for i in range(columns):
            north, south = framed[j + 2, i + 1] == _SEA, framed[j, i + 1] == _SEA
            east, west = framed[j + 1, i + 2] == _SEA, framed[j + 1, i] == _SEA
            northern = north & ((east & (framed[j + 2, i + 2] == _SEA)) | (west & (framed[j + 2, i] == _SEA)))
            southern = south & ((east & (framed[j, i + 2] == _SEA)) | (west & (framed[j, i] == _SEA)))
            channel[j, i] = ocean[j, i] & ~(northern | southern)
    return channel


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
    ocean = np.ascontiguousarray(ocean)
    return np.asarray(_diffusive(ocean, _framed(ocean, owners)))


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
    ocean = np.ascontiguousarray(ocean)
    return np.asarray(_outside_blocks(ocean, _framed(ocean, owners)))


def narrow_cells(ocean: BoolArray, owners: IntArray) -> tuple[BoolArray, BoolArray]:
    """
    Diffusive straits and staircase channels together, in less time than one after the other.

    Examples
    --------
    >>> from paleobc.grids.periodicity import regular_owners
    >>> ocean = np.array([[1, 1, 1, 1], [0, 1, 0, 0], [1, 1, 1, 1]], dtype=bool)
    >>> [np.argwhere(cells).shape[0] for cells in narrow_cells(ocean, regular_owners(3, 4))]
    [1, 9]
    """
    ocean = np.ascontiguousarray(ocean)
    framed = _framed(ocean, owners)
    return np.asarray(_diffusive(ocean, framed)), np.asarray(_outside_blocks(ocean, framed))
