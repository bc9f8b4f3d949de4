"""How far a run is, told while it is performed: what it does now, and which part of the usual time has passed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from paleobc.store.database import Database
from paleobc.store.faults import DATABASE_FAULTS
from paleobc.store.tables import Revision, Run

#: Runs that are shorter say nothing; longer ones at most so often [s].
_EVERY: Final = 1.0
#: A run that takes longer than it used to stays here: when it ends is not known.
_MOST: Final = 0.95
#: Smaller advances are not told: each is a transaction, and an event in open pages.
_LEAST_ADVANCE: Final = 0.05
#: So many earlier runs are looked at: some of them may have found the result made already.
_EARLIER: Final = 5


class RunProgress:
    """
    Tells of a run from a thread beside it, as the step itself hears and says nothing while it computes.

    Used as a context; after it nothing more is told.

    Parameters
    ----------
    database : Database
    run : Run
    say : callable
        Called with a line of the log, which may be empty, and with how far the run is, from 0 to 1; None: not known.
    every : float
        Time between two looks [s].
    """

    def __init__(
        self, database: Database, run: Run, say: Callable[[str, float | None], None], every: float = _EVERY
    ) -> None:
        self._database, self._run, self._say, self._every = database, run, say, every
        self._began, self._phase, self._told = time.monotonic(), "", ("", 0.0)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._tell_often, name="progress of a run", daemon=True)

    def enter(self, phase: str) -> None:
        """Note what is done from now on, as a sentence."""
        self._phase = phase

    def __enter__(self) -> RunProgress:
        """Begin to tell."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Tell nothing more."""
        self._ended.set()
        self._thread.join()

    def _tell_often(self) -> None:
        expected: float | None = None
        is_first = True
        while not self._ended.wait(self._every):
            try:
                if is_first:
                    with self._database.reading() as session:
                        expected = usual_seconds(session, self._run)
                self._tell(expected, is_first=is_first)
                is_first = False
            except (*DATABASE_FAULTS, MemoryError):  # whoever computes finds out, at the latest to keep the result
                continue

    def _tell(self, expected: float | None, *, is_first: bool) -> None:
        """Tell what is new."""
        if not self._phase:  # it tells itself how far it is, as a bundle does
            return
        phase, part = self._told
        now = min((time.monotonic() - self._began) / expected, _MOST) if expected else 0.0
        if self._phase == phase and now - part < _LEAST_ADVANCE:
            return
        lines = [f"Of late it took up to {expected:.0f} s."] if is_first and expected else []
        lines += [self._phase] if self._phase != phase else []
        self._told = (self._phase, now)
        self._say("\n".join(lines), now if expected else None)


def usual_seconds(session: Session, run: Run) -> float | None:
    """Time that a step took in this experiment of late [s]; None where it takes less than a second, or is new."""
    query = select(Revision.seconds).where(Revision.experiment_id == run.experiment_id, Revision.step == run.step)
    found = session.scalars(query.order_by(Revision.number.desc()).limit(_EARLIER)).all()
    longest = max(found, default=0.0)
    return longest if longest >= 1.0 else None
