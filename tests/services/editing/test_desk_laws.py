"""Laws of the desk: what clients see is what the plain machinery makes, whoever does what in whatever order."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from editing_desks import FIELDS, Client, any_edit, ask, box, desk_of, ocean_field, relief_field
from paleobc.errors import ConflictError, InputError
from paleobc.services.editing.journal import Beginning, MemoryJournal
from paleobc.services.editing.states import States
from paleobc.topography.checks import check_relief
from paleobc.topography.edits.history import History
from paleobc.topography.edits.plain import edit_of_data
from paleobc.topography.ocean_checks import check_ocean

seeds = st.integers(0, 2**32 - 1)
actions = st.lists(st.sampled_from(["edit", "edit", "edit", "undo", "redo"]), max_size=12)


def same(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether values are the same to the bit; no value is like no value."""
    return one.dtype == other.dtype and bool(
        ((one == other) & (np.signbit(one) == np.signbit(other)) | np.isnan(one) & np.isnan(other)).all()
    )


def agree(client: Client) -> None:
    """Compare a client's copy with what a process finds that knows the journal alone."""
    fresh = Client(desk_of(client.desk.field, client.desk.journal))
    assert client.position == fresh.position
    assert same(client.values, fresh.values)
    np.testing.assert_array_equal(client.mask, fresh.mask)
    assert client.findings == fresh.findings


@pytest.mark.parametrize("name", FIELDS)
@settings(max_examples=12)
@given(seed=seeds, actions=actions)
def test_any_actions_give_the_values_that_the_plain_history_gives(name, seed, actions):
    random, edited = np.random.default_rng(seed), FIELDS[name](seed % 7)
    client = Client(desk_of(edited))
    history = History(edited.new_surface(), revisions=edited.revisions)
    for action in actions:
        if action == "edit":
            asked = any_edit(random, edited)
            try:
                data = client.act(edit=asked)
            except InputError:
                continue
            if data["log"]:
                history.do(edit_of_data(asked, quantity=edited.surface.quantity))
            else:
                assert data["told"].startswith("No cell was changed")
        elif history.done if action == "undo" else history.undone:
            client.act(**{action: True})
            getattr(history, action)()
        else:
            with pytest.raises(ConflictError, match="nothing to"):
                client.act(**{action: True})
        assert same(client.values, edited.travelling(history.surface.values))
    agree(client)


@pytest.mark.parametrize("name", ["relief", "ocean with F pivot", "values"])
@settings(max_examples=12)
@given(
    seed=seeds,
    turns=st.lists(
        st.tuples(st.integers(0, 2), st.sampled_from(["edit", "edit", "undo", "redo", "look"])), max_size=14
    ),
)
def test_clients_of_several_processes_end_with_the_same_map(name, seed, turns):
    random, edited = np.random.default_rng(seed), FIELDS[name](seed % 7)
    journal = MemoryJournal(Beginning(edited.header))
    clients = [Client(desk_of(edited, journal, who)) for who in ("Ada", "Bo", "Cy")]
    for number, action in turns:
        client = clients[number]
        if action == "look":
            client.look()
        elif action == "edit":
            try:
                client.act(edit=any_edit(random, edited))
            except InputError:
                continue
        else:
            client.try_to_act(**{action: True})
        agree(client)
    for client in clients:
        client.look()
        agree(client)
    assert len({str(client.log) for client in clients}) <= len(clients)
    keys = [entry.key for entry in journal.read(0)]
    assert len(keys) == len(set(keys))


@settings(max_examples=15)
@given(seed=seeds)
def test_marks_of_a_relief_are_the_problems_that_the_check_finds(seed):
    edited = relief_field(seed)
    client = Client(desk_of(edited))
    with np.errstate(all="ignore"):
        client.try_to_act(edit=box(-90, -90, 40, 60, {"set": -20.0}))
    grid = edited.surface.mesh.regular_grid
    problems = check_relief(client.values.reshape(edited.grid.shape).astype(float), grid)
    expected = marks_of_problems(problems, edited)
    np.testing.assert_array_equal(client.mask, expected)
    closed = [problem for problem in problems if problem.kind == "closed_sea"]
    assert client.findings["counts"]["closed_sea"]["places"] == len(closed)
    assert sum(one["cells"] for one in client.findings["problems"]) == sum(p.rows.size for p in problems)


