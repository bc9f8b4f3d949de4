"""How large cells are, and how far apart."""

from __future__ import annotations

import numpy as np

from paleobc.conventions import FloatArray
from paleobc.grids.regular import RegularGrid


def cell_widths(grid: RegularGrid, radius: float) -> FloatArray:
    """
    East-west width of the cells of each row at its centre, in the unit of ``radius``, shape (rows,).

    Examples
    --------
    >>> cell_widths(RegularGrid(3, 4), 2 / np.pi)
    array([0.5, 1. , 0.5])
    """
    around = 2.0 * np.pi * radius * np.cos(np.radians(grid.latitudes))
    return np.asarray(around / grid.columns)


def cell_height(grid: RegularGrid, radius: float) -> float:
    """North-south height of a cell, in the unit of ``radius``."""
    return float(np.pi * radius / grid.rows)


def cell_areas(grid: RegularGrid, radius: float) -> FloatArray:
    """
    Area of a cell of each row as width times height, the rule of ORCHIDEE's routing, shape (rows,).

    The sum over the globe exceeds that of a sphere by about the square of the step in radians / 24.

    Examples
    --------
    >>> areas = cell_areas(RegularGrid(180, 360), 1.0)
    >>> float(round(360 * areas.sum() / (4 * np.pi), 5))
    1.00001
    """
    return cell_widths(grid, radius) * cell_height(grid, radius)


def spherical_areas(grid: RegularGrid) -> FloatArray:
    """
    Exact area of a cell of each row on the unit sphere [sr], shape (rows,).

    Examples
    --------
    >>> float(4 * spherical_areas(RegularGrid(2, 4)).sum() / np.pi)
    4.0
    """
    edges = np.sin(np.radians(np.linspace(-90.0, 90.0, grid.rows + 1)))
    return np.asarray(np.diff(edges) * 2.0 * np.pi / grid.columns)
