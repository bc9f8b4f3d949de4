"""What processes take of the memory of this machine, and an end to runs that take too much."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from typing import Final

import psutil

from paleobc.broker.process import process_name
from paleobc.store.database import Database
from paleobc.store.faults import DATABASE_FAULTS
from paleobc.store.tables import Run

_MEGABYTE: Final = 1_000_000
#: How often the memory of the workers is looked at [s].
_WATCH_EVERY: Final = 0.1


class MemoryWatch:
    """
    Kills runs whose process takes too much memory.

    Parameters
    ----------
    database : Database
    most_mb : int
        Most memory of a process [MB].
    claims : callable
        Gives the claims of the runs that are performed by processes below this one.
    kill : callable
        Called with the claim of a run that takes too much, and a sentence.
    """

    def __init__(
        self, database: Database, most_mb: int, claims: Callable[[], list[str]], kill: Callable[[str, str], object]
    ) -> None:
        self._database, self._most_mb, self._claims, self._kill = database, most_mb, claims, kill
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._work, name="memory of runs", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def stop(self) -> None:
        """End."""
        self._stopped.set()

    def _work(self) -> None:
        """Look at all processes again and again, while any run is performed."""
        while not self._stopped.wait(_WATCH_EVERY):
            claims = self._claims()
            for process in descendants() if claims else ():
                if memory_mb(process) > self._most_mb:
                    with contextlib.suppress(*DATABASE_FAULTS, psutil.NoSuchProcess):
                        self._kill_run_of(process_name(process.pid), claims)

    def _kill_run_of(self, worker: str, claims: list[str]) -> None:
        """Kill the run that a process performs."""
        with self._database.reading() as session:
            runs = session.query(Run.claim).where(Run.claim.in_(claims), Run.worker == worker).all()
        for claim in [claim for (claim,) in runs if claim is not None]:
            memory = f"{self._most_mb} MB of memory"
            self._kill(
                claim, f"This took more than {memory}, the most a step may take, and was stopped; take fewer cells."
            )


def descendants() -> list[psutil.Process]:
    """All processes below this one."""
    try:
        return psutil.Process().children(recursive=True)
    except psutil.Error:
        return []


def memory_mb(process: psutil.Process) -> float:
    """Memory of a process [MB]; 0 where it is gone."""
    try:
        return float(process.memory_info().rss) / _MEGABYTE
    except psutil.Error:
        return 0.0


def memory_of_all_mb() -> float:
    """Memory of this process and of all below it [MB]."""
    return memory_mb(psutil.Process()) + sum(memory_mb(process) for process in descendants())