@pytest.mark.parametrize("kind", ["F pivot", "T pivot", "T pivot without halo"])
@settings(max_examples=5)
@given(seed=seeds)
def test_marks_of_a_bathymetry_are_the_problems_that_the_check_finds(kind, seed):
    edited = ocean_field(seed, kind)
    client = Client(desk_of(edited))
    client.try_to_act(edit=box(-120, 20, 40, 90, {"add": -300.0}))
    assert edited.ocean_grid is not None
    problems = check_ocean(client.values.reshape(edited.grid.shape).astype(float), edited.ocean_grid)
    np.testing.assert_array_equal(client.mask, marks_of_problems(problems, edited))


def marks_of_problems(problems, edited) -> np.ndarray:
    """Marks as the plain problems have them."""
    bits = {kind.name: bit for bit, kind in enumerate(edited.checker.kinds)}
    marks = np.zeros(edited.surface.values.size, dtype=np.uint8)
    for problem in problems:
        marks[problem.rows * edited.grid.shape[1] + problem.columns] |= 1 << bits[problem.kind]
    return marks


@given(seed=seeds, repeats=st.integers(1, 3))
@settings(max_examples=10)
def test_a_request_that_is_sent_again_does_nothing_twice(seed, repeats):
    edited = relief_field(seed % 5)
    journal = MemoryJournal(Beginning(edited.header))
    desks = [desk_of(edited, journal) for _ in range(3)]
    client = Client(desks[0])
    for asked in ({"edit": box(-50, -50, 50, 50, {"add": 7.0})}, {"undo": True}, {"redo": True}):
        key, before = client.key(), client.position
        body = {"position": before, "key": key, **asked}
        answers = [ask(desk, "act", **body) for desk in desks[:repeats]]
        assert all(same(answers[0][1]["values"], arrays["values"]) for _, arrays in answers)
        assert [data["log"] for data, _ in answers] == [answers[0][0]["log"]] * repeats
        client.follow(*answers[-1])
        assert len(journal.read(before)) == 1
    agree(client)


class Broken(MemoryJournal):
    """A journal whose disk fails; where it is cruel, after the entry was written."""

    is_broken, is_cruel = False, False

    def append(self, position, entries):
        if not self.is_broken:
            return super().append(position, entries)
        if self.is_cruel:
            super().append(position, entries)
        raise OSError("The disk is gone.")


@pytest.mark.parametrize("cruel", [False, True])
@pytest.mark.parametrize("asked", [{"edit": box(-50, -50, 50, 50, {"add": 7.0})}, {"undo": True}, {"redo": True}])
def test_a_crash_while_an_entry_is_written_leaves_nothing_half(asked, cruel):
    edited = relief_field()
    journal = Broken(Beginning(edited.header))
    desk = desk_of(edited, journal)
    client = Client(desk)
    client.act(edit=box(-90, -80, 10, 20, {"set": 5.0}))
    client.act(edit=box(-80, -80, 20, 30, {"set": 6.0}))
    client.act(undo=True)
    journal.is_broken, journal.is_cruel = True, cruel
    key = client.key()
    with pytest.raises(OSError, match="disk"):
        client.act(key, **asked)
    journal.is_broken = False
    agree(Client(desk))
    assert len(journal.read(client.position)) == cruel
    client.act(key, **asked)
    assert len(journal.read(0)) == 4
    agree(client)


