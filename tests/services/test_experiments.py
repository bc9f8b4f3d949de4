"""Experiments are described, shared, copied, thrown away and brought back, and nothing of others is touched."""

from __future__ import annotations

from datetime import timedelta

import pytest

from application import Application
from paleobc.errors import ForbiddenError, InputError, NotFoundError, StepError
from paleobc.services.experiments import (
    ask_again,
    cancel_run,
    change_experiment,
    create_experiment,
    delete_experiment,
    empty_bins,
    remove_for_good,
    restore_experiment,
    set_options,
)
from paleobc.services.exports import file_of_revision, file_of_upload
from paleobc.services.maintenance import tidy
from paleobc.services.overview import experiment_data, experiment_list
from paleobc.services.sharing import duplicate, send_copy, share_experiment, unshare
from paleobc.steps.catalogue import GRAPH
from paleobc.store.contents import content_name
from paleobc.store.runs import open_runs
from paleobc.store.tables import Experiment, Revision, Run, Upload


@pytest.fixture
def app(tmp_path):
    return Application(tmp_path)


@pytest.fixture
def ada(app):
    return app.user("ada")


@pytest.fixture
def bob(app):
    return app.user("Bob")


def seen(app, user, **how):
    """Names of the experiments that a user sees."""
    with app.database.reading() as session:
        return [entry["name"] for entry in experiment_list(session, user, **how)["experiments"]]


def test_an_experiment_is_described_in_words_that_a_recipe_can_say(act, app, ada):
    made = act(create_experiment, ada, name="  Rupelian ", author="A", age=30, hypothesis="two\nlines", reference="doi")
    assert (made.name, made.age, made.hypothesis) == ("Rupelian", 30.0, "two\nlines")
    changed = act(change_experiment, ada, made.id, age=None, name="Chattian")
    assert (changed.name, changed.age, changed.author) == ("Chattian", None, "A")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": " "}, "name:"),
        ({"name": "x" * 201}, "name:"),
        ({"name": "a\x00b"}, "name: holds characters"),
        ({"age": -1}, "age:"),
        ({"age": float("nan")}, "age:"),
        ({"age": "old"}, "age:"),
        ({"reference": "x" * 1001}, "reference:"),
        ({"owner_id": "me"}, "no 'owner_id'"),
        ({"gateways": "all"}, "gateways: should be a list"),
        ({"gateways": [{"name": "Drake"}]}, "Drake"),
    ],
)
def test_words_that_cannot_be_are_refused_and_nothing_is_changed(act, app, ada, fields, words):
    experiment = app.experiment(ada)
    with pytest.raises(InputError, match=words):
        act(change_experiment, ada, experiment, author="changed", **fields)
    with app.database.reading() as session:
        assert session.get_one(Experiment, experiment).author == ""


def test_options_are_checked_and_only_what_differs_from_the_defaults_is_kept(act, app, ada):
    experiment = app.experiment(ada)
    with pytest.raises(StepError, match="colour"):
        act(set_options, ada, experiment, "soils", {"colour": 99})
    with pytest.raises(StepError, match="no such key"):
        act(set_options, ada, experiment, "soils", {"size": 1})
    act(set_options, ada, experiment, "soils", {"colour": 5, "texture": 3})
    with app.database.reading() as session:
        assert session.get_one(Experiment, experiment).options["soils"] == {"colour": 5}
    act(set_options, ada, experiment, "soils", {})
    with app.database.reading() as session:
        assert "soils" not in session.get_one(Experiment, experiment).options


def test_a_run_is_cancelled_and_asked_for_again(act, app, ada):
    experiment = app.experiment(ada)
    run = app.give_world(ada, experiment)
    act(cancel_run, ada, experiment, run.id)
    act(cancel_run, ada, experiment, run.id)
    assert app.run(run.id).state == "cancelled"
    assert app.states(experiment)["relief"].why == "Cancelled by ada."
    assert app.work() == {}
    act(ask_again, ada, experiment)
    app.work()
    assert app.said(experiment)["routing"] == "current"
    assert act(ask_again, ada, experiment) == []


def test_what_is_thrown_away_rests_in_the_bin_and_comes_back_as_it_was(act, app, ada):
    experiment = app.experiment(ada, "thrown")
    app.give_world(ada, experiment)
    app.work(3)
    act(delete_experiment, ada, experiment)
    assert (seen(app, ada), seen(app, ada, deleted=True)) == ([], ["thrown"])
    assert app.work() == {}
    with pytest.raises(NotFoundError):
        act(set_options, ada, experiment, "soils", {})
    act(restore_experiment, ada, experiment)
    app.work()
    assert {app.said(experiment)[asset] for asset in GRAPH.assets} == {"current"}


