"""People of the existing tool: found here by their names, or made, with the checksums of their passwords."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Sequence
from functools import cache
from typing import Final

from sqlalchemy.orm import Session

from paleobc.services.accounts import hash_password
from paleobc.services.importing.old_database import OldUser
from paleobc.services.importing.report import shown
from paleobc.services.old_passwords import is_old_checksum
from paleobc.store.imported import imported_as, note_imported
from paleobc.store.tables import User
from paleobc.store.users import add_user, name_key, user_named

#: A number may come behind it.
_LONGEST_NAME: Final = 54


def identity(*parts: object) -> str:
    """
    Checksum of what tells a thing of the existing tool from all others.

    Examples
    --------
    >>> identity("user", 1, "ada") == identity("user", 1, "bob")
    False
    """
    return hashlib.sha256(json.dumps(parts, default=str).encode()).hexdigest()


def people_of_one_name(users: Sequence[OldUser]) -> set[int]:
    """Ids of those whose name is here the same as that of somebody before them, as ``Ada`` and ``ada`` are."""
    first: dict[str, int] = {}
    return {user.id for user in users if first.setdefault(name_key(_clean_name(user)), user.id) != user.id}


def bring_user(session: Session, old: OldUser, *, is_namesake: bool) -> tuple[User, str, bool]:
    """
    Account of a person of the existing tool.

    Parameters
    ----------
    session : Session
        One that writes.
    old : OldUser
    is_namesake : bool
        Somebody else of the existing tool has that name here; see `people_of_one_name`.

    Returns
    -------
    user : User
    sentence : str
        What is to be known of it; empty where it is as it was.
    is_new : bool
        Whether the account was made now.
    """
    source = identity("user", old.id, old.name)
    known = imported_as(session, "user", source)
    user = session.get(User, known) if known is not None else None
    if user is not None:
        return user, "", False
    name = _clean_name(old)
    found = user_named(session, name)
    if found is not None and not is_namesake:
        note_imported(session, "user", source, old.id, found.id)
        sentence = f"{found.name!r} has an account here already, which keeps its password and gets the experiments."
        return found, sentence, False
    user = _new_account(session, name, old)
    note_imported(session, "user", source, old.id, user.id)
    return user, _sentence(user, old), True


def _new_account(session: Session, name: str, old: OldUser) -> User:
    """Make an account; where two names of the existing tool are one here, with a number behind the second."""
    names = (name, *(f"{name} {number}" for number in range(2, 10_000)))
    free = next(candidate for candidate in names if user_named(session, candidate) is None)
    # Without any checksum it would be an account of the single sign-on.
    checksum = old.checksum if is_old_checksum(old.checksum) else _nobodys_checksum()
    return add_user(session, free, password_hash=checksum)


@cache
def _nobodys_checksum() -> str:
    """Checksum of a password that nobody knows; it takes long, and is made once."""
    return hash_password(secrets.token_urlsafe(32))


def _sentence(user: User, old: OldUser) -> str:
    said = []
    if user.name != shown(old.name):
        said.append(f"{shown(old.name, _LONGEST_NAME)!r} is called {user.name!r} here.")
    if not is_old_checksum(user.password_hash):
        said.append(f"{user.name!r} needs a new password, as the old one is kept in a form that is not known.")
    return " ".join(said)


def _clean_name(old: OldUser) -> str:
    """A name that can be shown, and told from others."""
    plain = shown(old.name, _LONGEST_NAME).strip()
    return plain if len(plain) > 1 else f"user {old.id} {plain}".strip()