def test_states_that_had_no_room_are_found_again():
    fields = [relief_field(seed) for seed in range(4)]
    states = States(most=1.0)
    desks = [replace_states(desk_of(edited), states) for edited in fields]
    clients = [Client(desk) for desk in desks]
    for number in range(6):
        for client in clients:
            client.act(edit=box(-60, -60 + number, 60, 60, {"add": float(number + 1)}))
            agree(client)


def replace_states(desk, states):
    """The desk with other states."""
    return type(desk)(desk.field, desk.journal, desk.who, desk.host, states)


def test_an_edit_behind_those_of_others_is_carried_out_after_them_and_one_is_told():
    edited = relief_field()
    journal = MemoryJournal(Beginning(edited.header))
    ada, bo = (Client(desk_of(edited, journal, who)) for who in ("Ada", "Bo"))
    ada.act(edit=box(-90, -90, 90, 90, {"set": 100.0}))
    data = bo.act(edit=box(-20, -20, 20, 20, {"add": 1.0}))
    assert data["told"] == "Ada made 1 change meanwhile. Your edit was carried out after that."
    assert [entry["who"] for entry in bo.log] == ["Ada", "Bo"]
    assert 101.0 in bo.values
    with pytest.raises(ConflictError, match="Bo made 1 change meanwhile"):
        ada.act(undo=True)
    ada.look()
    ada.act(undo=True)
    assert 101.0 not in ada.values
    agree(ada)


def test_what_changes_land_and_sea_nowhere_leaves_the_marks_as_they_are():
    client = Client(desk_of(relief_field()))
    data, arrays = ask(client.desk, "act", position=0, key="a", edit=box(-180, -90, 180, 90, {"scale": 2.0}))
    assert data["log"][0]["cells"] > 100
    assert arrays["mask"].size == 0


def test_a_changed_base_carries_the_edits_out_again_and_lists_the_conflicts():
    edited = relief_field()
    journal = MemoryJournal(Beginning(edited.header))
    before = Client(desk_of(edited, journal))
    before.act(edit=box(-90, -90, 0, 90, {"add": 10.0}))
    before.act(edit=box(0, -90, 90, 90, {"set": 5.0}))
    before.act(edit=box(90, -90, 170, 90, {"set": 6.0}))
    before.act(undo=True)
    values = edited.surface.field.copy()
    values[5, 7] += 1000.0
    newer = replace(edited, surface=type(edited.surface).of(values, edited.surface.mesh, "height"))
    desk = desk_of(newer, journal)
    opened, _ = ask(desk, "open")
    assert opened["told"] == ["The map below the edits has changed: 2 edits carried out again, 1 conflict."]
    assert [(one["edit"], one["count"], one["cells"]) for one in opened["conflicts"]] == [(1, 1, [5 * 20 + 7])]
    assert opened["position"] > before.position
    after = Client(desk)
    assert after.values.reshape(edited.grid.shape)[5, 7] == values[5, 7] + 10.0
    assert [entry["in_force"] for entry in after.log] == [True, True]
    before.desk = desk
    with pytest.raises(ConflictError, match="begun anew"):
        before.act(edit=box(0, 0, 9, 9, {"set": 5.0}))
    with pytest.raises(ConflictError, match="begun anew"):
        before.look()
    after.act(undo=True)
    agree(after)


def test_discarding_all_edits_begins_anew_and_is_seen_by_others():
    edited = relief_field()
    journal = MemoryJournal(Beginning(edited.header))
    ada, bo = (Client(desk_of(edited, journal, who)) for who in ("Ada", "Bo"))
    ada.act(edit=box(-90, -90, 90, 90, {"set": 100.0}))
    bo.look()
    ask(ada.desk, "restart")
    with pytest.raises(ConflictError):
        bo.act(edit=box(-90, -90, 90, 90, {"set": 50.0}))
    bo.load()
    assert same(bo.values, edited.travelling(edited.surface.values))
    assert bo.log == []
    bo.act(edit=box(-90, -90, 90, 90, {"set": 50.0}))
    agree(bo)
