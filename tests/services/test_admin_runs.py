"""An administrator sees what waits, runs and failed, and mends one run at a time, never without a trace."""

from __future__ import annotations

from pathlib import Path

import pytest

from application import Application
from paleobc.errors import ConflictError, InputError, NotFoundError
from paleobc.services.admin_runs import act_on_run, actions_of, queues_data, run_to_administer, runs_data
from paleobc.services.administrators import Shell, actions_data
from paleobc.services.experiments import delete_experiment
from paleobc.services.running import perform
from paleobc.store.runs import claim_next, end
from paleobc.store.tables import Event, Run, User

SHELL = Shell("the engineer")


@pytest.fixture
def app(tmp_path: Path) -> Application:
    return Application(tmp_path)


@pytest.fixture
def root(app: Application) -> User:
    return app.user("root", role="admin")


@pytest.fixture
def experiment(app: Application) -> str:
    return app.experiment(app.user("ada"))


def act(app: Application, run: Run, action: str, by: User | Shell = SHELL) -> Run:
    with app.database.writing() as session:
        return session.get_one(Run, act_on_run(session, by, run.id, action)["id"])


def listed(app: Application, state: str) -> list[str]:
    with app.database.reading() as session:
        return [run["step"] for run in runs_data(session, SHELL, state)]


def failed_read(app: Application, experiment: str) -> Run:
    """A run that could not read what was given."""
    path = app.folder / "broken.nc"
    path.write_bytes(b"no relief at all")
    run = app.give(app.named("ada"), experiment, "relief", path)
    app.work()
    return app.run(run.id)


def taken(app: Application) -> Run:
    """The next run, in the hands of a worker."""
    with app.database.writing() as session:
        run = claim_next(session, "a worker far away")
    assert run is not None
    return run


def failed_step(app: Application, experiment: str) -> Run:
    """A run of a step whose machine failed again and again."""
    app.give_world(app.named("ada"), experiment)
    app.work(most=1)
    run = taken(app)
    with app.database.writing() as session:
        end(session, str(run.claim), "failed", sentence="The worker went away.")
    return app.run(run.id)


def test_each_queue_is_told_with_its_runs_and_the_age_of_the_oldest(app, experiment):
    app.give_world(app.named("ada"), experiment)
    with app.database.reading() as session:
        found = {one["queue"]: one for one in queues_data(session, SHELL, {"science": (3, 1)})}
    assert {"science", "weights"} <= found.keys()
    assert found["science"]["waiting"] == 1
    assert found["science"]["oldest_seconds"] >= 0
    assert (found["science"]["ready"], found["science"]["dead"]) == (3, 1)
    assert found["weights"]["oldest_seconds"] is None
    with app.database.reading() as session:
        assert queues_data(session, SHELL)[0]["ready"] is None  # there is no broker


def test_a_failed_run_of_a_step_is_tried_again_alone_and_goes_on(app, experiment):
    run = failed_step(app, experiment)
    assert listed(app, "failed") == [run.step]
    again = act(app, run, "retry")
    assert (again.state, again.step, again.number > run.number) == ("waiting", run.step, True)
    assert listed(app, "failed") == []
    app.work()
    assert set(app.said(experiment).values()) <= {"current", "missing"}


def test_a_failed_reading_is_tried_again_and_what_a_newer_run_replaced_is_not(app, experiment):
    run = failed_read(app, experiment)
    act(app, run, "retry")
    app.work()
    with pytest.raises(ConflictError, match="newer"):
        act(app, run, "retry")


def test_what_would_no_longer_be_wanted_is_not_tried_again(app, experiment):
    run = failed_step(app, experiment)
    app.give_world(app.named("ada"), experiment, higher=100.0)
    app.work(most=1)
    with pytest.raises(ConflictError):
        act(app, run, "retry")
    with app.database.writing() as session:
        delete_experiment(session, app.named("ada"), experiment)
    with pytest.raises(ConflictError, match="bin"):
        act(app, run, "retry")
    assert listed(app, "failed") == []


def test_a_run_that_is_given_back_is_lost_to_its_worker_and_waits_for_any(app, experiment):
    app.give_world(app.named("ada"), experiment)
    run = taken(app)
    assert listed(app, "running") == ["read_relief"]
    back = act(app, run, "requeue")
    assert (back.state, back.claim, back.faults) == ("waiting", None, 0)
    assert perform(app.database, app.files, run.id, str(run.claim)) == "lost"
    assert app.work()["read_relief"] == 1


def test_a_run_is_cancelled_and_its_user_reads_by_whom(app, experiment, root):
    app.give_world(app.named("ada"), experiment)
    run = taken(app)
    assert act(app, run, "cancel", root).state == "cancelled"
    assert "root" in app.run(run.id).sentence
    assert app.work() == {}


def test_what_is_discarded_is_nothing_to_do_and_stays_for_its_user_as_it_was(app, experiment):
    run = failed_read(app, experiment)
    assert listed(app, "failed") == ["read_relief"]
    aside = act(app, run, "discard")
    assert (aside.state, aside.sentence) == ("failed", run.sentence)
    assert listed(app, "failed") == []
    assert app.said(experiment)["relief"] == "failed"
    with app.database.reading() as session:
        assert run_to_administer(session, SHELL, run.id)["put_aside"] == "the engineer"


def test_a_waiting_run_that_is_discarded_ends(app, experiment):
    run = app.give_world(app.named("ada"), experiment)
    assert act(app, run, "discard").state == "cancelled"


@pytest.mark.parametrize(("action", "words"), [("cancel", "failed by now"), ("requeue", "failed by now")])
def test_what_does_not_fit_how_a_run_stands_is_refused_and_leaves_no_trace(app, experiment, action, words):
    run = failed_read(app, experiment)
    with pytest.raises(ConflictError, match=words):
        act(app, run, action)
    with app.database.reading() as session:
        assert actions_data(session, SHELL) == []


def test_unknown_runs_actions_and_states_are_refused(app, experiment):
    run = failed_read(app, experiment)
    with pytest.raises(InputError, match="retry"):
        act(app, run, "explode")
    with app.database.writing() as session:
        with pytest.raises(NotFoundError):
            act_on_run(session, SHELL, "nowhere", "retry")
        with pytest.raises(InputError):
            runs_data(session, SHELL, "done")


def test_each_action_is_an_event_with_who_did_it(app, experiment, root):
    run = failed_read(app, experiment)
    act(app, run, "discard", root)
    with app.database.reading() as session:
        (trace,) = actions_data(session, root)
        event = session.query(Event).filter_by(kind="admin_run").one()
    assert (trace["by"], trace["what"], trace["run"]) == ("root", "discard", run.id)
    assert (event.user_id, event.experiment_id) == (root.id, experiment)


def test_others_find_nothing(app, experiment):
    run, ada = failed_read(app, experiment), app.named("ada")
    with app.database.writing() as session:
        for ask in (
            lambda: queues_data(session, ada),
            lambda: runs_data(session, ada, "failed"),
            lambda: run_to_administer(session, ada, run.id),
            lambda: act_on_run(session, ada, run.id, "retry"),
            lambda: actions_data(session, ada),
        ):
            with pytest.raises(NotFoundError):
                ask()


def test_every_state_offers_what_can_be_done_in_it():
    offered = {state: actions_of(Run(state=state)) for state in ("waiting", "running", "failed", "done", "withdrawn")}
    assert offered == {
        "waiting": ["cancel", "discard"],
        "running": ["cancel", "requeue"],
        "failed": ["retry", "discard"],
        "done": [],
        "withdrawn": [],
    }
