"""The basins of the ocean: Atlantic, Pacific, Indian; each wet cell in exactly one."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Literal

import numpy as np
import scipy

from paleobc.compilation import kernel
from paleobc.conventions import BoolArray, FloatArray, IntArray
from paleobc.errors import InputError
from paleobc.grids.curvilinear import CurvilinearGrid
from paleobc.grids.fold import OrcaLayout, filled_halo, owner_table, unique_cells
from paleobc.grids.sphere import unit_vectors

Basin = Literal["atlantic", "pacific", "indian"]

#: A place on the globe: longitude and latitude [degrees].
Place = Sequence[float]

#: Number of each basin, as users draw it.
BASINS: Final[dict[Basin, int]] = {"atlantic": 1, "pacific": 2, "indian": 3}

#: Basins along the x axis of the grid, each a third of it.
THIRDS: Final[tuple[Basin, ...]] = ("pacific", "atlantic", "indian")

#: Meridian in the middle of each basin today [degrees east].
SEED_LONGITUDES: Final[dict[Basin, float]] = {"atlantic": -30.0, "pacific": -160.0, "indian": 75.0}

_MERIDIAN_STEP: Final = 0.25  # [degrees]


def thirds(wet: BoolArray, layout: OrcaLayout) -> IntArray:
    """
    Number of the basin of each wet cell: Pacific, Atlantic and Indian, each a third of the x axis.

    Parameters
    ----------
    wet : ndarray of bool, shape (rows, columns)
    layout : OrcaLayout

    Returns
    -------
    ndarray of int, shape (rows, columns)
        1 Atlantic, 2 Pacific, 3 Indian, 0 on land; copies of a cell are equal to it.

    Examples
    --------
    >>> thirds(np.ones((4, 6), dtype=bool), OrcaLayout(4, 6, "F", overlap=False, folded_row=False))[0]
    array([2, 2, 1, 1, 3, 3])
    """
    numbers = np.array([BASINS[name] for name in THIRDS])
    along = numbers[3 * np.arange(layout.columns) // layout.columns]
    return filled_halo(layout, np.where(wet, along, 0))


def from_seeds(
    wet: BoolArray, grid: CurvilinearGrid, seeds: Mapping[Basin, float | Sequence[Place]] | None = None
) -> IntArray:
    """
    Number of the basin of each wet cell: that of the nearest seed, along wet paths.

    Parameters
    ----------
    wet : ndarray of bool, shape (rows, columns)
    grid : CurvilinearGrid
    seeds : mapping of str to float or to places, optional
        For each basin a longitude [degrees east], whose wet cells from pole to pole are seeds, or places
        (longitude, latitude), the nearest wet cell of each being one; 30W, 160W and 75E where not given.

    Returns
    -------
    ndarray of int, shape (rows, columns)
        1 Atlantic, 2 Pacific, 3 Indian, 0 on land; copies of a cell are equal to it.

    Raises
    ------
    InputError
        Where no basin has a seed.
    """
    seeds = SEED_LONGITUDES if seeds is None else seeds
    if not seeds:
        raise InputError("No basin has a seed; give a longitude or places for at least one of them.")
    unknown = set(seeds) - set(BASINS)
    if unknown:
        raise InputError(f"There is no basin {min(unknown)!r}; seeds are those of {', '.join(BASINS)}.")
    labels = np.zeros(wet.size, dtype=np.int64)
    for name, number in BASINS.items():
        cells = _seed_cells(wet, grid, seeds[name]) if name in seeds else np.zeros(0, dtype=np.int64)
        labels[cells[labels[cells] == 0]] = number  # a cell that is seed of two belongs to the first
    return grown(labels.reshape(wet.shape), wet, grid)


def repaired(drawn: IntArray, wet: BoolArray, grid: CurvilinearGrid) -> IntArray:
    """
    Basins drawn for another bathymetry: cells that became wet take the basin of their nearest wet neighbour.

    Parameters
    ----------
    drawn : ndarray of int, shape (rows, columns)
        1 Atlantic, 2 Pacific, 3 Indian; anything else where none was drawn.
    wet : ndarray of bool, shape (rows, columns)
    grid : CurvilinearGrid

    Returns
    -------
    ndarray of int, shape (rows, columns)
        Each wet cell in exactly one basin, 0 on land; copies of a cell are equal to it.

    Raises
    ------
    InputError
        Where the drawing has another size than the grid, or no basin in the sea.
    """
    if drawn.shape != wet.shape:
        raise InputError(
            f"The sub-basins are drawn on {drawn.shape[0]} rows and {drawn.shape[1]} columns and the ocean grid has "
            f"{wet.shape[0]} and {wet.shape[1]}; draw them on this grid, or let them be found from seeds."
        )
    return grown(np.where((drawn >= 1) & (drawn <= len(BASINS)), drawn, 0).astype(np.int64), wet, grid)


def grown(labels: IntArray, wet: BoolArray, grid: CurvilinearGrid) -> IntArray:
    """
    Labels of all wet cells: that of the nearest labelled one along wet paths, or as the crow flies for other seas.

    Parameters
    ----------
    labels : ndarray of int, shape (rows, columns)
        Above 0 where known; those on land and of copies are not read.
    wet : ndarray of bool, shape (rows, columns)
    grid : CurvilinearGrid

    Returns
    -------
    ndarray of int, shape (rows, columns)
        0 on land; copies of a cell are equal to it.

    Raises
    ------
    InputError
        Where there are wet cells and none of them has a label.

    References
    ----------
    Dijkstra (1959), doi:10.1007/BF01386390.
    """
    sea = wet & unique_cells(grid.layout)
    known = np.where(sea, labels, 0)
    if not sea.any():
        return np.zeros(wet.shape, dtype=np.int64)
    if not known.any():
        raise InputError("No sub-basin lies in the sea of this bathymetry; draw them again, or start from seeds.")
    places = unit_vectors(grid.t.longitude, grid.t.latitude).reshape(-1, 3)
    result: IntArray = _spread(known.ravel().astype(np.int64), sea.ravel(), owner_table(grid.layout), places)
    lost, found = np.flatnonzero(sea.ravel() & (result == 0)), np.flatnonzero(result)
    if lost.size:
        result[lost] = result[_nearest(found, places, places[lost])[0]]
    return filled_halo(grid.layout, result.reshape(wet.shape))


def masks_of(basins: IntArray) -> BoolArray:
    """
    Masks of the Atlantic, the Pacific and the Indian Ocean, shape (3, rows, columns).

    Examples
    --------
    >>> masks_of(np.array([[1, 0, 3]]))[:, 0].astype(int)
    array([[1, 0, 0],
           [0, 0, 0],
           [0, 0, 1]])
    """
    return np.stack([basins == number for number in BASINS.values()])


def numbers_of(masks: FloatArray) -> IntArray:
    """
    Numbers of the basins from their three masks; 0 where no mask, or more than one, holds a cell.

    Examples
    --------
    >>> numbers_of(np.array([[[1, 0, 1]], [[0, 0, 1]], [[0, 1, 0]]], dtype=float))
    array([[1, 3, 0]])
    """
    inside = masks > 0.5
    numbers = np.tensordot(list(BASINS.values()), inside.astype(np.int64), axes=1)
    return np.where(inside.sum(axis=0) == 1, numbers, 0)


def _seed_cells(wet: BoolArray, grid: CurvilinearGrid, seed: float | Iterable[Place]) -> IntArray:
    """Unique wet cells on a meridian, or nearest to places; where the meridian crosses none, the nearest to it."""
    unique = unique_cells(grid.layout)
    places = unit_vectors(grid.t.longitude, grid.t.latitude).reshape(-1, 3)
    sea = np.flatnonzero(wet & unique)
    if not sea.size:
        return sea
    if not isinstance(seed, int | float):
        wanted = np.array(list(seed), dtype=np.float64).reshape(-1, 2)
        return _nearest(sea, places, unit_vectors(wanted[:, 0], wanted[:, 1]))[0]
    latitude = np.arange(-90.0, 90.0 + _MERIDIAN_STEP, _MERIDIAN_STEP)
    meridian = unit_vectors(np.full(latitude.shape, float(seed)), latitude)
    cells = np.flatnonzero(unique)
    crossed, _ = _nearest(cells, places, meridian)
    if (wet_ones := crossed[wet.ravel()[crossed]]).size:
        return wet_ones
    nearest, distance = _nearest(sea, places, meridian)
    return nearest[[np.argmin(distance)]]


def _nearest(cells: IntArray, places: FloatArray, wanted: FloatArray) -> tuple[IntArray, FloatArray]:
    """Cell nearest to each wanted place among some cells, and how far it is."""
    distance, nearest = scipy.spatial.cKDTree(places[cells]).query(wanted)
    return np.asarray(cells[nearest]), np.asarray(distance)


@kernel
def _spread(labels, sea, owner, places):  # type: ignore[no-untyped-def]
    """Label of the nearest labelled cell along wet paths; 0 for seas without any. No path cuts a corner of land."""
    columns = owner.shape[1] - 2
    distance = np.full(labels.size, np.inf)
    result = np.zeros(labels.size, np.int64)
    heap = [(0.0, labels[0], np.int64(0))][:0]  # empty, of a known type
    for cell in np.flatnonzero(labels):
        if sea[cell]:
            distance[cell] = 0.0
            heap.append((0.0, labels[cell], cell))
    heapq.heapify(heap)
    while len(heap) > 0:
        so_far, label, cell = heapq.heappop(heap)
        if result[cell] > 0:
            continue
        result[cell] = label
        j, i = cell // columns, cell % columns
        for north in range(-1, 2):
            for east in range(-1, 2):
                other = owner[j + 1 + north, i + 1 + east]
                if other < 0 or not sea[other] or result[other] > 0:
                    continue
                beside, above = owner[j + 1, i + 1 + east], owner[j + 1 + north, i + 1]
                if not (sea[beside] or (above >= 0 and sea[above])):
                    continue
                chord = np.sqrt(((places[cell] - places[other]) ** 2).sum())
                further = so_far + 2.0 * np.arcsin(min(chord / 2.0, 1.0))
                if further <= distance[other]:
                    distance[other] = further
                    heapq.heappush(heap, (further, label, np.int64(other)))
    return result
