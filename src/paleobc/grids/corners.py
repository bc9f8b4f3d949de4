"""Corners of the cells of an ORCA-like grid, from F points, from cell bounds or from the centres alone."""

from __future__ import annotations

import numpy as np

from paleobc.conventions import FloatArray, IntArray
from paleobc.grids.fold import OrcaLayout, owner_table
from paleobc.grids.sphere import longitude_latitude, unit_vectors


def corners_from_f_points(
    layout: OrcaLayout, longitude: FloatArray, latitude: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """
    Corners of the T cells where the F points are known.

    Parameters
    ----------
    layout : OrcaLayout
        The grid.
    longitude, latitude : ndarray, shape (rows, columns)
        Places of the F points, each the north-eastern corner of its cell [degrees].

    Returns
    -------
    longitude, latitude : ndarray, shape (rows + 1, columns + 1)
        South-western corner of each cell [degrees]; those south of the first row continue the columns.
    """
    vertices = np.full((4, *layout.shape), np.nan)
    return corners_from_bounds(
        layout,
        *(np.stack([vertices[0], vertices[1], values, vertices[3]], axis=-1) for values in (longitude, latitude)),
    )


def corners_from_bounds(
    layout: OrcaLayout, longitude: FloatArray, latitude: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """
    Corners of the T cells from the bounds of each cell; what is missing is taken from its neighbours.

    Parameters
    ----------
    layout : OrcaLayout
        The grid.
    longitude, latitude : ndarray, shape (rows, columns, 4)
        South-western, south-eastern, north-eastern and north-western vertex of each cell [degrees], as
        `ordered_bounds` gives them; not a number where missing.

    Returns
    -------
    longitude, latitude : ndarray, shape (rows + 1, columns + 1)
    """
    corners = np.full((layout.rows + 1, layout.columns + 1, 2), np.nan)
    places = np.stack([longitude, latitude], axis=-1)
    for vertex, north, east in ((2, 1, 1), (3, 1, 0), (1, 0, 1), (0, 0, 0)):
        window = corners[north : north + layout.rows, east : east + layout.columns]
        np.copyto(window, places[:, :, vertex], where=np.isnan(window))
    row, column = _standing_corner(layout)
    shared = corners[row, column]
    corners = np.where(np.isnan(shared), corners, shared)
    known = ~np.isnan(corners[:, :, 0]).any(axis=1)
    if not known[0] and known[1:3].all():
        corners[0] = _continued(corners[1], corners[2])
    return corners[:, :, 0], corners[:, :, 1]


def corners_from_centres(
    layout: OrcaLayout, longitude: FloatArray, latitude: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """
    Corners of the T cells midway between the four centres around them, where nothing better is known.

    Parameters
    ----------
    layout : OrcaLayout
        The grid.
    longitude, latitude : ndarray, shape (rows, columns)
        Places of the T points [degrees].

    Returns
    -------
    longitude, latitude : ndarray, shape (rows + 1, columns + 1)
    """
    owner = owner_table(layout)
    centres = unit_vectors(longitude, latitude).reshape(-1, 3)[np.maximum(owner, 0)]
    centres[0] = _reflected(centres[1], centres[2])
    middle = centres[:-1, :-1] + centres[:-1, 1:] + centres[1:, :-1] + centres[1:, 1:]
    return longitude_latitude(middle)


def ordered_bounds(
    t_longitude: FloatArray, t_latitude: FloatArray, longitude: FloatArray, latitude: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """
    Bounds of each cell in the order south-west, south-east, north-east, north-west, as its rows run.

    Parameters
    ----------
    t_longitude, t_latitude : ndarray, shape (rows, columns)
        Centres of the cells [degrees].
    longitude, latitude : ndarray, shape (rows, columns, 4)
        Vertices in any order, the same for all cells [degrees].
    """
    centres, vertices = unit_vectors(t_longitude, t_latitude), unit_vectors(longitude, latitude)
    east = np.gradient(centres, axis=1)[:, :, None]
    north = np.gradient(centres, axis=0)[:, :, None]
    away = vertices - centres[:, :, None]
    inner = (slice(1, -1), slice(1, -1))
    to_east = np.nanmedian(np.sign((away * east).sum(axis=-1))[inner], axis=(0, 1)) > 0
    to_north = np.nanmedian(np.sign((away * north).sum(axis=-1))[inner], axis=(0, 1)) > 0
    place = np.where(to_north, np.where(to_east, 2, 3), np.where(to_east, 1, 0))
    order = np.argsort(place)
    return longitude[:, :, order], latitude[:, :, order]


def _standing_corner(layout: OrcaLayout) -> tuple[IntArray, IntArray]:
    """Row and column of the corner that stands for each corner: copies across seam and fold become one."""
    rows = 2 * np.arange(layout.rows + 1)[:, None] - 1
    row, column, _ = layout.place(rows, 2 * np.arange(layout.columns + 1) - 1)
    cell = layout.cell_of(np.maximum(row, 0), column)
    return (row + 1) // 2, cell % layout.columns + 1


def _continued(first: FloatArray, second: FloatArray) -> FloatArray:
    """Places as far before the first row as the second is after it, on great circles [degrees]."""
    vectors = (unit_vectors(places[:, 0], places[:, 1]) for places in (first, second))
    return np.stack(longitude_latitude(_reflected(*vectors)), axis=-1)


def _reflected(first: FloatArray, second: FloatArray) -> FloatArray:
    return np.asarray(2.0 * (first * second).sum(axis=-1, keepdims=True) * first - second)
