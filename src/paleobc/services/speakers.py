"""Who speaks for whom: browsers in which somebody signed in, and programs with tokens."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Final

from sqlalchemy.orm import Session

from paleobc.errors import ForbiddenError
from paleobc.services.accounts import LONGEST_PASSWORD, authenticate, renew_checksum
from paleobc.services.old_passwords import is_old_checksum
from paleobc.store.database import Database
from paleobc.store.tables import SignIn, Token, User, utc_now
from paleobc.store.users import note_use, sign_in, sign_out, token_user

#: A checksum of a password takes 64 MB and a core: more than so many at once are not made.
_CHECKING: Final = threading.BoundedSemaphore(2)
#: The use of a token is noted at most so often: reading is cheaper than writing.
_NOTED_EVERY: Final = timedelta(minutes=5)


def user_of_password(database: Database, name: str, password: str) -> User:
    """
    Account of a name and a password.

    Raises
    ------
    ForbiddenError
        Where they do not go together; it does not say which is wrong.
    """
    # Not in a session that writes: the checksum takes long, and others would wait for the database.
    with _CHECKING, database.reading() as session:
        user = authenticate(session, name, password) if len(password) <= LONGEST_PASSWORD else None
    if user is None:
        raise ForbiddenError("The name and the password do not go together.")
    if is_old_checksum(user.password_hash):
        with database.writing() as session:
            renew_checksum(session, user, password)
    return user


def open_browser(session: Session, user: User, lasts: timedelta, *, earlier: str = "") -> tuple[str, SignIn]:
    """
    Sign a user in; returns the new secret for the cookie, and the session.

    Parameters
    ----------
    session : Session
        One that writes.
    user : User
    lasts : timedelta
    earlier : str
        Secret that the browser had before: it is worthless afterwards.
    """
    if earlier:
        sign_out(session, earlier)
    return sign_in(session, user, lasts)


def speaker(database: Database, secret: str) -> tuple[User, Token] | None:
    """Whom a program's token stands for; its use is noted."""
    with database.reading() as session:
        found = token_user(session, secret)
    if found is not None and (found[1].used is None or utc_now() - found[1].used > _NOTED_EVERY):
        with database.writing() as session:
            note_use(session, found[1])
    return found