def test_a_file_that_was_being_read_is_read_when_its_experiment_comes_back(act, app, ada):
    experiment = app.experiment(ada)
    app.give_world(ada, experiment)
    act(delete_experiment, ada, experiment)
    assert len(act(restore_experiment, ada, experiment)) == 1
    app.work()
    assert app.said(experiment)["relief"] == "current"


def test_only_what_was_long_in_the_bin_is_removed_with_the_files_that_nobody_else_needs(act, app, ada, bob):
    kept, thrown = app.experiment(ada, "kept"), app.experiment(ada, "thrown")
    app.give_world(ada, kept)
    app.give_world(ada, thrown, higher=20.0, name="other.nc")
    app.work()
    contents = {e: {s.usable for s in app.states(e).values() if s.usable} for e in (kept, thrown)}
    own = contents[thrown] - contents[kept]
    assert own
    act(delete_experiment, ada, thrown)
    assert act(empty_bins, timedelta(days=1)) == 0
    assert tidy(app.database, app.files, bin_days=1, left_alone=-1.0) == {"experiments": 0, "files": 0}
    act(remove_for_good, ada, thrown)
    assert tidy(app.database, app.files, bin_days=1)["files"] == 0  # young files are left alone
    assert tidy(app.database, app.files, bin_days=1, left_alone=-1.0)["files"] == len(own) + 1
    assert not any(app.files.has(content_name(content)) for content in own)
    assert all(app.files.has(content_name(content)) for content in contents[kept])
    assert file_of_upload(app.database, app.files, ada, kept, "relief")[0].is_file()
    with app.database.reading() as session:
        for table in (Revision, Run, Upload):
            assert {row.experiment_id for row in session.query(table)} == {kept}


def test_bins_are_emptied_after_their_time(act, app, ada):
    experiment = app.experiment(ada)
    act(delete_experiment, ada, experiment)
    with app.database.writing() as session:
        found = session.get_one(Experiment, experiment)
        found.deleted -= timedelta(days=31)
    assert tidy(app.database, app.files, bin_days=30)["experiments"] == 1
    assert seen(app, ada, deleted=True) == []


def test_only_the_owner_throws_away_shares_and_sees_the_bin(act, app, ada, bob):
    experiment = app.experiment(ada)
    act(share_experiment, ada, experiment, "bob", may_change=True)
    act(set_options, bob, experiment, "soils", {"colour": 2})
    for call in (
        lambda: act(delete_experiment, bob, experiment),
        lambda: act(share_experiment, bob, experiment, "ada", may_change=True),
    ):
        with pytest.raises(ForbiddenError, match="belongs to someone else"):
            call()
    act(delete_experiment, ada, experiment)
    assert seen(app, bob) == seen(app, bob, deleted=True) == []
    with pytest.raises(NotFoundError):
        act(restore_experiment, bob, experiment)


def test_sharing_is_given_changed_and_taken_away(act, app, ada, bob):
    experiment = app.experiment(ada, "shared")
    act(share_experiment, ada, experiment, " BOB ", may_change=False)
    assert seen(app, bob) == ["shared"]
    act(share_experiment, ada, experiment, "bob", may_change=True)
    with app.database.reading() as session:
        data = experiment_data(session, bob, experiment)
    assert (data["own"], data["may_change"], data["shares"]) == (False, True, [{"name": "Bob", "may_change": True}])
    act(unshare, bob, experiment, "bob")  # one may leave
    assert seen(app, bob) == []
    for name, error in (("bob", NotFoundError), ("nobody", NotFoundError)):
        with pytest.raises(error):
            act(unshare, ada, experiment, name)
    for name, error in (("nobody", NotFoundError), ("ada", InputError)):
        with pytest.raises(error):
            act(share_experiment, ada, experiment, name, may_change=True)


@pytest.mark.parametrize("to", ["oneself", "somebody"])
def test_a_copy_is_complete_needs_nothing_anew_and_stands_alone(act, app, ada, bob, to):
    original = app.experiment(ada, "original", author="A", age=5)
    app.give_world(ada, original)
    app.work()
    owner = ada if to == "oneself" else bob
    copy = act(duplicate, ada, original, "copy") if to == "oneself" else act(send_copy, ada, original, "bob")
    assert (copy.owner_id, copy.author, copy.age) == (owner.id, "A", 5.0)
    assert app.work() == {}
    assert {app.said(copy.id)[asset] for asset in GRAPH.assets} == {"current"}
    act(set_options, owner, copy.id, "soils", {"colour": 8})
    app.work()
    assert app.states(original)["soils"].revision.options["colour"] == 4
    act(delete_experiment, ada, original)
    act(remove_for_good, ada, original)
    tidy(app.database, app.files, bin_days=1, left_alone=-1.0)
    assert file_of_upload(app.database, app.files, owner, copy.id, "relief")[1] == "world.nc"
    file_of_revision(app.database, app.files, owner, copy.id, "routing")
    with app.database.reading() as session:
        assert list(open_runs(session, copy.id)) == []
