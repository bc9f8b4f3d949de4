"""An ORCA-like grid in memory: its points, its corners and how its cells join."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from paleobc.conventions import FloatArray
from paleobc.errors import InputError
from paleobc.grids.corners import (
    corners_from_bounds,
    corners_from_centres,
    corners_from_f_points,
    ordered_bounds,
)
from paleobc.grids.fold import OrcaLayout
from paleobc.grids.fold_detection import detect_layout


@dataclass(frozen=True)
class GridPoints:
    """
    One of the four sets of points of the C grid.

    Parameters
    ----------
    longitude, latitude : ndarray, shape (rows, columns)
        Places of the points [degrees].
    e1, e2 : ndarray, shape (rows, columns), optional
        Scale factors along the rows and along the columns [m].
    """

    longitude: FloatArray
    latitude: FloatArray
    e1: FloatArray | None = None
    e2: FloatArray | None = None


@dataclass(frozen=True)
class CurvilinearGrid:
    """
    An ORCA-like grid.

    Parameters
    ----------
    layout : OrcaLayout
        Size, overlap and fold.
    t : GridPoints
        Centres of the cells.
    corner_longitude, corner_latitude : ndarray, shape (rows + 1, columns + 1)
        Corners of the T cells [degrees]: that at [j, i] is the south-western one of cell (j, i).
    u, v, f : GridPoints, optional
        Eastern sides, northern sides and north-eastern corners of the cells, where they are known.
    """

    layout: OrcaLayout
    t: GridPoints
    corner_longitude: FloatArray
    corner_latitude: FloatArray
    u: GridPoints | None = None
    v: GridPoints | None = None
    f: GridPoints | None = None


def describe_grid(
    t: GridPoints,
    *,
    u: GridPoints | None = None,
    v: GridPoints | None = None,
    f: GridPoints | None = None,
    bounds: tuple[FloatArray, FloatArray] | None = None,
) -> CurvilinearGrid:
    """
    Describe an ocean grid from its points: overlap, pivot and halo are found from the T points alone.

    Parameters
    ----------
    t : GridPoints
        Centres of the cells, with or without scale factors.
    u, v, f : GridPoints, optional
        The other points of the C grid; the corners of the cells come from F points where there are any.
    bounds : tuple of ndarray, shapes (rows, columns, 4), optional
        Longitudes and latitudes of the vertices of each T cell [degrees], in any order; not a number where
        missing. Read where there are no F points.

    Raises
    ------
    InputError
        Where the grid is none of the ORCA family; it says why.
    """
    layout = detect_layout(t.longitude, t.latitude)
    _check_shapes(layout, (t, u, v, f))
    if f is not None:
        corners = corners_from_f_points(layout, f.longitude, f.latitude)
    elif bounds is not None:
        corners = corners_from_bounds(layout, *ordered_bounds(t.longitude, t.latitude, *bounds))
    else:
        corners = corners_from_centres(layout, t.longitude, t.latitude)
    if any(np.isnan(part).any() for part in corners):
        raise InputError(
            "Corners of the ocean grid's cells are missing and cannot be taken from their neighbours; give a "
            "grid with F points, with complete bounds, or with neither."
        )
    longitude = (corners[0] + 180.0) % 360.0 - 180.0
    return CurvilinearGrid(layout, t, longitude, corners[1], u=u, v=v, f=f)


def _check_shapes(layout: OrcaLayout, every: tuple[GridPoints | None, ...]) -> None:
    """Refuse fields of other sizes than the T points."""
    for points in every:
        for field in vars(points).values() if points is not None else ():
            if field is not None and field.shape != layout.shape:
                raise InputError(
                    f"A field of the ocean grid has the shape {field.shape} and the T points {layout.shape}; "
                    "give all points of the same grid."
                )
