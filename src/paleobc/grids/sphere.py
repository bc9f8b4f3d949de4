"""Places on the unit sphere."""

from __future__ import annotations

import numpy as np

from paleobc.conventions import FloatArray


def unit_vectors(longitude: FloatArray, latitude: FloatArray) -> FloatArray:
    """
    Give the unit vectors from the centre of the Earth to places given in degrees, shape (..., 3).

    Examples
    --------
    >>> unit_vectors(np.array([0.0, 90.0]), np.array([0.0, 0.0])).round(6)
    array([[1., 0., 0.],
           [0., 1., 0.]])
    """
    east, north = np.radians(longitude), np.radians(latitude)
    return np.stack([np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)], axis=-1)


def longitude_latitude(vectors: FloatArray) -> tuple[FloatArray, FloatArray]:
    """
    Longitude and latitude [degrees] of vectors of any length, shape (..., 3).

    Examples
    --------
    >>> longitude_latitude(np.array([[0.0, 2.0, 0.0]]))
    (array([90.]), array([0.]))
    """
    x, y, z = np.moveaxis(vectors, -1, 0)
    return np.degrees(np.arctan2(y, x)), np.degrees(np.arctan2(z, np.hypot(x, y)))


def polygon_areas(corners: FloatArray) -> FloatArray:
    """
    Area of the spherical quadrangles between a field of corners [sr], positive where they run anticlockwise.

    Parameters
    ----------
    corners : ndarray, shape (rows + 1, columns + 1, 3)
        Unit vectors of the corners; the sides of the quadrangles are great circles.

    Returns
    -------
    ndarray, shape (rows, columns)

    References
    ----------
    Van Oosterom and Strackee (1983), doi:10.1109/TBME.1983.325207.

    Examples
    --------
    >>> eighth = unit_vectors(np.array([[0.0, 90.0], [0.0, 90.0]]), np.array([[0.0, 0.0], [90.0, 90.0]]))
    >>> polygon_areas(eighth) / np.pi
    array([[0.5]])
    """
    south_west, south_east = corners[:-1, :-1], corners[:-1, 1:]
    north_west, north_east = corners[1:, :-1], corners[1:, 1:]
    lower = _triangle_areas(south_west, south_east, north_east)
    return np.asarray(lower + _triangle_areas(south_west, north_east, north_west))


def _triangle_areas(a: FloatArray, b: FloatArray, c: FloatArray) -> FloatArray:
    volume = np.einsum("...k,...k", a, np.cross(b, c))
    sides = sum(np.einsum("...k,...k", p, q) for p, q in ((a, b), (b, c), (c, a)))
    return np.asarray(2.0 * np.arctan2(volume, 1.0 + sides))
