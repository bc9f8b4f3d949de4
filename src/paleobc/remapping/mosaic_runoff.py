"""MOSAIC's runoff: coastal cells of LMDZ send their water to the coast they overlap, others to the nearest."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from paleobc.compilation import kernel
from paleobc.constants import EARTH_RADIUS
from paleobc.conventions import BoolArray, FloatArray, IntArray
from paleobc.remapping.atmosphere import AtmosphereGrid
from paleobc.remapping.mosaic_cells import MOZAIC_DEGREE
from paleobc.remapping.mosaic_grids import MosaicOcean
from paleobc.remapping.weights import Weights

#: Distance within which the old program looks for a coast [m].
LARGEST_DISTANCE: Final = 400_000.0

#: More than the arc cosine of nearly 1 can be wrong by [m].
_ROUNDING: Final = 1.0

#: Ocean fractions below are land, above its complement sea.
_LEAST_FRACTION: Final = 1e-10


@dataclass(frozen=True)
class MosaicRunoff:
    """
    Links of the runoff, and the cells that have none.

    Parameters
    ----------
    weights : Weights
        From kg/s in each cell of LMDZ to kg/m2/s in the ocean: area times weight sums to 1. Sorted by ocean cell;
        in each, links of coastal cells come first.
    senders : ndarray of bool, shape (n,)
        Cells of LMDZ with land, each place once.
    unrouted : ndarray of int, shape (m,)
        Those of them from which no link starts: their water is lost.
    """

    weights: Weights
    senders: BoolArray
    unrouted: IntArray


def mosaic_runoff(
    ocean: MosaicOcean,
    atmosphere: AtmosphereGrid,
    to_ocean: Weights,
    fraction: FloatArray,
    ocean_area: FloatArray,
    atmosphere_area: FloatArray,
    *,
    faithful: bool,
) -> MosaicRunoff:
    """
    Link each cell of LMDZ that has land to the coast.

    Parameters
    ----------
    ocean : MosaicOcean
    atmosphere : AtmosphereGrid
    to_ocean : Weights
        Weights of the fluxes, without copies.
    fraction : ndarray, shape (n,)
        Ocean fraction of LMDZ's cells.
    ocean_area, atmosphere_area : ndarray, shapes (rows, columns)
        Areas in the weights [m2].
    faithful : bool
        Classify by the fraction in single precision, and leave land farther than 400 km from a coast without link.
    """
    if faithful:
        fraction = fraction.astype(np.float32).astype(np.float64)
    unique = np.ones(atmosphere.shape, dtype=bool)
    unique[[0, -1], 1:] = False
    land = (fraction < _LEAST_FRACTION) & unique.ravel()
    coastal = (fraction >= _LEAST_FRACTION) & (fraction <= 1.0 - _LEAST_FRACTION) & unique.ravel()
    coast = coastal_cells(ocean)
    links = _coastal_links(to_ocean, coastal, coast.ravel(), fraction, ocean_area.ravel(), atmosphere_area.ravel())
    linked = np.bincount(links[0], minlength=atmosphere.size) > 0
    searching = land & ~linked if faithful else (land | coastal) & ~linked
    source, target = _nearest_coast(ocean, atmosphere, np.flatnonzero(searching), coast, faithful=faithful)
    sources = np.concatenate([links[0], source])
    targets = np.concatenate([links[1], target])
    weight = np.concatenate([links[2], np.ones(source.size)]) / ocean_area.ravel()[targets]
    order = np.argsort(targets, kind="stable")
    weights = Weights(
        sources[order].astype(np.int32), targets[order].astype(np.int32), weight[order], fraction.size, ocean_area.size
    )
    senders = land | coastal
    return MosaicRunoff(weights, senders, np.flatnonzero(senders & ~weights.linked_sources()))


def coastal_cells(ocean: MosaicOcean) -> BoolArray:
    """Open cells of the ocean with land among their eight neighbours, shape (rows, columns)."""
    wet = ocean.open_with_copies
    rows, columns = wet.shape
    closed = np.zeros(wet.shape, dtype=bool)
    for north in (-1, 0, 1):
        row = np.clip(np.arange(rows) + north, 0, rows - 1)
        for east in (-1, 0, 1):
            closed |= ~wet[row][:, (np.arange(columns) + east) % columns]
    if not ocean.layout.folded_row:  # the row beyond the fold is not in the file: it is one of this file, mirrored
        closed[-1] |= _closed_beyond(ocean, wet)
    return np.asarray(ocean.open & closed)


def _closed_beyond(ocean: MosaicOcean, wet: BoolArray) -> BoolArray:
    """Cells of the last row that touch land beyond the fold, shape (columns,)."""
    layout = ocean.layout
    columns = 2 * np.arange(-1, layout.columns + 1)
    row, column, _ = layout.place(np.full(columns.size, 2 * layout.rows), columns)
    beyond = wet.ravel()[layout.cell_of(row, column)]
    return np.asarray(~(beyond[:-2] & beyond[1:-1] & beyond[2:]))


def _coastal_links(
    to_ocean: Weights,
    coastal: BoolArray,
    coast: BoolArray,
    fraction: FloatArray,
    ocean_area: FloatArray,
    atmosphere_area: FloatArray,
) -> tuple[IntArray, IntArray, FloatArray]:
    """Links of coastal cells to the coast that they overlap: the parts of their water that arrive there."""
    kept = coastal[to_ocean.source] & coast[to_ocean.destination]
    source, target = to_ocean.source[kept].astype(np.int64), to_ocean.destination[kept].astype(np.int64)
    part = to_ocean.weight[kept] * ocean_area[target] / (atmosphere_area[source] * fraction[source])
    return source, target, part / np.bincount(source, part, fraction.size)[source]


def _nearest_coast(
    ocean: MosaicOcean, atmosphere: AtmosphereGrid, searching: IntArray, coast: BoolArray, *, faithful: bool
) -> tuple[IntArray, IntArray]:
    """Cells of LMDZ and the nearest cell of the coast, where there is one."""
    targets = np.flatnonzero(coast)
    degree, limit = (MOZAIC_DEGREE, LARGEST_DISTANCE) if faithful else (math.pi / 180.0, math.inf)
    east, north = atmosphere.centres()
    at_coast = (ocean.completed(field["T"], "T").ravel()[targets] for field in (ocean.longitude, ocean.latitude))
    nearest = _nearest(east[searching], north[searching], *at_coast, degree, limit)
    found = nearest >= 0
    return searching[found], targets[nearest[found]]


@kernel
def _nearest(east, north, coast_east, coast_north, degree, limit):  # type: ignore[no-untyped-def]
    """
    Nearest point of the coast to each place, -1 where it is farther than the limit [m]; the first of equals.

    Ties are decided by the last digit: differences of longitudes are taken in degrees and within half a turn, so
    that a coast as far to the west as another to the east is exactly as far.
    """
    nearest = np.full(east.size, -1)
    sines, cosines = np.empty(coast_east.size), np.empty(coast_east.size)
    for j in range(coast_east.size):
        sines[j], cosines[j] = math.sin(coast_north[j] * degree), math.cos(coast_north[j] * degree)
    for i in range(east.size):
        sine, cosine = math.sin(north[i] * degree), math.cos(north[i] * degree)
        least = limit
        for j in range(coast_east.size):
            # Nothing is nearer than the difference of the latitudes, which costs far less than the distance.
            if abs(north[i] - coast_north[j]) * degree * EARTH_RADIUS > least + _ROUNDING:
                continue
            away = east[i] - coast_east[j]
            away = (away - 360.0 * round(away / 360.0)) * degree
            cosine_away = sine * sines[j] + cosine * cosines[j] * math.cos(away)
            distance = EARTH_RADIUS * math.acos(min(max(cosine_away, -1.0), 1.0))
            if distance < least:
                least, nearest[i] = distance, j
    return nearest
