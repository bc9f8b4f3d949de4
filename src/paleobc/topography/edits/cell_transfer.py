"""Cells chosen one by one, carried over to another grid by their places and sizes."""

from __future__ import annotations

from typing import Final

import numpy as np

from paleobc.compilation import kernel
from paleobc.constants import EARTH_RADIUS
from paleobc.conventions import FloatArray, IntArray
from paleobc.errors import InputError
from paleobc.grids.mesh import Mesh
from paleobc.grids.sphere import unit_vectors
from paleobc.topography.edits.cell_list import listed
from paleobc.topography.edits.drawn_points import on_the_globe
from paleobc.topography.edits.shapes import CellList

#: A cell of another grid is the same cell when its centre is so near, and its side so alike, in parts of a side.
SAME_CELL: Final = 0.01

#: Cells of one grid do not overlap; a list that covers more than so many globes is none of cells.
MOST_GLOBES: Final = 2.0


def transferred(shape: CellList, mesh: Mesh) -> tuple[CellList, IntArray]:
    """
    List of the cells of another grid that stand for listed cells, and from which of those each comes.

    A listed cell reaches over a square of its size around its place, two sides of it along the meridian. To it
    belong the cells of the new grid whose centres lie in the square, and the cell nearest to the place; that one
    alone where it has the same place and size, to a hundredth of a side. So a list goes over to the same grid,
    however its columns are counted, as the same cells. A cell that belongs to several comes from the nearest
    place, of equally near ones from the first. A place outside a grid, on an ocean grid further from all cells than
    twice their side and its own, has no nearest cell there. Takes time with the listed cells times the cells in the
    band of each.

    Parameters
    ----------
    shape : CellList
        With places and sizes.
    mesh : Mesh
        The other grid.

    Returns
    -------
    cells : CellList
        On the other grid, by row and column.
    source : ndarray of int, shape (cells,)
        Number, in the old list, of the cell each comes from.

    Raises
    ------
    InputError
        Where the list has no places or sizes, or they are none of cells.

    Examples
    --------
    >>> from paleobc.grids.mesh import regular_mesh
    >>> from paleobc.grids.regular import RegularGrid
    >>> coarse = CellList(((1, 1),), ((-90.0, 45.0),), (7000.0,))
    >>> cells, source = transferred(coarse, regular_mesh(RegularGrid(4, 8)))
    >>> cells.cells, source
    (((2, 1), (2, 2), (3, 1), (3, 2)), array([0, 0, 0, 0]))
    """
    if not shape.cells:
        return shape, np.zeros(0, dtype=np.int64)
    longitudes, latitudes, sides = _footprints(shape)
    nearest = mesh.nearest_cells(longitudes, latitudes)
    row, column = np.divmod(nearest, mesh.shape[1])
    new_sides = np.sqrt(mesh.cell_area[row, column])
    centres = unit_vectors(mesh.longitudes[row, column], mesh.latitudes[row, column])
    away = np.linalg.norm(centres - unit_vectors(longitudes, latitudes), axis=1) * EARTH_RADIUS
    same = (away <= SAME_CELL * sides) & (np.abs(new_sides - sides) <= SAME_CELL * sides)
    too_far = (away > 2.0 * np.maximum(sides, new_sides)) & (mesh.kind == "tripolar")
    lost = too_far | ~mesh.holds(longitudes, latitudes)
    half = np.where(same, -1.0, sides / (2.0 * EARTH_RADIUS))
    source = _sources(np.radians(longitudes), np.radians(latitudes), half, np.where(lost, -1, nearest), mesh)
    cells = np.flatnonzero(source >= 0)
    return listed(cells, mesh), source[cells]


def _footprints(shape: CellList) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Longitudes and latitudes [degrees] of listed cells, and their sides [m]."""
    if not len(shape.places) == len(shape.sizes_km) == len(shape.cells):
        raise InputError(
            "The listed cells have no places and sizes, one for each, and cannot be found on another grid; "
            "use the grid on which they were chosen."
        )
    try:
        places = np.array(shape.places, dtype=np.float64).reshape(len(shape.places), 2)
        sides = 1000.0 * np.array(shape.sizes_km, dtype=np.float64)
    except (ValueError, TypeError, OverflowError):
        raise InputError("The places and sizes of the listed cells are not all numbers.") from None
    good = on_the_globe(places[:, 0], places[:, 1]) & (sides > 0.0)
    if not good.all():
        row, column = shape.cells[int(np.argmin(good))]
        raise InputError(f"The listed cell of row {row} and column {column} has no place on the globe, or no size.")
    if not (sides**2).sum() <= MOST_GLOBES * 4.0 * np.pi * EARTH_RADIUS**2:
        raise InputError("The listed cells cover more than the globe; their sizes are the sides of cells [km].")
    return places[:, 0], places[:, 1], sides


def _sources(
    longitudes: FloatArray, latitudes: FloatArray, half: FloatArray, nearest: IntArray, mesh: Mesh
) -> IntArray:
    """Number of the nearest place to which each position of the grid belongs, -1 for none, shape (cells,)."""
    cells = np.flatnonzero(mesh.unique)
    cells = cells[np.argsort(mesh.latitudes.ravel()[cells], kind="stable")]
    source = np.full(cells.size, -1, dtype=np.int64)
    at = np.full(mesh.unique.size + 1, -1, dtype=np.int64)  # its last one, -1, stands for no cell
    at[cells] = np.arange(cells.size)
    east, north = np.radians(mesh.longitudes.ravel()[cells]), np.radians(mesh.latitudes.ravel()[cells])
    _choose_sources(longitudes, latitudes, half, at[nearest], east, north, source)
    everywhere = np.full(mesh.unique.size, -1, dtype=np.int64)
    everywhere[cells] = source
    return everywhere


@kernel
def _choose_sources(longitudes, latitudes, half, nearest, east, north, source):  # type: ignore[no-untyped-def]
    """For each cell, sorted from south to north, the nearest of the places in whose square it lies."""
    closest = np.full(east.size, np.inf)
    for k in range(longitudes.size):
        first = np.searchsorted(north, latitudes[k] - half[k])
        last = max(first, np.searchsorted(north, latitudes[k] + half[k], side="right"))
        cosine = np.cos(latitudes[k])
        for q in range(first - 1, last):
            cell = q if q >= first else nearest[k]
            if cell < 0:
                continue
            turn = abs(east[cell] - longitudes[k]) % (2.0 * np.pi)
            turn = min(turn, 2.0 * np.pi - turn)
            if q >= first and turn * cosine > half[k]:
                continue
            away = np.sin(0.5 * (north[cell] - latitudes[k])) ** 2
            away += np.cos(north[cell]) * cosine * np.sin(0.5 * turn) ** 2
            if away < closest[cell] * (1.0 - 1e-9):  # the first of places that are equally near
                closest[cell] = away
                source[cell] = k
