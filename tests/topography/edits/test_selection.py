"""Every shape gives unique cells in order, moves with the globe, and combines as sets do."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocean_worlds import LAYOUTS
from paleobc.errors import InputError
from paleobc.grids.mesh import ocean_mesh, regular_mesh
from paleobc.grids.regular import RegularGrid
from paleobc.topography.closed_seas import label_seas
from paleobc.topography.edits.selection import filtered as filtered_cells
from paleobc.topography.edits.selection import selected_cells
from paleobc.topography.edits.shapes import Box, Brush, CellList, Combined, Line, Polygon, Region, ValueRange
from paleobc.topography.surface import Surface
from strategies import grid_of, reliefs

MESH = regular_mesh(RegularGrid(16, 32))
STEP = 11.25 / 4.0
HEIGHTS = np.random.default_rng(3).normal(size=(16, 32)) * 1000.0
SURFACE = Surface.of(HEIGHTS, MESH, "height")


@pytest.fixture(scope="module", params=LAYOUTS)
def ocean(request):
    mesh = ocean_mesh(LAYOUTS[request.param]())
    waves = np.sin(np.radians(3.0 * mesh.longitudes)) + np.cos(np.radians(5.0 * mesh.latitudes))
    return Surface.of(np.maximum(1000.0 * waves, 0.0), mesh, "depth")


SHAPES = {
    "box": Box(150.0, -33.0, -120.0, 61.0),
    "polygon": Polygon(((150.0, -60.0), (-140.0, 10.0), (170.0, 85.0))),
    "polygon around the pole": Polygon(((-170.0, 70.0), (-30.0, 55.0), (80.0, 68.0))),
    "line": Line(((20.0, 50.0), (-160.0, 85.0), (-130.0, -60.0)), 400.0),
    "brush": Brush(((170.0, 80.0), (-170.0, 60.0)), 900.0),
    "region": Region((-160.0, 10.0)),
    "values": ValueRange(-100.0, 800.0),
    "cells": CellList(((3, 4), (3, 2), (3, 4))),
    "union": Combined("union", Box(-20.0, -10.0, 20.0, 10.0), ValueRange(500.0, 600.0)),
    "difference": Combined("difference", Box(-20.0, -10.0, 20.0, 10.0), ValueRange(500.0, 600.0)),
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
def test_cells_are_unique_ascending_and_no_copies(shape, ocean):
    for surface in (SURFACE, ocean):
        cells = selected_cells(shape, surface)
        assert cells.dtype == np.int32
        assert cells.size
        assert np.all(np.diff(cells) > 0)
        assert surface.mesh.unique.ravel()[cells].all()


def moved(shape, degrees):
    """The same shape further east."""
    match shape:
        case Box():
            return Box(shape.west + degrees, shape.south, shape.east + degrees, shape.north)
        case Polygon():
            return Polygon(tuple((x + degrees, y) for x, y in shape.points))
        case Line():
            return Line(tuple((x + degrees, y) for x, y in shape.points), shape.width_km)
        case Brush():
            return Brush(tuple((x + degrees, y) for x, y in shape.points), shape.radius_km)
        case Region():
            return Region((shape.place[0] + degrees, shape.place[1]))
        case CellList():
            return CellList(tuple((j, int(i + degrees / 11.25) % 32) for j, i in shape.cells))
        case Combined():
            return Combined(shape.how, moved(shape.first, degrees), moved(shape.second, degrees))
    return shape


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
@pytest.mark.parametrize("columns", [1, 7, 16, 31])
def test_shapes_moved_by_whole_columns_hold_the_moved_cells(shape, columns):
    rolled = Surface.of(np.roll(HEIGHTS, columns, axis=1), MESH, "height")
    cells = selected_cells(shape, SURFACE)
    expected = np.sort(cells // 32 * 32 + (cells % 32 + columns) % 32)
    assert np.array_equal(selected_cells(moved(shape, 11.25 * columns), rolled), expected)


multiples = st.integers(-64, 64).map(lambda k: STEP * k)
parallels = st.integers(-32, 32).map(lambda k: STEP * k)


@given(multiples, st.integers(1, 63), parallels, parallels)
def test_a_box_holds_the_cells_of_the_polygon_of_its_corners(west, width, south, north):
    south, north = sorted((south, north))
    if south == north:
        north += STEP
    east = west + STEP * width
    corners = Polygon(((west, south), (east, south), (east, min(north, 90.0)), (west, min(north, 90.0))))
    box = Box(west, min(south, 90.0 - STEP), east, min(north, 90.0))
    if south < 90.0:
        assert np.array_equal(selected_cells(box, SURFACE), selected_cells(corners, SURFACE))


@given(multiples, multiples)
def test_two_boxes_share_out_the_band_they_go_around(one, other):
    band = selected_cells(Box(0.0, -30.0, 360.0, 50.0), SURFACE)
    parts = [selected_cells(Box(a, -30.0, b, 50.0), SURFACE) for a, b in ((one, other), (other, one))]
    if (one - other) % 360.0 == 0.0:
        assert all(np.array_equal(part, band) for part in parts)
    else:
        assert np.array_equal(np.sort(np.concatenate(parts)), band)


def test_a_box_holds_the_centres_inside_it_on_every_grid(ocean):
    for mesh, surface in ((MESH, SURFACE), (ocean.mesh, ocean)):
        longitude, latitude = mesh.longitudes, mesh.latitudes
        inside = ((longitude >= 170.0) | (longitude < -170.0)) & (latitude >= -45.0) & (latitude < 70.0)
        assert np.array_equal(
            selected_cells(Box(170.0, -45.0, -170.0, 70.0), surface), np.flatnonzero(inside & mesh.unique)
        )
        for whole in (Box(-180.0, -90.0, 180.0, 90.0), Box(0.0, -90.0, 0.0, 90.0)):
            assert selected_cells(whole, surface).size == mesh.unique.sum()


@given(reliefs, st.floats(-180.0, 180.0), st.floats(-90.0, 90.0))
def test_a_region_is_the_sea_or_land_that_holds_its_place(relief, longitude, latitude):
    mesh = regular_mesh(grid_of(relief))
    surface = Surface.of(relief, mesh, "height")
    start = mesh.nearest_cells(np.array([longitude]), np.array([latitude]))[0]
    belongs = (relief <= 0.0) == (relief.ravel()[start] <= 0.0)
    labels = label_seas(belongs, mesh.owners, mesh.cell_area).ravel()
    cells = selected_cells(Region((longitude, latitude)), surface)
    assert np.array_equal(cells, np.flatnonzero(labels == labels[start]))


def test_a_region_goes_over_the_fold(ocean):
    mesh = ocean.mesh
    labels = label_seas(ocean.is_sea().reshape(mesh.shape), mesh.owners, mesh.cell_area).ravel()
    for place in ((-160.0, 10.0), (20.0, 80.0), (100.0, 60.0), (-70.0, 88.0)):
        start = mesh.nearest_cells(*np.array(place)[:, None])[0]
        if ocean.values[start] > 0.0:
            expected = np.flatnonzero((labels == labels[start]) & mesh.unique.ravel())
            assert np.array_equal(selected_cells(Region(place), ocean), expected)


def test_values_at_both_ends_of_a_range_belong_to_it():
    low, high = np.sort(HEIGHTS.ravel())[[100, 200]]
    cells = selected_cells(ValueRange(low, high), SURFACE)
    assert cells.size == 101
    assert (HEIGHTS.ravel()[cells].min(), HEIGHTS.ravel()[cells].max()) == (low, high)


@given(st.sampled_from(list(SHAPES.values())), st.sampled_from(list(SHAPES.values())))
def test_shapes_combine_as_sets(first, second):
    one, other = (set(selected_cells(shape, SURFACE).tolist()) for shape in (first, second))
    for how, expected in (("union", one | other), ("intersection", one & other), ("difference", one - other)):
        cells = selected_cells(Combined(how, first, second), SURFACE)
        assert cells.tolist() == sorted(expected)
        assert cells.dtype == np.int32


def test_land_and_sea_share_out_the_cells(ocean):
    for surface in (SURFACE, ocean):
        cells = selected_cells(Box(-60.0, -60.0, 60.0, 60.0), surface)
        land, sea = (filtered_cells(cells, surface, where) for where in ("land", "sea"))
        assert np.array_equal(np.sort(np.concatenate([land, sea])), cells)
        assert surface.is_sea(sea).all()
        assert not surface.is_sea(land).any()
        assert np.array_equal(filtered_cells(cells, surface, "all"), cells)


def nested(levels):
    shape = Box(0.0, 0.0, 10.0, 10.0)
    for _ in range(levels):
        shape = Combined("union", shape, Box(0.0, 0.0, 20.0, 20.0))
    return shape


def test_two_hundred_levels_of_shapes_are_enough():
    assert selected_cells(nested(200), SURFACE).size


@pytest.mark.parametrize(
    ("shape", "reason"),
    [
        (Box(0.0, 10.0, 20.0, 5.0), "from latitude 10 to 5"),
        (Box(0.0, 10.0, 20.0, 10.0), "from latitude 10 to 10"),
        (Box(0.0, -91.0, 20.0, 10.0), "Point 1 of the box"),
        (Box(0.0, 0.0, np.inf, 10.0), "Point 2 of the box"),
        (Region((0.0, np.nan)), "Point 1 of the region"),
        (ValueRange(5.0, 4.0), "between 5 and 4 m"),
        (ValueRange(-np.inf, 4.0), "two finite numbers"),
        (ValueRange(0.0, np.nan), "two finite numbers"),
        (Combined("both", Region((0.0, 0.0)), Region((0.0, 0.0))), "union, intersection or difference"),
        (nested(201), "more than 200 levels"),
    ],
)
def test_what_is_no_shape_is_refused_with_its_reason(shape, reason):
    with pytest.raises(InputError, match=reason):
        selected_cells(shape, SURFACE)


def test_an_unknown_filter_is_refused():
    with pytest.raises(InputError, match="all, land or sea"):
        filtered_cells(np.arange(3), SURFACE, "ice")
