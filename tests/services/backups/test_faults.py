"""A backup that cannot be made leaves earlier ones as they were, and one that was harmed is told of."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import func, select

import killed_backups
from backed_up import Filled, back_up, bring, kept, rows
from paleobc.errors import ConflictError, InputError, NoRoomError, PaleobcError
from paleobc.services import maintenance
from paleobc.services.backups import checking, making
from paleobc.services.backups.checking import harmed_of
from paleobc.services.backups.manifest import all_snapshots, files_of
from paleobc.services.backups.place import backup_place, kept_name, manifest_name, table_name
from paleobc.services.maintenance import tidy
from paleobc.store.backup_lock import backing_up
from paleobc.store.backups import last_good_backup, newest_backups
from paleobc.store.contents import content_name
from paleobc.store.events import add_event
from paleobc.store.file_folder import FileFolder
from paleobc.store.tables import Event, Experiment, Upload
from servers.s3 import harm


def newest(app: Filled) -> tuple[str, str]:
    """State of the newest backup, and what is said of it."""
    with app.database.reading() as session:
        row = newest_backups(session)[0]
    return row.state, row.sentence


def whole(app: Filled) -> list[str]:
    """Backups of which everything is there and as it should be."""
    place = backup_place(app.installation.settings)
    found = all_snapshots(place)
    assert found.harmed == []
    for one in found.whole:
        assert not harmed_of(place, {copy.sha256 for copy in files_of(place, one)}, lambda: False)
    return [one.id for one in found.whole]


def test_the_next_backup_copies_only_what_is_new(app):
    first = back_up(app.installation)
    app.add_upload(b"another relief")
    app.add_content(2.0)
    app.add_content(1.0, asset="routing")  # the same content
    second = back_up(app.installation)
    assert (first.files, first.new_files) == (3, 3)
    assert (second.files, second.new_files) == (5, 2)
    assert whole(app) == [second.id, first.id]
    with app.database.reading() as session:
        row = newest_backups(session)[0]
        assert (row.id, row.state, row.files, row.new_files) == (second.id, "good", 5, 2)
        assert last_good_backup(session) == row.started
        assert last_good_backup(session, "elsewhere") is None


def test_a_backup_during_heavy_writing_is_one_moment_with_all_its_files(app, column, place):
    stop, written = threading.Event(), []

    def write() -> None:
        other = Filled(app.folder, backup_url=place)
        other.experiment_id = app.experiment_id
        while not stop.is_set():
            other.add_upload(os.urandom(1000))
            with other.database.writing() as session:  # two rows of two tables, always together
                other_one = session.get_one(Experiment, app.experiment_id)
                other_one.hypothesis = str(len(written))
                add_event(session, "counted", experiment_id=app.experiment_id, number=len(written))
            written.append(1)
        other.database.close()

    writers = threading.Thread(target=write)
    writers.start()
    try:
        made = [back_up(app.installation) for _ in range(5)]
    finally:
        stop.set()
        writers.join()
    assert len(written) > 5
    assert all(not one.warnings for one in made)
    for one in (made[0], made[-1]):
        there = column("embedded", place)
        assert bring(there, one.id).left_out == []
        with there.database.reading() as session:
            counted = session.scalars(select(Event.data).where(Event.kind == "counted")).all()
            assert session.get_one(Experiment, app.experiment_id).hypothesis == (
                str(max(data["number"] for data in counted)) if counted else ""
            )
            assert session.scalar(select(func.count()).select_from(Upload)) == len(there.files.names("uploads"))


def test_what_a_backup_names_is_not_tidied_away_meanwhile(app, place, column, monkeypatch):
    write = making.write_tables

    def then_all_is_deleted(session, folder):
        written = write(session, folder)
        with app.database.writing() as other:
            other.delete(other.get_one(Experiment, app.experiment_id))
        assert tidy(app.database, app.files, bin_days=1, left_alone=-60.0)["files"] == 0
        return written

    monkeypatch.setattr(making, "write_tables", then_all_is_deleted)
    assert back_up(app.installation).warnings == []
    assert tidy(app.database, app.files, bin_days=1, left_alone=-60.0)["files"] == 3
    there = column("embedded", place)
    assert bring(there).files == 3


@pytest.mark.parametrize("kind", ["embedded", "laboratory"])
def test_two_at_once_are_refused_and_the_lock_ends_with_its_holder(column, place, kind):
    here = column(kind, place)
    here.database.migrate()
    with backing_up(here.database) as holds:
        assert holds()
        with pytest.raises(ConflictError, match="under way"):
            back_up(here)
        with here.database.writing() as session:
            assert maintenance.is_backup_running(session)
    with here.database.writing() as session:
        assert not maintenance.is_backup_running(session)
    back_up(here)


def test_a_file_harmed_in_the_backup_is_noticed_and_put_anew(app, place, column):
    back_up(app.installation)
    kept_there = Path(place) / "files"
    harmed = sorted(path for path in kept_there.rglob("*") if path.is_file())[0]
    content = harmed.read_bytes()
    harmed.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    there = column("embedded", place)
    with pytest.raises(InputError, match=r"1 file of the backup .* gone or harmed"):
        bring(there)
    assert there.database.schema is None
    found = bring(column("embedded", place), leaves_harmed_out=True)
    assert (found.files, len(found.left_out)) == (2, 1)
    made = back_up(app.installation, reads_all=True)
    assert made.warnings == ["Gone or harmed in earlier backups, and put anew: 1 file."]
    assert harmed.read_bytes() == content
    assert bring(there).left_out == []


def test_a_file_harmed_in_the_backup_and_gone_here_is_told(app, place, monkeypatch):
    name = app.add_upload(b"to be lost")
    back_up(app.installation)
    monkeypatch.setattr(checking, "SAMPLE", 0)
    (Path(place) / kept_name(name.rpartition("/")[2])).unlink()
    app.files.remove(name)
    made = back_up(app.installation)
    assert made.files == 3
    assert "not in the backup: 1 file" in made.warnings[0]
    assert "no longer in the installation: 1 file" in made.warnings[1]
    assert newest(app) == ("good", " ".join(made.warnings))


def test_what_is_harmed_here_comes_into_no_backup_and_stays_good_in_the_one_before(app, place, column):
    name = content_name(app.add_content(3.0))
    good = kept(app.files)[name]
    back_up(app.installation)
    harm(app.files, name, b"nonsense")
    assert back_up(app.installation).warnings == []  # as the one before has it whole
    there = column("embedded", place)
    bring(there)
    assert kept(there.files)[name] == good
    other = content_name(app.add_content(4.0))
    harm(app.files, other, b"nonsense")
    assert other in back_up(app.installation).warnings[0]


@pytest.mark.parametrize("which", ["manifest", "table", "list"])
def test_a_harmed_snapshot_is_refused_and_nothing_is_restored(app, place, column, which):
    made = back_up(app.installation)
    names = {
        "manifest": manifest_name(made.id),
        "table": table_name(made.id, "users.jsonl.gz"),
        "list": f"snapshots/{made.id}/files.jsonl.gz",
    }
    path = Path(place) / names[which]
    path.write_bytes(path.read_bytes().replace(b'"files": 3', b'"files": 4') if which == "manifest" else b"harmed")
    there = column("embedded", place)
    with pytest.raises(InputError, match="harmed"):
        bring(there)
    with pytest.raises(InputError, match="harmed"):
        bring(there, made.id)
    assert there.database.schema is None
    warned = back_up(app.installation).warnings
    assert which == "table" or "harmed" in " ".join(warned)


def test_a_full_disk_leaves_earlier_backups_and_says_so(app, place, monkeypatch):
    first = back_up(app.installation)
    app.add_upload(b"another relief")
    keeping, put = FileFolder._keep, []

    def keep(self, name, prepared):
        if str(self.address) == place:
            put.append(name)
            if len(put) > 3:
                raise OSError(errno.ENOSPC, "No space left on device")
        keeping(self, name, prepared)

    monkeypatch.setattr(FileFolder, "_keep", keep)
    with pytest.raises(NoRoomError, match="no room left for the backup"):
        back_up(app.installation)
    assert newest(app)[0] == "failed"
    assert "no room left" in newest(app)[1]
    assert whole(app) == [first.id]
    assert all_snapshots(backup_place(app.installation.settings)).unfinished == []
    monkeypatch.undo()
    again = back_up(app.installation)
    assert (again.files, again.new_files) == (4, 0)  # it came before the disk was full
    assert whole(app) == [again.id, first.id]


def test_a_backup_that_is_told_to_stop_leaves_earlier_ones(app):
    first, asked = back_up(app.installation), []

    def is_stopped() -> bool:
        asked.append(1)
        return len(asked) > 4

    with pytest.raises(PaleobcError, match="told to stop"):
        back_up(app.installation, is_stopped=is_stopped)
    assert newest(app) == ("failed", "It was told to stop.")
    assert whole(app) == [first.id]


@pytest.fixture
def killed_at(app):
    """A function that has a backup killed at a step, in another process."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(Path(killed_backups.__file__).parent),
        "PALEOBC_DATA_FOLDER": str(app.folder),
        "PALEOBC_DATABASE_URL": app.installation.settings.database_url,
        "PALEOBC_BACKUP_URL": app.installation.settings.backup_url,
        "PALEOBC_BACKUP_KEEP": "2",
    }
    command = [sys.executable, killed_backups.__file__]
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:

        def ask(step: int) -> bool:
            process.stdin.write(f"{step}\n")
            process.stdin.flush()
            said = process.stdout.readline()
            assert said in ("killed\n", "ended\n")
            return said == "killed\n"

        yield ask
        process.stdin.close()


