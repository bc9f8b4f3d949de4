"""Questions in SQL to a SQLite database, of which the database itself refuses all but looking."""

from __future__ import annotations

import itertools
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Final

from paleobc.errors import InputError
from paleobc.store.sql_limits import LONGEST_SQL, MOST_ROWS, MOST_SECONDS, TOO_LONG, Rows, plain, readable_columns

#: Longest value and widest row that an answer is computed of [bytes, columns]: what is made up cannot fill the memory.
_LONGEST: Final = 10_000_000
_WIDEST: Final = 100
#: The clock is looked at after so many instructions of the database.
_INSTRUCTIONS: Final = 10_000
#: What describes the tables, under its two names.
_DESCRIPTION: Final = frozenset({"sqlite_master", "sqlite_schema"})
#: Functions that reach beyond the database.
_REFUSED: Final = frozenset({"load_extension", "fts3_tokenizer"})
_ALLOWED: Final = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_RECURSIVE})


def ask_sqlite(path: Path, sql: str) -> Rows:
    """
    Answer a question.

    The connection can only read; SQLite's authorizer lets through what looks at the tables of the application alone,
    and gives NULL for columns with secrets; after `MOST_SECONDS` the question is interrupted.

    Raises
    ------
    InputError
        Says what the database refuses.
    """
    end = time.monotonic() + MOST_SECONDS
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=1.0)) as connection:
            connection.execute("PRAGMA query_only=ON")
            connection.execute("PRAGMA trusted_schema=OFF")
            connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST)
            connection.setlimit(sqlite3.SQLITE_LIMIT_COLUMN, _WIDEST)
            connection.setlimit(sqlite3.SQLITE_LIMIT_SQL_LENGTH, 4 * LONGEST_SQL)
            connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
            connection.set_progress_handler(lambda: time.monotonic() > end, _INSTRUCTIONS)
            connection.set_authorizer(_authorizer())
            found = connection.execute(sql)
            if found.description is None:
                raise InputError("A question begins with SELECT or WITH; nothing can be changed here.")
            rows = [tuple(map(plain, row)) for row in itertools.islice(found, MOST_ROWS + 1)]
            columns = tuple(str(column[0]) for column in found.description)
    except (sqlite3.Error, sqlite3.Warning, ValueError, MemoryError) as error:
        raise InputError(_words(error)) from None
    return Rows(columns, tuple(rows[:MOST_ROWS]), len(rows) > MOST_ROWS)


def _authorizer() -> Callable[[int, str | None, str | None, str | None, str | None], int]:
    """What SQLite asks before it does anything: whether it may."""
    readable = {table: frozenset(columns) for table, columns in readable_columns().items()}

    def may(action: int, first: str | None, second: str | None, _database: str | None, _trigger: str | None) -> int:
        if action in _ALLOWED:
            return sqlite3.SQLITE_OK
        if action == sqlite3.SQLITE_FUNCTION:
            return sqlite3.SQLITE_DENY if str(second).lower() in _REFUSED else sqlite3.SQLITE_OK
        if action != sqlite3.SQLITE_READ:
            return sqlite3.SQLITE_DENY
        if not second or first in _DESCRIPTION or second in readable.get(str(first), ()):  # no column: rows are counted
            return sqlite3.SQLITE_OK
        # NULL in place of a secret, so that a question for all columns is answered too.
        return sqlite3.SQLITE_IGNORE if first in readable else sqlite3.SQLITE_DENY

    return may


def _words(error: BaseException) -> str:
    """What the database refused, as a sentence."""
    said = str(error)
    if "interrupted" in said:
        return TOO_LONG
    if "not authorized" in said or "prohibited" in said:
        words = "This may not be asked: only SELECT, of the tables of the application, is answered; the database says"
        return f"{words}: {said}."
    if "one statement" in said:
        return "Ask one question at a time."
    return f"The database says: {said or type(error).__name__}."
