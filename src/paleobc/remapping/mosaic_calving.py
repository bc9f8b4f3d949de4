"""MOSAIC's calving: the ice of each band of latitudes melts evenly over its ocean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from paleobc.compilation import kernel
from paleobc.conventions import FloatArray, IntArray
from paleobc.remapping.atmosphere import AtmosphereGrid
from paleobc.remapping.mosaic_grids import MosaicOcean
from paleobc.remapping.weights import Weights

#: Limits of the bands [degrees north]; the northern one belongs to a band, the southern one does not.
BAND_LIMITS: Final = (-90.0, -55.0, 40.0, 90.0)

_NAMES: Final = ("south of 55S", "from 55S to 40N", "north of 40N")


@dataclass(frozen=True)
class CalvingBands:
    """
    Links of the ice that calves.

    Parameters
    ----------
    weights : Weights
        From the first cell of each row of LMDZ, the field is uniform along rows, to all cells of the band's ocean.
    moved : tuple of pairs of int
        Bands without ocean, from 0 in the south, and the band whose ocean receives their ice.
    """

    weights: Weights
    moved: tuple[tuple[int, int], ...]

    @property
    def warnings(self) -> tuple[str, ...]:
        """
        What the user should know, a sentence for each band without ocean.

        Examples
        --------
        >>> nothing = np.empty(0, np.int32)
        >>> CalvingBands(Weights(nothing, nothing, np.empty(0), 1, 1), ((0, 1),)).warnings
        ('There is no ocean in the calving band south of 55S; its ice melts in the band from 55S to 40N.',)
        """
        return tuple(
            f"There is no ocean in the calving band {_NAMES[empty]}; its ice melts in the band {_NAMES[other]}."
            for empty, other in self.moved
        )


def band_of(latitude: FloatArray, *, with_pole: bool = False) -> IntArray:
    """
    Band of each latitude [degrees north], from 0 in the south; -1 at the south pole, unless it belongs to the first.

    Examples
    --------
    >>> band_of(np.array([-90.0, -55.0, -54.9, 40.0, 90.0]))
    array([-1,  0,  1,  1,  2])
    """
    band = np.searchsorted(BAND_LIMITS, latitude, "left") - 1
    return np.asarray(np.maximum(band, 0) if with_pole else band)


def mosaic_calving(
    ocean: MosaicOcean,
    atmosphere: AtmosphereGrid,
    atmosphere_area: FloatArray,
    ocean_area: FloatArray,
    *,
    faithful: bool,
) -> CalvingBands:
    """
    Weights that spread what calves in the rows of each band over the band's ocean; over the nearest where it has none.

    Parameters
    ----------
    ocean : MosaicOcean
    atmosphere : AtmosphereGrid
    atmosphere_area, ocean_area : ndarray, shapes (rows, columns)
        Areas of the cells, those of LMDZ before the caps are collapsed [m2].
    faithful : bool
        Leave out the row at the south pole, as the old program does.
    """
    cells = np.flatnonzero(ocean.open)
    band = band_of(ocean.completed(ocean.latitude["T"], "T").ravel()[cells], with_pole=True)
    row_band = band_of(atmosphere.latitudes, with_pole=not faithful)
    row_area = atmosphere.columns * atmosphere_area[:, 0]
    present = np.unique(band)
    receiver = np.arange(3)
    for empty in np.setdiff1d(receiver, present):
        receiver[empty] = present[np.argmin(np.abs(present - empty))]
    of_original = np.full(ocean.original.size, -1)
    of_original[cells] = band
    band_everywhere = of_original[ocean.original.ravel()]
    melting = np.bincount(band, ocean_area.ravel()[cells], 3)
    rows_into = [np.flatnonzero((row_band >= 0) & (receiver[row_band] == number)) for number in range(3)]
    shares = [row_area[rows] / melting[number] for number, rows in enumerate(rows_into)]
    links = _links([rows * atmosphere.columns for rows in rows_into], shares, band_everywhere)
    moved = tuple((int(empty), int(receiver[empty])) for empty in range(3) if receiver[empty] != empty)
    return CalvingBands(Weights(*links, atmosphere.size, ocean.original.size), moved)


def _links(
    sources: list[IntArray], shares: list[FloatArray], band: IntArray
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32], FloatArray]:
    """Links from all sources of a band to each of its cells, by cell and, in each, in the order of the sources."""
    sizes = np.array([each.size for each in sources])
    source, target, weight = _spread(np.concatenate(sources), np.concatenate(shares), sizes, band)
    return source, target, weight


@kernel
def _spread(sources, shares, sizes, band):  # type: ignore[no-untyped-def]
    """The same with the sources of a band following those of the band before."""
    total = 0
    for number in band:
        total += sizes[number] if number >= 0 else 0
    source, target, weight = np.empty(total, np.int32), np.empty(total, np.int32), np.empty(total)
    first, link = np.cumsum(sizes) - sizes, 0
    for cell in range(band.size):
        if band[cell] >= 0:
            for place in range(first[band[cell]], first[band[cell]] + sizes[band[cell]]):
                source[link], target[link], weight[link] = sources[place], cell, shares[place]
                link += 1
    return source, target, weight
