"""A dump is a whole database that can be used again, and nobody else may read it."""

from __future__ import annotations

import secrets
import shutil
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import make_url

from paleobc.errors import InputError
from paleobc.store.database import Database
from paleobc.store.dumps import dump_database
from paleobc.store.users import add_user, user_named
from servers.postgresql import postgresql

CHECKSUM = "checksum of a password"


def test_a_dump_holds_what_was_there_while_somebody_else_writes(address, database, tmp_path):
    with database.writing() as session:
        add_user(session, "ada", password_hash=CHECKSUM)
    dump = tmp_path / "dump"
    with database.writing() as session:
        add_user(session, "eve", password_hash=None)
        session.flush()
        dump_database(address, dump)  # eve is not there yet
    assert dump.stat().st_mode & 0o777 == 0o600
    with restored(address, dump).reading() as session:
        assert user_named(session, "ada").password_hash == CHECKSUM
        assert user_named(session, "eve") is None


def restored(address: str, dump: Path) -> Database:
    """A database made of a dump."""
    if address.startswith("sqlite"):
        return Database(f"sqlite:///{dump}")
    name = f"empty{secrets.token_hex(8)}"
    empty = postgresql().create(name)
    where = make_url(empty).set(drivername="postgresql").render_as_string(hide_password=False)
    subprocess.run([shutil.which("pg_restore"), "--no-owner", f"--dbname={where}", dump], check=True)
    return Database(empty)


def test_without_the_program_of_postgresql_it_is_said_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InputError, match="postgresql-client"):
        dump_database("postgresql+psycopg://nobody@127.0.0.1:1/nothing", tmp_path / "dump")


def test_what_pg_dump_says_is_told_without_the_password(tmp_path):
    with pytest.raises(InputError, match="pg_dump failed") as failed:
        dump_database("postgresql+psycopg://nobody:secret-word@127.0.0.1:1/nothing", tmp_path / "dump")
    assert "secret-word" not in str(failed.value)
