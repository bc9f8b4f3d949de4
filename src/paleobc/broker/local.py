"""A pool of processes on this machine that performs whatever waits, without anybody who calls."""

from __future__ import annotations

from paleobc.broker.handlers import Handlers, Limits
from paleobc.broker.processes import RunProcesses
from paleobc.store.database import Database


class LocalPool:
    """
    Performs waiting runs in processes of this machine, one after the other while a process is free.

    Parameters
    ----------
    database : Database
    workers : int
        Runs of one user at the same time, and of all but for the reserve; 0: runs are left to others.
    limits : Limits
    handlers : Handlers
    """

    def __init__(self, database: Database, workers: int, limits: Limits, handlers: Handlers) -> None:
        self._workers = workers
        self._processes = RunProcesses(database, workers, limits, handlers, self._begin_all)

    def start(self) -> None:
        """Begin to perform runs."""
        if self._workers > 0:
            self._processes.start()

    @property
    def is_alive(self) -> bool:
        """Whether runs are being performed, or would be."""
        return self._workers == 0 or self._processes.is_alive

    @property
    def running(self) -> int:
        """Number of runs that are being performed."""
        return self._processes.running

    def wake(self) -> None:
        """Look for runs now."""
        self._processes.wake()

    def stop(self) -> None:
        """End at once; what was being performed waits again, for whoever comes next."""
        self._processes.stop()

    def _begin_all(self) -> None:
        """Begin runs as long as one may begin and a process is free."""
        while self._processes.begin_next() is not None:
            pass
