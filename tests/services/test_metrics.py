"""The numbers of an installation are right, the same everywhere, and cheap."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import generate_latest
from sqlalchemy import insert, text

from documentation import rows, section
from paleobc.server.request_metrics import OF_THIS_PROCESS
from paleobc.services.metrics import Metrics, broker_metrics
from paleobc.services.run_metrics import BUCKETS, run_metrics
from paleobc.settings import Settings
from paleobc.store.database import Database
from paleobc.store.operation_tables import Backup, Process
from paleobc.store.tables import Experiment, Revision, Run, User, utc_now


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A database with a user and an experiment."""
    found = Database(Settings(data_folder=tmp_path).database)
    found.migrate()
    with found.writing() as session:
        session.add(User(id="ada", name="ada", name_key="ada"))
        session.flush()
        session.add(Experiment(id="e", owner_id="ada", name="e"))
    yield found
    found.close()


def add_runs(database: Database, *runs: dict[str, Any]) -> None:
    """Add runs with no more said of them than needed."""
    common = {"experiment_id": "e", "asset": "a", "step": "routing", "fingerprint": "f"}
    with database.writing() as session:
        session.execute(insert(Run), [common | {"id": f"r{n}", "number": n} | run for n, run in enumerate(runs)])


def collected(database: Database, **settings: Any) -> dict[tuple[str, ...], float]:
    """All numbers by name and values of the labels."""
    metrics = Metrics(database, Settings(**settings)).collect()
    return {(one.name, *one.labels.values()): one.value for family in metrics for one in family.samples}


def ended(state: str, seconds: float, ago: timedelta = timedelta(0), **more: Any) -> dict[str, Any]:
    end = utc_now() - ago
    return {"state": state, "started": end - timedelta(seconds=seconds), "ended": end} | more


def test_an_empty_installation_has_numbers_for_what_alerts_look_at(database, tmp_path):
    found = collected(database, data_folder=tmp_path)
    for key in (
        ("paleobc_runs_running", "science"),
        ("paleobc_runs_waiting", "science"),
        ("paleobc_runs_waiting_oldest_seconds", "science"),
        ("paleobc_runs_failed_last_hour", "machine"),
    ):
        assert found[key] == 0
    assert found["paleobc_database_up",] == 1
    assert found["paleobc_users", "active"] == found["paleobc_experiments", "list"] == 1
    assert found["paleobc_disk_free_bytes",] > 0
    assert not any(key[0].startswith("paleobc_backup") for key in found)


def test_runs_are_counted_by_state_step_and_queue(database):
    add_runs(
        database,
        {"state": "waiting", "created": utc_now() - timedelta(seconds=100)},
        {"state": "waiting", "created": utc_now()},
        {"state": "waiting", "created": utc_now() - timedelta(seconds=500), "queue": "weights", "step": "weights"},
        {"state": "running"},
        ended("cancelled", 1.0, timedelta(days=9)),
    )
    found = collected(database)
    assert [found["paleobc_runs", state] for state in ("waiting", "running", "done", "cancelled")] == [3, 1, 0, 1]
    assert found["paleobc_runs_open", "waiting", "routing"] == 2
    assert found["paleobc_runs_open", "waiting", "weights"] == 1
    assert (found["paleobc_runs_waiting", "science"], found["paleobc_runs_waiting", "weights"]) == (2, 1)
    assert found["paleobc_runs_running", "science"] == 1
    assert 99 < found["paleobc_runs_waiting_oldest_seconds", "science"] < 200
    assert 499 < found["paleobc_runs_waiting_oldest_seconds", "weights"] < 600


