"""On which servers the tests of the application run: an installation's own files, or a laboratory's servers."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from psycopg import sql
from sqlalchemy import event

from paleobc.settings import Settings
from paleobc.store.database import Database
from servers.postgresql import migrated, postgresql
from servers.s3 import copy_files, s3_settings

#: With the variable PALEOBC_TEST_COLUMN=laboratory the tests of the application run on real servers.
LABORATORY = os.environ.get("PALEOBC_TEST_COLUMN", "embedded") == "laboratory"

#: Folders of the installations that have something on servers.
_made: set[Path] = set()
#: What the server says itself where its disk is full.
NO_ROOM = sql.SQL(
    "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION "
    "'could not extend file' USING ERRCODE = 'disk_full'; END $$; "
    "CREATE TRIGGER no_room BEFORE INSERT ON experiments EXECUTE FUNCTION no_room()"
)
_ROOM = sql.SQL("DROP TRIGGER no_room ON experiments; DROP FUNCTION no_room")


def column_settings(folder: Path) -> dict[str, Any]:
    """Settings of an installation in a folder, beside that folder; the same folder has the same of everything."""
    if not LABORATORY:
        return {}
    _made.add(folder.resolve())
    return {"database_url": migrated(_name(folder)), "files_url": s3_settings(_name(folder))["files_url"]}


def forget_column(folder: Path) -> None:
    """Remove what installations in a folder and below it have outside of it."""
    for made in [made for made in _made if made.is_relative_to(folder.resolve())]:
        postgresql().drop(_name(made))
        _made.remove(made)


def column_environment(folder: Path) -> dict[str, str]:
    """The same, as variables of the environment of a process."""
    return {f"PALEOBC_{name.upper()}": str(value) for name, value in column_settings(folder).items()}


def copy_column(source: Path, target: Path) -> None:
    """Copy what an installation has outside of its folder; nobody may use it meanwhile."""
    if LABORATORY:
        _made.add(target.resolve())
        postgresql().create(_name(target), _name(source))
        copy_files(_name(source), _name(target))


def database_address(folder: Path) -> str:
    """Address of the database of the installation in a folder."""
    return Settings(data_folder=folder, **column_settings(folder)).database


@contextmanager
def locked_database(folder: Path) -> Iterator[None]:
    """While another program writes into the database of the installation in a folder."""
    other = Database(database_address(folder))
    with other.writing():
        yield
    other.close()


@contextmanager
def full_database(database: Database, folder: Path) -> Iterator[None]:
    """While the database of the installation in a folder finds no room for another experiment."""
    if LABORATORY:
        postgresql().command(NO_ROOM, _name(folder))
        yield
        postgresql().command(_ROOM, _name(folder))
        return

    @event.listens_for(database._engines.writing, "checkout")
    def leave_no_room(connection: Any, *_: object) -> None:
        connection.execute("PRAGMA max_page_count = 1")  # not less than there are: no page can be added

    yield
    event.remove(database._engines.writing, "checkout", leave_no_room)


def lose_database(folder: Path) -> None:
    """Remove the database of the installation in a folder behind its back, so that it cannot be used either."""
    if LABORATORY:
        postgresql().drop(_name(folder))
        return
    for path in folder.glob("paleobc.sqlite*"):
        path.unlink()
    (folder / "paleobc.sqlite").mkdir()


def kept_bytes(folder: Path) -> bytes:
    """All that the database of the installation in a folder keeps, as it lies on the disk, or as it is dumped."""
    if LABORATORY:
        return postgresql().dump(_name(folder))
    return b"".join(path.read_bytes() for path in folder.glob("paleobc.sqlite*"))


def _name(folder: Path) -> str:
    """Name of what belongs to a folder on a server."""
    return "t" + hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:20]
