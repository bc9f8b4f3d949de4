"""What waits, runs and failed, of all users; and what an administrator does with one run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased, defer

from paleobc.errors import ConflictError, InputError, NotFoundError
from paleobc.services.administrators import Actor, check_actor, note_action
from paleobc.services.planning import end_early, plan
from paleobc.steps.catalogue import GRAPH
from paleobc.store.events import add_event
from paleobc.store.runs import OPEN, add_run, give_back
from paleobc.store.tables import Experiment, Run, User, utc_now
from paleobc.workflow.step import SCIENCE

#: What is put aside keeps this word among the data of its run.
_ASIDE: Final = "put_aside"
#: Of each state so many runs are listed.
MOST_LISTED: Final = 200

#: Messages of a queue of the broker that are ready, and that were put aside as dead.
Depths = Mapping[str, tuple[int, int]]


def queues_data(session: Session, by: Actor, depths: Depths | None = None) -> list[dict[str, Any]]:
    """
    Each queue: how many runs wait, the age of the oldest, how many are performed, and its messages at the broker.

    Parameters
    ----------
    session : Session
    by : User or Shell
    depths : mapping, optional
        Messages ready and dead, by queue; None where there is no broker, or it cannot be asked.
    """
    check_actor(session, by)
    waiting = select(Run.queue, func.count(), func.min(Run.created)).where(Run.state == "waiting").group_by(Run.queue)
    running = select(Run.queue, func.count()).where(Run.state == "running").group_by(Run.queue)
    waits = {queue: (number, oldest) for queue, number, oldest in session.execute(waiting)}
    runs = dict(session.execute(running).all())
    now, usual = utc_now(), {SCIENCE, *(step.queue for step in GRAPH.steps)}
    names = sorted({*usual, *waits, *runs, *(depths or {})})
    return [
        {
            "queue": name,
            "waiting": waits.get(name, (0, None))[0],
            "oldest_seconds": (now - waits[name][1]).total_seconds() if name in waits else None,
            "running": runs.get(name, 0),
            "ready": None if depths is None else depths.get(name, (0, 0))[0],
            "dead": None if depths is None else depths.get(name, (0, 0))[1],
        }
        for name in names
    ]


def runs_data(session: Session, by: Actor, state: str, *, most: int = MOST_LISTED) -> list[dict[str, Any]]:
    """
    Runs of all users in a state: waiting ones the oldest first, failed ones the newest first.

    A failed run is listed as long as it is something to do: nothing was tried after it, and nobody put it aside.

    Raises
    ------
    InputError
        Where it is none of the states that wait for somebody.
    """
    check_actor(session, by)
    if state not in (*OPEN, "failed"):
        raise InputError(f"Runs are listed that are waiting, running or failed, not {state!r}.")
    query = _listed(state).limit(most)
    return [_run_data(run, experiment, user) for run, experiment, user in session.execute(query)]


def _listed(state: str) -> Select[Run, Experiment, User]:
    """Runs of a state with their experiments and users."""
    query = (
        select(Run, Experiment, User)
        .join(Experiment, Experiment.id == Run.experiment_id)
        .join(User, User.id == func.coalesce(Run.asked_by, Experiment.owner_id))
        .where(Run.state == state)
        .options(defer(Run.log))
    )
    if state in OPEN:
        return query.order_by(Run.created, Run.number)
    later = aliased(Run)
    newer = select(later.id).where(
        later.experiment_id == Run.experiment_id, later.step == Run.step, later.number > Run.number
    )
    is_aside = Run.data[_ASIDE].as_string().is_not(None)
    return query.where(~newer.exists(), ~is_aside, Experiment.deleted.is_(None)).order_by(Run.ended.desc())


def run_to_administer(session: Session, by: Actor, run_id: str) -> dict[str, Any]:
    """
    One run of anybody, with its log.

    Raises
    ------
    NotFoundError
    """
    check_actor(session, by)
    run = _run(session, run_id)
    experiment = session.get_one(Experiment, run.experiment_id)
    user = session.get_one(User, run.asked_by or experiment.owner_id)
    return {**_run_data(run, experiment, user), "log": run.log, "actions": actions_of(run)}


def _run_data(run: Run, experiment: Experiment, user: User) -> dict[str, Any]:
    """One run as plain data."""
    return {
        "id": run.id,
        "number": run.number,
        "experiment": experiment.name,
        "experiment_id": experiment.id,
        "user": user.name,
        "step": run.step,
        "queue": run.queue,
        "state": run.state,
        "reason": run.reason,
        "sentence": run.sentence,
        "is_input_fault": run.is_input_fault,
        "attempts": run.attempts,
        "worker": run.worker,
        "progress": run.progress,
        "created": run.created.isoformat(),
        "started": run.started.isoformat() if run.started else None,
        "ended": run.ended.isoformat() if run.ended else None,
        "lease_until": run.lease_until.isoformat() if run.lease_until else None,
        "put_aside": run.data.get(_ASIDE),
    }


def actions_of(run: Run) -> list[str]:
    """
    What can be done with a run as it stands.

    Examples
    --------
    >>> actions_of(Run(state="running")), actions_of(Run(state="done"))
    (['cancel', 'requeue'], [])
    """
    return [name for name, (states, _) in _ACTIONS.items() if run.state in states]


def act_on_run(session: Session, by: Actor, run_id: str, action: str) -> dict[str, Any]:
    """
    Do something with one run, and leave a trace of it.

    Parameters
    ----------
    session : Session
        One that writes.
    by : User or Shell
    run_id : str
    action : {"retry", "cancel", "requeue", "discard"}
        Try a failed one again; end one that waits or runs; take a running one from its worker, so that it waits again;
        put a failed or waiting one aside, so that it is nothing to do any more.

    Returns
    -------
    dict
        The run as it stands then; of "retry" the new one.

    Raises
    ------
    NotFoundError, InputError
    ConflictError
        Where the run does not stand so that it can be done.
    """
    check_actor(session, by)
    if action not in _ACTIONS:
        raise InputError(f"A run knows no {action!r}; it knows {', '.join(_ACTIONS)}.")
    run, (states, perform) = _run(session, run_id), _ACTIONS[action]
    if run.state not in states:
        words = " or ".join(states)
        raise ConflictError(f"The run is {run.state} by now, and only one that is {words} can be given to {action!r}.")
    note_action(session, by, "run", experiment_id=run.experiment_id, what=action, run=run.id, step=run.step)
    return run_to_administer(session, by, perform(session, by, run).id)


def _run(session: Session, run_id: str) -> Run:
    run = session.get(Run, run_id)
    if run is None:
        raise NotFoundError("There is no such run.")
    return run


def _retry(session: Session, by: Actor, run: Run) -> Run:
    """Ask for the same again; what has changed since is planned by itself."""
    experiment = session.get_one(Experiment, run.experiment_id)
    later = select(func.count()).where(
        Run.experiment_id == run.experiment_id, Run.step == run.step, Run.number > run.number
    )
    if experiment.deleted is not None:
        raise ConflictError("The experiment is in the bin of its owner.")
    if session.scalar(later):
        raise ConflictError("A newer run took its place.")
    same = ("step", "asset", "fingerprint", "options", "inputs", "priority", "queue", "asked_by")
    why = f"tried again by {by.name}"
    again = add_run(session, run.experiment_id, reason=why, **{name: getattr(run, name) for name in same})
    add_event(session, "run_waiting", experiment_id=run.experiment_id, run=again.id, asset=run.asset, why=why)
    plan(session, experiment)  # withdraws it where its result would no longer be the wanted one
    session.refresh(again)
    if again.state == "withdrawn":
        raise ConflictError("What it depends on changed since, or is being made; it runs by itself when that is there.")
    return again


def _cancel(session: Session, by: Actor, run: Run) -> Run:
    """End a run; its user can ask for it again."""
    end_early(session, run, "cancelled", f"Cancelled by {by.name}, who administers.", _id_of(by))
    plan(session, session.get_one(Experiment, run.experiment_id))
    return run


def _requeue(session: Session, by: Actor, run: Run) -> Run:
    """Take a run from its worker, which stops it; the next one that is free takes it."""
    why = f"Taken from its worker by {by.name}."
    if run.claim is None or give_back(session, run.claim, why, own_fault=False) is None:
        raise ConflictError("The run ended just now.")
    add_event(session, f"run_{run.state}", experiment_id=run.experiment_id, run=run.id, asset=run.asset, why=why)
    return run


def _discard(session: Session, by: Actor, run: Run) -> Run:
    """Put a run aside; for its user a failed one stays as it is."""
    if run.state == "waiting":
        return _cancel(session, by, run)
    run.data = {**run.data, _ASIDE: by.name}
    session.flush()
    return run


def _id_of(by: Actor) -> str | None:
    return by.id if isinstance(by, User) else None


#: In which states each action can be done, and how.
_ACTIONS: Final[Mapping[str, tuple[Sequence[str], Callable[[Session, Actor, Run], Run]]]] = {
    "retry": (("failed", "cancelled"), _retry),
    "cancel": (OPEN, _cancel),
    "requeue": (("running",), _requeue),
    "discard": (("waiting", "failed"), _discard),
}
