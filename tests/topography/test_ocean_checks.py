"""What is wrong with a bathymetry is found once, also across the seam and over the fold."""

from __future__ import annotations

import numpy as np
import pytest

from ocean_worlds import LAYOUTS, RELIEF_GRID, cut_at_another_seam, invented_height, rolled
from paleobc.grids.fold import filled_halo, unique_cells
from paleobc.grids.tripolar import tripolar_grid
from paleobc.grids.tripolar_poles import Poles
from paleobc.ocean.bathymetry import nearest_depth
from paleobc.topography.ocean_checks import OCEAN_CHECKS, cells_at_grid_poles, check_ocean, ocean_seas


@pytest.fixture(scope="module", params=LAYOUTS)
def grid(request):
    return LAYOUTS[request.param]()


def places_of(problem):
    """Places of a problem, in an order that no seam changes."""
    return sorted(zip(problem.latitudes.tolist(), problem.longitudes.tolist(), strict=True))


def kinds(depth, grid, **options):
    return {problem.kind: problem for problem in check_ocean(depth, grid, **options)}


def test_a_deep_ocean_without_land_has_wet_poles_only(grid):
    found = check_ocean(np.full(grid.layout.shape, 4000.0), grid)
    assert [problem.kind for problem in found] == ["wet_grid_pole"]
    assert np.isclose(found[0].latitudes, 60.0, atol=3.0).all()


def test_the_poles_of_a_grid_are_found_where_they_were_put(grid):
    rows, columns = np.nonzero(cells_at_grid_poles(grid))
    apart = (grid.t.longitude[rows, columns] - 106.0) % 180.0
    assert (np.minimum(apart, 180.0 - apart) < 5.0).all()
    assert rows.min() >= grid.layout.rows - 4
    elsewhere = tripolar_grid(poles=Poles(40.0, (62.0, 66.0)), resolution=4.0)
    latitudes = elsewhere.t.latitude[cells_at_grid_poles(elsewhere)]
    assert 60.0 < latitudes.min() < 63.0
    assert 64.0 < latitudes.max() < 67.0


@pytest.mark.parametrize("shift", [1, 44])
def test_a_grid_cut_at_another_seam_has_the_same_problems(grid, shift):
    depth = nearest_depth(invented_height(), RELIEF_GRID, grid)
    found = check_ocean(depth, grid)
    turned = check_ocean(rolled(depth, shift, overlap=grid.layout.overlap), cut_at_another_seam(grid, shift))
    assert [p.kind for p in found] == [p.kind for p in turned]
    assert [places_of(p) for p in found] == [places_of(p) for p in turned]


def test_a_sea_over_the_fold_is_one_sea_and_each_of_its_cells_counts_once(grid):
    wet = np.zeros(grid.layout.shape, dtype=bool)
    last = grid.layout.rows - 1 - grid.layout.folded_row
    wet[40:44, 20:120] = True
    wet[last - 1 : last + 1, 60] = True
    wet = filled_halo(grid.layout, wet)
    closed = kinds(np.where(wet, 500.0, 0.0), grid)["closed_sea"]
    assert ocean_seas(wet, grid).max() == 2
    assert closed.rows.size == (wet & unique_cells(grid.layout))[50:].sum()


def test_a_strait_one_cell_wide_is_found_on_the_seam(grid):
    depth = np.zeros(grid.layout.shape)
    depth[40:44], depth[44, 1], depth[45:49] = 500.0, 500.0, 500.0
    depth = filled_halo(grid.layout, depth)
    strait = kinds(depth, grid)["diffusive_strait"]
    assert (strait.rows.tolist(), strait.columns.tolist()) == ([44], [1])


def test_shallow_sea_and_cells_without_one_basin_are_found(grid):
    depth = np.zeros(grid.layout.shape)
    depth[40:60, 20:60] = 500.0
    depth[50, 30] = 9.0
    basins = np.zeros((3, *depth.shape), dtype=bool)
    basins[0, 40:60, 20:40] = basins[1, 40:60, 40:60] = True
    basins[0, 45, 25], basins[2, 45, 50] = False, True
    found = kinds(depth, grid, basins=basins)
    for kind, cell in (("shallow_sea", (50, 30)), ("cell_without_basin", (45, 25)), ("cell_in_two_basins", (45, 50))):
        assert list(zip(found[kind].rows, found[kind].columns, strict=True)) == [cell]
    assert set(found) <= {check.name for check in OCEAN_CHECKS}
    assert "shallow_sea" not in kinds(depth, grid, minimum_depth=5.0)


def test_the_first_row_counts_as_land_because_the_model_closes_it(grid):
    depth = np.zeros(grid.layout.shape)
    depth[0], depth[40:60, 20:60] = 500.0, 500.0
    assert not check_ocean(depth, grid)


def test_a_world_without_sea_has_no_problem(grid):
    assert check_ocean(np.zeros(grid.layout.shape), grid) == []
