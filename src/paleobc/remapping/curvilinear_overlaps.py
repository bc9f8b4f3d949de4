"""The loop over quadrangles that cuts each by the quadrangles of another grid near it."""

from __future__ import annotations

import numpy as np

from paleobc.compilation import kernel
from paleobc.remapping.candidates import bucket_of, cube_key, find_box, longest_side
from paleobc.remapping.clipping import cut_by_great_circle
from paleobc.remapping.polygons import MOST_CORNERS, area_and_moment
from paleobc.remapping.regular_overlaps import CONTACT


@kernel
def _side_of(corners, j, k, after):  # type: ignore[no-untyped-def]
    """
    Normal of the great circle through two corners, towards the left.

    The cross product of sum and difference: exact for short sides, and the very opposite for the cell beyond.
    """
    px, py, pz = corners[j, k, 0], corners[j, k, 1], corners[j, k, 2]
    qx, qy, qz = corners[j, after, 0], corners[j, after, 1], corners[j, after, 2]
    sx, sy, sz, dx, dy, dz = px + qx, py + qy, pz + qz, qx - px, qy - py, qz - pz
    return sy * dz - sz * dy, sz * dx - sx * dz, sx * dy - sy * dx


@kernel
def _turn(corners, j, a, b, c):  # type: ignore[no-untyped-def]
    """Positive where the way over three corners turns left."""
    nx, ny, nz = _side_of(corners, j, a, b)
    dx, dy, dz = (
        corners[j, c, 0] - corners[j, b, 0],
        corners[j, c, 1] - corners[j, b, 1],
        corners[j, c, 2] - corners[j, b, 2],
    )
    return nx * dx + ny * dy + nz * dz


@kernel
def _is_convex(corners, j):  # type: ignore[no-untyped-def]
    """Whether no corner of an anticlockwise quadrangle points inwards."""
    inwards = False
    for k in range(4):
        inwards |= _turn(corners, j, k, (k + 1) % 4, (k + 2) % 4) < 0.0
    return not inwards


@kernel
def _cut_within(corners, i, others, j, order, count, turned, first, second):  # type: ignore[no-untyped-def]
    """Part of quadrangle i within the convex polygon of some corners of j; ends in ``first``."""
    left, sides = 4, 0
    for k in range(4):
        first[k, 0], first[k, 1], first[k, 2] = corners[i, k, 0], corners[i, k, 1], corners[i, k, 2]
    for k in range(count):
        after = k + 1 if k + 1 < count else 0
        nx, ny, nz = _side_of(others, j, order[k], order[after])
        if nx == 0.0 and ny == 0.0 and nz == 0.0:
            continue
        sides += 1
        left = cut_by_great_circle(first, left, turned * nx, turned * ny, turned * nz, second)
        if left < 3:
            return 0
        for m in range(left):
            first[m, 0], first[m, 1], first[m, 2] = second[m, 0], second[m, 1], second[m, 2]
    return left if sides >= 3 else 0  # a point or a line holds nothing


@kernel
def _common(corners, i, others, j, work, wanted, moment):  # type: ignore[no-untyped-def]
    """
    Area and moment of what two quadrangles have in common.

    A quadrangle that is not convex counts as the two triangles beside its first diagonal, with their signs.
    """
    straight, first, second, orders, share = work
    if _is_convex(others, j):
        count = _cut_within(corners, i, others, j, orders[0], 4, 1.0, first, second)
        return area_and_moment(first, straight, count, wanted, moment) if count else 0.0
    area = 0.0
    moment[:] = 0.0
    for half in range(1, 3):
        order = orders[half]
        size = _turn(others, j, order[0], order[1], order[2])
        if size == 0.0:
            continue
        sign = 1.0 if size > 0.0 else -1.0
        count = _cut_within(corners, i, others, j, order, 3, sign, first, second)
        if count:
            area += sign * area_and_moment(first, straight, count, wanted, share)
            for d in range(3):
                moment[d] += sign * share[d]
    return area


@kernel
def _candidates(box, boxes, starts, keys, cells, found):  # type: ignore[no-untyped-def]
    """Cells whose box meets this one, each once, in increasing order; gives their number."""
    n = 0
    mask = starts.size - 2
    for x in range(box[0], box[1] + 1):
        for y in range(box[2], box[3] + 1):
            for z in range(box[4], box[5] + 1):
                key = cube_key(x, y, z)
                bucket = bucket_of(key, mask)
                for entry in range(starts[bucket], starts[bucket + 1]):
                    if keys[entry] != key:
                        continue
                    other = boxes[cells[entry]]
                    if x == max(box[0], other[0]) and y == max(box[2], other[2]) and z == max(box[4], other[4]):
                        found[n] = cells[entry]
                        n += 1
    for k in range(1, n):  # few and nearly in order
        cell, place = found[k], k
        while place and found[place - 1] > cell:
            found[place] = found[place - 1]
            place -= 1
        found[place] = cell
    return n


@kernel
def _grown(array, room):  # type: ignore[no-untyped-def]
    larger = np.empty((room, *array.shape[1:]), array.dtype)
    larger[: array.shape[0]] = array
    return larger


@kernel
def overlaps_of_quadrangles(corners, others, width, boxes, starts, keys, members, wanted):  # type: ignore[no-untyped-def]
    """
    Overlaps of anticlockwise quadrangles with those of another grid, in the order of both.

    Parameters are the corners of both, (n, 4, 3) and (k, 4, 3), the parts of `Cubes` of the others, and whether
    moments are wanted. Gives the quadrangles, the others, the areas and the moments.
    """
    room = 8 * corners.shape[0] + 8
    cells, seconds, areas = np.empty(room, np.int32), np.empty(room, np.int32), np.empty(room)
    moments = np.empty((room if wanted else 1, 3))
    straight = np.zeros(MOST_CORNERS, np.bool_)
    orders = np.array([[0, 1, 2, 3], [0, 1, 2, 0], [0, 2, 3, 0]])
    work = straight, np.empty((MOST_CORNERS, 3)), np.empty((MOST_CORNERS, 3)), orders, np.zeros(3)
    box, moment = np.empty(6, np.int32), np.zeros(3)
    found = np.empty(others.shape[0], np.int32)
    n = 0
    for i in range(corners.shape[0]):
        find_box(corners, i, width, box)
        count = _candidates(box, boxes, starts, keys, members, found)
        if n + count > room:
            room = 2 * (n + count)
            cells, seconds, areas = _grown(cells, room), _grown(seconds, room), _grown(areas, room)
            if wanted:
                moments = _grown(moments, room)
        contact = CONTACT * np.sqrt(longest_side(corners, i))
        for candidate in range(count):
            j = found[candidate]
            area = _common(corners, i, others, j, work, wanted, moment)
            if area > contact:
                cells[n], seconds[n], areas[n] = i, j, area
                if wanted:
                    moments[n, 0], moments[n, 1], moments[n, 2] = moment[0], moment[1], moment[2]
                n += 1
    return cells[:n], seconds[:n], areas[:n], moments[: n if wanted else 0]