def test_what_ended_in_the_last_hour_is_told_with_its_time_and_who_was_at_fault(database):
    add_runs(
        database,
        ended("done", 2.0),
        ended("done", 20.0, timedelta(minutes=59)),
        ended("done", 20.0, timedelta(minutes=61)),
        ended("failed", 1.0, is_input_fault=True),
        ended("failed", 1.0, is_input_fault=False),
        {"state": "withdrawn", "ended": utc_now()},
    )
    found = collected(database)
    assert found["paleobc_runs_ended_last_hour", "routing", "done"] == 2
    assert found["paleobc_runs_ended_last_hour", "routing", "withdrawn"] == 1
    assert (found["paleobc_runs_failed_last_hour", "input"], found["paleobc_runs_failed_last_hour", "machine"]) == (
        1,
        1,
    )
    name = "paleobc_run_duration_last_hour_seconds"
    classes = [found[f"{name}_bucket", "routing", end] for end in ("1", "3", "10", "30", "+Inf")]
    assert classes == [0, 1, 1, 2, 2]
    assert found[f"{name}_gcount", "routing"] == 2
    assert found[f"{name}_gsum", "routing"] == pytest.approx(22.0)


def test_an_experiment_that_is_removed_takes_its_runs_out_and_no_number_is_a_counter(database):
    add_runs(database, ended("done", 2.0))
    with database.writing() as session:
        session.delete(session.get_one(Experiment, "e"))
    with database.reading() as session:
        families = list(run_metrics(session, utc_now()))
    assert {family.type for family in families} == {"gauge", "gaugehistogram"}
    assert collected(database)["paleobc_runs", "done"] == 0


def process(name: str, **more: Any) -> Process:
    values = {"kind": "worker", "host": "h", "version": "1", "schema": "0004", "concurrency": 2, "running": 1}
    return Process(id=name, **(values | {"load": 0.5, "memory_mb": 100.0, "seen": utc_now()} | more))


def test_processes_that_live_are_counted_and_others_are_not(database):
    with database.writing() as session:
        session.add_all(
            [
                process("a"),
                process("b", load=0.75),
                process("c", version="2", state="refused", host="g"),
                process("gone", seen=utc_now() - timedelta(seconds=31)),
                process("stopped", state="stopped"),
            ]
        )
    found = collected(database)
    processes = {key[1:]: value for key, value in found.items() if key[0] == "paleobc_processes"}
    assert processes == {("worker", "1", "working"): 2, ("worker", "2", "refused"): 1}
    assert found["paleobc_places", "h", "worker"] == 4
    assert found["paleobc_places", "g", "worker"] == 0
    assert found["paleobc_processes_running", "h", "worker"] == 2
    assert found["paleobc_processes_memory_bytes", "h", "worker"] == 200_000_000
    assert found["paleobc_host_load_ratio", "h"] == 0.75


def test_the_age_of_the_last_good_backup_is_told_and_how_many_failed_after_it(database, tmp_path):
    assert collected(database, backup_url=str(tmp_path))["paleobc_backup_age_seconds",] == float("inf")
    ages = [("good", 50), ("failed", 40), ("good", 30), ("failed", 20), ("failed", 10), ("running", 0)]
    with database.writing() as session:
        session.add_all(
            Backup(target="t", state=state, started=utc_now() - timedelta(hours=hours)) for state, hours in ages
        )
    found = collected(database)
    assert found["paleobc_backup_age_seconds",] == pytest.approx(30 * 3600, abs=60)
    assert found["paleobc_backups_failed",] == 2
    assert found["paleobc_backup_interval_seconds",] == 24 * 3600


def test_a_file_that_two_experiments_name_takes_room_once(database):
    with database.writing() as session:
        session.add(Experiment(id="f", owner_id="ada", name="f", deleted=utc_now()))
        session.flush()
        common = {"asset": "a", "number": 1, "content": "c", "bytes": 7, "fingerprint": "x", "step": "s"}
        session.add_all(Revision(experiment_id=one, step_version=1, **common) for one in "ef")
    found = collected(database)
    assert (found["paleobc_storage_files", "contents"], found["paleobc_storage_bytes", "contents"]) == (1, 7)
    assert (found["paleobc_experiments", "list"], found["paleobc_experiments", "bin"]) == (1, 1)


