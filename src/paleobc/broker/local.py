"""A pool of processes on this machine that performs runs, each within its limits."""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import forkserver
from typing import Any, Final

import psutil
from pebble import ProcessExpired, ProcessFuture, ProcessPool

from paleobc.broker.handlers import Handlers, Limits
from paleobc.broker.process import process_name
from paleobc.store.database import Database
from paleobc.store.faults import DATABASE_FAULTS
from paleobc.store.runs import beat, claim_next, next_waiting, taken_away
from paleobc.store.tables import Run

_LOG: Final = logging.getLogger(__name__)

#: How often the database is looked at when nobody calls, and how often leases are prolonged [s].
_LOOK_EVERY: Final = 1.0
_BEAT_EVERY: Final = 5.0
#: How often the memory of the workers is looked at [s].
_WATCH_EVERY: Final = 0.1
#: A worker is replaced after so many runs, so that nothing piles up in it.
_MOST_RUNS_EACH: Final = 200
_MEGABYTE: Final = 1_000_000
#: Processes kept free for users of whom nothing is running: one user's runs, even hung ones, hold up nobody else.
_RESERVE: Final = 1
#: The reserve is used once all other processes have been held for so long [s]: short runs take turns without it, and
#: leave the processors to the pages.
_HELD_LONG: Final = 3.0
#: Tells of how a run ended may fail while the database is locked, and are tried again for so long [s].
_LAST_TELL: Final = 120.0


