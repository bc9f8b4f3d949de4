"""One view says what is wrong with an installation, and processes that differ are told apart."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from application import Application
from paleobc.errors import NotFoundError
from paleobc.services.admin_services import processes_data
from paleobc.services.admin_status import status_data
from paleobc.services.administrators import Shell
from paleobc.store.log_lines import add_log_lines
from paleobc.store.operation_tables import Backup
from paleobc.store.processes import tell
from paleobc.store.runs import add_run
from paleobc.store.tables import utc_now

SHELL = Shell("the engineer")
PROCESS = {
    "kind": "worker",
    "host": "lab1",
    "version": "1.10.0",
    "commit": "abc",
    "schema": "0004",
    "concurrency": 2,
    "load": 0.1,
    "memory_mb": 100.0,
}


@pytest.fixture
def app(tmp_path: Path) -> Application:
    return Application(tmp_path)


def told(app: Application, name: str, *, ago: timedelta = timedelta(0), **values: Any) -> None:
    with app.database.writing() as session:
        tell(session, name, now=utc_now() - ago, **{**PROCESS, "schema": app.database.schema, **values})


def faults(app: Application) -> dict[str, str]:
    with app.database.reading() as session:
        return {one["name"]: one["fault"] for one in processes_data(session, SHELL, app.database.schema)}


def checks(app: Application, depths=None, **settings: Any) -> dict[str, dict[str, Any]]:
    found = app.installation.settings.model_copy(update=settings)
    return {one["name"]: one for one in status_data(app.database, found, SHELL, depths)["checks"]}


def test_processes_of_another_version_than_the_newest_are_told(app):
    told(app, "new")
    told(app, "old", version="1.9.3")
    told(app, "as new")
    found = faults(app)
    assert (found["new"], found["as new"]) == ("", "")
    assert "1.9.3" in found["old"]
    assert "1.10.0" in found["old"]


def test_of_two_builds_of_one_version_the_one_started_last_is_the_newest(app):
    told(app, "first", commit="aaa", started=utc_now() - timedelta(hours=1))
    told(app, "second", commit="bbb", started=utc_now())
    found = faults(app)
    assert found["second"] == ""
    assert "bbb" in found["first"]


def test_a_process_built_for_another_schema_is_told(app):
    told(app, "worker", schema="0001")
    assert "0001" in faults(app)["worker"]
    assert "takes no runs" in faults(app)["worker"]


def test_who_went_away_is_told_and_who_ended_in_order_is_not(app):
    told(app, "gone", ago=timedelta(minutes=5))
    told(app, "ended", ago=timedelta(minutes=5), state="stopped")
    told(app, "long gone", ago=timedelta(days=2))
    found = faults(app)
    assert found.keys() == {"gone", "ended"}
    assert "not heard of" in found["gone"]
    assert found["ended"] == ""
    assert checks(app)["processes gone"]["state"] == "note"


def test_an_installation_that_does_nothing_is_well(app):
    found = checks(app)
    assert {one["state"] for one in found.values()} <= {"good", "note"}, found
    assert found["database"]["state"] == found["queues"]["state"] == found["failed runs"]["state"] == "good"


def test_what_is_wrong_is_told(app, monkeypatch):
    ada = app.user("ada")
    experiment = app.experiment(ada)
    long_ago = utc_now() - timedelta(hours=2)
    told(app, "old", version="1.0")
    told(app, "new")
    with app.database.writing() as session:
        shared = {"asset": "routing", "fingerprint": "f"}
        add_run(session, experiment, step="routing", created=long_ago, **shared)
        add_run(session, experiment, step="pft", state="failed", ended=long_ago, **shared)
        session.add(Backup(target="x", state="good", started=utc_now() - timedelta(days=5)))
        line = {"at": utc_now(), "level": "ERROR", "logger": "x", "service": "web", "process": "x", "message": "x"}
        add_log_lines(session, [line])
    monkeypatch.setattr("paleobc.services.admin_storage.KEPT_FREE", 10**18)
    found = checks(app, backup_url="/somewhere")
    wrong = {name for name, one in found.items() if one["state"] == "bad"}
    assert wrong == {"process", "queues", "failed runs", "backups", "room"}
    assert "120 min" in found["queues"]["sentence"]
    assert found["logs"]["state"] == "note"


def test_the_broker_is_told_as_it_is(app):
    broker = {"broker_url": "amqp://somewhere"}
    assert checks(app)["broker"]["state"] == "good"
    assert checks(app, **broker)["broker"]["state"] == "note"  # nobody here knows it
    assert checks(app, lambda: {"science": (0, 0)}, **broker)["broker"]["state"] == "good"
    assert "2 messages" in checks(app, lambda: {"science": (0, 2)}, **broker)["broker"]["sentence"]

    def down():
        raise ConnectionError("nobody listens")

    assert "nobody listens" in checks(app, down, **broker)["broker"]["sentence"]
    assert checks(app, down, **broker)["workers"]["state"] == "bad"


def test_a_schema_of_another_version_is_told_and_nothing_else_is_asked(app, monkeypatch):
    app.database.migrate_to("0003")
    found = checks(app)
    assert found.keys() == {"database"}
    assert "0003" in found["database"]["sentence"]


def test_others_find_nothing(app):
    ada = app.user("ada")
    with pytest.raises(NotFoundError):
        status_data(app.database, app.installation.settings, ada)
    with app.database.reading() as session, pytest.raises(NotFoundError):
        processes_data(session, ada, "0004")
