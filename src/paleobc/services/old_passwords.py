"""Checksums of passwords as the existing tool kept them (Werkzeug's), which sign in once and are then replaced."""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from paleobc.store.tables import User

#: More is refused: a checksum that somebody put into the database to keep a processor busy.
_MOST_ROUNDS: Final = 2_000_000
_MOST_SCRYPT_BYTES: Final = 128 << 20
_MOST_PARALLEL: Final = 4

#: A column of the database holds no longer one.
_LONGEST: Final = 200

_DIGESTS: Final = ("sha1", "sha224", "sha256", "sha384", "sha512")
_FORM: Final = re.compile(r"(?P<method>[a-z0-9:]{1,40})\$(?P<salt>[!-#%-~]{1,64})\$(?P<sum>[0-9a-f]{8,128})")


def is_old_checksum(checksum: str | None) -> bool:
    """
    Whether a checksum is one of the existing tool with which somebody can still sign in.

    Examples
    --------
    >>> is_old_checksum("pbkdf2:sha256:150000$Yh3k$" + 64 * "0"), is_old_checksum("plain$$secret")
    (True, False)
    >>> is_old_checksum("pbkdf2:sha256:999999999999$Yh3k$" + 64 * "0")  # would take a day
    False
    """
    return checksum is not None and _parts(checksum) is not None


def fits_old_checksum(password: str, checksum: str) -> bool:
    """
    Whether a password goes together with a checksum of the existing tool.

    Parameters
    ----------
    password : str
    checksum : str
        ``pbkdf2:DIGEST:ROUNDS$SALT$SUM``, ``scrypt:N:R:P$SALT$SUM``, or ``DIGEST$SALT$SUM`` of its first years.

    Examples
    --------
    >>> fits_old_checksum("secret", "sha256$salt$" + hmac.new(b"salt", b"secret", "sha256").hexdigest())
    True
    """
    parts = _parts(checksum)
    if parts is None:
        return False
    method, salt, expected = parts
    return hmac.compare_digest(_checksum(method, salt.encode(), password.encode()), bytes.fromhex(expected))


def an_old_checksum(session: Session) -> str | None:
    """Some checksum of the existing tool, as long as an account has one."""
    found = session.scalars(select(User.password_hash).where(User.password_hash.not_like("$argon2%")).limit(10))
    return next(filter(is_old_checksum, found), None)


def _parts(checksum: str) -> tuple[list[str], str, str] | None:
    """Method, salt and sum of a checksum; None where it is none, or one that takes too much to compare with."""
    found = _FORM.fullmatch(checksum) if len(checksum) <= _LONGEST else None
    if found is None or len(found["sum"]) % 2:
        return None
    method = found["method"].split(":")
    match method:
        case ["pbkdf2", digest, rounds]:
            known = digest in _DIGESTS and _is_within(rounds, _MOST_ROUNDS)
        case ["scrypt", n, r, p]:
            known = all(_is_within(one, 1 << 20) for one in (n, r, p)) and _is_bearable(int(n), int(r), int(p))
        case [digest]:
            known = digest in _DIGESTS
        case _:
            known = False
    return (method, found["salt"], found["sum"]) if known else None


def _is_within(number: str, most: int) -> bool:
    """Whether a text is a whole number from 1 to another."""
    return number.isdecimal() and len(number) <= len(str(most)) and 1 <= int(number) <= most


def _is_bearable(n: int, r: int, p: int) -> bool:
    """Whether scrypt takes a bearable memory and time, and these numbers can be its own."""
    return n > 1 and n & (n - 1) == 0 and p <= _MOST_PARALLEL and 128 * n * r <= _MOST_SCRYPT_BYTES


def _checksum(method: list[str], salt: bytes, password: bytes) -> bytes:
    """Sum of a password."""
    match method:
        case ["pbkdf2", digest, rounds]:
            return hashlib.pbkdf2_hmac(digest, password, salt, int(rounds))
        case ["scrypt", n, r, p]:
            most = 132 * int(n) * int(r) * int(p) + (1 << 20)
            return hashlib.scrypt(password, salt=salt, n=int(n), r=int(r), p=int(p), maxmem=most)
        case _:
            return hmac.new(salt, password, method[0]).digest()
