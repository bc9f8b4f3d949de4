"""What is done once in a while so that the store holds what somebody needs, and nothing else."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy.orm import Session

from paleobc.services.bundling import bundle_name
from paleobc.services.experiments import empty_bins
from paleobc.services.uploaded_files import upload_name
from paleobc.store.backup_lock import is_backup_running
from paleobc.store.contents import content_name
from paleobc.store.database import Database
from paleobc.store.files import FileStore
from paleobc.store.revisions import contents_in_use, uploads_in_use

#: A file is left alone for so long after it was put or used: what it belongs to may be on its way [s].
_LEFT_ALONE: Final = 86_400.0
#: Folders of what is needed while something names it, and of what can be made again at any time.
_NAMED: Final = ("contents", "uploads", "bundles")
_DERIVED: Final = ("exports", "pictures", "probe")
#: So many files are removed at a time: meanwhile nobody else can write into the database.
_AT_A_TIME: Final = 200


def tidy(database: Database, files: FileStore, *, bin_days: int, left_alone: float = _LEFT_ALONE) -> dict[str, int]:
    """
    Empty the bins of what has been in them for long, and remove files that nobody needs.

    Parameters
    ----------
    database : Database
    files : FileStore
    bin_days : int
        Days for which a deleted experiment can be brought back.
    left_alone : float
        Age below which files stay [s].

    Returns
    -------
    dict of str to int
        How many experiments and files were removed.
    """
    with database.writing() as session:
        experiments = empty_bins(session, timedelta(days=bin_days))
    removed = 0
    unnamed = unnamed_files(database, files, left_alone)
    for first in range(0, len(unnamed), _AT_A_TIME):
        removed += _remove_unnamed(database, files, unnamed[first : first + _AT_A_TIME], left_alone)
    for folder in _DERIVED:
        old = [kept.name for kept in files.listing(folder) if kept.age > left_alone]
        files.remove_all(old)
        removed += len(old)
    files.clear_incoming(time.time() - left_alone)
    return {"experiments": experiments, "files": removed}


def unnamed_files(database: Database, files: FileStore, left_alone: float = _LEFT_ALONE) -> list[str]:
    """Names of files that nothing in the database names, and that were not used for a time [s]."""
    old = [kept.name for folder in _NAMED for kept in files.listing(folder) if kept.age > left_alone]
    with database.reading() as session:
        needed = _needed(session)
    return [name for name in old if name not in needed]


def _remove_unnamed(database: Database, files: FileStore, names: Sequence[str], left_alone: float) -> int:
    """
    Remove files that nothing in the database names; returns how many.

    It is done while nobody else can write: who names a file looks in the transaction of naming it whether it is there.
    Whether somebody used them meanwhile is asked before, as an object store takes its time to answer.
    """
    old = [name for name in names if files.age(name) > left_alone]
    with database.writing() as session:
        if is_backup_running(session):  # it copies what was named when it began
            return 0
        needed = _needed(session)
        unnamed = [name for name in old if name not in needed]
        files.remove_all(unnamed)
    return len(unnamed)


def _needed(session: Session) -> set[str]:
    """Names of all files that the database names."""
    contents = contents_in_use(session)
    needed = {content_name(content) for content in contents} | {bundle_name(content) for content in contents}
    return needed | {upload_name(sha256) for sha256 in uploads_in_use(session)}
