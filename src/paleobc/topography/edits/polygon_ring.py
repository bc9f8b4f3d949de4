"""Sides of a polygon on the globe: which way they go, whether they cross, which pole they enclose."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np

from paleobc.compilation import inline_kernel, kernel
from paleobc.conventions import FloatArray, IntArray, place
from paleobc.errors import InputError
from paleobc.topography.edits.drawn_points import drawn_points
from paleobc.topography.edits.shapes import Polygon

Pole = Literal["none", "south", "north"]

#: Closer than this [degrees], a tenth of a millimetre, a point lies on a side: sides that touch do not cross.
TOUCHING: Final = 1.0e-9


@dataclass(frozen=True, eq=False)
class Ring:
    """
    Sides of a polygon, each from its western to its eastern end; so two polygons see a side they share alike.

    Parameters
    ----------
    west, east : ndarray, shape (sides,)
        Longitudes of the ends, from -180 up to 180 [degrees]; a side over the date line has ``east < west``.
    width : ndarray, shape (sides,)
        Degrees of longitude from end to end, below 180; 0 for a side on a meridian.
    west_latitude, east_latitude : ndarray, shape (sides,)
        Latitudes of the ends [degrees].
    encloses : {"none", "south", "north"}
        The pole inside the ring.
    """

    west: FloatArray
    east: FloatArray
    width: FloatArray
    west_latitude: FloatArray
    east_latitude: FloatArray
    encloses: Pole = "none"


def ring_of(polygon: Polygon) -> Ring:
    """
    Sides of a polygon.

    A ring that goes around the globe encloses the pole on the side of its mean latitude, the mean over its
    longitudes; the north pole where that is the equator.

    Raises
    ------
    InputError
        Where a point is no place, or the points enclose no area, or two sides cross, or a side could as well go
        the other way around the globe.

    Examples
    --------
    >>> ring = ring_of(Polygon(((170.0, 0.0), (-170.0, 0.0), (-170.0, 10.0))))
    >>> ring.west, ring.width
    (array([ 170., -170., 170.]), array([20., 0., 20.]))
    """
    longitudes, latitudes = drawn_points(polygon.points, "polygon")
    distinct = np.unique(longitudes + 1j * latitudes).size
    if distinct < 3:
        raise InputError(f"The polygon has {distinct} different points; it needs three at least.")
    moved = (longitudes != np.roll(longitudes, -1)) | (latitudes != np.roll(latitudes, -1))
    longitudes, latitudes = longitudes[moved], latitudes[moved]
    ahead = np.roll(longitudes, -1) - longitudes
    ahead = np.where(ahead > 180.0, ahead - 360.0, np.where(ahead < -180.0, ahead + 360.0, ahead))
    _check_directions(ahead, longitudes, latitudes)
    ring = _sides(longitudes, latitudes, ahead)
    _check_crossings(ring)
    return replace(ring, encloses=_enclosed_pole(latitudes, ahead))


def _sides(longitudes: FloatArray, latitudes: FloatArray, ahead: FloatArray) -> Ring:
    """Sides turned to the east; which pole they enclose is not told yet."""
    next_longitude, next_latitude = np.roll(longitudes, -1), np.roll(latitudes, -1)
    east = ahead >= 0.0
    return Ring(
        west=np.where(east, longitudes, next_longitude),
        east=np.where(east, next_longitude, longitudes),
        width=np.abs(ahead),
        west_latitude=np.where(east, latitudes, next_latitude),
        east_latitude=np.where(east, next_latitude, latitudes),
    )


def _enclosed_pole(latitudes: FloatArray, ahead: FloatArray) -> Pole:
    """Pole that a ring encloses; refuses rings without an area, and those that go around the globe more than once."""
    turns = round(float(ahead.sum()) / 360.0)
    if abs(turns) > 1:
        raise InputError(f"The polygon goes {abs(turns)} times around the globe; draw one that does so once at most.")
    # The integral of latitude over longitude: area of a ring without a turn, mean latitude times 360 with one.
    integral = float((ahead * 0.5 * (latitudes + np.roll(latitudes, -1))).sum())
    if turns == 0 and abs(integral) < TOUCHING:
        raise InputError("The polygon encloses no area; draw one whose points do not lie on a single line.")
    if turns == 0:
        return "none"
    return "north" if integral * turns > -TOUCHING else "south"


def _check_directions(ahead: FloatArray, longitudes: FloatArray, latitudes: FloatArray) -> None:
    """Refuse a side to the opposite meridian, for which both ways around the globe are as short."""
    opposite = np.flatnonzero(np.abs(np.abs(ahead) - 180.0) < TOUCHING)
    if opposite.size:
        k = opposite[0]
        after = (k + 1) % longitudes.size
        raise InputError(
            f"The side of the polygon from {place(latitudes[k], longitudes[k])} to "
            f"{place(latitudes[after], longitudes[after])} spans 180 degrees, and both ways around the globe are as "
            "short; add a point between them."
        )


def _check_crossings(ring: Ring) -> None:
    """Refuse a ring that crosses itself; name two sides that cross."""
    order = np.argsort(ring.west, kind="stable")
    one, other = sorted(_crossing(ring.west, ring.width, ring.west_latitude, ring.east_latitude, order))
    if one >= 0:
        raise InputError(
            f"The polygon crosses itself: the side between {_ends(ring, one)} crosses that between "
            f"{_ends(ring, other)}; move a point, or draw two polygons."
        )


def _ends(ring: Ring, side: int) -> str:
    """Both ends of a side as people write them."""
    west = place(ring.west_latitude[side], ring.west[side])
    return f"{west} and {place(ring.east_latitude[side], ring.east[side])}"


@inline_kernel
def _divides(side, other):  # type: ignore[no-untyped-def]
    """Whether the ends of the other side lie to the left and to the right of the line through this one."""
    ax, ay, bx, by = side
    cx, cy, dx, dy = other
    length = ((bx - ax) ** 2 + (by - ay) ** 2) ** 0.5
    c = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
    d = (bx - ax) * (dy - ay) - (by - ay) * (dx - ax)
    nothing = TOUCHING * length
    return (c > nothing and d < -nothing) or (c < -nothing and d > nothing)


@kernel
def _crossing(west, width, west_latitude, east_latitude, order):  # type: ignore[no-untyped-def]
    """
    Two sides that cross inside both, or (-1, -1).

    Sides are taken from west to east; each is compared with those that start above or below it. Takes time with
    the pairs of sides that share a meridian: at worst, 10 000 points, 50 million comparisons of four numbers.
    """
    sides = west.size
    for p in range(sides):
        i = order[p]
        south, north = min(west_latitude[i], east_latitude[i]), max(west_latitude[i], east_latitude[i])
        for q in range(p + 1, p + sides):
            j = order[q if q < sides else q - sides]
            start = west[j] - west[i]
            if q >= sides:
                start += 360.0
            if start > width[i]:
                break
            if max(west_latitude[j], east_latitude[j]) < south or min(west_latitude[j], east_latitude[j]) > north:
                continue
            side = 0.0, west_latitude[i], width[i], east_latitude[i]
            other = start, west_latitude[j], start + width[j], east_latitude[j]
            if _divides(side, other) and _divides(other, side):
                return i, j
    return -1, -1


def meets_meridian(ring: Ring, longitudes: FloatArray) -> tuple[IntArray, IntArray]:
    """
    For each side the first of the meridians it meets, and how many, going on from the last to the first.

    The meridian of its western end belongs to a side, that of its eastern end does not.

    Parameters
    ----------
    ring : Ring
    longitudes : ndarray, shape (meridians,)
        From -180 up to 180, ascending [degrees].

    Examples
    --------
    >>> ring = ring_of(Polygon(((170.0, 0.0), (-170.0, 0.0), (-170.0, 10.0))))
    >>> meets_meridian(ring, np.array([-180.0, -170.0, 0.0, 170.0]))
    (array([3, 1, 3]), array([2, 0, 2]))
    """
    first, after = np.searchsorted(longitudes, ring.west), np.searchsorted(longitudes, ring.east)
    return first, np.where(ring.east < ring.west, longitudes.size + after, after) - first
