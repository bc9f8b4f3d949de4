"""Channels of blocks are two cells wide throughout, and blocks are those that the checks look for."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paleobc.grids.fold import owner_table, unique_cells
from paleobc.grids.periodicity import regular_owners
from paleobc.grids.tripolar import tripolar_grid
from paleobc.topography.repair_blocks import blocks_of, channel, widening
from paleobc.topography.strait_width import strait_width
from paleobc.topography.straits import staircase_channels

OWNERS = regular_owners(14, 20)
BLOCKS = blocks_of(OWNERS)

costs = st.integers(0, 2**32 - 1).map(lambda seed: np.random.default_rng(seed).uniform(1.0, 500.0, 280))


@given(costs)
def test_a_channel_is_two_cells_wide_everywhere(cost):
    sea = np.zeros((14, 20), dtype=bool)
    sea[:3, :5] = sea[10:, 9:14] = True
    first, second = np.flatnonzero(sea & (np.arange(14)[:, None] < 5)), np.flatnonzero(sea[8:]) + 160
    start, end = np.isin(np.arange(280), first), np.isin(np.arange(280), second)
    dug = channel(start, end, sea.ravel(), cost, BLOCKS)
    sea.ravel()[dug] = True
    assert not staircase_channels(sea, OWNERS).any()
    assert strait_width(sea, OWNERS, first, second) >= 2


def test_a_channel_keeps_off_cells_where_no_sea_may_be():
    sea = np.zeros((14, 20), dtype=bool)
    sea[:3, :5] = sea[10:, :5] = True
    start, end = sea.copy(), sea.copy()
    start[5:], end[:5] = False, False
    cost = np.ones((14, 20))
    cost[6, :] = np.inf
    arguments = start.ravel(), end.ravel(), sea.ravel()
    assert channel(*arguments, cost.ravel(), BLOCKS) is None
    cost[6, 12:14] = 9.0
    dug = channel(*arguments, cost.ravel(), BLOCKS)
    assert set(dug[dug // 20 == 6] % 20) == {12, 13}


@given(st.integers(0, 2**32 - 1))
def test_widening_leaves_no_narrow_cell_and_fills_none(seed):
    sea = np.random.default_rng(seed).random((14, 20)) < 0.4
    narrow = np.flatnonzero(staircase_channels(sea, OWNERS))
    if narrow.size:
        dug = widening(narrow, sea.ravel(), OWNERS, np.ones(280), BLOCKS)
        assert not sea.ravel()[dug].any()
        sea.ravel()[dug] = True
    assert not staircase_channels(sea, OWNERS).any()


@pytest.mark.parametrize("pivot", ["T", "F"])
def test_blocks_of_a_folded_grid_are_those_that_the_checks_look_for(pivot):
    grid = tripolar_grid(pivot=pivot, resolution=6.0)
    owners, unique = owner_table(grid.layout), unique_cells(grid.layout)
    blocks = blocks_of(owners)
    for seed in range(5):
        wet = np.random.default_rng(seed).random(unique.shape).ravel() < 0.6
        sea = wet[owners[1:-1, 1:-1]]
        sound = np.zeros(sea.size, dtype=bool)
        sound[blocks.cells[sea.ravel()[blocks.cells].all(axis=1)]] = True
        assert np.array_equal(sound.reshape(sea.shape) & unique, sea & ~staircase_channels(sea, owners) & unique)
