"""The points and scale factors that the file of an ocean grid may lack, made from those it has."""

from __future__ import annotations

import numpy as np

from paleobc.constants import EARTH_RADIUS
from paleobc.conventions import FloatArray
from paleobc.grids.curvilinear import CurvilinearGrid, GridPoints
from paleobc.grids.fold import HALF_STEPS, OrcaLayout, Point
from paleobc.grids.sphere import longitude_latitude, unit_vectors
from paleobc.grids.tripolar import LEAST_SCALE_FACTOR


def lattice_places(grid: CurvilinearGrid) -> FloatArray:
    """
    Places of all points of a grid, half a step apart, with one more point on every side.

    Where the grid lacks U or V points, they are put on the curve through four T points. V points south of the
    first row stand midway between its corners.

    Parameters
    ----------
    grid : CurvilinearGrid

    Returns
    -------
    ndarray, shape (2 rows + 2, 2 columns + 2, 3)
        Unit vectors; that of T(j, i) is at [2j + 1, 2i + 1], U one further east, V one further north, F both.

    References
    ----------
    NEMO reference manual, chapter on the C grid, doi:10.5281/zenodo.1464816.
    """
    layout = grid.layout
    places = np.full((2 * layout.rows + 2, 2 * layout.columns + 2, 3), np.nan)
    centres = _centres_with_margin(grid)
    places[1::2, 1::2] = centres[2:-1, 2:-1]
    places[0::2, 0::2] = unit_vectors(grid.corner_longitude, grid.corner_latitude)
    along, up = _midway(centres, 1)[2:-1], _midway(centres, 0)[:, 2:-1]
    places[1::2, 0::2] = along if grid.u is None else _given(layout, grid.u, "U")
    places[0::2, 1::2] = up if grid.v is None else _given(layout, grid.v, "V")
    places[0, 1::2] = _normalised(places[0, 0:-1:2] + np.roll(places[0, 0::2], -1, axis=0)[: layout.columns + 1])
    places[0, -1] = places[0, 5 if layout.overlap else 1]
    return places


def completed(grid: CurvilinearGrid) -> CurvilinearGrid:
    """
    Grid with all points and scale factors that NEMO needs; what is missing follows from the others.

    F points are the corners of the cells, U and V points lie between T points, and scale factors are the
    lengths of arcs between neighbouring points: half of them within 0.004 % of those of PALEORCA2, all within 1 %
    but in the closed southern row.

    Parameters
    ----------
    grid : CurvilinearGrid

    References
    ----------
    NEMO reference manual, chapter on the C grid, doi:10.5281/zenodo.1464816.
    """
    every = (grid.t, grid.u, grid.v, grid.f)
    if all(points is not None and points.e1 is not None and points.e2 is not None for points in every):
        return grid
    places = lattice_places(grid)
    e1, e2 = _arcs(places[:, :-2], places[:, 2:]), _arcs(places[:-2], places[2:])
    made = {}
    for point, (north, east) in HALF_STEPS.items():
        given: GridPoints | None = getattr(grid, point.lower())
        own = slice(1 + north, None, 2), slice(1 + east, None, 2)
        if given is None:
            given = GridPoints(*longitude_latitude(places[own][: grid.layout.rows, : grid.layout.columns]))
        if given.e1 is None or given.e2 is None:
            steps = (e1[own[0], east::2], e2[north::2, own[1]])
            shape = slice(grid.layout.rows), slice(grid.layout.columns)
            given = GridPoints(given.longitude, given.latitude, steps[0][shape], steps[1][shape])
        made[point] = given
    corners = grid.corner_longitude, grid.corner_latitude
    return CurvilinearGrid(grid.layout, made["T"], *corners, u=made["U"], v=made["V"], f=made["F"])


def _centres_with_margin(grid: CurvilinearGrid) -> FloatArray:
    """Unit vectors of the T points with two more rows and columns around them, shape (rows + 3, columns + 3, 3)."""
    layout = grid.layout
    row, column, _ = layout.place(
        2 * np.arange(-2, layout.rows + 2)[:, None].clip(0), 2 * np.arange(-2, layout.columns + 2)
    )
    centres = unit_vectors(grid.t.longitude, grid.t.latitude).reshape(-1, 3)[layout.cell_of(row, column)]
    first, second, third = centres[2], centres[3], centres[4]
    centres[1], centres[0] = _reflected(first, second), _reflected(first, third)
    return centres


def _reflected(middle: FloatArray, place: FloatArray) -> FloatArray:
    """Places as far beyond the middle as others are before it."""
    return np.asarray(2.0 * (middle * place).sum(axis=-1, keepdims=True) * middle - place)


def _midway(places: FloatArray, axis: int) -> FloatArray:
    """Places midway between neighbours, by the cubic through four of them; three fewer along the axis."""
    moved = np.moveaxis(places, axis, 0)
    middle = 9.0 * (moved[1:-2] + moved[2:-1]) - (moved[:-3] + moved[3:])
    return np.asarray(np.moveaxis(_normalised(middle), 0, axis))


def _normalised(vectors: FloatArray) -> FloatArray:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=-1, keepdims=True))


def _given(layout: OrcaLayout, points: GridPoints, point: Point) -> FloatArray:
    """Unit vectors of U or V points, with one more row or column before the first."""
    north, east = HALF_STEPS[point]
    rows = 2 * np.arange(-north, layout.rows + 1 - north)[:, None] + north
    row, column, _ = layout.place(rows, 2 * np.arange(-east, layout.columns + 1 - east) + east)
    cells = layout.cell_of(np.maximum(row, 0), column)
    return unit_vectors(points.longitude, points.latitude).reshape(-1, 3)[cells]


def _arcs(first: FloatArray, second: FloatArray) -> FloatArray:
    """Distance between places [m], at least NEMO's least scale factor."""
    chord = np.linalg.norm(first - second, axis=-1)
    arc = 2.0 * np.arcsin(np.minimum(chord / 2.0, 1.0)) * EARTH_RADIUS
    return np.asarray(np.maximum(arc, LEAST_SCALE_FACTOR))
