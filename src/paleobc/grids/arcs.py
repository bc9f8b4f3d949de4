"""Lines of great-circle arcs through places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from paleobc.constants import EARTH_RADIUS
from paleobc.conventions import FloatArray, IntArray, place
from paleobc.errors import InputError
from paleobc.grids.sphere import unit_vectors

#: A line that is longer is a mistake, and following it would take minutes [km]: 25 times around the globe.
LONGEST_LINE_KM: Final = 1.0e6

#: Places nearer than this to being opposite leave open which way the arc between them goes [chord].
_OPPOSITE: Final = 1.0e-7

#: Places nearer than this [rad], hundredths of a millimetre, are the same place twice.
_SAME: Final = 1.0e-12


@dataclass(frozen=True, eq=False)
class Arcs:
    """
    Points along a line of great-circle arcs, close enough to one another for a purpose.

    Parameters
    ----------
    points : ndarray, shape (points, 3)
        Unit vectors, from the first place of the line to its last.
    arc : ndarray of int, shape (points,)
        Number of the arc that ends at the point or goes through it; 0 for the first point.
    normals : ndarray, shape (arcs, 3)
        Unit vectors at right angles to each arc; one vector of zeros where the line is a single place.
    """

    points: FloatArray
    arc: IntArray
    normals: FloatArray


def arcs_through(longitudes: FloatArray, latitudes: FloatArray, longest: float) -> Arcs:
    """
    Line through places, with points on it that are at most ``longest`` apart.

    Parameters
    ----------
    longitudes, latitudes : ndarray, shape (places,)
        Places in order, one at least [degrees]; the same place twice in a row counts once.
    longest : float
        Longest piece between two points [rad].

    Raises
    ------
    InputError
        Where two places in a row are at opposite ends of the globe, or the line is longer than 1 000 000 km.

    Examples
    --------
    >>> arcs_through(np.array([0.0, 90.0]), np.array([0.0, 0.0]), np.pi / 4).points.round(3)
    array([[1.   , 0.   , 0.   ],
           [0.707, 0.707, 0.   ],
           [0.   , 1.   , 0.   ]])
    """
    corners = unit_vectors(longitudes, latitudes)
    _check_opposite(corners, longitudes, latitudes)
    length = _angles(corners[:-1], corners[1:])
    if length.sum() * EARTH_RADIUS / 1000.0 > LONGEST_LINE_KM:
        raise InputError(
            f"The line is {length.sum() * EARTH_RADIUS / 1000.0:.0f} km long; "
            f"draw one of at most {LONGEST_LINE_KM:.0f} km."
        )
    moves = length > _SAME
    starts, ends, length = corners[:-1][moves], corners[1:][moves], length[moves]
    if length.size == 0:
        return Arcs(corners[:1], np.zeros(1, dtype=np.int64), np.zeros((1, 3)))
    pieces = np.ceil(length / longest).astype(np.int64)
    arc = np.repeat(np.arange(length.size), pieces)
    first = np.cumsum(pieces) - pieces
    part = (np.arange(arc.size) - first[arc] + 1.0) / pieces[arc]
    along = length[arc]
    points = np.sin((1.0 - part) * along)[:, None] * starts[arc] + np.sin(part * along)[:, None] * ends[arc]
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    points[first + pieces - 1] = ends
    normals = np.cross(starts, ends)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    return Arcs(np.concatenate([starts[:1], points]), np.concatenate([[0], arc]), normals)


def _angles(a: FloatArray, b: FloatArray) -> FloatArray:
    """Angles between unit vectors [rad], exact also where they are small."""
    return np.asarray(2.0 * np.arcsin(np.minimum(np.linalg.norm(a - b, axis=-1) / 2.0, 1.0)))


def _check_opposite(corners: FloatArray, longitudes: FloatArray, latitudes: FloatArray) -> None:
    """Refuse two places in a row between which every great circle is as short."""
    opposite = np.flatnonzero(np.linalg.norm(corners[:-1] + corners[1:], axis=1) < _OPPOSITE)
    if opposite.size:
        k = opposite[0]
        one, other = (place(float(latitudes[p]), float(longitudes[p])) for p in (k, k + 1))
        raise InputError(
            f"Points {k + 1} and {k + 2} of the line, {one} and {other}, are at opposite ends of the globe, and "
            "every way between them is as short; add a point between them."
        )
