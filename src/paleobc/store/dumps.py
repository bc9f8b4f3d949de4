"""A copy of the whole database in one file, made while others work."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Final

from sqlalchemy import URL, make_url

from paleobc.errors import InputError

#: Pages of SQLite that are copied at a time.
_PAGES: Final = 1000
_LONGEST_SENTENCE: Final = 500


def dump_name(url: str) -> str:
    """
    Name of the file of a dump.

    Examples
    --------
    >>> dump_name("sqlite:////srv/paleobc.sqlite"), dump_name("postgresql+psycopg://app@db/paleobc")
    ('paleobc.sqlite', 'paleobc.dump')
    """
    return "paleobc.sqlite" if make_url(url).get_backend_name() == "sqlite" else "paleobc.dump"


def dump_database(url: str, path: Path) -> None:
    """
    Write a copy of the database, as it is at one moment; for PostgreSQL, what ``pg_restore`` reads.

    Parameters
    ----------
    url : str
        SQLAlchemy's address of the database.
    path : Path
        File to be written; it holds checksums of passwords, and is for this account alone.

    Raises
    ------
    InputError
        Where ``pg_dump`` is not installed, or fails.
    """
    address = make_url(url)
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600))
    path.chmod(0o600)
    if address.get_backend_name() == "sqlite":
        _dump_sqlite(Path(str(address.database)), path)
    else:
        _dump_postgresql(address, path)


def _dump_sqlite(source: Path, path: Path) -> None:
    with (
        closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as present,
        closing(sqlite3.connect(path)) as copy,
    ):
        present.execute("BEGIN")  # one state of it, however long the copy takes
        present.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        present.backup(copy, pages=_PAGES)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, not three


def _dump_postgresql(address: URL, path: Path) -> None:
    program = shutil.which("pg_dump")
    if program is None:
        raise InputError("pg_dump is not installed here; install PostgreSQL's client programs (postgresql-client).")
    password = {} if address.password is None else {"PGPASSWORD": address.password}  # no list of processes shows it
    where = address.set(drivername="postgresql", password=None).render_as_string()
    done = subprocess.run(  # noqa: S603 - words of our own, and the address of the settings
        [program, "--format=custom", "--no-owner", "--no-acl", "--no-password", f"--file={path}", f"--dbname={where}"],
        env={**os.environ, **password},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip()[-_LONGEST_SENTENCE:]
        raise InputError(f"pg_dump failed: {said}")
