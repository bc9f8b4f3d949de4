"""The database: its schema, from every one that was released, and how several use it at once."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, select

from paleobc.errors import InputError
from paleobc.store.all_tables import ALL_TABLES
from paleobc.store.database import Database, _config
from paleobc.store.tables import User
from paleobc.store.users import add_user

SCHEMAS = Path(__file__).parent / "schemas"
RELEASED = sorted(path.stem for path in SCHEMAS.glob("*.sql"))


def database_in(folder: Path) -> Database:
    """Database of a folder, not yet migrated."""
    return Database(f"sqlite:///{folder / 'paleobc.sqlite'}")


def differences(folder: Path) -> list[object]:
    """In what a database differs from the tables that are declared."""
    with create_engine(f"sqlite:///{folder / 'paleobc.sqlite'}").connect() as connection:
        return list(compare_metadata(MigrationContext.configure(connection), ALL_TABLES))


def test_migrations_from_nothing_give_exactly_the_declared_tables(tmp_path):
    database_in(tmp_path).migrate()
    assert differences(tmp_path) == []


@pytest.mark.parametrize("schema", RELEASED)
def test_migrations_from_every_released_schema_give_exactly_the_declared_tables(tmp_path, schema):
    with sqlite3.connect(tmp_path / "paleobc.sqlite") as connection:
        connection.executescript((SCHEMAS / f"{schema}.sql").read_text(encoding="utf-8"))
    connection.close()
    database = database_in(tmp_path)
    assert database.schema == schema
    database.migrate()
    database.check()
    assert differences(tmp_path) == []


def test_every_schema_is_kept_as_a_file():
    migrations = {revision.revision for revision in ScriptDirectory.from_config(_config()).walk_revisions()}
    assert migrations == set(RELEASED)


def test_the_schema_of_a_later_version_is_refused_and_left_alone(tmp_path):
    database = database_in(tmp_path)
    database.migrate()
    with sqlite3.connect(tmp_path / "paleobc.sqlite") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(InputError, match="later version"):
        database.migrate()
    with pytest.raises(InputError, match="newest version"):
        database.check()
    assert database.schema == "9999"


def test_an_empty_database_is_refused_by_those_who_need_one(tmp_path):
    with pytest.raises(InputError, match="paleobc serve"):
        database_in(tmp_path).check()


def test_several_that_start_together_migrate_once(tmp_path):
    faults = []

    def start() -> None:
        try:
            database_in(tmp_path).migrate()
        except Exception as fault:
            faults.append(fault)

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert differences(tmp_path) == []


def test_an_error_leaves_the_database_as_it_was(tmp_path):
    database = database_in(tmp_path)
    database.migrate()

    def fail_half_way() -> None:
        with database.writing() as session:
            add_user(session, "ada", password_hash=None)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    with database.reading() as session:
        assert session.scalars(select(User)).all() == []


def test_a_reader_sees_one_state_and_no_writer_waits_for_it(tmp_path):
    database = database_in(tmp_path)
    database.migrate()
    with database.reading() as reader:
        assert reader.scalars(select(User.name)).all() == []
        with database.writing() as session:
            add_user(session, "ada", password_hash=None)
        assert reader.scalars(select(User.name)).all() == []
    with database.reading() as reader:
        assert reader.scalars(select(User.name)).all() == ["ada"]
