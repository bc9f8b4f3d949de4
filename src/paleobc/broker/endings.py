"""How the processes of runs ended, told to whoever notes it: limits, faults of machines, and faults of ours."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from concurrent.futures.process import BrokenProcessPool
from typing import Any, Final

from pebble import ProcessExpired

from paleobc.broker.handlers import Handlers
from paleobc.store.faults import DATABASE_FAULTS

_LOG: Final = logging.getLogger(__name__)

#: Tells of how a run ended may fail while the database is locked, and are tried again for so long [s].
_LAST_TELL: Final = 120.0


class Endings:
    """
    Tells how runs ended whose processes could not note it themselves.

    Parameters
    ----------
    handlers : Handlers
    seconds : float
        Most time a run may take [s].
    """

    def __init__(self, handlers: Handlers, seconds: float) -> None:
        self._handlers, self._seconds = handlers, seconds
        self._untold: list[tuple[float, Callable[[str, str], object], str, str]] = []

    def tell(self, claim: str, future: Future[Any], killed_for: str | None) -> None:
        """
        Tell how the process of a run ended; its good end it has noted itself.

        Parameters
        ----------
        claim : str
        future : Future
        killed_for : str or None
            Sentence for which it was killed here; empty: nobody waits for it any more.
        """
        over_limit, machine_fault, now = self._handlers.over_limit, self._handlers.machine_fault, time.monotonic()
        try:
            future.result(timeout=0)
        except CancelledError:
            if killed_for:
                self._tell(now, over_limit, claim, killed_for)
        except TimeoutError:
            seconds = f"{self._seconds:g} seconds"
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

    def tell_stopped(self, claim: str) -> None:
        """Tell that a run was stopped with the program."""
        self._tell(time.monotonic(), self._handlers.stopped, claim, "The program was stopped.")

    def tell_again(self) -> None:
        """Tell what could not be told before."""
        for since, handler, claim, sentence in [self._untold.pop() for _ in list(self._untold)]:
            self._tell(since, handler, claim, sentence)

    def _tell(self, since: float, handler: Callable[[str, str], object], claim: str, sentence: str) -> None:
        """Tell how a run ended; while the database cannot be used later again, and at last its lease ends."""
        try:
            handler(claim, sentence)
        except DATABASE_FAULTS as error:
            _LOG.warning("The end of a run could not be noted: %s", error)
            if time.monotonic() - since < _LAST_TELL:
                self._untold.append((since, handler, claim, sentence))
