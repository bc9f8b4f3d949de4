"""Areas and outlines of the cells of the ocean and of LMDZ, as MOSAIC takes them."""

from __future__ import annotations

from typing import Final

import numpy as np

from paleobc.conventions import FloatArray
from paleobc.grids.fold import Point
from paleobc.remapping.atmosphere import AtmosphereGrid
from paleobc.remapping.mosaic_grids import POINTS, MosaicOcean

#: Degree in radians and pi as MOZAIC rounds them.
MOZAIC_DEGREE: Final = 0.0174532925
MOZAIC_PI: Final = 3.1415926536


def ocean_areas(ocean: MosaicOcean, atmosphere: AtmosphereGrid, *, faithful: bool) -> FloatArray:
    """
    Area of the T cells as the weights use them [m2], shape (rows, columns).

    Parameters
    ----------
    ocean : MosaicOcean
    atmosphere : AtmosphereGrid
    faithful : bool
        The southern row, which is land, has that of a slice of the polar cap, on the sphere as large as all of
        the atmosphere's cells.
    """
    areas = ocean.completed(ocean.areas["T"], "T")
    if faithful:
        square = atmosphere.midlatitude_areas().sum() / (4.0 * MOZAIC_PI)
        north = np.abs(ocean.completed(ocean.latitude["U"], "U")[1]) * MOZAIC_DEGREE
        areas[0] = square * MOZAIC_PI * (1.0 - np.sin(north)) / ocean.layout.period
    return areas


def atmosphere_areas(atmosphere: AtmosphereGrid, *, faithful: bool) -> FloatArray:
    """Area of each cell [m2], shape (rows, columns): MOZAIC's, the width at the middle times the height, or exact."""
    areas = atmosphere.midlatitude_areas() if faithful else atmosphere.areas()
    return areas.reshape(atmosphere.shape)


def collapsed_areas(areas: FloatArray, *, faithful: bool) -> FloatArray:
    """
    Areas in which the first cell of each polar row holds all of the cap, shape (rows, columns).

    Parameters
    ----------
    areas : ndarray, shape (rows, columns)
    faithful : bool
        Give the southern cap one cell too much, as the old program does.

    Examples
    --------
    >>> collapsed_areas(np.ones((3, 4)), faithful=True)
    array([[4., 0., 0., 0.],
           [1., 1., 1., 1.],
           [5., 0., 0., 0.]])
    """
    collapsed = areas.copy()
    collapsed[[0, -1]] = 0.0
    collapsed[0, 0] = areas[-1].sum() if faithful else areas[0].sum()
    collapsed[-1, 0] = areas[-1].sum() + (areas[-1, 0] if faithful else 0.0)
    return collapsed


def atmosphere_corners(atmosphere: AtmosphereGrid) -> tuple[FloatArray, FloatArray]:
    """
    Outline of each cell and the middle of its edges [degrees], both of shape (9, rows, columns).

    From the north-western corner clockwise with the middle of each side; the ninth is the middle of the cell.
    """
    columns, latitudes = np.arange(atmosphere.columns), atmosphere.latitudes
    west, east = (atmosphere.longitude_edges[columns + side] for side in (0, 1))
    north, south = atmosphere.latitude_edges[:-1], atmosphere.latitude_edges[1:]
    centre, middle = atmosphere.longitudes, 0.5 * (north + south)
    longitude = np.stack([west, centre, east, east, east, centre, west, west, centre])
    latitude = np.stack([north, north, north, latitudes, south, south, south, latitudes, middle])
    shape = (9, *atmosphere.shape)
    return np.array(np.broadcast_to(longitude[:, None], shape)), np.array(np.broadcast_to(latitude[:, :, None], shape))


def ocean_outlines(ocean: MosaicOcean) -> tuple[FloatArray, FloatArray]:
    """Longitudes and latitudes of the vertices of each T cell and its point [degrees], shapes (9, rows, columns)."""
    return _outline(ocean, ocean.longitude), _outline(ocean, ocean.latitude)


def _outline(ocean: MosaicOcean, places: dict[Point, FloatArray]) -> FloatArray:
    """From the north-western corner clockwise; the first row has no southern side of its own."""
    t, u, v, f = (ocean.completed(places[name], name) for name in POINTS)
    west_f, west_u = np.roll(f, 1, axis=1), np.roll(u, 1, axis=1)
    southern = ((u, f), (t, v), (west_u, west_f))
    south = [np.concatenate([first[:1], field[:-1]]) for first, field in southern]
    return np.stack([west_f, v, f, u, *south, west_u, t])
