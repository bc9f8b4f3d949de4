"""Heat flow, lateral viscosity and sub-basins: the laws they keep on every layout."""

from __future__ import annotations

import numpy as np
import pytest

from ocean_worlds import RELIEF_GRID, cut_at_another_seam, rolled
from paleobc.errors import InputError
from paleobc.grids.fold import OrcaLayout, duplicates, owner_table, unique_cells
from paleobc.ocean.bathymetry import nearest_depth
from paleobc.ocean.geothermal import age_of_floor, heat_flow
from paleobc.ocean.lateral_viscosity import coefficient_from_coasts, lateral_viscosity
from paleobc.ocean.subbasins import from_seeds, grown, masks_of, numbers_of, repaired, thirds
from paleobc.topography.closed_seas import label_seas


@pytest.fixture(scope="module")
def depth(height, grid):
    return nearest_depth(height, RELIEF_GRID, grid)


def everything(depth, grid):
    wet = depth > 0.0
    return {
        "heat flow": heat_flow(depth, grid.layout),
        "viscosity": lateral_viscosity(wet, grid),
        "seeds": from_seeds(wet, grid),
        "places": from_seeds(wet, grid, {"atlantic": [(-30, 0)], "pacific": [(170, 10), (-120, -40)], "indian": 75}),
    }


def test_copies_of_a_cell_are_equal_to_the_bit_in_every_field(depth, grid):
    original, _ = duplicates(grid.layout)
    for name, field in {**everything(depth, grid), "thirds": thirds(depth > 0.0, grid.layout)}.items():
        np.testing.assert_array_equal(field.ravel()[original], field, err_msg=name)


@pytest.mark.parametrize("shift", [1, 44])
def test_a_grid_cut_at_another_seam_has_the_rolled_fields(depth, grid, shift):
    overlap = grid.layout.overlap
    found = everything(rolled(depth, shift, overlap=overlap), cut_at_another_seam(grid, shift))
    for name, field in everything(depth, grid).items():
        np.testing.assert_array_equal(found[name], rolled(field, shift, overlap=overlap), err_msg=name)


def test_the_sea_floor_gives_heat_under_every_wet_cell_and_none_on_land(depth, grid):
    heat = heat_flow(depth, grid.layout)
    assert (heat[depth > 0.0] > 0.0).all()
    assert (heat[depth == 0.0] == 0.0).all()
    assert heat.max() <= 400.0


@pytest.mark.parametrize("special", [0.001, 2500.0, 2600.0, 4232.5, 5650.999, 5651.0, 9000.0])
def test_no_depth_is_without_heat(special):
    heat = heat_flow(np.full((6, 8), special), OrcaLayout(6, 8, "F"))
    assert np.isfinite(heat).all()
    assert (heat > 0.0).all()


def test_age_grows_with_depth_below_the_ridge():
    age = age_of_floor(np.arange(2600.0, 5634.0))
    assert (np.diff(age) > 0.0).all()


def test_a_void_takes_the_median_around_it():
    depth = np.full((8, 8), 3000.0)
    depth[3, 3] = depth[5, 5] = 6000.0  # bends the floor by 750 m at the four cells diagonal to both
    plain = heat_flow(np.full((8, 8), 3000.0), OrcaLayout(8, 8, "F", overlap=False, folded_row=False))
    heat = heat_flow(depth, OrcaLayout(8, 8, "F", overlap=False, folded_row=False))
    assert heat[2, 2] == plain[2, 2]
    assert heat[4, 4] == plain[4, 4]


def test_a_sea_of_voids_alone_keeps_its_own_heat():
    depth = np.zeros((6, 8))
    depth[2, 2] = depth[3, 3] = depth[4, 4] = 3000.0
    heat = heat_flow(depth, OrcaLayout(6, 8, "F", overlap=False, folded_row=False))
    assert (heat[depth > 0.0] > 0.0).all()


