"""Which cell of four corners holds a place, exactly, whatever the shape of the cells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import scipy

from paleobc.compilation import kernel
from paleobc.conventions import BoolArray, FloatArray, IntArray

#: Cells looked at around each place at first; four times as many for those in none of these, and so on.
_FIRST: Final = 8
_MORE: Final = 4

#: Distances kept at a time: what the search takes in memory.
_MOST_CANDIDATES: Final = 4_000_000

#: A place so near to a cell is in it where it is in no other [chord]: corners of neighbours differ by rounding.
_SEAM: Final = 1e-9


@dataclass(frozen=True, eq=False)
class CellSearch:
    """
    Search for cells whose sides are great circles.

    Parameters
    ----------
    cells : ndarray of int, shape (cells,)
        Flat indices of the cells looked for.
    corners : ndarray, shape (cells, 4, 3)
        Unit vectors of their corners, in order around each.
    reach : float
        Farthest corner from its cell's middle [chord].
    tree : KDTree
        Of the middles of the cells.
    """

    cells: IntArray
    corners: FloatArray
    reach: float
    tree: scipy.spatial.KDTree

    @classmethod
    def of(cls, corners: FloatArray, wanted: BoolArray) -> CellSearch:
        """
        Search among some cells.

        Parameters
        ----------
        corners : ndarray, shape (rows, columns, 4, 3)
        wanted : ndarray of bool, shape (rows, columns)
        """
        cells = np.flatnonzero(wanted)
        own = np.ascontiguousarray(corners.reshape(-1, 4, 3)[cells])
        middles = own.mean(axis=1)
        middles /= np.maximum(np.linalg.norm(middles, axis=1, keepdims=True), 1e-12)
        reach = np.linalg.norm(own - middles[:, None], axis=2).max(initial=0.0)
        return cls(cells, own, float(reach), scipy.spatial.KDTree(middles))

    def cell_at(self, places: FloatArray) -> IntArray:
        """
        Flat indices of the cells that hold places, -1 for none; of several cells that with the nearest middle.

        Parameters
        ----------
        places : ndarray, shape (places, 3)
            Unit vectors.

        Examples
        --------
        >>> from paleobc.grids.sphere import unit_vectors
        >>> longitudes, latitudes = np.array([0.0, 10.0, 10.0, 0.0]), np.array([0.0, 0.0, 10.0, 10.0])
        >>> search = CellSearch.of(unit_vectors(longitudes, latitudes)[None, None], np.array([[True]]))
        >>> search.cell_at(unit_vectors(np.array([5.0, 5.0]), np.array([10.03, 10.04])))  # the side bulges northwards
        array([ 0, -1])
        """
        found = np.full(len(places), -1, dtype=np.int64)
        left, count = np.arange(len(places)), min(_FIRST, self.cells.size)
        while left.size and count:
            inside, done = self._among(places[left], count)
            found[left] = np.where(inside >= 0, self.cells[inside], -1)
            left = left[~done]
            if count == self.cells.size:
                break
            count = min(_MORE * count, self.cells.size)
        return found

    def _among(self, places: FloatArray, count: int) -> tuple[IntArray, BoolArray]:
        """Number of the cell that holds each place among the nearest, -1 for none, and whether no other could."""
        inside, done = np.empty(len(places), dtype=np.int64), np.empty(len(places), dtype=np.bool_)
        step = max(1, _MOST_CANDIDATES // count)
        for start in range(0, len(places), step):
            part = slice(start, start + step)
            away, candidates = self.tree.query(places[part], k=[*range(1, count + 1)])
            inside[part] = _first_that_holds(places[part], candidates, self.corners)
            done[part] = (inside[part] >= 0) | (away[:, -1] > self.reach + _SEAM)
            at_seam = np.flatnonzero((inside[part] < 0) & done[part])
            inside[start + at_seam] = _first_nearby(places[part][at_seam], candidates[at_seam], self.corners)
        return inside, done


@kernel
def _first_that_holds(places, candidates, corners):  # type: ignore[no-untyped-def]
    """
    First candidate that holds each place, -1 for none.

    Seen from the middle of the globe through the plane that touches it at the place, great circles are straight. A
    line from the place to the side crosses the sides of the cell that holds it an odd number of times; sides that
    two cells share are judged by the same numbers, so that no place falls between them.
    """
    found = np.full(len(places), -1, np.int64)
    x, y = np.empty(4), np.empty(4)
    for p in range(len(places)):
        px, py, pz = places[p]
        level = np.hypot(px, py)
        east_x, east_y = (-py / level, px / level) if level > 0.0 else (0.0, 1.0)
        north_x, north_y, north_z = -pz * east_y, pz * east_x, px * east_y - py * east_x
        for candidate in candidates[p]:
            is_near = True
            for c in range(4):
                cx, cy, cz = corners[candidate, c]
                depth = cx * px + cy * py + cz * pz
                if depth <= 0.0:  # a quarter of the globe away
                    is_near = False
                    break
                x[c] = (cx * east_x + cy * east_y) / depth
                y[c] = (cx * north_x + cy * north_y + cz * north_z) / depth
            if not is_near:
                continue
            inside = False
            for a in range(4):
                b = (a + 1) % 4
                if (y[a] > 0.0) != (y[b] > 0.0):
                    turn = x[a] * y[b] - x[b] * y[a]
                    inside ^= turn > 0.0 if y[b] > y[a] else turn < 0.0
            if inside:
                found[p] = candidate
                break
    return found


@kernel
def _first_nearby(places, candidates, corners):  # type: ignore[no-untyped-def]
    """First candidate with a side that passes within rounding of each place, -1 for none."""
    found = np.full(len(places), -1, np.int64)
    for p in range(len(places)):
        for candidate in candidates[p]:
            for a in range(4):
                start, end = corners[candidate, a], corners[candidate, (a + 1) % 4]
                way, from_start = end - start, places[p] - start
                length = (way * way).sum()
                along = min(max((way * from_start).sum() / length, 0.0), 1.0) if length > 0.0 else 0.0
                # The chord of a side lies below the globe; what is left of it across the side counts.
                foot = start + along * way
                foot /= np.sqrt((foot * foot).sum())
                away = foot - places[p]
                if (away * away).sum() <= _SEAM * _SEAM:
                    found[p] = candidate
            if found[p] >= 0:
                break
    return found
