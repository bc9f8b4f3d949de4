"""The width of a strait is the largest number of ways that share no cell, and closing so many cells parts the seas."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_flow

from paleobc.grids.fold import filled_halo, owner_table
from paleobc.grids.periodicity import regular_owners
from paleobc.topography.strait_width import narrowest_cut, strait_width
from way_worlds import FOLDED_LAYOUTS, beyond_and_before, flooded, random_cells, seeds, sides_of


def random_seas(seed: int, rows: int, columns: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sea and land, and two places in it, which may touch or lie on land."""
    random = np.random.default_rng(seed)
    wet = random.random((rows, columns)) < random.choice([0.6, 0.8, 1.0])
    most = min(6, wet.size)
    return wet, random_cells(random, wet.size, most), random_cells(random, wet.size, most)


def ways_apart(wet: np.ndarray, first: np.ndarray, second: np.ndarray) -> int:
    """Number of ways that share no cell between the two places, by scipy's flow."""
    beside, free, size = sides_of(wet.shape), wet.ravel(), wet.size
    many = 10 * size
    edges = {(2 * c, 2 * c + 1): many if c in first or c in second else 1 for c in np.flatnonzero(free)}
    edges |= {(2 * c + 1, 2 * n): many for c in np.flatnonzero(free) for n in beside[c] if free[n]}
    edges |= {(2 * size, 2 * c): many for c in first if free[c]}
    edges |= {(2 * c + 1, 2 * size + 1): many for c in second if free[c]}
    if not edges:
        return 0
    ends = np.array(list(edges))
    graph = csr_array((np.array(list(edges.values()), dtype=np.int32), ends.T), shape=(2 * size + 2, 2 * size + 2))
    return int(maximum_flow(graph, 2 * size, 2 * size + 1).flow_value)


@given(seeds, st.integers(1, 9), st.integers(3, 11))
def test_the_width_is_the_largest_number_of_separate_ways(seed, rows, columns):
    wet, first, second = random_seas(seed, rows, columns)
    width = strait_width(wet, regular_owners(rows, columns), first, second, most=wet.size)
    assert width == min(ways_apart(wet, first, second), wet.size)


@given(seeds)
def test_closing_the_cells_that_are_named_parts_the_seas(seed):
    wet, first, second = random_seas(seed, 8, 10)
    cut = narrowest_cut(wet, regular_owners(8, 10), first, second)
    width, cells = cut.width, cut.cells
    if width < 1000:
        assert cells.size == width
        closed = wet.ravel().copy()
        assert closed[cells].all()
        assert not set(cells.tolist()) & {*first.tolist(), *second.tolist()}
        closed[cells] = False
        assert not flooded(closed, sides_of(wet.shape), first) & set(second.tolist())


@pytest.mark.parametrize("seed", range(40))
def test_no_smaller_set_of_cells_parts_the_seas(seed):
    wet, first, second = random_seas(seed, 4, 5)
    beside, ends = sides_of(wet.shape), {*first.tolist(), *second.tolist()}
    width = strait_width(wet, regular_owners(4, 5), first, second, most=4)
    for few in range(width):
        for cells in combinations(sorted(set(range(wet.size)) - ends), few):
            closed = wet.ravel().copy()
            closed[list(cells)] = False
            assert flooded(closed, beside, first) & set(second.tolist())


@given(seeds, st.integers(1, 9))
def test_a_world_rolled_in_longitude_is_cut_at_the_rolled_cells(seed, shift):
    wet, first, second = random_seas(seed, 7, 10)

    def moved(cells: np.ndarray) -> np.ndarray:
        return cells // 10 * 10 + (cells % 10 + shift) % 10

    owners = regular_owners(7, 10)
    cut = narrowest_cut(wet, owners, first, second)
    rolled = narrowest_cut(np.roll(wet, shift, axis=1), owners, moved(first)[::-1], moved(second))
    assert rolled.width == cut.width
    np.testing.assert_array_equal(rolled.cells, np.sort(moved(cut.cells)))


@pytest.mark.parametrize("layout", FOLDED_LAYOUTS.values(), ids=FOLDED_LAYOUTS)
@given(seed=seeds)
def test_a_strait_moved_through_the_fold_keeps_its_width(layout, seed):
    random = np.random.default_rng(seed)
    block = random.random((3, 5)) < 0.8
    first, second = np.array([0, 5, 10]), np.array([4, 9, 14])
    widths = set()
    for cells in beyond_and_before(layout, block.shape):
        wet = np.zeros(layout.rows * layout.columns, dtype=bool)
        wet[cells] = block
        wet = filled_halo(layout, wet.reshape(layout.shape))
        cut = narrowest_cut(wet, owner_table(layout), cells.ravel()[first], cells.ravel()[second])
        widths.add((cut.width, tuple(np.flatnonzero(np.isin(cells.ravel(), cut.cells)))))
    assert len(widths) == 1


def test_the_search_ends_at_the_width_that_is_asked_for():
    wet, owners = np.ones((6, 8), dtype=bool), regular_owners(6, 8)
    west, east = np.arange(0, 48, 8), np.arange(4, 48, 8)
    assert strait_width(wet, owners, west, east) == 12
    capped = narrowest_cut(wet, owners, west, east, most=5)
    assert (capped.width, capped.cells.size) == (5, 0)


@pytest.mark.parametrize("second", [0, 1])
def test_seas_that_touch_have_nothing_between_that_could_be_closed(second):
    cut = narrowest_cut(np.ones((2, 5), dtype=bool), regular_owners(2, 5), np.array([0]), np.array([second]), most=7)
    assert (cut.width, cut.cells.size) == (7, 0)
