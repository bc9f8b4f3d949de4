"""A full disk is told as one, whatever the library of NetCDF calls it, and at the start of a server too."""

from __future__ import annotations

import pytest

from application import Application
from paleobc.errors import InputError
from paleobc.store.contents import Contents
from paleobc.store.database import Database
from paleobc.store.files import FileStore, no_room


@pytest.fixture
def app(tmp_path):
    return Application(tmp_path)


@pytest.fixture
def run(app):
    """A run that reads a relief."""
    ada = app.user("ada")
    return app.give_world(ada, app.experiment(ada))


def fail_to_write(monkeypatch, error):
    def save(*_):
        raise error

    monkeypatch.setattr(Contents, "save", save)


def fill(monkeypatch):
    def refuse(_):
        raise no_room()

    monkeypatch.setattr(FileStore, "refuse_without_room", refuse)


@pytest.mark.parametrize("error", [RuntimeError("NetCDF: HDF error"), PermissionError(13, "Permission denied")])
def test_what_the_library_says_on_a_full_disk_is_told_as_that(app, run, monkeypatch, error):
    fail_to_write(monkeypatch, error)
    fill(monkeypatch)
    app.work()
    failed = app.run(run.id)
    assert (failed.state, failed.is_input_fault) == ("failed", False)
    assert failed.sentence == str(no_room())


def test_with_room_left_the_same_is_a_fault_of_the_program_or_of_the_machine(app, run, monkeypatch):
    fail_to_write(monkeypatch, RuntimeError("NetCDF: HDF error"))
    app.work()
    assert "a fault of its own" in app.run(run.id).sentence
    ada = app.named("ada")
    app.give_world(ada, app.only_experiment(), higher=1.0)
    fail_to_write(monkeypatch, PermissionError(13, "Permission denied"))
    with pytest.raises(PermissionError):
        app.work()


def test_another_fault_is_not_taken_for_a_full_disk(app, run, monkeypatch):
    fail_to_write(monkeypatch, ValueError("wrong"))
    fill(monkeypatch)
    app.work()
    assert "a fault of its own" in app.run(run.id).sentence


def test_a_database_that_cannot_be_used_is_told_at_the_start(tmp_path):
    (tmp_path / "paleobc.sqlite").mkdir()
    database = Database(f"sqlite:///{tmp_path / 'paleobc.sqlite'}")
    with pytest.raises(InputError, match="The database cannot be used"):
        database.migrate()
    database.close()
