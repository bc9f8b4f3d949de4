"""The database: one engine, sessions to read and to write, and the migrations that bring it to this version."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from paleobc.errors import InputError

#: A writer waits so long for another one [s].
BUSY_SECONDS: Final = 30


class Database:
    """
    A database that is at this version's schema.

    Parameters
    ----------
    url : str
        SQLAlchemy's address of it; the folder of a SQLite file is made where it is not there.
    """

    def __init__(self, url: str) -> None:
        self._engine = _engine(url)
        self._read = self._engine.execution_options(paleobc_writes=False)
        self._write = self._engine.execution_options(paleobc_writes=True)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Session that sees one state of the database and changes nothing."""
        with Session(self._read, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Session whose changes are made together at its end, or not at all where an error leaves it."""
        with Session(self._write, expire_on_commit=False) as session, session.begin():
            yield session

    def migrate(self) -> None:
        """
        Bring the schema to this version, from any that was released; several may ask at the same time.

        Raises
        ------
        InputError
            Where the database was made by a later version, or cannot be used: its disk is full, say.
        """
        try:
            with self._write.begin() as connection:  # a writer at a time: the second finds the work done
                _upgrade(connection)
        except OperationalError as error:
            raise InputError(
                f"The database cannot be used: {error.orig}. Look whether its disk is full, whether this account may "
                "write there, and whether another program holds it."
            ) from None

    @property
    def schema(self) -> str | None:
        """Name of the schema that the database has now; None where it is empty."""
        with self._read.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()

    def check(self) -> None:
        """
        Refuse a database that has another schema than this version's.

        Raises
        ------
        InputError
        """
        head = ScriptDirectory.from_config(_config()).get_current_head()
        if self.schema != head:
            raise InputError(
                f"The database has the schema {self.schema or 'of nothing'} and this version of paleobc works with "
                f"{head}; start `paleobc serve` of the newest version once, which brings it there."
            )

    def close(self) -> None:
        """Give back all connections."""
        self._engine.dispose()


def _upgrade(connection: Connection) -> None:
    """Bring the schema to this version, and refuse that of a later one."""
    config = _config(connection)
    known = {revision.revision for revision in ScriptDirectory.from_config(config).walk_revisions()}
    present = MigrationContext.configure(connection).get_current_revision()
    if present is not None and present not in known:
        raise InputError(f"The database has the schema {present} of a later version of paleobc; start that version.")
    command.upgrade(config, "head")


def _config(connection: Connection | None = None) -> Config:
    """Alembic's configuration, without a file of its own."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _engine(url: str) -> Engine:
    """Engine of an address; SQLite is set up for several processes."""
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        return create_engine(address, pool_pre_ping=True)
    if address.database and address.database != ":memory:":
        try:
            Path(address.database).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"{Path(address.database).parent} cannot be made: {error.strerror}.") from None
    engine = create_engine(address, connect_args={"timeout": BUSY_SECONDS})

    @event.listens_for(engine, "connect")
    def _set_up(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions begin below, not where the driver thinks
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")  # what was said to be kept survives a power cut
            connection.execute("PRAGMA foreign_keys=ON")
        except connection.OperationalError as error:
            raise OperationalError("PRAGMA", None, error) from error

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A writer locks at once: one that began reading could not wait for another writer later.
        writes = connection.get_execution_options().get("paleobc_writes", True)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
