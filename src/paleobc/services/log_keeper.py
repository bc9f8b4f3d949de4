"""Lines of the log that administrators may look for, brought into the database beside whatever goes on."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from typing import Any, Final

from paleobc.services.log_context import request
from paleobc.services.log_text import LineText
from paleobc.store.database import Database
from paleobc.store.faults import DATABASE_FAULTS
from paleobc.store.log_lines import add_log_lines
from paleobc.store.tables import utc_now

#: So many lines wait for the database at most, and so many go there together.
MOST_WAITING: Final = 5000
_MOST_TOGETHER: Final = 500
#: So many lines of a request are held until it is known whether it goes well.
_MOST_HELD: Final = 100
#: Lines are gathered for so long [s]; a database that is away is tried again after so long, twice it, and so on [s].
_GATHER: Final = 0.2
_FIRST_PAUSE: Final = 0.5
_LONGEST_PAUSE: Final = 30.0


class LineKeeper(logging.Handler):
    """
    Keeps lines from warnings on, all lines of runs, and all lines of requests that bear a warning or an error.

    It never waits and never raises: a thread of its own writes, and where the database is away for long, lines are
    dropped and counted.

    Parameters
    ----------
    text : LineText
    open_database : callable
        Makes the connection to the database, when the first line is kept; closed by the keeper.
    """

    def __init__(self, text: LineText, open_database: Callable[[], Database]) -> None:
        super().__init__()
        self._text, self._open = text, open_database
        self._waiting: deque[dict[str, Any]] = deque()
        self._more, self._ended = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None
        #: Lines that could not be kept since the last one that was.
        self.dropped = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line, or hold it with its request, or let it go."""
        if threading.current_thread() is self._thread:
            return  # of bringing lines into the database there are no lines
        try:
            self._sort(record)
        except Exception:  # whoever writes a line has something better to do than to fail at it
            self.dropped += 1

    def _sort(self, record: logging.LogRecord) -> None:
        asked = request.get()
        is_trouble = record.levelno >= logging.WARNING
        line = self._text.fields(record)
        if asked is not None and is_trouble and asked.held is not None:
            self._keep(asked.held)
            asked.held = None
        if is_trouble or line["run"] or (asked is not None and asked.held is None):
            self._keep([line])
        elif asked is not None and asked.held is not None and len(asked.held) < _MOST_HELD:
            asked.held.append(line)

    def _keep(self, lines: list[dict[str, Any]]) -> None:
        """Let lines wait for the database, if there is room."""
        if self._ended.is_set() or len(self._waiting) + len(lines) > MOST_WAITING:
            self.dropped += len(lines)
            return
        self._waiting.extend(lines)
        if self._thread is None:
            self._thread = threading.Thread(target=self._write_often, name="lines of the log", daemon=True)
            self._thread.start()
        self._more.set()

    def end(self, seconds: float) -> None:
        """Write what waits, and take no more; give up after a time [s]."""
        self._ended.set()
        self._more.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(seconds)

    def _write_often(self) -> None:
        """Bring lines into the database until ended; then what waits once more."""
        database: Database | None = None
        pause = _FIRST_PAUSE
        while not (self._ended.is_set() and not self._waiting):
            self._more.wait()
            self._more.clear()
            self._ended.wait(_GATHER)
            try:
                database = database or self._open()
                self._write(database)
                pause = _FIRST_PAUSE
            except Exception as error:  # the database is away, or full, or of an earlier version: it is tried again
                if not isinstance(error, DATABASE_FAULTS):
                    self._drop_some()  # it may be for these lines
                if self._ended.is_set():
                    break
                self._more.set()
                self._ended.wait(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)
        if database is not None:
            database.close()

    def _write(self, database: Database) -> None:
        """Write all that waits, and how many could not be kept."""
        while self._waiting or self.dropped:
            lines = [self._waiting[number] for number in range(min(len(self._waiting), _MOST_TOGETHER))]
            dropped = self.dropped
            told = [self._told_of(dropped)] if dropped else []
            with database.writing() as session:
                add_log_lines(session, lines + told)
            for _ in lines:
                self._waiting.popleft()
            self.dropped -= dropped

    def _told_of(self, dropped: int) -> dict[str, Any]:
        """Line that tells of those that were not kept."""
        return {
            "at": utc_now(),
            "level": "WARNING",
            "logger": __name__,
            "service": self._text.service,
            "process": self._text.process,
            "message": f"{dropped} lines before this one could not be kept, as the database was away.",
        }

    def _drop_some(self) -> None:
        """Drop the lines that were tried."""
        for _ in range(min(len(self._waiting), _MOST_TOGETHER)):
            self._waiting.popleft()
            self.dropped += 1
