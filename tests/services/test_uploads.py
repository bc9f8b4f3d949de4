"""Files that users give: named, measured, kept whole or refused, and poison stays alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application import Application
from paleobc.errors import ConflictError, InputError, NotFoundError
from paleobc.services.uploads import choose_variable, clean_file_name, take_away
from paleobc.store.tables import Event, Run, Upload
from poison import POISON


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    return Application(tmp_path_factory.mktemp("installation"))


@pytest.fixture(scope="module")
def ada(app):
    return app.user("ada")


@pytest.fixture
def experiment(app, ada):
    return app.experiment(ada)


@given(st.text(max_size=400))
def test_any_name_becomes_one_that_is_a_file_of_its_own_everywhere(name):
    clean = clean_file_name(name)
    assert 0 < len(clean.encode()) <= 120
    assert clean not in (".", "..")
    assert not set(clean) & set('/\\:*?"<>|\0\n')
    assert clean == clean.strip(" .")
    assert clean_file_name(clean) == clean


def test_the_end_of_a_long_name_stays():
    assert clean_file_name("a" * 300 + ".nc").endswith("aaa.nc")


def count(app, table):
    """How many rows a table has."""
    with app.database.reading() as session:
        return session.query(table).count()


@pytest.mark.parametrize(
    ("asset", "content", "how", "error"),
    [
        ("routing", b"x", {}, NotFoundError),
        ("no_such", b"x", {}, NotFoundError),
        ("relief", b"", {}, InputError),
        ("relief", b"12345", {"most_bytes": 4}, InputError),
        ("relief", b"x", {"variable": "a\nb"}, InputError),
        ("relief", b"x", {"variable": "v" * 300}, InputError),
    ],
)
def test_what_is_refused_leaves_nothing_behind(app, ada, experiment, tmp_path, asset, content, how, error):
    before = count(app, Upload), count(app, Run), count(app, Event), sorted(app.files.names("uploads"))
    (tmp_path / "file.nc").write_bytes(content)
    with pytest.raises(error):
        app.give(ada, experiment, asset, tmp_path / "file.nc", **how)
    assert before == (count(app, Upload), count(app, Run), count(app, Event), sorted(app.files.names("uploads")))
    assert list(app.files.incoming.iterdir()) == []


@pytest.mark.parametrize("kind", POISON)
def test_poison_fails_alone_with_a_sentence(app, ada, experiment, tmp_path, kind):
    POISON[kind](tmp_path / "poison.nc")
    run = app.give(ada, experiment, "relief", tmp_path / "poison.nc")
    assert app.work() == {"read_relief": 1}
    failed = app.run(run.id)
    assert (failed.state, failed.is_input_fault) == ("failed", True), failed.log
    assert "poison.nc" in failed.sentence
    assert failed.sentence.endswith((".", "?"))
    assert "/" not in failed.sentence.replace("and/or", "")
    assert str(app.folder) not in failed.sentence


def test_a_later_file_is_read_after_an_earlier_one_and_is_the_newest(app, ada, experiment):
    first = app.give_world(ada, experiment, name="first.nc")
    second = app.give_world(ada, experiment, higher=3.0, name="second.nc")
    app.work()
    assert app.run(first.id).number < app.run(second.id).number
    revision = app.states(experiment)["relief"].revision
    assert (revision.number, revision.source["file"]) == (2, "second.nc")


def test_what_was_taken_away_is_missing_until_it_is_given_again(app, ada, experiment):
    with app.database.writing() as session, pytest.raises(ConflictError, match="not given"):
        take_away(session, ada, experiment, "relief")
    app.give_world(ada, experiment)
    app.work()
    with app.database.writing() as session:
        take_away(session, ada, experiment, "relief")
    states = app.states(experiment)
    assert (states["relief"].state, states["relief"].why) == ("missing", "taken away")
    assert states["routing"].state == "missing"
    with app.database.writing() as session, pytest.raises(ConflictError, match="not given"):
        take_away(session, ada, experiment, "drawn_subbasins")
    app.give_world(ada, experiment)
    assert set(app.work()) == {"read_relief"}
    assert app.said(experiment)["routing"] == "current"


def test_a_file_that_is_being_read_can_be_taken_away(app, ada, experiment):
    run = app.give_world(ada, experiment)
    with app.database.writing() as session:
        take_away(session, ada, experiment, "relief")
    assert app.run(run.id).state == "withdrawn"
    assert app.work() == {}
    assert app.said(experiment)["relief"] == "missing"


def test_a_variable_is_chosen_of_the_newest_file_only(app, ada, experiment):
    first = app.give_world(ada, experiment)
    app.work()
    app.give_world(ada, experiment, higher=1.0)
    app.work()
    with app.database.writing() as session, pytest.raises(ConflictError, match="Another file"):
        choose_variable(session, ada, experiment, first.id, "topo")
    routing = app.states(experiment)["routing"].run
    with app.database.writing() as session, pytest.raises(NotFoundError):
        choose_variable(session, ada, experiment, routing.id, "topo")
