"""Processes of this machine that perform runs, each within its limits; whoever has them decides when one begins."""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import queue
import threading
import time
from collections.abc import Callable, Collection
from concurrent.futures import Future
from dataclasses import dataclass
from multiprocessing import forkserver
from typing import Any, Final

from pebble import ProcessFuture, ProcessPool

from paleobc.broker.endings import Endings
from paleobc.broker.handlers import Handlers, Limits
from paleobc.broker.memory import MemoryWatch
from paleobc.broker.process import process_name
from paleobc.store.database import Database
from paleobc.store.faults import DATABASE_FAULTS
from paleobc.store.runs import beat, claim_next, taken_away
from paleobc.store.waiting import next_waiting

_LOG: Final = logging.getLogger(__name__)

#: How often the database is looked at when nobody calls, and how often leases are prolonged [s].
_LOOK_EVERY: Final = 1.0
_BEAT_EVERY: Final = 5.0
#: A worker is replaced after so many runs, so that nothing piles up in it.
_MOST_RUNS_EACH: Final = 200
#: Processes kept free for users of whom nothing is running: one user's runs, even hung ones, hold up nobody else.
RESERVE: Final = 1
#: The reserve is used once all other processes have been held for so long [s]: short runs take turns without it, and
#: leave the processors to the pages.
_HELD_LONG: Final = 3.0


@dataclass
class Begun:
    """
    A run that was handed to a process here.

    Parameters
    ----------
    claim : str
    future : ProcessFuture
    began : float
        When, by the monotonic clock [s].
    killed_for : str, optional
        Sentence for which it was killed; empty: it was taken away.
    has_ended : bool
        Whether its process has ended, and how was noted.
    """

    claim: str
    future: ProcessFuture[Any]
    began: float
    killed_for: str | None = None
    has_ended: bool = False


