"""The loop over quadrangles that cuts each into the cells of a regular grid."""

from __future__ import annotations

from typing import Final

import numpy as np

from paleobc.compilation import kernel
from paleobc.remapping.candidates import bulge, find_extent, longest_side, row_range
from paleobc.remapping.clipping import cut_by_great_circle, cut_by_parallel
from paleobc.remapping.polygons import MOST_CORNERS, area_and_moment

#: Overlaps thinner than this [radians; 13 nm] are cells that touch, seen through rounding.
CONTACT: Final = 2e-15


@kernel
def _cut_to_column(corners, i, meridians, column, polygon, spare):  # type: ignore[no-untyped-def]
    """Part of quadrangle i between the two meridians of a column; gives its number of corners."""
    after = column + 1 if column + 1 < meridians.shape[0] else 0
    count = cut_by_great_circle(corners[i], 4, -meridians[column, 1], meridians[column, 0], 0.0, spare)
    if count < 3:
        return 0
    return cut_by_great_circle(spare, count, meridians[after, 1], -meridians[after, 0], 0.0, polygon)


@kernel
def _rows_of(polygon, count, longest, sines, rows):  # type: ignore[no-untyped-def]
    """First and last row that a polygon reaches."""
    low, high = 1.0, -1.0
    for k in range(count):
        low, high = min(low, polygon[k, 2]), max(high, polygon[k, 2])
    row_range(low, high, bulge(longest), sines, rows)


@kernel
def _workspace():  # type: ignore[no-untyped-def]
    """Room for the polygon before, between and after its cuts by two parallels."""
    return (
        np.zeros(MOST_CORNERS, np.bool_),
        np.empty((MOST_CORNERS, 3)),
        np.empty(MOST_CORNERS, np.bool_),
        np.empty((MOST_CORNERS, 3)),
        np.empty(MOST_CORNERS, np.bool_),
    )


@kernel
def _copy(polygon, count, target):  # type: ignore[no-untyped-def]
    for k in range(count):
        target[k, 0], target[k, 1], target[k, 2] = polygon[k, 0], polygon[k, 1], polygon[k, 2]


@kernel
def _piece(polygon, count, row, rows, sines, work, wanted, moment):  # type: ignore[no-untyped-def]
    """Area and moment of the part of a polygon within one of the rows it reaches."""
    straight, first, first_parallel, second, second_parallel = work
    here, parallel = polygon, straight
    if row > rows[0]:
        count = cut_by_parallel(here, parallel, count, sines[row], 1.0, first, first_parallel)
        here, parallel = first, first_parallel
    if row < rows[1]:
        count = cut_by_parallel(here, parallel, count, sines[row + 1], -1.0, second, second_parallel)
        here, parallel = second, second_parallel
    if count < 2:
        return 0.0
    return area_and_moment(here, parallel, count, wanted, moment)


@kernel
def overlaps_with_rows(corners, west, meridians, sines, wanted):  # type: ignore[no-untyped-def]
    """
    Overlaps of anticlockwise quadrangles with a regular grid, in the order of the quadrangles.

    Parameters are the corners (n, 4, 3), the longitude of the first meridian [radians], cosine and sine of all
    meridians, the sines of the rows' edges from south to north, and whether moments are wanted. Gives the
    quadrangles, the cells counted from the south, the areas and the moments.
    """
    columns = meridians.shape[0]
    extents = np.empty((corners.shape[0], 4), np.int64)
    most = 0
    for i in range(corners.shape[0]):
        most += find_extent(corners, i, west, columns, sines, extents[i])
    cells, others, areas = np.empty(most, np.int32), np.empty(most, np.int32), np.empty(most)
    moments = np.empty((most if wanted else 1, 3))
    polygon, spare = np.empty((MOST_CORNERS, 3)), np.empty((MOST_CORNERS, 3))
    work, moment, rows = _workspace(), np.zeros(3), np.empty(2, np.int64)
    n = 0
    for i in range(corners.shape[0]):
        longest = longest_side(corners, i)
        contact = CONTACT * np.sqrt(longest)
        for step in range(extents[i, 3]):
            column = (extents[i, 2] + step) % columns
            if extents[i, 3] == 1:
                count = 4
                _copy(corners[i], 4, polygon)
            else:
                count = _cut_to_column(corners, i, meridians, column, polygon, spare)
            if count < 3:
                continue
            if extents[i, 0] == extents[i, 1]:
                rows[0], rows[1] = extents[i, 0], extents[i, 1]
            else:
                _rows_of(polygon, count, longest, sines, rows)
            for row in range(rows[0], rows[1] + 1):
                area = _piece(polygon, count, row, rows, sines, work, wanted, moment)
                if area > contact:
                    cells[n], others[n], areas[n] = i, row * columns + column, area
                    if wanted:
                        moments[n, 0], moments[n, 1], moments[n, 2] = moment[0], moment[1], moment[2]
                    n += 1
    return cells[:n], others[:n], areas[:n], moments[: n if wanted else 0]