def test_the_coefficient_counts_from_a_western_coast_around_the_globe():
    wet = np.ones((1, 12), dtype=bool)
    wet[0, 9] = False
    expected = [69.0, 31.0, 4.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 100.0, 100.0, 96.0]
    np.testing.assert_array_equal(coefficient_from_coasts(wet)[0], expected)
    np.testing.assert_array_equal(coefficient_from_coasts(np.ones((1, 9), dtype=bool)), 0.0)


def test_viscosity_is_full_outside_the_band(depth, grid):
    coefficient = lateral_viscosity(depth > 0.0, grid, south=-10.0, north=5.0)
    outside = (grid.t.latitude < -10.0) | (grid.t.latitude > 5.0)
    assert (coefficient[outside] == 100.0).all()
    assert coefficient[~outside].min() == 0.0
    with pytest.raises(InputError, match="empty"):
        lateral_viscosity(depth > 0.0, grid, south=5.0, north=-5.0)


def test_each_wet_cell_is_in_exactly_one_basin(depth, grid):
    wet = depth > 0.0
    for basins in (from_seeds(wet, grid), thirds(wet, grid.layout)):
        np.testing.assert_array_equal(masks_of(basins).sum(axis=0), wet)
        np.testing.assert_array_equal(numbers_of(masks_of(basins).astype(float)), basins)


def test_a_basin_is_reached_along_wet_paths_from_its_seed(depth, grid):
    wet = depth > 0.0
    basins = from_seeds(wet, grid, {"atlantic": [(-30.0, 0.0)], "indian": [(75.0, 0.0)]})
    owner, area = owner_table(grid.layout), unique_cells(grid.layout).astype(float)
    world = label_seas(wet, owner, area) == 1
    for number in (1, 3):  # within the world ocean a basin may touch itself over corners, so count the largest part
        part = label_seas((basins == number) & world, owner, area)
        assert (part == 1).sum() > 0.98 * (part > 0).sum()


def test_a_change_of_the_coast_changes_basins_only_where_it_was(depth, grid):
    wet = depth > 0.0
    drawn = thirds(wet, grid.layout)
    assert (repaired(drawn, wet, grid) == drawn).all()
    random = np.random.default_rng(2)
    dried = wet & (random.random(wet.shape) < 0.9)
    again = repaired(np.where(dried, drawn, 0), wet, grid)
    np.testing.assert_array_equal(again > 0, wet)
    kept = (wet & dried).ravel()[duplicates(grid.layout)[0]]
    np.testing.assert_array_equal(again[kept], drawn[kept])
    assert (again == drawn)[wet].mean() > 0.98


def test_a_new_cell_follows_the_water_and_not_the_crow(default_grid):
    wet = np.zeros(default_grid.layout.shape, dtype=bool)
    wet[60, 20:30] = wet[60:65, 29] = wet[64, 20:29] = wet[61, 20] = True
    labels = np.zeros(wet.shape, dtype=int)
    labels[60, 20], labels[64, 21] = 1, 2
    found = grown(labels, wet, default_grid)
    assert found[61, 20] == 1
    assert found[64, 20] == 2
    assert found[60, 28] == 1
    assert found[64, 28] == 2
    wet[70, 20] = True  # another sea takes the basin that is nearest as the crow flies
    assert grown(labels, wet, default_grid)[70, 20] == 2


def test_basins_that_cannot_be_used_are_refused(depth, grid):
    wet = depth > 0.0
    with pytest.raises(InputError, match="draw them on this grid"):
        repaired(np.ones((3, 4), dtype=int), wet, grid)
    with pytest.raises(InputError, match="No sub-basin"):
        repaired(np.zeros(wet.shape, dtype=int), wet, grid)
    with pytest.raises(InputError, match="no basin 'arctic'"):
        from_seeds(wet, grid, {"arctic": 0.0})
    with pytest.raises(InputError, match="No basin has a seed"):
        from_seeds(wet, grid, {})
    dry = np.zeros_like(wet)
    assert not from_seeds(dry, grid).any()
