"""Processes tell of themselves, and who was not heard of lately is not there."""

from __future__ import annotations

from datetime import timedelta

from paleobc.store.operation_tables import Process
from paleobc.store.processes import KEPT, LIVING, living_processes, tell
from paleobc.store.tables import utc_now

TOLD = {"kind": "worker", "host": "here", "version": "1", "schema": "0004", "queues": ["science"]}


def test_a_process_is_told_of_once_however_often_it_tells(database):
    for running in (1, 2):
        with database.writing() as session:
            tell(session, "a", **TOLD, running=running, commit="abc")
    with database.reading() as session:
        (process,) = living_processes(session)
    assert (process.running, process.queues, process.state, process.commit) == (2, ["science"], "working", "abc")


def test_who_was_not_heard_of_or_has_stopped_is_not_there(database):
    now = utc_now()
    with database.writing() as session:
        tell(session, "lives", **TOLD, now=now - LIVING / 2)
        tell(session, "silent", **TOLD, now=now - 2 * LIVING)
        tell(session, "stopped", **TOLD, state="stopped", now=now)
        tell(session, "refuses", **TOLD, state="refused", now=now)
        tell(session, "web", **TOLD | {"kind": "web"}, now=now)
    with database.reading() as session:
        assert {process.id for process in living_processes(session, "worker", now=now)} == {"lives", "refuses"}
        assert {process.id for process in living_processes(session, now=now)} == {"lives", "refuses", "web"}


def test_who_has_been_gone_for_a_week_is_forgotten(database):
    now = utc_now()
    with database.writing() as session:
        tell(session, "old", **TOLD, now=now - KEPT - timedelta(minutes=1))
        tell(session, "older than a day", **TOLD, now=now - timedelta(days=1))
        tell(session, "new", **TOLD, now=now)
    with database.reading() as session:
        assert {process.id for process in session.query(Process)} == {"older than a day", "new"}
