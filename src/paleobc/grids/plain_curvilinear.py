"""Rows and columns of any places that know no fold: their corners, copies and mesh."""

from __future__ import annotations

from typing import Final

import numpy as np

from paleobc.constants import EARTH_RADIUS
from paleobc.conventions import FloatArray, IntArray
from paleobc.errors import InputError
from paleobc.grids.cell_search import CellSearch
from paleobc.grids.fold_detection import MISSING, SAME_PLACE
from paleobc.grids.mesh import Mesh
from paleobc.grids.sphere import longitude_latitude, unit_vectors

#: Columns at the end of a row that may repeat the first ones.
_MOST_COPIES: Final = 2


def curvilinear_mesh(
    longitudes: FloatArray, latitudes: FloatArray, bounds: tuple[FloatArray, FloatArray] | None = None
) -> tuple[Mesh, FloatArray, FloatArray]:
    """
    Mesh of cells around places of rows and columns, and their corners.

    Parameters
    ----------
    longitudes, latitudes : ndarray, shape (rows, columns)
        Centres of the cells [degrees].
    bounds : tuple of ndarray, shapes (rows, columns, 4), optional
        Longitudes and latitudes of the corners of each cell, in order around it [degrees].

    Returns
    -------
    mesh : Mesh
    corner_longitude, corner_latitude : ndarray, shape (rows, columns, 4)
        Corners of each cell [degrees].

    Raises
    ------
    InputError
        Where places are missing, or there are fewer than two rows or columns.

    Examples
    --------
    >>> longitudes, latitudes = np.meshgrid([0.0, 1.0, 2.0], [50.0, 51.0])
    >>> mesh, corner_longitude, corner_latitude = curvilinear_mesh(longitudes + latitudes - 50.0, latitudes)
    >>> mesh.shape, corner_latitude[0, 1].round(2)
    ((2, 3), array([49.5, 49.5, 50.5, 50.5]))
    """
    refuse_missing_places(longitudes, latitudes)
    places = unit_vectors(longitudes, latitudes)
    rows, columns = longitudes.shape
    copies = _repeated_columns(places)
    period = columns - copies
    closes = copies > 0 or _closes(places)
    own = np.arange(rows * columns, dtype=np.int32).reshape(rows, columns)
    original = own[:, np.arange(columns) % period]
    if bounds is None:
        corners = longitude_latitude(_corners_between(places, period, closes))
    else:
        corners = np.array(bounds[0]), np.array(bounds[1])
    vectors = unit_vectors(*corners)
    unique = original == own
    mesh = Mesh(
        kind="curvilinear",
        latitudes=latitudes,
        longitudes=(longitudes + 180.0) % 360.0 - 180.0,
        cell_area=np.where(unique, _areas(vectors), 0.0) * EARTH_RADIUS**2,
        owners=_owners(original, period, closes),
        original=original,
        unique=unique,
        _search=CellSearch.of(vectors, unique),
    )
    return mesh, *corners


def refuse_missing_places(longitudes: FloatArray, latitudes: FloatArray) -> None:
    """
    Refuse places that are none, or make no cells.

    Raises
    ------
    InputError
        Where places are missing, or there are fewer than two rows or columns.
    """
    if min(longitudes.shape) < 2:
        raise InputError("The grid has one row or one column only; at least two of each are needed.")
    bad = ~(np.abs(longitudes) < MISSING) | ~(np.abs(latitudes) <= 90.0 + 1e-6)
    if bad.any():
        row, column = np.argwhere(bad)[0]
        raise InputError(
            f"The grid has no place for {int(bad.sum())} of its {bad.size} cells, first in row {row}, column {column}; "
            "give a file with coordinates everywhere, also on land."
        )


def _repeated_columns(places: FloatArray) -> int:
    """How many of the last columns stand where the first ones do."""
    for copies in range(min(_MOST_COPIES, places.shape[1] - 3), 0, -1):
        if np.linalg.norm(places[:, :copies] - places[:, -copies:], axis=-1).max() < SAME_PLACE:
            return copies
    return 0


def _closes(places: FloatArray) -> bool:
    """Whether the last column is the western neighbour of the first, as far from it as columns are."""
    if places.shape[1] < 4:
        return False
    steps = np.median(np.linalg.norm(np.diff(places, axis=1), axis=-1), axis=1)
    closing = np.linalg.norm(places[:, 0] - places[:, -1], axis=-1)
    return bool((closing > SAME_PLACE).all() and (closing < 2.0 * steps).mean() > 0.5)


def _owners(original: IntArray, period: int, closes: bool) -> IntArray:
    """Flat index of the cell at each position framed by one ring of neighbours; see `periodicity`."""
    rows, columns = original.shape
    owners = np.full((rows + 2, columns + 2), -1, dtype=np.int32)
    owners[1:-1, 1:-1] = original
    if closes:
        owners[1:-1, 0], owners[1:-1, -1] = original[:, period - 1], original[:, columns % period]
    return owners


def _corners_between(places: FloatArray, period: int, closes: bool) -> FloatArray:
    """Corners midway between the four centres around them, those on the rim as if the rows went on; (..., 4, 3)."""
    columns = places.shape[1]
    if closes:
        around = places[:, np.arange(-1, columns + 1) % period]
    else:
        west, east = _beyond(places[:, 0], places[:, 1]), _beyond(places[:, -1], places[:, -2])
        around = np.concatenate([west[:, None], places, east[:, None]], axis=1)
    south, north = _beyond(around[0], around[1]), _beyond(around[-1], around[-2])
    around = np.concatenate([south[None], around, north[None]])
    corners = around[:-1, :-1] + around[:-1, 1:] + around[1:, :-1] + around[1:, 1:]
    return np.stack([corners[:-1, :-1], corners[:-1, 1:], corners[1:, 1:], corners[1:, :-1]], axis=2)


def _beyond(last: FloatArray, before: FloatArray) -> FloatArray:
    """Places as far beyond the last ones as those are beyond the ones before, on great circles."""
    return np.asarray(2.0 * (last * before).sum(axis=-1, keepdims=True) * last - before)


def _areas(corners: FloatArray) -> FloatArray:
    """Areas of cells of four corners, unit vectors of shape (rows, columns, 4, 3) [sr]."""
    total = np.zeros(corners.shape[:2])
    for second, third in ((1, 2), (2, 3)):
        a, b, c = corners[:, :, 0], corners[:, :, second], corners[:, :, third]
        volume = (a * np.cross(b, c)).sum(axis=-1)
        total += 2.0 * np.arctan2(volume, 1.0 + (a * b + b * c + c * a).sum(axis=-1))
    return np.abs(total)
