"""People, the browsers and programs that speak for them, and who may join."""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from paleobc.errors import ConflictError, NotFoundError
from paleobc.store.letters import by_character
from paleobc.store.tables import Invitation, SignIn, Token, User, utc_now

#: Secrets of programs begin with this, so that people and scanners know one when they see it.
TOKEN_PREFIX: Final = "paleobc_"  # noqa: S105  (no secret itself)
_SEEN_EVERY: Final = timedelta(minutes=5)


def name_key(name: str) -> str:
    """
    What two names have in common that people would confuse.

    Examples
    --------
    >>> name_key(" Ada ") == name_key("ADA")
    True
    """
    return unicodedata.normalize("NFKC", name).strip().casefold()


def hash_of(secret: str) -> str:
    """Checksum under which a random secret is kept: enough, as it cannot be guessed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def add_user(
    session: Session, name: str, *, password_hash: str | None, role: str = "user", oidc_subject: str | None = None
) -> User:
    """
    Make an account.

    Raises
    ------
    ConflictError
        Where the name is taken.
    """
    if user_named(session, name) is not None:
        raise ConflictError(f"The name {name.strip()!r} is taken; choose another.")
    user = User(
        name=name.strip(), name_key=name_key(name), password_hash=password_hash, role=role, oidc_subject=oidc_subject
    )
    session.add(user)
    session.flush()
    return user


def user_named(session: Session, name: str) -> User | None:
    """Find the account of a name, however it is capitalised."""
    return session.scalar(select(User).where(User.name_key == name_key(name)))


def user_of_subject(session: Session, subject: str) -> User | None:
    """Find the account of somebody whom a single sign-on knows."""
    return session.scalar(select(User).where(User.oidc_subject == subject))


def all_users(session: Session) -> Sequence[User]:
    """All accounts, by name."""
    return session.scalars(select(User).order_by(by_character(User.name_key))).all()


def has_administrator(session: Session) -> bool:
    """Whether someone can administer this installation."""
    query = select(func.count()).select_from(User).where(User.role == "admin", User.state == "active")
    return bool(session.scalar(query))


def sign_in(session: Session, user: User, lasts: timedelta) -> tuple[str, SignIn]:
    """Open a session of a browser; returns the secret for its cookie, which is not kept."""
    secret, now = secrets.token_urlsafe(32), utc_now()
    entry = SignIn(hash=hash_of(secret), user_id=user.id, csrf=secrets.token_urlsafe(32), expires=now + lasts)
    session.add(entry)
    session.execute(delete(SignIn).where(SignIn.expires < now))
    session.flush()
    return secret, entry


def signed_in(session: Session, secret: str, *, now: datetime | None = None) -> tuple[User, SignIn] | None:
    """Whom a cookie's secret stands for."""
    entry = session.get(SignIn, hash_of(secret))
    if entry is None or entry.expires < (now or utc_now()):
        return None
    user = session.get(User, entry.user_id)
    return (user, entry) if user is not None and user.state == "active" else None


def sign_out(session: Session, secret: str) -> None:
    """Forget the session of a browser."""
    session.execute(delete(SignIn).where(SignIn.hash == hash_of(secret)))


def sign_out_everywhere(session: Session, user_id: str, *, keep: str | None = None) -> None:
    """Forget all sessions of a user, but the one of this checksum."""
    session.execute(delete(SignIn).where(SignIn.user_id == user_id, SignIn.hash != (keep or "")))


def add_token(session: Session, user_id: str, name: str, expires: datetime | None = None) -> tuple[str, Token]:
    """Make a secret for a program; it is shown once and not kept."""
    secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
    token = Token(user_id=user_id, name=name, hash=hash_of(secret), expires=expires)
    session.add(token)
    session.flush()
    return secret, token


def token_user(session: Session, secret: str, *, now: datetime | None = None) -> tuple[User, Token] | None:
    """Whom a program's secret stands for."""
    token = session.scalar(select(Token).where(Token.hash == hash_of(secret)))
    if token is None or (token.expires is not None and token.expires < (now or utc_now())):
        return None
    user = session.get(User, token.user_id)
    return (user, token) if user is not None and user.state == "active" else None


def note_use(session: Session, token: Token, *, now: datetime | None = None) -> None:
    """Note that a program's secret was used, at most every few minutes."""
    now = now or utc_now()
    if token.used is None or token.used < now - _SEEN_EVERY:
        session.execute(update(Token).where(Token.id == token.id).values(used=now))


def tokens_of(session: Session, user_id: str) -> Sequence[Token]:
    """Secrets of a user's programs, newest first, without the secrets themselves."""
    return session.scalars(select(Token).where(Token.user_id == user_id).order_by(Token.created.desc())).all()


def remove_token(session: Session, user_id: str, token_id: str) -> None:
    """
    Make a program's secret worthless.

    Raises
    ------
    NotFoundError
        Where the user has no such token.
    """
    token = session.get(Token, token_id)
    if token is None or token.user_id != user_id:
        raise NotFoundError("There is no such token.")
    session.delete(token)


def invite(session: Session, *, role: str, made_by: str | None, lasts: timedelta) -> str:
    """Make an invitation; returns its secret, which is not kept."""
    secret = secrets.token_urlsafe(24)
    session.add(Invitation(hash=hash_of(secret), role=role, made_by=made_by, expires=utc_now() + lasts))
    session.flush()
    return secret


def withdraw_invitations_of_nobody(session: Session) -> None:
    """Withdraw unused invitations that the program itself made, for its first administrator."""
    session.execute(delete(Invitation).where(Invitation.made_by.is_(None), Invitation.used_by.is_(None)))


def open_invitation(session: Session, secret: str, *, now: datetime | None = None) -> Invitation | None:
    """Find the invitation of a secret, if it can still be used."""
    invitation = session.get(Invitation, hash_of(secret))
    if invitation is None or invitation.used_by is not None or invitation.expires < (now or utc_now()):
        return None
    return invitation


def use_invitation(session: Session, invitation: Invitation, user: User) -> None:
    """
    Use an invitation up.

    Raises
    ------
    ConflictError
        Where someone else was quicker.
    """
    taken = session.scalar(
        update(Invitation)
        .where(Invitation.hash == invitation.hash, Invitation.used_by.is_(None))
        .values(used_by=user.id)
        .returning(Invitation.hash)
    )
    if taken is None:
        raise ConflictError("This invitation has been used; ask for another one.")
