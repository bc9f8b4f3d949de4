"""Accounts: who may join, passwords that are worth the name, and guesses that are slowed down."""

from __future__ import annotations

import threading
import time
from collections import deque
from datetime import timedelta
from functools import cache
from typing import Any, Final

from pwdlib import PasswordHash
from sqlalchemy import update
from sqlalchemy.orm import Session
from zxcvbn import zxcvbn

from paleobc.errors import ForbiddenError, InputError, TooManyTriesError
from paleobc.services.old_passwords import an_old_checksum, fits_old_checksum, is_old_checksum
from paleobc.store.events import add_event
from paleobc.store.tables import User, utc_now
from paleobc.store.users import (
    add_token,
    add_user,
    has_administrator,
    invite,
    open_invitation,
    sign_out_everywhere,
    tokens_of,
    use_invitation,
    user_named,
    user_of_subject,
    withdraw_invitations_of_nobody,
)

SHORTEST_PASSWORD: Final = 10
LONGEST_PASSWORD: Final = 200
_LONGEST_NAME: Final = 60
#: zxcvbn's score, 0 to 4: 2 takes more than a million guesses. It judges the beginning only, as its time grows.
_LEAST_SCORE: Final = 2
_MOST_JUDGED: Final = 72

_LONGEST_TOKEN_DAYS: Final = 3660
_MOST_TOKENS: Final = 100

#: An invitation can be used for so long.
INVITATION_LASTS: Final = timedelta(days=14)

_HASHER: Final = PasswordHash.recommended()  # argon2id


class RateLimit:
    """
    At most so many tries in so many seconds, for each key; kept in this process.

    Parameters
    ----------
    tries : int
    seconds : float
    """

    def __init__(self, tries: int, seconds: float) -> None:
        self._tries, self._seconds = tries, seconds
        self._times: dict[str, deque[float]] = {}
        self._lock = threading.Lock()

    def check(self, key: str, *, now: float | None = None) -> None:
        """
        Count a try.

        Raises
        ------
        TooManyTriesError
            Where there were too many.
        """
        now = time.monotonic() if now is None else now
        with self._lock:
            if len(self._times) > 100_000:  # keys that somebody makes up do not fill the memory
                self._times = {k: t for k, t in self._times.items() if t[-1] > now - self._seconds}
            times = self._times.setdefault(key, deque())
            while times and times[0] <= now - self._seconds:
                times.popleft()
            if len(times) >= self._tries:
                wait = max(1, round(times[0] + self._seconds - now))
                raise TooManyTriesError(f"Too many tries; wait {wait} seconds and try again.", wait)
            times.append(now)

    def forget(self, key: str) -> None:
        """Forget the tries of a key: it was the right person."""
        with self._lock:
            self._times.pop(key, None)


def check_password(password: str, name: str) -> None:
    """
    Refuse a password that would be guessed.

    Raises
    ------
    InputError
        Says what is wrong with it.
    """
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise InputError(
            f"A password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters; a few words make a good one."
        )
    if zxcvbn(password[:_MOST_JUDGED], user_inputs=[name, "paleobc"])["score"] < _LEAST_SCORE:
        raise InputError("This password is among those that are tried first; take a few words that do not go together.")


def check_name(name: str) -> None:
    """
    Refuse a name that cannot be shown or told from others.

    Raises
    ------
    InputError
    """
    name = name.strip()
    if not 2 <= len(name) <= _LONGEST_NAME or not name.isprintable():
        raise InputError(f"A name has 2 to {_LONGEST_NAME} printable characters.")


def hash_password(password: str) -> str:
    """Argon2 checksum of a password, to be kept."""
    return _HASHER.hash(password)


def _fits(password: str, checksum: str) -> bool:
    return fits_old_checksum(password, checksum) if is_old_checksum(checksum) else _HASHER.verify(password, checksum)


def authenticate(session: Session, name: str, password: str) -> User | None:
    """
    Account of a name and a password, None where they do not go together.

    It takes as long for a name that does not exist as for one that does: as long as there are accounts with old
    checksums, one of these is compared with as well.
    """
    user, tried = user_named(session, name), password[:LONGEST_PASSWORD]
    checksum = user.password_hash if user is not None and user.state == "active" else None
    other = _nobodys_hash() if is_old_checksum(checksum) else an_old_checksum(session)
    if other is not None:
        _fits(tried, other)
    return user if _fits(tried, checksum or _nobodys_hash()) and checksum is not None else None


def renew_checksum(session: Session, user: User, password: str) -> None:
    """Take our own checksum in the place of an old one with which a password was just compared, if it is still it."""
    same = (User.id == user.id, User.password_hash == user.password_hash)
    session.execute(update(User).where(*same).values(password_hash=hash_password(password[:LONGEST_PASSWORD])))


