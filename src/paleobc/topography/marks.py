"""What is wrong with a map as marks of its cells, one bit for each check; and the places that marked cells form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from paleobc.compilation import kernel
from paleobc.conventions import BoolArray, IntArray

#: Marks of a cell: bit b is set where the check with that bit finds it.
Marks = npt.NDArray[np.uint8]

MOST_CHECKS: Final = 8


@dataclass(frozen=True, eq=False)
class Places:
    """
    Places of one check: cells that belong together, the largest first, of equal ones in the order of their cells.

    Parameters
    ----------
    cells : ndarray of int, shape (places,)
        First cell of each, a flat index.
    sizes : ndarray of int, shape (places,)
        Number of cells.
    """

    cells: IntArray
    sizes: IntArray


def marks_of(masks: Sequence[BoolArray | None], unique: BoolArray) -> Marks:
    """
    Marks of cells by masks, the first of them bit 0; a check that is not looked for is None.

    Parameters
    ----------
    masks : sequence of ndarray of bool, shape (rows, columns)
    unique : ndarray of bool, shape (rows, columns)
        Positions that are no copies.

    Returns
    -------
    ndarray of uint8, shape (rows * columns,)

    Examples
    --------
    >>> yes, no = np.array([[True, False]]), np.array([[False, False]])
    >>> marks_of([yes, no, yes], np.ones((1, 2), dtype=bool))
    array([5, 0], dtype=uint8)
    """
    marks = np.zeros(unique.size, dtype=np.uint8)
    for bit, mask in enumerate(masks):
        if mask is not None:
            marks |= mask.ravel().view(np.uint8) << np.uint8(bit)
    return marks if unique.all() else marks * unique.ravel()


@kernel
def _sea_places(seas, unique, count):  # type: ignore[no-untyped-def]
    """First cell and number of cells of each sea from the second on."""
    first, sizes = np.full(max(count - 1, 0), -1, np.int64), np.zeros(max(count - 1, 0), np.int64)
    for cell in range(seas.size):
        sea = seas[cell]
        if sea > 1 and unique[cell]:
            if first[sea - 2] < 0:
                first[sea - 2] = cell
            sizes[sea - 2] += 1
    return first, sizes


def places_of_seas(seas: IntArray, unique: BoolArray) -> Places:
    """
    Places of the closed seas.

    Parameters
    ----------
    seas : ndarray of int, shape (rows, columns)
        Number of the sea of each cell: 0 is land, 1 the world ocean.
    unique : ndarray of bool, shape (rows, columns)

    Examples
    --------
    >>> places_of_seas(np.array([[1, 0, 3, 0], [2, 0, 3, 0]]), np.ones((2, 4), dtype=bool))
    Places(cells=array([2, 4]), sizes=array([2, 1]))
    """
    flat = np.ascontiguousarray(seas).ravel()
    return _by_size(*_sea_places(flat, np.ascontiguousarray(unique).ravel(), int(flat.max(initial=0))))


@kernel
def _touching(cells, owners, place):  # type: ignore[no-untyped-def]
    """Number of the first cell to which each is joined over sides and corners; place: 1 + number, 0 elsewhere."""
    columns = owners.shape[1] - 2
    parent = np.arange(cells.size)
    for k in range(cells.size):
        j, i = cells[k] // columns + 1, cells[k] % columns + 1
        for north in range(-1, 2):
            for east in range(-1, 2):
                neighbour = owners[j + north, i + east]
                if neighbour < 0 or place[neighbour] == 0:
                    continue
                a, b = k, place[neighbour] - 1
                while parent[a] != a:
                    parent[a] = parent[parent[a]]
                    a = parent[a]
                while parent[b] != b:
                    parent[b] = parent[parent[b]]
                    b = parent[b]
                if a < b:
                    parent[b] = a
                elif b < a:
                    parent[a] = b
    for k in range(cells.size):  # a parent comes before its children
        parent[k] = parent[parent[k]]
    return parent


def places_of_cells(cells: IntArray, owners: IntArray) -> Places:
    """
    Places that cells form which touch one another, by sides or corners.

    Parameters
    ----------
    cells : ndarray of int, shape (cells,)
        Flat indices, ascending, no copies.
    owners : ndarray of int32, shape (rows + 2, columns + 2)
        The grid's topology, see `paleobc.grids.periodicity`.

    Examples
    --------
    >>> from paleobc.grids.periodicity import regular_owners
    >>> places_of_cells(np.array([0, 2, 7]), regular_owners(2, 4))  # the last touches the first around the globe
    Places(cells=array([0]), sizes=array([3]))
    """
    if not cells.size:
        return Places(cells, cells)
    first = groups_of(cells, owners)
    sizes = np.bincount(first, minlength=cells.size)
    found = np.flatnonzero(sizes)
    return _by_size(cells[found], sizes[found])


def groups_of(cells: IntArray, owners: IntArray) -> IntArray:
    """
    For each of some cells the place in their list of the first one to which it is joined, over sides and corners.

    Parameters
    ----------
    cells : ndarray of int, shape (cells,)
        Flat indices, ascending, no copies.
    owners : ndarray of int32, shape (rows + 2, columns + 2)
    """
    place = np.zeros((owners.shape[0] - 2) * (owners.shape[1] - 2), dtype=np.int32)  # untouched memory costs nothing
    place[cells] = np.arange(1, cells.size + 1)
    return np.asarray(_touching(cells, owners, place))


def _by_size(cells: IntArray, sizes: IntArray) -> Places:
    """Places, the largest first."""
    order = np.argsort(-sizes, kind="stable")
    return Places(cells[order], sizes[order])
