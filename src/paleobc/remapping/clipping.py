"""Cutting polygons on the sphere by great circles and by parallels."""

from __future__ import annotations

import math
from typing import Final

from paleobc.compilation import kernel

#: How far beyond the end of a side [fraction of its length] a crossing still counts as standing at that end.
_ON_THE_SIDE: Final = 1e-9


@kernel
def cut_by_great_circle(corners, count, nx, ny, nz, kept):  # type: ignore[no-untyped-def]
    """
    Keep the part of a polygon of great circles where ``n . p >= 0``; give its number of corners.

    Sutherland and Hodgman (1974), doi:10.1145/360767.360802. A polygon that is not convex may come out with
    sides that run there and back along the cut; they hold no area.
    """
    m = 0
    px, py, pz = corners[count - 1, 0], corners[count - 1, 1], corners[count - 1, 2]
    before = nx * px + ny * py + nz * pz
    for k in range(count):
        qx, qy, qz = corners[k, 0], corners[k, 1], corners[k, 2]
        here = nx * qx + ny * qy + nz * qz
        if (before < 0.0) != (here < 0.0):
            t = before / (before - here)
            rx, ry, rz = px + t * (qx - px), py + t * (qy - py), pz + t * (qz - pz)
            scale = 1.0 / math.sqrt(rx * rx + ry * ry + rz * rz)
            kept[m, 0], kept[m, 1], kept[m, 2] = rx * scale, ry * scale, rz * scale
            m += 1
        if here >= 0.0:
            kept[m, 0], kept[m, 1], kept[m, 2] = qx, qy, qz
            m += 1
        px, py, pz, before = qx, qy, qz, here
    return m


@kernel
def _crossings(px, py, pz, qx, qy, qz, sine):  # type: ignore[no-untyped-def]
    """
    Where the great circle through p and q meets a parallel: two positions t on the chord p + t (q - p).

    They are in order; 2 and 3, beyond q, stand for none.
    """
    dx, dy, dz = qx - px, qy - py, qz - pz
    square = sine * sine
    a = dz * dz - square * (dx * dx + dy * dy + dz * dz)
    b = pz * dz - square * (px * dx + py * dy + pz * dz)
    c = (pz - sine) * (pz + sine)
    # The discriminant from the pole of the great circle: its terms do not cancel, even on the equator.
    nx, ny, nz = py * dz - pz * dy, pz * dx - px * dz, px * dy - py * dx
    inner = (nx * nx + ny * ny) * (1.0 - square) - square * nz * nz
    if inner < 0.0 or (a == 0.0 and b == 0.0):
        return 2.0, 3.0
    root = abs(sine) * math.sqrt(inner)
    larger = -(b + root) if b >= 0.0 else root - b
    t0 = larger / a if a != 0.0 else 2.0
    t1 = c / larger if larger != 0.0 else t0
    # The same quadratic holds for the parallel of the other hemisphere.
    if sine * (pz + t0 * dz) < 0.0:
        t0 = 2.0
    if sine * (pz + t1 * dz) < 0.0:
        t1 = 2.0
    return min(t0, t1), max(t0, t1)


@kernel
def _change_of_side(t0, t1, into_cap):  # type: ignore[no-untyped-def]
    """Of the two crossings the one that enters the cap beyond the parallel, or the one that leaves it."""
    t, other = (t0, t1) if into_cap else (t1, t0)
    out, other_out = max(-t, t - 1.0), max(-other, other - 1.0)
    # Ends that lie on the parallel to the last bit must not change the choice.
    return other if out > _ON_THE_SIDE and other_out < _ON_THE_SIDE else t


@kernel
def _put_crossing(corners, k, after, t, sine, kept, m):  # type: ignore[no-untyped-def]
    """Put the point of a side at position t, brought onto the parallel, in place m."""
    t = min(max(t, 0.0), 1.0)
    x = corners[k, 0] + t * (corners[after, 0] - corners[k, 0])
    y = corners[k, 1] + t * (corners[after, 1] - corners[k, 1])
    scale = math.sqrt((1.0 - sine) * (1.0 + sine) / (x * x + y * y))
    kept[m, 0], kept[m, 1], kept[m, 2] = x * scale, y * scale, sine


@kernel
def cut_by_parallel(corners, parallel, count, sine, side, kept, kept_parallel):  # type: ignore[no-untyped-def]
    """
    Keep the part of a polygon where ``side * (z - sine) >= 0``; give its number of corners.

    Sides on great circles are curved towards their pole: between two points outside of the cap that the
    parallel bounds they may run through it. Sides on parallels are on one side of it.
    """
    m = 0
    keeps_cap = sine * side >= 0.0
    for k in range(count):
        after = k + 1 if k + 1 < count else 0
        pz, qz = corners[k, 2], corners[after, 2]
        inside, next_inside = side * (pz - sine) >= 0.0, side * (qz - sine) >= 0.0
        if inside:
            kept[m, 0], kept[m, 1], kept[m, 2] = corners[k, 0], corners[k, 1], pz
            kept_parallel[m] = parallel[k]
            m += 1
        if parallel[k] or (inside and next_inside and keeps_cap) or not (inside or next_inside or keeps_cap):
            continue
        t0, t1 = _crossings(corners[k, 0], corners[k, 1], pz, corners[after, 0], corners[after, 1], qz, sine)
        if inside != next_inside:
            _put_crossing(corners, k, after, _change_of_side(t0, t1, inside != keeps_cap), sine, kept, m)
            kept_parallel[m] = inside
            m += 1
        elif t0 > -_ON_THE_SIDE and t1 < 1.0 + _ON_THE_SIDE and t0 < t1:
            _put_crossing(corners, k, after, t0, sine, kept, m)
            _put_crossing(corners, k, after, t1, sine, kept, m + 1)
            kept_parallel[m], kept_parallel[m + 1] = inside, not inside
            m += 2
    return m
