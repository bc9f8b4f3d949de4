"""Cells of a gateway on a grid: its box, and the seas on its two sides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from paleobc import conventions
from paleobc.compilation import kernel
from paleobc.constants import EARTH_RADIUS
from paleobc.conventions import BoolArray, FloatArray, IntArray
from paleobc.grids.mesh import Mesh
from paleobc.grids.sphere import unit_vectors
from paleobc.topography.gateways import Box, Place

#: A place on land is moved to the nearest sea within this distance [km], and at most half the way to the other.
REACH_OF_A_PLACE: Final = 250.0

#: The sea on a side of a gateway is what lies within this part of the way from one place to the other.
PART_OF_THE_WAY: Final = 0.25

_EARTH_KM: Final = EARTH_RADIUS / 1000.0


@dataclass(frozen=True, eq=False)
class Sides:
    """
    The two seas that a gateway joins, and where the way between them is looked for.

    Parameters
    ----------
    start, end : ndarray of int
        Flat indices of the cells between which the sill is looked for.
    first, second : ndarray of int
        Flat indices of the seas between which the width is measured.
    within : ndarray of bool, shape (rows, columns)
    dry : str
        Which side has no sea, so that the gateway is closed; empty if both have.
    unclear : str
        Why nothing can be said of the gateway on this grid; empty if all is well.
    """

    start: IntArray
    end: IntArray
    first: IntArray
    second: IntArray
    within: BoolArray
    dry: str = ""
    unclear: str = ""


@kernel
def _inside(longitudes, latitudes, west, width, south, north):  # type: ignore[no-untyped-def]
    """Which places are in a box; one pass, because a mesh may hold its places spread over no memory."""
    rows, columns = longitudes.shape
    inside = np.empty((rows, columns), np.bool_)
    for j in range(rows):
        for i in range(columns):
            inside[j, i] = south <= latitudes[j, i] <= north and (longitudes[j, i] - west) % 360.0 <= width
    return inside


def cells_in(box: Box, mesh: Mesh) -> BoolArray:
    """Cells whose centres are in a box, shape (rows, columns)."""
    return np.asarray(_inside(mesh.longitudes, mesh.latitudes, box.west, box.width, box.south, box.north))


def positions(mesh: Mesh, cells: IntArray) -> FloatArray:
    """Unit vectors of the centres of cells, shape (cells, 3)."""
    rows, columns = np.divmod(cells, mesh.shape[1])
    return unit_vectors(mesh.longitudes[rows, columns], mesh.latitudes[rows, columns])


def distances_km(vectors: FloatArray, other: FloatArray) -> FloatArray:
    """Great-circle distance between places given by unit vectors [km]."""
    chords = np.linalg.norm(vectors - other, axis=-1)
    return np.asarray(2.0 * _EARTH_KM * np.arcsin(np.clip(chords / 2.0, 0.0, 1.0)))


def cell_sizes_km(mesh: Mesh, cells: IntArray) -> FloatArray:
    """Side of a square as large as each cell [km]."""
    return np.asarray(np.sqrt(mesh.cell_area[cells // mesh.shape[1], cells % mesh.shape[1]]) / 1000.0)


def sides_of_pair(pair: tuple[Place, Place], box: Box, wet: BoolArray, mesh: Mesh) -> Sides:
    """
    Seas on the two sides of a gateway given by two places.

    A place on land is moved to the nearest sea, no farther than `REACH_OF_A_PLACE` and half the way to the
    other. The sea of a side, for the width, is all sea within a quarter of the way.
    """
    within = cells_in(box, mesh)
    places = unit_vectors(*np.transpose(pair))
    home = mesh.nearest_cells(*np.transpose(pair))
    within.ravel()[home] = True
    apart = float(distances_km(places[0], places[1]))
    cells = np.flatnonzero(wet & within & mesh.unique)
    vectors = positions(mesh, cells)
    ends, seas, dry = [], [], []
    for place, at_home, named in zip(places, home, pair, strict=True):
        away = distances_km(vectors, place)
        reach = min(REACH_OF_A_PLACE, apart / 2.0)
        end = np.array([at_home])
        if not wet.ravel()[at_home]:
            near = away <= reach
            end = cells[near][[np.argmin(away[near])]] if near.any() else end
            dry += [] if near.any() else [(conventions.place(named[1], _turned(named[0])), reach)]
        ends.append(end)
        seas.append(np.union1d(cells[away <= PART_OF_THE_WAY * apart], end))
    return Sides(
        *(ends[0], ends[1], seas[0], seas[1], within),
        dry=f"there is no sea within {dry[0][1]:.0f} km of {dry[0][0]}" if dry else "",
        unclear="both of its places are in the same cell; put them farther apart" if ends[0] == ends[1] else "",
    )


def _turned(longitude: float) -> float:
    """Longitude from -180 to 180 [degrees]."""
    return (longitude + 180.0) % 360.0 - 180.0


def extents_km(mesh: Mesh, cells: IntArray) -> tuple[FloatArray, FloatArray]:
    """
    Extent of cells from west to east and from south to north [km], each of shape (rows * columns,), elsewhere 0.

    The first is half the distance between the centres of the neighbours to the east and to the west, the second
    what makes the area of it. A cell at the pivot of a fold has one neighbour on both sides: it counts as a square.
    """
    rows, columns = np.divmod(cells, mesh.shape[1])
    east = positions(mesh, mesh.owners[rows + 1, columns + 2])
    west = positions(mesh, mesh.owners[rows + 1, columns])
    width, height = np.zeros(mesh.unique.size), np.zeros(mesh.unique.size)
    across, area = distances_km(east, west) / 2.0, mesh.cell_area[rows, columns] / 1e6
    width[cells] = np.where(across > 0.0, across, np.sqrt(area))
    height[cells] = area / width[cells]
    return width, height
