"""The channel that is proposed takes the least digging, wherever the grid is cut."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from paleobc.grids.fold import filled_halo, owner_table
from paleobc.grids.periodicity import regular_owners
from paleobc.topography.carving import COST_OF_A_STEP, lowest_path
from way_worlds import FOLDED_LAYOUTS, beyond_and_before, random_cells, random_world, seeds, sides_of


def dug(height: np.ndarray, depth: float, area: np.ndarray) -> np.ndarray:
    """What a cell of the channel costs."""
    return ((np.maximum(height + depth, 0.0) + COST_OF_A_STEP) * area).ravel()


@given(seeds, st.sampled_from([0.0, 30.0]))
def test_no_channel_takes_less_digging(seed, depth):
    random, height = random_world(seed)
    area = random.uniform(0.5, 2.0, height.shape)
    start, goal = random_cells(random, height.size), random_cells(random, height.size)
    target = np.isin(np.arange(height.size), goal).reshape(height.shape)
    path = lowest_path(height, regular_owners(*height.shape), start, target, depth=depth, cell_area=area).tolist()
    cost, beside = dug(height, depth, area), sides_of(height.shape)
    assert path[0] in start
    assert path[-1] in goal
    assert all(after in beside[before] for before, after in pairwise(path))
    ends = np.array([(cell, other) for cell, others in enumerate(beside) for other in others if other != cell])
    graph = csr_array((cost[ends[:, 1]], (ends[:, 0], ends[:, 1])), shape=(height.size, height.size))
    graph.sum_duplicates()
    graph.data[:] = cost[graph.indices]  # a side that is listed twice is the same side
    assert cost[path[1:]].sum() == pytest.approx(dijkstra(graph, indices=start)[:, goal].min(), rel=1e-12)


@given(seeds, st.integers(1, 9))
def test_a_world_rolled_in_longitude_is_dug_at_the_rolled_cells(seed, shift):
    random, height = random_world(seed)
    columns = height.shape[1]
    start, goal = random_cells(random, height.size), random_cells(random, height.size)
    target = np.isin(np.arange(height.size), goal).reshape(height.shape)

    def moved(cells: np.ndarray) -> np.ndarray:
        return cells // columns * columns + (cells % columns + shift) % columns

    owners = regular_owners(*height.shape)
    rolled = lowest_path(np.roll(height, shift, axis=1), owners, moved(start), np.roll(target, shift, axis=1))
    np.testing.assert_array_equal(rolled, moved(lowest_path(height, owners, start, target)))


@pytest.mark.parametrize("layout", FOLDED_LAYOUTS.values(), ids=FOLDED_LAYOUTS)
def test_a_ridge_is_cut_at_its_lowest_place_on_both_sides_of_the_fold(layout):
    block = np.array([[-5.0, 80.0, 70.0, -5.0], [-5.0, 20.0, 10.0, -5.0], [-5.0, 90.0, 60.0, -5.0]])
    for cells in beyond_and_before(layout, block.shape):
        height = np.full(layout.rows * layout.columns, 500.0)
        height[cells] = block
        height = filled_halo(layout, height.reshape(layout.shape))
        target = np.isin(np.arange(height.size), cells[:, 3]).reshape(layout.shape)
        path = lowest_path(height, owner_table(layout), cells[:, 0], target)
        np.testing.assert_array_equal(path, cells[1])


def test_a_narrow_ridge_is_preferred_to_a_long_low_land_and_no_target_gives_no_path():
    height = np.array([[-1.0, 40.0, -1.0, 99.0, 99.0], [20.0, 20.0, 20.0, 99.0, 99.0]])
    owners, ocean = regular_owners(2, 5), np.zeros((2, 5), dtype=bool)
    assert lowest_path(height, owners, np.array([0]), ocean).size == 0
    ocean[0, 2] = True
    assert lowest_path(height, owners, np.array([0]), ocean).tolist() == [0, 1, 2]
