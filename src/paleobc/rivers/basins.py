"""River basins: the land that drains through the same mouth."""

from __future__ import annotations

import numpy as np

from paleobc.compilation import kernel
from paleobc.conventions import FloatArray, IntArray
from paleobc.rivers.flow_direction import receiver_of, river_mouths


@kernel
def _spread_upstream(basins, directions, order, columns):  # type: ignore[no-untyped-def]
    """Give each cell the basin of the cell it drains into, where that is land."""
    for cell in order:
        receiver = receiver_of(directions, cell, columns)
        if directions[receiver] > 0:
            basins[cell] = basins[receiver]


@kernel
def _basin_areas(basins, count, cell_area):  # type: ignore[no-untyped-def]
    """Area of each basin, added cell by cell in rows: a rolled world gives the same sums to the bit."""
    areas = np.zeros(count + 1)
    rows, columns = basins.shape
    for j in range(rows):
        for i in range(columns):
            areas[basins[j, i]] += cell_area[j]
    return areas[1:]


def river_basins(directions: IntArray, order: IntArray, cell_area: FloatArray) -> tuple[IntArray, FloatArray]:
    """
    Basin of each land cell, numbered by decreasing area, and the areas.

    Basins of equal area are numbered in the order of their mouths, south to north and west to east.

    Parameters
    ----------
    directions : ndarray of uint8, shape (rows, columns)
        1 to 8 on land, 0 in the sea.
    order : ndarray of int32, shape (land cells,)
        Land cells, each after the one it drains into.
    cell_area : ndarray, shape (rows,)
        Area of a cell of each row, any unit.

    Returns
    -------
    basins : ndarray of int32, shape (rows, columns)
        1 is the largest; 0 in the sea.
    areas : ndarray, shape (number of basins,)
        Area of each basin in that order.

    Examples
    --------
    >>> from paleobc.rivers.flow_direction import downstream_first
    >>> directions = np.array([[7, 0, 7, 7, 0, 0]], dtype=np.uint8)
    >>> river_basins(directions, downstream_first(directions), np.ones(1))
    (array([[2, 0, 1, 1, 0, 0]], dtype=int32), array([2., 1.]))
    """
    mouths = river_mouths(directions)
    basins = np.zeros(directions.shape, dtype=np.int32)
    basins[mouths] = np.arange(1, np.count_nonzero(mouths) + 1)
    _spread_upstream(basins.ravel(), directions.ravel(), order, directions.shape[1])

    areas = _basin_areas(basins, np.count_nonzero(mouths), cell_area)
    by_area = np.argsort(-areas, kind="stable")
    number = np.zeros(areas.size + 1, dtype=np.int32)
    number[by_area + 1] = np.arange(1, areas.size + 1)
    return number[basins], areas[by_area]
