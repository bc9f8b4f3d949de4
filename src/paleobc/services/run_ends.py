"""How runs end that could not end by themselves: limits, processes that died, machines that went away."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Final

from sqlalchemy.orm import Session

from paleobc.broker.process import is_gone
from paleobc.services.planning import READ, ask_to_read, plan
from paleobc.store.database import Database
from paleobc.store.events import add_event
from paleobc.store.revisions import newest_revisions, revisions_holding
from paleobc.store.runs import LEASE, OPEN, end, give_back, newest_runs, runs_of_others
from paleobc.store.tables import Experiment, Run, utc_now
from paleobc.workflow.graph import Graph

_AWAY: Final = "The worker that computed it went away."
#: Who lives prolongs the leases of its runs more often than this.
_OVERDUE: Final = timedelta(seconds=7)


def fail_run(
    session: Session,
    claim: str,
    sentence: str,
    graph: Graph,
    *,
    is_input_fault: bool = True,
    candidates: Collection[str] = (),
    peak_mb: float = 0.0,
) -> bool:
    """End a run that cannot be done, tell why, and plan what can go on; False where the claim no longer holds."""
    data = {"candidates": list(candidates)} if candidates else {}
    run = end(session, claim, "failed", sentence=sentence, is_input_fault=is_input_fault, data=data, peak_mb=peak_mb)
    if run is None:
        return False
    _tell(session, run, sentence)
    plan(session, session.get_one(Experiment, run.experiment_id), graph, asked_by=run.asked_by)
    return True


def note_limit(database: Database, claim: str, sentence: str, graph: Graph) -> bool:
    """End a run that went over a limit: trying again cannot help."""
    with database.writing() as session:
        return fail_run(session, claim, sentence, graph)


def note_machine_fault(database: Database, claim: str, sentence: str, *, own_fault: bool = True) -> str | None:
    """Give a run back whose worker died; returns its state, None where it was no longer held."""
    with database.writing() as session:
        run = give_back(session, claim, sentence, own_fault=own_fault)
        if run is not None:
            _tell(session, run, sentence)
        return run.state if run is not None else None


def recover(database: Database, own: Collection[str], *, is_alone: bool = True) -> int:
    """
    Give back all runs of others whose leases ended, or whose processes on this machine have ended.

    Parameters
    ----------
    database : Database
    own : collection of str
        Claims of the one who asks, which are held.
    is_alone : bool
        Whether nobody else on this machine has processes that perform runs. Where others may, theirs are left to them
        as long as they prolong the leases: they know better how their processes ended.

    Returns
    -------
    int
        Number of runs given back.
    """
    now = utc_now()

    def is_lost(run: Run) -> bool:
        if run.lease_until is None or run.lease_until < now:
            return True
        is_held = not is_alone and run.lease_until >= now + LEASE - _OVERDUE
        return not is_held and is_gone(run.worker or "")

    with database.reading() as session:
        lost = [run.claim for run in runs_of_others(session, own) if is_lost(run)]
    for claim in lost:
        if claim is not None:
            note_machine_fault(database, claim, _AWAY, own_fault=False)
    return len(lost)


def _tell(session: Session, run: Run, why: str) -> None:
    """Note the new state of a run for pages that are open."""
    add_event(session, f"run_{run.state}", experiment_id=run.experiment_id, run=run.id, asset=run.asset, why=why)


def note_lost(session: Session, content: str, graph: Graph) -> None:
    """
    Note that the file of a content is gone or harmed, and have it made or read again wherever it is the newest.

    Parameters
    ----------
    session : Session
        One that writes.
    content : str
    graph : Graph
    """
    experiments = set()
    for revision in revisions_holding(session, content):
        revision.is_lost = True
        experiments.add(revision.experiment_id)
    session.flush()
    newest, runs = newest_revisions(session, experiments), newest_runs(session, experiments)
    for experiment_id in sorted(experiments):
        experiment = session.get_one(Experiment, experiment_id)
        for asset, revision in newest[experiment_id].items():
            if revision.content != content:
                continue
            add_event(session, "content_lost", experiment_id=experiment_id, asset=asset, number=revision.number)
            reading = runs[experiment_id].get(READ + asset)
            is_open = reading is not None and reading.state in OPEN
            if "upload" in revision.options and not is_open and experiment.deleted is None:
                ask_to_read(
                    session,
                    experiment_id,
                    asset,
                    revision.options,
                    reason="its content was lost",
                    asked_by=experiment.owner_id,
                )
        plan(session, experiment, graph)