class LocalPool:
    """
    Performs waiting runs in processes of this machine.

    One thread claims runs while a process is free, prolongs their leases, kills those that were cancelled and notes
    how runs ended; another one kills those that take too much memory. A process that dies gives its run back.

    One process more than there are workers is kept for users of whom nothing is running, for when all others are held
    for seconds: who has all workers, with whatever hangs there, cannot keep others waiting.

    Parameters
    ----------
    database : Database
    workers : int
        Runs of one user at the same time, and of all but for the reserve; 0: runs are left to others.
    limits : Limits
    handlers : Handlers
    """

    def __init__(self, database: Database, workers: int, limits: Limits, handlers: Handlers) -> None:
        self._database, self._workers, self._limits, self._handlers = database, workers, limits, handlers
        self._name = process_name()
        self._futures: dict[str, ProcessFuture[Any]] = {}
        self._began: dict[str, float] = {}
        self._killed: dict[str, str] = {}
        self._ended: queue.SimpleQueue[tuple[str, Future[Any]]] = queue.SimpleQueue()
        self._tells: list[tuple[float, Callable[[str, str], object], str, str]] = []
        self._woken, self._stopped, self._lock = threading.Event(), threading.Event(), threading.Lock()
        self._alive, self._alive_end = multiprocessing.Pipe(duplex=False)
        # Workers start from a small process that has loaded the program once: quick to replace, nothing inherited.
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["paleobc.worker"])
        self._pool = self._new_pool()
        self._thread = threading.Thread(target=self._work, name="runs", daemon=True)
        self._watch = threading.Thread(target=self._watch_memory, name="memory of runs", daemon=True)

    def start(self) -> None:
        """Begin to perform runs."""
        if self._workers > 0:
            forkserver.ensure_running()
            self._thread.start()
            self._watch.start()

    @property
    def is_alive(self) -> bool:
        """Whether runs are being performed, or would be."""
        return self._workers == 0 or (self._thread.is_alive() and not self._stopped.is_set())

    def wake(self) -> None:
        """Look for runs now."""
        self._woken.set()

    def stop(self) -> None:
        """End at once; what was being performed waits again, for whoever comes next."""
        self._stopped.set()
        self._woken.set()
        if self._thread.is_alive():
            self._thread.join(timeout=10)
        with self._lock:
            claims = list(self._futures)
        _end_pool(self._pool)
        for claim in claims:
            self._tell(time.monotonic(), self._handlers.stopped, claim, "The program was stopped.")
        self._note_ends()
        self._alive_end.close()
        self._alive.close()

    def _new_pool(self) -> ProcessPool:
        return ProcessPool(
            max_workers=self._workers + _RESERVE,
            max_tasks=_MOST_RUNS_EACH,
            initializer=self._handlers.prepare,
            initargs=(*self._handlers.prepare_arguments, self._alive),
            context=self._context,
        )

    def _work(self) -> None:
        """Claim, prolong, kill, note ends, until stopped."""
        next_beat = 0.0
        while not self._stopped.is_set():
            try:
                self._note_ends()
                if time.monotonic() >= next_beat:
                    self._beat()
                    next_beat = time.monotonic() + _BEAT_EVERY
                self._kill_withdrawn()
                while not self._stopped.is_set() and len(self._futures) < self._workers + _RESERVE and self._claim():
                    pass
            except DATABASE_FAULTS as error:  # locked for long, or gone for a while: it is tried again
                _LOG.warning("The database cannot be used now: %s", error)
            except Exception:  # whatever it is, runs of others are performed
                _LOG.exception("The pool had a fault")
                self._stopped.wait(_LOOK_EVERY)
            self._woken.wait(_LOOK_EVERY)
            self._woken.clear()

    def _claim(self) -> bool:
        """Claim one run and hand it to a process; False where none waits that may begin."""
        of_idle_users = len(self._futures) >= self._workers
        if of_idle_users and time.monotonic() < max(self._began.values()) + _HELD_LONG:
            return False
        with self._database.reading() as session:  # most looks find nothing, and lock nobody out
            if not next_waiting(session, of_idle_users=of_idle_users, most=1):
                return False
        with self._database.writing() as session:
            run = claim_next(session, self._name, of_idle_users=of_idle_users)
        if run is None or run.claim is None:
            return False
        claim = run.claim
        try:
            future = self._pool.schedule(self._handlers.perform, args=[run.id, claim], timeout=self._limits.seconds)
        except RuntimeError:  # an idle worker died, after which this kind of pool does nothing any more
            _LOG.warning("The pool of processes broke and is made anew")
            _end_pool(self._pool)
            self._pool = self._new_pool()
            future = self._pool.schedule(self._handlers.perform, args=[run.id, claim], timeout=self._limits.seconds)
        with self._lock:
            self._futures[claim], self._began[claim] = future, time.monotonic()
        future.add_done_callback(lambda done: self._put_ended(claim, done))
        return True

    def _put_ended(self, claim: str, future: Future[Any]) -> None:
        """Hand the end of a run to the thread that notes it: this one belongs to the pool and must not wait."""
        self._ended.put((claim, future))
        self._woken.set()

    def _beat(self) -> None:
        """Prolong the leases of our runs, and take back what others lost."""
        with self._lock:
            claims = list(self._futures)
        if claims:
            with self._database.writing() as session:
                beat(session, claims)
        self._handlers.recover(claims)

    def _kill_withdrawn(self) -> None:
        """Stop the runs that are no longer ours, as somebody cancelled them."""
        with self._lock:
            claims = [claim for claim in self._futures if claim not in self._killed]
        if claims:
            with self._database.reading() as session:
                gone = taken_away(session, claims)
            for claim in gone:
                self._kill(claim, "")

    def _kill(self, claim: str, sentence: str) -> None:
        """Stop the process of a run, whatever it does."""
        with self._lock:
            future = self._futures.get(claim)
            if future is not None:
                self._killed.setdefault(claim, sentence)
        if future is not None:
            future.cancel()

    def _note_ends(self) -> None:
        """Note how processes of runs ended; their good end they have noted themselves."""
        for since, handler, claim, sentence in [self._tells.pop() for _ in list(self._tells)]:
            self._tell(since, handler, claim, sentence)
        with contextlib.suppress(queue.Empty):
            while True:
                self._note_end(*self._ended.get_nowait())

    def _note_end(self, claim: str, future: Future[Any]) -> None:
        """Note how the process of a run ended."""
        with self._lock:
            self._futures.pop(claim, None)
            self._began.pop(claim, None)
            killed_for = self._killed.pop(claim, "")
        over_limit, machine_fault, now = self._handlers.over_limit, self._handlers.machine_fault, time.monotonic()
        try:
            future.result(timeout=0)
        except CancelledError:
            if killed_for:
                self._tell(now, over_limit, claim, killed_for)
        except TimeoutError:
            seconds = f"{self._limits.seconds:g} seconds"
            self._tell(now, over_limit, claim, f"This took longer than {seconds}, the most a step may take.")
        except ProcessExpired:
            self._tell(now, machine_fault, claim, "The process that computed it died.")
        except BrokenProcessPool:
            self._tell(now, self._handlers.stopped, claim, "The pool of processes broke.")
        except DATABASE_FAULTS:
            self._tell(now, machine_fault, claim, "The database could not be used.")
        except OSError as error:
            self._tell(now, machine_fault, claim, f"The disk could not be used: {error.strerror or error}.")
        except Exception:  # a fault of ours: it is told as one, and others go on
            _LOG.exception("A run failed in an unforeseen way")
            self._tell(now, machine_fault, claim, "The program failed here, which is a fault of its own.")

    def _tell(self, since: float, handler: Callable[[str, str], object], claim: str, sentence: str) -> None:
        """Tell how a run ended; while the database cannot be used later again, and at last its lease ends."""
        try:
            handler(claim, sentence)
        except DATABASE_FAULTS as error:
            _LOG.warning("The end of a run could not be noted: %s", error)
            if time.monotonic() - since < _LAST_TELL:
                self._tells.append((since, handler, claim, sentence))

    def _watch_memory(self) -> None:
        """Kill runs whose process takes too much memory."""
        while not self._stopped.wait(_WATCH_EVERY):
            with self._lock:
                claims = list(self._futures)
            for process in _descendants() if claims else ():
                if _memory_mb(process) > self._limits.memory_mb:
                    with contextlib.suppress(*DATABASE_FAULTS, psutil.NoSuchProcess):
                        self._kill_run_of(process_name(process.pid), claims)

    def _kill_run_of(self, worker: str, claims: list[str]) -> None:
        """Kill the run that a process performs."""
        with self._database.reading() as session:
            runs = session.query(Run.claim).where(Run.claim.in_(claims), Run.worker == worker).all()
        for claim in [claim for (claim,) in runs if claim is not None]:
            memory = f"{self._limits.memory_mb} MB of memory"
            self._kill(
                claim, f"This took more than {memory}, the most a step may take, and was stopped; take fewer cells."
            )


def _end_pool(pool: ProcessPool) -> None:
    """End the processes of a pool."""
    pool.stop()
    with contextlib.suppress(TimeoutError):
        pool.join(timeout=10)


def _descendants() -> list[psutil.Process]:
    """All processes below this one."""
    try:
        return psutil.Process().children(recursive=True)
    except psutil.Error:
        return []


def _memory_mb(process: psutil.Process) -> float:
    """Memory of a process [MB]; 0 where it is gone."""
    try:
        return float(process.memory_info().rss) / _MEGABYTE
    except psutil.Error:
        return 0.0
