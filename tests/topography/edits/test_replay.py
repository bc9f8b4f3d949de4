"""Edits carried out again, on what they were made on and on something else."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paleobc.errors import InputError
from paleobc.grids.mesh import regular_mesh
from paleobc.grids.regular import RegularGrid
from paleobc.topography.edits.apply import apply_edit
from paleobc.topography.edits.cell_list import listed
from paleobc.topography.edits.edit import Add, CopyFrom, Edit, FillFromNeighbours, Result, Set
from paleobc.topography.edits.log import EditLog, GridDescription, base_checksum, grid_description
from paleobc.topography.edits.replay import replay, replay_log
from paleobc.topography.edits.shapes import Box, CellList, Combined, Region, ValueRange
from paleobc.topography.surface import Surface
from random_edits import EVERYWHERE, KINDS, QUANTITIES, mesh_of, random_edit, random_field, random_surface, same

seeds = st.integers(0, 2**32 - 1)
any_kind = pytest.mark.parametrize("kind", KINDS)
any_quantity = pytest.mark.parametrize("quantity", QUANTITIES)


def copy_of(surface: Surface) -> Surface:
    """The same surface, to be changed apart."""
    return Surface(surface.values.copy(), surface.mesh, surface.quantity)


def worked_on(seed, kind, quantity):
    """A base, what some random edits made of it, those edits, and a revision they copied from."""
    random = np.random.default_rng(seed)
    base = random_surface(random, mesh_of(kind), quantity)
    surface, edits = copy_of(base), []
    revisions = {"before": random_field(random, base.mesh, quantity)}
    for _ in range(5):
        try:
            edits.append(apply_edit(random_edit(random, base.mesh, quantity), surface, revisions=revisions))
        except InputError:
            continue
    return base, surface, tuple(edits), revisions


def same_results(one: tuple[Edit, ...], other: tuple[Edit, ...]) -> bool:
    """Whether edits did the same to the bit."""
    return len(one) == len(other) and all(
        same(getattr(a.result, part), getattr(b.result, part))
        for a, b in zip(one, other, strict=True)
        for part in ("cells", "old", "new")
    )


@any_kind
@any_quantity
@settings(max_examples=25)
@given(seeds)
def test_on_the_same_map_recorded_results_and_intents_come_to_the_same_bits(kind, quantity, seed):
    base, surface, edits, revisions = worked_on(seed, kind, quantity)
    for same_base, policy in ((True, "intent"), (False, "intent"), (False, "keep"), (False, "result")):
        again = copy_of(base)
        went = replay(edits, again, same_base=same_base, on_conflict=policy, revisions=revisions)
        assert same(again.values, surface.values)
        assert same_results(went.edits, edits)
        assert not went.conflicts
        assert went.empty == tuple(n for n, edit in enumerate(edits, 1) if not edit.result.cells.size)


@any_kind
@any_quantity
@settings(max_examples=25)
@given(seeds)
def test_on_a_changed_map_what_a_replay_says_it_did_can_be_replayed(kind, quantity, seed):
    base, _, edits, revisions = worked_on(seed, kind, quantity)
    changed = random_surface(np.random.default_rng(seed + 1), base.mesh, quantity)
    for policy in ("intent", "keep", "result"):
        surface = copy_of(changed)
        went = replay(edits, surface, same_base=False, on_conflict=policy, revisions=revisions)
        again = copy_of(changed)
        assert same_results(replay(went.edits, again, same_base=True).edits, went.edits)
        assert same(again.values, surface.values)
        assert (surface.values >= 0.0).all() or quantity == "height"


@settings(max_examples=25)
@given(seeds)
def test_kept_cells_keep_and_results_are_put_where_they_were(seed):
    base, surface, edits, _ = worked_on(seed, "F pivot", "height")
    random = np.random.default_rng(seed)
    changed = copy_of(base)
    cells = np.sort(random.choice(np.flatnonzero(base.mesh.unique), 200, replace=False))
    changed.write(cells, random.uniform(5000.0, 6000.0, 200))
    edited = np.unique(np.concatenate([[-1], *(edit.result.cells for edit in edits)]))[1:].astype(int)
    kept, put = copy_of(changed), copy_of(changed)
    went = replay(edits, kept, same_base=False, on_conflict="keep")
    replay(edits, put, same_base=False, on_conflict="result")
    assert same(kept.values[cells], changed.values[cells])
    untouched = np.setdiff1d(edited, cells)
    assert same(kept.values[untouched], surface.values[untouched])
    assert same(put.values[edited], surface.values[edited])
    for conflict in went.conflicts:
        assert np.isin(conflict.cells, cells).all()
        assert same(conflict.found, changed.values[conflict.cells])


def test_a_conflict_tells_edit_cell_place_and_values():
    surface = Surface.of(np.zeros((2, 4)), regular_mesh(RegularGrid(2, 4)), "height")
    base = copy_of(surface)
    edits = [apply_edit(Edit(CellList(((1, 2),)), Add(5.0)), surface) for _ in range(2)]
    base.write(np.array([6]), np.array([100.0]))
    went = replay(edits, base, same_base=False)
    assert base.values[6] == 110.0
    assert [conflict.edit for conflict in went.conflicts] == [1, 2]
    second = went.conflicts[1]
    values = [vars(second)[name].tolist() for name in ("cells", "longitudes", "latitudes", "old", "found", "new")]
    assert values == [[6], [45.0], [45.0], [5.0], [105.0], [10.0]]


def test_a_replay_that_fails_changes_nothing_and_names_the_edit():
    surface = random_surface(np.random.default_rng(0), mesh_of("F pivot"), "height")
    before = surface.values.copy()
    with pytest.raises(InputError, match=r"Edit 2: There is no revision 'gone'"):
        replay([Edit(EVERYWHERE, Set(5.0)), Edit(EVERYWHERE, CopyFrom("gone"))], surface, same_base=True)
    assert same(surface.values, before)
    with pytest.raises(InputError, match=r"Edit 1: All cells of the map"):
        replay([Edit(ValueRange(-1e4, 1e4), FillFromNeighbours())], surface, same_base=False)
    with pytest.raises(InputError, match="no way to treat conflicts"):
        replay([], surface, same_base=False, on_conflict="perhaps")


def test_another_base_is_not_taken_for_the_same():
    surface = Surface.of(np.zeros((2, 4)), regular_mesh(RegularGrid(2, 4)), "height")
    made = apply_edit(Edit(EVERYWHERE, Set(5.0)), copy_of(surface))
    surface.values[3] = -0.0
    with pytest.raises(InputError, match=r"Edit 1: it found 0.0 m at 45S 135E when .* now -0.0 m is there"):
        replay([made], surface, same_base=True)
    assert not (surface.values == 5.0).any()


@pytest.mark.parametrize("policy", ["same", "intent", "keep", "result"])
@pytest.mark.parametrize(
    ("cells", "new", "sentence"),
    [
        ([5000], [1.0], "not on the grid"),
        ([-1], [1.0], "not on the grid"),
        ([3, 3], [1.0, 2.0], "each once"),
        ([4, 3], [1.0, 2.0], "ascending"),
        ([61], [1.0], "copies of cells"),
        ([70], [-5.0], "no depths"),
        ([70], [float("nan")], "no depths"),
        ([70, 71], [5.0], "one of each"),
    ],
)
def test_results_that_cannot_be_are_refused(cells, new, sentence, policy):
    surface = random_surface(np.random.default_rng(0), mesh_of("F pivot"), "depth")
    before = surface.values.copy()
    old = surface.values[np.clip(cells, 0, before.size - 1)]
    edit = Edit(EVERYWHERE, Set(1.0), result=Result(np.array(cells, np.int32), old, np.array(new)))
    with pytest.raises(InputError, match=sentence):
        replay([edit], surface, same_base=policy == "same", on_conflict="intent" if policy == "same" else policy)
    assert same(surface.values, before)


def test_on_another_grid_intents_are_carried_out():
    coarse, fine = regular_mesh(RegularGrid(12, 24)), regular_mesh(RegularGrid(24, 48))
    surface = Surface.of(np.full(coarse.shape, -100.0), coarse, "height")
    cells = listed(np.array([150, 125]), coarse)
    island = Combined("union", cells, Box(0.0, 0.0, 15.0, 15.0))
    edits = [
        apply_edit(edit, surface)
        for edit in (
            Edit(cells, Set((7.0, 9.0))),
            Edit(island, Add(1.0)),
            Edit(Region((7.5, 7.5)), Add(3.0), where="land"),
        )
    ]
    there = Surface.of(np.full(fine.shape, -100.0), fine, "height")
    went = replay(edits, there, same_base=False, same_grid=False)
    assert went.empty == (3,)
    assert not went.conflicts
    assert [edit.result.cells.size for edit in went.edits] == [8, 12, 0]
    for cell, value in ((150, 8.0), (125, 10.0)):
        row, column = divmod(cell, 24)
        assert (there.field[2 * row : 2 * row + 2, 2 * column : 2 * column + 2] == value).all()
    again = Surface.of(np.full(fine.shape, -100.0), fine, "height")
    replay(went.edits, again, same_base=True)
    assert same(again.values, there.values)


def test_cells_without_places_cannot_go_to_another_grid():
    surface = random_surface(np.random.default_rng(0), mesh_of("regular"), "depth")
    with pytest.raises(InputError, match=r"^Edit 1: "):
        replay([Edit(CellList(((0, 0),)), Set(1.0))], surface, same_base=False, same_grid=False)
    with pytest.raises(InputError, match=r"^Edit 1: 2 values are to be set in 1 cells"):
        replay([Edit(CellList(((0, 0),)), Set((1.0, 2.0)))], surface, same_base=False, same_grid=False)


@any_kind
@settings(max_examples=25)
@given(seeds)
def test_a_log_knows_what_it_was_made_on(kind, seed):
    base, surface, edits, revisions = worked_on(seed, kind, "depth")
    log = EditLog("depth", grid_description(base.mesh), base_checksum(base.values), edits)
    again = copy_of(base)
    assert same_results(replay_log(log, again).edits, edits)
    assert same(again.values, surface.values)
    shallower = replace(base, values=np.where(base.values > 3000.0, 3000.0, base.values))
    replay_log(log, shallower, revisions=revisions)
    if kind != "regular":
        other = mesh_of("regular")
        elsewhere = Surface.of(np.zeros(other.shape), other, "depth")
        revisions = {"before": np.zeros(other.shape)}
        with suppress(InputError):  # some intents cannot be carried out there
            assert not replay_log(log, elsewhere, revisions=revisions).conflicts


def test_a_log_of_heights_is_none_of_depths():
    surface = random_surface(np.random.default_rng(0), mesh_of("regular"), "depth")
    with pytest.raises(InputError, match="made on heights, and the map holds depths"):
        replay_log(EditLog("height", grid_description(surface.mesh), "", ()), surface)


def test_grids_are_told_apart():
    described = {grid_description(mesh_of(kind)) for kind in KINDS}
    described |= {grid_description(regular_mesh(RegularGrid(12, 20, west=west))) for west in (0.0, 180.0, -360.0)}
    assert len(described) == len(KINDS) + 1
    assert grid_description(mesh_of("regular")) == GridDescription("regular", 12, 20)
    assert len(grid_description(mesh_of("F pivot")).sha256) == 64


def test_places_that_differ_in_their_last_bits_are_the_same_grid():
    mesh = mesh_of("F pivot")
    nearly = replace(mesh, longitudes=mesh.longitudes * (1.0 + 1e-15), latitudes=mesh.latitudes * (1.0 - 1e-15))
    assert grid_description(nearly) == grid_description(mesh)
