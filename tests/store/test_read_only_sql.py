"""Questions in SQL: the database itself lets nobody change anything, nor read a secret, nor take all its time."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator

import pytest
from psycopg import sql

from paleobc.errors import InputError
from paleobc.store import read_only_sql, sql_limits
from paleobc.store.all_tables import ALL_TABLES
from paleobc.store.database import Database
from paleobc.store.read_only_sql import ask_database
from paleobc.store.sql_limits import LONGEST_SQL, MOST_ROWS, SECRETS, readable_columns
from paleobc.store.table_words import _COLUMNS, _OF_TABLES, columns_in_words, tables_in_words
from paleobc.store.tables import User
from paleobc.store.users import add_user
from servers.postgresql import migrated, postgresql

HASH = "$argon2id$the-checksum-of-a-password"
READERS = sql.SQL("SELECT rolname FROM pg_roles WHERE rolname LIKE 'paleobc_reader_%'")
#: What changes something, reaches beyond the tables, or ends a transaction, on either kind of database.
HARM = (
    "DELETE FROM users",
    "INSERT INTO users (id) VALUES ('x')",
    "UPDATE users SET role = 'admin'",
    "DROP TABLE users",
    "CREATE TABLE mine (x int)",
    "CREATE TEMP TABLE mine (x int)",
    "WITH gone AS (DELETE FROM users RETURNING id) SELECT * FROM gone",
    "SELECT 1; DELETE FROM users",
    "BEGIN",
    "COMMIT",
    "ROLLBACK",
    "COMMIT; DELETE FROM users",
    "VACUUM",
    # of SQLite
    "PRAGMA query_only=OFF",
    "PRAGMA writable_schema=ON",
    "ATTACH '/tmp/other.sqlite' AS other",
    "VACUUM INTO '/tmp/other.sqlite'",
    "SELECT load_extension('/tmp/x')",
    "SELECT fts3_tokenizer('simple', x'00')",
    "SELECT * FROM pragma_table_info('users')",
    "SELECT * FROM sqlite_dbpage",
    # of PostgreSQL
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT * FROM pg_authid",
    "SELECT set_config('role', 'app', true)",
    "SELECT set_config('session_authorization', 'app', true)",
    "SELECT set_config('transaction_read_only', 'off', true)",
    "SELECT * FROM query_to_xml('DELETE FROM users', true, true, '')",
    "COPY users TO STDOUT",
    "COPY users TO PROGRAM 'id'",
    "DO $$ BEGIN DELETE FROM users; END $$",
)  # fmt: skip


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def asked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Database]]:
    """A database of each kind with one user, and its address."""
    name = f"asked{secrets.token_hex(8)}"
    is_sqlite = request.param == "sqlite"
    url = f"sqlite:///{tmp_path_factory.mktemp('asked') / 'paleobc.sqlite'}" if is_sqlite else migrated(name)
    database = Database(url)
    database.migrate()
    with database.writing() as session:
        add_user(session, "ada", password_hash=HASH)
    yield url, database
    database.close()
    if not is_sqlite:
        assert postgresql().command(READERS) == []  # no account of a question is left behind
        postgresql().drop(name)


def test_a_question_is_answered(asked):
    url, _ = asked
    found = ask_database(url, "SELECT name, role, 1.5 AS half, NULL AS empty FROM users -- who is there?")
    assert found.columns == ("name", "role", "half", "empty")
    assert [tuple(map(str, row)) for row in found.rows] == [("ada", "user", "1.5", "None")]
    assert not found.is_cut
    assert ask_database(url, "SELECT count(*) FROM users;").rows == ((1,),)
    assert ask_database(url, "SELECT version_num FROM alembic_version").rows


@pytest.mark.parametrize("question", HARM)
def test_whatever_harms_is_refused_and_changes_nothing(asked, question):
    url, database = asked
    with pytest.raises(InputError):
        ask_database(url, question)
    with database.reading() as session:
        user = session.query(User).one()
        assert (user.role, user.password_hash) == ("user", HASH)


@pytest.mark.parametrize(
    "question",
    [
        "SELECT * FROM users",
        "SELECT password_hash FROM users",
        "SELECT max(password_hash) FROM users",
        "SELECT u.password_hash FROM (SELECT * FROM users) u",
        "SELECT id FROM users WHERE password_hash LIKE '$argon2id%'",
        "SELECT count(password_hash) FROM users",
        "SELECT CAST(users AS text) FROM users",
        "SELECT id FROM users ORDER BY password_hash",
        "SELECT set_config('role', 'app', true), query_to_xml('SELECT password_hash FROM users', true, true, '')",
        "SELECT most_common_vals FROM pg_stats WHERE attname = 'password_hash'",
        "SELECT query FROM pg_stat_activity",
    ],
)
def test_no_question_tells_anything_of_a_secret(asked, question):
    url, _ = asked
    try:
        told: object = ask_database(url, question).rows
    except InputError as refused:
        told = str(refused)
    assert HASH not in str(told)
    assert isinstance(told, str) or "LIKE" not in question or told == ()
    assert isinstance(told, str) or "count(" not in question or told == ((0,),)


def test_every_column_with_a_secret_is_known():
    secret = {
        (table.name, column.name)
        for table in ALL_TABLES.sorted_tables
        for column in table.columns
        if "hash" in column.name or column.name in ("csrf", "secret", "password")
    }
    assert secret == {(table, column) for table, columns in SECRETS.items() for column in columns}
    for table, column in secret:
        assert column not in readable_columns()[table]


def test_a_question_that_takes_long_is_interrupted(asked, monkeypatch):
    url, _ = asked
    for module in ("sqlite_reader", "postgresql_reader"):
        monkeypatch.setattr(f"paleobc.store.{module}.MOST_SECONDS", 0.5)
    began = time.monotonic()
    with pytest.raises(InputError, match="took longer"):
        ask_database(url, "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n")
    assert time.monotonic() - began < 10


def test_an_answer_ends_after_so_many_rows_and_long_values_are_cut(asked):
    url, _ = asked
    numbers = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 1500) SELECT x FROM n"
    found = ask_database(url, numbers)
    assert (len(found.rows), found.rows[-1], found.is_cut) == (MOST_ROWS, (MOST_ROWS,), True)
    long = "replace(hex(zeroblob(5000)), '0', 'x')" if url.startswith("sqlite") else "repeat('x', 10000)"
    ((value,),) = ask_database(url, f"SELECT {long}").rows
    assert value.endswith("... (10000 characters)")


@pytest.mark.parametrize(
    "question", ["", "  ", "SELECT 1" + " " * LONGEST_SQL, "SELECT 'a\0b'", "SELEC 1", "SELECT \ud800"]
)
def test_what_is_no_question_is_refused_in_a_sentence(asked, question):
    url, _ = asked
    with pytest.raises(InputError, match=r"\.$"):
        ask_database(url, question)


def test_where_no_account_can_be_made_it_is_said_what_to_do(asked):
    url, _ = asked
    if url.startswith("sqlite"):
        return
    server, name = postgresql(), f"poor{secrets.token_hex(4)}"
    server.command(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(name)))
    try:
        with pytest.raises(InputError, match="CREATEROLE"):
            ask_database(url.replace("app@", f"{name}@"), "SELECT 1")
    finally:
        server.command(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))


def test_every_table_and_column_is_explained_and_nothing_else():
    tables, columns = tables_in_words(), columns_in_words()
    declared = {table.name: {column.name for column in table.columns} for table in ALL_TABLES.sorted_tables}
    assert tables.keys() == columns.keys() == declared.keys() | {sql_limits.SCHEMA_TABLE}
    assert all(words.endswith(".") for words in tables.values()), tables
    for table, names in declared.items():
        assert columns[table].keys() == names
        assert all(columns[table].values()), [name for name in names if not columns[table][name]]
    everywhere = {f"{table}.{name}" for table, names in columns.items() for name in names}
    assert _OF_TABLES.keys() <= everywhere
    assert _COLUMNS.keys() <= {name.partition(".")[2] for name in everywhere - _OF_TABLES.keys()}


def test_only_the_driver_that_is_needed_is_loaded():
    assert not hasattr(read_only_sql, "ask_postgresql")
