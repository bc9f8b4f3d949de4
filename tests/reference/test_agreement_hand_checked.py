"""
The hand-checked rivers of 60 Ma that the existing tool is tested with.

Another chain made them: it raised 510 cells only, left flats flat and found its own way over them, so that one
direction in five differs from the rivers of the tool and from ours. What must hold all the same is compared:
the land, the mouths, how many of each code, and all that our parts make of its directions.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from paleobc.constants import RIVER_EARTH_RADIUS
from paleobc.grids.cells import cell_areas, cell_height, cell_widths
from paleobc.grids.regular import RegularGrid
from paleobc.rivers.basins import river_basins
from paleobc.rivers.flow_direction import downstream_first, river_mouths
from paleobc.rivers.lengths import distance_to_sea, length_to_next_cell
from paleobc.rivers.outlets import outlet_codes
from paleobc.rivers.retention import drop_to_next_cell, topographic_index

GRID = RegularGrid(180, 360)
KILOMETRES = RIVER_EARTH_RADIUS / 1000


@dataclass(frozen=True)
class Hand:
    """Relief and directions of the hand-checked rivers, and what our parts make of them; south to north."""

    height: np.ndarray
    directions: np.ndarray
    basins: np.ndarray
    distance: np.ndarray

    @property
    def land(self):
        return self.directions > 0


@pytest.fixture(scope="module")
def hand(field):
    flow = field("tests_runoff.nc", "rtm")
    directions = np.where(flow > 8, 0, flow).astype(np.uint8)
    order = downstream_first(directions)
    basins, _ = river_basins(directions, order, cell_areas(GRID, RIVER_EARTH_RADIUS))
    distance = distance_to_sea(directions, order, cell_widths(GRID, KILOMETRES), cell_height(GRID, KILOMETRES))
    return Hand(field("tests_runoff.nc", "topo"), directions, basins, distance)


@pytest.fixture
def stored(field):
    """A field of the hand-checked files, south to north, NaN where it is missing."""

    def read(file, name):
        values = field(file, name)[::-1].astype(float)
        return np.where(values > 1e19, np.nan, values)

    return read


def test_land_is_where_it_is_in_our_world(hand, conditioned, stored):
    land = conditioned.height.values > 0
    np.testing.assert_array_equal(hand.land, land)
    np.testing.assert_array_equal(hand.height > 0, land)
    for file in ("tests_pre_stn.nc", "tests_stn.nc"):
        np.testing.assert_array_equal(np.isfinite(stored(file, "orog")), land)
        np.testing.assert_array_equal(stored(file, "orog")[land], hand.height[land])


def test_rivers_leave_the_land_in_the_cells_of_our_world(hand, rivers, field):
    np.testing.assert_array_equal(river_mouths(hand.directions), river_mouths(rivers.directions))
    np.testing.assert_array_equal(river_mouths(hand.directions), field("tests_runoff.nc", "cmsk") == 1)


def test_the_same_number_of_mouths_has_each_code(rivers, stored):
    codes = stored("tests_stn.nc", "trip")
    for code in (97, 98, 99):
        assert (codes == code).sum() == (rivers.codes == code).sum()


def test_both_files_hold_the_same_directions_but_at_the_mouths(hand, stored):
    before, after = stored("tests_pre_stn.nc", "trip"), stored("tests_stn.nc", "trip")
    np.testing.assert_array_equal(np.nan_to_num(before), hand.directions)
    np.testing.assert_array_equal(after[~river_mouths(hand.directions)], before[~river_mouths(hand.directions)])


def test_our_codes_of_its_directions_are_its_codes(hand, stored):
    codes = outlet_codes(hand.directions, hand.basins, ~hand.land, GRID.latitudes)
    np.testing.assert_array_equal(codes, np.nan_to_num(stored("tests_stn.nc", "trip")))


@pytest.mark.parametrize("file", ["tests_pre_stn.nc", "tests_stn.nc"])
def test_our_basins_of_its_directions_are_its_basins(hand, stored, file):
    pairs = np.unique(np.stack([hand.basins[hand.land], stored(file, "basins")[hand.land]]), axis=1)
    assert pairs.shape[1] == hand.basins.max() == np.nanmax(stored(file, "basins")) == 3468


def test_our_distances_along_its_directions_are_its_distances(hand, stored):
    """One file adds in single precision, the other keeps four digits."""
    np.testing.assert_allclose(hand.distance, stored("tests_pre_stn.nc", "flength"), rtol=2e-6)
    np.testing.assert_allclose(hand.distance, stored("tests_stn.nc", "disto"), rtol=5.01e-4)
    length = 1000 * length_to_next_cell(hand.directions, hand.distance)
    np.testing.assert_allclose(length, stored("tests_stn.nc", "riverl"), rtol=0, atol=1000)


def test_our_drops_along_its_directions_are_its_drops(hand, stored):
    drop = drop_to_next_cell(hand.height, hand.directions)
    np.testing.assert_array_equal(drop, stored("tests_stn.nc", "hdiff"))


def test_our_topographic_index_of_its_lengths_is_its_index(stored):
    index = topographic_index(stored("tests_stn.nc", "riverl"), stored("tests_stn.nc", "hdiff"))
    np.testing.assert_allclose(index, stored("tests_stn.nc", "topoind"), rtol=1e-6)
