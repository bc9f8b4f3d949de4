"""Points that a person drew, refused in a sentence where they cannot be used."""

from __future__ import annotations

from typing import Final

import numpy as np

from paleobc.conventions import BoolArray, FloatArray
from paleobc.errors import InputError
from paleobc.topography.edits.shapes import Place

#: A shape has at most so many points.
MOST_POINTS: Final = 10_000

#: Longitudes may run from -180, from 0, or once more around [degrees east].
FURTHEST_LONGITUDE: Final = 720.0


def drawn_points(places: tuple[Place, ...], what: str) -> tuple[FloatArray, FloatArray]:
    """
    Longitudes, from -180 up to 180, and latitudes of points [degrees], shape (points,).

    Parameters
    ----------
    places : tuple of Place
    what : str
        The shape they belong to, as the sentence names it.

    Raises
    ------
    InputError
        Where there is none, or too many, or one is no place on the globe.

    Examples
    --------
    >>> drawn_points(((190.0, 10.0), (180.0, 0.0)), "line")
    (array([-170., -180.]), array([10.,  0.]))
    """
    if not places:
        raise InputError(f"The {what} has no points; draw one at least.")
    if len(places) > MOST_POINTS:
        raise InputError(f"The {what} has {len(places)} points; draw it with at most {MOST_POINTS}.")
    try:
        points = np.array(places, dtype=np.float64).reshape(len(places), 2)
    except (ValueError, TypeError, OverflowError):
        raise InputError(f"The points of the {what} are not all pairs of a longitude and a latitude.") from None
    on_globe = on_the_globe(points[:, 0], points[:, 1])
    if not on_globe.all():
        k = int(np.argmin(on_globe))
        raise InputError(
            f"Point {k + 1} of the {what}, longitude {points[k, 0]:g} and latitude {points[k, 1]:g}, is no place on "
            "the globe; latitudes run from -90 to 90 and longitudes from -180 to 360 degrees."
        )
    return normalised(points[:, 0]), points[:, 1].copy()


def on_the_globe(longitudes: FloatArray, latitudes: FloatArray) -> BoolArray:
    """Whether pairs of numbers are longitudes and latitudes [degrees]."""
    return np.asarray((np.abs(latitudes) <= 90.0) & (np.abs(longitudes) <= FURTHEST_LONGITUDE))


def normalised(longitudes: FloatArray) -> FloatArray:
    """
    Longitudes from -180 up to 180, 180 itself not among them [degrees east]; those already there unchanged.

    Examples
    --------
    >>> normalised(np.array([180.0, 359.0, -180.0, 1e-20]))
    array([-1.8e+02, -1.0e+00, -1.8e+02, 1.0e-20])
    """
    turned = (longitudes + 180.0) % 360.0 - 180.0
    turned = np.where(turned >= 180.0, -180.0, turned)
    return np.where((longitudes >= -180.0) & (longitudes < 180.0), longitudes, turned)


def checked_distance(distance_km: float, what: str) -> float:
    """
    Refuse a distance [km] that is none.

    Raises
    ------
    InputError
        Where it is negative or no finite number.
    """
    if not (np.isfinite(distance_km) and distance_km >= 0.0):
        raise InputError(f"The {what} is {distance_km:g} km; give a number from 0 on.")
    return float(distance_km)
