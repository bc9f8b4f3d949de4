"""Overlaps of ocean cells with those of LMDZ as MOSAIC measures them: in the plane, around each cell of LMDZ."""

from __future__ import annotations

import itertools
import math
from typing import Final

import numpy as np

from paleobc.compilation import kernel
from paleobc.conventions import FloatArray, IntArray
from paleobc.remapping.atmosphere import AtmosphereGrid

#: Part of a cell of LMDZ below which an overlap is none.
LEAST_PART: Final = 2.22e-16

#: By how much the plane can stretch a cell of the ocean near the middle of a cell of LMDZ, and straight sides bulge.
_STRETCH: Final = 1.2
_BULGE: Final = 0.004


def plane_overlaps(
    longitude: FloatArray, latitude: FloatArray, atmosphere: AtmosphereGrid, degree: float = math.pi / 180.0
) -> tuple[IntArray, IntArray, FloatArray]:
    """
    Part of each cell of LMDZ that each ocean cell covers.

    Around the middle of a cell of LMDZ, the pole for the whole of a cap, all vertices are laid into the plane by
    Lambert's equal-area projection and joined by straight lines. Each cell is a fan of triangles about its
    middle; those that turn the wrong way, of twisted ocean cells, do not count.

    Parameters
    ----------
    longitude, latitude : ndarray, shape (n, 9)
        The eight vertices of each ocean cell, clockwise, and its point [degrees].
    atmosphere : AtmosphereGrid
    degree : float
        A degree in radians: MOZAIC rounds it, which displaces a corner at the pole by a centimetre.

    Returns
    -------
    ocean, cell : ndarray of int, shape (m,)
        Number of the ocean cell, ascending, and flat index of that of LMDZ: the first of its row for a cap.
    part : ndarray, shape (m,)
        Overlap over area of the cell of LMDZ.

    References
    ----------
    Snyder (1987), doi:10.3133/pp1395; Sutherland and Hodgman (1974), doi:10.1145/360767.360802.

    Examples
    --------
    >>> from paleobc.remapping.atmosphere import LMD96X95
    >>> east, north = np.array([[-1.0, 0, 1, 1, 1, 0, -1, -1, 0]]), np.array([[1.0, 1, 1, 0, -1, -1, -1, 0, 0]])
    >>> ocean, cell, part = plane_overlaps(east, north, LMD96X95)
    >>> (cell % 96).tolist(), (cell // 96).tolist(), float((part * 3.75 * 180 / 95).sum().round(2))
    ([48, 48], [47, 48], 4.0)
    """
    fans, sizes = _fans(atmosphere, degree)
    latitudes, edges = atmosphere.latitudes.copy(), atmosphere.latitude_edges
    latitudes[1:-1] = 0.5 * (edges[1:-2] + edges[2:-1])
    found = _overlaps(longitude, latitude, fans, sizes, atmosphere.longitudes, latitudes, edges, degree)
    return found[0], found[1], found[2]


def _fans(atmosphere: AtmosphereGrid, degree: float) -> tuple[FloatArray, IntArray]:
    """Triangles of a cell of each row in the plane around its middle, anticlockwise, and how many there are."""
    columns, rows = atmosphere.columns, atmosphere.rows
    fans, sizes = np.zeros((rows, columns, 3, 2)), np.full(rows, 8)
    half = 180.0 / columns
    side, height = np.array([-1, 0, 1, 1, 1, 0, -1, -1]) * half, np.array([1, 1, 1, 0, -1, -1, -1, 0])
    ring = atmosphere.longitude_edges[:-1]
    for row, (north, south) in enumerate(itertools.pairwise(atmosphere.latitude_edges)):
        middle = 0.5 * (north + south)
        if row in (0, rows - 1):
            sizes[row] = columns
            outline = _projected(
                ring, np.full(columns, south if row == 0 else north), math.copysign(90, middle), degree
            )
        else:
            outline = _projected(side, np.choose(height + 1, [south, middle, north]), middle, degree)
        following = np.roll(outline, -1, axis=0)
        clockwise = (outline[:, 0] * following[:, 1] - outline[:, 1] * following[:, 0]).sum() < 0.0
        fans[row, : sizes[row], 1:] = np.stack([following, outline] if clockwise else [outline, following], axis=1)
    return fans, sizes


