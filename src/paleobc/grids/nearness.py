"""Cells whose centres lie near a line of great-circle arcs, or near a place."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from paleobc.compilation import inline_kernel, kernel
from paleobc.conventions import FloatArray, IntArray
from paleobc.grids.arcs import arcs_through
from paleobc.grids.regular import RegularGrid

#: Arcs are cut into pieces no longer than the distance, or than this [rad], so that few cells are looked at.
_SHORT: Final = 0.05

#: Room around a piece for rounding [rad]; the exact distance decides.
_SLACK: Final = 1.0e-9


@inline_kernel
def _is_near(x, y, z, arc, sine, chord2):  # type: ignore[no-untyped-def]
    """
    Whether a centre is near an arc, a row of `_described`.

    Beside the arc the distance is measured to its great circle, beyond its ends to them.
    """
    if x * arc[9] + y * arc[10] + z * arc[11] > 0.0 and x * arc[12] + y * arc[13] + z * arc[14] > 0.0:
        return abs(x * arc[6] + y * arc[7] + z * arc[8]) <= sine
    to_start = (x - arc[0]) ** 2 + (y - arc[1]) ** 2 + (z - arc[2]) ** 2
    to_end = (x - arc[3]) ** 2 + (y - arc[4]) ** 2 + (z - arc[5]) ** 2
    return min(to_start, to_end) <= chord2


@kernel
def _mark_columns(first, count, arc, sine, chord2, row, column_cosine, column_sine, near):  # type: ignore[no-untyped-def]
    """Mark those of some columns of a row whose centres are near an arc."""
    i = first % near.size
    for _ in range(count):
        if not near[i]:
            near[i] = _is_near(row[0] * column_cosine[i], row[0] * column_sine[i], row[1], arc, sine, chord2)
        i = i + 1 if i + 1 < near.size else 0


@kernel
def _near_on_rows(arcs, discs, sine, chord2, latitudes, first_longitude, column_cosine, column_sine, near):  # type: ignore[no-untyped-def]
    """Cells of a regular grid near arcs: rows in the band of each disc, in each row the columns in the disc."""
    rows, columns = latitudes.size, column_cosine.size
    height, width = math.pi / rows, 2.0 * math.pi / columns
    row = np.empty(2)
    for k in range(len(arcs)):
        longitude, latitude, reach = discs[k]
        lowest = max(0, math.ceil((latitude - reach + 0.5 * math.pi) / height - 0.5))
        highest = min(rows - 1, math.floor((latitude + reach + 0.5 * math.pi) / height - 0.5))
        disc = math.sin(0.5 * min(reach, math.pi)) ** 2
        for j in range(lowest, highest + 1):
            row[0], row[1] = math.cos(latitudes[j]), math.sin(latitudes[j])
            left = disc - math.sin(0.5 * (latitudes[j] - latitude)) ** 2
            cosines = row[0] * math.cos(latitude)
            if left >= cosines:  # the disc holds the whole row
                first, count = 0, columns
            else:
                half = 2.0 * math.asin(math.sqrt(max(left, 0.0) / cosines)) + _SLACK / row[0]
                west = (longitude - half - first_longitude) / width
                east = (longitude + half - first_longitude) / width
                first = math.ceil(west)
                count = min(math.floor(east) - first + 1, columns)
            _mark_columns(first, count, arcs[k], sine, chord2, row, column_cosine, column_sine, near[j])


@kernel
def _near_among_points(arcs, discs, sine, chord2, points):  # type: ignore[no-untyped-def]
    """Points near arcs; points, unit vectors, run from south to north, so that only those of a band are looked at."""
    near = np.zeros(len(points), np.bool_)
    for k in range(len(arcs)):
        _, latitude, reach = discs[k]
        south, north = max(latitude - reach, -0.5 * math.pi), min(latitude + reach, 0.5 * math.pi)
        first = np.searchsorted(points[:, 2], math.sin(south) - _SLACK)
        last = np.searchsorted(points[:, 2], math.sin(north) + _SLACK)
        for p in range(first, last):
            if not near[p]:
                near[p] = _is_near(points[p, 0], points[p, 1], points[p, 2], arcs[k], sine, chord2)
    return near


def _described(longitudes: FloatArray, latitudes: FloatArray, distance: float) -> tuple[FloatArray, FloatArray]:
    """
    Pieces of a line, and a disc around each that holds all that is near it.

    Returns
    -------
    arcs : ndarray, shape (pieces, 15)
        Unit vectors: start, end, normal, and the directions in which the piece leaves its start and its end.
    discs : ndarray, shape (pieces, 3)
        Longitude, latitude and radius [rad].
    """
    line = arcs_through(longitudes, latitudes, max(distance, _SHORT))
    starts, ends = (line.points[:-1], line.points[1:]) if len(line.points) > 1 else (line.points, line.points)
    normals = line.normals[line.arc[-len(ends) :]]
    arcs = np.concatenate([starts, ends, normals, np.cross(normals, starts), np.cross(ends, normals)], axis=1)
    middle = starts + ends
    half = np.arcsin(np.minimum(np.linalg.norm(starts - ends, axis=1) / 2.0, 1.0))
    x, y, z = middle.T
    discs = np.stack([np.arctan2(y, x), np.arctan2(z, np.hypot(x, y)), half + distance + _SLACK], axis=1)
    return arcs, discs


def _limits(distance: float) -> tuple[float, float]:
    """Sine and squared chord of a distance [rad]; without limit where nothing is further."""
    sine = math.sin(distance) if distance < math.pi / 2.0 else math.inf
    return sine, 4.0 * math.sin(distance / 2.0) ** 2 if distance < math.pi else math.inf


def regular_cells_near(grid: RegularGrid, longitudes: FloatArray, latitudes: FloatArray, distance: float) -> IntArray:
    """
    Flat indices, ascending, of the cells of a regular grid whose centres are near a line.

    Takes time with the cells in discs around the pieces of the line, and a pass over one byte per cell.

    Parameters
    ----------
    grid : RegularGrid
    longitudes, latitudes : ndarray, shape (places,)
        Places through which the line goes on great circles; a single one is a line without length [degrees].
    distance : float
        How far from the line [rad].

    Examples
    --------
    >>> regular_cells_near(RegularGrid(4, 8), np.array([0.0, 45.0]), np.array([22.5, 22.5]), np.radians(25.0))
    array([19, 20, 21])
    """
    arcs, discs = _described(longitudes, latitudes, distance)
    columns = np.radians(grid.longitudes)
    near = np.zeros(grid.shape, dtype=np.bool_)
    rows = np.radians(grid.latitudes)
    _near_on_rows(arcs, discs, *_limits(distance), rows, columns[0], np.cos(columns), np.sin(columns), near)
    return np.flatnonzero(near)


def points_near(points: FloatArray, longitudes: FloatArray, latitudes: FloatArray, distance: float) -> IntArray:
    """
    Numbers of the points that are near a line.

    Takes time with the pieces of the line times the points in the band of latitudes around each.

    Parameters
    ----------
    points : ndarray, shape (points, 3)
        Unit vectors, from south to north.
    longitudes, latitudes, distance
        See `regular_cells_near`.

    Examples
    --------
    >>> places = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    >>> points_near(places, np.array([10.0, 80.0]), np.array([0.0, 0.0]), np.radians(11.0))
    array([0, 1])
    """
    arcs, discs = _described(longitudes, latitudes, distance)
    return np.flatnonzero(_near_among_points(arcs, discs, *_limits(distance), points))
