"""A question to the database in SQL that changes nothing and reads no secret, enforced by the database."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import make_url

from paleobc.errors import InputError
from paleobc.store.sql_limits import LONGEST_SQL, Rows
from paleobc.store.sqlite_reader import ask_sqlite


def ask_database(url: str, sql: str) -> Rows:
    """
    Answer a question.

    Parameters
    ----------
    url : str
        SQLAlchemy's address of the database.
    sql : str
        One SELECT.

    Raises
    ------
    InputError
        Says what the database refuses; nothing was changed.
    """
    is_text = "\0" not in sql and not any("\ud800" <= letter <= "\udfff" for letter in sql)
    if not sql.strip() or len(sql) > LONGEST_SQL or not is_text:
        raise InputError(f"A question in SQL has 1 to {LONGEST_SQL} characters.")
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        return ask_sqlite(Path(str(address.database)), sql)
    from paleobc.store.postgresql_reader import ask_postgresql  # its driver is there with such a database only

    return ask_postgresql(address, sql)
