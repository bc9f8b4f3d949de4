"""Cells whose centres lie between two meridians and two parallels."""

from __future__ import annotations

import numpy as np

from paleobc.conventions import BoolArray, FloatArray, IntArray
from paleobc.errors import InputError
from paleobc.grids.mesh import Mesh
from paleobc.topography.edits.drawn_points import drawn_points
from paleobc.topography.edits.shapes import Box


def box_cells(box: Box, mesh: Mesh) -> IntArray:
    """
    Flat indices, ascending, of the cells whose centres lie in a box.

    The western and southern edges belong to it, the others do not, but for the north pole: boxes side by side
    share no cell. Takes time with its cells where rows are parallels, with all cells elsewhere.

    Raises
    ------
    InputError
        Where an edge is no meridian or parallel, or the box has no height.

    Examples
    --------
    >>> from paleobc.grids.mesh import regular_mesh
    >>> from paleobc.grids.regular import RegularGrid
    >>> box_cells(Box(100.0, -90.0, -100.0, -30.0), regular_mesh(RegularGrid(4, 8)))  # over the date line
    array([0, 1, 6, 7], dtype=int32)
    """
    (west, east), _ = drawn_points(((box.west, box.south), (box.east, box.north)), "box")
    if not box.south < box.north:
        raise InputError(
            f"The box reaches from latitude {box.south:g} to {box.north:g}; the first must be the smaller."
        )
    everywhere = west == east or box.east - box.west >= 360.0
    if mesh.is_separable:
        columns = np.flatnonzero(everywhere | _between_meridians(mesh.longitudes[0], west, east))
        rows = np.flatnonzero(_between_parallels(mesh.latitudes[:, 0], box))
        return (rows[:, None] * mesh.shape[1] + columns).ravel().astype(np.int32)
    inside = mesh.unique & _between_parallels(mesh.latitudes, box)
    if not everywhere:
        inside &= _between_meridians(mesh.longitudes, west, east)
    return np.flatnonzero(inside).astype(np.int32)


def _between_meridians(longitudes: FloatArray, west: float, east: float) -> BoolArray:
    """Whether longitudes lie between two, going east; all from -180 up to 180."""
    if west < east:
        return np.asarray((longitudes >= west) & (longitudes < east))
    return np.asarray((longitudes >= west) | (longitudes < east))


def _between_parallels(latitudes: FloatArray, box: Box) -> BoolArray:
    return np.asarray((latitudes >= box.south) & ((latitudes < box.north) | (box.north == 90.0)))
