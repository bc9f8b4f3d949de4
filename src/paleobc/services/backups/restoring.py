"""An installation made of a backup: its files first, then its database in one transaction."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from paleobc.conventions import counted
from paleobc.errors import ConflictError, InputError
from paleobc.formats.opening import file_sha256
from paleobc.services.administrators import Actor, note_action
from paleobc.services.backups.manifest import FileCopy, Snapshot, all_snapshots, files_of, read_snapshot
from paleobc.services.backups.place import backup_place, kept_name, table_name, told, with_each
from paleobc.settings import Settings
from paleobc.store.database import Database
from paleobc.store.database_copy import fill_tables, table_file
from paleobc.store.files import FileStore, pieces_of
from paleobc.store.schema_versions import schemas
from paleobc.store.tables import Experiment, Run, User

_MOST_NAMED: Final = 5


@dataclass(frozen=True)
class Restored:
    """
    What was restored.

    Parameters
    ----------
    snapshot : Snapshot
    rows : int
        Of the database.
    files, copied : int
        How many files are there, and how many of them were not there before.
    left_out : list of str
        Files that are harmed in the backup, or were gone when it was made.
    """

    snapshot: Snapshot
    rows: int
    files: int
    copied: int
    left_out: list[str]


def restore(
    database: Database,
    files: FileStore,
    settings: Settings,
    by: Actor,
    snapshot_id: str | None = None,
    *,
    leaves_harmed_out: bool = False,
    listener: Callable[[int, int], object] = lambda _done, _all: None,
) -> Restored:
    """
    Make an installation in which there is nothing yet what another one was; it may be of any kind.

    Parameters
    ----------
    database : Database
    files : FileStore
    settings : Settings
    by : User or Shell
    snapshot_id : str, optional
        Which backup; the newest if not given.
    leaves_harmed_out : bool
        Whether files that are gone or harmed in the backup are left out, rather than nothing restored.
    listener : callable
        Called with the number of files that are there, and of all.

    Raises
    ------
    ConflictError
        Where there is something in the installation.
    InputError
        Where there is no such backup, it is harmed, or of a later version.
    PaleobcError
        Where something cannot be used just now; once it can, it is restored again.
    """
    with told():
        place = backup_place(settings)
        _refuse_filled(database)
        snapshot = _chosen(place, snapshot_id)
        if snapshot.schema not in schemas():
            raise InputError(
                f"The backup {snapshot.id} was made by paleobc {snapshot.version}, which is later; restore with it."
            )
        with files.temporary_folder() as folder:
            _bring_tables(place, snapshot, folder)
            copies = files_of(place, snapshot)
            bring = _Bringing(place, files, len(copies), listener)
            with_each(bring.one, copies)
            if bring.harmed and not leaves_harmed_out:
                raise InputError(_harmed_words(snapshot.id, sorted(bring.harmed)))
            rows = _fill(database, folder, snapshot, by)
        left_out = sorted([*bring.harmed, *snapshot.missing])
        return Restored(snapshot, rows, len(copies) - len(bring.harmed), bring.copied, left_out)


def _chosen(place: FileStore, snapshot_id: str | None) -> Snapshot:
    """A snapshot by its name, or the newest one."""
    if snapshot_id is not None:
        return read_snapshot(place, snapshot_id)
    found = all_snapshots(place)
    if found.harmed and (not found.whole or max(found.harmed) > found.whole[0].id):
        raise InputError(
            f"The manifest of the newest backup, {max(found.harmed)}, is harmed; name another one to be restored."
        )
    if not found.whole:
        raise InputError(f"There is no backup in {place.address}.")
    return found.whole[0]


def _refuse_filled(database: Database) -> None:
    """Refuse a database in which somebody has something, before anything is copied."""
    if database.schema is None:
        return
    with database.reading() as session:
        _refuse_people(session)


def _refuse_people(session: Session) -> None:
    """Refuse a database with accounts or experiments."""
    for column in (User.id, Experiment.id):  # whole rows may have columns that an older schema does not know
        if session.scalar(select(column).limit(1)) is not None:
            raise ConflictError(
                "There are accounts or experiments here already, and a backup is restored into an empty installation "
                "only. Choose another PALEOBC_DATA_FOLDER or PALEOBC_DATABASE_URL, or remove the database first."
            )


def _bring_tables(place: FileStore, snapshot: Snapshot, folder: Path) -> None:
    """Bring the tables of a snapshot into a folder."""
    for table in snapshot.tables:
        file = table_file(table.name)
        with contextlib.suppress(FileNotFoundError), place.fresh(table_name(snapshot.id, file)) as path:
            if file_sha256(path) == table.sha256:
                (folder / file).write_bytes(path.read_bytes())
                continue
        raise InputError(f"The table '{table.name}' of the backup {snapshot.id} is gone or harmed; take another one.")


def _fill(database: Database, folder: Path, snapshot: Snapshot, by: Actor) -> int:
    """Fill the database, in the schema of the backup, and bring it to this version's afterwards."""
    if database.schema != snapshot.schema:
        database.migrate_to(snapshot.schema)
    with database.writing() as session:
        _refuse_people(session)
        rows = fill_tables(session, folder, snapshot.tables)
        given_back = {"state": "waiting", "claim": None, "lease_until": None, "worker": None, "progress": 0.0}
        session.execute(update(Run).where(Run.state == "running").values(**given_back))
        note_action(session, by, "restore", backup=snapshot.id, made=snapshot.made.isoformat())
    database.migrate()
    return rows


class _Bringing:
    """Files on their way from a backup to an installation."""

    def __init__(self, place: FileStore, files: FileStore, total: int, listener: Callable[[int, int], object]) -> None:
        self._place, self._files, self._total, self._listener = place, files, total, listener
        self.harmed: set[str] = set()
        self.copied = self._done = 0
        self._counting = threading.Lock()

    def one(self, copy: FileCopy) -> None:
        """Bring a file, if it is not there whole already."""
        is_there = self._files.verify(copy.name, sha256=copy.sha256)
        is_good = is_there or self._bring(copy)
        with self._counting:
            self.copied += is_good and not is_there
            self._done += 1
            if not is_good:
                self.harmed.add(copy.name)
            self._listener(self._done, self._total)

    def _bring(self, copy: FileCopy) -> bool:
        """Bring a file, and compare it with its checksum on the way; False where it is gone or harmed."""
        try:
            with self._place.fresh(kept_name(copy.sha256)) as path, path.open("rb") as source:
                prepared, sha256, _ = self._files.receive(pieces_of(source), path.stat().st_size)
        except FileNotFoundError:
            return False
        try:
            if sha256 == copy.sha256:
                self._files.put(copy.name, prepared, again=True)
            return sha256 == copy.sha256
        finally:
            prepared.unlink(missing_ok=True)


def _harmed_words(snapshot: str, harmed: list[str]) -> str:
    some = ", ".join(harmed[:_MOST_NAMED]) + (" ..." if len(harmed) > _MOST_NAMED else "")
    return (
        f"{counted(len(harmed), 'file')} of the backup {snapshot} are gone or harmed: {some}. The database is still "
        "empty: take another backup, or restore this one with --leave-harmed-out, without these files."
    )
