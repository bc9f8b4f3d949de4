"""Journals: in memory, in a file, in the database. Nothing in them is lost, and nothing is there twice."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from application import Application
from editing_desks import Client, ask, box, desk_of, relief_field
from paleobc.errors import ConflictError, InputError, NotFoundError
from paleobc.services.editing.beginnings import beginning_of, in_force
from paleobc.services.editing.draft_journal import DraftJournal
from paleobc.services.editing.entries import Entry, packed_edit, unpacked_edit
from paleobc.services.editing.journal import Beginning, BehindError, Journal, MemoryJournal
from paleobc.services.editing.journal_file import FileJournal
from paleobc.store.draft_tables import Draft, DraftEntry
from paleobc.store.tables import Event, Experiment, User
from paleobc.topography.edits.edit import Edit, Result, Set
from paleobc.topography.edits.shapes import Box


@dataclass
class Place:
    """Where journals are kept, and how another process opens the same one."""

    kind: str
    open: Callable[[Callable[[], Beginning]], Journal]


@pytest.fixture(params=["memory", "file", "database"])
def place(request, tmp_path: Path) -> Place:
    """A place for one journal."""
    if request.param == "file":
        return Place("file", lambda begin: FileJournal.open(tmp_path / "edits.journal", begin))
    if request.param == "database":
        app = Application(tmp_path)
        user = app.user("ada")
        experiment = app.experiment(user)
        where = {"experiment_id": experiment, "asset": "relief_edits", "user_id": user.id}
        return Place("database", lambda begin: DraftJournal.open(app.database, begin, **where))
    kept: list[Journal] = []

    def open_one(begin: Callable[[], Beginning]) -> Journal:
        if not kept:
            kept.append(MemoryJournal(begin()))
        return kept[0]

    return Place("memory", open_one)


FIELD = relief_field()


def beginning() -> Beginning:
    """Beginning without entries."""
    return Beginning(FIELD.header)


def never() -> Beginning:
    """What is called where a journal ought to be there."""
    raise AssertionError("a journal was there already")


def edit_of(number: int) -> Edit:
    """An edit with a result of its own."""
    result = Result(np.array([number], np.int32), np.array([0.5]), np.array([number + 0.25]))
    return Edit(Box(0.0, 0.0, 10.0, 10.0), Set(number + 0.25), reason=f"no. {number}", result=result)


def entry(position: int, key: str = "") -> Entry:
    """An entry with an edit of its own."""
    return Entry(
        position, key or f"key {position}", "edit", position, "Ada", "2026-01-01T00:00:00+00:00", edit_of(position)
    )


def told(entries: list[Entry]) -> list[tuple[object, ...]]:
    """What entries say, to be compared."""
    return [(one.position, one.key, one.kind, one.number, one.who, one.when, packed_edit(one.edit)) for one in entries]


def test_what_was_appended_is_read_by_others_from_any_position(place):
    journal = place.open(beginning)
    entries = [entry(1), Entry(2, "b", "undo", 1, "Bo", "2026"), Entry(3, "c", "redo", 1, "Bo", "2026"), entry(4)]
    assert journal.append(0, entries[:1]) == []
    assert journal.append(1, entries[1:]) == []
    for known in (journal, place.open(never)):
        assert told(known.read(0)) == told(entries)
        assert told(known.read(3)) == told(entries[3:])
        assert known.read(4) == []
        assert (known.start, known.header, known.identity) == (0, FIELD.header, journal.identity)


def test_an_entry_from_another_position_is_refused_and_nothing_is_added(place):
    journal = place.open(beginning)
    journal.append(0, [entry(1)])
    for position in (0, 2):
        with pytest.raises(BehindError):
            journal.append(position, [entry(position + 1, "another")])
    assert told(journal.read(0)) == told([entry(1)])


def test_a_key_that_is_there_adds_nothing_and_gives_what_it_added(place):
    journal = place.open(beginning)
    journal.append(0, [entry(1, "a")])
    journal.append(1, [entry(2, "b"), entry(3, "c")])
    assert told(place.open(never).append(3, [entry(4, "c"), entry(5, "d")])) == told([entry(3, "c")])
    assert len(journal.read(0)) == 3


def test_a_journal_begun_anew_goes_on_behind_the_old_one(place):
    journal = place.open(beginning)
    journal.append(0, [entry(1), entry(2)])
    journal.keep_gateways([{"name": "Strait"}])
    old, other = journal.identity, place.open(never)
    again = Beginning(FIELD.header, (entry(1, "x"),), {"told": ["New."], "conflicts": []})
    journal.renew(again, old)
    other.renew(Beginning(FIELD.header), old)  # too late: it was done already
    for known in (journal, other, place.open(never)):
        assert known.identity != old
        assert known.start == 3
        assert [one.position for one in known.read(0)] == [4]
        assert known.note["told"] == ["New."]
        assert known.gateways == [{"name": "Strait"}]
    journal.append(4, [entry(5)])
    assert [one.position for one in other.read(4)] == [5]


def test_gateways_and_notes_are_kept(place):
    journal = place.open(beginning)
    assert journal.gateways is None
    journal.keep_gateways([])
    journal.keep_note({"told": ["A."]})
    known = place.open(never)
    assert known.gateways == []
    assert known.note == {"told": ["A."]}


def test_many_who_write_at_the_same_time_lose_nothing_and_write_nothing_twice(place):
    place.open(beginning)
    failures: list[BaseException] = []

    def write(who: int) -> None:
        try:
            journal = place.open(never)
            for count in range(6):
                for _ in range(500):
                    position = len(journal.read(0))
                    try:
                        journal.append(position, [entry(position + 1, f"{who}-{count}")])
                        break
                    except BehindError:
                        continue
                journal.append(len(journal.read(0)), [entry(99, f"{who}-{count}")])  # sent again
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=write, args=(who,)) for who in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    entries = place.open(never).read(0)
    assert sorted(one.key for one in entries) == sorted(f"{who}-{count}" for who in range(4) for count in range(6))
    assert [one.position for one in entries] == list(range(1, 25))


def test_a_desk_finds_everything_again_in_another_process(place):
    ada = Client(desk_of(FIELD, place.open(beginning)))
    ada.act(edit=box(-60, -60, 60, 60, {"add": 12.5}))
    ada.act(edit=box(-60, -60, 60, 60, {"smooth": 2}))
    ada.act(undo=True)
    bo = Client(desk_of(FIELD, place.open(never), "Bo"))
    assert bo.values.tobytes() == ada.values.tobytes()
    bo.act(redo=True)
    ada.look()
    assert bo.values.tobytes() == ada.values.tobytes()
    bo.load()
    assert [one["in_force"] for one in bo.log if one["kind"] == "edit"] == [True, True]


def test_a_list_that_does_not_say_for_which_map_it_is_tells_of_no_other_map():
    edit = Edit(Box(-60.0, -60.0, 60.0, 60.0), Set(5.0))
    begun = beginning_of(FIELD, replace(FIELD.log((edit,)), base=""), "Ada")
    assert begun.note == {"told": [], "conflicts": []}
    assert [one.who for one in begun.entries] == ["Ada"]


def test_a_journal_begins_with_the_edits_in_use(place):
    client = Client(desk_of(FIELD))
    client.act(edit=box(-60, -60, 60, 60, {"add": 12.5}))
    log = FIELD.log(tuple(in_force(client.desk.journal.read(0))))
    again = Client(desk_of(FIELD, place.open(lambda: beginning_of(FIELD, log))))
    assert again.values.tobytes() == client.values.tobytes()
    assert again.log[0]["cells"] == client.log[0]["cells"]
    again.act(undo=True)
    assert again.values.tobytes() == FIELD.travelling(FIELD.surface.values).tobytes()


numbers = st.floats(width=64)
bits = st.lists(st.tuples(st.integers(0, 10**6), numbers, numbers), unique_by=lambda one: one[0], max_size=20)


@given(bits)
def test_results_are_packed_to_the_bit(rows):
    rows.sort()
    cells, old, new = (np.array(column) for column in zip(*rows, strict=True)) if rows else (np.zeros(0),) * 3
    result = Result(cells.astype(np.int32), old.astype(float), new.astype(float))
    edit = Edit(Box(0.0, 0.0, 10.0, 10.0), Set(np.nan), result=result)
    again = unpacked_edit(packed_edit(edit), "value")
    assert again is not None
    assert again.result is not None
    for name, values in vars(result).items():
        found = getattr(again.result, name)
        assert found.dtype == values.dtype
        assert found.tobytes() == values.tobytes()


# In a file


@settings(max_examples=40)
@given(data=st.data())
def test_a_writing_that_was_broken_off_leaves_all_that_was_before(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("journal") / "edits.journal"
    journal = FileJournal.open(path, beginning)
    ends = [path.stat().st_size]
    for position in range(4):
        journal.append(position, [entry(position + 1)])
        ends.append(path.stat().st_size)
    journal.close()
    cut = data.draw(st.integers(0, ends[-1]))
    path.write_bytes(path.read_bytes()[:cut])
    whole = sum(end <= cut for end in ends) - 1
    again = FileJournal.open(path, beginning)
    assert len(again.read(0)) == max(whole, 0)
    again.append(max(whole, 0), [entry(max(whole, 0) + 1, "new")])
    again.close()
    reopened = FileJournal.open(path, never)
    assert [one.key for one in reopened.read(0)] == [*(f"key {n + 1}" for n in range(whole)), "new"]
    reopened.close()


@pytest.mark.parametrize(
    "line", [b"hello\n", b"[1]\n", b'{"entries": 5}\n', b'{"begin": {"version": 2}}\n', b"{" * 9000 + b"\n"]
)
def test_a_file_that_is_no_journal_is_refused_and_left_alone(tmp_path, line):
    path = tmp_path / "edits.journal"
    path.write_bytes(line)
    with pytest.raises(InputError, match="move it away"):
        FileJournal.open(path, beginning)
    assert path.read_bytes() == line


def test_the_old_journal_stays_in_the_file_above_the_new_one(tmp_path):
    path = tmp_path / "edits.journal"
    journal = FileJournal.open(path, beginning)
    journal.append(0, [entry(1)])
    journal.renew(beginning(), journal.identity)
    kinds = [next(iter(json.loads(line))) for line in path.read_text().splitlines()]
    assert kinds == ["begin", "entries", "begin"]
    journal.close()


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    with pytest.raises(InputError, match="cannot be kept"):
        FileJournal.open(tmp_path / "nowhere" / "edits.journal", beginning)


# In the database


@pytest.fixture
def app(tmp_path):
    return Application(tmp_path)


def draft_of(
    app: Application, user: User, experiment: str, asset: str = "relief_edits", **more: object
) -> DraftJournal:
    """Journal of a draft."""
    return DraftJournal.open(app.database, beginning, experiment_id=experiment, asset=asset, user_id=user.id, **more)


def test_each_field_of_each_asset_has_a_draft_of_its_own(app):
    user = app.user("ada")
    experiment = app.experiment(user)
    first = draft_of(app, user, experiment, "pft", variable="maxvegetfrac", index=(("veget", 3), ("time", 0)))
    same_field = draft_of(app, user, experiment, "pft", variable="maxvegetfrac", index=(("time", 0), ("veget", 3)))
    other = draft_of(app, user, experiment, "pft", variable="maxvegetfrac", index=(("veget", 4), ("time", 0)))
    assert first.identity == same_field.identity != other.identity
    assert DraftJournal.find(app.database, experiment_id=experiment, asset="relief_edits") is None


def test_other_pages_hear_of_the_newest_state_of_each_draft(app):
    user = app.user("ada")
    experiment = app.experiment(user)
    relief, depth = draft_of(app, user, experiment), draft_of(app, user, experiment, "depth_edits")
    relief.append(0, [entry(1)])
    depth.append(0, [entry(1)])
    relief.append(1, [entry(2)])
    with app.database.reading() as session:
        events = session.scalars(select(Event).where(Event.kind == "draft").order_by(Event.id)).all()
    assert [(event.data["asset"], event.data["position"]) for event in events] == [
        ("depth_edits", 1),
        ("relief_edits", 2),
    ]
    assert {event.user_id for event in events} == {user.id}


def test_drafts_vanish_with_their_experiment(app):
    user = app.user("ada")
    experiment = app.experiment(user)
    journal = draft_of(app, user, experiment)
    journal.append(0, [entry(1)])
    with app.database.writing() as session:
        session.delete(session.get(Experiment, experiment))
    with app.database.reading() as session:
        assert session.scalars(select(Draft)).all() == []
        assert session.scalars(select(DraftEntry)).all() == []
    for write in (lambda: journal.append(1, [entry(2)]), lambda: journal.renew(beginning(), journal.identity)):
        with pytest.raises(NotFoundError):
            write()


def test_a_closed_draft_takes_nothing_any_more(app):
    user = app.user("ada")
    experiment = app.experiment(user)
    old, new = draft_of(app, user, experiment), draft_of(app, user, experiment)
    new.renew(beginning(), new.identity)
    with pytest.raises(ConflictError):
        old.append(0, [entry(1)])
    client = Client(desk_of(FIELD, draft_of(app, user, experiment)))
    with pytest.raises(ConflictError):
        ask(desk_of(FIELD, old), "act", position=client.position, key="k", undo=True)
