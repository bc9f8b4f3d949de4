"""What happened: for the list of activity and for pages that are open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from paleobc.store.tables import Event, Experiment, Share


def add_event(
    session: Session, kind: str, *, experiment_id: str | None = None, user_id: str | None = None, **data: Any
) -> None:
    """
    Note that something happened.

    Parameters
    ----------
    session : Session
        One that writes; the event belongs into the transaction of what it tells of.
    kind : str
    experiment_id : str, optional
        Where it happened; who may see the experiment may see the event.
    user_id : str, optional
        Who did it; where it happened in no experiment, to whose account.
    **data
        More about it, plain.
    """
    session.add(Event(kind=kind, experiment_id=experiment_id, user_id=user_id, data=data))


def newest_event(session: Session) -> int:
    """Number of the newest event; 0 where there is none."""
    return session.scalar(select(func.max(Event.id))) or 0


def events_after(session: Session, after: int, user_id: str, most: int = 500) -> Sequence[Event]:
    """Events after a number, in experiments that a user may see, oldest first."""
    shared = select(Share.experiment_id).where(Share.user_id == user_id)
    own = select(Experiment.id).where(Experiment.owner_id == user_id)
    seen = or_(Event.experiment_id.in_(own), Event.experiment_id.in_(shared))
    return session.scalars(select(Event).where(Event.id > after, seen).order_by(Event.id).limit(most)).all()


def activity(session: Session, experiment_id: str, *, before: int | None = None, most: int = 100) -> Sequence[Event]:
    """Events of an experiment, newest first."""
    query = select(Event).where(Event.experiment_id == experiment_id)
    if before is not None:
        query = query.where(Event.id < before)
    return session.scalars(query.order_by(Event.id.desc()).limit(most)).all()


def account_events(session: Session, user_id: str, *, most: int = 20) -> Sequence[Event]:
    """Events of an account itself, newest first."""
    query = select(Event).where(Event.user_id == user_id, Event.experiment_id.is_(None))
    return session.scalars(query.order_by(Event.id.desc()).limit(most)).all()
