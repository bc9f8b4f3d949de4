"""Numbers of an installation for those who watch over it, from the database: each replica gives the same."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime
from importlib.metadata import version
from typing import Final

from prometheus_client.core import GaugeMetricFamily, Metric
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from paleobc.errors import InputError
from paleobc.services.run_metrics import kept_run_metrics, run_metrics
from paleobc.settings import Settings
from paleobc.store.database import Database
from paleobc.store.faults import DATABASE_FAULTS
from paleobc.store.operation_tables import Backup
from paleobc.store.processes import living_processes
from paleobc.store.storage import bytes_by_folder
from paleobc.store.tables import Experiment, User, utc_now

#: What was read is given again for so long [s]; that for which whole tables are read, for so long [s].
_FRESH: Final = 5.0
_FRESH_WHOLE: Final = 300.0
_MEGABYTE: Final = 1_000_000


class Metrics:
    """
    Numbers of an installation; several who ask at the same time get what one of them read.

    Parameters
    ----------
    database : Database
    settings : Settings
    """

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database, self._settings = database, settings
        self._lock = threading.Lock()
        self._found: list[Metric] = []
        self._whole: list[Metric] = []
        self._read_at = self._whole_read_at = float("-inf")

    def collect(self) -> list[Metric]:
        """All numbers; where the database cannot be used only that it cannot."""
        with self._lock:
            try:
                if time.monotonic() - self._read_at >= _FRESH:
                    self._found = self._read()
                    self._read_at = time.monotonic()
                found = self._found
            except (*DATABASE_FAULTS, InputError):
                found = [_database_up(0)]
        return [*found, *_disk_metrics(self._settings)]

    def _read(self) -> list[Metric]:
        schema, now = self._database.schema, utc_now()
        with self._database.reading() as session:
            if time.monotonic() - self._whole_read_at >= _FRESH_WHOLE:
                self._whole = [*kept_run_metrics(session), *_people_metrics(session), *_storage_metrics(session)]
                self._whole_read_at = time.monotonic()
            return [
                _database_up(1),
                _build(schema or "none"),
                *run_metrics(session, now),
                *_process_metrics(session, now),
                *self._whole,
                *_backup_metrics(session, self._settings, now),
            ]


def broker_metrics(depths: Callable[[], dict[str, tuple[int, int]]] | None) -> Iterator[Metric]:
    """
    Messages of the broker.

    Parameters
    ----------
    depths : callable, optional
        Gives the messages of each queue that are ready, and those that were put aside; None: there is no broker.
    """
    if depths is None:
        return
    up = GaugeMetricFamily("paleobc_broker_up", "Whether this process reaches the broker: 1, or 0.")
    try:
        found = depths()
    except Exception:  # whatever a broker that is away raises: the other numbers are told all the same
        up.add_metric((), 0)
        yield up
        return
    up.add_metric((), 1)
    messages = GaugeMetricFamily(
        "paleobc_broker_messages", "Messages of the broker, by queue and state.", labels=("queue", "state")
    )
    for queue, (ready, dead) in sorted(found.items()):
        messages.add_metric((queue, "ready"), ready)
        messages.add_metric((queue, "dead"), dead)
    yield from (up, messages)


def _database_up(value: int) -> Metric:
    return GaugeMetricFamily("paleobc_database_up", "Whether this process can read the database: 1, or 0.", value=value)


def _build(schema: str) -> Metric:
    """Which program answers, and which schema the database has."""
    family = GaugeMetricFamily(
        "paleobc_build_info",
        "Always 1; its labels tell of the process that answers, and the schema of the database.",
        labels=("version", "commit", "schema"),
    )
    family.add_metric((version("paleobc"), os.environ.get("PALEOBC_COMMIT", ""), schema), 1)
    return family


def _process_metrics(session: Session, now: datetime) -> Iterator[Metric]:
    """Processes that told of themselves lately, by what they are and where."""
    number: Counter[tuple[str, str, str]] = Counter()
    places: Counter[tuple[str, str]] = Counter()
    running, memory = places.copy(), places.copy()
    load: defaultdict[str, float] = defaultdict(float)
    for one in living_processes(session, now=now):
        number[one.kind, one.version, one.state] += 1
        places[one.host, one.kind] += one.concurrency if one.state == "working" else 0
        running[one.host, one.kind] += one.running
        memory[one.host, one.kind] += round(one.memory_mb * _MEGABYTE)
        load[one.host] = max(load[one.host], one.load)
    processes = GaugeMetricFamily(
        "paleobc_processes", "Processes that live, by kind, version and state.", labels=("kind", "version", "state")
    )
    for key in number:
        processes.add_metric(key, number[key])
    yield processes
    for name, words, found in (
        ("paleobc_places", "Runs that the processes of a host can perform at the same time.", places),
        ("paleobc_processes_running", "Runs that the processes of a host perform now.", running),
        ("paleobc_processes_memory_bytes", "Memory that the processes of a host take, with their children.", memory),
    ):
        family = GaugeMetricFamily(name, words, labels=("host", "kind"))
        for where, count in sorted(found.items()):
            family.add_metric(where, count)
        yield family
    loads = GaugeMetricFamily(
        "paleobc_host_load_ratio", "Load of a host, divided by its processors: above 1 work waits.", labels=("host",)
    )
    for host, value in sorted(load.items()):
        loads.add_metric((host,), value)
    yield loads


def _people_metrics(session: Session) -> Iterator[Metric]:
    """Users and their experiments."""
    states = {"active": 0, "disabled": 0}
    states |= dict(session.execute(select(User.state, func.count()).group_by(User.state)).all())
    users = GaugeMetricFamily("paleobc_users", "Accounts, by state.", labels=("state",))
    for state, count in states.items():
        users.add_metric((state,), count)
    experiments = GaugeMetricFamily("paleobc_experiments", "Experiments, by where they are.", labels=("place",))
    in_use = select(func.count()).select_from(Experiment).where(Experiment.deleted.is_(None))
    in_bin = select(func.count()).select_from(Experiment).where(Experiment.deleted.is_not(None))
    experiments.add_metric(("list",), session.scalar(in_use) or 0)
    experiments.add_metric(("bin",), session.scalar(in_bin) or 0)
    yield from (users, experiments)


def _storage_metrics(session: Session) -> Iterator[Metric]:
    """Files that experiments name; one that several name counts once."""
    number = GaugeMetricFamily("paleobc_storage_files", "Files that experiments name, by folder.", labels=("folder",))
    size = GaugeMetricFamily(
        "paleobc_storage_bytes", "Bytes of the files that experiments name, by folder.", labels=("folder",)
    )
    for folder, (files, total) in bytes_by_folder(session).items():
        number.add_metric((folder,), files)
        size.add_metric((folder,), total)
    yield from (number, size)


def _backup_metrics(session: Session, settings: Settings, now: datetime) -> Iterator[Metric]:
    """How old the last good backup is, and how many failed after it."""
    newest = session.scalar(select(func.max(Backup.started)).where(Backup.state == "good"))
    if newest is None and not settings.backup_url:
        return
    failed = select(func.count()).select_from(Backup).where(Backup.state == "failed")
    if newest is not None:
        failed = failed.where(Backup.started > newest)
    age = (now - newest).total_seconds() if newest is not None else float("inf")
    for name, words, value in (
        ("paleobc_backup_age_seconds", "Time since the last good backup began [s]; +Inf: there is none.", age),
        (
            "paleobc_backup_interval_seconds",
            "Time that is to pass between two backups [s].",
            settings.backup_hours * 3600,
        ),
        ("paleobc_backups_failed", "Backups that failed after the last good one.", session.scalar(failed) or 0),
    ):
        yield GaugeMetricFamily(name, words, value=value)


def _disk_metrics(settings: Settings) -> Iterator[Metric]:
    """Room on the disk of the data folder of this process."""
    try:
        usage = shutil.disk_usage(settings.data_folder)
    except OSError:
        return
    for name, words, value in (
        ("paleobc_disk_free_bytes", "Room that is free on the disk of the data folder of this process.", usage.free),
        ("paleobc_disk_size_bytes", "Size of the disk of the data folder of this process.", usage.total),
    ):
        yield GaugeMetricFamily(name, words, value=value)
