"""A backup: the database as it is at one moment, then the files that it names, read again before it counts."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from paleobc.errors import PaleobcError
from paleobc.services.backups.making import Made, Making
from paleobc.services.backups.manifest import (
    all_snapshots,
    new_snapshot_id,
)
from paleobc.services.backups.place import (
    backup_place,
    remove_snapshot,
    told,
)
from paleobc.services.backups.retention import clear_unfinished, thin_out
from paleobc.settings import Settings
from paleobc.store.backup_lock import backing_up
from paleobc.store.backups import begin_backup, end_backup
from paleobc.store.database import Database
from paleobc.store.files import FileStore


def make_backup(
    database: Database,
    files: FileStore,
    settings: Settings,
    *,
    reads_all: bool = False,
    is_stopped: Callable[[], bool] = lambda: False,
) -> Made:
    """
    Back an installation up while it works, and thin out older backups.

    Parameters
    ----------
    database : Database
    files : FileStore
    settings : Settings
    reads_all : bool
        Whether all files of earlier backups are read again, and not only some of them.
    is_stopped : callable
        Whether it is to break off; it is asked often, from several threads.

    Raises
    ------
    ConflictError
        Where one is under way.
    PaleobcError
        Says why none could be made; earlier ones are as they were.
    """
    with told():
        database.check()
        place = backup_place(settings)
        with backing_up(database) as is_alone:
            backup = new_snapshot_id()
            with database.writing() as session:
                own, was_interrupted = begin_backup(session, backup, settings.backup_url)
            with _noting_failure(database, place, backup):
                clear_unfinished(place, all_snapshots(place).unfinished, own, was_interrupted=was_interrupted)
                found = all_snapshots(place)
                if len(found.whole) > settings.backup_keep:  # fewer are wished by now, maybe for want of room
                    thin_out(place, settings.backup_keep, is_stopped=is_stopped)
                    found = all_snapshots(place)
                made = Making(database, files, place, backup, is_stopped).make(found, reads_all, is_alone)
            made = _thinned(place, made, settings.backup_keep, is_stopped)
            with database.writing() as session:
                end_backup(session, backup, "good", **_row(made))
        return made


def _thinned(place: FileStore, made: Made, most: int, is_stopped: Callable[[], bool]) -> Made:
    """Thin out older backups once there is a newer one; that this fails does not make the new one worse."""
    try:
        removed, warnings = thin_out(place, most, is_stopped=is_stopped)
    except (PaleobcError, OSError) as error:
        removed, warnings = 0, [f"Older backups were not removed: {str(error).rstrip('.')}."]
    return replace(made, removed=removed, warnings=[*made.warnings, *warnings])


def _row(made: Made) -> dict[str, Any]:
    """What the database notes of a backup."""
    return {
        "files": made.files,
        "new_files": made.new_files,
        "bytes": made.bytes,
        "sentence": " ".join(made.warnings),
    }


@contextlib.contextmanager
def _noting_failure(database: Database, place: FileStore, backup: str) -> Iterator[None]:
    """Note why a backup failed, and clear it away; where even that cannot be done, the next one does."""
    try:
        yield
    except BaseException as error:
        with contextlib.suppress(Exception):
            remove_snapshot(place, backup)
        with contextlib.suppress(Exception), database.writing() as session:
            end_backup(session, backup, "failed", sentence=_why(error))
        raise


def _why(error: BaseException) -> str:
    """Why a backup failed, in a sentence."""
    try:
        with told():
            raise error
    except PaleobcError as ours:
        return str(ours)
    except BaseException as fault:  # a fault of the program, or Ctrl-C: whoever asks raises it on
        return f"It was broken off: {type(fault).__name__}."
