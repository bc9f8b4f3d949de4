"""Corners of the cells of an ORCA-like grid as unit vectors, and which cells carry a field."""

from __future__ import annotations

import numpy as np

from paleobc.conventions import BoolArray, FloatArray, IntArray
from paleobc.errors import InputError
from paleobc.grids.curvilinear import CurvilinearGrid, GridPoints
from paleobc.grids.fold import HALF_STEPS, Point, counted_cells, filled_halo
from paleobc.grids.sphere import unit_vectors

#: The points that stand at the corners of the cells around each point.
_CORNER_POINTS: dict[Point, Point] = {"T": "F", "U": "V", "V": "U", "F": "T"}


def cell_corners(grid: CurvilinearGrid, point: Point = "T") -> FloatArray:
    """
    Unit vectors of the four corners of the cells around the points of one kind.

    Parameters
    ----------
    grid : CurvilinearGrid
        The ocean grid; for cells around U, V or F points it needs the points at their corners.
    point : {"T", "U", "V", "F"}
        Whose cells: those of T have corners on F points, those of U on V, of V on U and of F on T.

    Returns
    -------
    ndarray, shape (rows * columns, 4, 3)
        In the order south-west, south-east, north-east, north-west, as the rows run.

    Raises
    ------
    InputError
        Where the grid lacks the points that are needed.
    """
    if point == "T":
        return quadrangles(unit_vectors(grid.corner_longitude, grid.corner_latitude))
    corner = _CORNER_POINTS[point]
    points: GridPoints | None = {"T": grid.t, "U": grid.u, "V": grid.v}[corner]
    if points is None:
        raise InputError(
            f"The cells around the {point} points have their corners on the {corner} points, which this ocean grid "
            "lacks; give a grid with all points of the C grid."
        )
    places = unit_vectors(points.longitude, points.latitude)
    (north, east), (corner_north, corner_east) = HALF_STEPS[point], HALF_STEPS[corner]
    rows = 2 * np.arange(grid.layout.rows + 1)[:, None] - 1 + north
    row, column, _ = grid.layout.place(rows, 2 * np.arange(grid.layout.columns + 1) - 1 + east)
    field = places.reshape(-1, 3)[grid.layout.cell_of(np.maximum(row - corner_north, 0), column - corner_east)]
    if rows[0, 0] < 0 and corner_north:
        field[0] = 2.0 * (field[1] * field[2]).sum(axis=-1, keepdims=True) * field[1] - field[2]
    return quadrangles(field)


def quadrangles(corners: FloatArray) -> FloatArray:
    """
    Corners of each cell from a field of the corners they share.

    Parameters
    ----------
    corners : ndarray, shape (rows + 1, columns + 1, 3)

    Returns
    -------
    ndarray, shape (rows * columns, 4, 3)
    """
    cells = np.stack([corners[:-1, :-1], corners[:-1, 1:], corners[1:, 1:], corners[1:, :-1]], axis=2)
    return cells.reshape(-1, 4, 3)


def open_cells(grid: CurvilinearGrid, wet: BoolArray, point: Point = "T") -> IntArray:
    """
    Flat indices of the wet cells, each place of the ocean once.

    Parameters
    ----------
    grid : CurvilinearGrid
        The ocean grid.
    wet : ndarray of bool, shape (rows, columns)
        The sea; the southern row counts as closed, copies are not read.

    Returns
    -------
    ndarray of int32, shape (n,)

    Raises
    ------
    InputError
        Where there is no sea, or the mask has another shape than the grid.
    """
    if wet.shape != grid.layout.shape:
        raise InputError(f"The sea has the shape {wet.shape} and the ocean grid {grid.layout.shape}.")
    cells = np.flatnonzero(counted_cells(grid.layout, point) & wet).astype(np.int32)
    if not cells.size:
        raise InputError(
            "The ocean grid has no wet cell, so nothing can be exchanged with the atmosphere; check the bathymetry."
        )
    return cells


def wet_faces(grid: CurvilinearGrid, wet: BoolArray, point: Point) -> BoolArray:
    """
    U or V points beside at least one wet T cell, shape (rows, columns); T points that are wet.

    The faces along a coast are included, so that they receive a wind stress; it does no harm there.

    Examples
    --------
    >>> from paleobc.grids.tripolar import paleorca2_grid
    >>> sea = np.zeros((149, 182), dtype=bool)
    >>> sea[70, 90] = True
    >>> [tuple(map(int, place)) for place in np.argwhere(wet_faces(paleorca2_grid(), sea, "U"))]
    [(70, 89), (70, 90)]
    """
    sea = filled_halo(grid.layout, wet)
    north, east = HALF_STEPS[point]
    rows, columns = 2 * np.arange(grid.layout.rows)[:, None], 2 * np.arange(grid.layout.columns)
    row, column, _ = grid.layout.place(rows + 2 * north, columns + 2 * east)
    return np.asarray(sea | sea.ravel()[grid.layout.cell_of(row, column)])
