"""Databases to try: one of each kind."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from paleobc.store.database import Database
from servers.postgresql import postgresql


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Address of a database of each kind in which there is nothing yet."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'paleobc.sqlite'}"
        return
    name = f"empty{secrets.token_hex(8)}"
    yield postgresql().create(name)
    postgresql().drop(name)


@pytest.fixture
def database(address: str) -> Iterator[Database]:
    """A database of each kind with the schema of this version."""
    found = Database(address)
    found.migrate()
    yield found
    found.close()
