"""Where the water of rivers enters the ocean: every cell that carries it is linked to a coast."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from paleobc.compilation import kernel
from paleobc.constants import EARTH_RADIUS
from paleobc.conventions import BoolArray, FloatArray, IntArray
from paleobc.errors import InputError
from paleobc.grids.sphere import unit_vectors
from paleobc.remapping.weights import Weights, sorted_weights

#: Distance within which a cell's water is spread along the coast [m], MOZAIC's for spreading.
SEARCH_RADIUS: Final = 500_000.0

#: The radius is widened by this fraction of itself until it holds a coast.
_WIDENING: Final = 0.25


@dataclass(frozen=True)
class Redirect:
    """
    A rule: the water of the atmosphere's cells whose points lie in a box enters the ocean at a place.

    Parameters
    ----------
    south, north : float
        Edges of the box [degrees north].
    west, east : float
        Edges of the box [degrees east]; it runs east from the former to the latter.
    latitude, longitude : float
        The coast nearest to this place receives the water, together with that within the radius of the place.
    """

    south: float
    north: float
    west: float
    east: float
    latitude: float
    longitude: float

    def holds(self, longitude: FloatArray, latitude: FloatArray) -> BoolArray:
        """
        Tell which places lie in the box.

        Examples
        --------
        >>> Redirect(-10, 10, 170, -170, 0, 0).holds(np.array([180.0, 0.0]), np.array([0.0, 0.0]))
        array([ True, False])
        """
        within = (longitude - self.west) % 360.0 <= (self.east - self.west) % 360.0
        return np.asarray(within & (latitude >= self.south) & (latitude <= self.north))


@dataclass(frozen=True)
class RunoffLinks:
    """
    Weights of the runoff, and how far each cell had to look for a coast.

    Parameters
    ----------
    weights : Weights
        From kg/s in each cell of the atmosphere to kg/m2/s in the ocean: area times weight sums to 1.
    radius : ndarray, shape (source cells,)
        Radius of the search [m]; 0 for cells that send nothing.
    widened : ndarray of int, shape (n,)
        Flat indices of the cells without a coast within the given radius.
    redirected : ndarray of int, shape (n,)
        Flat indices of the cells whose water a rule sends elsewhere.
    """

    weights: Weights
    radius: FloatArray
    widened: IntArray
    redirected: IntArray


def river_cells(ocean_fraction: FloatArray, neighbours: IntArray, width: int = 1, *, inland: bool = True) -> BoolArray:
    """
    Cells of the atmosphere that can carry river water: with land, near the sea or anywhere.

    Parameters
    ----------
    ocean_fraction : ndarray, shape (n,)
        0 to 1.
    neighbours : ndarray of int, shape (n, 8)
        Cells around each, -1 for none.
    width : int
        Width of the coastal band in cells: 0 for cells with both land and sea, 1 for those next to sea too.
    inland : bool
        Whether land farther from the sea is linked as well, so that the water of inland basins is not lost.

    Returns
    -------
    ndarray of bool, shape (n,)

    Examples
    --------
    >>> in_a_row = np.array([[-1, 1], [0, 2], [1, 3], [2, 3]])
    >>> river_cells(np.array([1.0, 0.0, 0.0, 0.0]), in_a_row, inland=False)
    array([False,  True, False, False])
    """
    land = ocean_fraction < 1.0
    if inland:
        return np.asarray(land)
    near = ocean_fraction > 0.0
    for _ in range(width):
        near = near | (near[neighbours] & (neighbours >= 0)).any(axis=1)
    return np.asarray(land & near)


def runoff_weights(
    atmosphere_points: tuple[FloatArray, FloatArray],
    sends: BoolArray,
    ocean_points: tuple[FloatArray, FloatArray],
    receiving: BoolArray,
    ocean_area: FloatArray,
    *,
    radius: float = SEARCH_RADIUS,
    redirects: Sequence[Redirect] = (),
) -> RunoffLinks:
    """
    Weights that spread the water of each cell evenly over all coast within a radius, widened until there is some.

    Parameters
    ----------
    atmosphere_points, ocean_points : tuple of ndarray, shapes (n,) and (m,)
        Longitudes and latitudes of the points of the cells [degrees].
    sends : ndarray of bool, shape (n,)
        Cells of the atmosphere that can carry river water, see `river_cells`.
    receiving : ndarray of bool, shape (m,)
        Cells of the ocean that take it: those of the coast, each place once.
    ocean_area : ndarray, shape (m,)
        Area of the ocean's cells, e1t e2t [m2].
    radius : float
        Distance between points within which a coast receives water [m].
    redirects : sequence of Redirect
        Rules for cells whose water goes elsewhere; the last that holds counts.

    Returns
    -------
    RunoffLinks

    Raises
    ------
    InputError
        Where water is sent and no cell receives it, or the radius is not positive.

    References
    ----------
    Marti et al. (2010), doi:10.1007/s00382-009-0640-6.

    Examples
    --------
    >>> equator = np.zeros(2)
    >>> links = runoff_weights(
    ...     (np.array([0.0]), np.zeros(1)), np.array([True]),
    ...     (np.array([1.0, -2.0]), equator), np.array([True, True]), np.array([1e9, 3e9]))
    >>> links.weights.weight * 4e9, links.radius
    (array([1., 1.]), array([500000.]))
    """
    senders, coast = np.flatnonzero(sends), np.flatnonzero(receiving)
    _check(senders, coast, ocean_area, radius)
    longitude, latitude = (np.array(part, dtype=np.float64) for part in atmosphere_points)
    moved = np.zeros(longitude.size, dtype=bool)
    for rule in redirects:
        inside = rule.holds(*atmosphere_points) & sends
        longitude[inside], latitude[inside] = rule.longitude, rule.latitude
        moved |= inside
    at_coast = unit_vectors(*(part[coast] for part in ocean_points))
    order = np.argsort(at_coast[:, 2], kind="stable")
    found, used, source, target, weight = _links(
        unit_vectors(longitude[senders], latitude[senders]), at_coast[order], ocean_area[coast][order],
        radius / EARTH_RADIUS,
    )  # fmt: skip
    radii = np.zeros(sends.size)
    radii[senders] = used * EARTH_RADIUS
    weights = sorted_weights(senders[source], coast[order][target], weight, sends.size, receiving.size)
    return RunoffLinks(weights, radii, senders[~found], np.flatnonzero(moved))


def _check(senders: IntArray, coast: IntArray, ocean_area: FloatArray, radius: float) -> None:
    if not radius > 0.0:
        raise InputError(f"A search radius of {radius:g} m for the runoff holds no coast; give a positive one.")
    if senders.size and not coast.size:
        raise InputError(
            "There is land but no wet cell in the ocean that can receive its rivers; check the bathymetry, or the "
            "seas that are excluded."
        )
    if not (ocean_area[coast] > 0.0).all():
        raise InputError("A cell of the ocean's coast has no area; check the scale factors e1t and e2t.")


@kernel
def _window(heights, z, reach):  # type: ignore[no-untyped-def]
    """Points whose z is within reach: nothing farther away can be nearer than that."""
    return np.searchsorted(heights, z - reach, "left"), np.searchsorted(heights, z + reach, "right")


@kernel
def _square(places, i, points, j):  # type: ignore[no-untyped-def]
    dx, dy, dz = points[j, 0] - places[i, 0], points[j, 1] - places[i, 1], points[j, 2] - places[i, 2]
    return dx * dx + dy * dy + dz * dz


@kernel
def _nearest(places, i, points):  # type: ignore[no-untyped-def]
    """Distance to the nearest point [radians]."""
    least = 4.0
    for j in range(points.shape[0]):
        least = min(least, _square(places, i, points, j))
    return 2.0 * math.asin(min(0.5 * math.sqrt(least), 1.0))


@kernel
def _links(places, points, area, radius):  # type: ignore[no-untyped-def]
    """
    Links of each place to all points, sorted by z, within the radius [radians], widened where there are none.

    Gives where the radius sufficed, the radius used, and for each link place, point and weight.
    """
    heights = points[:, 2].copy()
    found, used = np.ones(places.shape[0], np.bool_), np.full(places.shape[0], radius)
    total, count = np.zeros(places.shape[0]), np.zeros(places.shape[0] + 1, np.int64)
    for i in range(places.shape[0]):
        for attempt in range(2):
            chord = 2.0 * math.sin(min(0.5 * used[i], 0.5 * math.pi))
            first, last = _window(heights, places[i, 2], chord)
            for j in range(first, last):
                if _square(places, i, points, j) <= chord * chord:
                    total[i] += area[j]
                    count[i + 1] += 1
            if count[i + 1] or attempt:
                break
            found[i] = False
            steps = math.ceil((_nearest(places, i, points) / radius - 1.0) / _WIDENING + 1e-9)
            used[i] = radius * (1.0 + _WIDENING * max(steps, 1))
    n = np.cumsum(count)[-1]
    source, target, weight = np.empty(n, np.int64), np.empty(n, np.int64), np.empty(n)
    n = 0
    for i in range(places.shape[0]):
        chord = 2.0 * math.sin(min(0.5 * used[i], 0.5 * math.pi))
        first, last = _window(heights, places[i, 2], chord)
        for j in range(first, last):
            if _square(places, i, points, j) <= chord * chord:
                source[n], target[n], weight[n] = i, j, 1.0 / total[i]
                n += 1
    return found, used, source, target, weight
