"""What holds of the rivers of any world."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from paleobc.constants import MINIMUM_RIVER_DROP, RIVER_EARTH_RADIUS
from paleobc.conventions import COASTAL_FLOW, DIRECTION_COLUMNS, DIRECTION_ROWS, RETURN_FLOW, RIVER_FLOW
from paleobc.grids.cells import cell_areas, cell_height, cell_widths, spherical_areas
from paleobc.grids.periodicity import regular_owners
from paleobc.grids.regular import RegularGrid
from paleobc.rivers.basins import river_basins
from paleobc.rivers.flow_direction import downstream_first, flow_directions, river_mouths
from paleobc.rivers.network import RiverNetwork, river_network
from paleobc.rivers.outlets import NUMBER_OF_RIVERS, outlet_codes
from paleobc.topography.closed_seas import label_seas
from paleobc.topography.conditioning import Conditioned, condition
from strategies import grid_of, reliefs

closed_seas = st.sampled_from(["ignore", "outlet"])


def rivers_of(relief: np.ndarray, seas: str = "ignore") -> tuple[Conditioned, RiverNetwork]:
    """Conditioned relief and its rivers."""
    conditioned = condition(relief, grid_of(relief), seas)
    return conditioned, river_network(conditioned.height, conditioned.filled, grid_of(relief))


def receivers(directions: np.ndarray) -> np.ndarray:
    """Flat index of the cell that each cell drains into, shape (rows, columns); the sea into itself."""
    rows, columns = np.indices(directions.shape)
    k = directions.astype(int) - 1
    to_row = rows + np.where(k >= 0, np.array(DIRECTION_ROWS)[k], 0)
    to_column = columns + np.where(k >= 0, np.array(DIRECTION_COLUMNS)[k], 0)
    assert (to_row >= 0).all()
    assert (to_row < directions.shape[0]).all(), "a river crosses a pole"
    return to_row * directions.shape[1] + to_column % directions.shape[1]


def has_one_largest_sea(relief: np.ndarray) -> bool:
    """Whether no other sea is as large as the world ocean: then it is the same one in the rolled world."""
    ocean = ~(np.round(relief, 3) > 0.0)
    area = np.repeat(spherical_areas(grid_of(relief))[:, None], relief.shape[1], axis=1)
    seas = label_seas(ocean, regular_owners(*relief.shape), area)
    sizes = np.sort(np.bincount(seas.ravel(), weights=area.ravel())[1:])
    return sizes.size < 2 or sizes[-1] > sizes[-2] * (1 + 1e-9)


def partition(numbers: np.ndarray) -> np.ndarray:
    """Numbers of basins or seas replaced by the first cell that bears them; 0 stays out as -1."""
    _, first, inverse = np.unique(numbers, return_index=True, return_inverse=True)
    return np.where(numbers > 0, first[inverse].reshape(numbers.shape), -1)


@given(reliefs, closed_seas)
def test_every_land_cell_drains_into_the_sea_in_finitely_many_steps(relief, seas):
    conditioned, rivers = rivers_of(relief, seas)
    land = conditioned.height > 0
    assert np.array_equal(rivers.directions > 0, land)
    down = receivers(rivers.directions).ravel()
    here = np.arange(relief.size)
    for _ in range(relief.size):
        here = down[here]
    assert not land.ravel()[here].any()


@given(reliefs, closed_seas)
def test_basin_areas_add_up_to_the_land_area(relief, seas):
    conditioned, rivers = rivers_of(relief, seas)
    area = np.repeat(cell_areas(grid_of(relief), RIVER_EARTH_RADIUS)[:, None], relief.shape[1], axis=1)
    land = conditioned.height > 0
    assert rivers.basin_areas.sum() == pytest.approx(area[land].sum(), rel=1e-13)
    by_basin = np.bincount(rivers.basins.ravel(), weights=(area * land).ravel())[1:]
    np.testing.assert_allclose(rivers.basin_areas, by_basin, rtol=1e-13)


@given(reliefs, closed_seas)
def test_each_basin_has_one_mouth_and_keeps_its_water(relief, seas):
    _, rivers = rivers_of(relief, seas)
    land = rivers.directions > 0
    at_mouth = rivers.basins[river_mouths(rivers.directions)]
    assert sorted(at_mouth.tolist()) == list(range(1, rivers.basin_areas.size + 1))
    downstream = rivers.basins.ravel()[receivers(rivers.directions)]
    assert np.array_equal(downstream[land & (downstream > 0)], rivers.basins[land & (downstream > 0)])
    assert (rivers.basins[~land] == 0).all()


@given(reliefs)
def test_basins_are_numbered_by_area_and_equal_ones_by_their_mouths(relief):
    _, rivers = rivers_of(relief)
    assert (np.diff(rivers.basin_areas) <= 0).all()
    mouths = np.flatnonzero(river_mouths(rivers.directions))
    of_basin = np.empty(mouths.size, dtype=int)
    of_basin[rivers.basins.ravel()[mouths] - 1] = mouths
    same = np.diff(rivers.basin_areas) == 0
    assert (np.diff(of_basin)[same] > 0).all()


@given(reliefs, closed_seas)
def test_the_distance_falls_by_exactly_the_step_along_the_flow(relief, seas):
    _, rivers = rivers_of(relief, seas)
    grid, land = grid_of(relief), rivers.directions > 0
    width = np.repeat(cell_widths(grid, RIVER_EARTH_RADIUS / 1000)[:, None], grid.columns, axis=1)
    height = cell_height(grid, RIVER_EARTH_RADIUS / 1000)
    straight, sideways = np.isin(rivers.directions, (1, 5)), np.isin(rivers.directions, (3, 7))
    diagonal = np.sqrt(width * width + height * height)
    step = np.where(straight, height, np.where(sideways, width, diagonal))
    beyond = np.nan_to_num(rivers.distance.ravel())[receivers(rivers.directions)]
    np.testing.assert_allclose(rivers.distance[land], (beyond + step)[land], rtol=1e-14)
    np.testing.assert_allclose(rivers.length[land], 1000 * step[land], rtol=1e-12)
    for field in (rivers.distance, rivers.length, rivers.topographic_index):
        assert np.isnan(field[~land]).all()
        assert (field[land] > 0).all()


@given(reliefs)
def test_the_topographic_index_follows_from_length_and_a_drop_of_at_least_five_metres(relief):
    conditioned, rivers = rivers_of(relief)
    land = rivers.directions > 0
    below = np.where(land, conditioned.height, 0.0).ravel()[receivers(rivers.directions)]
    drop = np.where(land, np.maximum(conditioned.height - below, MINIMUM_RIVER_DROP), 0.0)
    np.testing.assert_array_equal(rivers.drop, drop)
    index = np.sqrt(rivers.length[land] ** 3 / (drop[land] * 1e6))
    np.testing.assert_allclose(rivers.topographic_index[land], index, rtol=1e-13)


@given(reliefs, st.integers(1, 12), closed_seas)
def test_a_world_rolled_in_longitude_gives_rolled_rivers(relief, shift, seas):
    assume(seas == "outlet" or has_one_largest_sea(relief))
    conditioned, rivers = rivers_of(relief, seas)
    rolled, rolled_rivers = rivers_of(np.roll(relief, shift, axis=1), seas)
    assert rolled.closed_seas == conditioned.closed_seas
    for name in ("height", "filled"):
        np.testing.assert_array_equal(getattr(rolled, name), np.roll(getattr(conditioned, name), shift, axis=1))
    for name in ("directions", "distance", "length", "drop", "topographic_index"):
        np.testing.assert_array_equal(getattr(rolled_rivers, name), np.roll(getattr(rivers, name), shift, axis=1))
    np.testing.assert_array_equal(rolled_rivers.basin_areas, rivers.basin_areas)
    np.testing.assert_array_equal(partition(np.roll(rolled_rivers.basins, -shift, axis=1)), partition(rivers.basins))
    if rivers.basin_areas.size <= NUMBER_OF_RIVERS:
        np.testing.assert_array_equal(rolled_rivers.codes, np.roll(rivers.codes, shift, axis=1))


def steepest(height: np.ndarray) -> np.ndarray:
    """Directions of the largest drop, written down as the text has them: 0 in the sea, 9 where there is none."""
    rows, columns = height.shape
    result = np.zeros(height.shape, dtype=int)
    for j, i in np.argwhere(height > 0):
        drops = []
        for north, east in zip(DIRECTION_ROWS, DIRECTION_COLUMNS, strict=True):
            beyond = height[np.clip(j + north, 0, rows - 1), (i + east) % columns]
            drops.append(height[j, i] - beyond - (not 0 <= j + north < rows))
        result[j, i] = 1 + int(np.argmax(drops)) if max(drops) > 0 else 9
        if j in (0, rows - 1):
            result[j, i] = 1 if j == 0 else 5
    return result


def cells_that_never_arrive(directions: np.ndarray) -> np.ndarray:
    """Whether the water of each cell ends in a loop or where there is no way down."""
    stuck = directions == 9
    down = np.where(stuck, np.arange(directions.size).reshape(directions.shape), 0)
    down = np.where(stuck, down, receivers(np.where(stuck, 0, directions))).ravel()
    here = np.arange(directions.size)
    for _ in range(directions.size):
        here = down[here]
    return (directions.ravel()[here] > 0).reshape(directions.shape)


@given(reliefs)
def test_water_takes_the_steepest_drop_wherever_that_way_arrives(relief):
    conditioned, rivers = rivers_of(relief)
    expected = steepest(conditioned.height)
    arrives = ~cells_that_never_arrive(expected)
    np.testing.assert_array_equal(rivers.directions[arrives], expected[arrives])


@given(reliefs)
def test_land_cells_are_put_in_an_order_that_runs_upstream(relief):
    _, rivers = rivers_of(relief)
    order = downstream_first(rivers.directions)
    assert sorted(order.tolist()) == np.flatnonzero(rivers.directions).tolist()
    place = np.full(relief.size, -1)
    place[order] = np.arange(order.size)
    assert (place[receivers(rivers.directions).ravel()[order]] < place[order]).all()


@given(reliefs, st.integers(0, 300), st.integers(0, 2**32 - 1), st.integers(-1, 99))
def test_mouths_are_marked_as_the_text_says(relief, first, seed, percent_of_sea):
    """Basins and sea are handed in at will: in real worlds a mouth always has sea beside it."""
    _, rivers = rivers_of(relief)
    grid = grid_of(relief)
    ocean = np.random.default_rng(seed).random(relief.shape) * 100 < percent_of_sea / 4
    codes = outlet_codes(rivers.directions, rivers.basins + first, ocean, grid.latitudes)
    mouths = river_mouths(rivers.directions)
    np.testing.assert_array_equal(codes[~mouths], rivers.directions[~mouths])
    for j, i in np.argwhere(mouths):
        around = ocean[max(j - 2, 0) : j + 3][:, np.arange(i - 2, i + 3) % grid.columns]
        if rivers.basins[j, i] + first <= NUMBER_OF_RIVERS:
            assert codes[j, i] == RIVER_FLOW
        elif around.any() or grid.latitudes[j] > 60:
            assert codes[j, i] == COASTAL_FLOW
        else:
            assert codes[j, i] == RETURN_FLOW


def test_more_than_199_basins_leave_the_smaller_ones_to_the_coast():
    relief = np.full((60, 120), -10.0)
    relief[1:-1:2, ::2] = 50.0
    _, rivers = rivers_of(relief)
    mouths = river_mouths(rivers.directions)
    assert (rivers.codes[mouths] == RIVER_FLOW).sum() == NUMBER_OF_RIVERS
    assert (rivers.codes[mouths] == COASTAL_FLOW).sum() == rivers.basin_areas.size - NUMBER_OF_RIVERS
    equal_areas = rivers.basin_areas[NUMBER_OF_RIVERS - 1] == rivers.basin_areas[NUMBER_OF_RIVERS]
    assert equal_areas, "this world was meant to break a tie at the 199th basin"


@given(st.integers(2, 9), st.integers(4, 12))
def test_a_world_without_land_has_no_rivers(rows, columns):
    relief = -np.ones((rows, columns))
    conditioned, rivers = rivers_of(relief)
    np.testing.assert_array_equal(conditioned.height, relief)
    assert rivers.basin_areas.size == 0
    assert not rivers.directions.any()
    assert not rivers.codes.any()
    assert not rivers.drop.any()
    assert np.isnan(rivers.distance).all()


@pytest.mark.parametrize("slope", [-1.0, 0.0, 1.0])
@pytest.mark.parametrize("pole", ["north", "south", "both"])
def test_land_at_a_pole_makes_no_loop_whichever_way_it_slopes(slope, pole):
    """Land at the north pole that sloped polewards made a loop in the existing tool."""
    grid = RegularGrid(18, 36)
    land = np.zeros(grid.shape, dtype=bool)
    land[-6:] = pole != "south"
    land[:6] |= pole != "north"
    relief = np.where(land, 500.0 + slope * np.abs(grid.latitudes)[:, None], -100.0)
    _, rivers = rivers_of(relief)
    assert not cells_that_never_arrive(rivers.directions).any()
    assert (rivers.basins[land] > 0).all()


def test_a_river_of_thousands_of_cells_needs_no_deep_stack():
    """The existing tool met its recursion limit at about a thousand cells."""
    relief = np.full((7, 6000), 90_000.0)
    relief[3, :-2] = np.arange(5998.0)
    _, rivers = rivers_of(relief)
    assert rivers.basins[3, 5990] == rivers.basins[3, 1] == 1
    assert rivers.distance[3, 5990] == pytest.approx(
        5990 * cell_widths(grid_of(relief), RIVER_EARTH_RADIUS / 1000)[3], rel=1e-12
    )


def test_directions_are_opened_where_pits_remain():
    height = np.full((5, 6), 9.0)
    height[2] = [-1.0, 5.0, 5.0, 4.0, 5.0, 7.0]  # a pit of 4 that was never raised
    filled = height.copy()
    filled[2, 3] = 5.0
    directions = flow_directions(height, filled)
    assert not cells_that_never_arrive(directions).any()
    assert directions[2, 3] == 7


@given(reliefs)
def test_rivers_leave_what_they_are_given_as_it_was(relief):
    relief.flags.writeable = False
    grid = grid_of(relief)
    conditioned = condition(relief, grid)
    conditioned.height.flags.writeable = conditioned.filled.flags.writeable = False
    rivers = river_network(conditioned.height, conditioned.filled, grid)
    rivers.directions.flags.writeable = False
    order = downstream_first(rivers.directions)
    order.flags.writeable = False
    basins, _ = river_basins(rivers.directions, order, cell_areas(grid, RIVER_EARTH_RADIUS))
    np.testing.assert_array_equal(basins, rivers.basins)
