"""Areas and first moments of polygons on the unit sphere, whose sides are great circles or parallels."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from paleobc.compilation import inline_kernel, kernel
from paleobc.conventions import FloatArray

#: Room for the corners of a polygon that is being cut: four, and two for each side and cut in the worst case.
MOST_CORNERS: Final = 64

#: Below this tangent the series of the arc tangent and of the arc sine are exact to the last bit.
_SMALL: Final = 0.06


@inline_kernel
def arctangent(y, x):  # type: ignore[no-untyped-def]
    """Angle of the vector (x, y), by its series where it is small, as it nearly always is here."""
    tangent = y / x
    if x > 0.0 and -_SMALL < tangent < _SMALL:
        t = tangent * tangent
        t = 1.0 / 3.0 - t * (1.0 / 5.0 - t * (1.0 / 7.0 - t * (1.0 / 9.0 - t * (1.0 / 11.0 - t / 13.0))))
        return tangent * (1.0 - tangent * tangent * t)
    return math.atan2(y, x)


@inline_kernel
def _arc_over_sine(sine, cosine):  # type: ignore[no-untyped-def]
    """Length of an arc divided by its sine."""
    if cosine > 0.0 and sine < _SMALL:
        s = sine * sine
        return 1.0 + s * (1.0 / 6.0 + s * (3.0 / 40.0 + s * (5.0 / 112.0 + s * (35.0 / 1152.0 + s * 63.0 / 2816.0))))
    return math.atan2(sine, cosine) / sine


@kernel
def triangle_area(ax, ay, az, bx, by, bz, cx, cy, cz):  # type: ignore[no-untyped-def]
    """
    Signed area of a spherical triangle [sr]; differences are taken first, so that small ones are exact.

    Van Oosterom and Strackee (1983), doi:10.1109/TBME.1983.325207.
    """
    ux, uy, uz = bx - ax, by - ay, bz - az
    vx, vy, vz = cx - ax, cy - ay, cz - az
    volume = ax * (uy * vz - uz * vy) + ay * (uz * vx - ux * vz) + az * (ux * vy - uy * vx)
    cosines = ax * bx + ay * by + az * bz + bx * cx + by * cy + bz * cz + cx * ax + cy * ay + cz * az
    return 2.0 * arctangent(volume, 1.0 + cosines)


@kernel
def _add_parallel(corners, k, after, moment):  # type: ignore[no-untyped-def]
    """Area between a parallel and the great circle through its ends; adds the parallel to the moment."""
    px, py, sine = corners[k, 0], corners[k, 1], corners[k, 2]
    qx, qy = corners[after, 0], corners[after, 1]
    cross, dot = px * (qy - py) - py * (qx - px), px * qx + py * qy
    angle = arctangent(cross, dot)
    moment[0] -= 0.5 * sine * (qy - py)
    moment[1] += 0.5 * sine * (qx - px)
    moment[2] += 0.5 * (1.0 - sine) * (1.0 + sine) * angle
    height = abs(sine)
    lens = (1.0 - height) * angle - 2.0 * arctangent(cross, (1.0 + height) ** 2 + dot)
    return lens if sine >= 0.0 else -lens


@kernel
def _add_great_circle(corners, k, after, moment):  # type: ignore[no-untyped-def]
    """Add a side on a great circle to the moment: half its length times its pole."""
    px, py, pz = corners[k, 0], corners[k, 1], corners[k, 2]
    dx, dy, dz = corners[after, 0] - px, corners[after, 1] - py, corners[after, 2] - pz
    nx, ny, nz = py * dz - pz * dy, pz * dx - px * dz, px * dy - py * dx
    sine = math.sqrt(nx * nx + ny * ny + nz * nz)
    if sine > 0.0:
        cosine = 1.0 - 0.5 * (dx * dx + dy * dy + dz * dz)
        half = 0.5 * _arc_over_sine(sine, cosine)
        moment[0] += half * nx
        moment[1] += half * ny
        moment[2] += half * nz


@kernel
def area_and_moment(corners, parallel, count, wanted, moment):  # type: ignore[no-untyped-def]
    """
    Signed area [sr] of the polygon of the first ``count`` corners; its first moment where ``wanted``.

    Side k runs from corner k to the next, along a parallel where ``parallel[k]`` and else along a great
    circle. The first moment is the integral of the place over the polygon, half the sum of ``r x dr``.
    """
    area = 0.0
    ax, ay, az = corners[0, 0], corners[0, 1], corners[0, 2]
    for k in range(1, count - 1):
        area += triangle_area(
            ax, ay, az, corners[k, 0], corners[k, 1], corners[k, 2], corners[k + 1, 0], corners[k + 1, 1],
            corners[k + 1, 2],
        )  # fmt: skip
    moment[:] = 0.0
    for k in range(count):
        after = k + 1 if k + 1 < count else 0
        if parallel[k]:
            area += _add_parallel(corners, k, after, moment)
        elif wanted:
            _add_great_circle(corners, k, after, moment)
    return area


@kernel
def _signed_areas(corners):  # type: ignore[no-untyped-def]
    """Area of each quadrangle as the sum of the triangles on both sides of its first diagonal."""
    area = np.empty(corners.shape[0])
    straight, moment = np.zeros(4, np.bool_), np.zeros(3)
    for i in range(corners.shape[0]):
        area[i] = area_and_moment(corners[i], straight, 4, False, moment)
    return area


def quadrangle_areas(corners: FloatArray) -> FloatArray:
    """
    Area of spherical quadrangles with sides on great circles [sr], positive where they run anticlockwise.

    Parameters
    ----------
    corners : ndarray, shape (n, 4, 3)
        Unit vectors of the corners; corners may coincide.

    Returns
    -------
    ndarray, shape (n,)

    References
    ----------
    Van Oosterom and Strackee (1983), doi:10.1109/TBME.1983.325207.

    Examples
    --------
    >>> octant = np.array([[[1.0, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 1]]])
    >>> quadrangle_areas(octant) / np.pi
    array([0.5])
    """
    return np.asarray(_signed_areas(np.ascontiguousarray(corners, dtype=np.float64)))
