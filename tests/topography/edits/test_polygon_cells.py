"""A polygon holds the cells inside it, on every grid, over the date line and around the poles."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocean_worlds import LAYOUTS
from paleobc.errors import InputError
from paleobc.grids.mesh import ocean_mesh, regular_mesh
from paleobc.grids.regular import RegularGrid
from paleobc.topography.edits.polygon_cells import points_inside, polygon_cells
from paleobc.topography.edits.polygon_ring import ring_of
from paleobc.topography.edits.shapes import Polygon

#: Centres and these points are multiples of 11.25 / 4 degrees, so that sides go through centres, and sums are exact.
MESH = regular_mesh(RegularGrid(16, 32))
STEP = 11.25 / 4.0

turned_meshes = st.integers(0, 31).map(lambda k: regular_mesh(RegularGrid(16, 32, -180.0 + 11.25 * k)))


@st.composite
def stars(draw):
    """Polygons around a place whose points follow one another in angle: their sides cannot cross."""
    count = draw(st.integers(3, 12))
    east, north = draw(st.integers(-64, 63)), draw(st.integers(-10, 10))
    angles = np.sort(draw(st.permutations(range(24)))[:count]) * (2.0 * np.pi / 24.0)
    radii = np.array(draw(st.lists(st.integers(3, 21), min_size=count, max_size=count)))
    longitudes, latitudes = east + np.rint(radii * np.cos(angles)), north + np.rint(radii * np.sin(angles))
    return tuple(zip((STEP * longitudes).tolist(), (STEP * latitudes).tolist(), strict=True))


@st.composite
def polygons(draw):
    """Stars that are polygons: rounding leaves some without an area, or crossing themselves."""
    points = draw(stars().filter(accepted))
    return Polygon(points)


def accepted(points):
    try:
        ring_of(Polygon(points))
    except InputError:
        return False
    return True


def cells_as_points(polygon, mesh):
    cells, longitudes, latitudes = mesh.by_longitude
    return np.sort(cells[points_inside(ring_of(polygon), longitudes, latitudes)])


@given(polygons(), turned_meshes)
def test_scanning_columns_and_asking_each_centre_agree(polygon, mesh):
    cells = polygon_cells(polygon, mesh)
    assert cells.dtype == np.int32
    assert np.array_equal(cells, cells_as_points(polygon, mesh))


@given(polygons())
def test_centres_well_inside_by_the_winding_number_are_inside_and_others_are_not(polygon):
    ring = np.array(polygon.points)
    inside = np.isin(np.arange(512), polygon_cells(polygon, MESH)).reshape(16, 32)
    longitudes = MESH.longitudes - ring[:, 0].mean()
    longitudes = (longitudes + 180.0) % 360.0 - 180.0 + ring[:, 0].mean()
    towards = (ring[:, 0] - longitudes[..., None]) + 1j * (ring[:, 1] - MESH.latitudes[..., None])
    off = np.abs(towards).min(axis=-1) > 1e-6
    turned = np.angle(np.roll(towards, -1, axis=-1)[off] / towards[off])
    on_side = np.abs(np.abs(turned) - np.pi).min(axis=-1) < 1e-9
    winding = np.rint(turned.sum(axis=-1) / (2.0 * np.pi))
    assert np.array_equal(inside[off][~on_side], winding[~on_side] % 2 != 0)


@given(polygons(), st.integers(0, 31))
def test_a_polygon_moved_by_whole_columns_holds_the_moved_cells(polygon, columns):
    moved = Polygon(tuple((longitude + 11.25 * columns, latitude) for longitude, latitude in polygon.points))
    rows, column = np.divmod(polygon_cells(polygon, MESH), 32)
    assert np.array_equal(polygon_cells(moved, MESH), np.sort(rows * 32 + (column + columns) % 32))


@given(polygons())
def test_neither_the_first_point_nor_the_direction_matters(polygon):
    points = polygon.points
    cells = polygon_cells(polygon, MESH)
    for same in (points[::-1], points[1:] + points[:1], (*points, points[0]), (points[0], *points)):
        assert np.array_equal(polygon_cells(Polygon(same), MESH), cells)


def fan(corners, centre):
    """Triangles from a place to each side of a polygon around it: they share their sides."""
    return [Polygon((centre, a, b)) for a, b in zip(corners, corners[1:] + corners[:1], strict=True)]


@given(st.integers(-64, 63), st.integers(-8, 8), st.integers(-9, 9), st.integers(-9, 9))
@pytest.mark.parametrize("mesh", [MESH, ocean_mesh(LAYOUTS["182 x 149"]())], ids=["regular", "tripolar"])
def test_polygons_that_share_sides_share_out_the_cells(mesh, east, north, aside, above):
    corners = tuple((STEP * (east + x), STEP * (north + y)) for x, y in ((-11, -10), (12, -9), (10, 13), (-12, 11)))
    parts = fan(corners, (STEP * (east + aside), STEP * (north + above)))
    cells = [polygon_cells(part, mesh) for part in parts]
    assert np.array_equal(np.sort(np.concatenate(cells)), polygon_cells(Polygon(corners), mesh))


@given(st.lists(st.integers(-20, 20), min_size=3, max_size=8), st.booleans())
def test_a_ring_around_the_globe_encloses_the_pole_of_its_mean_latitude(latitudes, eastwards):
    longitudes = np.linspace(-180.0, 180.0, len(latitudes), endpoint=False)
    points = tuple(zip(longitudes.tolist(), [STEP * y for y in latitudes], strict=True))
    cells = polygon_cells(Polygon(points if eastwards else points[::-1]), MESH)
    assert np.array_equal(cells, cells_as_points(Polygon(points), MESH))
    northern = sum(latitudes) >= 0
    at_pole = np.isin(np.arange(480, 512) if northern else np.arange(32), cells)
    other = np.isin(np.arange(32) if northern else np.arange(480, 512), cells)
    assert at_pole.all()
    assert not other.any()


def test_the_equator_encloses_the_north():
    equator = Polygon(((0.0, 0.0), (120.0, 0.0), (240.0, 0.0)))
    assert np.array_equal(polygon_cells(equator, MESH), np.arange(256, 512))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_on_an_ocean_grid_the_cap_beyond_a_parallel_is_held_whole_and_once(layout):
    mesh = ocean_mesh(LAYOUTS[layout]())
    cells = polygon_cells(Polygon(((0.0, 71.3), (120.0, 71.3), (-120.0, 71.3))), mesh)
    assert np.array_equal(cells, np.flatnonzero((mesh.latitudes >= 71.3) & mesh.unique))


@pytest.mark.parametrize(
    ("points", "reason"),
    [
        ((), "has no points"),
        (((0.0, 0.0), (10.0, 0.0)), "has 2 different points"),
        (((0.0, 0.0), (10.0, 0.0), (0.0, 0.0), (360.0, 0.0)), "has 2 different points"),
        (((0.0, 0.0), (10.0, 10.0), (20.0, 20.0)), "encloses no area"),
        (((0.0, 0.0), (180.0, 0.0), (90.0, 50.0)), "from 0N 0E to 0N 180W spans 180 degrees"),
        (((0.0, 0.0), (10.0, 10.0), (10.0, 0.0), (0.0, 10.0)), "between 0N 0E and 10N 10E crosses that between 10N 0E"),
        (((175.0, 0.0), (-175.0, 10.0), (-175.0, 0.0), (175.0, 10.0)), "crosses itself"),
        (tuple((100.0 * k, 10.0 * (k % 2)) for k in range(8)), "times around the globe|crosses itself"),
        (((0.0, 0.0), (10.0, 91.0), (10.0, 0.0)), "Point 2 of the polygon"),
        (((0.0, 0.0), (10.0, 9.0), (np.nan, 0.0)), "Point 3 of the polygon"),
        (((0.0, 0.0), (10.0, 9.0), (np.inf, 0.0)), "Point 3 of the polygon"),
        (((0.0, 0.0), (10.0, 9.0), (1e300, 0.0)), "Point 3 of the polygon"),
        (((0.0, 0.0), (10.0, 9.0), (1.0,)), "pairs of a longitude and a latitude"),
        (((0.0, 0.0), (10.0, 9.0), ("east", 0.0)), "pairs of a longitude and a latitude"),
        (((0.0, 0.0),) * 10_001, "at most 10000"),
    ],
)
def test_what_is_no_polygon_is_refused_with_its_reason(points, reason):
    with pytest.raises(InputError, match=reason):
        polygon_cells(Polygon(points), MESH)


def test_sides_may_touch_and_go_back_on_themselves():
    spike = ((0.0, 0.0), (45.0, 0.0), (45.0, 45.0), (90.0, 80.0), (45.0, 45.0), (0.0, 45.0))
    touching = ((0.0, 0.0), (20.0, 0.0), (45.0, 0.0), (45.0, 45.0), (20.0, 0.0), (0.0, 45.0))
    square = ((0.0, 0.0), (45.0, 0.0), (45.0, 45.0), (0.0, 45.0))
    assert np.array_equal(polygon_cells(Polygon(spike), MESH), polygon_cells(Polygon(square), MESH))
    assert polygon_cells(Polygon(touching), MESH).size < polygon_cells(Polygon(square), MESH).size


def test_a_polygon_between_centres_holds_none():
    assert polygon_cells(Polygon(((0.0, 0.0), (1.0, 0.0), (1.0, 1.0))), MESH).size == 0


def test_a_comb_of_ten_thousand_points_is_checked():
    teeth = [(0.01 * k, 50.0 * (k % 2)) for k in range(9_998)]
    comb = Polygon((*teeth, (99.97, -10.0), (0.0, -10.0)))
    cells = polygon_cells(comb, MESH)
    assert np.array_equal(cells, cells_as_points(comb, MESH))
