"""Seas that are cut off from the world ocean."""

from __future__ import annotations

import numpy as np

from paleobc.compilation import inline_kernel, kernel
from paleobc.conventions import BoolArray, FloatArray, IntArray


@inline_kernel
def _root(parent, cell):  # type: ignore[no-untyped-def]
    """Representative of a cell's sea; halves the path on the way."""
    while parent[cell] != cell:
        parent[cell] = parent[parent[cell]]
        cell = parent[cell]
    return cell


@kernel
def _join(ocean, owners):  # type: ignore[no-untyped-def]
    """First cell of the sea of each cell; joins each cell to its east and north. Land stays alone."""
    rows, columns = ocean.shape
    wet = ocean.ravel()
    parent = np.arange(rows * columns, dtype=np.int32)
    for j in range(rows):
        for i in range(columns):
            cell = owners[j + 1, i + 1]
            if not wet[cell]:
                continue
            for neighbour in (owners[j + 1, i + 2], owners[j + 2, i + 1]):
                if neighbour >= 0 and wet[neighbour]:
                    a, b = _root(parent, cell), _root(parent, neighbour)
                    if a < b:
                        parent[b] = a
                    elif b < a:
                        parent[a] = b
    for cell in range(rows * columns):  # a parent comes before its children, so one pass is enough
        parent[cell] = parent[parent[cell]]
    return parent


@kernel
def _number(ocean, owners, first, cell_area):  # type: ignore[no-untyped-def]
    """Provisional number of the sea of each position, by first cell, and the area of each sea."""
    rows, columns = ocean.shape
    wet = ocean.ravel()
    numbers = np.zeros(rows * columns, np.int32)
    count = 0
    for j in range(rows):
        for i in range(columns):
            cell = j * columns + i
            if wet[cell] and first[cell] == cell and owners[j + 1, i + 1] == cell:
                count += 1
                numbers[cell] = count
    area = np.zeros(count)
    along_row = 1 if cell_area.shape[1] > 1 else 0
    for j in range(rows):
        for i in range(columns):
            owner = owners[j + 1, i + 1]
            if wet[owner]:
                number = numbers[first[owner]]
                numbers[j * columns + i] = number
                # Added cell by cell in rows, so that a rolled world gives the same sums to the bit.
                area[number - 1] += cell_area[j, i * along_row]
    return numbers, area


@kernel
def _renumber(numbers, number):  # type: ignore[no-untyped-def]
    """Give each position, in place, the number that stands for its own."""
    for cell in range(numbers.size):
        numbers[cell] = number[numbers[cell]]


def label_seas(ocean: BoolArray, owners: IntArray, cell_area: FloatArray) -> IntArray:
    """
    Number of the sea of each cell: 1 is the largest, the world ocean; the others are closed seas.

    Cells are joined over their four sides, around the globe and, where the grid has one, over its north fold.
    Seas are numbered by decreasing area, equal areas by their first cell.

    Parameters
    ----------
    ocean : ndarray of bool, shape (rows, columns)
    owners : ndarray of int32, shape (rows + 2, columns + 2)
        The grid's topology, see `paleobc.grids.periodicity`.
    cell_area : ndarray, shape (rows, columns) or (rows, 1)
        Area of each cell, any unit; 0 for copies of another cell.

    Returns
    -------
    ndarray of int32, shape (rows, columns)
        0 on land.

    Examples
    --------
    >>> from paleobc.grids.periodicity import regular_owners
    >>> ocean = np.array([[1, 0, 1, 0, 1, 1]], dtype=bool)  # the last sea joins the first around the globe
    >>> label_seas(ocean, regular_owners(1, 6), np.ones((1, 6)))
    array([[1, 0, 2, 0, 1, 1]], dtype=int32)
    """
    ocean = np.ascontiguousarray(ocean)
    provisional, area = _number(ocean, owners, _join(ocean, owners), np.asarray(cell_area, dtype=np.float64))
    number = np.zeros(area.size + 1, dtype=np.int32)
    number[1 + np.argsort(-area, kind="stable")] = np.arange(1, area.size + 1)
    _renumber(provisional, number)
    return np.asarray(provisional).reshape(ocean.shape)
