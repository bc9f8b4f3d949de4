"""The database for administrators: how it stands, questions to it in SQL, and a copy of it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from paleobc.errors import InputError, PaleobcError
from paleobc.services.administrators import Actor, check_actor, note_action
from paleobc.store.database import Database
from paleobc.store.database_sizes import database_bytes, kind_of, tables_sizes
from paleobc.store.dumps import dump_database
from paleobc.store.read_only_sql import ask_database
from paleobc.store.sql_limits import LONGEST_VALUE
from paleobc.store.table_words import columns_in_words, tables_in_words


def database_data(database: Database, by: Actor) -> dict[str, Any]:
    """How the database stands: kind, schema, sizes, and its tables explained."""
    fault = schema_fault(database)
    with database.reading() as session:
        check_actor(session, by)
        words, columns = tables_in_words(), columns_in_words()
        return {
            "kind": kind_of(session),
            "schema": database.schema,
            "fault": fault,
            "bytes": database_bytes(session),
            "tables": [
                {**size, "words": words[size["table"]], "columns": columns[size["table"]]}
                for size in tables_sizes(session)
            ],
        }


def schema_fault(database: Database) -> str:
    """Why this program cannot use the schema that the database has; empty where it can."""
    try:
        database.check()
    except InputError as error:
        return str(error)
    return ""


def ask_in_sql(database: Database, url: str, by: Actor, sql: str) -> dict[str, Any]:
    """
    Answer a question in SQL, and note who asked what.

    Parameters
    ----------
    database : Database
    url : str
        Its address.
    by : User or Shell
    sql : str

    Returns
    -------
    dict
        ``columns``, ``rows``, ``is_cut`` where there are more rows than are shown, and ``seconds``.

    Raises
    ------
    InputError
        Says what the database refuses.
    """
    with database.reading() as session:
        check_actor(session, by)
    began, error, number = time.perf_counter(), "", 0
    try:
        found = ask_database(url, sql)
        number = len(found.rows)
    except PaleobcError as refused:
        error = str(refused)
        raise
    finally:
        seconds = round(time.perf_counter() - began, 3)
        with database.writing() as session:
            asked = sql.replace("\0", "")[:LONGEST_VALUE]
            note_action(session, by, "sql", sql=asked, rows=number, seconds=seconds, error=error)
    return {
        "columns": list(found.columns),
        "rows": [list(row) for row in found.rows],
        "is_cut": found.is_cut,
        "seconds": seconds,
    }


def dump_for(database: Database, url: str, by: Actor, path: Path) -> None:
    """
    Write a copy of the database, and note who took it.

    Raises
    ------
    InputError
        Where it cannot be made.
    """
    with database.writing() as session:
        check_actor(session, by)
        note_action(session, by, "dump")
    dump_database(url, path)
