"""Revisions are listed, compared and brought back."""

from __future__ import annotations

import json

import pytest

from application import Application
from paleobc.errors import ConflictError, NotFoundError
from paleobc.services.experiments import set_options
from paleobc.services.history import compare_data, restore_revision, revisions_data
from paleobc.services.uploads import take_away
from paleobc.steps.catalogue import GRAPH
from paleobc.store.contents import content_name


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """An installation in which ada gave a relief, then chose other soils, then gave another relief."""
    app = Application(tmp_path_factory.mktemp("finished"))
    ada = app.user("ada")
    experiment = app.experiment(ada)
    app.give_world(ada, experiment, name="first.nc")
    app.work()
    with app.database.writing() as session:
        set_options(session, ada, experiment, "soils", {"colour": 7})
    app.work()
    app.give_world(ada, experiment, higher=50.0, name="second.nc")
    app.work()
    return app


def revisions(app, user, experiment, asset):
    """Revisions of an asset."""
    with app.database.reading() as session:
        return revisions_data(session, user, experiment, asset)


def restore(app, user, experiment, *which, **how):
    """Restore a revision, and perform what follows."""
    with app.database.writing() as session:
        restore_revision(session, user, experiment, *which, **how)
    return app.work()


def test_revisions_say_who_when_why_and_of_what(app, ada, world):
    found = revisions(app, ada, world, "soils")
    assert json.loads(json.dumps(found)) == found
    assert [revision["number"] for revision in found] == [3, 2, 1]
    assert [revision["newest"] for revision in found] == [True, False, False]
    assert [revision["reason"] for revision in found] == [
        "conditioned_relief changed",
        "option colour changed",
        "not made yet",
    ]
    assert [revision["inputs"] for revision in found] == [{"conditioned_relief": n} for n in (2, 1, 1)]
    assert {revision["made_by"] for revision in found} == {"ada"}
    with pytest.raises(NotFoundError):
        revisions(app, ada, world, "no_such")


def test_two_revisions_are_compared_in_options_and_inputs(app, ada, world):
    with app.database.reading() as session:
        found = compare_data(session, ada, world, "soils", 1, 3)
        assert found["options"] == [{"name": "colour", "first": 4, "second": 7}]
        assert found["inputs"] == [{"asset": "conditioned_relief", "first": 1, "second": 2}]
        assert not found["same_content"]
        assert compare_data(session, ada, world, "soils", 2, 2)["same_content"]
        with pytest.raises(NotFoundError, match="no revision 9"):
            compare_data(session, ada, world, "soils", 1, 9)


def test_a_given_file_comes_back_and_what_was_made_of_it_is_not_made_anew(app, ada, world):
    first = {asset: revisions(app, ada, world, asset)[-1]["content"] for asset in ("relief", "routing", "bathymetry")}
    performed = restore(app, ada, world, "relief", 1)
    assert "read_relief" not in performed
    states = app.states(world)
    assert {asset: states[asset].usable for asset in first} == first
    assert "taken from there" in app_log(app, states["routing"].run)
    assert revisions(app, ada, world, "relief")[0]["reason"] == "revision 1 restored"
    assert {states[asset].state for asset in GRAPH.assets} == {"current"}
    assert restore(app, ada, world, "relief", 1) == {}  # it is there already


def app_log(app, run):
    """Log of a run."""
    return app.run(run.id).log


def test_a_made_asset_comes_back_with_its_options_where_its_inputs_are_there(app, ada, world):
    with pytest.raises(ConflictError, match="made of revision 1 of Conditioned relief"):
        restore(app, ada, world, "soils", 2)
    with app.database.writing() as session:
        set_options(session, ada, world, "soils", {"colour": 2})
    app.work()
    assert restore(app, ada, world, "soils", 3) == {"soils": 1}
    newest, *_, third, _, _ = revisions(app, ada, world, "soils")
    assert newest["content"] == third["content"]


def test_a_made_asset_comes_back_with_all_it_came_from(app, ada, world):
    restore(app, ada, world, "soils", 1, with_inputs=True)
    states = app.states(world)
    assert states["soils"].usable == revisions(app, ada, world, "soils")[-1]["content"]
    assert states["relief"].revision.source["file"] == "first.nc"
    assert {states[asset].state for asset in GRAPH.assets} == {"current"}


def test_a_restored_file_whose_content_was_lost_is_read_again(app, ada, world):
    content = revisions(app, ada, world, "relief")[-1]["content"]
    app.files.remove(content_name(content))
    with app.database.writing() as session:
        set_options(session, ada, world, "regrid", {"resolution": 4.0})
    performed = restore(app, ada, world, "relief", 1)
    assert performed["read_relief"] == 1
    assert app.said(world)["routing"] == "current"
    assert app.states(world)["relief"].usable == content


def test_nothing_of_an_asset_that_was_taken_away_can_be_restored_but_what_was_before(app, ada, world):
    with app.database.writing() as session:
        take_away(session, ada, world, "relief")
    assert revisions(app, ada, world, "relief")[0]["taken_away"]
    with pytest.raises(ConflictError, match="taken away"):
        restore(app, ada, world, "relief", 3)
    restore(app, ada, world, "relief", 2)
    assert app.said(world)["routing"] == "current"
