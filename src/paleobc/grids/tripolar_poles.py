"""Where the two northern poles of a tripolar grid stand: on land, as far from the sea as they can be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import scipy

from paleobc.constants import RIVER_EARTH_RADIUS
from paleobc.conventions import BoolArray, FloatArray
from paleobc.errors import InputError
from paleobc.grids.sphere import unit_vectors

#: Latitudes between which poles are sought [degrees north]: further south they would need a lower join.
SOUTHERNMOST: Final = 54.0
NORTHERNMOST: Final = 80.0
#: Largest difference between the latitudes of the two poles [degrees]: beyond it rows crowd on one side.
MOST_UNEVEN: Final = 6.0
SEARCH_STEP: Final = 0.5  # [degrees]


@dataclass(frozen=True)
class Poles:
    """
    The two northern poles, on opposite meridians.

    Parameters
    ----------
    longitude : float
        Longitude of the first pole [degrees east]; the second stands 180 degrees from it.
    latitudes : tuple of float
        Latitudes of the first and of the second pole [degrees north].

    Examples
    --------
    >>> Poles(106.0, (60.0, 60.0)).places
    ((106.0, 60.0), (-74.0, 60.0))
    """

    longitude: float
    latitudes: tuple[float, float]

    def __post_init__(self) -> None:
        if not all(np.isfinite([self.longitude, *self.latitudes])):
            raise InputError("A pole of the grid has no number for its place; give longitude and latitudes.")
        for latitude in self.latitudes:
            if not 45.0 <= latitude <= 88.0:
                raise InputError(
                    f"A pole of the grid at latitude {latitude:g} cannot be built; "
                    "choose latitudes between 45 and 88 degrees north."
                )

    @property
    def places(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Longitude and latitude of each pole [degrees]."""
        first, second = _wrapped(self.longitude), _wrapped(self.longitude + 180.0)
        return (first, self.latitudes[0]), (second, self.latitudes[1])


#: Poles of PALEORCA2, in Asia and in North America; Sepulchre et al. (2020), doi:10.5194/gmd-13-3011-2020.
PALEORCA2_POLES: Final = Poles(106.0, (60.0, 60.0))


def opposite_poles(first: tuple[float, float], second: tuple[float, float]) -> Poles:
    """
    Poles at two places (longitude, latitude) given by a person [degrees].

    Raises
    ------
    InputError
        Where they do not stand on opposite meridians.

    Examples
    --------
    >>> opposite_poles((106, 60), (286, 62)).places
    ((106.0, 60.0), (-74.0, 62.0))
    """
    apart = (second[0] - first[0]) % 360.0
    if not abs(apart - 180.0) < 1e-6:
        raise InputError(
            f"The poles at longitudes {first[0]:g} and {second[0]:g} are not on opposite meridians; put the "
            f"second at longitude {_wrapped(first[0] + 180.0):g}, or let them be found with 'auto'."
        )
    return Poles(float(first[0]), (float(first[1]), float(second[1])))