def _projected(longitude: FloatArray, latitude: FloatArray, middle: float, degree: float) -> FloatArray:
    """Lambert's azimuthal equal-area projection around a latitude on the meridian 0, all in degrees, shape (n, 2)."""
    places = np.empty((longitude.size, 2))
    _project(longitude, np.sin(latitude * degree), np.cos(latitude * degree), 0.0, middle, degree, places)
    return places


@kernel
def _clipped_area(subject, clip, size, buffers):  # type: ignore[no-untyped-def]
    """Area of a triangle within another, both anticlockwise."""
    points, other = buffers[0], buffers[1]
    points[:3] = subject
    for k in range(3):
        ax, ay = clip[k, 0], clip[k, 1]
        dx, dy = clip[(k + 1) % 3, 0] - ax, clip[(k + 1) % 3, 1] - ay
        count = 0
        px, py = points[size - 1, 0], points[size - 1, 1]
        before = dx * (py - ay) - dy * (px - ax)
        for i in range(size):
            qx, qy = points[i, 0], points[i, 1]
            after = dx * (qy - ay) - dy * (qx - ax)
            if (before < 0.0) != (after < 0.0):
                share = before / (before - after)
                other[count, 0], other[count, 1] = px + share * (qx - px), py + share * (qy - py)
                count += 1
            if after >= 0.0:
                other[count, 0], other[count, 1] = qx, qy
                count += 1
            px, py, before = qx, qy, after
        points, other, size = other, points, count
        if size < 3:
            return 0.0
    doubled = 0.0
    for i in range(1, size - 1):
        doubled += (points[i, 0] - points[0, 0]) * (points[i + 1, 1] - points[0, 1]) - (points[i, 1] - points[0, 1]) * (
            points[i + 1, 0] - points[0, 0]
        )
    return 0.5 * doubled


@kernel
def _box(triangle, box):  # type: ignore[no-untyped-def]
    for d in range(2):
        box[d] = min(triangle[0, d], triangle[1, d], triangle[2, d])
        box[2 + d] = max(triangle[0, d], triangle[1, d], triangle[2, d])


@kernel
def _doubled_area(triangle):  # type: ignore[no-untyped-def]
    return (triangle[1, 0] - triangle[0, 0]) * (triangle[2, 1] - triangle[0, 1]) - (triangle[1, 1] - triangle[0, 1]) * (
        triangle[2, 0] - triangle[0, 0]
    )


@kernel
def _fan_overlap(places, fan, size, boxes, buffers, triangle, box):  # type: ignore[no-untyped-def]
    """Area of an ocean cell in the plane, clockwise about its last place, within a fan of triangles."""
    low_x, low_y = places[:, 0].min(), places[:, 1].min()
    high_x, high_y = places[:, 0].max(), places[:, 1].max()
    area = 0.0
    for n in range(size):
        if boxes[n, 0] > high_x or boxes[n, 2] < low_x or boxes[n, 1] > high_y or boxes[n, 3] < low_y:
            continue
        for k in range(8):
            triangle[0], triangle[1], triangle[2] = places[8], places[(k + 1) % 8], places[k]
            _box(triangle, box)
            if boxes[n, 0] > box[2] or boxes[n, 2] < box[0] or boxes[n, 1] > box[3] or boxes[n, 3] < box[1]:
                continue
            if _doubled_area(triangle) > 0.0:
                area += max(_clipped_area(triangle, fan[n], 3, buffers), 0.0)
    return area


