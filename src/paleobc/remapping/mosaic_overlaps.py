"""Overlaps of ocean cells with those of LMDZ as MOSAIC measures them: in the plane, around each cell of LMDZ."""

from __future__ import annotations

import itertools
import math
from typing import Final

import numpy as np

from paleobc.compilation import inline_kernel, kernel
from paleobc.conventions import FloatArray, IntArray
from paleobc.remapping.atmosphere import AtmosphereGrid

#: Part of a cell of LMDZ below which an overlap is none.
LEAST_PART: Final = 2.22e-16

#: By how much the plane can stretch a cell of the ocean near the middle of a cell of LMDZ, and straight sides bulge
#: [degrees].
_STRETCH: Final = 1.2
_BULGE: Final = 0.23

#: More than rounding can move a place in the plane across an edge, both of a size near 1.
_ROUNDING: Final = 1e-12


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


@inline_kernel
def _side(edge, x, y):  # type: ignore[no-untyped-def]
    """How far a place lies to the left of an edge, times the edge's length."""
    return edge[2] * (y - edge[1]) - edge[3] * (x - edge[0])


@kernel
def _clipped_area(size, edges, crossed, buffers):  # type: ignore[no-untyped-def]
    """Area of the polygon in the first buffer to the left of those edges of a triangle that cross it."""
    points, other = buffers[0], buffers[1]
    for k in range(3):
        if not crossed[k]:
            continue
        edge, count = edges[k], 0
        px, py = points[size - 1, 0], points[size - 1, 1]
        before = _side(edge, px, py)
        for i in range(size):
            qx, qy = points[i, 0], points[i, 1]
            after = _side(edge, qx, qy)
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


@inline_kernel
def _box(points, first, second, third, box):  # type: ignore[no-untyped-def]
    """Bounds of three points: least x and y, largest x and y."""
    for d in range(2):
        box[d] = min(points[first, d], points[second, d], points[third, d])
        box[2 + d] = max(points[first, d], points[second, d], points[third, d])


@inline_kernel
def _apart(box, other):  # type: ignore[no-untyped-def]
    return box[0] > other[2] or box[2] < other[0] or box[1] > other[3] or box[3] < other[1]


@inline_kernel
def _doubled_area(points, first, second, third):  # type: ignore[no-untyped-def]
    x, y = points[first, 0], points[first, 1]
    return (points[second, 0] - x) * (points[third, 1] - y) - (points[second, 1] - y) * (points[third, 0] - x)


@kernel
def _fan_overlap(places, edges, size, boxes, own_boxes, sides, crossed, buffers):  # type: ignore[no-untyped-def]
    """Area of an ocean cell in the plane, clockwise about its last place, within a fan of triangles."""
    whole = own_boxes[8]
    for d in range(2):
        whole[d] = places[:, d].min()
        whole[2 + d] = places[:, d].max()
    if _apart(boxes[size], whole):
        return 0.0
    for k in range(8):
        _box(places, 8, (k + 1) % 8, k, own_boxes[k])
    area = 0.0
    for n in range(size):
        if _apart(boxes[n], whole) or _beyond(places, edges[n], sides):
            continue
        for k in range(8):
            if _apart(boxes[n], own_boxes[k]):
                continue
            following = (k + 1) % 8
            if _doubled_area(places, 8, following, k) > 0.0:
                area += _within(places, edges[n], sides, following, k, crossed, buffers)
    return area


@inline_kernel
def _beyond(places, edges, sides):  # type: ignore[no-untyped-def]
    """Tell whether a cell lies beyond an edge of a triangle; fill in how far its places are within each edge."""
    for k in range(3):
        farthest = -np.inf
        for i in range(9):
            sides[k, i] = _side(edges[k], places[i, 0], places[i, 1])
            farthest = max(farthest, sides[k, i])
        if farthest < -_ROUNDING:
            return True
    return False


@inline_kernel
def _within(places, edges, sides, second, third, crossed, buffers):  # type: ignore[no-untyped-def]
    """Area of a triangle of an ocean cell within one of a fan."""
    cut = False
    for k in range(3):
        a, b, c = sides[k, 8], sides[k, second], sides[k, third]
        if max(a, b, c) < -_ROUNDING:
            return 0.0
        crossed[k] = min(a, b, c) < _ROUNDING
        cut |= crossed[k]
    if not cut:
        return 0.5 * _doubled_area(places, 8, second, third)
    points = buffers[0]
    for d in range(2):
        points[0, d], points[1, d], points[2, d] = places[8, d], places[second, d], places[third, d]
    return max(_clipped_area(3, edges, crossed, buffers), 0.0)