def test_several_who_ask_within_seconds_are_told_the_same(database):
    metrics = Metrics(database, Settings())
    before = metrics.collect()
    add_runs(database, {"state": "running"})
    assert [str(one) for one in metrics.collect()[:5]] == [str(one) for one in before[:5]]


def test_a_broker_that_is_away_is_told_as_such():
    def away() -> dict[str, tuple[int, int]]:
        raise ConnectionRefusedError

    assert [family.samples[0].value for family in broker_metrics(away)] == [0]
    assert list(broker_metrics(None)) == []


def test_prometheus_finds_nothing_wrong_with_what_is_written(database):
    add_runs(database, {"state": "waiting"}, ended("done", 2.0), ended("failed", 1.0))
    with database.writing() as session:
        session.add(process("a"))
    written = generate_latest(_Given(Metrics(database, Settings(backup_url="/somewhere")).collect()))
    found = subprocess.run(
        ["/usr/bin/promtool", "check", "metrics"], check=False, input=written, capture_output=True, timeout=30
    )
    assert (found.returncode, found.stderr) == (0, b"")


class _Given:
    """Numbers as they were collected."""

    def __init__(self, families: list[Any]) -> None:
        self._families = families

    def collect(self) -> list[Any]:
        return self._families


def test_the_numbers_of_a_hundred_thousand_runs_are_read_in_twenty_milliseconds(database):
    """Runs of a year, with rows as long as real ones: those that ended in the last hour are looked at."""
    many = """
        WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 99999)
        INSERT INTO runs (id, experiment_id, number, step, asset, fingerprint, options, inputs, reason, state, sentence,
            is_input_fault, data, log, progress, attempts, faults, priority, queue, created, started, ended, peak_mb)
        SELECT 'many' || i, 'e', 1000 + i, 'routing', 'a', printf('%064d', i), '{}', printf('{"a": "%0200d"}', i), '',
            'done', '', 0, '{}', printf('%0300d', i), 1, 1, 0, 0, 'science',
            strftime('%Y-%m-%d %H:%M:%S.000000', 'now', (-5 * i) || ' minutes'),
            strftime('%Y-%m-%d %H:%M:%S.000000', 'now', (-5 * i) || ' minutes'),
            strftime('%Y-%m-%d %H:%M:%S.000000', 'now', (-5 * i) || ' minutes', '+3 seconds'), 1 FROM n"""
    add_runs(database, {"state": "waiting"}, {"state": "running"})
    with database.writing() as session:
        session.execute(text(many))
    times = []
    for _ in range(7):
        began = time.perf_counter()
        with database.reading() as session:
            families = {family.name: family for family in run_metrics(session, utc_now())}
        times.append(time.perf_counter() - began)
    ended_lately = families["paleobc_runs_ended_last_hour"].samples
    assert [sample.value for sample in ended_lately] in ([12], [13])
    assert min(times) < 0.02, times


def test_the_classes_of_durations_grow():
    assert list(BUCKETS) == sorted(BUCKETS)


def test_every_number_is_described_and_no_other(database, tmp_path):
    from_here = Metrics(database, Settings(backup_url="/somewhere", data_folder=tmp_path)).collect()
    families = [*from_here, *broker_metrics(lambda: {"science": (0, 0)}), *OF_THIS_PROCESS.collect()]
    text_of = rows(section("monitoring", "All numbers"))
    names = {name for name in text_of if name.startswith("paleobc_")}
    assert {family.name + "_total" * (family.type == "counter") for family in families} == names
    for family in families:
        line = text_of[family.name + "_total" * (family.type == "counter")]
        assert ("[s]" in line) == family.name.endswith("_seconds")
        assert ("[bytes]" in line) == family.name.endswith("_bytes") or "storage_files" in family.name
        labels = {label for sample in family.samples for label in sample.labels}
        assert labels <= set(re.findall("`([^`]+)`", line))
