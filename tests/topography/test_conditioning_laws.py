"""What holds of any relief that is made ready for rivers."""

from __future__ import annotations

from collections import deque

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paleobc.conventions import DIRECTION_COLUMNS, DIRECTION_ROWS, place
from paleobc.errors import InputError
from paleobc.grids.periodicity import regular_owners
from paleobc.grids.regular import RegularGrid
from paleobc.topography.closed_seas import label_seas
from paleobc.topography.conditioning import condition, raise_polar_rows
from paleobc.topography.depressions import fill_depressions
from paleobc.topography.flats import raise_pits, slope_flats, steps_from_exits
from strategies import drawn_reliefs, grid_of, reliefs

closed_seas = st.sampled_from(["ignore", "outlet"])
AROUND = tuple(zip(DIRECTION_ROWS, DIRECTION_COLUMNS, strict=True))


def neighbours(field: np.ndarray, beyond: np.ndarray | float) -> np.ndarray:
    """The eight neighbours of each cell, shape (8, rows, columns), with rows ``beyond`` the poles."""
    rows = field.shape[0]
    framed = np.empty((rows + 2, field.shape[1]))
    framed[1:-1] = field
    framed[[0, -1]] = beyond
    return np.stack([np.roll(framed, -east, axis=1)[1 + north : 1 + north + rows] for north, east in AROUND])


def metre_above(height: np.ndarray) -> np.ndarray:
    """Heights beyond the poles: 1 m above the last rows."""
    return height[[0, -1]] + 1.0


def slowly_filled(height: np.ndarray, outlet: np.ndarray) -> np.ndarray:
    """
    Filled relief by relaxation: water stands everywhere, and sinks until it is held (Planchon and Darboux 2002).

    doi:10.1016/S0341-8162(01)00164-3, without their slope.
    """
    level = np.where(outlet, height, np.inf)
    while True:
        lowest = neighbours(level, np.inf).min(axis=0)
        sunk = np.where(outlet, height, np.maximum(height, lowest))
        if np.array_equal(sunk, level):
            return np.where(height > 0, level, height)
        level = sunk


def prepared(relief: np.ndarray) -> np.ndarray:
    """A relief as it goes into the flood."""
    return raise_polar_rows(np.round(relief, 3))


def outlets(height: np.ndarray, seas: str) -> np.ndarray:
    """Sea cells that take the water."""
    ocean = ~(height > 0)
    areas = np.diff(np.sin(np.radians(np.linspace(-90, 90, height.shape[0] + 1))))[:, None]
    numbers = label_seas(ocean, regular_owners(*height.shape), areas)
    return ocean if seas == "outlet" else numbers == 1


@given(reliefs, closed_seas)
def test_the_filled_relief_is_that_of_a_slow_relaxation(relief, seas):
    height = prepared(relief)
    filled = condition(relief, grid_of(relief), seas).filled
    np.testing.assert_array_equal(filled, slowly_filled(height, outlets(height, seas)))


@given(reliefs, closed_seas)
def test_filling_lifts_land_only_and_no_further_the_second_time(relief, seas):
    height = prepared(relief)
    outlet = outlets(height, seas)
    filled = fill_depressions(height, outlet)
    assert (filled >= height).all()
    np.testing.assert_array_equal(filled[height <= 0], height[height <= 0])
    np.testing.assert_array_equal(fill_depressions(filled, outlet), filled)


@given(reliefs, closed_seas)
def test_sea_keeps_its_height_and_land_stays_land(relief, seas):
    conditioned = condition(relief, grid_of(relief), seas)
    rounded = np.round(relief, 3)
    sea = ~(rounded > 0)
    np.testing.assert_array_equal(conditioned.height > 0, ~sea)
    np.testing.assert_array_equal(conditioned.height[sea], rounded[sea])
    assert (conditioned.height >= rounded).all()


@given(reliefs)
def test_land_is_filled_less_where_closed_seas_take_water(relief):
    ignored = condition(relief, grid_of(relief), "ignore")
    taken = condition(relief, grid_of(relief), "outlet")
    assert (taken.filled <= ignored.filled).all()
    assert ignored.closed_seas == taken.closed_seas
    if ignored.closed_seas == 0:
        np.testing.assert_array_equal(taken.height, ignored.height)


def test_land_around_a_closed_sea_is_filled_to_its_spill_unless_that_takes_water():
    relief = np.full((7, 9), -100.0)
    relief[1:6, 1:6] = 50.0
    relief[2:5, 2:5] = 20.0
    relief[3, 3] = -7.0
    grid = RegularGrid(7, 9)
    ignored, taken = condition(relief, grid, "ignore"), condition(relief, grid, "outlet")
    assert ignored.closed_seas == taken.closed_seas == 1
    assert ignored.filled[2, 2] == 50.0
    assert taken.filled[2, 2] == 20.0
    assert ignored.height[3, 3] == taken.height[3, 3] == -7.0


def slow_steps(filled: np.ndarray) -> np.ndarray:
    """Steps of the front from the exits of the flats, cell by cell."""
    around = neighbours(filled, metre_above(filled))
    flat = (filled > 0) & (around == filled).any(axis=0)
    exits = flat & (around < filled).any(axis=0)
    steps = exits.astype(int)
    front = deque(map(tuple, np.argwhere(exits)))
    while front:
        j, i = front.popleft()
        for north, east in AROUND:
            row, column = j + north, (i + east) % filled.shape[1]
            if (
                0 <= row < filled.shape[0]
                and flat[row, column]
                and steps[row, column] == 0
                and filled[row, column] == filled[j, i]
            ):
                steps[row, column] = steps[j, i] + 1
                front.append((row, column))
    return steps


