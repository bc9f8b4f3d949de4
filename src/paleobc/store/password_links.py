"""Links with which somebody chooses a new password, in place of one that was forgotten."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from paleobc.errors import ConflictError
from paleobc.store.tables import PasswordLink, User, utc_now
from paleobc.store.users import hash_of


def add_password_link(session: Session, user: User, lasts: timedelta) -> str:
    """Make the link of an account, and earlier ones worthless; returns its secret, which is not kept."""
    secret = secrets.token_urlsafe(24)
    session.execute(delete(PasswordLink).where(PasswordLink.user_id == user.id))
    session.add(PasswordLink(hash=hash_of(secret), user_id=user.id, expires=utc_now() + lasts))
    session.flush()
    return secret


def user_of_password_link(session: Session, secret: str, *, now: datetime | None = None) -> User | None:
    """Find whose password the link of a secret replaces, if it still does."""
    link = session.get(PasswordLink, hash_of(secret))
    if link is None or link.expires < (now or utc_now()):
        return None
    user = session.get(User, link.user_id)
    return user if user is not None and user.state == "active" else None


def use_password_link(session: Session, secret: str) -> None:
    """
    Use a link up.

    Raises
    ------
    ConflictError
        Where someone else was quicker.
    """
    query = delete(PasswordLink).where(PasswordLink.hash == hash_of(secret)).returning(PasswordLink.hash)
    if session.scalar(query) is None:
        raise ConflictError("This link has been used; ask for another one.")
