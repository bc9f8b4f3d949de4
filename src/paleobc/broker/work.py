"""A worker that performs runs whenever a ticket says that something waits, if its program fits the database."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Collection
from typing import Any, Final

from paleobc.broker.handlers import Handlers, Limits
from paleobc.broker.presence import Presence
from paleobc.broker.processes import RESERVE, Begun, RunProcesses
from paleobc.broker.rabbitmq import TicketConsumer
from paleobc.broker.tickets import Tickets
from paleobc.broker.waking import Waker
from paleobc.store.database import Database
from paleobc.store.faults import DATABASE_FAULTS

_LOG: Final = logging.getLogger(__name__)

#: How often it is looked whether program and database fit [s].
_CHECK_EVERY: Final = 5.0
#: A ticket is kept so long at most [s]: brokers part with those who keep one for half an hour. The run goes on.
_LONGEST_TICKET: Final = 600.0
#: A ticket that no process is free for looks again after [s].
_LOOK_EVERY: Final = 1.0


class TicketWorker:
    """
    Performs runs of the database in processes of this machine, woken by tickets.

    A ticket says only that something waits: who gets one claims the next run of all kinds of work that are done here.
    It keeps the ticket while no process is free for what waits, and until the run has ended; so tickets of a worker
    that dies come to others.

    Parameters
    ----------
    database : Database
    url : str
        Address of the broker.
    deliveries : int
        A ticket is handed out so often; then it is put aside.
    kinds : collection of str
        Kinds of work that are done here.
    workers : int
        Runs at the same time, but for the reserve.
    limits : Limits
    handlers : Handlers
    """

    def __init__(
        self,
        database: Database,
        url: str,
        deliveries: int,
        kinds: Collection[str],
        workers: int,
        limits: Limits,
        handlers: Handlers,
    ) -> None:
        self._database, self._url, self._deliveries = database, url, deliveries
        self._kinds, self._workers = tuple(kinds), workers
        self._limits, self._handlers = limits, handlers
        self._processes: RunProcesses | None = None
        self._shift: _Shift | None = None
        self._state, self._said = "working", ""
        self._presence = Presence(database, "worker", self._state_now)

    def run(self, stop: threading.Event, patience: float) -> None:
        """
        Work until told to stop.

        Parameters
        ----------
        stop : threading.Event
            Set where it is to stop: it takes nothing new any more.
        patience : float
            So long it waits for what it performs; then it gives that back [s].
        """
        self._check()
        self._presence.start()
        while not stop.wait(_CHECK_EVERY):
            self._check()
        self._become("stopping", f"Waits up to {patience:g} seconds for its runs to end.")
        self._end_shift()
        if self._processes is not None:
            self._processes.wait_until(lambda: not self._running, patience)
            self._processes.stop()
        self._presence.stop()

    @property
    def _running(self) -> int:
        return self._processes.running if self._processes is not None else 0

    def _check(self) -> None:
        """Begin to work where program and database fit, and take nothing more where they do not."""
        try:
            misfit = self._database.misfit()
        except DATABASE_FAULTS as error:  # gone for a while: what is being done goes on as it can
            _LOG.warning("The database cannot be used now: %s", error)
        except Exception:  # it is looked again
            _LOG.exception("Looking whether program and database fit failed")
        else:
            self._become("refused" if misfit else "working", misfit)
            self._end_shift() if misfit else self._begin_shift()

    def _become(self, state: str, said: str) -> None:
        """Tell, once, that the state is another one now."""
        if (state, said) != (self._state, self._said):
            _LOG.warning("%s: %s", state.capitalize(), said) if said else _LOG.info("Works again.")
            self._state, self._said = state, said
            self._presence.tell_now()

    def _begin_shift(self) -> None:
        """Take tickets, unless that is being done."""
        if self._processes is None:
            self._processes = RunProcesses(self._database, self._workers, self._limits, self._handlers)
            self._processes.start()
        if self._shift is None:
            waker = Waker(self._database, Tickets(self._url, self._deliveries, self._kinds))
            self._shift = _Shift(self._processes, waker, self._kinds)
            self._shift.start(self._url, self._deliveries, self._workers + RESERVE)

    def _end_shift(self) -> None:
        """Take no more tickets; runs go on."""
        shift, self._shift = self._shift, None
        if shift is not None:
            shift.stop()

    def _state_now(self) -> dict[str, Any]:
        """What the register is told."""
        return {
            "queues": list(self._kinds),
            "concurrency": self._workers,
            "running": self._running,
            "state": self._state,
            "said": self._said,
        }


class _Shift:
    """
    The time between beginning to take tickets and taking none any more.

    Parameters
    ----------
    processes : RunProcesses
    waker : Waker
    kinds : tuple of str
    """

    def __init__(self, processes: RunProcesses, waker: Waker, kinds: tuple[str, ...]) -> None:
        self._processes, self._waker, self._kinds = processes, waker, kinds
        self._over = threading.Event()
        self._consumer: TicketConsumer | None = None

    def start(self, url: str, deliveries: int, threads: int) -> None:
        """Begin to take tickets."""
        self._waker.start()
        self._consumer = TicketConsumer(url, deliveries, self._kinds, threads, self.use_ticket)
        self._consumer.start()

    def stop(self) -> None:
        """Take no more tickets, and give up those that are kept: leases hold the runs."""
        self._over.set()
        self._processes.wake()
        if self._consumer is not None:
            self._consumer.stop()
        self._waker.stop()

    def use_ticket(self) -> None:
        """Perform the next run, once a process is free for any that waits."""
        until = time.monotonic() + _LONGEST_TICKET
        while not self._over.is_set() and time.monotonic() < until:
            try:
                begun = self._processes.begin_next(self._kinds)
                if begun is not None:
                    self._keep_until_ended(begun, until - time.monotonic())
                    return
                if not self._processes.something_waits(self._kinds):
                    return
            except DATABASE_FAULTS as error:  # locked for long, or gone for a while
                _LOG.warning("The database cannot be used now: %s", error)
            self._processes.wait_until(self._over.is_set, _LOOK_EVERY)

    def _keep_until_ended(self, begun: Begun, seconds: float) -> None:
        """Wait for the end of a run, and see to it that what follows from it is told."""
        self._processes.wait_until(lambda: begun.has_ended or self._over.is_set(), seconds)
        self._waker.wake()