class Sea:
    """
    The sea of a topography, and how far places are from it.

    Parameters
    ----------
    height : ndarray, shape (rows, columns)
        Height above sea level [m]; the sea is where it is not above 0. Missing values are sea.
    longitudes, latitudes : ndarray, shapes (columns,) and (rows,)
        Centres of the cells [degrees]: a global regular grid in any order and convention.
    """

    def __init__(self, height: FloatArray, longitudes: FloatArray, latitudes: FloatArray) -> None:
        order = np.argsort(longitudes % 360.0), np.argsort(latitudes)
        self._longitudes, self._latitudes = (longitudes % 360.0)[order[0]], latitudes[order[1]]
        self._wet = ~(height[np.ix_(order[1], order[0])] > 0.0)
        self._tree = scipy.spatial.cKDTree(self._shore_points()) if self._wet.any() else None

    def _shore_points(self) -> FloatArray:
        """Points on the edges of the wet cells that have a dry neighbour, on the unit sphere."""
        padded = np.pad(np.pad(~self._wet, ((0, 0), (1, 1)), mode="wrap"), ((1, 1), (0, 0)), mode="edge")
        near_land = padded[:-2, 1:-1] | padded[2:, 1:-1] | padded[1:-1, :-2] | padded[1:-1, 2:]
        row, column = np.nonzero(self._wet & near_land if near_land[self._wet].any() else self._wet)
        half_width = 180.0 / self._longitudes.size
        half_height = np.abs(np.diff(self._latitudes)).mean() / 2.0
        around = [(x / 2.0, y / 2.0) for x in range(-2, 3) for y in range(-2, 3) if 2 in (abs(x), abs(y))]
        longitude = np.stack([self._longitudes[column] + x * half_width for x, _ in around])
        latitude = np.stack([self._latitudes[row] + y * half_height for _, y in around])
        return unit_vectors(longitude, np.clip(latitude, -90.0, 90.0)).reshape(-1, 3)

    def covers(self, longitude: FloatArray, latitude: FloatArray) -> BoolArray:
        """Tell whether the cell of the topography that holds each place [degrees] is sea."""
        edges = (self._longitudes[1:] + self._longitudes[:-1]) / 2.0
        wrap = (self._longitudes[-1] + self._longitudes[0] + 360.0) / 2.0
        lowest = wrap - 360.0
        column = np.searchsorted(edges, (longitude - lowest) % 360.0 + lowest)
        row = np.searchsorted((self._latitudes[1:] + self._latitudes[:-1]) / 2.0, latitude)
        return np.asarray(self._wet[row, column])

    def distance_km(self, longitude: FloatArray, latitude: FloatArray) -> FloatArray:
        """Distance from each place [degrees] to the nearest sea [km]; 0 in the sea, infinite without any."""
        if self._tree is None:
            return np.full(np.shape(longitude), np.inf)
        chord, _ = self._tree.query(unit_vectors(longitude, latitude))
        arc = 2.0 * np.arcsin(np.minimum(chord / 2.0, 1.0)) * RIVER_EARTH_RADIUS / 1000.0
        return np.asarray(np.where(self.covers(longitude, latitude), 0.0, arc))


def find_poles(sea: Sea) -> Poles:
    """
    Poles whose smaller distance to the sea is the largest that two opposite meridians offer.

    Raises
    ------
    InputError
        Where no two opposite meridians both cross land in the north.

    References
    ----------
    Murray (1996), doi:10.1006/jcph.1996.0136: poles of the grid belong on land.
    """
    meridians = np.arange(0.0, 360.0, SEARCH_STEP)
    latitudes = np.arange(SOUTHERNMOST, NORTHERNMOST + SEARCH_STEP / 2.0, SEARCH_STEP)
    distance = sea.distance_km(*np.broadcast_arrays(meridians[:, None], latitudes))
    half = meridians.size // 2
    smaller = np.minimum(distance[:half, :, None], distance[half:, None, :])
    uneven = np.abs(latitudes[:, None] - latitudes) > MOST_UNEVEN
    smaller[:, uneven] = 0.0
    # Where several are as good (one pole alone is the limit), the other is put as far inland as it can be.
    larger = np.maximum(distance[:half, :, None], distance[half:, None, :])
    best = np.argmax(smaller + 1e-6 * np.where(np.isfinite(larger), larger, 0.0))
    axis, first, second = np.unravel_index(best, smaller.shape)
    if smaller[axis, first, second] == 0.0:
        raise InputError(
            f"No two opposite meridians cross land from {SOUTHERNMOST:g} to {NORTHERNMOST:g} degrees north, "
            "so no grid with two northern poles can be made for this topography; check its land there."
        )
    return Poles(float(meridians[axis]), (float(latitudes[first]), float(latitudes[second])))


def check_poles(poles: Poles, sea: Sea) -> None:
    """
    Refuse poles that stand in the sea.

    Raises
    ------
    InputError
        It names the place of the first wet pole.
    """
    for longitude, latitude in poles.places:
        if sea.covers(np.array(longitude), np.array(latitude)):
            raise InputError(
                f"The ocean grid's pole at {_spoken(longitude, 'E', 'W')}, {_spoken(latitude, 'N', 'S')} "
                "lies in the sea of this topography; choose other poles, or let them be found with 'auto'."
            )


def _wrapped(longitude: float) -> float:
    return float((longitude + 180.0) % 360.0 - 180.0)


def _spoken(angle: float, positive: str, negative: str) -> str:
    return f"{abs(angle):g}°{positive if angle >= 0 else negative}"