@given(reliefs)
def test_flats_rise_from_their_exits_by_at_most_a_centimetre(relief):
    filled = condition(relief, grid_of(relief)).filled
    steps = slow_steps(filled)
    reached = steps > 0
    found = steps_from_exits(filled)
    np.testing.assert_array_equal(found[reached], steps[reached])
    assert (found[~reached] <= 0).all()
    sloped = slope_flats(filled)
    np.testing.assert_array_equal(sloped, filled + steps / (100.0 * max(steps.max(), 1)))
    assert (sloped - filled).max() <= 0.0100001


def pits(height: np.ndarray) -> np.ndarray:
    """Land lower than all its eight neighbours."""
    return (height > 0) & (neighbours(height, metre_above(height)) > height).all(axis=0)


def slowly_raised(height: np.ndarray) -> np.ndarray:
    """Pits raised to the mean of their neighbours, all of a round at once, until none is left."""
    height = height.copy()
    while (low := pits(height)).any():
        around = neighbours(height, metre_above(height))
        total = np.zeros(height.shape)
        for neighbour in around:
            total += neighbour
        height[low] = np.maximum(total / 8.0, around.min(axis=0))[low]
    return height


@given(reliefs, closed_seas)
def test_no_land_is_lower_than_all_around_it(relief, seas):
    assert not pits(condition(relief, grid_of(relief), seas).height).any()


@given(reliefs)
def test_pits_are_raised_to_the_mean_of_their_neighbours_round_by_round(relief):
    np.testing.assert_array_equal(raise_pits(relief), slowly_raised(relief))


def test_a_pit_of_one_bit_is_raised_though_the_mean_of_its_neighbours_is_rounded_down():
    """Of 1456 worlds of 10 to 60 rows, four had such a pit; it stayed for ever."""
    height = np.full((5, 6), float.fromhex("0x1.00a3d70a3d70ap+1"))
    height[2, 3] = np.nextafter(height[2, 3], 0)
    assert pits(height).any()
    assert (raise_pits(height) == height[0, 0]).all()


@given(reliefs)
def test_polar_land_is_raised_above_its_row_and_the_next_and_polar_sea_is_not(relief):
    raised = raise_polar_rows(relief)
    np.testing.assert_array_equal(raised[1:-1], relief[1:-1])
    for row, inner in ((0, 1), (-1, -2)):
        for column in range(relief.shape[1]):
            here, next_to = relief[row, column], relief[inner, column]
            assert raised[row, column] == (max(here, next_to) + 1.0 if here > 0 else here)


@given(drawn_reliefs, st.sampled_from([np.int16, np.int64, np.float32]), st.sampled_from("CF"))
def test_heights_of_any_kind_and_order_give_the_same(relief, kind, order):
    given_so = np.asarray(relief, dtype=kind, order=order)
    as_float, otherwise = condition(relief, grid_of(relief)), condition(given_so, grid_of(relief))
    np.testing.assert_array_equal(otherwise.height, as_float.height)
    np.testing.assert_array_equal(otherwise.filled, as_float.filled)
    assert otherwise.height.dtype == np.float64


@given(reliefs, closed_seas)
def test_conditioning_leaves_what_it_is_given_as_it_was(relief, seas):
    relief.flags.writeable = False
    grid = grid_of(relief)
    filled = condition(relief, grid, seas).filled
    filled.flags.writeable = False
    fill_depressions(relief, ~(relief > 0))
    slope_flats(filled)
    raise_pits(filled)
    raise_polar_rows(relief)


def test_pits_are_raised_in_place_where_that_is_asked_for():
    height = np.full((5, 5), 9.0)
    height[2, 2] = 1.0
    assert raise_pits(height, out=height) is height
    assert height[2, 2] == 9.0


@given(st.integers(2, 9), st.integers(4, 12), st.sampled_from([1e-3, 1.0, 5000.0]))
def test_a_world_of_land_alone_is_refused(rows, columns, level):
    with pytest.raises(InputError, match=r"all land: rivers have no sea to flow to\. Is height positive upwards\?"):
        condition(np.full((rows, columns), level), RegularGrid(rows, columns))


@given(reliefs, st.sampled_from([np.nan, np.inf, -np.inf]), st.data())
def test_a_relief_with_a_gap_is_refused_with_its_place(relief, gap, data):
    row = data.draw(st.integers(0, relief.shape[0] - 1))
    column = data.draw(st.integers(0, relief.shape[1] - 1))
    relief[row, column] = gap
    grid = grid_of(relief)
    with pytest.raises(InputError, match="fill the gaps first") as caught:
        condition(relief, grid)
    where = place(grid.latitudes[row], grid.longitudes[column])
    assert str(caught.value) == f"The relief has no height at {where}; fill the gaps first."


def test_a_gap_in_the_south_west_is_said_to_be_there():
    relief = -np.ones((2, 4))
    relief[0, 0] = np.nan
    with pytest.raises(InputError, match=r"^The relief has no height at 45S 135W; fill the gaps first\.$"):
        condition(relief, RegularGrid(2, 4))


def test_another_way_with_closed_seas_is_refused():
    with pytest.raises(InputError, match=r"closed_seas is 'drown'; take ignore or outlet\."):
        condition(-np.ones((4, 8)), RegularGrid(4, 8), "drown")


def test_land_too_low_to_outlive_the_rounding_to_millimetres_is_sea():
    relief = np.full((4, 8), -1.0)
    relief[2, 3] = 0.0004
    assert not (condition(relief, RegularGrid(4, 8)).height > 0).any()