@kernel
def _reach(longitude, latitude):  # type: ignore[no-untyped-def]
    """Angle from the point of an ocean cell to its farthest vertex, with what the plane may add [radians]."""
    east, north = np.radians(longitude), np.radians(latitude)
    farthest = 0.0
    for k in range(8):
        across = math.cos(north[k]) * math.cos(north[8]) * math.sin(0.5 * (east[k] - east[8])) ** 2
        farthest = max(farthest, math.sin(0.5 * (north[k] - north[8])) ** 2 + across)
    return _STRETCH * 2.0 * math.asin(min(math.sqrt(farthest), 1.0)) + _BULGE


@kernel
def _project(longitude, sine, cosine, east, north, degree, places):  # type: ignore[no-untyped-def]
    """Lay places into the plane around a middle; longitudes may be whole turns away."""
    middle_sine, middle_cosine = math.sin(north * degree), math.cos(north * degree)
    for k in range(longitude.size):
        away = longitude[k] - east
        away = (away - 360.0 * round(away / 360.0)) * degree
        outward = cosine[k] * math.cos(away)
        factor = math.sqrt(2.0 / (1.0 + middle_sine * sine[k] + middle_cosine * outward))
        places[k, 0] = factor * cosine[k] * math.sin(away)
        places[k, 1] = factor * (middle_cosine * sine[k] - middle_sine * outward)


@kernel
def _extent(longitude, latitude, longitudes, edges, extent):  # type: ignore[no-untyped-def]
    """First and last row, first column and number of columns that an ocean cell may touch."""
    rows, step = edges.size - 1, 360.0 / longitudes.size
    height = (edges[1] - edges[rows - 1]) / (rows - 2)
    reach = math.degrees(_reach(longitude, latitude))
    extent[0] = max(math.floor((90.0 - latitude[8] - reach) / height + 0.5), 0)
    extent[1] = min(math.floor((90.0 - latitude[8] + reach) / height + 0.5), rows - 1)
    extent[2], extent[3] = 0, longitudes.size
    if abs(latitude[8]) + reach < 90.0:
        ratio = math.sin(math.radians(reach)) / math.cos(math.radians(latitude[8]))
        wide = math.degrees(math.asin(min(ratio, 1.0)))
        east = longitude[8] - (longitudes[0] - 0.5 * step)
        extent[2] = math.floor((east - wide) / step)
        extent[3] = min(math.floor((east + wide) / step) - extent[2] + 1, longitudes.size)


@kernel
def _overlaps(longitude, latitude, fans, sizes, longitudes, latitudes, edges, degree):  # type: ignore[no-untyped-def]
    """Overlaps of all ocean cells, each with the cells of LMDZ within reach of its point."""
    rows, columns = latitudes.size, longitudes.size
    boxes, totals = np.zeros((rows, columns, 4)), np.zeros(rows)
    for row in range(rows):
        for n in range(sizes[row]):
            _box(fans[row, n], boxes[row, n])
            totals[row] += 0.5 * _doubled_area(fans[row, n])
    buffers, places, triangle, box = np.empty((2, 12, 2)), np.empty((9, 2)), np.empty((3, 2)), np.empty(4)
    extent = np.empty(4, np.int64)
    ocean, cells, parts = [0], [0], [0.0]
    for i in range(longitude.shape[0]):
        _extent(longitude[i], latitude[i], longitudes, edges, extent)
        sine, cosine = np.sin(latitude[i] * degree), np.cos(latitude[i] * degree)
        for row in range(extent[0], extent[1] + 1):
            polar = row == 0 or row == rows - 1
            for n in range(1 if polar else extent[3]):
                column = 0 if polar else (extent[2] + n) % columns
                east = 0.0 if polar else longitudes[column]
                _project(longitude[i], sine, cosine, east, latitudes[row], degree, places)
                area = _fan_overlap(places, fans[row], sizes[row], boxes[row], buffers, triangle, box)
                if area >= LEAST_PART * totals[row]:
                    ocean.append(i)
                    cells.append(row * columns + column)
                    parts.append(area / totals[row])
    return np.array(ocean[1:]), np.array(cells[1:]), np.array(parts[1:])
