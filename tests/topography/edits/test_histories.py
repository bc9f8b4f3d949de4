"""What holds of any series of edits: undone, redone and replayed to the bit."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from paleobc.errors import InputError
from paleobc.topography.edits.edit import Add, Edit, Set
from paleobc.topography.edits.history import History
from paleobc.topography.edits.log import base_checksum
from paleobc.topography.edits.plain import edit_as_data
from paleobc.topography.edits.shapes import ValueRange
from random_edits import EVERYWHERE, KINDS, QUANTITIES, mesh_of, random_edit, random_field, random_surface, same

SEQUENCES = 1000
TESTS = Path(__file__).parents[2]


def check_spread(history: History) -> None:
    """Copies hold the value of their cell."""
    surface = history.surface
    assert same(surface.values, surface.mesh.spread(surface.field).ravel())


def try_edit(history: History, edit: Edit) -> str:
    """Carry out an edit; one that is refused changes nothing."""
    before, done = history.surface.values.copy(), history.done
    try:
        history.do(edit)
    except InputError as error:
        assert same(history.surface.values, before)
        assert history.done == done
        return str(error)
    assert np.isfinite(history.surface.values).all()
    assert history.surface.quantity == "height" or (history.surface.values >= 0.0).all()
    return ""


def walk(seed: int, kind: str) -> tuple[dict[str, object], str, Counter[str]]:
    """One random series of edits, undone and redone; plain data of it, checksum of its end, what was carried out."""
    quantity = QUANTITIES[seed % 2]
    surface = random_surface(np.random.default_rng(seed), mesh_of(kind), quantity)
    random = np.random.default_rng([seed, 1])
    history = History(surface, revisions={"before": random_field(random, surface.mesh, quantity)})
    values = [surface.values.copy()]
    for _ in range(random.integers(1, 9)):
        if not try_edit(history, random_edit(random, surface.mesh, quantity)):
            values.append(surface.values.copy())
        if random.random() < 0.2 and history.done:
            history.undo()
            values.pop()
            assert same(surface.values, values[-1])
    for before in reversed(values[:-1]):
        history.undo()
        assert same(surface.values, before)
    for after in values[1:]:
        history.redo()
        assert same(surface.values, after)
    check_spread(history)
    kinds = Counter(type(part).__name__ for edit in history.done for part in (edit.shape, edit.operation))
    edits = [edit_as_data(edit) for edit in history.done]
    return {"seed": seed, "quantity": quantity, "edits": edits}, base_checksum(surface.values), kinds


@pytest.mark.parametrize("kind", KINDS[:3])
def test_any_series_of_edits_is_undone_redone_and_replayed_elsewhere_to_the_bit(kind):
    walks = [walk(seed, kind) for seed in range(SEQUENCES)]
    carried_out = sum((kinds for _, _, kinds in walks), Counter())
    assert len(carried_out) == 17, "every shape and every operation takes part"
    told = json.dumps({"kind": kind, "sequences": [data for data, _, _ in walks]})
    path = os.pathsep.join([str(TESTS), *sys.path])
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("replay_child.py"))],
        input=told, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": path}, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [checksum for _, checksum, _ in walks]


def test_a_new_edit_forgets_those_that_were_undone():
    history = History(random_surface(np.random.default_rng(1), mesh_of("regular"), "height"))
    for value in (1.0, 2.0, 3.0):
        history.do(Edit(EVERYWHERE, Set(value)))
    history.undo()
    history.undo()
    assert [edit.operation for edit in history.undone] == [Set(2.0), Set(3.0)]
    history.do(Edit(EVERYWHERE, Set(7.0)))
    assert [edit.operation for edit in history.done] == [Set(1.0), Set(7.0)]
    with pytest.raises(InputError, match="nothing to do again"):
        history.redo()


def test_a_refused_edit_forgets_nothing_that_was_undone():
    history = History(random_surface(np.random.default_rng(1), mesh_of("regular"), "height"))
    history.do(Edit(EVERYWHERE, Set(2.0)))
    history.undo()
    with pytest.raises(InputError, match="cannot be meant"):
        history.do(Edit(EVERYWHERE, Set(1e6)))
    assert len(history.undone) == 1


def test_undo_ends_at_the_start():
    history = History(random_surface(np.random.default_rng(1), mesh_of("regular"), "height"))
    with pytest.raises(InputError, match="nothing to undo"):
        history.undo()


def test_a_history_that_is_taken_up_again_undoes_what_was_done_before():
    surface = random_surface(np.random.default_rng(2), mesh_of("F pivot"), "depth")
    base = surface.values.copy()
    history = History(surface)
    history.do(Edit(EVERYWHERE, Add(10.0)))
    again = History(surface, history.done)
    again.undo()
    assert same(surface.values, base)


def test_edits_that_were_never_carried_out_have_no_history():
    with pytest.raises(InputError, match="never carried out"):
        History(random_surface(np.random.default_rng(2), mesh_of("regular"), "depth"), [Edit(EVERYWHERE, Set(1.0))])


@pytest.mark.parametrize("kind", KINDS)
def test_an_edit_that_changes_nothing_is_kept_with_an_empty_result(kind):
    history = History(random_surface(np.random.default_rng(2), mesh_of(kind), "height"))
    edit = history.do(Edit(ValueRange(-10.0, 10.0), Add(0.0), where="land"))
    assert edit.result.cells.size == edit.result.old.size == edit.result.new.size == 0
    before = history.surface.values.copy()
    history.undo()
    assert same(history.surface.values, before)


def test_zero_and_minus_zero_are_told_apart():
    surface = random_surface(np.random.default_rng(2), mesh_of("regular"), "height")
    surface.values[:] = 0.0
    history = History(surface)
    assert history.do(Edit(EVERYWHERE, Set(-0.0))).result.cells.size == surface.values.size
    assert np.signbit(surface.values).all()
    history.undo()
    assert not np.signbit(surface.values).any()
