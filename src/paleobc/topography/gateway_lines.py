"""A gateway given by a line across it: the band along the line, its two sides, and the sea on the line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.spatial import KDTree

from paleobc.constants import EARTH_RADIUS
from paleobc.conventions import BoolArray, FloatArray, IntArray
from paleobc.errors import InputError
from paleobc.grids.mesh import Mesh
from paleobc.grids.sphere import longitude_latitude, unit_vectors
from paleobc.topography.closed_seas import label_seas
from paleobc.topography.gateway_regions import Sides, cell_sizes_km, cells_in, distances_km, positions
from paleobc.topography.gateways import Box, Gateway

#: The band along a line reaches this part of the line's length to either side, and at least so many cells.
PART_OF_THE_LINE: Final = 0.5
LEAST_BAND: Final = 3.0

#: The line is followed in steps of this part of a cell, and in so many at most.
STEP_ON_THE_LINE: Final = 0.02
MOST_STEPS: Final = 50_000

#: Two neighbouring places of a line are at most so far apart [km].
LONGEST_LEG: Final = 15_000.0

_EARTH_KM: Final = EARTH_RADIUS / 1000.0


@dataclass(frozen=True, eq=False)
class Transect:
    """
    A line followed in short steps on a grid.

    Parameters
    ----------
    vectors : ndarray, shape (steps, 3)
        Middle of each step.
    directions : ndarray, shape (steps, 3)
        Poles of the great circles on which the steps lie: the left side of the line is theirs.
    lengths_km : ndarray, shape (steps,)
    cells : ndarray of int, shape (steps,)
        Flat indices of the cells in which the steps lie.
    """

    vectors: FloatArray
    directions: FloatArray
    lengths_km: FloatArray
    cells: IntArray


def transect_of(gateway: Gateway, mesh: Mesh) -> Transect:
    """Follow the line of a gateway, along great circles from place to place."""
    corners = unit_vectors(*np.transpose(gateway.line))
    lengths = distances_km(corners[1:], corners[:-1])
    if lengths.max() > LONGEST_LEG:
        raise InputError(
            f'The line of the gateway "{gateway.name}" has a leg of {lengths.max():.0f} km, half around the globe, '
            "where the way is not clear; put more places on it."
        )
    size = cell_sizes_km(mesh, mesh.nearest_cells(*np.transpose(gateway.line))).min()
    step = max(STEP_ON_THE_LINE * size, lengths.sum() / MOST_STEPS)
    vectors, directions, spacings = [], [], []
    for start, end, length in zip(corners[:-1], corners[1:], lengths, strict=True):
        count = max(2, int(np.ceil(length / step)))
        angle = length / _EARTH_KM
        along = angle * (np.arange(count) + 0.5)[:, None] / count
        pole = np.cross(start, end) / np.linalg.norm(np.cross(start, end))
        vectors.append(np.cos(along) * start + np.sin(along) * np.cross(pole, start))
        directions.append(np.broadcast_to(pole, (count, 3)))
        spacings.append(np.full(count, length / count))
    middles = np.concatenate(vectors)
    cells = mesh.nearest_cells(*longitude_latitude(middles))
    return Transect(middles, np.concatenate(directions), np.concatenate(spacings), cells)


def sides_of_line(transect: Transect, wet: BoolArray, mesh: Mesh) -> Sides:
    """
    Seas on the two sides of a line, in a band along it.

    The band reaches half the length of the line to either side, at least three cells, and ends where the line
    ends; the sea of a side is what lies in its outer half, or all cells there where none is wet.
    """
    size = cell_sizes_km(mesh, transect.cells).max()
    reach = float(max(PART_OF_THE_LINE * transect.lengths_km.sum(), LEAST_BAND * size))
    cells = np.flatnonzero(cells_in(_box_of(transect, reach), mesh) & mesh.unique)
    vectors = positions(mesh, cells)
    chord, nearest = KDTree(transect.vectors).query(vectors, distance_upper_bound=_chord(reach))
    band = (nearest > 0) & (nearest < transect.cells.size - 1)  # where none is near enough it is their number
    cells, vectors, chord, nearest = cells[band], vectors[band], chord[band], nearest[band]
    left = np.einsum("ck,ck->c", vectors, transect.directions[nearest]) > 0.0
    within = np.zeros(mesh.shape, dtype=bool)
    within.ravel()[cells] = True
    within.ravel()[transect.cells] = True
    outer = (chord > _chord(reach / 2.0)) & ~np.isin(cells, transect.cells)
    seas, dry = [], ""
    for side in (outer & left, outer & ~left):
        sea = side & wet.ravel()[cells]
        dry = dry if sea.any() else "there is no sea on one side of its line"
        seas.append(cells[sea if sea.any() else side])
    short = min(sea.size for sea in seas) == 0
    unclear = "its line is too short for this grid; make it longer" if short else ""
    return Sides(seas[0], seas[1], seas[0], seas[1], within, dry, unclear)


def crossed(transect: Transect, sides: Sides, wet: BoolArray, mesh: Mesh) -> tuple[int, float]:
    """Sea on the line that is joined to both of its sides inside the band: number of cells, and length [km]."""
    water = label_seas(wet & sides.within, mesh.owners, np.ones((mesh.shape[0], 1))).ravel()
    both = np.intersect1d(water[sides.first], water[sides.second])
    through = np.isin(water[transect.cells], both[both > 0])
    return int(np.unique(transect.cells[through]).size), float(transect.lengths_km[through].sum())


def _chord(distance_km: float) -> float:
    """Straight distance between places of the unit sphere that are so far apart on the Earth."""
    return float(2.0 * np.sin(min(distance_km / _EARTH_KM, np.pi) / 2.0))


def _box_of(transect: Transect, reach: float) -> Box:
    """Box that holds everything within a distance [km] of the line."""
    middle = transect.vectors.mean(axis=0)
    middle /= np.linalg.norm(middle)
    radius = min((distances_km(transect.vectors, middle).max() + reach) / _EARTH_KM, np.pi)
    longitude, latitude = (float(each) for each in longitude_latitude(middle))
    south, north = latitude - np.degrees(radius), latitude + np.degrees(radius)
    if south <= -90.0 or north >= 90.0:
        return Box(-180.0, max(south, -90.0), 180.0, min(north, 90.0))
    width = float(np.degrees(np.arcsin(np.sin(radius) / np.cos(np.radians(latitude)))))
    return Box(longitude - width, south, longitude + width, north)
