"""What a process tells of itself to the register, every few seconds: so it is known to live, and how it is."""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Callable
from importlib.metadata import version
from typing import Any, Final

import psutil
from sqlalchemy.exc import SQLAlchemyError

from paleobc.broker.memory import memory_of_all_mb
from paleobc.broker.process import process_name
from paleobc.store.database import Database
from paleobc.store.processes import tell
from paleobc.store.tables import utc_now

_LOG: Final = logging.getLogger(__name__)

#: How often a process tells of itself [s].
TELL_EVERY: Final = 5.0


class Presence:
    """
    Tells the register how this process is, until it stops.

    A database that cannot be used, or has no register, as of another version, is no reason to stop.

    Parameters
    ----------
    database : Database
    kind : {"web", "worker"}
    state_now : callable
        Gives what is to be told besides, columns of `paleobc.store.operation_tables.Process`.
    """

    def __init__(self, database: Database, kind: str, state_now: Callable[[], dict[str, Any]]) -> None:
        self._database, self._kind, self._state_now = database, kind, state_now
        self._name, self._started = process_name(), utc_now()
        self._woken, self._stopped = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._work, name="presence", daemon=True)
        self._was_told = True

    def start(self) -> None:
        """Begin to tell."""
        self._thread.start()

    def tell_now(self) -> None:
        """Tell at once, as something changed."""
        self._woken.set()

    def stop(self) -> None:
        """Tell that this process ends, and end."""
        self._stopped.set()
        self._woken.set()
        self._thread.join(timeout=3)

    def _work(self) -> None:
        """Tell again and again."""
        while not self._stopped.is_set():
            self._tell()
            self._woken.wait(TELL_EVERY)
            self._woken.clear()
        self._tell(state="stopped", running=0)

    def _tell(self, **last: Any) -> None:
        """Tell once."""
        try:
            told = self._values() | last
            with self._database.writing() as session:
                tell(session, self._name, **told)
            self._was_told = True
        except SQLAlchemyError as error:
            if self._was_told:
                _LOG.warning("The register of processes cannot be written now: %s", error)
            self._was_told = False
        except Exception:  # what a process tells of itself does not end it
            _LOG.exception("Telling of this process failed")

    def _values(self) -> dict[str, Any]:
        """How this process is now."""
        return {
            "kind": self._kind,
            "host": socket.gethostname(),
            "version": version("paleobc"),
            "commit": os.environ.get("PALEOBC_COMMIT", "")[:60],
            "schema": self._database.schema or "",
            "load": psutil.getloadavg()[0] / (psutil.cpu_count() or 1),
            "memory_mb": memory_of_all_mb(),
            "started": self._started,
            **self._state_now(),
        }
