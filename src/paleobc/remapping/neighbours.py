"""The eight cells around each cell, over seams, folds and poles."""

from __future__ import annotations

import numpy as np

from paleobc.conventions import BoolArray, IntArray
from paleobc.grids.fold import OrcaLayout, owner_table
from paleobc.grids.periodicity import regular_owners
from paleobc.remapping.atmosphere import AtmosphereGrid


def ocean_neighbours(layout: OrcaLayout) -> IntArray:
    """
    Flat indices of the unique cells around each cell of an ORCA-like grid.

    Parameters
    ----------
    layout : OrcaLayout
        Size, overlap and fold.

    Returns
    -------
    ndarray of int32, shape (rows * columns, 8)
        -1 beyond the southern edge.

    Examples
    --------
    >>> ocean_neighbours(OrcaLayout(4, 6, "F"))[14]  # the last three lie across the fold
    array([ 7,  8,  9, 13, 15, 16, 15, 14], dtype=int32)
    """
    return _around(owner_table(layout))


def atmosphere_neighbours(grid: AtmosphereGrid) -> IntArray:
    """
    Flat indices of the cells around each cell; beyond a pole stands the same row, half a turn away.

    Returns
    -------
    ndarray of int32, shape (rows * columns, 8)
    """
    owners = regular_owners(grid.rows, grid.columns)
    for beyond, row in ((0, 1), (-1, -2)):
        turned = np.roll(owners[row, 1:-1], grid.columns // 2)
        owners[beyond, 1:-1] = turned
        owners[beyond, 0], owners[beyond, -1] = turned[-1], turned[0]
    return _around(owners)


def _around(owners: IntArray) -> IntArray:
    """Take the eight windows of a framed table of owners."""
    rows, columns = owners.shape[0] - 2, owners.shape[1] - 2
    windows = [
        owners[1 + north : 1 + north + rows, 1 + east : 1 + east + columns].ravel()
        for north in (-1, 0, 1)
        for east in (-1, 0, 1)
        if (north, east) != (0, 0)
    ]
    return np.stack(windows, axis=1)


def coast(wet: BoolArray, neighbours: IntArray, width: int = 1) -> BoolArray:
    """
    Open cells within ``width`` steps of a closed one.

    Parameters
    ----------
    wet : ndarray of bool, shape (n,)
        Open cells; for copies of another cell the value of that cell.
    neighbours : ndarray of int, shape (n, 8)
        Cells around each; a place beyond the grid, -1, counts as closed.
    width : int
        Width of the band in cells.

    Returns
    -------
    ndarray of bool, shape (n,)

    Examples
    --------
    >>> in_a_row = np.array([[-1, 1], [0, 2], [1, 3], [2, 3]])
    >>> coast(np.ones(4, dtype=bool), in_a_row, 2)
    array([ True,  True, False, False])
    """
    away = ~wet
    for _ in range(width):
        away = away | (away[neighbours] | (neighbours < 0)).any(axis=1)
    return np.asarray(away & wet)
