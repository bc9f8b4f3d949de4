"""Runs of real worlds: what is kept, what is said where they fail, and what is made again."""

from __future__ import annotations

import errno

import numpy as np
import pytest
from netCDF4 import Dataset
from sqlalchemy import select

from paleobc.services import running
from paleobc.services.experiments import ask_again, set_options
from paleobc.services.run_ends import note_limit, note_machine_fault, recover
from paleobc.services.uploaded_files import upload_name
from paleobc.services.uploads import choose_variable, take_away
from paleobc.steps.catalogue import GRAPH
from paleobc.store.contents import Contents, content_name
from paleobc.store.runs import claim_next
from paleobc.store.tables import Event, Run
from servers.s3 import harm
from small_world import small_world, write_world


def revision(app, experiment, asset):
    """Newest revision of an asset."""
    return app.states(experiment)[asset].revision


def test_everything_of_a_world_is_made_once_and_is_current(app, world):
    said = app.said(world)
    assert {said[asset] for asset in GRAPH.assets} == {"current"}
    assert app.work() == {}
    run = revision(app, world, "routing")
    assert run.step_version == GRAPH.step("routing").version
    assert run.seconds > 0


def test_the_same_world_of_somebody_else_is_taken_from_there(app, world):
    bob = app.user("bob")
    other = app.experiment(bob, "the same")
    app.give_world(bob, other)
    app.work()
    first, second = app.states(world), app.states(other)
    assert {a: s.usable for a, s in first.items()} == {a: s.usable for a, s in second.items()}
    log = app.run(second["routing"].run.id).log
    assert "The same was made before" in log


def test_a_new_file_of_equal_content_makes_nothing_anew(app, ada, world):
    path = write_world(app.folder / "other.nc", small_world(), kind="NETCDF4")
    app.give(ada, world, "relief", path)
    assert app.work() == {"read_relief": 1}
    assert revision(app, world, "relief").number == 2
    assert revision(app, world, "relief").source["file"] == "other.nc"
    assert revision(app, world, "routing").number == 1


def test_options_of_one_step_make_anew_what_follows_from_it_and_nothing_else(app, ada, world):
    with app.database.writing() as session:
        set_options(session, ada, world, "soils", {"colour": 5})
    assert app.work() == {"soils": 1}
    assert revision(app, world, "soils").options["colour"] == 5


def test_a_file_that_cannot_be_read_fails_with_its_sentence_and_changes_nothing_else(app, ada, world):
    before = app.states(world)["regridded_relief"].revision.id
    (app.folder / "bad.nc").write_bytes(b"no file of science")
    run = app.give(ada, world, "relief", app.folder / "bad.nc")
    assert app.work() == {"read_relief": 1}
    failed = app.run(run.id)
    assert (failed.state, failed.is_input_fault) == ("failed", True)
    assert "bad.nc" in failed.sentence
    states = app.states(world)
    assert (states["relief"].state, states["relief"].why) == ("failed", failed.sentence)
    assert states["regridded_relief"].state == "current"
    assert "newer file could not be read" in states["regridded_relief"].why
    assert states["regridded_relief"].revision.id == before


def test_an_optional_file_that_cannot_be_read_is_not_passed_over(app, ada):
    experiment = app.experiment(ada)
    (app.folder / "grid.nc").write_bytes(b"no grid")
    app.give(ada, experiment, "given_ocean_grid", app.folder / "grid.nc")
    app.give_world(ada, experiment)
    app.work()
    states = app.states(experiment)
    assert states["given_ocean_grid"].state == "failed"
    assert states["routing"].state == "current"
    assert (states["ocean_grid"].state, states["ocean_grid"].why) == (
        "stale",
        "waits for given_ocean_grid, which failed",
    )
    with app.database.writing() as session:
        take_away(session, ada, experiment, "given_ocean_grid")
    app.work()
    assert app.said(experiment)["ocean_grid"] == "current"


def test_the_first_file_that_cannot_be_read_leaves_everything_missing(app, ada):
    experiment = app.experiment(ada)
    (app.folder / "bad.nc").write_bytes(b"x")
    app.give(ada, experiment, "relief", app.folder / "bad.nc")
    app.work()
    states = app.states(experiment)
    assert states["relief"].state == "failed"
    assert (states["regridded_relief"].state, states["routing"].state) == ("missing", "missing")


def two_variables(path):
    """Write a file in which two variables could be meant."""
    write_world(path, small_world())
    with Dataset(path, "a") as file:
        second = file.createVariable("elevation", "f8", ("lat", "lon"))
        second.units = "m"
        second[:] = small_world() + 7.0
    return path


def test_a_file_of_several_reliefs_asks_which_is_meant(app, ada):
    experiment = app.experiment(ada)
    run = app.give(ada, experiment, "relief", two_variables(app.folder / "two.nc"))
    app.work()
    failed = app.run(run.id)
    assert failed.state == "failed"
    assert sorted(failed.data["candidates"]) == ["elevation", "topo"]
    with app.database.writing() as session:
        choose_variable(session, ada, experiment, run.id, "elevation")
    app.work()
    relief = revision(app, experiment, "relief")
    assert relief.source["variable"] == "elevation"
    assert np.nanmax(app.contents.load(relief.content)["height"].values) == np.max(small_world() + 7.0)


