"""Cells of the connected land or sea, or of the connected cells of one value, that hold a place."""

from __future__ import annotations

import numpy as np

from paleobc.conventions import BoolArray, IntArray, place
from paleobc.errors import InputError
from paleobc.grids.walks import connected_cells
from paleobc.topography.edits.drawn_points import drawn_points
from paleobc.topography.edits.shapes import Region
from paleobc.topography.surface import Surface


def region_cells(region: Region, surface: Surface) -> IntArray:
    """
    Flat indices, ascending, of the land or sea, whichever it is, of the cell nearest to a place.

    On fields of values and basins, of the cells with the same value as that cell, or without one as it is. Takes time
    with the cells of the region, and a few passes over one byte per cell.

    Raises
    ------
    InputError
        Where the place lies outside the grid.

    Examples
    --------
    >>> from paleobc.grids.mesh import regular_mesh
    >>> from paleobc.grids.regular import RegularGrid
    >>> height = np.array([[-1.0, 5.0, -1.0, -1.0], [5.0, 5.0, 5.0, -1.0]])
    >>> surface = Surface.of(height, regular_mesh(RegularGrid(2, 4)), "height")
    >>> region_cells(Region((-135.0, -45.0)), surface)  # the sea goes on over the date line
    array([0, 2, 3, 7], dtype=int32)
    """
    longitude, latitude = drawn_points((region.place,), "region")
    if not surface.mesh.holds(longitude, latitude)[0]:
        raise InputError(
            f"The region is that of a place outside the grid, {place(float(latitude[0]), float(longitude[0]))}; "
            "choose one inside."
        )
    start = int(surface.mesh.nearest_cells(longitude, latitude)[0])
    return np.flatnonzero(connected_cells(_like(surface, start), surface.mesh.owners, start)).astype(np.int32)


def _like(surface: Surface, start: int) -> BoolArray:
    """Whether cells are what one of them is."""
    if surface.quantity in ("height", "depth"):
        sea = surface.is_sea()
        return np.asarray(sea == sea[start])
    if np.isnan(surface.values[start]):
        return ~surface.is_present()
    return np.asarray(surface.values == surface.values[start])