class RunProcesses:
    """
    Processes that perform runs of the database.

    One thread prolongs the leases of what is performed, kills what was cancelled and notes how runs ended; another one
    kills those that take too much memory. A process that dies gives its run back.

    One process more than there are workers is kept for users of whom nothing is running, for when all others are held
    for seconds: who has all workers, with whatever hangs there, cannot keep others waiting.

    Parameters
    ----------
    database : Database
    workers : int
        Runs at the same time, but for the reserve.
    limits : Limits
    handlers : Handlers
    each_turn : callable, optional
        Called by the first thread, whenever a run ended or somebody woke it, and once a second.
    """

    def __init__(
        self,
        database: Database,
        workers: int,
        limits: Limits,
        handlers: Handlers,
        each_turn: Callable[[], object] = lambda: None,
    ) -> None:
        self._database, self._workers, self._limits, self._handlers = database, workers, limits, handlers
        self._each_turn = each_turn
        self._name = process_name()
        self._runs: dict[str, Begun] = {}
        self._ended: queue.SimpleQueue[tuple[str, Future[Any]]] = queue.SimpleQueue()
        self._endings = Endings(handlers, limits.seconds)
        self._woken, self._stopped = threading.Event(), threading.Event()
        self._lock, self._claiming, self._turned = threading.Lock(), threading.Lock(), threading.Condition()
        self._alive, self._alive_end = multiprocessing.Pipe(duplex=False)
        # Workers start from a small process that has loaded the program once: quick to replace, nothing inherited.
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["paleobc.worker_seed"])
        self._pool = self._new_pool()
        self._thread = threading.Thread(target=self._work, name="runs", daemon=True)
        self._watch = MemoryWatch(database, limits.memory_mb, self._claims, self._kill)

    def start(self) -> None:
        """Begin to look after runs."""
        forkserver.ensure_running()
        self._thread.start()
        self._watch.start()

    @property
    def is_alive(self) -> bool:
        """Whether runs are being looked after."""
        return self._thread.is_alive() and not self._stopped.is_set()

    @property
    def running(self) -> int:
        """Number of runs that are being performed here."""
        return len(self._runs)

    def wake(self) -> None:
        """Take a turn now, and let all look who wait here."""
        self._woken.set()
        with self._turned:
            self._turned.notify_all()

    def stop(self) -> None:
        """End at once; what was being performed waits again, for whoever comes next."""
        self._stopped.set()
        self._watch.stop()
        self._woken.set()
        if self._thread.is_alive():
            self._thread.join(timeout=10)
        with self._claiming:  # nothing is half claimed
            claims = self._claims()
        _end_pool(self._pool)
        for claim in claims:
            self._endings.tell_stopped(claim)
        self._note_ends()
        self._alive_end.close()
        self._alive.close()

    def begin_next(self, queues: Collection[str] | None = None) -> Begun | None:
        """
        Claim one run and hand it to a process; None where no process is free for any that may begin.

        Parameters
        ----------
        queues : collection of str, optional
            Kinds of work that are done here; None: all.
        """
        with self._claiming:
            if self._stopped.is_set() or not self._has_room():
                return None
            of_idle_users = len(self._runs) >= self._workers
            with self._database.reading() as session:  # most looks find nothing, and lock nobody out
                if not next_waiting(session, queues=queues, of_idle_users=of_idle_users, most=1):
                    return None
            with self._database.writing() as session:
                run = claim_next(session, self._name, queues=queues, of_idle_users=of_idle_users)
            if run is None or run.claim is None:
                return None
            return self._hand_over(run.id, run.claim)

    def something_waits(self, queues: Collection[str] | None = None) -> bool:
        """Whether any run waits that may begin, here or elsewhere."""
        with self._database.reading() as session:
            return bool(next_waiting(session, queues=queues, most=1))

    def wait_until(self, holds: Callable[[], bool], seconds: float) -> bool:
        """Wait until something holds, looked at whenever a run ended here or somebody woke this; whether it does."""
        with self._turned:
            return self._turned.wait_for(holds, seconds)

    def _has_room(self) -> bool:
        """Whether a process is free, if only that of the reserve."""
        with self._lock:
            held = [run.began for run in self._runs.values()]
        if len(held) < self._workers:
            return True
        return len(held) < self._workers + RESERVE and time.monotonic() >= max(held) + _HELD_LONG

    def _hand_over(self, run_id: str, claim: str) -> Begun:
        """Hand a claimed run to a process."""
        try:
            future = self._schedule(run_id, claim)
        except RuntimeError:  # an idle worker died, after which this kind of pool does nothing any more
            _LOG.warning("The pool of processes broke and is made anew")
            _end_pool(self._pool)
            self._pool = self._new_pool()
            future = self._schedule(run_id, claim)
        begun = Begun(claim, future, time.monotonic())
        with self._lock:
            self._runs[claim] = begun
        future.add_done_callback(lambda done: self._put_ended(claim, done))
        return begun

    def _schedule(self, run_id: str, claim: str) -> ProcessFuture[Any]:
        return self._pool.schedule(self._handlers.perform, args=[run_id, claim], timeout=self._limits.seconds)

    def _new_pool(self) -> ProcessPool:
        return ProcessPool(
            max_workers=self._workers + RESERVE,
            max_tasks=_MOST_RUNS_EACH,
            initializer=self._handlers.prepare,
            initargs=(*self._handlers.prepare_arguments, self._alive),
            context=self._context,
        )

    def _work(self) -> None:
        """Prolong, kill, note ends, and whatever else is to be done in each turn, until stopped."""
        next_beat = 0.0
        while not self._stopped.is_set():
            try:
                self._note_ends()
                if time.monotonic() >= next_beat:
                    self._beat()
                    next_beat = time.monotonic() + _BEAT_EVERY
                self._kill_withdrawn()
                self._each_turn()
            except DATABASE_FAULTS as error:  # locked for long, or gone for a while: it is tried again
                _LOG.warning("The database cannot be used now: %s", error)
            except Exception:  # whatever it is, runs of others are performed
                _LOG.exception("The pool had a fault")
                self._stopped.wait(_LOOK_EVERY)
            self._woken.wait(_LOOK_EVERY)
            self._woken.clear()

    def _claims(self) -> list[str]:
        """Claims of what is being performed."""
        with self._lock:
            return list(self._runs)

    def _put_ended(self, claim: str, future: Future[Any]) -> None:
        """Hand the end of a run to the thread that notes it: this one belongs to the pool and must not wait."""
        self._ended.put((claim, future))
        self._woken.set()

    def _beat(self) -> None:
        """Prolong the leases of our runs, and take back what others lost."""
        claims = self._claims()
        if claims:
            with self._database.writing() as session:
                beat(session, claims)
        self._handlers.recover(claims)

    def _kill_withdrawn(self) -> None:
        """Stop the runs that are no longer ours, as somebody cancelled them."""
        with self._lock:
            claims = [run.claim for run in self._runs.values() if run.killed_for is None]
        if claims:
            with self._database.reading() as session:
                gone = taken_away(session, claims)
            for claim in gone:
                self._kill(claim, "")

    def _kill(self, claim: str, sentence: str) -> None:
        """Stop the process of a run, whatever it does."""
        with self._lock:
            run = self._runs.get(claim)
            if run is None:
                return
            if run.killed_for is None:
                run.killed_for = sentence
        run.future.cancel()

    def _note_ends(self) -> None:
        """Note how processes of runs ended; their good end they have noted themselves."""
        self._endings.tell_again()
        with contextlib.suppress(queue.Empty):
            while True:
                self._note_end(*self._ended.get_nowait())

    def _note_end(self, claim: str, future: Future[Any]) -> None:
        """Note how the process of a run ended."""
        with self._lock:
            run = self._runs.pop(claim)
        try:
            self._endings.tell(claim, future, run.killed_for)
        finally:
            with self._turned:
                run.has_ended = True
                self._turned.notify_all()


def _end_pool(pool: ProcessPool) -> None:
    """End the processes of a pool."""
    pool.stop()
    with contextlib.suppress(TimeoutError):
        pool.join(timeout=10)
