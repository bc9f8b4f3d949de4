"""The log of a process: how its lines are written, which are kept in the database, and for how long."""

from __future__ import annotations

import logging
import sys
from datetime import timedelta
from multiprocessing.util import Finalize
from typing import Final, Literal

from paleobc.broker.process import process_name
from paleobc.services.log_keeper import LineKeeper
from paleobc.services.log_text import FORMATTERS, LineText
from paleobc.settings import Settings
from paleobc.store.database import Database
from paleobc.store.log_lines import remove_lines_before
from paleobc.store.tables import utc_now

#: The library that tells when pages begin and end to be served; of all others only warnings are written, as at lower
#: levels they write addresses with queries, and values.
_UVICORN: Final = "uvicorn"
#: So long the end of a process waits for its last lines [s]: less than those wait who end it.
_LAST_LINES: Final = 2.0


class Logs:
    """
    The log of this process, until it is stopped.

    Parameters
    ----------
    settings : Settings
    service : str
    """

    def __init__(self, settings: Settings, service: str) -> None:
        text = LineText(settings, service, process_name())
        self._keeper = LineKeeper(text, lambda: Database(settings.database))
        self._written = _Written(sys.stderr)
        self._written.setFormatter(FORMATTERS[settings.log_format](text))
        self._before = {name: logging.getLogger(name).level for name in ("", "paleobc", _UVICORN)}
        level = logging.getLevelName(settings.log_level)
        logging.getLogger().setLevel(logging.WARNING)
        logging.getLogger("paleobc").setLevel(level)
        logging.getLogger(_UVICORN).setLevel(max(level, logging.INFO))
        for handler in (self._written, self._keeper):
            logging.getLogger().addHandler(handler)
        # A process of a pool ends without `atexit`, and this is heard of there too.
        self._at_end = Finalize(None, self._end, exitpriority=1)

    @property
    def dropped(self) -> int:
        """Number of lines that could not be kept since the last one that was."""
        return self._keeper.dropped

    def stop(self) -> None:
        """Write what waits and leave the log as it was before; again it does nothing."""
        self._at_end()

    def _end(self) -> None:
        for handler in (self._written, self._keeper):
            logging.getLogger().removeHandler(handler)
        for name, level in self._before.items():
            logging.getLogger(name).setLevel(level)
        self._keeper.end(_LAST_LINES)


class _Written(logging.StreamHandler):  # type: ignore[type-arg]
    """Writes lines to a stream; one that is closed is no reason to say more."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  (a name of the platform)
        """Say nothing: the standard way prints the arguments of the line, secrets and all."""


def set_up_logs(settings: Settings, service: Literal["web", "worker", "backup"]) -> Logs:
    """
    Begin to write and keep the lines of the log of this process.

    Parameters
    ----------
    settings : Settings
        ``log_format`` and ``log_level`` say how lines are written; the database is used once there are lines to keep.
    service : {"web", "worker", "backup"}
        What this process is.

    Returns
    -------
    Logs
        Its ``stop()`` ends it; the end of the process does so too.
    """
    return Logs(settings, service)


def remove_old_lines(database: Database, days: int) -> int:
    """Remove kept lines after so many days, in several steps as others write too; returns how many."""
    removed, oldest = 0, utc_now() - timedelta(days=days)
    while True:
        with database.writing() as session:
            found = remove_lines_before(session, oldest)
        removed += found
        if not found:
            return removed
