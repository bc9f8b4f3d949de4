"""The lines of the logs of all processes, for administrators."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from paleobc.errors import InputError
from paleobc.services.administrators import Actor, check_actor
from paleobc.store.log_lines import LEVELS, log_lines

MOST_LINES = 1000


def lines_data(
    session: Session,
    by: Actor,
    *,
    run: str = "",
    request: str = "",
    level: str = "DEBUG",
    service: str = "",
    since: datetime | None = None,
    before: int | None = None,
    most: int = 200,
) -> list[dict[str, Any]]:
    """
    Lines of the logs, newest first.

    Parameters
    ----------
    session : Session
    by : User or Shell
    run, request, service : str
        Only of this one; empty: of all.
    level : str
        The least of their levels.
    since : datetime, optional
        Not older than this.
    before : int, optional
        Id of the oldest line of the page before.
    most : int

    Raises
    ------
    InputError
        Where there is no such level, or too many are asked for.
    """
    check_actor(session, by)
    if level not in LEVELS:
        raise InputError(f"There is no level {level!r}; the levels are {', '.join(LEVELS)}.")
    if not 1 <= most <= MOST_LINES:
        raise InputError(f"1 to {MOST_LINES} lines are shown at a time.")
    found = log_lines(
        session,
        run=run.strip(),
        request=request.strip(),
        level=level,
        service=service.strip(),
        since=since,
        before=before,
        most=most,
    )
    return [
        {
            "id": line.id,
            "at": line.at.isoformat(),
            "service": line.service,
            "process": line.process,
            "level": line.level,
            "logger": line.logger,
            "message": line.message,
            "request": line.request,
            "run": line.run,
        }
        for line in found
    ]
