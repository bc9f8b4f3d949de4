"""What is restored is what was backed up, whatever the databases and the places of files."""

from __future__ import annotations

import secrets

import pytest
from sqlalchemy import MetaData, select, text

from backed_up import back_up, bring, kept, rows
from paleobc.errors import ConflictError, InputError
from paleobc.services.backups import snapshot
from paleobc.services.backups.place import backup_place
from paleobc.store import database_copy
from paleobc.store.all_tables import ALL_TABLES
from paleobc.store.events import add_event
from paleobc.store.operation_tables import Process
from paleobc.store.tables import Event, Run, SignIn, utc_now
from servers.s3 import s3_settings


def without_what_a_restoring_changes(found):
    """Rows without the run that was given back, and the note of the restoring."""
    return {name: [row for row in its if "admin_restore" not in row] for name, its in found.items() if name != "runs"}


@pytest.mark.parametrize("place", ["folder", "s3"], indirect=True)
def test_what_is_restored_into_either_column_and_back_is_what_was(app, column, place):
    here = app.installation
    made = back_up(here)
    assert (made.files, made.new_files, made.warnings) == (3, 3, [])
    laboratory = column("laboratory", place)
    found = bring(laboratory)
    assert (found.files, found.copied, found.left_out) == (3, 3, [])
    assert rows(laboratory.database)["draft_entries"] == rows(here.database)["draft_entries"]
    assert kept(laboratory.files) == kept(here.files)
    again = back_up(laboratory)
    assert (again.files, again.new_files) == (3, 0)
    embedded = column("embedded", place)
    bring(embedded, again.id)
    assert kept(embedded.files) == kept(here.files)
    before = without_what_a_restoring_changes(rows(here.database))
    assert without_what_a_restoring_changes(rows(laboratory.database)) == before
    assert without_what_a_restoring_changes(rows(embedded.database)) == before


@pytest.fixture
def place(request, tmp_path):
    """A place of backups: a folder, or in an object store."""
    if getattr(request, "param", "folder") == "s3":
        return s3_settings(f"backups{secrets.token_hex(6)}")["files_url"]
    return str(tmp_path / "backups")


@pytest.mark.parametrize("kind", ["embedded", "laboratory"])
def test_nothing_and_the_null_of_json_stay_two_things(app, column, place, kind):
    query = text(
        "SELECT (SELECT count(*) FROM revisions WHERE CAST(source AS TEXT) = 'null'), "
        "(SELECT count(*) FROM drafts WHERE gateways IS NULL)"
    )
    with app.database.reading() as session:
        before = tuple(session.execute(query).one())
    assert before == (2, 1)
    back_up(app.installation)
    there = column(kind, place)
    bring(there)
    with there.database.reading() as session:
        assert tuple(session.execute(query).one()) == before


@pytest.mark.parametrize("kind", ["embedded", "laboratory"])
def test_a_run_that_was_going_on_waits_again_and_numbers_go_on(app, column, place, kind):
    back_up(app.installation)
    there = column(kind, place)
    bring(there)
    with there.database.writing() as session:
        run = session.scalars(select(Run)).one()
        assert (run.state, run.claim, run.lease_until, run.worker) == ("waiting", None, None, None)
        newest = max(session.scalars(select(Event.id)))
        add_event(session, "told")
        session.flush()
        assert max(session.scalars(select(Event.id))) == newest + 1


def test_who_is_signed_in_and_which_processes_live_is_not_restored(app, column, place):
    with app.database.writing() as session:
        session.add(SignIn(hash="h" * 64, user_id=app.ada.id, csrf="c", expires=utc_now()))
        session.add(Process(id="p", kind="web", host="h", version="1", schema="0004"))
    back_up(app.installation)
    there = column("embedded", place)
    bring(there)
    with there.database.reading() as session:
        assert session.scalars(select(SignIn)).all() == []
        assert session.scalars(select(Process)).all() == []


def test_an_installation_with_accounts_is_left_as_it_is(app, column, place):
    back_up(app.installation)
    before, there = rows(app.database), column("embedded", place)
    with pytest.raises(ConflictError, match="empty installation"):
        bring(app.installation)
    assert rows(app.database) == before
    bring(there)
    with pytest.raises(ConflictError, match="empty installation"):
        bring(there)


def test_a_server_that_was_started_once_and_never_used_may_be_restored_into(app, column, place):
    back_up(app.installation)
    there = column("laboratory", place)
    there.database.migrate()
    with there.database.writing() as session:
        session.add(Process(id="p", kind="web", host="h", version="1", schema="0004"))
        add_event(session, "told")
    bring(there)
    with there.database.reading() as session:
        assert session.scalars(select(Process)).all() == []


def test_a_backup_of_an_older_schema_is_restored_and_brought_to_this_one(app, column, place, monkeypatch):
    there = column("embedded", place)
    app.database.migrate_to("0003")
    written = write_as_if_older(app, monkeypatch)
    bring(there, written)
    assert there.database.schema == "0004"
    app.database.migrate()
    found = without_what_a_restoring_changes(rows(there.database))
    assert found == without_what_a_restoring_changes(rows(app.database))


def write_as_if_older(app, monkeypatch) -> str:
    """A backup as the version made it whose schema was the one before."""
    older = MetaData()
    with app.database.reading() as session:
        older.reflect(session.connection())
    typed = MetaData()
    for table in older.sorted_tables:
        if table.name != "alembic_version":
            mine = ALL_TABLES.tables[table.name].to_metadata(typed)
            for column in list(mine.columns):
                if column.name not in table.columns:
                    mine._columns.remove(column)
    monkeypatch.setattr(database_copy, "ALL_TABLES", typed)
    monkeypatch.setattr(type(app.database), "check", lambda _: None)
    monkeypatch.setattr(snapshot, "begin_backup", lambda *_: ([], False))
    monkeypatch.setattr(snapshot, "end_backup", lambda *_, **__: None)
    made = back_up(app.installation)
    monkeypatch.undo()
    return made.id


def test_a_backup_of_a_later_schema_is_refused(app, column, place, monkeypatch):
    monkeypatch.setattr("paleobc.services.backups.making.schema_of", lambda _: "9999")
    back_up(app.installation)
    monkeypatch.undo()
    there = column("embedded", place)
    with pytest.raises(InputError, match="later; restore with it"):
        bring(there)
    assert there.database.schema is None


def test_without_a_place_or_in_the_place_of_the_files_there_is_no_backup(app):
    with pytest.raises(InputError, match="PALEOBC_BACKUP_URL"):
        backup_place(app.installation.settings.model_copy(update={"backup_url": ""}))
    with pytest.raises(InputError, match="place of its own"):
        backup_place(app.installation.settings.model_copy(update={"backup_url": app.installation.settings.files}))
    with pytest.raises(InputError, match="PALEOBC_BACKUP_URL is a folder or s3"):
        backup_place(app.installation.settings.model_copy(update={"backup_url": "ftp://there"}))
