"""Cells whose centres lie in a polygon: meridians are scanned from the south, and each side turns in and out."""

from __future__ import annotations

import numpy as np

from paleobc.compilation import inline_kernel, kernel
from paleobc.conventions import BoolArray, FloatArray, IntArray
from paleobc.grids.mesh import Mesh
from paleobc.topography.edits.polygon_ring import Ring, meets_meridian, ring_of
from paleobc.topography.edits.shapes import Polygon


@inline_kernel
def _side_latitude(longitude, west, west_latitude, slope):  # type: ignore[no-untyped-def]
    """Latitude at which a side meets a meridian."""
    along = longitude - west
    if along < 0.0:
        along += 360.0
    return west_latitude + along * slope


@kernel
def _scan_columns(west, west_latitude, slope, first, count, longitudes, order, latitudes, south_first, poles):  # type: ignore[no-untyped-def]
    """
    Cells inside a ring on a grid whose rows are parallels.

    Each side changes, at the first centre north of it, whether the column is inside; the changes are then added
    up from south to north. ``order`` holds the column of each longitude.
    """
    rows, columns = latitudes.size, longitudes.size
    inside = np.zeros((rows, columns), np.bool_)
    lowest, highest = rows, 0
    for side in range(west.size):
        for m in range(first[side], first[side] + count[side]):
            k = m if m < columns else m - columns
            row = np.searchsorted(
                latitudes, _side_latitude(longitudes[k], west[side], west_latitude[side], slope[side])
            )
            if row < rows:
                inside[row, order[k]] ^= True
                lowest = min(lowest, row)
            highest = max(highest, row)
    if south_first:
        inside[0] ^= True
        lowest = 0
    for j in range(lowest + 1, rows if poles else min(highest + 1, rows)):
        for i in range(columns):
            inside[j, i] ^= inside[j - 1, i]
    return inside


@kernel
def _scan_points(west, west_latitude, slope, first, count, longitudes, latitudes, inside):  # type: ignore[no-untyped-def]
    """Turn points, from west to east, in or out for each side at or south of them."""
    points = longitudes.size
    for side in range(west.size):
        for m in range(first[side], first[side] + count[side]):
            k = m if m < points else m - points
            if _side_latitude(longitudes[k], west[side], west_latitude[side], slope[side]) <= latitudes[k]:
                inside[k] ^= True


def points_inside(ring: Ring, longitudes: FloatArray, latitudes: FloatArray) -> BoolArray:
    """
    Whether points lie in a ring, shape (points,).

    A point is inside where the meridian south of it meets the ring an odd number of times; a point on a side
    counts as north of it, and one on the meridian of a corner as east of the corner. So of two polygons that
    share a side each point belongs to one. Takes time with the points that have a side on their meridian, once
    for each such side.

    Parameters
    ----------
    ring : Ring
    longitudes, latitudes : ndarray, shape (points,)
        From west to east, longitudes from -180 up to 180 [degrees].

    Examples
    --------
    >>> square = ring_of(Polygon(((0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0))))
    >>> points_inside(square, np.array([0.0, 0.0, 5.0, 10.0]), np.array([0.0, 10.0, 5.0, 0.0]))
    array([ True, False, True, False])
    """
    inside = np.full(longitudes.size, ring.encloses == "south")
    west, west_latitude, slope = _slopes(ring)
    _scan_points(west, west_latitude, slope, *meets_meridian(ring, longitudes), longitudes, latitudes, inside)
    return inside


def polygon_cells(polygon: Polygon, mesh: Mesh) -> IntArray:
    """
    Flat indices, ascending, of the cells whose centres lie in a polygon.

    Follows the rule of `points_inside`. Where rows are parallels it takes time with the columns that each side
    meets and with the cells in the polygon's band of latitudes.

    Examples
    --------
    >>> from paleobc.grids.mesh import regular_mesh
    >>> from paleobc.grids.regular import RegularGrid
    >>> triangle = Polygon(((-180.0, 0.0), (-90.0, 0.0), (-90.0, 90.0)))
    >>> polygon_cells(triangle, regular_mesh(RegularGrid(4, 8)))
    array([17], dtype=int32)
    """
    ring = ring_of(polygon)
    if not mesh.is_separable:
        cells, longitudes, latitudes = mesh.by_longitude
        return np.sort(cells[points_inside(ring, longitudes, latitudes)])
    order = np.argsort(mesh.longitudes[0], kind="stable")
    longitudes = mesh.longitudes[0, order]
    inside = _scan_columns(
        *_slopes(ring),
        *meets_meridian(ring, longitudes),
        longitudes,
        order,
        np.ascontiguousarray(mesh.latitudes[:, 0]),
        ring.encloses == "south",
        ring.encloses != "none",
    )
    return np.flatnonzero(inside).astype(np.int32)


def _slopes(ring: Ring) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Where each side starts and how it rises; a side on a meridian meets none and its slope is not read."""
    rise = ring.east_latitude - ring.west_latitude
    return ring.west, ring.west_latitude, rise / np.where(ring.width > 0.0, ring.width, 1.0)
