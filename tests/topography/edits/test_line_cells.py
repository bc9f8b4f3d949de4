"""One can walk along a line over the sides of its cells, on every grid and over every seam."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ocean_worlds import LAYOUTS
from paleobc.constants import EARTH_RADIUS
from paleobc.errors import InputError
from paleobc.grids.mesh import ocean_mesh, regular_mesh
from paleobc.grids.regular import RegularGrid
from paleobc.grids.sphere import longitude_latitude, unit_vectors
from paleobc.grids.walks import cells_over, connected_cells
from paleobc.topography.edits.line_cells import brush_cells, crossed_cells, line_cells
from paleobc.topography.edits.shapes import Brush, Line

REGULAR = regular_mesh(RegularGrid(32, 64))
MESHES = {
    "regular": REGULAR,
    "regular from 0": regular_mesh(RegularGrid(30, 48, 0.0)),
    "182 x 149": ocean_mesh(LAYOUTS["182 x 149"]()),
    "T pivot": ocean_mesh(LAYOUTS["T pivot"]()),
}
EVERY_MESH = pytest.mark.parametrize("mesh", MESHES.values(), ids=MESHES.keys())

places = st.tuples(st.floats(-180.0, 360.0), st.floats(-90.0, 90.0))
lines = st.lists(places, min_size=1, max_size=4).map(tuple)


def drawn(points):
    """Arrays of points; lines with opposite ends are drawn with a place between."""
    longitudes, latitudes = np.array(points, dtype=float).T
    vectors = unit_vectors(longitudes, latitudes)
    if np.any(np.linalg.norm(vectors[1:] + vectors[:-1], axis=1) < 1e-6):
        return longitudes[:1], latitudes[:1]
    return longitudes, latitudes


@EVERY_MESH
@settings(max_examples=40)
@given(points=lines)
@example(points=((10.0, 40.0), (190.0, 60.0)))  # right over a pole
@example(points=((10.0, 40.0), (190.001, 60.0)))
@example(points=((0.0, -60.0), (180.0, -50.0)))
@example(points=((100.0, 90.0), (20.0, 50.0)))
@example(points=((170.0, 5.0), (-170.0, -5.0)))  # over the date line
@example(points=((60.0, 70.0), (-130.0, 75.0)))  # over the fold
@example(points=((0.0, 0.0), (90.0, 0.0)))
@example(points=((8.0, 90.0),))
def test_each_cell_of_a_line_is_a_neighbour_of_the_one_before(mesh, points):
    longitudes, latitudes = drawn(points)
    cells = crossed_cells(longitudes, latitudes, mesh)
    assert mesh.unique.ravel()[cells].all()
    assert (cells_over(mesh.owners, cells[:-1]) == cells[1:, None]).any(axis=1).all()
    for end in (0, -1):  # places on the side of a cell may belong to either of two, a pole to any around it
        around = np.arange(360.0) if abs(latitudes[end]) > 90.0 - 1e-8 else (-1e-8, 0.0, 1e-8)
        near = [(x, y) for x in around for y in (-1e-8, 0.0, 1e-8)]
        east, north = np.array(near).T + np.array([[longitudes[end]], [latitudes[end]]])
        assert cells[end] in mesh.nearest_cells(east, np.clip(north, -90.0, 90.0))


@EVERY_MESH
@settings(max_examples=40)
@given(points=lines)
def test_the_cells_of_a_line_are_connected_over_their_sides(mesh, points):
    longitudes, latitudes = drawn(points)
    cells = line_cells(Line(tuple(zip(longitudes.tolist(), latitudes.tolist(), strict=True))), mesh)
    assert (cells.dtype, np.all(np.diff(cells) > 0)) == (np.int32, True)
    belongs = np.isin(np.arange(mesh.unique.size), cells)
    assert np.array_equal(np.flatnonzero(connected_cells(belongs, mesh.owners, int(cells[0]))), cells)


@given(lines, st.integers(0, 63))
def test_a_line_moved_by_whole_columns_holds_the_moved_cells(points, columns):
    points = tuple((round(x * 64) / 64, round(y * 64) / 64) for x, y in points)
    longitudes, latitudes = drawn(points)
    cells = np.unique(crossed_cells(longitudes, latitudes, REGULAR))
    moved = np.unique(crossed_cells(longitudes + 5.625 * columns, latitudes, REGULAR))
    assert np.array_equal(moved, np.sort(cells // 64 * 64 + (cells % 64 + columns) % 64))


def test_a_line_over_the_pole_goes_on_along_the_last_row_the_short_way():
    assert line_cells(Line(((10.0, 85.0), (100.0, 88.0))), REGULAR).tolist() == list(
        range(31 * 64 + 33, 31 * 64 + 33 + 17)
    )
    over = line_cells(Line(((0.5, 80.0), (180.5, 80.0))), REGULAR)
    assert np.array_equal(np.unique(over[over >= 31 * 64]), 31 * 64 + np.sort((32 + np.arange(33)) % 64))


def test_a_line_along_a_meridian_or_the_equator_keeps_to_one_column_or_row():
    for longitude in (0.0, 90.0, -90.0, 45.0):  # between two columns
        assert np.unique(crossed_cells(np.full(2, longitude), np.array([-60.0, 70.0]), REGULAR) % 64).size == 1
    assert np.unique(crossed_cells(np.array([0.0, 100.0]), np.zeros(2), REGULAR) // 64).tolist() == [16]


@given(places, places)
def test_a_line_misses_no_cell_that_it_crosses_for_more_than_a_tenth_of_its_side(one, other):
    longitudes, latitudes = drawn((one, other))
    if longitudes.size < 2:
        return
    a, b = unit_vectors(longitudes, latitudes)
    angle = np.arctan2(np.linalg.norm(np.cross(a, b)), a @ b)
    if not 1e-3 < angle < 3.0:
        return
    part = np.linspace(0.0, 1.0, 4001)[:, None]
    along = np.sin((1.0 - part) * angle) * a + np.sin(part * angle) * b
    found = REGULAR.nearest_cells(*(np.round(part, 9) for part in longitude_latitude(along)))
    cells, counts = np.unique(found, return_counts=True)
    row_width = 5.625 * np.cos(np.radians(REGULAR.latitudes.ravel()[cells]))
    long_enough = counts * np.degrees(angle) / 4000.0 > 0.1 * 5.625
    assert np.isin(cells[long_enough & (row_width > 0.5)], crossed_cells(longitudes, latitudes, REGULAR)).all()


def distance_km(mesh, longitudes, latitudes):
    """Distance of all centres from a finely drawn line."""
    corners = unit_vectors(longitudes, latitudes)
    part = np.linspace(0.0, 1.0, 400)[:, None]
    line = np.concatenate([(1.0 - part) * a + part * b for a, b in pairwise(corners)])
    line /= np.linalg.norm(line, axis=1, keepdims=True)
    cosine = (unit_vectors(mesh.longitudes.ravel(), mesh.latitudes.ravel()) @ line.T).max(axis=1)
    return np.arccos(np.clip(cosine, -1.0, 1.0)) * EARTH_RADIUS / 1000.0


@pytest.mark.parametrize("mesh", [REGULAR, ocean_mesh(LAYOUTS["T pivot"]())], ids=["regular", "T pivot"])
@pytest.mark.parametrize("radius", [300.0, 1500.0, 9000.0])
@pytest.mark.parametrize("points", [((170.0, 60.0), (-150.0, 80.0)), ((10.0, -85.0), (60.0, -30.0), (80.0, 30.0))])
def test_a_brush_holds_the_centres_within_its_radius(mesh, radius, points):
    cells = brush_cells(Brush(points, radius), mesh)
    away = distance_km(mesh, *np.array(points).T)
    crossed = crossed_cells(*np.array(points).T, mesh)
    inside, unsure = away < radius - 20.0, np.abs(away - radius) <= 20.0
    chosen = np.isin(np.arange(away.size), cells)
    expected = (inside & mesh.unique.ravel()) | np.isin(np.arange(away.size), crossed)
    assert np.array_equal(chosen[~unsure], expected[~unsure])
    assert np.array_equal(cells, line_cells(Line(points, 2.0 * radius), mesh))


@EVERY_MESH
def test_a_brush_of_half_the_globe_and_more_holds_all_of_it(mesh):
    assert brush_cells(Brush(((10.0, 20.0),), 20_100.0), mesh).size == mesh.unique.sum()
    assert brush_cells(Brush(((10.0, 20.0), (40.0, 20.0)), 30_000.0), mesh).size == mesh.unique.sum()


@EVERY_MESH
def test_a_dot_holds_the_cell_under_it(mesh):
    for shape in (Brush(((33.0, 12.0),) * 3, 0.0), Brush(((33.0, 12.0),), 1.0)):
        assert brush_cells(shape, mesh).tolist() == mesh.nearest_cells(np.array([33.0]), np.array([12.0])).tolist()


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (Line(()), "The line has no points"),
        (Line(((0.0, 0.0), (180.0, 0.0))), "opposite ends of the globe"),
        (Line(((0.0, 0.0), (20.0, 95.0))), "Point 2 of the line"),
        (Line(((0.0, 0.0), (20.0, 5.0)), -1.0), "width of the line is -1 km"),
        (Line(((0.0, 0.0), (20.0, 5.0)), np.nan), "width of the line is nan km"),
        (Line(((0.0, 0.0), (170.0, 5.0)) * 100), "km long"),
        (Line(((0.0, 0.0),) * 10_001), "at most 10000"),
    ],
)
def test_what_is_no_line_is_refused_with_its_reason(line, reason):
    with pytest.raises(InputError, match=reason):
        line_cells(line, REGULAR)


@pytest.mark.parametrize("radius", [-1.0, np.inf])
def test_a_brush_without_a_radius_is_refused(radius):
    with pytest.raises(InputError, match="radius of the brush"):
        brush_cells(Brush(((0.0, 0.0),), radius), REGULAR)
