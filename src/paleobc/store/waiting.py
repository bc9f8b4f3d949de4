"""Which runs may begin now, and in which order: everybody has a share, short runs pass long ones, age decides last."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache
from typing import Final

from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, func, select
from sqlalchemy.orm import Session, aliased

from paleobc.store.tables import Run

#: States of a run that has not ended.
UNENDED: Final = ("waiting", "running")


def next_waiting(
    session: Session, *, queues: Collection[str] | None = None, of_idle_users: bool = False, most: int = 5
) -> Sequence[str]:
    """
    Ids of the runs that may begin now: of the user who has fewest running first, then by priority, then the oldest.

    A step of an experiment is performed by one run at a time, in the order in which they were asked for: an older
    result cannot come after a newer one.

    Parameters
    ----------
    session : Session
    queues : collection of str, optional
        Only of these kinds of work; None: of all.
    of_idle_users : bool
        Only of users of whom nothing is running.
    most : int
        So many ids at most.
    """
    values = {"most": most} if queues is None else {"most": most, "queues": list(queues)}
    return session.scalars(_in_turn(queues is not None, of_idle_users), values).all()


def waiting_by_queue(session: Session) -> dict[str, int]:
    """How many runs may begin now, by their kind of work."""
    counted = select(Run.queue, func.count()).where(_may_begin()).group_by(Run.queue)
    return {row[0]: row[1] for row in session.execute(counted)}


@cache
def _in_turn(is_of_queues: bool, is_of_idle_users: bool) -> Select[str]:
    """Question for the next runs, put together once: it is asked at every turn."""
    busy = aliased(Run)
    share = (
        select(func.count())
        .where(busy.state == "running", func.coalesce(busy.asked_by, "") == func.coalesce(Run.asked_by, ""))
        .scalar_subquery()
    )
    waiting = select(Run.id).where(_may_begin())
    if is_of_queues:
        waiting = waiting.where(Run.queue.in_(bindparam("queues", expanding=True)))
    if is_of_idle_users:
        waiting = waiting.where(share == 0)
    order = (share, Run.priority.desc(), Run.created, Run.number)
    return waiting.order_by(*order).limit(bindparam("most", type_=Integer))


def _may_begin() -> ColumnElement[bool]:
    """Condition that a run waits, and for no other one of its step and experiment."""
    earlier = aliased(Run)
    before = select(earlier.id).where(
        earlier.experiment_id == Run.experiment_id,
        earlier.step == Run.step,
        earlier.state.in_(UNENDED),
        earlier.number < Run.number,
    )
    return and_(Run.state == "waiting", ~before.exists())
