"""The steps of one backup: rows, files, reading again, and the manifest last."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from paleobc.conventions import counted
from paleobc.errors import InputError
from paleobc.formats.opening import file_sha256
from paleobc.services.admin_storage import named_files
from paleobc.services.backups.checking import harmed_of, kept_files, sample_of, wrong_sizes
from paleobc.services.backups.manifest import (
    FileCopy,
    Snapshot,
    Snapshots,
    files_of,
    manifest_bytes,
    write_list,
)
from paleobc.services.backups.place import (
    keep,
    kept_name,
    list_name,
    manifest_name,
    refuse_if,
    table_name,
    with_each,
)
from paleobc.services.provenance import VERSION
from paleobc.store.contents import Contents
from paleobc.store.database import Database
from paleobc.store.database_copy import TableCopy, table_file, write_tables
from paleobc.store.files import FileStore
from paleobc.store.schema_versions import schema_of
from paleobc.store.tables import utc_now

_MOST_NAMED: Final = 5


@dataclass(frozen=True)
class Made:
    """
    A backup that was made.

    Parameters
    ----------
    id : str
    files, new_files : int
        How many files it has, and how many of them had to be copied.
    bytes, new_bytes : int
        How large all of it is, and what had to be copied [bytes].
    removed : int
        How many files were removed that belonged to older backups only.
    warnings : list of str
        What an administrator should look at.
    """

    id: str
    files: int
    new_files: int
    bytes: int
    new_bytes: int
    removed: int
    warnings: list[str]


class Making:
    """One backup in the making."""

    def __init__(
        self, database: Database, files: FileStore, place: FileStore, backup: str, is_stopped: Callable[[], bool]
    ) -> None:
        self._database, self._files, self._place = database, files, place
        self._contents = Contents(files)
        self._id, self._is_stopped = backup, is_stopped
        self._one_reads = threading.Lock()  # the library of NetCDF is for one thread
        self._warnings: list[str] = []

    def make(self, earlier: Snapshots, reads_all: bool, is_alone: Callable[[], bool]) -> Made:
        """Write the database, then the files, read them again, and only then say that they are there."""
        with self._place.temporary_folder() as folder:
            made = utc_now()
            with self._database.reading() as session:
                self._schema = str(schema_of(session.connection()))
                tables, named = write_tables(session, folder), named_files(session)
            known = self._files_of(earlier.whole[:1])
            expected = self._files_of(earlier.whole) if reads_all else known
            whole = self._whole(expected, reads_all)
            copies, new, missing = self._copy_files(named, {copy.name: copy for copy in known}, whole)
            snapshot = self._keep_words(folder, made, tables, copies, missing)
            if not is_alone():
                raise InputError("The database went away meanwhile, so files may have been removed; try again.")
            path = folder / "manifest"
            path.write_bytes(manifest_bytes(snapshot))
            self._keep_checked(path, manifest_name(self._id))
        new_bytes = sum(new.values()) + sum(table.bytes for table in tables)
        return Made(self._id, len(copies), len(new), snapshot.bytes, new_bytes, 0, self._warnings)

    def _files_of(self, earlier: Sequence[Snapshot]) -> list[FileCopy]:
        """Files of backups before, the newest first."""
        found: list[FileCopy] = []
        for snapshot in earlier:
            try:
                found += files_of(self._place, snapshot)
            except InputError as error:
                self._warnings.append(str(error))
        return found

    def _whole(self, expected: Sequence[FileCopy], reads_all: bool) -> dict[str, int]:
        """Checksums of files that are kept already and are as they should be, as far as that is looked at."""
        kept = kept_files(self._place)
        gone = wrong_sizes(kept, {copy.sha256: copy.bytes for copy in expected})
        looked_at = kept if reads_all else sample_of(kept)
        self._harmed = gone | harmed_of(self._place, looked_at, self._is_stopped)
        return {sha256: size for sha256, size in kept.items() if sha256 not in self._harmed}

    def _copy_files(
        self, named: Mapping[str, tuple[str, str]], known: Mapping[str, FileCopy], whole: dict[str, int]
    ) -> tuple[list[FileCopy], dict[str, int], list[str]]:
        """Copy what is not there yet; returns all files, the sizes of the new ones, and those that are gone."""
        new: dict[str, int] = {}

        def copy(name: str) -> FileCopy | None:
            refuse_if(self._is_stopped)
            before = known.get(name)
            if before is not None and whole.get(before.sha256) == before.bytes:
                return before
            return self._copy(name, *named[name], whole, new)

        names = sorted(named)
        found = with_each(copy, names)
        copies = [each for each in found if each is not None]
        missing = [name for name, each in zip(names, found, strict=True) if each is None]
        if harmed := harmed_of(self._place, new, self._is_stopped):
            raise InputError(
                f"{counted(len(harmed), 'file')} read otherwise than written; look at the place of backups."
            )
        self._tell(missing, set(new))
        return copies, new, missing

    def _copy(
        self, name: str, folder: str, checksum: str, whole: Mapping[str, int], new: dict[str, int]
    ) -> FileCopy | None:
        """Copy a file, if it is not kept already; None where it is gone or harmed in the installation."""
        try:
            with self._files.fresh(name) as path:
                sha256, size = file_sha256(path), path.stat().st_size
                if not self._is_good(folder, checksum, sha256):
                    return None
                if whole.get(sha256) != size and sha256 not in new:
                    keep(self._place, kept_name(sha256), path, sha256, self._is_stopped)
                    new[sha256] = size
        except FileNotFoundError:
            return None
        return FileCopy(name, sha256, size)

    def _is_good(self, folder: str, checksum: str, sha256: str) -> bool:
        """Whether a file of the installation holds what its name says."""
        if folder != "contents":
            return sha256 == checksum
        with self._one_reads:
            return self._contents.verify(checksum)

    def _tell(self, missing: list[str], new: set[str]) -> None:
        """Tell what was found that is not as it should be."""
        if missing:
            some = ", ".join(missing[:_MOST_NAMED]) + (" ..." if len(missing) > _MOST_NAMED else "")
            self._warnings.append(
                f"Gone or harmed in the installation, and not in the backup: {counted(len(missing), 'file')} ({some}); "
                "`paleobc admin verify` tells whose."
            )
        if mended := self._harmed & new:
            self._warnings.append(f"Gone or harmed in earlier backups, and put anew: {counted(len(mended), 'file')}.")
        if lost := self._harmed - new:
            self._warnings.append(
                f"Gone or harmed in earlier backups, and no longer in the installation: {counted(len(lost), 'file')}."
            )

    def _keep_words(
        self, folder: Path, made: Any, tables: list[TableCopy], copies: list[FileCopy], missing: list[str]
    ) -> Snapshot:
        """Keep the tables and the list of files."""
        for table in tables:
            path = folder / table_file(table.name)
            self._keep_checked(path, table_name(self._id, path.name))
        listed = folder / "files"
        write_list(listed, copies)
        self._keep_checked(listed, list_name(self._id))
        size = sum(copy.bytes for copy in copies) + sum(table.bytes for table in tables)
        return Snapshot(
            id=self._id,
            made=made,
            version=VERSION,
            schema=self._schema,
            tables=tuple(tables),
            files=len(copies),
            bytes=size,
            list_sha256=file_sha256(listed),
            missing=tuple(missing),
        )

    def _keep_checked(self, path: Path, name: str) -> None:
        """Keep a file, and read it again."""
        refuse_if(self._is_stopped)
        sha256 = file_sha256(path)
        keep(self._place, name, path, sha256, self._is_stopped)
        if not self._place.verify(name, sha256=sha256):
            raise InputError(f"{name} reads otherwise than it was written; look at the place of backups.")
