"""The schema of a database: which one it has, and the migrations from one to another."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from paleobc.errors import InputError


def schemas() -> list[str]:
    """Names of all schemas that this version knows, oldest first; the last one is its own."""
    return [revision.revision for revision in ScriptDirectory.from_config(_config()).walk_revisions()][::-1]


def schema_of(connection: Connection) -> str | None:
    """Name of the schema that a database has; None where it is empty."""
    return MigrationContext.configure(connection).get_current_revision()


def go_to(connection: Connection, schema: str) -> None:
    """
    Bring a database to a schema, forth or back, within a transaction that is begun.

    Parameters
    ----------
    connection : Connection
    schema : str
        One of `schemas`.

    Raises
    ------
    InputError
        Where this version does not know it, or the one that the database has.
    """
    known, present = schemas(), schema_of(connection)
    if schema not in known:
        raise InputError(f"There is no schema {schema!r}; those that this version knows are {', '.join(known)}.")
    if present is not None and present not in known:
        raise InputError(f"The database has the schema {present} of a later version of paleobc; start that version.")
    is_back = present is not None and known.index(schema) < known.index(present)
    (command.downgrade if is_back else command.upgrade)(_config(connection), schema)
    _refuse_loose_ends(connection)


def _refuse_loose_ends(connection: Connection) -> None:
    """Refuse what would leave a row that refers to nothing; PostgreSQL does so itself."""
    if connection.dialect.name == "sqlite":
        loose = {str(row[0]) for row in connection.exec_driver_sql("PRAGMA foreign_key_check")}
        if loose:
            raise InputError(
                f"The database was left as it was: in {', '.join(sorted(loose))} there are rows that refer to "
                "something that is gone. Take the newest backup that has none."
            )


def _config(connection: Connection | None = None) -> Config:
    """Alembic's configuration, without a file of its own."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
