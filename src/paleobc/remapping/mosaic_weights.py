"""MOSAIC's weights between ocean and atmosphere, its ocean fraction, and its runoff and calving, all at once."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from paleobc.compilation import kernel
from paleobc.conventions import FloatArray, IntArray
from paleobc.grids.curvilinear import CurvilinearGrid
from paleobc.remapping.atmosphere import AtmosphereGrid
from paleobc.remapping.mosaic_calving import CalvingBands, mosaic_calving
from paleobc.remapping.mosaic_cells import (
    MOZAIC_DEGREE,
    atmosphere_areas,
    collapsed_areas,
    ocean_areas,
    ocean_outlines,
)
from paleobc.remapping.mosaic_grids import MosaicOcean, mosaic_ocean
from paleobc.remapping.mosaic_overlaps import plane_overlaps
from paleobc.remapping.mosaic_runoff import MosaicRunoff, mosaic_runoff
from paleobc.remapping.weights import Weights, sorted_weights

#: Weights and fractions below are none, fractions above its complement are whole.
LEAST_WEIGHT: Final = 1e-10


@dataclass(frozen=True)
class MosaicSet:
    """
    All that MOSAIC computes for one ocean and one atmosphere.

    Parameters
    ----------
    ocean : MosaicOcean
    atmosphere : AtmosphereGrid
    faithful : bool
        Whether the errors of the old program are in it.
    ocean_area : ndarray, shape (rows, columns)
        Area of the ocean's cells in the weights [m2].
    atmosphere_area, collapsed_area : ndarray, shape (rows, columns)
        Area of LMDZ's cells [m2], and those with the caps in the first cells of their rows.
    fraction : ndarray, shape (rows * columns,)
        Ocean fraction of LMDZ's cells.
    to_atmosphere, to_ocean : Weights
        Means over the sea of each cell of LMDZ; fluxes per area of sea, which also reach copies of cells.
    runoff : MosaicRunoff
    calving : CalvingBands
    """

    ocean: MosaicOcean
    atmosphere: AtmosphereGrid
    faithful: bool
    ocean_area: FloatArray
    atmosphere_area: FloatArray
    collapsed_area: FloatArray
    fraction: FloatArray
    to_atmosphere: Weights
    to_ocean: Weights
    runoff: MosaicRunoff
    calving: CalvingBands

    @property
    def coupled_fraction(self) -> FloatArray:
        """Ocean fraction as the old program reads it back from its file, shape (rows, columns)."""
        fraction = self.fraction.reshape(self.atmosphere.shape)
        return fraction.astype(np.float32).astype(np.float64) if self.faithful else fraction


def mosaic_set(
    depth: FloatArray, grid: CurvilinearGrid, atmosphere: AtmosphereGrid, *, faithful: bool = True
) -> MosaicSet:
    """
    Compute all weights of the MOSAIC chain.

    Parameters
    ----------
    depth : ndarray, shape (rows, columns)
        Depth of the sea [m], 0 on land.
    grid : CurvilinearGrid
        The ocean grid with all its points.
    atmosphere : AtmosphereGrid
    faithful : bool
        Repeat the errors of the old program that reach its files; otherwise mend them.

    Raises
    ------
    InputError
        Where the grid lacks points, the depth has another shape, or there is no sea.

    References
    ----------
    Marti et al. (2010), doi:10.1007/s00382-009-0640-6.
    """
    ocean = mosaic_ocean(depth, grid, faithful=faithful)
    areas = atmosphere_areas(atmosphere, faithful=faithful)
    collapsed = collapsed_areas(areas, faithful=faithful)
    ocean_area = ocean_areas(ocean, atmosphere, faithful=faithful)
    pairs = _covered_parts(ocean, atmosphere, faithful=faithful)
    fraction, to_atmosphere = _to_atmosphere(ocean, atmosphere, *pairs)
    unique = _to_ocean(*pairs, fraction, ocean_area.ravel(), collapsed.ravel(), faithful=faithful)
    runoff = mosaic_runoff(ocean, atmosphere, unique, fraction, ocean_area, collapsed, faithful=faithful)
    return MosaicSet(
        ocean,
        atmosphere,
        faithful,
        ocean_area,
        areas,
        collapsed,
        fraction,
        to_atmosphere,
        with_copies(unique, ocean),
        runoff,
        mosaic_calving(ocean, atmosphere, areas, ocean_area, faithful=faithful),
    )


def _covered_parts(
    ocean: MosaicOcean, atmosphere: AtmosphereGrid, *, faithful: bool
) -> tuple[IntArray, IntArray, FloatArray]:
    """Flat indices of the cells that overlap, and the part of LMDZ's cell that the ocean's covers."""
    cells = np.flatnonzero(ocean.open)
    east, north = (np.ascontiguousarray(part.reshape(9, -1)[:, cells].T) for part in ocean_outlines(ocean))
    degree = MOZAIC_DEGREE if faithful else math.pi / 180.0
    found, target, part = plane_overlaps(east, north, atmosphere, degree)
    kept = slice(None) if faithful else part >= LEAST_WEIGHT
    return cells[found[kept]], target[kept], part[kept]


def _to_atmosphere(
    ocean: MosaicOcean, atmosphere: AtmosphereGrid, source: IntArray, target: IntArray, part: FloatArray
) -> tuple[FloatArray, Weights]:
    """Ocean fraction, and the weights of the mean over the sea; all cells of a polar row have those of the cap."""
    kept = part >= LEAST_WEIGHT
    source, target, part = source[kept], target[kept], part[kept]
    fraction: FloatArray = np.bincount(target, part, atmosphere.size).astype(np.float64)
    weight = part / fraction[target]
    fraction = np.minimum(fraction, 1.0)
    columns, last = atmosphere.columns, atmosphere.size - atmosphere.columns
    links = [(source, target, weight)]
    for first in (0, last):
        fraction[first : first + columns] = fraction[first]
        cap = target == first
        others = np.repeat(np.arange(first + 1, first + columns), cap.sum())
        links.append((np.tile(source[cap], columns - 1), others, np.tile(weight[cap], columns - 1)))
    joined = [np.concatenate(arrays) for arrays in zip(*links, strict=True)]
    return fraction, sorted_weights(joined[0], joined[1], joined[2], ocean.original.size, atmosphere.size)


def _to_ocean(
    cells: IntArray,
    source: IntArray,
    part: FloatArray,
    fraction: FloatArray,
    ocean_area: FloatArray,
    atmosphere_area: FloatArray,
    *,
    faithful: bool,
) -> Weights:
    """Weights by which what leaves the sea of each cell of LMDZ arrives in the ocean, each place once."""
    weight = part * atmosphere_area[source] / ocean_area[cells]
    if faithful:
        kept = (weight >= LEAST_WEIGHT) & (fraction[source] > 0.0)
        cells, source, weight = cells[kept], source[kept], weight[kept]
        content = fraction * atmosphere_area
        sums = _single_sums(source, weight * ocean_area[cells], atmosphere_area.size)
        exact = np.divide(sums, content, out=np.ones_like(content), where=content > 0.0)
        weight = weight / exact.astype(np.float32)[source]
    return sorted_weights(source, cells, weight, atmosphere_area.size, ocean_area.size)


@kernel
def _single_sums(cells, values, size):  # type: ignore[no-untyped-def]
    """Sums kept in single precision after each term, as the old program keeps them."""
    sums = np.zeros(size, np.float32)
    for link in range(cells.size):
        sums[cells[link]] = np.float32(np.float64(sums[cells[link]]) + values[link])
    return sums


def with_copies(weights: Weights, ocean: MosaicOcean) -> Weights:
    """Weights whose links also end in all copies of the cells in which they end."""
    original = ocean.original.ravel()
    order = np.argsort(original, kind="stable")
    count = np.bincount(original, minlength=original.size)
    first = np.cumsum(count) - count
    times = count[weights.destination]
    link = np.repeat(np.arange(times.size), times)
    step = np.arange(link.size) - np.repeat(np.cumsum(times) - times, times)
    target = order[first[weights.destination[link]] + step]
    return sorted_weights(weights.source[link], target, weights.weight[link], weights.source_size, original.size)
