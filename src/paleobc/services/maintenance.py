"""What is done once in a while so that the store holds what somebody needs, and nothing else."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Final

from paleobc.services.bundling import bundle_name
from paleobc.services.experiments import empty_bins
from paleobc.services.uploaded_files import upload_name
from paleobc.store.contents import content_name
from paleobc.store.database import Database
from paleobc.store.files import FileStore
from paleobc.store.revisions import contents_in_use, uploads_in_use

#: A file is left alone for so long after it was put or used: what it belongs to may be on its way [s].
_LEFT_ALONE: Final = 86_400.0
#: Folders of what is needed while something names it, and of what can be made again at any time.
_NAMED: Final = ("contents", "uploads", "bundles")
_DERIVED: Final = ("exports", "pictures")


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
    for folder in _NAMED:
        old = [name for name in files.names(folder) if files.age(name) > left_alone]
        if old:
            removed += _remove_unnamed(database, files, old, left_alone)
    for folder in _DERIVED:
        for name in files.names(folder):
            if files.age(name) > left_alone:
                files.remove(name)
                removed += 1
    files.clear_incoming(time.time() - left_alone)
    return {"experiments": experiments, "files": removed}


def _remove_unnamed(database: Database, files: FileStore, old: list[str], left_alone: float) -> int:
    """
    Remove files that nothing in the database names.

    It is done while nobody else can write: who names a file looks in the transaction of naming it whether it is there.
    """
    with database.writing() as session:
        contents = contents_in_use(session)
        needed = {content_name(content) for content in contents} | {bundle_name(content) for content in contents}
        needed |= {upload_name(sha256) for sha256 in uploads_in_use(session)}
        unnamed = [name for name in old if name not in needed and files.age(name) > left_alone]
        for name in unnamed:
            files.remove(name)
    return len(unnamed)