@kernel
def _reach(longitude, latitude, cosine):  # type: ignore[no-untyped-def]
    """At least the angle from the point of an ocean cell to its vertices, with what the plane may add [degrees]."""
    farthest = 0.0
    for k in range(8):
        away = longitude[k] - longitude[8]
        away -= 360.0 * round(away / 360.0)
        # The half angles in place of their sines, which are less and take longer.
        farthest = max(farthest, (latitude[k] - latitude[8]) ** 2 + cosine[k] * cosine[8] * away**2)
    return _STRETCH * 2.0 * math.degrees(math.asin(min(math.radians(0.5 * math.sqrt(farthest)), 1.0))) + _BULGE


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
def _extent(longitude, latitude, cosine, longitudes, edges, extent):  # type: ignore[no-untyped-def]
    """First and last row, first column and number of columns that an ocean cell may touch."""
    rows, step = edges.size - 1, 360.0 / longitudes.size
    height = (edges[1] - edges[rows - 1]) / (rows - 2)
    reach = _reach(longitude, latitude, cosine)
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
def _fan_edges(fans, sizes):  # type: ignore[no-untyped-def]
    """Edges of all triangles, start and direction, the bounds of each and, behind, of all of a fan, and its area."""
    rows, most = fans.shape[:2]
    edges, boxes, totals = np.zeros((rows, most, 3, 4)), np.zeros((rows, most + 1, 4)), np.zeros(rows)
    for row in range(rows):
        whole = boxes[row, sizes[row]]
        whole[:2], whole[2:] = np.inf, -np.inf
        for n in range(sizes[row]):
            triangle, box = fans[row, n], boxes[row, n]
            _box(triangle, 0, 1, 2, box)
            totals[row] += 0.5 * _doubled_area(triangle, 0, 1, 2)
            for d in range(2):
                whole[d], whole[2 + d] = min(whole[d], box[d]), max(whole[2 + d], box[2 + d])
                for k in range(3):
                    edges[row, n, k, d] = triangle[k, d]
                    edges[row, n, k, 2 + d] = triangle[(k + 1) % 3, d] - triangle[k, d]
    return edges, boxes, totals


@kernel
def _overlaps(longitude, latitude, fans, sizes, longitudes, latitudes, limits, degree):  # type: ignore[no-untyped-def]
    """Overlaps of all ocean cells, each with the cells of LMDZ within reach of its point."""
    rows, columns = latitudes.size, longitudes.size
    edges, boxes, totals = _fan_edges(fans, sizes)
    buffers, places, own_boxes = np.empty((2, 12, 2)), np.empty((9, 2)), np.empty((9, 4))
    sine, cosine = np.empty(9), np.empty(9)
    sides, crossed, extent = np.empty((3, 9)), np.empty(3, np.bool_), np.empty(4, np.int64)
    ocean, cells, parts = [0], [0], [0.0]
    for i in range(longitude.shape[0]):
        for k in range(9):
            sine[k], cosine[k] = math.sin(latitude[i, k] * degree), math.cos(latitude[i, k] * degree)
        _extent(longitude[i], latitude[i], cosine, longitudes, limits, extent)
        for row in range(extent[0], extent[1] + 1):
            polar = row == 0 or row == rows - 1
            size, shown = sizes[row], boxes[row]
            for n in range(1 if polar else extent[3]):
                column = 0 if polar else (extent[2] + n) % columns
                east = 0.0 if polar else longitudes[column]
                _project(longitude[i], sine, cosine, east, latitudes[row], degree, places)
                area = _fan_overlap(places, edges[row], size, shown, own_boxes, sides, crossed, buffers)
                if area >= LEAST_PART * totals[row]:
                    ocean.append(i)
                    cells.append(row * columns + column)
                    parts.append(area / totals[row])
    return np.array(ocean[1:]), np.array(cells[1:]), np.array(parts[1:])