@pytest.mark.parametrize("how", ["gone", "nonsense", "cut"])
@pytest.mark.parametrize("asset", ["conditioned_relief", "relief"])
def test_a_content_that_is_lost_is_made_or_read_again_when_it_is_needed(app, ada, world, asset, how):
    lost = revision(app, world, asset).content
    name = content_name(lost)
    there = {"gone": None, "nonsense": b"nonsense", "cut": app.files.path(name).read_bytes()[:1000]}
    harm(app.files, name, there[how])
    step, options = ("soils", {"colour": 6}) if asset != "relief" else ("regrid", {"resolution": 4.0})
    with app.database.writing() as session:
        set_options(session, ada, world, step, options)
    performed = app.work()
    assert {app.said(world)[name] for name in GRAPH.assets} == {"current"}
    assert (revision(app, world, asset).content, revision(app, world, asset).number) == (lost, 1)
    assert performed["read_relief" if asset == "relief" else "condition"] == 1
    assert app.contents.has(lost)


def test_a_lost_content_is_made_again_in_every_experiment_that_has_it(app, world):
    bob = app.user("bob")
    other = app.experiment(bob)
    app.give_world(bob, other)
    app.work()
    app.files.remove(content_name(revision(app, world, "conditioned_relief").content))
    with app.database.writing() as session:
        set_options(session, bob, other, "soils", {"colour": 6})
    app.work()
    for experiment in (world, other):
        assert {app.said(experiment)[asset] for asset in GRAPH.assets} == {"current"}


def test_a_given_content_whose_bytes_are_lost_too_is_shown_as_failed(app, ada, world):
    relief = revision(app, world, "relief")
    app.files.remove(content_name(relief.content))
    app.files.remove(upload_name(relief.source["sha256"]))
    with app.database.writing() as session:
        set_options(session, ada, world, "regrid", {"resolution": 4.0})
    app.work()
    state = app.states(world)["relief"]
    assert state.state == "failed"
    assert "upload the file again" in state.why
    assert app.said(world)["regridded_relief"] == "stale"
    app.give_world(ada, world)
    app.work()
    assert {app.said(world)[name] for name in GRAPH.assets} == {"current"}


def test_harmed_bytes_of_an_upload_are_not_taken_for_a_fault_of_the_user(app, ada):
    experiment = app.experiment(ada)
    run = app.give_world(ada, experiment)
    name = upload_name(run.options["sha256"])
    harm(app.files, name, app.files.path(name).read_bytes()[:500])
    app.work()
    assert "harmed; upload the file again" in app.run(run.id).sentence
    app.give_world(ada, experiment)
    app.work()
    assert app.said(experiment)["routing"] == "current"


def test_a_full_disk_is_said_and_leaves_nothing_half_written(app, ada, monkeypatch):
    experiment = app.experiment(ada)
    run = app.give_world(ada, experiment, higher=7.0)

    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("paleobc.store.contents.write_netcdf", full)
        app.work()
    failed = app.run(run.id)
    assert (failed.state, failed.is_input_fault) == ("failed", False)
    assert "disk of the server is full" in failed.sentence
    assert list(app.files.incoming.iterdir()) == []
    with app.database.writing() as session:
        assert len(ask_again(session, ada, experiment)) == 1
    app.work()
    assert app.said(experiment)["routing"] == "current"


def test_a_fault_of_the_program_is_told_as_one_with_its_place_in_the_log(app, ada, monkeypatch):
    experiment = app.experiment(ada)
    run = app.give_world(ada, experiment)
    monkeypatch.setattr(running, "read_upload", lambda *_: 1 / 0)
    app.work()
    failed = app.run(run.id)
    assert failed.state == "failed"
    assert "a fault of its own" in failed.sentence
    assert "ZeroDivisionError" in failed.log


def test_a_result_removed_while_it_was_kept_is_made_again(app, ada, monkeypatch):
    experiment = app.experiment(ada)
    app.give_world(ada, experiment)
    saved = Contents.save

    def forgotten(contents, dataset):
        content, size = saved(contents, dataset)
        contents.files.remove(content_name(content))
        return content, size

    monkeypatch.setattr(Contents, "save", forgotten)
    with pytest.raises(FileNotFoundError):
        app.work()
    (run,) = (state.run for state in app.states(experiment).values() if state.run)
    assert run.state == "running"  # the pool gives it back
    monkeypatch.undo()
    note_machine_fault(app.database, run.claim, "The disk could not be used.")
    app.work()
    assert app.said(experiment)["routing"] == "current"


def test_limits_and_lost_workers_end_runs_in_a_shown_state(app, ada):
    experiment = app.experiment(ada)
    first = app.give_world(ada, experiment)
    with app.database.writing() as session:
        claim = claim_next(session, "nowhere 1 1").claim
    assert recover(app.database, [claim]) == 0
    assert recover(app.database, []) == 0  # its lease holds
    with app.database.writing() as session:
        session.get_one(Run, first.id).lease_until = None
    assert recover(app.database, []) == 1
    assert app.run(first.id).state == "waiting"
    with app.database.writing() as session:
        claim = claim_next(session, "nowhere 1 1").claim
    assert note_limit(app.database, claim, "This took longer than 1 seconds.", GRAPH)
    assert not note_limit(app.database, claim, "again", GRAPH)
    assert app.states(experiment)["relief"].why == "This took longer than 1 seconds."
    with app.database.reading() as session:
        kinds = list(session.scalars(select(Event.kind).order_by(Event.id)))
    assert kinds[-2:] == ["run_waiting", "run_failed"]
