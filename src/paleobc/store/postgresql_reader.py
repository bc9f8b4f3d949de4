"""Questions in SQL to PostgreSQL, asked by an account that may only look and lasts as long as the question."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any, Final

import psycopg
from psycopg import sql as words
from sqlalchemy import URL

from paleobc.errors import InputError
from paleobc.store.sql_limits import MOST_ROWS, MOST_SECONDS, TOO_LONG, Rows, plain, readable_columns

#: Accounts of questions are called so, then the number of the database, then letters of their own.
_PREFIX: Final = "paleobc_reader_"
#: Their grants are made and taken by one at a time; the number is ours alone.
_LOCK: Final = 7_203_519_001
#: Rows come in such portions, so that long ones do not lie in the memory all at once.
_ROWS_AT_ONCE: Final = 100
#: An account that was left behind by a crash is of no use after this.
_LASTS: Final = "2 minutes"


def ask_postgresql(url: URL, sql: str) -> Rows:
    """
    Answer a question.

    An account is made that may select the columns without secrets, and nothing else; the question is asked over a
    connection of that account, in a transaction that only reads, with `MOST_SECONDS` to answer; then it is removed. So
    PostgreSQL's own rights hold, whatever the question calls.

    Raises
    ------
    InputError
        Says what the database refuses.
    """
    address = url.set(drivername="postgresql")
    try:
        with closing(_connected(address)) as own, _reader(own) as (name, password):
            return _answer(address.set(username=name, password=password), sql)
    except psycopg.errors.InsufficientPrivilege as error:
        raise InputError(
            f"This may not be asked: {_said(error)} "
            "Columns with secrets are read by nobody: name the others in place of *."
        ) from None
    except psycopg.errors.QueryCanceled:
        raise InputError(TOO_LONG) from None
    except psycopg.Error as error:
        raise InputError(f"The database says: {_said(error)}") from None


def _answer(address: URL, sql: str) -> Rows:
    """Ask as the account that may only look; the transaction is never committed."""
    limit, end = f"SET LOCAL statement_timeout = {MOST_SECONDS * 1000:.0f}", time.monotonic() + MOST_SECONDS
    kept: list[tuple[Any, ...]] = []
    with closing(_connected(address)) as reader:
        reader.execute("BEGIN READ ONLY")
        reader.execute(limit)
        # A cursor of the server holds SELECT and VALUES alone, and its rows come as they are asked for.
        with reader.cursor(name="question") as found:
            found.execute(sql.strip().removesuffix(";").encode())
            columns = tuple(column.name for column in found.description or ())
            while len(kept) <= MOST_ROWS and (rows := found.fetchmany(_ROWS_AT_ONCE)):
                kept += [tuple(map(plain, row)) for row in rows]
                if time.monotonic() > end:
                    raise InputError(TOO_LONG)
                reader.execute(limit)  # a question can set it anew for the rows after
    return Rows(columns, tuple(kept[:MOST_ROWS]), len(kept) > MOST_ROWS)


def _connected(address: URL) -> psycopg.Connection[Any]:
    """A connection whose statements are transactions of their own."""
    return psycopg.connect(address.render_as_string(hide_password=False), autocommit=True, connect_timeout=5)


@contextmanager
def _reader(own: psycopg.Connection[Any]) -> Iterator[tuple[str, str]]:
    """An account that may select what holds no secrets, while it is needed; its name and password."""
    _remove_old(own)
    password = secrets.token_urlsafe(24)
    with own.transaction():
        own.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        ((prefix, until),) = own.execute(
            "SELECT %s || oid, (now() + %s::interval)::text FROM pg_database WHERE datname = current_database()",
            [_PREFIX, _LASTS],
        ).fetchall()
        name = f"{prefix}_{secrets.token_hex(6)}"
        try:
            make = "CREATE ROLE {} LOGIN NOINHERIT CONNECTION LIMIT 1 PASSWORD {} VALID UNTIL {}"
            own.execute(words.SQL(make).format(words.Identifier(name), password, until))
        except psycopg.errors.InsufficientPrivilege:
            raise InputError(
                "Questions are asked by an account of their own, which this program's account of PostgreSQL may not "
                "make: let its administrator say `ALTER ROLE ... CREATEROLE`, or ask with psql."
            ) from None
        for table, columns in readable_columns().items():
            listed = words.SQL(", ").join(map(words.Identifier, columns))
            grant = words.SQL("GRANT SELECT ({}) ON {} TO {}")
            own.execute(grant.format(listed, words.Identifier(table), words.Identifier(name)))
    try:
        yield name, password
    finally:
        _remove(own, name)


def _remove_old(own: psycopg.Connection[Any]) -> None:
    """Remove accounts that a crash left behind."""
    query = (
        "SELECT rolname FROM pg_roles, pg_database WHERE datname = current_database() AND rolvaliduntil < now() "
        "AND starts_with(rolname, %s || pg_database.oid || '_')"
    )
    for (name,) in own.execute(query, [_PREFIX]).fetchall():
        with suppress(psycopg.Error):  # another one does the same just now
            _remove(own, name)


def _remove(own: psycopg.Connection[Any], name: str) -> None:
    """Remove an account and its rights."""
    with own.transaction():
        own.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        for table in readable_columns():
            revoke = words.SQL("REVOKE ALL ON {} FROM {}")
            own.execute(revoke.format(words.Identifier(table), words.Identifier(name)))
        own.execute(words.SQL("DROP ROLE {}").format(words.Identifier(name)))


def _said(error: psycopg.Error) -> str:
    """First line of what PostgreSQL said."""
    said = error.diag.message_primary or str(error).partition("\n")[0] or type(error).__name__
    return said.rstrip(".") + "."
