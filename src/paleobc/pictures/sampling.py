"""The nearest cell of a field for every pixel of a map."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from paleobc.conventions import BoolArray, FloatArray, IntArray
from paleobc.pictures.positions import Positions

#: Marks a pixel that no cell covers.
NO_CELL = -1

#: An edge of a curvilinear grid goes on, at the seam or the fold, where one step outside it a cell lies
#: within this part of the step.
CLOSED = 0.75

#: Cells nearer than this repeat one place [radii of the sphere]; some ten metres on the Earth.
SAME_PLACE = 2e-6


def pixel_centres(columns: int) -> tuple[FloatArray, FloatArray]:
    """
    Latitudes and longitudes of the pixels of a plate carrée map, from south and from west [degrees].

    Examples
    --------
    >>> pixel_centres(4)
    (array([-45.,  45.]), array([-135.,  -45.,   45.,  135.]))
    """
    step = 360.0 / columns
    longitudes = (np.arange(columns, dtype=np.float64) + 0.5) * step - 180.0
    return longitudes[: columns // 2] + 90.0, longitudes


def nearest_cells(positions: Positions, columns: int) -> IntArray:
    """
    Flat index of the cell under each pixel of a map of the world, -1 where there is none.

    Parameters
    ----------
    positions : Positions
        Centres of the cells.
    columns : int
        Width of the map in pixels; it is half as high. Row 0 is the south, column 0 is at 180 degrees west.

    Returns
    -------
    ndarray of int, shape (columns / 2, columns)
    """
    latitudes, longitudes = pixel_centres(columns)
    if not positions.regular:
        north, east = (np.ascontiguousarray(part, dtype=np.float64) for part in positions.centres())
        return _nearest_on_sphere(north.tobytes(), east.tobytes(), north.shape, columns)
    row = _nearest_row(positions.latitudes, latitudes)
    column = _nearest_column(positions.longitudes, longitudes)
    cells = row[:, None] * positions.longitudes.size + column
    cells[(row[:, None] == NO_CELL) | (column == NO_CELL)] = NO_CELL
    return cells


def on_map(values: npt.NDArray[Any], cells: IntArray, outside: float) -> npt.NDArray[Any]:
    """Values of the cells on the pixels of a map, and the value ``outside`` where there is no cell."""
    pixels = values.ravel()[np.maximum(cells, 0)]
    pixels[cells == NO_CELL] = outside
    return pixels


def _nearest_row(latitudes: FloatArray, points: FloatArray) -> IntArray:
    """Nearest row for each latitude; the outer rows reach half a step beyond their centre."""
    order = np.argsort(latitudes, kind="stable")
    ranked = latitudes[order]
    if ranked.size == 1:
        return np.zeros(points.size, dtype=np.int64)
    first, last = np.diff(ranked)[[0, -1]]
    row = order[np.searchsorted((ranked[1:] + ranked[:-1]) / 2, points)]
    # A hundredth of a step more: published latitudes are often rounded.
    inside = (points >= ranked[0] - 0.51 * first) & (points <= ranked[-1] + 0.51 * last)
    return np.where(inside, row, NO_CELL)


def _nearest_column(longitudes: FloatArray, points: FloatArray) -> IntArray:
    """Nearest column around the circle for each longitude, none in the gap of a regional field."""
    circle = longitudes % 360.0
    order = np.argsort(circle, kind="stable")
    ranked = circle[order]
    around = np.concatenate((ranked[-1:] - 360.0, ranked, ranked[:1] + 360.0))
    order = np.concatenate((order[-1:], order, order[:1]))
    east = points % 360.0
    place = np.searchsorted((around[1:] + around[:-1]) / 2, east)
    gaps = np.diff(around)
    step = float(np.median(gaps))
    gap = gaps[np.searchsorted(around, east) - 1]
    inside = (gap < 1.5 * step) | (np.abs(east - around[place]) <= 0.51 * step)
    return np.where(inside, order[place], NO_CELL)


@lru_cache(maxsize=4)  # many maps are drawn of fields on one grid; the search takes longer than all the rest
def _nearest_on_sphere(north: bytes, east: bytes, shape: tuple[int, ...], columns: int) -> IntArray:
    """Nearest curvilinear cell on the sphere, where neither the seam nor the fold exists; not to be changed."""
    latitudes, longitudes = pixel_centres(columns)
    centres = _on_sphere(*(np.frombuffer(part).reshape(shape) for part in (north, east)))
    beyond = _beyond_edges(centres)
    known = np.flatnonzero(_own_places(centres))
    tree = cKDTree(np.concatenate((centres.reshape(-1, 3)[known], beyond)))
    pixels = _on_sphere(*np.meshgrid(latitudes, longitudes, indexing="ij"))
    nearest = tree.query(pixels.reshape(-1, 3), workers=-1)[1]
    index = np.concatenate((known, np.full(len(beyond), NO_CELL)))
    cells = np.asarray(index[nearest].reshape(pixels.shape[:2]), dtype=np.int64)
    cells.setflags(write=False)
    return cells


def _on_sphere(latitudes: FloatArray, longitudes: FloatArray) -> FloatArray:
    """Points of the unit sphere, shape (..., 3), from degrees."""
    latitude, longitude = np.radians(latitudes), np.radians(longitudes)
    across = np.cos(latitude)
    return np.stack((across * np.cos(longitude), across * np.sin(longitude), np.sin(latitude)), axis=-1)


def _own_places(centres: FloatArray) -> BoolArray:
    """Cells with a place of their own: known, and not an overlap row or column that repeats an inner cell."""
    own: BoolArray = np.asarray(np.isfinite(centres).all(axis=-1), dtype=np.bool_)
    for within in (np.s_[:, 1:-1], np.s_[1:-1, :]):
        inner = np.zeros_like(own)
        inner[within] = own[within]
        outer = own & ~inner
        if inner.any():
            own[outer] = cKDTree(centres[inner]).query(centres[outer])[0] > SAME_PLACE
    return own


def _beyond_edges(centres: FloatArray) -> FloatArray:
    """
    Points one step outside the open edges of a grid: what is nearest to them has no cell.

    Parameters
    ----------
    centres : ndarray of float, shape (rows, columns, 3)
        Cells on the unit sphere.

    Returns
    -------
    ndarray of float, shape (n, 3)
    """
    tree = cKDTree(centres[np.isfinite(centres).all(axis=-1)])
    points = [np.empty((0, 3))]
    for lines in (centres, centres[::-1], centres.swapaxes(0, 1), centres.swapaxes(0, 1)[::-1]):
        edge, inner = lines[0], lines[min(1, len(lines) - 1)]
        step = np.linalg.norm(edge - inner, axis=-1)
        known = np.isfinite(step) & (step > 0)
        outside = (2.0 * edge - inner)[known]
        beyond = outside[tree.query(outside)[0] > CLOSED * step[known]]
        # An edge is open or closed as a whole; at the poles of a closed one single points may miss its cells.
        if 2 * len(beyond) > len(outside):
            points.append(beyond)
    return np.concatenate(points)
