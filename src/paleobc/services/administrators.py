"""Who administers, on the pages or in the shell of the server, and the trace that each action leaves."""

from __future__ import annotations

import getpass
import os
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from paleobc.errors import NotFoundError
from paleobc.store.events import add_event
from paleobc.store.tables import Event, User

#: Actions of administrators are events of kinds that begin so.
_KIND: Final = "admin_"


@dataclass(frozen=True)
class Shell:
    """
    Whoever runs the program on the server itself, and may read the database anyway.

    Parameters
    ----------
    name : str
        Name for the trace of what they do.
    """

    name: str


#: Who may administer.
Actor = User | Shell


def shell() -> Shell:
    """Whoever runs this process."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # a container runs under a number that has no name
        name = f"user {os.getuid()}"
    return Shell(f"{name} on the server")


def administrator(session: Session, user: User) -> User:
    """
    The one who acts, if they administer.

    Raises
    ------
    NotFoundError
        For others there is nothing here.
    """
    present = session.get(User, user.id)
    if present is None or present.role != "admin" or present.state != "active":
        raise NotFoundError("There is no such page.")
    return present


def check_actor(session: Session, by: Actor) -> None:
    """
    Refuse whoever does not administer.

    Raises
    ------
    NotFoundError
    """
    if isinstance(by, User):
        administrator(session, by)


def note_action(session: Session, by: Actor, action: str, *, experiment_id: str | None = None, **data: Any) -> None:
    """
    Note what an administrator did.

    Parameters
    ----------
    session : Session
        One that writes.
    by : User or Shell
    action : str
        In a word or two, with ``_`` between.
    experiment_id : str, optional
        Where it was done; its owner sees it then.
    **data
        More about it, plain.
    """
    # An event of an account alone would be told to its owner as one of the password: those of administrators have none.
    user_id = by.id if isinstance(by, User) and experiment_id is not None else None
    add_event(session, _KIND + action, experiment_id=experiment_id, user_id=user_id, by=by.name, **data)


def actions_data(session: Session, by: Actor, *, most: int = 30) -> list[dict[str, Any]]:
    """What administrators did, newest first."""
    check_actor(session, by)
    query = select(Event).where(Event.kind.startswith(_KIND, autoescape=True)).order_by(Event.id.desc()).limit(most)
    return [
        {
            **event.data,
            "action": event.kind.removeprefix(_KIND),
            "experiment": event.experiment_id,
            "created": event.created.isoformat(),
        }
        for event in session.scalars(query)
    ]
