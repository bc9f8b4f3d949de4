"""The processes of an installation, and what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from paleobc.services.administrators import Actor, check_actor
from paleobc.store.operation_tables import Process
from paleobc.store.processes import ENDED, LIVING
from paleobc.store.tables import utc_now

#: Those that ended are shown for so long, for whoever looks for the reason.
_SHOWN: Final = timedelta(days=1)


def processes_data(session: Session, by: Actor, schema: str | None) -> list[dict[str, Any]]:
    """
    Processes that serve pages or perform runs, and those that ended within a day, with what is wrong with each.

    Parameters
    ----------
    session : Session
    by : User or Shell
    schema : str or None
        Schema that the database has.

    Returns
    -------
    list of dict
        ``is_alive`` is whether it was heard of within 30 s, ``fault`` a sentence, empty where all is well.
    """
    check_actor(session, by)
    now = utc_now()
    query = select(Process).where(Process.seen > now - _SHOWN).order_by(Process.kind, Process.host, Process.started)
    found = session.scalars(query).all()
    living = [process for process in found if _is_alive(process)]
    newest = max(living, key=_age_of_build, default=None)
    return [
        {
            "name": process.id,
            "kind": process.kind,
            "host": process.host,
            "version": process.version,
            "commit": process.commit,
            "schema": process.schema,
            "queues": process.queues,
            "concurrency": process.concurrency,
            "running": process.running,
            "load": process.load,
            "memory_mb": process.memory_mb,
            "state": process.state if _is_alive(process) or process.state in ENDED else "gone",
            "said": process.said,
            "started": process.started.isoformat(),
            "seen": process.seen.isoformat(),
            "is_alive": _is_alive(process),
            "fault": _fault(process, newest, schema) if _is_alive(process) or process.state not in ENDED else "",
        }
        for process in sorted(found, key=lambda process: not _is_alive(process))
    ]


def _is_alive(process: Process) -> bool:
    """Whether a process was heard of lately, and did not say that it ends."""
    return process.state not in ENDED and utc_now() - process.seen < LIVING


def _age_of_build(process: Process) -> tuple[list[int], Any]:
    """Order of builds: by version, then by when a process of it was started last."""
    return [int(part) for part in re.findall(r"\d+", process.version)], process.started


def _fault(process: Process, newest: Process | None, schema: str | None) -> str:
    """What is wrong with a process, as a sentence."""
    if not _is_alive(process):
        return "It was not heard of for a while, and did not say that it ends: look whether its machine is well."
    if schema is not None and process.schema != schema:
        return (
            f"It was built for the schema {process.schema} of the database, which has {schema}: it takes no runs. "
            "Replace it by the newest version."
        )
    if newest is not None and (process.version, process.commit) != (newest.version, newest.commit):
        return f"It is {_build(process)}, and the newest is {_build(newest)}: replace it by the same."
    if process.state == "refused":
        return process.said or "It takes no runs."
    return ""


def _build(process: Process) -> str:
    return f"{process.version} ({process.commit[:12]})" if process.commit else process.version


def workers_of(processes: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those of the processes that take runs now."""
    return [one for one in processes if one["is_alive"] and one["concurrency"] > 0 and one["state"] == "working"]
