"""What has to be run: the database decides who does it, and nothing is lost or done twice."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

from sqlalchemy import Select, and_, bindparam, func, select, update
from sqlalchemy.orm import Session, defer

from paleobc.errors import NotFoundError
from paleobc.store.tables import Run, new_id, utc_now
from paleobc.store.waiting import UNENDED, next_waiting

_LOG: Final = logging.getLogger(__name__)

#: A worker that was not heard of for so long has lost its run.
LEASE: Final = timedelta(seconds=30)
#: A run is given up whose own process died so often, or whose whole machine went away so often.
MOST_FAULTS: Final = 3
MOST_ATTEMPTS: Final = 25
#: States of a run that has not ended.
OPEN: Final = UNENDED
_LONGEST_LOG: Final = 20_000


def add_run(session: Session, experiment_id: str, **values: Any) -> Run:
    """
    Ask for a run, after all others of its experiment.

    Parameters
    ----------
    session : Session
        One that writes: no other one can take the same number meanwhile.
    experiment_id : str
    **values
        Other columns of `paleobc.store.tables.Run`.
    """
    run = Run(experiment_id=experiment_id, number=newest_number(session, experiment_id) + 1, **values)
    session.add(run)
    session.flush()
    _LOG.info("Run of step %s of experiment %s was asked for", run.step, experiment_id, extra={"run": run.id})
    return run


def newest_number(session: Session, experiment_id: str) -> int:
    """Number of the newest run of an experiment; 0 where there is none."""
    return session.scalar(select(func.max(Run.number)).where(Run.experiment_id == experiment_id)) or 0


def newest_runs(session: Session, experiment_ids: Collection[str]) -> dict[str, dict[str, Run]]:
    """Newest run of each step of each of these experiments, without its log."""
    found: dict[str, dict[str, Run]] = defaultdict(dict)
    for run in session.scalars(_newest(), {"experiments": list(experiment_ids)}):
        found[run.experiment_id][run.step] = run
    return found


@cache
def _newest() -> Select[Run]:
    """Question for the newest run of each step, put together once: it is asked for every page."""
    newest = (
        select(Run.experiment_id, func.max(Run.number).label("number"))
        .where(Run.experiment_id.in_(bindparam("experiments", expanding=True)))
        .group_by(Run.experiment_id, Run.step)
        .subquery()
    )
    same = and_(Run.experiment_id == newest.c.experiment_id, Run.number == newest.c.number)
    return select(Run).join(newest, same).options(defer(Run.log))


def open_runs(session: Session, experiment_id: str) -> Sequence[Run]:
    """Runs of an experiment that have not ended, in their order."""
    query = select(Run).where(Run.experiment_id == experiment_id, Run.state.in_(OPEN))
    return session.scalars(query.order_by(Run.number)).all()


def run_of(session: Session, experiment_id: str, run_id: str) -> Run:
    """
    One run of an experiment.

    Raises
    ------
    NotFoundError
    """
    run = session.get(Run, run_id)
    if run is None or run.experiment_id != experiment_id:
        raise NotFoundError("There is no such run.")
    return run


def claim_next(
    session: Session,
    worker: str,
    *,
    queues: Collection[str] | None = None,
    of_idle_users: bool = False,
    now: datetime | None = None,
) -> Run | None:
    """
    Take the next waiting run, in the order of `next_waiting`.

    Parameters
    ----------
    session : Session
        One that writes.
    worker : str
        Who will do it, for people.
    queues : collection of str, optional
        Only of these kinds of work; None: of all.
    of_idle_users : bool
        Only of users of whom nothing is running.
    now : datetime, optional
        Time now.

    Returns
    -------
    Run or None
        Its ``claim`` is the proof with which alone it can be finished.
    """
    now = now or utc_now()
    for run_id in next_waiting(session, queues=queues, of_idle_users=of_idle_users):
        taken = session.scalar(
            update(Run)
            .where(Run.id == run_id, Run.state == "waiting")
            .values(
                state="running",
                claim=new_id(),
                worker=worker,
                started=now,
                lease_until=now + LEASE,
                progress=0.0,
            )
            .returning(Run.id)
            .execution_options(synchronize_session=False)
        )
        if taken is not None:
            return session.get_one(Run, run_id, populate_existing=True)
    return None


def begin(session: Session, run_id: str, claim: str, worker: str) -> Run | None:
    """Begin a claimed run in a process of this name; None where the claim no longer holds."""
    run = session.get(Run, run_id)
    if run is None or run.claim != claim or run.state != "running":
        return None
    run.worker, run.started, run.attempts = worker, utc_now(), run.attempts + 1
    session.flush()
    return run


def beat(session: Session, claims: Collection[str], *, now: datetime | None = None) -> set[str]:
    """Prolong the leases of claims; returns those that still hold."""
    if not claims:
        return set()
    now = now or utc_now()
    mine = update(Run).where(Run.claim.in_(claims), Run.state == "running").values(lease_until=now + LEASE)
    held = session.scalars(mine.returning(Run.claim).execution_options(synchronize_session=False)).all()
    return {claim for claim in held if claim is not None}


def taken_away(session: Session, claims: Collection[str]) -> set[str]:
    """Those of these claims that hold no longer though their runs were not performed to the end."""
    query = select(Run.claim).where(Run.claim.in_(claims), Run.state.in_(("running", "done", "failed")))
    return set(claims) - set(session.scalars(query))


def end(
    session: Session,
    claim: str,
    state: str,
    *,
    sentence: str = "",
    is_input_fault: bool = False,
    data: dict[str, Any] | None = None,
    peak_mb: float = 0.0,
) -> Run | None:
    """
    End a run, if the claim still holds.

    Parameters
    ----------
    session : Session
        One that writes; what the run made belongs into the same transaction.
    claim : str
    state : {"done", "failed", "withdrawn"}
    sentence : str
        What went wrong, for the user.
    is_input_fault : bool
        Whether trying again without changing the input could not help.
    data : dict, optional
        More about what went wrong, for the page.
    peak_mb : float
        Most memory that its process took [MB].

    Returns
    -------
    Run or None
        None where the claim no longer holds.
    """
    run = _held_by(session, claim)
    if run is None:
        return None
    run.state, run.sentence, run.is_input_fault, run.data = state, sentence, is_input_fault, data or {}
    run.ended, run.lease_until, run.peak_mb = utc_now(), None, peak_mb
    if state == "done":
        run.progress = 1.0
    session.flush()
    return run


def _held_by(session: Session, claim: str) -> Run | None:
    """Run that is being performed under a claim; None where it no longer holds."""
    return session.scalar(select(Run).where(Run.claim == claim, Run.state == "running"))


def give_back(session: Session, claim: str, sentence: str, *, own_fault: bool = True) -> Run | None:
    """
    Put a run that a machine failed back among the waiting ones, or end it where that happened too often.

    Parameters
    ----------
    session : Session
        One that writes.
    claim : str
    sentence : str
        What happened.
    own_fault : bool
        Whether its own process died, maybe of it; else everything around it went away.

    Returns
    -------
    Run or None
        None where the claim no longer holds.
    """
    run = _held_by(session, claim)
    if run is None:
        return None
    run.faults += own_fault
    if run.faults >= MOST_FAULTS or run.attempts >= MOST_ATTEMPTS:
        return end(session, claim, "failed", sentence=f"{sentence} It was tried {run.attempts} times.")
    run.state, run.claim, run.lease_until, run.worker, run.progress = "waiting", None, None, None, 0.0
    run.log = (run.log + sentence + "\n")[-_LONGEST_LOG:]
    session.flush()
    return run


def runs_of_others(session: Session, claims: Collection[str]) -> Sequence[Run]:
    """Runs that are being performed under other claims than these."""
    return session.scalars(select(Run).where(Run.state == "running", Run.claim.not_in(claims))).all()


def cancel(session: Session, run: Run, state: str, sentence: str) -> bool:
    """End a run that has not ended; the worker that computes it finds its claim gone and is stopped."""
    if run.state not in OPEN:
        return False
    run.state, run.sentence, run.ended, run.lease_until = state, sentence, utc_now(), None
    session.flush()
    return True


def say(session: Session, claim: str, line: str, progress: float | None = None) -> Run | None:
    """Add a line to the log of a run, unless it is empty, and note how far it is, from 0 to 1, where that is known."""
    run = _held_by(session, claim)
    if run is not None:
        run.log = (run.log + line + "\n")[-_LONGEST_LOG:] if line else run.log
        run.progress = run.progress if progress is None else progress
        session.flush()
    return run


def runs_before(session: Session, experiment_id: str, before: int | None, most: int) -> Sequence[Run]:
    """Runs of an experiment before a number, newest first, without their logs."""
    query = select(Run).where(Run.experiment_id == experiment_id)
    if before is not None:
        query = query.where(Run.number < before)
    return session.scalars(query.order_by(Run.number.desc()).limit(most).options(defer(Run.log))).all()