def register(session: Session, name: str, password: str, *, invitation: str = "", registration: str) -> User:
    """
    Make an account.

    Parameters
    ----------
    session : Session
        One that writes.
    name, password : str
    invitation : str
        Secret of an invitation, which also says the role.
    registration : {"open", "invitation", "closed"}
        Who may make an account without one.

    Raises
    ------
    ForbiddenError
        Where an invitation is needed.
    InputError, ConflictError
        Where the name or the password cannot be used.
    """
    found = open_invitation(session, invitation) if invitation else None
    if found is None and (invitation or registration != "open"):
        raise ForbiddenError("An invitation is needed that was not used yet; ask an administrator for a link.")
    check_name(name)
    check_password(password, name)
    user = add_user(session, name, password_hash=hash_password(password), role=found.role if found else "user")
    if found is not None:
        use_invitation(session, found, user)
    return user


def first_administrator_link(session: Session) -> str | None:
    """
    Secret of the invitation with which the administrator makes an account; None where there is one already.

    Links of earlier starts are withdrawn: one that lies about cannot make a second administrator.
    """
    withdraw_invitations_of_nobody(session)
    if has_administrator(session):
        return None
    return invite(session, role="admin", made_by=None, lasts=INVITATION_LASTS)


def change_password(session: Session, user: User, old: str, new: str, *, keep: str | None = None) -> None:
    """
    Change a password, and sign out wherever the old one was used.

    Parameters
    ----------
    session : Session
        One that writes.
    user : User
    old, new : str
    keep : str, optional
        Checksum of the sign-in that goes on: that of the browser in which it is changed.

    Raises
    ------
    ForbiddenError
        Where the old one is wrong.
    InputError
        Where the new one is too weak.
    """
    present = session.get_one(User, user.id)
    if present.password_hash is not None and not _fits(old[:LONGEST_PASSWORD], present.password_hash):
        raise ForbiddenError("The present password is wrong.")
    check_password(new, present.name)
    present.password_hash = hash_password(new)
    sign_out_everywhere(session, user.id, keep=keep)
    add_event(session, "password_changed", user_id=user.id)


def user_of_single_sign_on(session: Session, subject: str, name: str, *, may_join: bool) -> User:
    """
    Account of somebody whom the laboratory's single sign-on knows; it is made where that is allowed.

    Parameters
    ----------
    session : Session
        One that writes.
    subject : str
        Who it is, as the single sign-on says, for ever.
    name : str
        What to call them; a number is added where somebody else is called so.
    may_join : bool
        Whether who comes for the first time gets an account, always that of a user.

    Raises
    ------
    ForbiddenError
        Where there is no account and none may be made, or it was disabled.
    """
    user = user_of_subject(session, subject)
    if user is not None and user.state != "active":
        raise ForbiddenError("This account was disabled; ask an administrator.")
    if user is not None:
        return user
    if not may_join:
        raise ForbiddenError("There is no account for you yet; ask an administrator for an invitation.")
    plain = "".join(letter for letter in name if letter.isprintable()).strip()[: _LONGEST_NAME - 5] or "user"
    plain = plain if len(plain) > 1 else f"{plain} 1"
    names = (plain, *(f"{plain} {number}" for number in range(2, 1000)))
    free = next(candidate for candidate in names if user_named(session, candidate) is None)
    return add_user(session, free, password_hash=None, oidc_subject=subject)


def tokens_data(session: Session, user: User) -> list[dict[str, Any]]:
    """Tokens of a user's programs, without their secrets, newest first."""
    return [
        {
            "id": token.id,
            "name": token.name,
            "created": token.created.isoformat(),
            "used": token.used.isoformat() if token.used else None,
            "expires": token.expires.isoformat() if token.expires else None,
        }
        for token in tokens_of(session, user.id)
    ]


def make_token(session: Session, user: User, name: str, *, days: int | None = None) -> str:
    """
    Make a token for a program; returns its secret, which is shown once and not kept.

    Raises
    ------
    InputError
        Where it cannot be called so, or last so long.
    """
    name = name.strip()
    if not 1 <= len(name) <= _LONGEST_NAME or not name.isprintable():
        raise InputError(f"A token has a name of 1 to {_LONGEST_NAME} printable characters: the program that uses it.")
    if days is not None and not 1 <= days <= _LONGEST_TOKEN_DAYS:
        raise InputError(f"A token lasts 1 to {_LONGEST_TOKEN_DAYS} days, or until it is removed.")
    if len(tokens_of(session, user.id)) >= _MOST_TOKENS:
        raise InputError(f"There are {_MOST_TOKENS} tokens already; remove one of them first.")
    expires = None if days is None else utc_now() + timedelta(days=days)
    return add_token(session, user.id, name, expires)[0]


@cache
def _nobodys_hash() -> str:
    """Checksum to compare with where there is no account; it takes long, and is made once."""
    return _HASHER.hash("a password that nobody has")
