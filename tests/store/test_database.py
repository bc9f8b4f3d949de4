"""The database of either kind: its schema, from every one that was released, and how several use it at once."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, NullPool, create_engine, func, select, text

from paleobc.errors import InputError
from paleobc.store.all_tables import ALL_TABLES
from paleobc.store.database import Database
from paleobc.store.experiments import list_experiments
from paleobc.store.faults import DATABASE_FAULTS
from paleobc.store.schema_versions import schemas
from paleobc.store.tables import Event, Experiment, Run, User
from paleobc.store.users import add_user, all_users

SCHEMAS = Path(__file__).parent / "schemas"
RELEASED = sorted(path.stem for path in SCHEMAS.glob("*.sql"))
#: What people had in the first schema.
OLD_ROWS = """
INSERT INTO users (id, name, name_key, role, state, created) VALUES ('u', 'Ada', 'ada', 'admin', 'active', :now);
INSERT INTO experiments (id, owner_id, name, author, reference, hypothesis, options, gateways, created, changed)
VALUES ('e', 'u', 'Eocene', '', '', '', '{"soils": {"colour"\\: 3}}', '[]', :now, :now);
INSERT INTO runs (id, experiment_id, number, step, asset, fingerprint, options, inputs, reason, state, sentence,
is_input_fault, data, log, progress, attempts, faults, priority, created, peak_mb)
VALUES ('r', 'e', 1, 's', 's', 'f', '{}', '{}', '', 'waiting', '', false, '{}', '', 0, 0, 0, 0, :now, 0);
INSERT INTO events (experiment_id, user_id, kind, data, created) VALUES ('e', 'u', 'made', '{}', :now);
INSERT INTO sign_ins (hash, user_id, csrf, created, seen, expires) VALUES ('h', 'u', 'c', :now, :now, :now)
"""


@contextmanager
def raw(address: str) -> Iterator[Connection]:
    """Connection of another program."""
    engine = create_engine(address, poolclass=NullPool)
    with engine.begin() as connection:
        yield connection


def differences(address: str) -> list[object]:
    """In what a database differs from the tables that are declared."""
    with raw(address) as connection:
        return list(compare_metadata(MigrationContext.configure(connection), ALL_TABLES))


def add_old_rows(address: str) -> None:
    """Fill a database that has the first schema."""
    with raw(address) as connection:
        for statement in OLD_ROWS.split(";"):
            connection.execute(text(statement), {"now": "2026-01-02 03:04:05"})


def assert_old_rows(database: Database) -> None:
    """All that people had is there."""
    with database.reading() as session:
        assert session.scalars(select(User.name)).one() == "Ada"
        assert session.scalars(select(Experiment.options)).one() == {"soils": {"colour": 3}}
        assert session.scalars(select(Run)).one().queue == "science"
        assert session.scalars(select(Event.id)).one() == 1
        assert session.scalar(text("SELECT user_id FROM sign_ins")) == "u"


def test_migrations_from_nothing_give_exactly_the_declared_tables(address, database):
    database.check()
    assert differences(address) == []


@pytest.mark.parametrize("schema", RELEASED)
def test_migrations_from_every_released_schema_give_exactly_the_declared_tables(tmp_path, schema):
    with closing(sqlite3.connect(tmp_path / "paleobc.sqlite")) as connection:
        connection.executescript((SCHEMAS / f"{schema}.sql").read_text(encoding="utf-8"))
    database = Database(f"sqlite:///{tmp_path / 'paleobc.sqlite'}")
    assert database.schema == schema
    database.migrate()
    database.check()
    assert differences(f"sqlite:///{tmp_path / 'paleobc.sqlite'}") == []


def test_all_that_people_had_in_the_first_schema_is_there_in_the_newest(address):
    database = Database(address)
    database.migrate_to(RELEASED[0])
    add_old_rows(address)
    database.migrate()
    assert_old_rows(database)
    assert differences(address) == []


@pytest.mark.parametrize("schema", RELEASED)
def test_one_can_go_back_and_forth_again_and_keeps_what_the_older_schema_has_a_place_for(address, schema):
    database = Database(address)
    database.migrate_to(RELEASED[0])
    add_old_rows(address)
    database.migrate()
    database.migrate_to(schema)
    assert database.schema == schema
    database.migrate()
    assert_old_rows(database)
    assert differences(address) == []


def test_a_schema_that_nobody_knows_is_refused_with_those_that_are_known(address, database):
    with pytest.raises(InputError, match=", ".join(RELEASED)):
        database.migrate_to("base")
    database.check()


def test_every_schema_is_kept_as_a_file():
    assert schemas() == RELEASED


def test_the_schema_of_a_later_version_is_refused_and_left_alone(address, database):
    with raw(address) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for schema in RELEASED:
        with pytest.raises(InputError, match="later version"):
            database.migrate_to(schema)
    with pytest.raises(InputError, match="newest version"):
        database.check()
    assert database.schema == "9999"


def test_an_empty_database_is_refused_by_those_who_need_one(address):
    with pytest.raises(InputError, match="paleobc serve"):
        Database(address).check()


def test_several_that_start_together_migrate_once(address):
    faults = []

    def start() -> None:
        try:
            Database(address).migrate()
        except Exception as fault:
            faults.append(fault)

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert differences(address) == []


def test_an_error_leaves_the_database_as_it_was(database):
    def fail_half_way() -> None:
        with database.writing() as session:
            add_user(session, "ada", password_hash=None)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    with database.reading() as session:
        assert session.scalars(select(User)).all() == []


def test_a_reader_sees_one_state_and_no_writer_waits_for_it(database):
    with database.reading() as reader:
        assert reader.scalars(select(User.name)).all() == []
        with database.writing() as session:
            add_user(session, "ada", password_hash=None)
        assert reader.scalars(select(User.name)).all() == []
    with database.reading() as reader:
        assert reader.scalars(select(User.name)).all() == ["ada"]


def test_a_writer_waits_for_another_one_and_not_for_ever(address, database, monkeypatch):
    monkeypatch.setattr("paleobc.store.database.BUSY_SECONDS", 0.2)
    other = Database(address)
    with database.writing(), pytest.raises(DATABASE_FAULTS), other.writing():
        pass
    with other.writing() as session:
        add_user(session, "ada", password_hash=None)


def test_a_migration_waits_for_a_writer_and_not_for_ever(address, database, monkeypatch):
    monkeypatch.setattr("paleobc.store.database.BUSY_SECONDS", 0.2)
    with database.writing(), pytest.raises(InputError, match="another program holds it"):
        Database(address).migrate()


def test_names_are_sorted_and_found_alike(database):
    names = ["zeta", "Éocène", "eocene", "Ähre", "B 2", "a_1", "Zeta 10", "ÖLIGO", "éocène bis"]
    with database.writing() as session:
        ada = add_user(session, "ada", password_hash=None)
        session.add_all([Experiment(owner_id=ada.id, name=name) for name in names])
        for name in ["Zoë", "émile", "bob", "Ángel"]:
            add_user(session, name, password_hash=None)
    with database.reading() as session:
        found, _ = list_experiments(session, ada.id, sort="name", descending=False)
        assert [one.name for one in found] == sorted(names, key=str.lower)
        for word in ("ÉOCÈNE", "öl", "_", "2", "ETA"):
            found, count = list_experiments(session, ada.id, search=word)
            assert {one.name for one in found} == {name for name in names if word.lower() in name.lower()}
            assert count == len(found)
        keys = [one.name_key for one in all_users(session)]
        assert keys == sorted(keys)


@pytest.mark.parametrize("hostile", ["null\0here", "half \ud83d of one", "\udcff"])
def test_characters_that_cannot_be_kept_are_replaced(database, hostile):
    with database.writing() as session:
        ada = add_user(session, "ada", password_hash=None)
        session.add(Experiment(id="x", owner_id=ada.id, name=hostile, options={"name": hostile}))
    with database.reading() as session:
        kept = session.get_one(Experiment, "x")
        assert len(kept.name) == len(hostile)
        assert "\N{REPLACEMENT CHARACTER}" in kept.name
        assert kept.options == {"name": hostile if "\0" in hostile else kept.name}
        assert session.get(User, hostile) is None
        assert list_experiments(session, ada.id, search="\0")[1] == 1


def test_numbers_that_are_none_become_null_in_json(database):
    hostile = {"nan": float("nan"), "far": [float("inf"), 1.5]}
    with database.writing() as session:
        ada = add_user(session, "ada", password_hash=None)
        session.add(Experiment(id="x", owner_id=ada.id, name="x", options=hostile))
    with database.reading() as session:
        assert session.get_one(Experiment, "x").options == {"nan": None, "far": [None, 1.5]}


def test_what_is_longer_than_its_place_is_refused_in_a_sentence(database):
    def keep_long_name() -> None:
        with database.writing() as session:
            ada = add_user(session, "ada", password_hash=None)
            session.add(Experiment(owner_id=ada.id, name="x" * 201))

    with pytest.raises(InputError, match="name is longer than 200"):
        keep_long_name()
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(User)) == 0


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ("nonsense", "cannot be read"),
        ("", "cannot be read"),
        ("postgresql://ada:a:se/cret@host:port/x", "cannot be read"),
        ("postgresql://ada:a@secret@host/x", "%40"),
        ("mysql://ada:secret@host/x", "mysql"),
        ("postgresql+psycopg2://ada:secret@host/x", "psycopg2"),
        ("postgresql://ada:secret@127.0.0.1:1/x", "server runs"),
        ("postgres://ada:secret@127.0.0.1:1/x", "server runs"),
        ("postgresql://ada:secret@127.0.0.1:1/x?colour=red", "colour"),
    ],
)
def test_an_address_that_leads_nowhere_is_told_in_a_sentence_without_the_password(wrong, sentence):
    with pytest.raises(InputError, match=sentence) as told:
        Database(wrong).migrate()
    assert "secret" not in str(told.value)
    assert str(told.value).endswith((".", "?"))
