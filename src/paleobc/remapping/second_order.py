"""Weights of second order: with the slope of the field inside each cell, and still exactly conservative."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from paleobc.compilation import kernel
from paleobc.conventions import FloatArray, IntArray
from paleobc.errors import InputError
from paleobc.remapping.overlaps import Overlaps
from paleobc.remapping.weights import Weights, sorted_weights

#: Neighbours nearer than this [radians; 6 mm] are the cell itself, met across a fold or a pole.
_SAME_PLACE: Final = 1e-9

#: Least ratio of the neighbours' spread across and along their main direction, squared: below, no slope is taken.
_LEAST_SPREAD: Final = 1e-6


@kernel
def _tangents(x, y, z):  # type: ignore[no-untyped-def]
    """Two directions at right angles in the tangent plane, from the axis the place is farthest from."""
    if abs(z) < 0.9:
        length = math.hypot(x, y)
        ex, ey, ez = -y / length, x / length, 0.0
    else:
        length = math.hypot(y, z)
        ex, ey, ez = 0.0, -z / length, y / length
    return ex, ey, ez, y * ez - z * ey, z * ex - x * ez, x * ey - y * ex


@kernel
def _differences(centres, neighbours, readable, i, tangents, steps):  # type: ignore[no-untyped-def]
    """
    Put the steps to the neighbours in the tangent plane, and their shares, in ``steps`` (3, k).

    Each share is the inverse square of the distance, 0 for those not read; gives the sums of the normal equations.
    """
    ex, ey, ez, nx, ny, nz = tangents
    a, b, c = 0.0, 0.0, 0.0
    for k in range(neighbours.shape[1]):
        steps[2, k] = 0.0
        other = neighbours[i, k]
        if other < 0 or not readable[other]:
            continue
        dx = centres[other, 0] - centres[i, 0]
        dy = centres[other, 1] - centres[i, 1]
        dz = centres[other, 2] - centres[i, 2]
        east, north = dx * ex + dy * ey + dz * ez, dx * nx + dy * ny + dz * nz
        square = east * east + north * north
        if square > _SAME_PLACE * _SAME_PLACE:
            steps[0, k], steps[1, k], steps[2, k] = east, north, 1.0 / square
            a += east * east / square
            b += east * north / square
            c += north * north / square
    return a, b, c


@kernel
def _gradients(centres, neighbours, wanted, readable):  # type: ignore[no-untyped-def]
    """
    Weights (n, k, 3) of the differences to the neighbours that give the gradient of a field at each centre.

    Least squares in the tangent plane, each neighbour weighted by the inverse square of its distance.
    """
    weights = np.zeros((*neighbours.shape, 3))
    steps = np.zeros((3, neighbours.shape[1]))
    for i in range(neighbours.shape[0]):
        if not wanted[i]:
            continue
        tangents = _tangents(centres[i, 0], centres[i, 1], centres[i, 2])
        a, b, c = _differences(centres, neighbours, readable, i, tangents, steps)
        determinant = a * c - b * b
        if determinant <= _LEAST_SPREAD * (a + c) ** 2:
            continue
        ex, ey, ez, nx, ny, nz = tangents
        for k in range(neighbours.shape[1]):
            scale = steps[2, k] / determinant
            east, north = scale * (c * steps[0, k] - b * steps[1, k]), scale * (a * steps[1, k] - b * steps[0, k])
            weights[i, k, 0] = east * ex + north * nx
            weights[i, k, 1] = east * ey + north * ny
            weights[i, k, 2] = east * ez + north * nz
    return weights


@kernel
def _spread(source, area, moment, mean_place, gradients, neighbours):  # type: ignore[no-untyped-def]
    """Links of each overlap: to its source, and to the source's neighbours by the slope over the overlap."""
    room = source.size * (neighbours.shape[1] + 1)
    sources, overlap, amount = np.empty(room, np.int32), np.empty(room, np.int64), np.empty(room)
    n = 0
    for link in range(source.size):
        i = source[link]
        dx = moment[link, 0] - area[link] * mean_place[i, 0]
        dy = moment[link, 1] - area[link] * mean_place[i, 1]
        dz = moment[link, 2] - area[link] * mean_place[i, 2]
        own = n
        sources[n], overlap[n], amount[n] = i, link, area[link]
        n += 1
        for k in range(neighbours.shape[1]):
            slope = dx * gradients[i, k, 0] + dy * gradients[i, k, 1] + dz * gradients[i, k, 2]
            if slope != 0.0:
                sources[n], overlap[n], amount[n] = neighbours[i, k], link, slope
                amount[own] -= slope
                n += 1
    return sources[:n], overlap[:n], amount[:n]


def second_order_weights(overlaps: Overlaps, neighbours: IntArray, centres: FloatArray | None = None) -> Weights:
    """
    Second order: each source cell holds a plane about the centroid of its covered part.

    The part of the destination that is covered receives the mean of the planes. Because the centroid is that of
    the covered part, the slope moves nothing in or out of a source cell: conservation is exact under any masks.

    Parameters
    ----------
    overlaps : Overlaps
        With moments.
    neighbours : ndarray of int, shape (source cells, k)
        Cells from whose values the slope is taken; -1 for none.
    centres : ndarray, shape (source cells, 3), optional
        Where the values of the source stand, as unit vectors, when all its cells have one: the slope is taken
        between them. When not given, values are those of the covered parts and stand at their centroids, and
        cells that overlap nothing are not read.

    Returns
    -------
    Weights
        The weights of each linked destination cell sum to 1; some are negative.

    Raises
    ------
    InputError
        Where the overlaps carry no moments.

    References
    ----------
    Kritsikis, Aechtner, Meurdesoif and Dubos (2017), doi:10.5194/gmd-10-425-2017.
    """
    if overlaps.moment is None:
        raise InputError("Weights of second order need overlaps with moments; ask for them with moments=True.")
    cover = overlaps.source_cover
    mean_place = _mean_places(overlaps.source, overlaps.moment, cover)
    readable = cover > 0.0
    if centres is None:
        length = np.linalg.norm(mean_place, axis=1, keepdims=True)
        centres = mean_place / np.where(length > 0.0, length, 1.0)
    else:
        readable = np.ones(cover.size, dtype=bool)
    gradients = _gradients(centres, neighbours, cover > 0.0, readable)
    source, overlap, amount = _spread(
        overlaps.source, overlaps.area, overlaps.moment, mean_place, gradients, neighbours
    )
    destination = overlaps.destination[overlap]
    weight = amount / overlaps.destination_cover[destination]
    return sorted_weights(source, destination, weight, cover.size, overlaps.destination_area.size)


def _mean_places(source: IntArray, moment: FloatArray, cover: FloatArray) -> FloatArray:
    """Mean of the unit vectors over the covered part of each source cell, shape (source cells, 3)."""
    sums = np.stack([np.bincount(source, part, cover.size) for part in moment.T], axis=1)
    return np.asarray(sums / np.where(cover > 0.0, cover, 1.0)[:, None])
