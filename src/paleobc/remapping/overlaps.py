"""Overlapping areas of the cells of two grids on the sphere: both directions from one pass."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from paleobc.conventions import FloatArray, IntArray
from paleobc.errors import InputError
from paleobc.remapping.atmosphere import AtmosphereGrid
from paleobc.remapping.candidates import sorted_cubes
from paleobc.remapping.curvilinear_overlaps import overlaps_of_quadrangles
from paleobc.remapping.polygons import quadrangle_areas
from paleobc.remapping.regular_overlaps import overlaps_with_rows

#: Cells that one thread takes at a time; the result does not depend on it.
_CELLS_AT_A_TIME: Final = 8192


@dataclass(frozen=True)
class Overlaps:
    """
    Where the cells of two grids overlap, each pair once.

    Parameters
    ----------
    source, destination : ndarray of int32, shape (n,)
        Flat indices of the cells in their grids.
    area : ndarray, shape (n,)
        Overlapping area [sr], positive.
    moment : ndarray, shape (n, 3), or None
        Integral of the place, a unit vector, over the overlap [sr]; where it was asked for.
    source_area : ndarray, shape (source cells,)
        Area of each cell on the sphere [sr]; 0 for cells that take no part.
    destination_area : ndarray, shape (destination cells,)
        The same for the destination.
    """

    source: npt.NDArray[np.int32]
    destination: npt.NDArray[np.int32]
    area: FloatArray
    moment: FloatArray | None
    source_area: FloatArray
    destination_area: FloatArray

    @property
    def source_cover(self) -> FloatArray:
        """Area of each source cell that the destination's cells cover [sr]."""
        return np.asarray(np.bincount(self.source, self.area, self.source_area.size), dtype=np.float64)

    @property
    def destination_cover(self) -> FloatArray:
        """Area of each destination cell that the source's cells cover [sr]."""
        return np.asarray(np.bincount(self.destination, self.area, self.destination_area.size), dtype=np.float64)

    def reversed(self) -> Overlaps:
        """Give the same overlaps for the way back."""
        return Overlaps(self.destination, self.source, self.area, self.moment, self.destination_area, self.source_area)

    def selected(self, kept: npt.NDArray[np.bool_]) -> Overlaps:
        """
        Only some of the pairs.

        Parameters
        ----------
        kept : ndarray of bool, shape (n,)
        """
        moment = None if self.moment is None else self.moment[kept]
        parts = self.source[kept], self.destination[kept], self.area[kept]
        return Overlaps(*parts, moment, self.source_area, self.destination_area)


