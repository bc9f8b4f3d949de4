"""Copies of files on this machine, of which those that were not used for longest are removed."""

from __future__ import annotations

import contextlib
import hashlib
import os
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final

from filelock import FileLock

from paleobc.errors import InputError
from paleobc.store.file_folder import flush_and_rename

#: What was used so short a time ago stays [s]: somebody may be about to open it.
IN_USE: Final = 900.0
#: After this share of what may be kept came in, it is looked at how much there is; then this share of it stays.
_LOOK_AFTER: Final = 0.05
_STAYS: Final = 0.9


class FileCache:
    """
    Copies of files, which many processes share.

    Parameters
    ----------
    folder : Path
        On the disk on which files come in.
    most_bytes : int
        Most that the copies may take [bytes]; more for a while where all are in use.

    Raises
    ------
    InputError
        Where the folder cannot be made.
    """

    def __init__(self, folder: Path, most_bytes: int) -> None:
        self._copies, self._locks, self._most = folder / "copies", folder / "locks", most_bytes
        self._unseen = float("inf")  # nobody has looked yet
        self._counting = threading.Lock()
        for part in (self._copies, self._locks):
            try:
                part.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise InputError(f"{part} cannot be made: {error.strerror}.") from None

    def find(self, name: str) -> Path | None:
        """Path of a copy, which counts as used now; None where there is none."""
        path = self._copies / name
        try:
            os.utime(path)
        except FileNotFoundError:
            return None
        return path

    def keep(self, name: str, prepared: Path) -> Path:
        """Take a prepared file as the copy; returns its path."""
        path = self._copies / name
        path.parent.mkdir(parents=True, exist_ok=True)
        os.utime(prepared)  # what comes in is used; its time is that of the writing else
        flush_and_rename(prepared, path)
        with self._counting:
            self._unseen += path.stat().st_size
            is_due = self._unseen > _LOOK_AFTER * self._most
            if is_due:
                self._unseen = 0.0
        if is_due:
            self.shrink()
        return path

    def forget(self, name: str) -> None:
        """Remove a copy, if there is one."""
        (self._copies / name).unlink(missing_ok=True)

    def alone(self, name: str) -> AbstractContextManager[object]:
        """Let only one of all threads and processes bring a file."""
        return FileLock(self._locks / hashlib.sha256(name.encode()).hexdigest()[:2])

    def shrink(self, *, wholly: bool = False) -> None:
        """Remove what was not used for longest until little enough is left, or all that is not in use."""
        copies = sorted(self._all())
        over = sum(size for _, size, _ in copies) - self._most
        if over <= 0 and not wholly:
            return
        over, latest = over + int((1 - _STAYS) * self._most), time.time() - IN_USE
        for used, size, path in copies:
            if used > latest or (over <= 0 and not wholly):
                return
            path.unlink(missing_ok=True)
            over -= size

    def _all(self) -> Iterator[tuple[float, int, Path]]:
        """When each copy was last used [s since 1970], its size, and its path."""
        for parent, _, names in os.walk(self._copies):
            for path in (Path(parent) / name for name in names):
                with contextlib.suppress(FileNotFoundError):
                    found = path.stat()
                    yield found.st_mtime, found.st_size, path
