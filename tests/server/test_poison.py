"""Poison that one user uploads ends in sentences, while ten others get what they came for."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from sqlalchemy import select

from application import Application
from drills.served import Person, Served
from paleobc.steps.catalogue import GRAPH
from paleobc.store.runs import OPEN
from paleobc.store.tables import Run, User
from paleobc.store.users import add_token
from poison import POISON, swollen
from small_world import small_world, write_world

#: Limits of a step here.
SECONDS, MEMORY_MB = 40, 1500
#: Within that, a file of somebody else begins to be read, whatever else goes on.
SOON = timedelta(seconds=10)


@pytest.fixture
def app(tmp_path):
    return Application(tmp_path / "data")


@pytest.fixture
def served(app, tmp_path):
    found = Served(app.folder, tmp_path / "log", step_seconds=SECONDS, step_memory_mb=MEMORY_MB)
    yield found
    found.kill()


def person(app: Application, user: User) -> Person:
    """Somebody at a new experiment."""
    with app.database.writing() as session:
        token, _ = add_token(session, user.id, "a script")
    return Person(app.experiment(user), token)


def runs_of(app: Application, *users: User) -> list[Run]:
    """All runs of some users."""
    with app.database.reading() as session:
        return list(session.scalars(select(Run).where(Run.asked_by.in_([user.id for user in users]))))


def until_ended(app: Application, *users: User) -> None:
    """Wait until all runs of some users have ended."""
    end = time.monotonic() + 90
    while any(run.state in OPEN for run in runs_of(app, *users)):
        assert time.monotonic() < end, [(run.step, run.state) for run in runs_of(app, *users)]
        time.sleep(0.05)


def test_poison_of_one_user_ends_in_sentences_while_ten_others_get_all_they_need(app, served, tmp_path):
    mallory, others = app.user("mallory"), [app.user(f"user {number}") for number in range(10)]
    poison = {}
    for kind, make in [("swollen", swollen), *POISON.items(), ("swollen too", swollen)]:
        path = tmp_path / f"{kind}.nc"
        make(path)
        victim = person(app, mallory)
        victim.meet(served.address)
        poison[kind] = victim.upload(path.read_bytes(), path.name).json()["id"]
        victim.close()
    people = [person(app, user) for user in others]
    for number, one in enumerate(people):
        one.meet(served.address)
        content = write_world(tmp_path / "world.nc", small_world() + number).read_bytes()
        assert one.upload(content, "world.nc").status_code == 202
    until_ended(app, *others)
    for one in people:
        states = {asset["asset"]: asset["state"] for asset in one.look()["assets"]}
        assert {states[asset] for asset in GRAPH.assets} == {"current"}
        one.close()
    assert {(run.state, run.attempts) for run in runs_of(app, *others)} == {("done", 1)}
    until_ended(app, mallory)
    for kind, run_id in poison.items():
        run = app.run(run_id)
        assert (run.state, run.attempts) == ("failed", 1), (kind, run.sentence, run.log)
        assert run.sentence.endswith((".", "?"))
        assert f"{kind}.nc" in run.sentence or "memory" in run.sentence, (kind, run.sentence)
        assert (run.ended - run.started).total_seconds() < SECONDS
    waits = [run.started - run.created for run in runs_of(app, *others) if run.step == "read_relief"]
    assert max(waits) < SOON
