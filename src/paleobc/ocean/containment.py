"""Which cell of an ocean grid holds each piece of a relief: sums over the cells by walking from one to the next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from paleobc.compilation import kernel
from paleobc.conventions import FloatArray, IntArray
from paleobc.grids.curvilinear import CurvilinearGrid
from paleobc.grids.fold import owner_table, unique_cells
from paleobc.grids.regular import RegularGrid
from paleobc.grids.sphere import polygon_areas, unit_vectors

#: Pieces of relief wanted along the side of a small ocean cell.
PIECES_ALONG_A_SIDE: Final = 4
#: Rows of pieces beyond which a relief is not cut any finer.
MOST_ROWS: Final = 3600
#: Part of a piece by which its point lies south-west of its middle: no point then falls on an edge of a cell.
_NUDGE: Final = 1e-6


@dataclass(frozen=True)
class CellSums:
    """
    What a relief adds up to in each cell of an ocean grid.

    Parameters
    ----------
    area, sea_area : ndarray, shape (rows, columns)
        Area of the relief, and of its sea, in each unique cell [sr]; 0 in copies.
    depth : ndarray, shape (rows, columns)
        Integral of the depth of that sea [m sr].
    """

    area: FloatArray
    sea_area: FloatArray
    depth: FloatArray


def sum_over_cells(height: FloatArray, relief_grid: RegularGrid, ocean_grid: CurvilinearGrid) -> CellSums:
    """
    Area, sea area and depth of a relief within each cell of an ocean grid.

    The relief is cut into pieces small against the ocean cells; each piece belongs to the cell that holds its
    middle. Pieces south of the grid belong to none.

    Parameters
    ----------
    height : ndarray, shape (relief rows, relief columns)
        Height above sea level [m], south to north; land is above 0.
    relief_grid : RegularGrid
    ocean_grid : CurvilinearGrid

    References
    ----------
    Devillers, Pion and Teillaud (2002), doi:10.1142/S0129054102001047: walking in a mesh.
    """
    parts = _parts_per_cell(relief_grid, ocean_grid)
    fine = RegularGrid(relief_grid.rows * parts, relief_grid.columns * parts, relief_grid.west)
    latitude = np.radians(fine.latitudes - _NUDGE * fine.latitude_step)
    longitude = np.radians(fine.longitudes - _NUDGE * fine.longitude_step)
    normals, neighbours = _sides(ocean_grid)
    unique = np.flatnonzero(unique_cells(ocean_grid.layout)).astype(np.int32)
    edges = np.sin(np.radians(np.linspace(-90.0, 90.0, fine.rows + 1)))
    sums = _walk(
        np.ascontiguousarray(height, dtype=np.float64),
        parts,
        np.stack([np.sin(latitude), np.cos(latitude), np.diff(edges) * 2.0 * np.pi / fine.columns]),
        np.stack([np.cos(longitude), np.sin(longitude)]),
        normals,
        neighbours,
        unique,
        sum(ocean_grid.layout.shape),
    )
    return CellSums(*(total.reshape(ocean_grid.layout.shape) for total in sums))


def _parts_per_cell(relief_grid: RegularGrid, ocean_grid: CurvilinearGrid) -> int:
    """Number of pieces into which the side of a cell of the relief is cut."""
    areas = np.abs(polygon_areas(unit_vectors(ocean_grid.corner_longitude, ocean_grid.corner_latitude)))
    side = np.degrees(np.sqrt(np.quantile(areas[unique_cells(ocean_grid.layout)], 0.05)))
    wanted = int(np.ceil(PIECES_ALONG_A_SIDE * relief_grid.latitude_step / side))
    return int(np.clip(wanted, 1, max(1, MOST_ROWS // relief_grid.rows)))


def _sides(grid: CurvilinearGrid) -> tuple[FloatArray, IntArray]:
    """Inward normals of the western, eastern, southern and northern side of each cell, and the cells beyond."""
    corners = unit_vectors(grid.corner_longitude, grid.corner_latitude)
    south_west, south_east = corners[:-1, :-1], corners[:-1, 1:]
    north_west, north_east = corners[1:, :-1], corners[1:, 1:]
    ends = (north_west, south_west), (south_east, north_east), (south_west, south_east), (north_east, north_west)
    normals = np.stack([np.cross(start, end) for start, end in ends], axis=2)
    owner = owner_table(grid.layout)
    beyond = owner[1:-1, :-2], owner[1:-1, 2:], owner[:-2, 1:-1], owner[2:, 1:-1]
    return normals.reshape(-1, 4, 3), np.stack(beyond, axis=2).reshape(-1, 4)


@kernel
def _missed_side(normals, cell, x, y, z):  # type: ignore[no-untyped-def]
    """First side of a cell beyond which a place lies; -1 where the cell holds it."""
    for side in range(4):
        n = normals[cell, side]
        if n[0] * x + n[1] * y + n[2] * z < 0.0:
            return side
    return -1


@kernel
def _holder(normals, neighbours, unique, cell, x, y, z, most_steps):  # type: ignore[no-untyped-def]
    """Cell that holds a place, walking from another; -1 - the last cell where it lies south of the grid."""
    for _ in range(most_steps):
        side = _missed_side(normals, cell, x, y, z)
        if side < 0:
            return cell
        if neighbours[cell, side] < 0:
            return -1 - cell
        cell = neighbours[cell, side]
    for other in unique:  # a walk in circles, seen at the poles of the grid only
        if _missed_side(normals, other, x, y, z) < 0:
            return other
    return -1 - cell


@kernel
def _walk(height, parts, rows, columns, normals, neighbours, unique, most_steps):  # type: ignore[no-untyped-def]
    """Area, sea area and depth in each cell; ``rows`` holds sine, cosine and area, ``columns`` cosine and sine."""
    cells = normals.shape[0]
    area, sea_area, depth = np.zeros(cells), np.zeros(cells), np.zeros(cells)
    at = first = unique[0]
    for j in range(rows.shape[1]):
        sine, cosine, piece = rows[0, j], rows[1, j], rows[2, j]
        at = first
        for i in range(columns.shape[1]):
            held = _holder(
                normals, neighbours, unique, at, cosine * columns[0, i], cosine * columns[1, i], sine, most_steps
            )
            at = held if held >= 0 else -1 - held
            if i == 0:
                first = at
            if held >= 0:
                here = height[j // parts, i // parts]
                area[held] += piece
                if not here > 0.0:
                    sea_area[held] += piece
                    depth[held] -= piece * here
    return area, sea_area, depth
