"""What a run says of itself while it is performed: what it does, and how far it is where that is known."""

from __future__ import annotations

import time
from functools import partial

import pytest
from sqlalchemy import select

from application import Application
from paleobc.services import running
from paleobc.services.run_progress import RunProgress, usual_seconds
from paleobc.store.database import Database
from paleobc.store.revisions import add_revision
from paleobc.store.runs import add_run
from paleobc.store.tables import Event, Run


@pytest.fixture
def app(tmp_path):
    return Application(tmp_path)


@pytest.fixture
def app_and_run(app):
    ada = app.user("ada")
    experiment = app.experiment(ada)
    with app.database.writing() as session:
        return app, add_run(session, experiment, step="routing", asset="routing", fingerprint="0")


def took(app, run, *seconds):
    """Let the step have taken so long before."""
    with app.database.writing() as session:
        for number, each in enumerate(seconds):
            add_revision(
                session,
                run.experiment_id,
                run.asset,
                content=str(number),
                bytes=1,
                fingerprint=str(number),
                step=run.step,
                step_version=1,
                seconds=each,
            )


def usual(app, run):
    with app.database.reading() as session:
        return usual_seconds(session, run)


def test_a_quick_run_says_nothing(app_and_run):
    app, run = app_and_run
    said = []
    with RunProgress(app.database, run, lambda *words: said.append(words)) as progress:
        progress.enter("Computes.")
    assert said == []


def test_each_part_of_a_long_run_is_said_once_and_how_far_it_is_only_where_known(app_and_run):
    app, run = app_and_run
    said = []
    with RunProgress(app.database, run, lambda *words: said.append(words), every=0.01) as progress:
        for phase in ("Computes.", "Writes the result."):
            progress.enter(phase)
            time.sleep(0.3)
    assert said == [("Computes.", None), ("Writes the result.", None)]


def test_a_run_that_was_made_before_tells_how_far_it_is_and_never_that_it_is_done(app_and_run):
    app, run = app_and_run
    took(app, run, 1.0)
    said = []
    with RunProgress(app.database, run, lambda *words: said.append(words), every=0.01) as progress:
        progress.enter("Computes.")
        time.sleep(1.5)
    lines, parts = zip(*said, strict=True)
    assert lines[0] == "Of late it took up to 1 s.\nComputes."
    assert set(lines[1:]) == {""}
    assert list(parts) == sorted(parts)
    assert 0.85 < parts[-1] <= 0.95
    assert len(parts) <= 20


def test_the_usual_time_is_that_of_results_that_were_not_found_ready(app_and_run):
    app, run = app_and_run
    assert usual(app, run) is None
    took(app, run, 0.2)
    assert usual(app, run) is None
    took(app, run, 4.0, 0.01)
    assert usual(app, run) == 4.0


def test_a_database_that_cannot_be_used_does_not_stop_a_run(app_and_run, tmp_path):
    _, run = app_and_run
    said = []
    empty = Database(f"sqlite:///{tmp_path / 'empty.sqlite'}")
    with RunProgress(empty, run, lambda *words: said.append(words), every=0.01) as progress:
        progress.enter("Computes.")
        time.sleep(0.1)
    assert said == []
    empty.close()


def test_runs_of_a_world_say_what_they_do_in_their_logs_and_to_open_pages(app, monkeypatch):
    monkeypatch.setattr(running, "RunProgress", partial(RunProgress, every=0.001))
    ada = app.user("ada")
    app.give_world(ada, app.experiment(ada))
    app.work()
    with app.database.reading() as session:
        runs = session.scalars(select(Run)).all()
        told = [event.data for event in session.scalars(select(Event).where(Event.kind == "run_progress"))]
    logs = "".join(run.log for run in runs)
    assert {run.state for run in runs} == {"done"}
    assert all(word in logs for word in ("Reads the file.", "Reads what it needs.", "Computes.", "Writes the result."))
    assert "\n\n" not in logs
    assert {"Computes.", "Writes the result."} <= {event["line"] for event in told}
    assert all(run.progress == 1.0 for run in runs)