def overlaps_with_atmosphere(
    corners: FloatArray,
    cells: IntArray,
    atmosphere: AtmosphereGrid,
    *,
    moments: bool = False,
    threads: int | None = None,
) -> Overlaps:
    """
    Overlaps of cells whose sides are great circles with those of an atmosphere, whose rows are true parallels.

    Parameters
    ----------
    corners : ndarray, shape (n, 4, 3)
        Unit vectors of the corners of all cells of the ocean grid, see `cell_corners`; corners may coincide.
    cells : ndarray of int, shape (m,)
        Flat indices of the cells that take part: each place once, see `open_cells`.
    atmosphere : AtmosphereGrid
        The regular grid with its polar caps.
    moments : bool
        Whether to give first moments, which the second order needs.
    threads : int, optional
        Number of threads; all there are when not given. The result is the same.

    Returns
    -------
    Overlaps
        From the ocean, the source, to the atmosphere, in the order of ``cells``.

    References
    ----------
    Kritsikis, Aechtner, Meurdesoif and Dubos (2017), doi:10.5194/gmd-10-425-2017.

    Examples
    --------
    >>> from paleobc.remapping.atmosphere import LMD96X95
    >>> octant = np.array([[[1.0, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 1]]])
    >>> pairs = overlaps_with_atmosphere(octant, np.array([0]), LMD96X95)
    >>> pairs.area.size, float(round(pairs.area.sum() / np.pi, 14))  # 25 columns of 48 rows; half the equator's
    (1200, 0.5)
    """
    used = _oriented(corners, cells)
    sines = np.sin(np.radians(atmosphere.latitude_edges[::-1]))
    if atmosphere.rows % 2 == 0:
        sines[atmosphere.rows // 2] = 0.0
    edges = np.radians(atmosphere.longitude_edges[:-1])
    meridians = np.stack([np.cos(edges), np.sin(edges)], axis=1)

    def part(some: slice) -> tuple[npt.NDArray[Any], ...]:
        return tuple(overlaps_with_rows(used[some], np.radians(atmosphere.west), meridians, sines, moments))

    first, second, area, moment = _joined(part, len(used), threads)
    row, column = atmosphere.rows - 1 - second // atmosphere.columns, second % atmosphere.columns
    return Overlaps(
        cells.astype(np.int32)[first],
        (row * atmosphere.columns + column).astype(np.int32),
        area,
        moment if moments else None,
        _scattered(used, cells, len(corners)),
        atmosphere.areas(1.0),
    )


def overlaps_of_curvilinear(
    corners: FloatArray,
    cells: IntArray,
    other_corners: FloatArray,
    other_cells: IntArray,
    *,
    moments: bool = False,
    threads: int | None = None,
) -> Overlaps:
    """
    Overlaps of the cells of two grids whose sides are great circles.

    Parameters
    ----------
    corners, other_corners : ndarray, shapes (n, 4, 3) and (k, 4, 3)
        Unit vectors of the corners of all cells of the source and of the destination.
    cells, other_cells : ndarray of int, shapes (m,) and (l,)
        Flat indices of the cells that take part.
    moments : bool
        Whether to give first moments.
    threads : int, optional
        Number of threads; all there are when not given. The result is the same.

    Returns
    -------
    Overlaps
        Sorted by source, then by destination.

    References
    ----------
    Sutherland and Hodgman (1974), doi:10.1145/360767.360802.

    Examples
    --------
    >>> octant = np.array([[[1.0, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 1]]])
    >>> first = np.array([0])
    >>> float(overlaps_of_curvilinear(octant, first, octant, first).area[0] / np.pi)
    0.5
    """
    used, others = _oriented(corners, cells), _oriented(other_corners, other_cells)
    cubes = sorted_cubes(others)

    def part(some: slice) -> tuple[npt.NDArray[Any], ...]:
        return tuple(overlaps_of_quadrangles(used[some], others, *cubes, moments))

    first, second, area, moment = _joined(part, len(used), threads)
    return Overlaps(
        cells.astype(np.int32)[first],
        other_cells.astype(np.int32)[second],
        area,
        moment if moments else None,
        _scattered(used, cells, len(corners)),
        _scattered(others, other_cells, len(other_corners)),
    )


def _oriented(corners: FloatArray, cells: IntArray) -> FloatArray:
    """Corners of these cells, all anticlockwise."""
    if not cells.size:
        raise InputError("No cell takes part in the exchange; check the masks of both grids.")
    used = np.ascontiguousarray(corners[cells], dtype=np.float64)
    clockwise = quadrangle_areas(used) < 0.0
    if clockwise.any():
        used[clockwise] = used[clockwise][:, [0, 3, 2, 1]]
    return used


def _scattered(used: FloatArray, cells: IntArray, size: int) -> FloatArray:
    areas = np.zeros(size)
    areas[cells] = quadrangle_areas(used)
    return areas


def _joined(
    part: Callable[[slice], tuple[npt.NDArray[Any], ...]], count: int, threads: int | None
) -> tuple[npt.NDArray[Any], ...]:
    """Overlaps of all parts of the source, worked on by several threads, in the order of the cells."""
    starts = range(0, count, _CELLS_AT_A_TIME)
    workers = min(threads or os.cpu_count() or 1, len(starts))
    parts = [slice(start, start + _CELLS_AT_A_TIME) for start in starts]
    if workers > 1:
        with ThreadPoolExecutor(workers) as pool:
            results = list(pool.map(part, parts))
    else:
        results = [part(some) for some in parts]
    for start, result in zip(starts, results, strict=True):
        result[0][:] += start
    return tuple(np.concatenate(arrays) for arrays in zip(*results, strict=True))
