"""The rivers of 60 Ma are those of the existing tool, cell by cell."""

from __future__ import annotations

import numpy as np
import pytest

from paleobc.grids.cells import cell_areas
from paleobc.grids.regular import RegularGrid
from paleobc.rivers.flow_direction import river_mouths
from paleobc.topography.flats import raise_pits, slope_flats

GRID = RegularGrid(180, 360)


def test_the_relief_is_read_as_it_is(relief, intermediate):
    np.testing.assert_array_equal(relief.height, intermediate("topo_raw"))
    np.testing.assert_array_equal(np.round(relief.height, 3), intermediate("topo_round"))


def test_the_filled_relief_agrees_to_the_bit(conditioned, intermediate):
    np.testing.assert_array_equal(conditioned.filled, intermediate("topo_filled"))
    assert conditioned.number_of_closed_seas == 0


def test_flats_get_the_same_slope_to_the_bit(intermediate):
    np.testing.assert_array_equal(slope_flats(intermediate("topo_filled")), intermediate("topo_flats"))


def test_pits_are_raised_to_the_same_height_to_the_bit(intermediate, conditioned):
    np.testing.assert_array_equal(raise_pits(intermediate("topo_flats")), intermediate("topo_fixed"))
    np.testing.assert_array_equal(conditioned.height, intermediate("topo_fixed"))


def test_every_direction_agrees(rivers, intermediate):
    directions = np.where(rivers.directions > 0, rivers.directions, np.nan)
    np.testing.assert_array_equal(directions, intermediate("trip_initial"))


def test_every_code_agrees(rivers, intermediate):
    codes = np.where(rivers.codes > 0, rivers.codes, np.nan)
    np.testing.assert_array_equal(codes, intermediate("trip_final"))
    assert [(rivers.codes == code).sum() for code in (97, 98, 99)] == [0, 3269, 199]


def test_the_drop_agrees_to_the_bit(rivers, intermediate):
    np.testing.assert_array_equal(rivers.drop, intermediate("dzz"))


@pytest.mark.parametrize(
    ("name", "of_old"),
    [("distance", "river_length"), ("length", "distbox"), ("topographic_index", "topo_index")],
)
def test_lengths_and_retention_agree_on_land(rivers, intermediate, name, of_old):
    land = rivers.directions > 0
    found = getattr(rivers, name)
    np.testing.assert_allclose(found[land], intermediate(of_old)[land], rtol=1e-12)
    assert np.isnan(found[~land]).all()


def test_land_is_parted_into_the_same_basins(rivers, intermediate):
    old = np.nan_to_num(intermediate("basins")).astype(int)
    land = rivers.basins > 0
    np.testing.assert_array_equal(land, old > 0)
    pairs = np.unique(np.stack([rivers.basins[land], old[land]]), axis=1)
    assert rivers.basin_areas.size == pairs.shape[1] == old.max() == 3468


def test_basins_have_the_same_areas_in_descending_order(rivers, intermediate):
    old = np.nan_to_num(intermediate("basins")).astype(int)
    square_metres = 1e6 * intermediate("area")[::-1]  # stored from north to south
    areas = np.bincount(old.ravel(), weights=square_metres.ravel())[1:]
    np.testing.assert_allclose(rivers.basin_areas, np.sort(areas)[::-1], rtol=1e-12)
    np.testing.assert_allclose(cell_areas(GRID, 6_370_000.0), square_metres[:, 0], rtol=1e-12)


def test_rivers_leave_the_land_in_the_same_cells(rivers, field):
    mouths = set(map(tuple, np.argwhere(river_mouths(rivers.directions)).tolist()))
    assert mouths == set(map(tuple, field("routing_intermediates.nc", "outflow_points").tolist()))
