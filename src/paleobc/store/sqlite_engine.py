"""SQLite as the database: one file, which the processes of one machine share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event
from sqlalchemy.exc import OperationalError

from paleobc.errors import InputError
from paleobc.store.engines import Engines, keep_text_clean
from paleobc.store.kept_text import json_text
from paleobc.store.letters import LOWER


def sqlite_engines(address: URL, busy_seconds: float) -> Engines:
    """
    Engines of a file of SQLite, whose folder is made where it is not there.

    Parameters
    ----------
    address : URL
    busy_seconds : float
        A writer waits so long for another one [s].

    Raises
    ------
    InputError
        Where the folder cannot be made.
    """
    if address.database:
        try:
            Path(address.database).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"{Path(address.database).parent} cannot be made: {error.strerror}.") from None
    arguments = {"timeout": busy_seconds}
    engine = create_engine(address, connect_args=arguments, json_serializer=json_text)
    # Tables that are made anew are dropped first, and what refers to them must not be removed with them.
    migrating = create_engine(address, connect_args=arguments, json_serializer=json_text, poolclass=NullPool)
    _set_up(engine, follows_references=True)
    _set_up(migrating, follows_references=False)
    return Engines(engine.execution_options(paleobc_writes=False), engine, migrating)


def _set_up(engine: Engine, *, follows_references: bool) -> None:
    """Set an engine up for several processes."""
    keep_text_clean(engine)

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions begin below, not where the driver thinks
        connection.create_function(LOWER, 1, _lower, deterministic=True)
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")  # what was said to be kept survives a power cut
            connection.execute(f"PRAGMA foreign_keys={'ON' if follows_references else 'OFF'}")
        except connection.OperationalError as error:
            raise OperationalError("PRAGMA", None, error) from error

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A writer locks at once: one that began reading could not wait for another writer later.
        writes = connection.get_execution_options().get("paleobc_writes", True)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _lower(text: str | None) -> str | None:
    """Text in small letters, those of all languages."""
    return None if text is None else text.lower()
