"""What nobody needs is removed, without keeping others from writing while an object store is asked."""

from __future__ import annotations

import contextlib
import uuid
from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from application import Application
from paleobc.services import maintenance
from paleobc.services.maintenance import tidy, unnamed_files
from paleobc.store.contents import content_name
from paleobc.store.database import Database
from paleobc.store.object_store import ObjectStore
from servers.s3 import s3_settings


@pytest.fixture
def app(tmp_path):
    return Application(tmp_path, files_url=s3_settings(uuid.uuid4().hex)["files_url"])


def put(app, *names):
    for name in names:
        prepared = app.files.temporary()
        prepared.write_bytes(b"123")
        app.files.put(name, prepared)


def test_files_of_an_object_store_that_nobody_names_are_removed_and_named_ones_stay(app, monkeypatch):
    monkeypatch.setattr(maintenance, "_AT_A_TIME", 2)
    ada = app.user("ada")
    app.give_world(ada, app.experiment(ada))
    named = app.files.names("uploads")
    put(app, *(content_name(f"{number:064}") for number in range(5)), "pictures/00/x", "exports/00/y")
    assert tidy(app.database, app.files, bin_days=1) == {"experiments": 0, "files": 0}
    assert len(unnamed_files(app.database, app.files, -60.0)) == 5
    assert tidy(app.database, app.files, bin_days=1, left_alone=-60.0) == {"experiments": 0, "files": 7}
    assert [kept.name for kept in app.files.listing()] == named


def test_nothing_is_asked_of_the_object_store_while_nobody_else_can_write(app, monkeypatch):
    writing, asked = [], []
    begin, call = Database.writing, ObjectStore._call

    @contextlib.contextmanager
    def noted(self):
        with begin(self) as session:
            writing.append(session)
            yield session
            writing.pop()

    def counted(self, operation, **arguments):
        if writing:
            asked.append(operation)
        return call(self, operation, **arguments)

    put(app, *(content_name(f"{number:064}") for number in range(5)))
    monkeypatch.setattr(Database, "writing", noted)
    monkeypatch.setattr(ObjectStore, "_call", counted)
    assert tidy(app.database, app.files, bin_days=1, left_alone=-60.0)["files"] == 5
    assert asked == ["delete_object"] * 5


def test_what_was_used_since_it_was_listed_stays(app, monkeypatch):
    put(app, content_name("0" * 64))
    listing = ObjectStore.listing

    def long_ago(self, folder=""):
        return (replace(kept, age=1e9) for kept in listing(self, folder))

    monkeypatch.setattr(ObjectStore, "listing", long_ago)
    assert unnamed_files(app.database, app.files) == [content_name("0" * 64)]
    assert tidy(app.database, app.files, bin_days=1)["files"] == 0
    assert app.files.has(content_name("0" * 64))


def test_a_file_that_is_named_since_it_was_listed_stays(app, monkeypatch):
    put(app, content_name("0" * 64))
    needed, found = maintenance._needed, []

    def named_later(session: Session) -> set[str]:
        found.append(1)
        return needed(session) | ({content_name("0" * 64)} if len(found) > 1 else set())

    monkeypatch.setattr(maintenance, "_needed", named_later)
    assert tidy(app.database, app.files, bin_days=1, left_alone=-60.0)["files"] == 0
    assert app.files.has(content_name("0" * 64))
