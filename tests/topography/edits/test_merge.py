"""What holds of two logs that are brought together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paleobc.errors import InputError
from paleobc.topography.edits.edit import Edit, Result, Set
from paleobc.topography.edits.log import EditLog, grid_description
from paleobc.topography.edits.merge import MergeError, merge
from paleobc.topography.edits.shapes import CellList
from paleobc.topography.surface import Surface
from random_edits import KINDS, QUANTITIES, continued, empty_log, final, mesh_of, random_surface, same

seeds = st.integers(0, 2**32 - 1)
any_kind = pytest.mark.parametrize("kind", KINDS)
any_quantity = pytest.mark.parametrize("quantity", QUANTITIES)


def two_logs(seed: int, kind: str, quantity: str) -> tuple[Surface, np.ndarray, EditLog, EditLog]:
    """A base, the values where two logs part, and the two."""
    random = np.random.default_rng(seed)
    base = random_surface(random, mesh_of(kind), quantity)
    common = continued(empty_log(base), base, random, random.integers(0, 3))
    one, other = (continued(common, base, random, random.integers(0, 4)) for _ in range(2))
    return base, final(common, base), one, other


def changed(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Which values are no more the same bits."""
    return before.view(np.int64) != after.view(np.int64)


@any_kind
@any_quantity
@settings(max_examples=25)
@given(seeds)
def test_a_merge_holds_the_final_values_of_both(kind, quantity, seed):
    base, parting, one, other = two_logs(seed, kind, quantity)
    first, second = final(one, base), final(other, base)
    by_one, by_other = changed(parting, first), changed(parting, second)
    conflict = by_one & by_other & changed(first, second)
    expected = np.where(by_one, first, second)
    cells = np.flatnonzero(conflict & base.mesh.unique.ravel())
    if cells.size:
        with pytest.raises(MergeError) as refused:
            merge(one, other)
        told = refused.value.conflict
        assert same(told.cells.astype(np.int64), cells)
        assert same(told.before, parting[cells])
        assert same(told.one, first[cells])
        assert same(told.other, second[cells])
    else:
        assert same(final(merge(one, other), base), expected)
        assert same(final(merge(other, one), base), expected)
    assert same(final(merge(one, other, resolve="one"), base), expected)
    assert same(final(merge(one, other, resolve="other"), base), np.where(by_other, second, first))
    assert same(final(merge(other, one, resolve="other"), base), expected)


@any_kind
@settings(max_examples=15)
@given(seeds)
def test_each_cell_in_conflict_can_be_decided(kind, seed):
    base, parting, one, other = two_logs(seed, kind, "height")
    first, second = final(one, base), final(other, base)
    every = {int(cell): "one" if cell % 3 else "other" for cell in np.flatnonzero(base.mesh.unique)}
    from_other = np.array([every.get(int(cell)) == "other" for cell in base.mesh.original.ravel()])
    both = changed(parting, first) & changed(parting, second)
    expected = np.where(both & from_other, second, np.where(changed(parting, first), first, second))
    assert same(final(merge(one, other, resolve=every), base), expected)


@any_kind
@any_quantity
@settings(max_examples=15)
@given(seeds)
def test_merging_with_nothing_or_with_itself_or_with_its_beginning_gives_the_log(kind, quantity, seed):
    _, _, log, _ = two_logs(seed, kind, quantity)
    for part in (replace(log, edits=log.edits[:count]) for count in range(len(log.edits) + 1)):
        assert merge(log, part).edits == log.edits
        assert merge(part, log).edits == log.edits


def log_of(*steps: tuple[int, float, float], who: str = "") -> EditLog:
    """A log whose edits change one cell each, from a value to another."""
    edits = []
    for cell, old, new in steps:
        result = Result(np.array([cell], np.int32), np.array([old]), np.array([new]))
        edits.append(Edit(CellList(((0, cell),)), Set(new), who=who, result=result))
    return EditLog("height", grid_description(mesh_of("regular")), "", tuple(edits))


def values_of(log: EditLog) -> list[tuple[list[int], list[float], list[float]]]:
    """Results of the edits of a log."""
    return [(r.cells.tolist(), r.old.tolist(), r.new.tolist()) for r in (edit.result for edit in log.edits)]


def test_a_cell_changed_and_put_back_is_no_conflict():
    merged = merge(log_of((1, 0.0, 5.0), (1, 5.0, 0.0)), log_of((1, 0.0, 7.0)))
    assert values_of(merged) == [([], [], []), ([], [], []), ([1], [0.0], [7.0])]


def test_two_who_come_to_the_same_value_are_no_conflict():
    merged = merge(log_of((1, 0.0, 5.0)), log_of((1, 0.0, 9.0), (1, 9.0, 5.0)))
    assert values_of(merged) == [([1], [0.0], [5.0]), ([], [], []), ([], [], [])]


def test_the_same_edit_by_two_people_is_kept_of_both():
    merged = merge(log_of((1, 0.0, 5.0), who="A"), log_of((1, 0.0, 5.0), who="B"))
    assert [(edit.who, edit.result.cells.size) for edit in merged.edits] == [("A", 1), ("B", 0)]


def test_a_conflict_is_told_with_its_place():
    with pytest.raises(MergeError, match=r"2 cells to .* first at 82.5S 153W from 0 m to 5 m and to 7 m"):
        merge(log_of((1, 0.0, 5.0), (2, 0.0, 5.0)), log_of((1, 0.0, 7.0), (2, 0.0, 8.0)), mesh=mesh_of("regular"))


def test_cells_left_undecided_are_told():
    one, other = log_of((1, 0.0, 5.0), (2, 0.0, 5.0)), log_of((1, 0.0, 7.0), (2, 0.0, 8.0))
    with pytest.raises(MergeError) as refused:
        merge(one, other, resolve={1: "other"})
    assert refused.value.conflict.cells.tolist() == [2]
    with pytest.raises(InputError, match="none of the two logs"):
        merge(one, other, resolve={1: "mine"})


def test_logs_of_different_maps_are_not_merged():
    log = log_of((1, 0.0, 5.0))
    for other in (replace(log, quantity="depth"), replace(log, base="a"), replace(log, grid=replace(log.grid, rows=5))):
        with pytest.raises(InputError, match="made on different"):
            merge(log, other)
    with pytest.raises(InputError, match="different values in cell 1 before their first edit"):
        merge(log, log_of((1, -0.0, 5.0)))


def test_logs_that_do_not_hold_together_are_refused():
    with pytest.raises(InputError, match="cell 1 was left at 5 m, and a later edit found 6 m"):
        merge(log_of((1, 0.0, 5.0), (1, 6.0, 7.0)), log_of())
    never = replace(log_of(), edits=(Edit(CellList(()), Set(1.0)),))
    with pytest.raises(InputError, match="never carried out"):
        merge(never, log_of((1, 0.0, 5.0)))
