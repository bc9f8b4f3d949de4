"""Cells of the connected land or sea that holds a place."""

from __future__ import annotations

import numpy as np

from paleobc.conventions import IntArray
from paleobc.grids.walks import connected_cells
from paleobc.topography.edits.drawn_points import drawn_points
from paleobc.topography.edits.shapes import Region
from paleobc.topography.surface import Surface


def region_cells(region: Region, surface: Surface) -> IntArray:
    """
    Flat indices, ascending, of the land or sea, whichever it is, of the cell nearest to a place.

    Takes time with the cells of the region, and a few passes over one byte per cell.

    Examples
    --------
    >>> from paleobc.grids.mesh import regular_mesh
    >>> from paleobc.grids.regular import RegularGrid
    >>> height = np.array([[-1.0, 5.0, -1.0, -1.0], [5.0, 5.0, 5.0, -1.0]])
    >>> surface = Surface.of(height, regular_mesh(RegularGrid(2, 4)), "height")
    >>> region_cells(Region((-135.0, -45.0)), surface)  # the sea goes on over the date line
    array([0, 2, 3, 7], dtype=int32)
    """
    start = int(surface.mesh.nearest_cells(*drawn_points((region.place,), "region"))[0])
    sea = surface.is_sea()
    return np.flatnonzero(connected_cells(sea == sea[start], surface.mesh.owners, start)).astype(np.int32)
