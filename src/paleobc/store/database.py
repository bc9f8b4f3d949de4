"""The database: sessions to read and to write, and the schema that it has."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError, PendingRollbackError
from sqlalchemy.orm import Session

from paleobc.errors import InputError
from paleobc.store.engines import Engines
from paleobc.store.postgresql_engine import check_server, postgresql_engines
from paleobc.store.schema_versions import go_to, schema_of, schemas
from paleobc.store.sqlite_engine import sqlite_engines

#: A writer waits so long for another one [s].
BUSY_SECONDS: Final = 30


class Database:
    """
    A database that is at this version's schema.

    Parameters
    ----------
    url : str
        SQLAlchemy's address of it; the folder of a SQLite file is made where it is not there.

    Raises
    ------
    InputError
        Where this is no address of a database that can be used. The server behind it is not asked yet.
    """

    def __init__(self, url: str) -> None:
        self._engines = _engines(_address(url))
        weakref.finalize(self, self._engines.close).atexit = False  # nor does a child close what is its parent's

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Session that sees one state of the database and changes nothing."""
        with _faults_as_such(), Session(self._engines.reading, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """
        Session whose changes are made together at its end, or not at all where an error leaves it.

        There is one at a time, whoever has it: what it reads at its beginning is what all those before it have left.
        """
        with (
            _faults_as_such(),
            Session(self._engines.writing, expire_on_commit=False) as session,
            session.begin(),
        ):
            session.connection()  # the lock is taken now, and not with the first question
            yield session

    def migrate(self) -> None:
        """
        Bring the schema to this version, from any that was released; several may ask at the same time.

        Raises
        ------
        InputError
            Where the database was made by a later version, or cannot be used: its disk is full, say.
        """
        self.migrate_to(schemas()[-1])

    def migrate_to(self, schema: str) -> None:
        """
        Bring the schema to another version, forth or back; back, what the older one has no place for is lost.

        Parameters
        ----------
        schema : str
            Name of a schema that this version knows.

        Raises
        ------
        InputError
            Where this version does not know it, or the one that the database has; or the database cannot be used.
        """
        with _told(), self._engines.migrating.begin() as connection:  # the second finds the work done
            check_server(connection)
            go_to(connection, schema)

    @property
    def schema(self) -> str | None:
        """Name of the schema that the database has now; None where it is empty."""
        with self._engines.reading.connect() as connection:
            return schema_of(connection)

    def check(self) -> None:
        """
        Refuse a database that has another schema than this version's, or that cannot be used.

        Raises
        ------
        InputError
        """
        with _told():
            misfit = self.misfit()
        if misfit:
            raise InputError(misfit)

    def misfit(self) -> str:
        """Why this version cannot work with the schema that the database has now; empty where it can."""
        present, own = self.schema, schemas()[-1]
        if present == own:
            return ""
        return (
            f"The database has the schema {present or 'of nothing'} and this version of paleobc works with "
            f"{own}; start `paleobc serve` of the newest version once, which brings it there."
        )

    def close(self) -> None:
        """Give back all connections."""
        self._engines.close()


@contextmanager
def _told() -> Iterator[None]:
    """Tell at a start why the database cannot be used."""
    try:
        yield
    except DBAPIError as error:
        why = " ".join(str(error.orig).split()).rstrip(".?")
        raise InputError(
            f"The database cannot be used: {why}. Look whether its address is right and its server runs, whether "
            "its disk is full, whether this account may write there, and whether another program holds it."
        ) from None


@contextmanager
def _faults_as_such() -> Iterator[None]:
    """Call a session that is used on after its server went away by the name of what happened."""
    try:
        yield
    except PendingRollbackError as error:
        raise OperationalError(None, None, error) from error


def _address(url: str) -> URL:
    """Address of a database, with the driver that we use."""
    try:
        address = make_url(url)
    except (ArgumentError, ValueError):  # not told on: it may hold a password
        raise InputError(
            "The address of the database cannot be read; it looks like sqlite:////folder/file or "
            "postgresql://name:password@host:5432/database, and :, /, @ and % in a password are written "
            "%3A, %2F, %40 and %25."
        ) from None
    if "@" in (address.host or ""):  # of a password, of which it would be told as of a host
        raise InputError("In the password of the address of the database @ is written %40.")
    if address.drivername in ("postgresql", "postgres"):
        address = address.set(drivername="postgresql+psycopg")
    if address.drivername not in _ENGINES:
        raise InputError(f"A database of {address.drivername} cannot be used: take postgresql:// or sqlite:///.")
    return address


def _engines(address: URL) -> Engines:
    """Engines of an address."""
    try:
        return _ENGINES[address.drivername](address, BUSY_SECONDS)
    except ModuleNotFoundError as missing:
        raise InputError(f"This database needs {missing.name}: pip install 'paleobc[cluster]'.") from None


_ENGINES: Final = {
    "sqlite": sqlite_engines,
    "sqlite+pysqlite": sqlite_engines,
    "postgresql+psycopg": postgresql_engines,
}
