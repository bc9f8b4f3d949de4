"""Where the ice that calves melts: three zones of latitude, each sent through one cell of the atmosphere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from paleobc.conventions import BoolArray, FloatArray, IntArray
from paleobc.errors import InputError
from paleobc.remapping.atmosphere import AtmosphereGrid
from paleobc.remapping.weights import Weights, sorted_weights

#: Zones of LMDZ's cpl_mod: the first from this latitude north, the third from the other south [degrees north].
NORTHERN_LIMIT: Final = 40.0
SOUTHERN_LIMIT: Final = -50.0


@dataclass(frozen=True)
class CalvingLinks:
    """
    Weights of the calving, and the zones whose ice melts elsewhere.

    Parameters
    ----------
    weights : Weights
        From kg/s in one cell per zone to kg/m2/s in the ocean: area times weight sums to 1 for each.
    moved : tuple of pairs of int
        Zones without ocean, and the zone whose ocean receives their ice; from 1 in the north to 3.
    """

    weights: Weights
    moved: tuple[tuple[int, int], ...]

    @property
    def warnings(self) -> tuple[str, ...]:
        """
        What the user should know, a sentence for each zone without ocean.

        Examples
        --------
        >>> empty = sorted_weights(np.array([0]), np.array([0]), np.ones(1), 1, 1)
        >>> CalvingLinks(empty, ((3, 2),)).warnings
        ('There is no ocean in calving zone 3 (south of 50S); its ice melts in zone 2 (from 50S to 40N).',)
        """
        names = {1: "north of 40N", 2: "from 50S to 40N", 3: "south of 50S"}
        return tuple(
            f"There is no ocean in calving zone {empty} ({names[empty]}); its ice melts in zone {other} "
            f"({names[other]})."
            for empty, other in self.moved
        )


def calving_sources(atmosphere: AtmosphereGrid) -> IntArray:
    """
    Flat index, from 0, of the cell through which LMDZ sends the ice of each of the three zones.

    Examples
    --------
    >>> from paleobc.remapping.atmosphere import LMD96X95
    >>> calving_sources(LMD96X95) + 1
    array([   1, 4608, 9216])
    """
    return np.asarray((atmosphere.size - 1) * np.arange(3) // 2)


def calving_zones(latitude: FloatArray) -> IntArray:
    """
    Zone of each latitude [degrees north]: 1 from 40N, 3 to 50S, 2 between.

    Examples
    --------
    >>> calving_zones(np.array([40.0, 39.9, -49.9, -50.0]))
    array([1, 2, 2, 3])
    """
    return np.where(latitude >= NORTHERN_LIMIT, 1, np.where(latitude > SOUTHERN_LIMIT, 2, 3))


def calving_weights(
    atmosphere: AtmosphereGrid, latitude: FloatArray, receiving: BoolArray, ocean_area: FloatArray
) -> CalvingLinks:
    """
    Weights that melt the ice of each zone evenly over its ocean; where a zone has none, over the nearest that has.

    Parameters
    ----------
    atmosphere : AtmosphereGrid
    latitude : ndarray, shape (n,)
        Latitudes of the ocean's points [degrees north].
    receiving : ndarray of bool, shape (n,)
        Wet cells, each place once; leave out closed seas to spare them the ice.
    ocean_area : ndarray, shape (n,)
        Area of the ocean's cells, e1t e2t [m2].

    Returns
    -------
    CalvingLinks

    Raises
    ------
    InputError
        Where no cell receives the ice.

    Examples
    --------
    >>> from paleobc.remapping.atmosphere import LMD96X95
    >>> tropics = calving_weights(LMD96X95, np.array([0.0, 30.0]), np.ones(2, dtype=bool), np.array([1.0, 3.0]))
    >>> tropics.weights.weight, tropics.moved
    (array([0.25, 0.25, 0.25, 0.25, 0.25, 0.25]), ((1, 2), (3, 2)))
    """
    wet = np.flatnonzero(receiving)
    if not wet.size:
        raise InputError("The ocean has no wet cell that can receive the ice that calves; check the bathymetry.")
    zone = calving_zones(latitude[wet])
    source, destination, weight, moved = [], [], [], []
    for number, cell in enumerate(calving_sources(atmosphere), start=1):
        melts_in = number if (zone == number).any() else _nearest_zone(number, latitude[wet], zone)
        if melts_in != number:
            moved.append((number, melts_in))
        cells = wet[zone == melts_in]
        source.append(np.full(cells.size, cell))
        destination.append(cells)
        weight.append(np.full(cells.size, 1.0 / ocean_area[cells].sum()))
    links = np.concatenate(source), np.concatenate(destination), np.concatenate(weight)
    return CalvingLinks(sorted_weights(*links, atmosphere.size, latitude.size), tuple(moved))


def _nearest_zone(number: int, latitude: FloatArray, zone: IntArray) -> int:
    """Zone of the ocean whose latitude is nearest to an empty zone."""
    north = {1: 90.0, 2: NORTHERN_LIMIT, 3: SOUTHERN_LIMIT}[number]
    south = {1: NORTHERN_LIMIT, 2: SOUTHERN_LIMIT, 3: -90.0}[number]
    distance = np.maximum(latitude - north, south - latitude)
    return int(zone[np.argmin(distance)])
