"""A forgotten password: an administrator makes a link, with which its owner alone chooses a new one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from paleobc.errors import ConflictError, ForbiddenError, NotFoundError
from paleobc.services.accounts import check_password, hash_password
from paleobc.services.administration import other_user
from paleobc.services.administrators import administrator
from paleobc.store.events import account_events, add_event
from paleobc.store.letters import by_character
from paleobc.store.password_links import add_password_link, use_password_link, user_of_password_link
from paleobc.store.tables import User
from paleobc.store.users import sign_out_everywhere, user_named

#: A link can be used for so long.
PASSWORD_LINK_LASTS: Final = timedelta(days=2)


def link_for_user(session: Session, user: User, user_id: str) -> str:
    """
    Make the link with which another user replaces their password; returns its secret, which is shown once.

    Parameters
    ----------
    session : Session
        One that writes.
    user : User
        Who administers; whose password it is reads the name.
    user_id : str

    Raises
    ------
    NotFoundError
    ConflictError
        Where there is no password to be replaced.
    """
    by = administrator(session, user)
    return _link(session, other_user(session, user, user_id), by=by.name)


def link_from_shell(session: Session, name: str) -> str:
    """
    Make the same for an account by its name, for whoever may read the database anyway.

    Raises
    ------
    NotFoundError
        Says who administers.
    ConflictError
    """
    user = user_named(session, name)
    if user is None:
        by_name = select(User.name).where(User.role == "admin").order_by(by_character(User.name_key))
        administrators = session.scalars(by_name).all()
        known = f" Administrators are: {', '.join(administrators)}." if administrators else ""
        raise NotFoundError(f"There is no account {name!r}.{known}")
    return _link(session, user, by=None)


def user_to_replace(session: Session, secret: str) -> User:
    """
    Whose password the link of a secret replaces.

    Raises
    ------
    ForbiddenError
        Where it was used, is too old, or was never made.
    """
    user = user_of_password_link(session, secret)
    if user is None:
        raise ForbiddenError("This link was used already, or is too old. Ask an administrator for another one.")
    return user


def replace_password(session: Session, secret: str, new: str) -> User:
    """
    Replace a forgotten password, and sign out wherever the account is signed in; returns whose it is.

    Parameters
    ----------
    session : Session
        One that writes.
    secret : str
        Of the link, which is used up.
    new : str

    Raises
    ------
    ForbiddenError, ConflictError
        Where the link cannot be used.
    InputError
        Where the password is too weak.
    """
    user = user_to_replace(session, secret)
    check_password(new, user.name)
    use_password_link(session, secret)
    user.password_hash = hash_password(new)
    sign_out_everywhere(session, user.id)
    add_event(session, "password_replaced", user_id=user.id)
    return user


def account_activity(session: Session, user: User) -> Sequence[dict[str, Any]]:
    """What happened to the password of an account, newest first."""
    return [
        {"kind": event.kind, "by": event.data.get("by"), "created": event.created.isoformat()}
        for event in account_events(session, user.id)
    ]


def _link(session: Session, user: User, *, by: str | None) -> str:
    """Make the link of an account, and tell its owner; `by` is nobody where it was made on the server itself."""
    if user.state != "active":
        raise ConflictError(f"The account {user.name!r} is disabled; enable it first.")
    if user.password_hash is None:
        raise ConflictError(f"{user.name!r} signs in with the laboratory's account, which alone has a password.")
    add_event(session, "password_link", user_id=user.id, by=by)
    return add_password_link(session, user, PASSWORD_LINK_LASTS)
