"""What happened since, and who may know of it: for pages that are open."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from paleobc.store.events import events_after, newest_event
from paleobc.store.tables import Event, Experiment, Share, SignIn, Token, User, utc_now


@dataclass(frozen=True)
class Happening:
    """
    Something that happened in an experiment.

    Parameters
    ----------
    number : int
        Later ones have larger numbers.
    experiment : str
        Id of the experiment.
    kind : str
    data : dict
        More about it, plain.
    viewers : frozenset of str
        Ids of the users who may know.
    """

    number: int
    experiment: str
    kind: str
    data: dict[str, Any]
    viewers: frozenset[str]


def happenings_after(session: Session, after: int, most: int) -> list[Happening]:
    """What happened after a number, in all experiments, oldest first."""
    query = select(Event).where(Event.id > after).order_by(Event.id).limit(most)
    events = session.scalars(query).all()
    viewers = _viewers(session, {event.experiment_id for event in events if event.experiment_id is not None})
    return [_happening(event, viewers.get(event.experiment_id or "", frozenset())) for event in events]


def happenings_for(session: Session, after: int, user_id: str, most: int) -> tuple[list[Happening], int]:
    """What happened after a number that a user may know of, oldest first, and up to which number that is all."""
    newest = newest_event(session)
    events = events_after(session, after, user_id, most)
    found = [_happening(event, frozenset({user_id})) for event in events]
    return found, found[-1].number if len(found) == most else max(after, newest)


def still_welcome(session: Session, sign_ins: Collection[str], tokens: Collection[str]) -> set[str]:
    """Those sessions of browsers (by checksum) and tokens of programs (by id) that still speak for somebody."""
    now = utc_now()
    browsers = (
        select(SignIn.hash).join(User).where(SignIn.hash.in_(sign_ins), SignIn.expires > now, User.state == "active")
    )
    programs = select(Token.id).join(User).where(Token.id.in_(tokens), User.state == "active")
    return {*session.scalars(browsers), *session.scalars(programs)}


def _viewers(session: Session, experiments: Iterable[str]) -> dict[str, frozenset[str]]:
    """Who may see each of some experiments."""
    ids = list(experiments)
    found: dict[str, set[str]] = {}
    for experiment, owner in session.execute(select(Experiment.id, Experiment.owner_id).where(Experiment.id.in_(ids))):
        found.setdefault(experiment, set()).add(owner)
    for experiment, user in session.execute(
        select(Share.experiment_id, Share.user_id).where(Share.experiment_id.in_(ids))
    ):
        found.setdefault(experiment, set()).add(user)
    return {experiment: frozenset(users) for experiment, users in found.items()}


def _happening(event: Event, viewers: frozenset[str]) -> Happening:
    return Happening(event.id, event.experiment_id or "", event.kind, event.data, viewers)