def test_a_backup_killed_at_any_step_leaves_earlier_ones_and_the_next_one_clears_it_away(app, killed_at):
    before = back_up(app.installation).id, back_up(app.installation).id
    app.add_upload(b"another relief")
    app.add_content(5.0)
    step = 1
    while killed_at(step):
        there = whole(app)
        assert before[1] in there or len(there) >= 2  # one that was whole when it was killed has thinned out nothing
        step += 1
    assert step > 20
    assert len(whole(app)) == 2
    place = backup_place(app.installation.settings)
    assert all_snapshots(place).unfinished == []
    assert list(place.incoming.iterdir()) == []
    with app.database.reading() as session:
        assert {row.state for row in newest_backups(session)} == {"good", "failed"}
        assert "It was interrupted." in {row.sentence for row in newest_backups(session)}


def test_a_restoring_that_was_interrupted_is_done_again(app, place, column, monkeypatch):
    back_up(app.installation)
    there = column("embedded", place)
    keeping, put = FileFolder._keep, []

    def keep(self, name, prepared):
        put.append(name)
        if len(put) == 2:
            raise OSError(errno.EIO, "Input/output error")
        keeping(self, name, prepared)

    monkeypatch.setattr(FileFolder, "_keep", keep)
    with pytest.raises(PaleobcError, match="Input/output error"):
        bring(there)
    monkeypatch.undo()
    before = kept(there.files)
    found = bring(there)
    assert found.copied == 3 - len(before)
    assert kept(there.files) == kept(app.files)
    assert rows(there.database)["users"] == rows(app.database)["users"]
