"""The sill between two places is that of a search at every level, wherever the grid is cut."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paleobc.errors import InputError
from paleobc.grids.fold import filled_halo, owner_table, unique_cells
from paleobc.grids.periodicity import regular_owners
from paleobc.topography.paths import shortest_path
from paleobc.topography.sills import Sill, deepest_sill, sills_between
from way_worlds import (
    FOLDED_LAYOUTS,
    beyond_and_before,
    flooded,
    random_cells,
    random_depth,
    random_world,
    seeds,
    sides_of,
)


def sill_of_all_levels(depth: np.ndarray, beside: list[list[int]], first: np.ndarray, second: np.ndarray) -> float:
    """The largest level at which a flood from the first place reaches the second."""
    for level in np.unique(depth)[::-1]:
        if flooded(depth.ravel() >= level, beside, first) & set(second.tolist()):
            return float(level)
    return -np.inf


def assert_way(sill: Sill, depth: np.ndarray, beside: list[list[int]], first: np.ndarray, second: np.ndarray) -> None:
    """The path leads from one place to the other, and nowhere is it shallower than the sill."""
    path = sill.path.tolist()
    assert path[0] in first
    assert path[-1] in second
    assert all(after in beside[before] for before, after in pairwise(path))
    assert depth.ravel()[path].min() == sill.depth == depth.ravel()[sill.sill_cell]
    assert sill.sill_cell in path
    assert len(set(path)) == len(path)


def test_the_sill_is_that_of_a_flood_at_every_level():
    for seed in range(1000):
        random, depth = random_world(seed)
        first, second = random_cells(random, depth.size), random_cells(random, depth.size)
        beside = sides_of(depth.shape)
        sill = deepest_sill(depth, regular_owners(*depth.shape), first, second)
        assert sill.depth == sill_of_all_levels(depth, beside, first, second)
        assert_way(sill, depth, beside, first, second)


@given(seeds)
def test_no_way_of_the_same_depth_is_shorter(seed):
    random, depth = random_world(seed)
    first, second = random_cells(random, depth.size), random_cells(random, depth.size)
    sill = deepest_sill(depth, regular_owners(*depth.shape), first, second)
    beside, passable = sides_of(depth.shape), depth.ravel() >= sill.depth
    near = {int(cell) for cell in first if passable[cell]}
    steps = 1
    while not near & set(second.tolist()):
        near |= {cell for each in near for cell in beside[each] if passable[cell]}
        steps += 1
    assert sill.path.size == steps


@given(seeds, st.integers(1, 9))
def test_a_world_rolled_in_longitude_has_the_same_sill_and_a_rolled_path(seed, shift):
    random, depth = random_world(seed)
    rows, columns = depth.shape
    first, second = random_cells(random, depth.size), random_cells(random, depth.size)

    def moved(cells: np.ndarray) -> np.ndarray:
        return cells // columns * columns + (cells % columns + shift) % columns

    owners = regular_owners(rows, columns)
    sill = deepest_sill(depth, owners, first, second)
    rolled = deepest_sill(np.roll(depth, shift, axis=1), owners, moved(first), moved(second))
    assert rolled.depth == sill.depth
    assert rolled.sill_cell == moved(np.array([sill.sill_cell]))
    np.testing.assert_array_equal(rolled.path, moved(sill.path))


@given(seeds)
def test_there_and_back_the_sill_is_the_same(seed):
    random, depth = random_world(seed)
    first, second = random_cells(random, depth.size), random_cells(random, depth.size)
    owners = regular_owners(*depth.shape)
    there, back = deepest_sill(depth, owners, first, second), deepest_sill(depth, owners, second, first)
    assert (there.depth, there.path.size) == (back.depth, back.path.size)


@pytest.mark.parametrize("layout", FOLDED_LAYOUTS.values(), ids=FOLDED_LAYOUTS)
@given(seed=seeds)
def test_a_world_moved_through_the_fold_keeps_its_sill(layout, seed):
    random = np.random.default_rng(seed)
    shape = (int(random.integers(1, 4)), int(random.integers(1, 5)))
    block = random_depth(random, *shape)
    first, second = random_cells(random, block.size, 1), random_cells(random, block.size, 1)
    expected = sill_of_all_levels(block, sides_of(shape, around=False), first, second)
    for cells in beyond_and_before(layout, shape):
        depth = np.full(layout.rows * layout.columns, -9999.0)
        depth[cells] = block
        depth = filled_halo(layout, depth.reshape(layout.shape))
        sill = deepest_sill(depth, owner_table(layout), cells.ravel()[first], cells.ravel()[second])
        assert sill.depth == expected
        assert set(sill.path.tolist()) <= set(cells.ravel().tolist())


@pytest.mark.parametrize("layout", FOLDED_LAYOUTS.values(), ids=FOLDED_LAYOUTS)
def test_copies_of_a_cell_are_that_cell(layout):
    depth = filled_halo(layout, np.random.default_rng(3).normal(0.0, 100.0, layout.shape))
    owners, unique = owner_table(layout), unique_cells(layout).ravel()
    goal = np.array([3 * layout.columns + 5])
    for copy in np.flatnonzero(~unique):
        original = owners[1:-1, 1:-1].ravel()[[copy]]
        sill, same = (deepest_sill(depth, owners, cells, goal) for cells in (np.array([copy]), original))
        assert sill.depth == same.depth
        np.testing.assert_array_equal(sill.path, same.path)
        assert unique[sill.path].all()


@given(seeds)
def test_all_sills_at_once_are_those_of_each_pair(seed):
    random, depth = random_world(seed)
    owners = regular_owners(*depth.shape)
    places = [random_cells(random, depth.size) for _ in range(4)]
    expected = [[deepest_sill(depth, owners, a, b).depth for b in places] for a in places]
    np.testing.assert_array_equal(sills_between(depth, owners, places), expected)


def test_a_cell_of_both_places_is_a_way_unless_a_deeper_one_is_found():
    depth = np.array([[7.0, 90.0, 90.0, -3.0]])
    owners = regular_owners(1, 4)
    alone = deepest_sill(depth, owners, np.array([0, 3]), np.array([0]))
    assert (alone.depth, alone.path.tolist(), alone.sill_cell) == (7.0, [0], 0)
    deeper = deepest_sill(depth, owners, np.array([0, 1]), np.array([2, 0]))
    assert (deeper.depth, deeper.path.tolist()) == (90.0, [1, 2])


@given(seeds)
def test_a_way_stays_within_what_it_is_allowed(seed):
    random, depth = random_world(seed)
    within = random.random(depth.shape) < 0.7
    first, second = random_cells(random, depth.size), random_cells(random, depth.size)
    sill = deepest_sill(depth, regular_owners(*depth.shape), first, second, within)
    walled = np.where(within, depth, -np.inf)
    assert sill.depth == sill_of_all_levels(walled, sides_of(depth.shape), first, second)
    assert within.ravel()[sill.path].all()
    assert (sill.path.size == 0) == (sill.depth == -np.inf) == (sill.sill_cell == -1)


@given(seeds)
def test_what_is_given_stays_as_it_was(seed):
    random, depth = random_world(seed)
    owners = regular_owners(*depth.shape)
    first, second = random_cells(random, depth.size), random_cells(random, depth.size)
    for given_array in (depth, owners, first, second):
        given_array.flags.writeable = False
    deepest_sill(depth, owners, first, second)


@pytest.mark.parametrize("cells", [[], [-1], [12]])
def test_a_place_that_is_not_on_the_grid_is_refused(cells):
    with pytest.raises(InputError, match="cell"):
        deepest_sill(np.zeros((3, 4)), regular_owners(3, 4), np.array([0]), np.array(cells, dtype=int))


def test_too_many_places_are_refused():
    with pytest.raises(InputError, match="at most 64"):
        sills_between(np.zeros((3, 40)), regular_owners(3, 40), [np.array([n]) for n in range(65)])


def test_without_a_way_there_is_no_path():
    passable = np.array([[True, False, True, False]])
    assert shortest_path(passable, regular_owners(1, 4), np.array([0]), np.array([2])).size == 0
