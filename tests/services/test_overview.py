"""What pages show of experiments is plain, complete and says what the database says."""

from __future__ import annotations

import json

import numpy as np
import pytest

from application import Application
from paleobc.errors import InputError, NotFoundError, StepError
from paleobc.services.bundling import ask_for_bundle
from paleobc.services.experiments import set_options
from paleobc.services.overview import (
    activity_data,
    experiment_data,
    experiment_list,
    options_data,
    run_data,
    runs_data,
)
from paleobc.services.pft_templates import default_bands, remove_template, save_template, templates_data
from paleobc.services.revision_files import AssetPlace
from paleobc.services.step_forms import step_form
from paleobc.services.views import histogram, map_image, map_legend, map_picture, map_values, variables_data
from paleobc.steps.assets import ASSETS
from paleobc.steps.catalogue import GRAPH
from paleobc.store.experiments import SORTS
from paleobc.store.runs import claim_next, say
from paleobc.store.users import add_user


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    return Application(tmp_path_factory.mktemp("installation"))


@pytest.fixture(scope="module")
def ada(app):
    return app.user("ada")


@pytest.fixture(scope="module")
def world(app, ada):
    """Id of an experiment with two revisions of its soils and its relief."""
    experiment = app.experiment(ada, "world", age=30)
    app.give_world(ada, experiment)
    app.work()
    app.give_world(ada, experiment, higher=100.0)
    with app.database.writing() as session:
        set_options(session, ada, experiment, "soils", {"colour": 9})
    app.work()
    return experiment


@pytest.fixture
def look(app):
    """Call a service in a session that reads."""

    def call(function, *arguments, **values):
        with app.database.reading() as session:
            return function(session, *arguments, **values)

    return call


def test_an_experiment_is_shown_whole_and_in_plain_data(look, app, ada, world):
    data = look(experiment_data, ada, world)
    assert json.loads(json.dumps(data, allow_nan=False)) == data
    assert [asset["asset"] for asset in data["assets"]] == [*GRAPH.sources, *GRAPH.assets]
    said = {asset["asset"]: asset["state"] for asset in data["assets"]}
    assert said == app.said(world)
    routing = next(asset for asset in data["assets"] if asset["asset"] == "routing")
    assert (routing["kind"], routing["step"], routing["made_by"]) == ("made", "routing", "ada")
    assert routing["reads"] == list(GRAPH.step("routing").reads)
    assert routing["size"] > 1000
    assert routing["run"]["state"] == "done"
    assert data["bundle"]["may_be_made"]
    assert data["event"] == look(activity_data, ada, world)[0]["event"]


def test_states_of_a_list_are_those_of_each_experiment(look, app, ada, world):
    app.experiment(ada, "empty")
    found = look(experiment_list, ada)
    assert json.loads(json.dumps(found)) == found
    for entry in found["experiments"]:
        states = list(app.said(entry["id"]).values())
        assert entry["states"] == {state: states.count(state) for state in entry["states"]}
        assert sum(entry["states"].values()) == len(states)


def test_a_list_is_searched_sorted_and_given_in_parts(look, app):
    bob = app.user("bob")
    for name, author, age in (("b%", "X", 3), ("A_", "y", None), ("c", "x z", 1)):
        app.experiment(bob, name, author=author, age=age)

    def names(**how):
        found = look(experiment_list, bob, **how)
        return [entry["name"] for entry in found["experiments"]], found["count"]

    assert names(sort="name", descending=False) == (["A_", "b%", "c"], 3)
    assert names(sort="age", descending=False) == (["c", "b%", "A_"], 3)
    assert names(sort="age") == (["b%", "c", "A_"], 3)
    assert names(search="X", sort="name") == (["c", "b%"], 2)
    assert names(search="x z") == (["c"], 1)
    assert names(search="%") == (["b%"], 1)
    assert names(search="_") == (["A_"], 1)
    assert names(sort="name", descending=False, offset=1, most=1) == (["b%"], 3)
    for sort in SORTS:
        assert names(sort=sort)[1] == 3
    for wrong in ({"sort": "owner_id"}, {"most": 0}, {"most": 10**6}, {"offset": -1}):
        with pytest.raises(InputError):
            names(**wrong)


def test_runs_and_activity_are_given_in_parts_that_follow_each_other(look, app, ada, world):
    runs, before = [], None
    while part := look(runs_data, ada, world, before=before, most=7):
        runs += part
        before = part[-1]["number"]
    assert [run["number"] for run in runs] == list(range(len(runs), 0, -1))
    assert "log" not in runs[0]
    whole = look(run_data, ada, world, runs[0]["id"])
    assert "Done in" in whole["log"]
    events = look(activity_data, ada, world, most=10)
    later = look(activity_data, ada, world, before=events[-1]["event"], most=10)
    numbers = [event["event"] for event in events + later]
    assert numbers == sorted(numbers, reverse=True)
    assert len(set(numbers)) == 20


