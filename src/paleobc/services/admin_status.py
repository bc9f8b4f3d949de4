"""An installation in one view: what is well, what to know of, and what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any, Final, Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from paleobc.conventions import counted
from paleobc.services.admin_database import schema_fault
from paleobc.services.admin_integrity import check_data
from paleobc.services.admin_runs import Depths, queues_data, runs_data
from paleobc.services.admin_services import processes_data, workers_of
from paleobc.services.admin_storage import room_data
from paleobc.services.administrators import Actor, check_actor
from paleobc.settings import Settings
from paleobc.store.database import Database
from paleobc.store.operation_tables import Backup, LogLine
from paleobc.store.tables import User, utc_now

#: A run that waits for so long has nobody who takes it [s].
_LONG: Final = 900.0
#: Where less is free than this part of the disk, it is time to make room.
_LITTLE: Final = 0.1
_DAY: Final = timedelta(days=1)

State = Literal["good", "note", "bad"]


@dataclass(frozen=True)
class Check:
    """
    One thing that was looked at.

    Parameters
    ----------
    name : str
    state : {"good", "note", "bad"}
        "note": it works, and is to be known.
    sentence : str
    place : str
        Page of the administration that tells more.
    """

    name: str
    state: State
    sentence: str
    place: str


def status_data(
    database: Database, settings: Settings, by: Actor, depths: Callable[[], Depths] | None = None
) -> dict[str, Any]:
    """
    How an installation is.

    Parameters
    ----------
    database : Database
    settings : Settings
    by : User or Shell
    depths : callable, optional
        Gives the messages ready and dead of each queue of the broker; None: nobody here knows the broker.

    Returns
    -------
    dict
        ``state``, the worst of all, and ``checks``.
    """
    fault = schema_fault(database)
    if fault:  # of another schema nothing else can be asked
        return _told([Check("database", "bad", fault, "database")])
    found, broker = broker_depths(depths)
    with database.reading() as session:
        check_actor(session, by)
        checks = [
            Check("database", "good", f"It has the schema {database.schema} of this version.", "database"),
            _room(settings),
            _broker(settings, found, broker),
            *_processes(session, by, database.schema, settings),
            *_runs(session, by, found),
            _backups(session, settings),
            *_integrity(session, by),
            _errors(session),
        ]
    return _told(checks)


def broker_depths(depths: Callable[[], Depths] | None) -> tuple[Depths | None, str]:
    """Messages of the broker, None where they cannot be known; and what it said in place of an answer."""
    if depths is None:
        return None, ""
    try:
        return depths(), ""
    except Exception as error:  # whatever a broker that is away raises: everything else is told all the same
        return None, str(error) or type(error).__name__


def _told(checks: list[Check]) -> dict[str, Any]:
    states = [check.state for check in checks]
    worst = next((state for state in ("bad", "note") if state in states), "good")
    return {"state": worst, "checks": [asdict(check) for check in checks]}


def _room(settings: Settings) -> Check:
    room = room_data(settings)
    free, total, least = room["free"], room["total"], room["least"]
    if free is None:
        return Check("room", "note", "How much room is left cannot be known.", "storage")
    words = f"{free / 1e9:.1f} GB of {total / 1e9:.1f} GB are free" + (
        "" if room["is_folder"] else " on this machine; of the object store it is not known"
    )
    if free < least:
        return Check("room", "bad", f"{words}: nothing is taken in below {least / 1e9:.1f} GB. Make room.", "storage")
    return Check("room", "note" if free < _LITTLE * total else "good", f"{words}.", "storage")


def _broker(settings: Settings, depths: Depths | None, said: str) -> Check:
    if not settings.broker_url:
        return Check("broker", "good", "There is none: runs are performed by the process that serves.", "queues")
    if said:
        words = f"The broker cannot be asked: {said.rstrip('.')}. Runs are kept until it can."
        return Check("broker", "bad", words, "queues")
    if depths is None:
        return Check("broker", "note", "How many messages it has is not known here.", "queues")
    dead = max((number for _, number in depths.values()), default=0)
    if dead:
        words = f"It answers; {counted(dead, 'message')} that nobody could use were put aside. No run is lost by that."
        return Check("broker", "note", words, "queues")
    return Check("broker", "good", "It answers, and put no message aside.", "queues")


def _processes(session: Session, by: Actor, schema: str | None, settings: Settings) -> Iterator[Check]:
    found = processes_data(session, by, schema)
    alive = [one for one in found if one["is_alive"]]
    faults = [one for one in found if one["fault"]]
    workers = workers_of(found)
    if settings.broker_url and not workers:
        yield Check("workers", "bad", "No worker is there: runs wait. Start `paleobc work`.", "services")
    for one in (one for one in faults if one["is_alive"]):
        yield Check("process", "bad", f"{one['kind']} {one['name']}: {one['fault']}", "services")
    gone = len([one for one in faults if not one["is_alive"]])
    if gone:
        words = "Number that went away within a day without saying that they end"
        yield Check("processes gone", "note", f"{words}: {gone}.", "services")
    if not alive:
        yield Check("processes", "note", "No process tells that it is there: nobody serves the pages.", "services")
    elif not any(one["fault"] for one in alive):
        yield Check("processes", "good", f"Number that are there: {len(alive)}, all of one version.", "services")


def _runs(session: Session, by: Actor, depths: Depths | None) -> Iterator[Check]:
    late = [one for one in queues_data(session, by, depths) if (one["oldest_seconds"] or 0) > _LONG]
    for one in late:
        words = f"In the queue {one['queue']} the oldest of {counted(one['waiting'], 'run')} waits for "
        yield Check("queues", "bad", f"{words}{one['oldest_seconds'] / 60:.0f} min.", "queues")
    if not late:
        yield Check("queues", "good", f"No run waits for longer than {_LONG / 60:.0f} min.", "queues")
    failed = [one for one in runs_data(session, by, "failed") if not one["is_input_fault"]]
    if failed:
        words = f"{counted(len(failed), 'run')} failed through no fault of the input; look, and retry or put aside."
        yield Check("failed runs", "bad", words, "queues")
    else:
        yield Check("failed runs", "good", "No run failed through a fault of the machines.", "queues")


def _backups(session: Session, settings: Settings) -> Check:
    if not settings.backup_url:
        return Check("backups", "note", "None are made here: PALEOBC_BACKUP_URL is empty.", "")
    newest = session.scalar(select(func.max(Backup.started)).where(Backup.state == "good"))
    if newest is None:
        first = session.scalar(select(func.min(User.created)))
        is_new = first is None or utc_now() - first < timedelta(hours=settings.backup_hours)
        return Check("backups", "note" if is_new else "bad", "There is no good backup yet.", "")
    hours = (utc_now() - newest).total_seconds() / 3600
    words = f"The last good one began {hours:.0f} h ago; one is made every {settings.backup_hours} h."
    return Check("backups", "bad" if hours > 2 * settings.backup_hours else "good", words, "")


def _integrity(session: Session, by: Actor) -> Iterator[Check]:
    check = check_data(session, by)
    if check is None:
        yield Check("files", "note", "Their checksums were never looked at; `paleobc admin verify` does.", "storage")
        return
    bad = check["bad_count"] - sum(one["mended"] for one in check["bad"])
    if bad:
        yield Check("files", "bad", f"{counted(bad, 'file')} gone or harmed at the last check.", "storage")
    else:
        words = f"{counted(check['checked'], 'file')} as they should be at the check of {check['begun'][:10]}."
        yield Check("files", "good" if check["state"] != "interrupted" else "note", words, "storage")


def _errors(session: Session) -> Check:
    since = utc_now() - _DAY
    errors = select(func.count()).where(LogLine.at > since, LogLine.level.in_(("ERROR", "CRITICAL")))
    number = session.scalar(errors) or 0
    words = f"{counted(number, 'line')} of errors within a day." if number else "No line of errors within a day."
    return Check("logs", "note" if number else "good", words, "logs")
