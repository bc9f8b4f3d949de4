"""Wakes the workers of other machines: sees to it that as many tickets lie at the broker as runs may begin."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable, Collection
from typing import Final

from paleobc.broker.queues import BROKER_FAULTS
from paleobc.broker.tickets import Tickets
from paleobc.store.database import Database
from paleobc.store.faults import DATABASE_FAULTS
from paleobc.store.waiting import waiting_by_queue

_LOG: Final = logging.getLogger(__name__)

#: How often it is looked when nobody calls [s]; each process a bit earlier or later, so that not all look at once.
_LOOK_EVERY: Final = 1.0
_JITTER: Final = 0.25
#: How often runs are given back whose workers went away [s].
_RECOVER_EVERY: Final = 5.0


class Waker:
    """
    Publishes the tickets that are missing, whenever somebody calls and once a second: none is ever lost for long.

    For those who ask for runs it stands where a pool would, and performs none.

    Parameters
    ----------
    database : Database
    tickets : Tickets
    recover : callable, optional
        Called with no claims, to give back the runs of workers that went away.
    depths : callable, optional
        Gives the messages at the broker, as `paleobc.broker.depths.depths_at`.
    """

    def __init__(
        self,
        database: Database,
        tickets: Tickets,
        recover: Callable[[Collection[str]], object] | None = None,
        depths: Callable[[], dict[str, tuple[int, int]]] | None = None,
    ) -> None:
        self.depths = depths
        self._database, self._tickets, self._recover = database, tickets, recover
        self._woken, self._stopped = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._work, name="waker", daemon=True)
        self._next_recovery = 0.0

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    @property
    def is_alive(self) -> bool:
        """Whether it is being looked; the broker may be down meanwhile."""
        return self._thread.is_alive() and not self._stopped.is_set()

    @property
    def is_broker_up(self) -> bool:
        """Whether the broker answered when it was asked last."""
        return self._tickets.is_up

    def wake(self) -> None:
        """Look now; this waits for nothing."""
        self._woken.set()

    def stop(self) -> None:
        """End."""
        self._stopped.set()
        self._woken.set()
        if self._thread.is_alive():
            self._thread.join(timeout=10)

    def _work(self) -> None:
        """Look again and again."""
        while not self._stopped.is_set():
            try:
                self._look()
            except DATABASE_FAULTS as error:
                _LOG.warning("The database cannot be used now: %s", error)
            except Exception:  # whatever it is, what waits has to be told
                _LOG.exception("Telling the workers what waits failed")
            self._woken.wait(random.uniform(_LOOK_EVERY - _JITTER, _LOOK_EVERY + _JITTER))  # noqa: S311  (no secret)
            self._woken.clear()
        self._tickets.close()

    def _look(self) -> None:
        """Publish what is missing, and give back what was lost."""
        with self._database.reading() as session:
            waiting = waiting_by_queue(session)
        was_up = self._tickets.is_up
        try:
            self._tickets.publish_missing(waiting)
        except BROKER_FAULTS as error:
            if was_up:
                _LOG.warning("The broker cannot be reached; runs wait until it can: %s", error)
        if self._tickets.is_up and not was_up:
            _LOG.info("The broker can be reached again.")
        if self._recover is not None and time.monotonic() >= self._next_recovery:
            self._next_recovery = time.monotonic() + _RECOVER_EVERY
            self._recover(())
