"""Which cells of two grids may overlap: more than do, never fewer."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np

from paleobc.compilation import inline_kernel, kernel
from paleobc.conventions import FloatArray, IntArray
from paleobc.remapping.polygons import arctangent

#: Slack of all tests [radians]: far above rounding, far below any cell.
_SLACK: Final = 1e-12

#: Edge of the cubes that sort the cells of a curvilinear grid, in mean cell widths.
_CUBE_WIDTHS: Final = 1.5


@kernel
def longest_side(corners, i):  # type: ignore[no-untyped-def]
    """Square of the longest side of a quadrangle, measured straight through the Earth."""
    longest = 0.0
    for k in range(4):
        after = (k + 1) % 4
        dx = corners[i, after, 0] - corners[i, k, 0]
        dy = corners[i, after, 1] - corners[i, k, 1]
        dz = corners[i, after, 2] - corners[i, k, 2]
        longest = max(longest, dx * dx + dy * dy + dz * dz)
    return longest


@inline_kernel
def bulge(longest):  # type: ignore[no-untyped-def]
    """
    Factor by which z on a side can exceed that of its ends: sides on great circles bulge beyond a row.

    A point of the side is one of the straight line, no nearer to the centre than the middle of the line, made
    as long as the radius.
    """
    return 1.0 / math.sqrt(max(1.0 - 0.25 * longest, 0.25))


@kernel
def row_range(low, high, factor, sines, rows):  # type: ignore[no-untyped-def]
    """First and last row, counted from the south, of a polygon between these z of its corners."""
    low = (low * factor if low < 0.0 else low) - _SLACK
    high = (high * factor if high > 0.0 else high) + _SLACK
    last = sines.size - 2
    rows[0] = min(max(np.searchsorted(sines, low, "right") - 1, 0), last)
    rows[1] = min(max(np.searchsorted(sines, high, "left") - 1, 0), last)


@kernel
def _near_a_pole(corners, i):  # type: ignore[no-untyped-def]
    """-1, 1: a pole lies in the circle about the quadrangle; 0: none does."""
    x = corners[i, 0, 0] + corners[i, 1, 0] + corners[i, 2, 0] + corners[i, 3, 0]
    y = corners[i, 0, 1] + corners[i, 1, 1] + corners[i, 2, 1] + corners[i, 3, 1]
    z = corners[i, 0, 2] + corners[i, 1, 2] + corners[i, 2, 2] + corners[i, 3, 2]
    length = math.sqrt(x * x + y * y + z * z)
    x, y, z = x / length, y / length, z / length
    to_pole = x * x + y * y + (1.0 - abs(z)) ** 2
    reach = 0.0
    for k in range(4):
        reach = max(reach, (corners[i, k, 0] - x) ** 2 + (corners[i, k, 1] - y) ** 2 + (corners[i, k, 2] - z) ** 2)
    if to_pole > 1.01 * reach + _SLACK:
        return 0
    return 1 if z > 0.0 else -1


@kernel
def find_extent(corners, i, west, columns, sines, extent):  # type: ignore[no-untyped-def]
    """
    Rows and columns of a regular grid that quadrangle i may touch; gives the number of its cells.

    ``extent`` takes the first and last row, counted from the south, the first column and how many.
    """
    low = min(corners[i, 0, 2], corners[i, 1, 2], corners[i, 2, 2], corners[i, 3, 2])
    high = max(corners[i, 0, 2], corners[i, 1, 2], corners[i, 2, 2], corners[i, 3, 2])
    pole = _near_a_pole(corners, i)
    if pole > 0:
        high = 1.0
    elif pole < 0:
        low = -1.0
    row_range(low, high, bulge(longest_side(corners, i)), sines, extent)
    if pole != 0:
        extent[2], extent[3] = 0, columns
    else:
        px, py = corners[i, 0, 0], corners[i, 0, 1]
        start = math.atan2(py, px) - west
        turned, least, most = 0.0, 0.0, 0.0
        for k in range(1, 4):
            qx, qy = corners[i, k, 0], corners[i, k, 1]
            turned += arctangent(px * (qy - py) - py * (qx - px), px * qx + py * qy)
            least, most = min(least, turned), max(most, turned)
            px, py = qx, qy
        step = 2.0 * math.pi / columns
        extent[2] = math.floor((start + least - _SLACK) / step)
        extent[3] = min(math.floor((start + most + _SLACK) / step) - extent[2] + 1, columns)
        extent[2] %= columns
    return (extent[1] - extent[0] + 1) * extent[3]


class Cubes(NamedTuple):
    """
    Cells of a curvilinear grid sorted by the cubes of space that their boxes touch.

    Parameters
    ----------
    width : float
        Edge of a cube, in radii of the Earth.
    boxes : ndarray of int32, shape (n, 6)
        First and last cube of each cell along x, y and z.
    starts : ndarray of int64, shape (buckets + 1,)
        Where the entries of each bucket begin.
    keys, cells : ndarray, shape (entries,)
        Number of the cube and the cell of each entry.
    """

    width: float
    boxes: IntArray
    starts: IntArray
    keys: IntArray
    cells: IntArray


@kernel
def find_box(corners, i, width, box):  # type: ignore[no-untyped-def]
    """First and last cube of quadrangle i along each axis; it bulges beyond the box of its corners."""
    x = corners[i, 0, 0] + corners[i, 1, 0] + corners[i, 2, 0] + corners[i, 3, 0]
    y = corners[i, 0, 1] + corners[i, 1, 1] + corners[i, 2, 1] + corners[i, 3, 1]
    z = corners[i, 0, 2] + corners[i, 1, 2] + corners[i, 2, 2] + corners[i, 3, 2]
    # The flat hull of the corners is nowhere nearer to the centre of the Earth than the plane beneath them.
    length = math.sqrt(x * x + y * y + z * z)
    nearest = 1.0
    for k in range(4):
        nearest = min(nearest, (corners[i, k, 0] * x + corners[i, k, 1] * y + corners[i, k, 2] * z) / length)
    slack = 1.0 - nearest + _SLACK
    for d in range(3):
        low = min(corners[i, 0, d], corners[i, 1, d], corners[i, 2, d], corners[i, 3, d]) - slack
        high = max(corners[i, 0, d], corners[i, 1, d], corners[i, 2, d], corners[i, 3, d]) + slack
        box[2 * d], box[2 * d + 1] = math.floor(low / width), math.floor(high / width)


@inline_kernel
def cube_key(x, y, z):  # type: ignore[no-untyped-def]
    """One number for three, each from -2**20 to 2**20."""
    return ((x + 1048576) << 42) | ((y + 1048576) << 21) | (z + 1048576)


@inline_kernel
def bucket_of(key, mask):  # type: ignore[no-untyped-def]
    """Bucket of a cube."""
    return ((key * 0x9E3779B97F4A7C1) >> 20) & mask


@kernel
def _sorted_into_buckets(boxes, mask):  # type: ignore[no-untyped-def]
    """Entries of all cells in all their cubes, bucket by bucket, in the order of the cells."""
    starts = np.zeros(mask + 2, np.int64)
    for i in range(boxes.shape[0]):
        for x in range(boxes[i, 0], boxes[i, 1] + 1):
            for y in range(boxes[i, 2], boxes[i, 3] + 1):
                for z in range(boxes[i, 4], boxes[i, 5] + 1):
                    starts[bucket_of(cube_key(x, y, z), mask) + 1] += 1
    starts = np.cumsum(starts)
    place = starts[:-1].copy()
    keys = np.empty(starts[-1], np.int64)
    cells = np.empty(starts[-1], np.int32)
    for i in range(boxes.shape[0]):
        for x in range(boxes[i, 0], boxes[i, 1] + 1):
            for y in range(boxes[i, 2], boxes[i, 3] + 1):
                for z in range(boxes[i, 4], boxes[i, 5] + 1):
                    key = cube_key(x, y, z)
                    bucket = bucket_of(key, mask)
                    keys[place[bucket]], cells[place[bucket]] = key, i
                    place[bucket] += 1
    return starts, keys, cells


@kernel
def _boxes(corners, width):  # type: ignore[no-untyped-def]
    boxes = np.empty((corners.shape[0], 6), np.int32)
    for i in range(corners.shape[0]):
        find_box(corners, i, width, boxes[i])
    return boxes


@kernel
def _longest_sides(corners):  # type: ignore[no-untyped-def]
    longest = np.empty(corners.shape[0])
    for i in range(corners.shape[0]):
        longest[i] = math.sqrt(longest_side(corners, i))
    return longest


def sorted_cubes(corners: FloatArray) -> Cubes:
    """
    Sort cells by the cubes of space they touch, so that those near a place are found at once.

    Parameters
    ----------
    corners : ndarray, shape (n, 4, 3)
        Unit vectors of the corners of each cell, n at least 1.

    Returns
    -------
    Cubes
        Two cells that overlap share a cube; the pair is to be taken only in that of the larger first numbers.
    """
    width = max(_CUBE_WIDTHS * float(_longest_sides(corners).mean()), 1e-5)
    boxes = _boxes(corners, width)
    mask = (1 << int(2 * corners.shape[0]).bit_length()) - 1
    return Cubes(width, boxes, *_sorted_into_buckets(boxes, np.int64(mask)))