def test_how_far_a_run_is_shows_while_it_runs(look, app, ada):
    experiment = app.experiment(ada, "in progress")
    app.give_world(ada, experiment)
    with app.database.writing() as session:
        run = claim_next(session, "a worker")
        say(session, run.claim, "Half of it.", 0.5)
    data = look(run_data, ada, experiment, run.id)
    assert (data["state"], data["progress"], data["log"]) == ("running", 0.5, "Half of it.\n")
    assert data["reads_file"]


@pytest.mark.parametrize("step", [step.name for step in GRAPH.steps])
def test_the_form_of_a_step_says_all_of_its_options(look, ada, world, step):
    form = step_form(step)
    text = json.dumps(form, allow_nan=False)
    assert json.loads(text) == form
    assert "$ref" not in text
    assert "$defs" not in text
    assert {option["name"]: option["default"] for option in form["options"]} == GRAPH.step(step).options({})
    assert all(option["description"] and option["schema"] for option in form["options"]), form
    assert set(look(options_data, ada, world, step)["options"]) == {option["name"] for option in form["options"]}


def test_an_unknown_step_has_no_form():
    with pytest.raises(NotFoundError):
        step_form("no_such")


@pytest.mark.parametrize("asset", [asset for asset in GRAPH.assets if not ASSETS[asset].is_set])
def test_every_variable_that_can_be_drawn_is(app, ada, world, asset):
    where = (AssetPlace(app.database, app.contents, ada, world, asset), 1)
    data = variables_data(*where)
    assert json.loads(json.dumps(data)) == data
    drawable = [variable["name"] for variable in data["variables"] if variable["drawable"]]
    assert data["best"] in drawable
    picture = map_image(*where, width=240)
    assert picture.startswith(b"\x89PNG")
    assert picture == map_image(*where, data["best"], width=240)
    for name in drawable[:3]:
        values = np.frombuffer(map_values(*where, name, width=120), "<f4").reshape(60, 120)
        legend = map_legend(*where, name, width=120)
        assert json.loads(json.dumps(legend, allow_nan=False)) == legend
        assert legend["bar"] or legend["swatches"]
        found = histogram(*where, name)
        assert sum(found["counts"]) == found["count"]
        lowest = found["minimum"] or 0.0
        assert np.all(values[np.isfinite(values)] >= lowest - 1e-6 * abs(lowest))


@pytest.mark.parametrize("asset", [asset for asset in GRAPH.assets if ASSETS[asset].is_set])
def test_variables_of_a_set_bear_the_names_of_their_files(app, ada, world, asset):
    where = (AssetPlace(app.database, app.contents, ada, world, asset), 1)
    data = variables_data(*where)
    assert data["best"] is None
    drawable = [variable["name"] for variable in data["variables"] if variable["drawable"]]
    assert drawable
    assert map_image(*where, drawable[0], width=240).startswith(b"\x89PNG")
    with pytest.raises(InputError, match="set of files"):
        map_image(*where, width=240)


def test_the_north_is_above_and_the_west_on_the_left(app, ada, world):
    where = (AssetPlace(app.database, app.contents, ada, world, "relief"), 1)
    values = np.frombuffer(map_values(*where, width=144), "<f4").reshape(72, 144)
    height = app.contents.load(app.states(world)["relief"].usable)["height"].values - 100.0
    assert np.array_equal(values[::2, ::2], height[::-1].astype("<f4"))


def test_a_whole_picture_is_drawn_once(app, ada, world):
    where = (AssetPlace(app.database, app.contents, ada, world, "routing"), 1)
    first = map_picture(*where)
    assert first.startswith(b"\x89PNG")
    assert map_picture(*where) == first


@pytest.mark.parametrize("wrong", [{"width": 121}, {"width": 10}, {"width": 10**6}, {"variable": "no_such"}])
def test_what_cannot_be_drawn_is_refused(app, ada, world, wrong):
    with pytest.raises(InputError):
        map_image(AssetPlace(app.database, app.contents, ada, world, "routing"), 1, **wrong)


def test_tables_of_plants_are_kept_under_names(app, ada):
    bands = default_bands()
    with app.database.writing() as session:
        first = save_template(session, ada, " warm ", bands)
        second = save_template(session, ada, "warm", [dict(band) for band in bands])
        assert first["id"] == second["id"]
        assert [template["name"] for template in templates_data(session, ada)] == ["warm"]
        for name, wrong in (("", bands), ("x", []), ("x", [{"up_to": 90.0, "pft1": 50.0}])):
            with pytest.raises((InputError, StepError)):
                save_template(session, ada, name, wrong)
        other = add_user(session, "somebody else", password_hash=None)
        assert templates_data(session, other) == []
        with pytest.raises(NotFoundError):
            remove_template(session, other, first["id"])
        remove_template(session, ada, first["id"])
        assert templates_data(session, ada) == []


def test_a_bundle_that_is_being_made_shows(look, app, ada, world):
    with app.database.writing() as session:
        ask_for_bundle(session, ada, world)
    bundle = look(experiment_data, ada, world)["bundle"]
    assert (bundle["state"], bundle["run"]["title"]) == ("waiting", "Bundle")
