"""Rows and columns of places turned so that rows run to the north and columns to the right of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from paleobc.conventions import FloatArray, IntArray
from paleobc.grids.corners import ordered_bounds
from paleobc.grids.sphere import unit_vectors

#: Rows and columns are exchanged where latitudes change by so many times more along the columns than along the rows.
_EXCHANGED: Final = 2.0

Bounds = tuple[FloatArray, FloatArray]


@dataclass(frozen=True, eq=False)
class ArrangedPlaces:
    """
    Places in order, and how they stood before.

    Parameters
    ----------
    longitudes, latitudes : ndarray, shape (rows, columns)
        Centres of the cells [degrees].
    bounds : tuple of ndarray, shapes (rows, columns, 4), or None
        Longitudes and latitudes of the corners of each cell, in order around it [degrees].
    is_transposed : bool
        Whether the rows were columns.
    rows, columns : ndarray of int
        Where each row and column stood, once transposed.
    """

    longitudes: FloatArray
    latitudes: FloatArray
    bounds: Bounds | None
    is_transposed: bool
    rows: IntArray
    columns: IntArray


def arranged_places(longitudes: FloatArray, latitudes: FloatArray, bounds: Bounds | None = None) -> ArrangedPlaces:
    """
    Places of a grid whose rows run to the north on the whole, and whose columns run to the right of that.

    Parameters
    ----------
    longitudes, latitudes : ndarray, shape (rows, columns)
        As they stand in a file [degrees]; not a number where missing.
    bounds : tuple of ndarray, shapes (rows, columns, 4), optional
        Longitudes and latitudes of the corners of each cell, in the same order for all [degrees].

    Examples
    --------
    >>> longitudes, latitudes = np.meshgrid([0.0, 10.0, 20.0], [50.0, 40.0])
    >>> arranged = arranged_places(longitudes, latitudes + longitudes / 10.0)
    >>> arranged.rows, arranged.columns, arranged.latitudes[0]
    (array([1, 0]), array([0, 1, 2]), array([40., 41., 42.]))
    """
    along = [np.nanmean(np.abs(np.diff(latitudes, axis=axis))) for axis in (0, 1)]
    is_transposed = bool(along[1] > _EXCHANGED * along[0])
    every = (longitudes, latitudes, *(bounds or ()))
    if is_transposed:
        every = tuple(part.swapaxes(0, 1) for part in every)
    rows, columns = (np.arange(length) for length in every[0].shape)
    if np.nanmean(np.diff(every[1], axis=0)) < 0.0:
        rows = rows[::-1]
    if _turns_left(every[0][rows], every[1][rows]):
        columns = columns[::-1]
    east, north, *corners = (part[rows][:, columns] for part in every)
    complete = len(corners) == 2 and all(np.isfinite(part).all() for part in corners)
    ordered = ordered_bounds(east, north, corners[0], corners[1]) if complete else None
    return ArrangedPlaces(east, north, ordered, is_transposed, rows, columns)


def _turns_left(longitudes: FloatArray, latitudes: FloatArray) -> bool:
    """Whether columns run to the left of the rows' way in most cells."""
    places = unit_vectors(longitudes, latitudes)
    along_row, along_column = np.diff(places, axis=1)[:-1], np.diff(places, axis=0)[:, :-1]
    turns = (np.cross(along_row, along_column) * places[:-1, :-1]).sum(axis=-1)
    return bool(np.nanmedian(np.sign(turns)) < 0.0)
