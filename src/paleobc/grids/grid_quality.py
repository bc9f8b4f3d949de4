"""How good an ocean grid is: right angles between its lines, and cells as high as they are wide."""

from __future__ import annotations

import numpy as np

from paleobc.conventions import FloatArray
from paleobc.grids.curvilinear import CurvilinearGrid
from paleobc.grids.sphere import unit_vectors


def deviation_from_right_angles(grid: CurvilinearGrid) -> FloatArray:
    """
    Deviation from 90 degrees of the angle between the two lines through the middle of each cell [degrees].

    Returns
    -------
    ndarray, shape (rows, columns)
        Not a number where columns end on a pole and the lines have no length.
    """
    corners = unit_vectors(grid.corner_longitude, grid.corner_latitude)
    south_west, south_east = corners[:-1, :-1], corners[:-1, 1:]
    north_west, north_east = corners[1:, :-1], corners[1:, 1:]
    east = north_east + south_east - north_west - south_west
    north = north_east + north_west - south_east - south_west
    length = np.linalg.norm(east, axis=-1) * np.linalg.norm(north, axis=-1)
    product = np.einsum("...k,...k", east, north)
    sine = np.divide(product, length, out=np.full(length.shape, np.nan), where=length > 0.0)
    return np.asarray(np.abs(np.degrees(np.arcsin(np.clip(sine, -1.0, 1.0)))))


def anisotropy(grid: CurvilinearGrid) -> FloatArray:
    """
    Larger over smaller side of each cell, shape (rows, columns).

    Taken from the scale factors where the grid has them, and from the corners otherwise.
    """
    if grid.t.e1 is not None and grid.t.e2 is not None:
        width, height = grid.t.e1, grid.t.e2
    else:
        corners = unit_vectors(grid.corner_longitude, grid.corner_latitude)
        along, across = corners[:, 1:] - corners[:, :-1], corners[1:] - corners[:-1]
        width = np.linalg.norm(along[1:] + along[:-1], axis=-1)
        height = np.linalg.norm(across[:, 1:] + across[:, :-1], axis=-1)
    least = np.finfo(float).tiny
    return np.asarray(np.maximum(width / np.maximum(height, least), height / np.maximum(width, least)))


def pole_places(grid: CurvilinearGrid) -> list[tuple[float, float]]:
    """
    Longitude and latitude of the northern poles of a grid: where the columns of the fold end [degrees].

    The northern edge of the last row of cells runs from one pole to the other and back; a pole is where it turns.

    Examples
    --------
    >>> from paleobc.grids.tripolar import tripolar_grid
    >>> [tuple(round(angle) for angle in place) for place in pole_places(tripolar_grid())]
    [(106, 60), (-74, 60)]
    """
    layout = grid.layout
    row = layout.fold_row // 2
    columns = np.array([layout.axis, layout.axis + layout.period]) % (2 * layout.period) // 2
    if layout.pivot == "T":  # a pole is a T point of the fold row
        longitude, latitude = grid.t.longitude[row, columns], grid.t.latitude[row, columns]
    else:  # a pole is the north-eastern corner of a cell of the last row before the fold
        longitude, latitude = (corner[row + 1, columns + 1] for corner in (grid.corner_longitude, grid.corner_latitude))
    return list(zip(((longitude + 180.0) % 360.0 - 180.0).tolist(), latitude.tolist(), strict=True))
