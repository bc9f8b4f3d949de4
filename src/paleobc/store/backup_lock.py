"""Only one backup of a database at a time, and whether one is under way: let go by itself when its process ends."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Final

from filelock import FileLock, Timeout
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from paleobc.errors import ConflictError
from paleobc.store.database import Database

#: Two numbers of an advisory lock of PostgreSQL that nobody else takes by chance.
_NUMBERS: Final = {"first": 0x70616C65, "second": 0x62636B70}
#: Whoever only asks whether a backup is under way holds the file of the lock for a moment; so long one waits [s].
_MOMENT: Final = 2.0
_TAKE: Final = text("SELECT pg_try_advisory_lock(:first, :second)")
_LET_GO: Final = text("SELECT pg_advisory_unlock(:first, :second)")
_IS_HELD: Final = text(
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = :first AND objid = :second "
    "AND objsubid = 2 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)
_IS_MINE: Final = text(
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = :first AND objid = :second "
    "AND objsubid = 2 AND pid = pg_backend_pid()"
)


@contextlib.contextmanager
def backing_up(database: Database) -> Iterator[Callable[[], bool]]:
    """
    Be the only one who backs this database up; gives a function that tells whether that still holds.

    Raises
    ------
    ConflictError
        Where somebody else does, on any machine.
    """
    engine = _engine(database)
    with _in_postgresql(engine) if engine.dialect.name == "postgresql" else _in_file(engine) as holds:
        yield holds


def is_backup_running(session: Session) -> bool:
    """Whether a backup of the database of a session is under way now."""
    engine = session.get_bind().engine
    if engine.dialect.name == "postgresql":
        return bool(session.scalar(_IS_HELD, _NUMBERS))
    try:
        with _lock(engine).acquire(timeout=0):
            return False
    except Timeout:
        return True


def _engine(database: Database) -> Engine:
    """Engine with which a database is read."""
    with database.reading() as session:
        return session.get_bind().engine


@contextlib.contextmanager
def _in_postgresql(engine: Engine) -> Iterator[Callable[[], bool]]:
    """Hold a lock of the server, which ends with the connection."""
    with engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        if not connection.scalar(_TAKE, _NUMBERS):
            raise _under_way()

        def holds() -> bool:
            try:
                return bool(connection.scalar(_IS_MINE, _NUMBERS))
            except SQLAlchemyError:
                return False

        try:
            yield holds
        finally:
            with contextlib.suppress(SQLAlchemyError):  # at once: the server notices later that a connection has ended
                connection.execute(_LET_GO, _NUMBERS)
            connection.invalidate()  # nobody else gets a connection that holds it


@contextlib.contextmanager
def _in_file(engine: Engine) -> Iterator[Callable[[], bool]]:
    """Hold a file beside the database, which the system lets go when the process ends."""
    lock = _lock(engine)
    try:
        lock.acquire(timeout=_MOMENT)
    except Timeout:
        raise _under_way() from None
    try:
        yield lambda: True
    finally:
        lock.release()


def _lock(engine: Engine) -> FileLock:
    """Lock beside a database of SQLite."""
    return FileLock(f"{engine.url.database}.backup")


def _under_way() -> ConflictError:
    return ConflictError("A backup is under way; wait for its end.")
