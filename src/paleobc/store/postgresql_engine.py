"""PostgreSQL as the database: a server, which the processes of many machines share."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import URL, Connection, create_engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DataError, DBAPIError, OperationalError

from paleobc.errors import InputError
from paleobc.store.engines import Engines, keep_text_clean
from paleobc.store.faults import says_it_passes
from paleobc.store.kept_text import json_text

#: What writers hold, one at a time, until their transaction ends: a number that nobody else takes by chance.
WRITERS_LOCK: Final = 0x70616C656F6263
#: A process keeps so many connections, and opens so many more while it is busy.
_CONNECTIONS: Final = 5
_MORE_CONNECTIONS: Final = 15
#: A server that does not answer within this is not there [s].
_CONNECT_SECONDS: Final = 10
#: A transaction in which nothing was asked for so long belongs to a program that hangs [s].
_IDLE_SECONDS: Final = 600
#: Whether the other side is still there is asked after so long a silence, so often, as many times [s].
_SILENCE, _EVERY, _TIMES = 30, 10, 3
#: Of the connection, where its address does not say otherwise.
_PARAMETERS: Final = {
    "connect_timeout": _CONNECT_SECONDS,
    "client_encoding": "utf8",
    "application_name": "paleobc",
    "keepalives_idle": _SILENCE,
    "keepalives_interval": _EVERY,
    "keepalives_count": _TIMES,
    "tcp_user_timeout": 1000 * (_SILENCE + _EVERY * _TIMES),
}


def postgresql_engines(address: URL, busy_seconds: float) -> Engines:
    """
    Engines of a database of PostgreSQL; nothing is asked of the server yet.

    Parameters
    ----------
    address : URL
    busy_seconds : float
        A writer waits so long for another one [s].
    """
    engine = create_engine(
        address,
        pool_pre_ping=True,
        pool_size=_CONNECTIONS,
        max_overflow=_MORE_CONNECTIONS,
        pool_timeout=busy_seconds,
        json_serializer=json_text,
        connect_args={name: value for name, value in _PARAMETERS.items() if name not in address.query},
    )
    keep_text_clean(engine)
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "handle_error", _sort)
    lock = (
        f"SELECT set_config('lock_timeout', '{round(1000 * busy_seconds)}', true), "
        f"set_config('idle_in_transaction_session_timeout', '{1000 * _IDLE_SECONDS}', true), "
        f"pg_advisory_xact_lock({WRITERS_LOCK})"
    )

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A writer locks before it looks: what it then sees is what all writers before it have left.
        if connection.get_execution_options().get("paleobc_writes"):
            connection.exec_driver_sql(lock)

    reading = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    writing = engine.execution_options(isolation_level="READ COMMITTED", paleobc_writes=True)
    return Engines(reading, writing, writing)


def check_server(connection: Connection) -> None:
    """
    Refuse a database whose text cannot be kept, or be compared, as elsewhere.

    Raises
    ------
    InputError
    """
    if connection.dialect.name != "postgresql":
        return
    encoding = connection.exec_driver_sql("SHOW server_encoding").scalar()
    if encoding != "UTF8":
        raise InputError(f"The database keeps text as {encoding}; make one with ENCODING 'UTF8'.")
    if connection.exec_driver_sql("SELECT 1 FROM pg_collation WHERE collname = 'und-x-icu'").scalar() is None:
        raise InputError(
            "The server of the database was built without ICU; take one of PostgreSQL 13 or later with it."
        )


def _set_up(connection: Any, _record: Any) -> None:
    """Let the server find out by itself that this machine is gone: what we hold is then let go."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT set_config('tcp_keepalives_idle', '{_SILENCE}', false), "
            f"set_config('tcp_keepalives_interval', '{_EVERY}', false), "
            f"set_config('tcp_keepalives_count', '{_TIMES}', false)"
        )
    connection.commit()


def _sort(context: ExceptionContext) -> None:
    """Call a fault of the server by the name that says so, and a value that it cannot take by ours."""
    fault, sorted_as = context.original_exception, context.sqlalchemy_exception
    if isinstance(sorted_as, DataError):
        raise InputError("A value is too long or too large to be kept; shorten it.") from fault
    if isinstance(sorted_as, DBAPIError) and not isinstance(sorted_as, OperationalError) and says_it_passes(fault):
        raise OperationalError(context.statement, None, fault, connection_invalidated=context.is_disconnect) from fault
