"""What holds of a log that is put behind another."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paleobc.errors import InputError
from paleobc.topography.edits.append import append
from paleobc.topography.edits.edit import Edit, Result, Set
from paleobc.topography.edits.log import EditLog, grid_description
from paleobc.topography.edits.merge import merge
from paleobc.topography.edits.net_change import net_change
from paleobc.topography.edits.replay import replay_log
from paleobc.topography.edits.shapes import CellList
from paleobc.topography.surface import Surface
from random_edits import KINDS, QUANTITIES, continued, empty_log, final, mesh_of, random_surface, same

seeds = st.integers(0, 2**32 - 1)
any_kind = pytest.mark.parametrize("kind", KINDS)
any_quantity = pytest.mark.parametrize("quantity", QUANTITIES)


def chain(seed: int, kind: str, quantity: str, count: int) -> tuple[Surface, list[EditLog]]:
    """A base, and logs each of which was made on the map that those before it leave."""
    random = np.random.default_rng(seed)
    base = random_surface(random, mesh_of(kind), quantity)
    logs, surface = [], base
    for _ in range(count):
        logs.append(continued(empty_log(surface), surface, random, random.integers(0, 4)))
        surface = replace(surface, values=final(logs[-1], surface))
    return base, logs


def same_edits(one: EditLog, other: EditLog) -> bool:
    """Whether two logs hold the same edits on the same map."""
    about = ("quantity", "grid", "base", "edits")
    return all(getattr(one, name) == getattr(other, name) for name in about)


@any_kind
@any_quantity
@settings(max_examples=15)
@given(seeds)
def test_an_appended_log_is_replayed_like_the_one_and_then_the_other(kind, quantity, seed):
    base, (first, second) = chain(seed, kind, quantity, 2)
    between = replace(base, values=final(first, base))
    appended = append(first, second)
    assert same(final(appended, base), final(second, between))
    assert (appended.base, appended.grid) == (first.base, first.grid)
    surface = replace(base, values=base.values.copy())
    assert not replay_log(appended, surface).conflicts


@any_kind
@settings(max_examples=15)
@given(seeds)
def test_appending_is_associative(kind, seed):
    _, (first, second, third) = chain(seed, kind, "height", 3)
    assert same_edits(append(append(first, second), third), append(first, append(second, third)))


@any_kind
@any_quantity
@settings(max_examples=15)
@given(seeds)
def test_a_log_without_edits_changes_nothing(kind, quantity, seed):
    base, (log,) = chain(seed, kind, quantity, 1)
    after = replace(base, values=final(log, base))
    assert same_edits(append(log, empty_log(after)), log)
    assert same_edits(append(empty_log(base), log), log)
    assert same_edits(append(log, replace(empty_log(after), base="")), log)


@any_kind
@settings(max_examples=15)
@given(seeds)
def test_a_log_that_changes_its_map_follows_itself_only_where_it_puts_all_back(kind, seed):
    base, (log,) = chain(seed, kind, "height", 1)
    if same(final(log, base), base.values):
        assert append(log, log).edits == log.edits + log.edits
    else:
        with pytest.raises(InputError, match="merge them instead"):
            append(log, log)
        assert merge(log, log).edits == log.edits


def log_of(*steps: tuple[int, float, float], base: str = "") -> EditLog:
    """A log whose edits change one cell each, from a value to another."""
    edits = []
    for cell, old, new in steps:
        result = Result(np.array([cell], np.int32), np.array([old]), np.array([new]))
        edits.append(Edit(CellList(((0, cell),)), Set(new), result=result))
    return EditLog("height", grid_description(mesh_of("regular")), base, tuple(edits))


def test_a_log_that_found_another_value_is_refused_with_the_place():
    with pytest.raises(InputError, match=r"cell 2 was left at 7\.0 m, and the second log found 0\.0 m there"):
        append(log_of((1, 0.0, 5.0), (2, 0.0, 7.0)), log_of((1, 5.0, 6.0), (2, 0.0, 9.0)))
    with pytest.raises(InputError, match=r"the cell at 82\.5S 153W was left at 0\.0 m, .* found -0\.0 m there"):
        append(log_of((1, 5.0, 0.0)), log_of((1, -0.0, 5.0)), mesh=mesh_of("regular"))


def test_logs_whose_bases_cannot_follow_each_other_are_refused():
    assert len(append(log_of((1, 0.0, 5.0), base="a"), log_of((2, 0.0, 5.0), base="b")).edits) == 2
    with pytest.raises(InputError, match="merge them instead"):
        append(log_of((1, 0.0, 5.0), base="a"), log_of((2, 0.0, 5.0), base="a"))
    with pytest.raises(InputError, match="the first changes nothing, and they were made on different maps"):
        append(log_of((1, 0.0, 5.0), (1, 5.0, 0.0), base="a"), log_of((2, 0.0, 5.0), base="b"))


def test_logs_of_other_maps_and_of_intents_are_refused():
    log = log_of((1, 0.0, 5.0))
    for other in (replace(log, quantity="depth"), replace(log, grid=replace(log.grid, rows=5))):
        with pytest.raises(InputError, match="made on different"):
            append(log, other)
    never = replace(log, edits=(Edit(CellList(()), Set(1.0)),))
    for pair in ((never, log), (log, never)):
        with pytest.raises(InputError, match="never carried out"):
            append(*pair)


@any_kind
@settings(max_examples=15)
@given(seeds)
def test_the_net_change_of_edits_leads_from_the_first_to_the_last_map(kind, seed):
    base, (log,) = chain(seed, kind, "height", 1)
    change, after = net_change(log.edits), final(log, base)
    assert same(change.old, base.values[change.cells])
    assert same(change.new, after[change.cells])
    untouched = np.setdiff1d(np.flatnonzero(base.mesh.unique), change.cells)
    assert same(base.values[untouched], after[untouched])
