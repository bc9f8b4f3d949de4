"""Closed seas, straits and channels of one map, found together."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from paleobc.conventions import BoolArray, FloatArray, IntArray
from paleobc.topography.closed_seas import label_seas
from paleobc.topography.straits import narrow_cells

#: From so many cells on, seas and straits are looked for side by side: the loops release the interpreter lock.
_MANY: Final = 300_000


@dataclass(frozen=True, eq=False)
class SeaMasks:
    """
    What is wrong with the seas of a map; all fields have shape (rows, columns).

    Parameters
    ----------
    seas : ndarray of int32
        Number of the sea of each cell: 1 is the world ocean, the others are closed seas, 0 is land.
    straits : ndarray of bool
        Diffusive straits.
    channels : ndarray of bool
        Staircase channels of the world ocean that are no diffusive straits.
    """

    seas: IntArray
    straits: BoolArray
    channels: BoolArray


def sea_masks(ocean: BoolArray, owners: IntArray, cell_area: FloatArray) -> SeaMasks:
    """
    Find what is wrong with the seas of a map.

    Parameters
    ----------
    ocean : ndarray of bool, shape (rows, columns)
    owners : ndarray of int32, shape (rows + 2, columns + 2)
        The grid's topology, see `paleobc.grids.periodicity`.
    cell_area : ndarray, shape (rows, columns) or (rows, 1)
        Area of each cell, any unit; 0 for copies of another cell.

    Examples
    --------
    >>> import numpy as np
    >>> from paleobc.grids.periodicity import regular_owners
    >>> ocean = np.array([[1, 1, 1, 1, 0], [0, 1, 0, 0, 0], [1, 1, 1, 0, 0]], dtype=bool)
    >>> found = sea_masks(ocean, regular_owners(3, 5), np.ones((3, 5)))
    >>> found.straits.astype(int)
    array([[0, 0, 0, 0, 0],
           [0, 1, 0, 0, 0],
           [0, 0, 0, 0, 0]])
    """
    if ocean.size < _MANY:
        seas, (straits, channels) = label_seas(ocean, owners, cell_area), narrow_cells(ocean, owners)
    else:
        with ThreadPoolExecutor(1) as beside:  # of this call alone: threads do not survive a fork
            narrow = beside.submit(narrow_cells, ocean, owners)
            seas = label_seas(ocean, owners, cell_area)
            straits, channels = narrow.result()
    return SeaMasks(seas, straits, channels & ~straits & (seas == 1))
