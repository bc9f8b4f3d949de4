"""Installations to back up, and empty ones to restore into."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from backed_up import Filled
from paleobc.bootstrap import Installation
from paleobc.settings import Settings
from servers.postgresql import postgresql
from servers.s3 import s3_settings


@pytest.fixture
def place(tmp_path: Path) -> str:
    """Folder for backups."""
    return str(tmp_path / "backups")


@pytest.fixture
def app(tmp_path: Path, place: str) -> Iterator[Filled]:
    """An installation on SQLite and a folder."""
    found = Filled(tmp_path / "here", backup_url=place)
    found.fill()
    yield found
    found.database.close()


@pytest.fixture
def column(tmp_path: Path) -> Iterator[Callable[[str, str], Installation]]:
    """Installations of either kind, empty: SQLite with a folder, or PostgreSQL with an object store."""
    made: list[tuple[Installation, str]] = []

    def make(kind: str, backups: str) -> Installation:
        name = f"backup{secrets.token_hex(6)}"
        elsewhere = {}
        if kind == "laboratory":
            elsewhere = {"database_url": postgresql().create(name), "files_url": s3_settings(name)["files_url"]}
        settings = Settings(data_folder=tmp_path / name, backup_url=backups, **elsewhere)
        made.append((Installation(settings), name))
        return made[-1][0]

    yield make
    for installation, name in made:
        installation.database.close()
        if installation.settings.database_url:
            postgresql().drop(name)
