"""Depth on the ocean grid: one answer whatever the layout, the seam and the convention of longitudes."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest

from ocean_worlds import RELIEF_GRID, cut_at_another_seam, invented_height, rolled
from paleobc.errors import InputError
from paleobc.grids.curvilinear import GridPoints
from paleobc.grids.fold import duplicates, unique_cells
from paleobc.grids.regular import RegularGrid
from paleobc.grids.sphere import polygon_areas, unit_vectors
from paleobc.grids.tripolar import tripolar_grid
from paleobc.ocean.bathymetry import mean_depth, nearest_depth
from paleobc.ocean.containment import sum_over_cells

METHODS = [nearest_depth, mean_depth]


@pytest.fixture(scope="module")
def known(height, grid):
    """Depth by each method."""
    return {method: method(height, RELIEF_GRID, grid) for method in METHODS}


@pytest.mark.parametrize("depth_of", METHODS)
def test_copies_of_a_cell_are_equal_to_the_bit(known, grid, depth_of):
    depth = known[depth_of]
    np.testing.assert_array_equal(depth.ravel()[duplicates(grid.layout)[0]], depth)


@pytest.mark.parametrize("depth_of", METHODS)
@pytest.mark.parametrize("shift", [7])
def test_a_grid_cut_at_another_seam_has_the_rolled_depth(height, grid, known, depth_of, shift):
    depth = depth_of(height, RELIEF_GRID, cut_at_another_seam(grid, shift))
    expected = rolled(known[depth_of], shift, overlap=grid.layout.overlap)
    np.testing.assert_array_equal(depth, expected)


@pytest.mark.parametrize("depth_of", METHODS)
@pytest.mark.parametrize("west", [0.0])
def test_the_convention_of_longitudes_changes_no_depth(height, grid, known, depth_of, west):
    longitude = (grid.t.longitude - west) % 360.0 + west
    corner_longitude = (grid.corner_longitude - west) % 360.0 + west
    other = replace(grid, t=GridPoints(longitude, grid.t.latitude), corner_longitude=corner_longitude)
    found = depth_of(height, RELIEF_GRID, other)
    np.testing.assert_allclose(found, known[depth_of], rtol=1e-12)


def test_a_relief_that_starts_at_another_meridian_gives_the_same_depth(height, default_grid):
    turned = RegularGrid(180, 360, west=-180.0 + 77.0)
    found = nearest_depth(np.roll(height, -77, axis=1), turned, default_grid)
    np.testing.assert_array_equal(found, nearest_depth(height, RELIEF_GRID, default_grid))


def test_a_point_on_an_edge_takes_the_western_and_the_southern_cell(default_grid):
    height = -np.arange(1.0, 180 * 360 + 1).reshape(180, 360)
    place = GridPoints(*(np.full(default_grid.layout.shape, value) for value in (20.0, -5.0)))
    depth = nearest_depth(height, RELIEF_GRID, replace(default_grid, t=place))
    assert np.unique(depth) == -height[84, 199]


@pytest.mark.parametrize(("minimum", "expected"), [(None, [10.0, 3.0, 40.0]), (20.0, [20.0, 20.0, 40.0])])
def test_sea_of_depth_zero_becomes_ten_metres_and_a_least_depth_holds_everywhere(default_grid, minimum, expected):
    for height, depth in zip([0.0, -3.0, -40.0], expected, strict=True):
        found = nearest_depth(np.full((180, 360), height), RELIEF_GRID, default_grid, minimum_depth=minimum)
        assert (found == depth).all()


@pytest.mark.parametrize("step", [3.0, 1.0, 0.25])
def test_the_pieces_of_a_relief_fall_once_into_the_cells(grid, step):
    relief_grid = RegularGrid.of_resolution(step)
    sums = sum_over_cells(np.full(relief_grid.shape, -1000.0), relief_grid, grid)
    corners = unit_vectors(grid.corner_longitude, grid.corner_latitude)
    area = np.where(unique_cells(grid.layout), polygon_areas(corners), 0.0)
    assert abs(sums.area.sum() / area.sum() - 1.0) < 1e-3
    large = area > 0.5 * np.median(area[area > 0.0])
    assert np.abs(sums.area / np.where(large, area, np.inf) - large).max() < 0.25
    np.testing.assert_allclose(sums.depth, 1000.0 * sums.area)


def test_the_mean_depth_keeps_the_volume_of_the_sea(height, default_grid):
    sums = sum_over_cells(height, RELIEF_GRID, default_grid)
    depth = mean_depth(height, RELIEF_GRID, default_grid, land_fraction=1.0, minimum_depth=0.0)
    unique = unique_cells(default_grid.layout) & (sums.area > 0.0)
    volume = (depth * sums.sea_area)[unique].sum()
    areas = np.diff(np.sin(np.radians(np.linspace(-90.0, 90.0, 181))))[:, None] * 2.0 * np.pi / 360
    exact = (np.maximum(-height, 0.0) * areas)[13:].sum()
    assert volume == pytest.approx(exact, rel=2e-3)


def test_more_land_is_allowed_where_the_limit_is_higher(height, default_grid):
    wet = [mean_depth(height, RELIEF_GRID, default_grid, land_fraction=limit) > 0.0 for limit in (0.1, 0.5, 0.9)]
    assert (wet[0] <= wet[1]).all()
    assert (wet[1] <= wet[2]).all()
    assert wet[0].sum() < wet[1].sum() < wet[2].sum()
    with pytest.raises(InputError, match="not above 0"):
        mean_depth(height, RELIEF_GRID, default_grid, land_fraction=0.0)


def test_a_relief_coarser_than_the_ocean_grid_leaves_no_hole():
    coarse, fine = RegularGrid.of_resolution(5.0), tripolar_grid(resolution=1.0)
    height = np.full(coarse.shape, -100.0)
    assert (mean_depth(height, coarse, fine) > 0.0).all()


@pytest.mark.parametrize("depth_of", METHODS)
def test_a_relief_of_a_tenth_of_a_degree_takes_less_than_a_second(default_grid, depth_of):
    relief_grid = RegularGrid.of_resolution(0.1)
    height = np.repeat(np.repeat(invented_height(), 10, axis=0), 10, axis=1)
    depth_of(height, relief_grid, default_grid)
    times = []
    for _ in range(3):
        start = time.process_time()
        depth_of(height, relief_grid, default_grid)
        times.append(time.process_time() - start)
    assert min(times) < 1.0
