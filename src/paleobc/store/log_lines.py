"""Lines of the logs of all processes, as they are kept for administrators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from paleobc.store.operation_tables import LogLine

#: Levels of lines, the least first.
LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
_MOST_AT_ONCE: Final = 5000


def add_log_lines(session: Session, lines: Sequence[Mapping[str, Any]]) -> None:
    """
    Keep lines.

    Parameters
    ----------
    session : Session
        One that writes.
    lines : sequence of dict
        Columns of `paleobc.store.operation_tables.LogLine`; a ``trace`` of an error follows its message.
    """
    rows = [
        {
            "at": line["at"],
            "level": line["level"],
            "logger": line["logger"],
            "service": line["service"],
            "process": line["process"],
            "message": "\n".join(part for part in (line["message"], line.get("trace")) if part),
            "request": line.get("request"),
            "run": line.get("run"),
        }
        for line in lines
    ]
    if rows:
        session.execute(insert(LogLine), rows)


def log_lines(
    session: Session,
    *,
    run: str = "",
    request: str = "",
    level: str = "DEBUG",
    service: str = "",
    since: datetime | None = None,
    before: int | None = None,
    most: int = 200,
) -> Sequence[LogLine]:
    """
    Lines, newest first.

    Parameters
    ----------
    session : Session
    run, request : str
        Of this run, of this request; empty: of any and of none.
    level : str
        The least of their levels, one of `LEVELS`.
    service : str
        Of this service; empty: of all.
    since : datetime, optional
        Not older than this.
    before : int, optional
        Id of the oldest line of the page before.
    most : int
    """
    query = select(LogLine)
    for column, value in ((LogLine.run, run), (LogLine.request, request), (LogLine.service, service)):
        if value:
            query = query.where(column == value)
    if level != LEVELS[0]:
        query = query.where(LogLine.level.in_(LEVELS[LEVELS.index(level) :]))
    if since is not None:
        query = query.where(LogLine.at >= since)
    if before is not None:
        query = query.where(LogLine.id < before)
    return session.scalars(query.order_by(LogLine.id.desc()).limit(most)).all()


def remove_lines_before(session: Session, time: datetime) -> int:
    """Remove lines older than a time, so many that nobody waits for long; returns how many."""
    old = select(LogLine.id).where(LogLine.at < time).limit(_MOST_AT_ONCE)
    ids = session.scalars(old).all()
    if ids:
        session.execute(delete(LogLine).where(LogLine.id.in_(ids)))
    return len(ids)
