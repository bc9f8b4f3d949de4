"""Files kept under names that say what is in them: written once, never changed, on a disk or in an object store."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Final
from urllib.parse import urlsplit

import fsspec

from paleobc.errors import InputError, NoRoomError

_PIECE: Final = 1 << 20
#: So much has to stay free where files come in [bytes]: the database needs room to say that there is none.
KEPT_FREE: Final = 500_000_000
#: How often that is looked at while a file comes in [bytes].
_LOOK_EVERY: Final = 64 << 20


class FileStore:
    """
    A place for files.

    A file is put under a temporary name, flushed and renamed: it is there whole or not at all. Putting one
    under a name that is there already changes nothing.

    Parameters
    ----------
    url : str
        A folder, or an address that fsspec knows (``s3://bucket/folder``).
    cache : Path
        Folder for copies of files of an object store, and for files on their way.
    """

    def __init__(self, url: str, cache: Path) -> None:
        self._is_local = urlsplit(url).scheme in ("", "file")
        self._system, self._root = fsspec.core.url_to_fs(url)
        self._cache = Path(self._root) if self._is_local else cache
        self._incoming = self._cache / "incoming"
        try:
            self._incoming.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"{self._incoming} cannot be made: {error.strerror}.") from None

    def temporary(self) -> Path:
        """Give a new empty file, in which to prepare one that is to be put."""
        handle, name = tempfile.mkstemp(dir=self._incoming, suffix=".part")
        os.close(handle)
        return Path(name)

    @contextlib.contextmanager
    def temporary_folder(self) -> Iterator[Path]:
        """Give a new empty folder, which is removed with all in it afterwards."""
        with tempfile.TemporaryDirectory(dir=self._incoming, suffix=".part") as name:
            yield Path(name)

    def put(self, name: str, prepared: Path, *, again: bool = False) -> None:
        """
        Keep a prepared file under a name; the prepared one is gone afterwards.

        Parameters
        ----------
        name : str
        prepared : Path
            On the same disk, from `temporary` or in a `temporary_folder`.
        again : bool
            Put it in the place of one that is there already, which may have been harmed.
        """
        try:
            if again or not self.has(name):
                self._put(name, prepared)
        finally:
            prepared.unlink(missing_ok=True)

    def _put(self, name: str, prepared: Path) -> None:
        with prepared.open("rb") as file:
            os.fsync(file.fileno())
        if not self._is_local:
            self._system.put_file(str(prepared), f"{self._root}/{name}")
            return
        target = Path(self._root) / name
        target.parent.mkdir(parents=True, exist_ok=True)
        prepared.chmod(0o644)
        prepared.replace(target)
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)  # the new name itself is on the disk
        finally:
            os.close(folder)

    def receive(self, stream: Iterable[bytes], most_bytes: int) -> tuple[Path, str, int]:
        """
        Take in a stream of bytes as a prepared file, with its checksum [hex SHA-256] and size.

        Raises
        ------
        InputError
            Where there are more bytes than allowed; nothing is left behind.
        NoRoomError
            Where the disk has no room for it; nothing is left behind.
        """
        self.refuse_without_room()
        prepared, digest, size = self.temporary(), hashlib.sha256(), 0
        try:
            looked_at = 0
            with prepared.open("wb") as file:
                for piece in stream:
                    size += len(piece)
                    if size > most_bytes:
                        raise InputError(f"The file is larger than {most_bytes / 1e6:g} MB, the most that is taken.")
                    if size - looked_at > _LOOK_EVERY:
                        looked_at = size
                        self.refuse_without_room()
                    digest.update(piece)
                    file.write(piece)
        except BaseException as error:
            prepared.unlink(missing_ok=True)
            raise (no_room() if is_full(error) else error) from None
        return prepared, digest.hexdigest(), size

    def refuse_without_room(self) -> None:
        """
        Look whether there is room for more.

        Raises
        ------
        NoRoomError
        """
        if shutil.disk_usage(self._incoming).free < KEPT_FREE:
            raise no_room()

    def has(self, name: str) -> bool:
        """Whether there is a file of this name."""
        if self._is_local:
            return (Path(self._root) / name).is_file()
        return bool(self._system.exists(f"{self._root}/{name}"))

    def path(self, name: str) -> Path:
        """
        Path of a file on this machine, not to be changed.

        Raises
        ------
        FileNotFoundError
            Where there is none of this name.
        """
        path = self._cache / name
        if not self._is_local and not path.is_file():
            part = self.temporary()
            try:
                self._system.get_file(f"{self._root}/{name}", str(part))
                path.parent.mkdir(parents=True, exist_ok=True)
                part.replace(path)
            finally:
                part.unlink(missing_ok=True)
        if not path.is_file():
            raise FileNotFoundError(name)
        return path

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""
        (self._cache / name).unlink(missing_ok=True)
        if not self._is_local and self.has(name):
            self._system.rm_file(f"{self._root}/{name}")

    def names(self, folder: str) -> list[str]:
        """Names of all files in a folder."""
        found = self._system.find(f"{self._root}/{folder}")
        return sorted(path[len(self._root) + 1 :] for path in found)

    def age(self, name: str) -> float:
        """Time since a file was put or used [s]; 0 where it is gone meanwhile."""
        try:
            modified = self._system.modified(f"{self._root}/{name}")
        except FileNotFoundError:
            return 0.0
        moment = modified if modified.tzinfo is not None else modified.replace(tzinfo=UTC)
        return float((datetime.now(UTC) - moment).total_seconds())

    def touch(self, name: str) -> None:
        """Note that a file is used, so that it is not taken for one that nobody needs."""
        with contextlib.suppress(FileNotFoundError):
            os.utime(self._cache / name)

    def clear_incoming(self, older_than: float) -> None:
        """Remove prepared files and folders that nobody finished, last written before a time [s since 1970]."""
        for part in self._incoming.glob("*.part"):
            with contextlib.suppress(FileNotFoundError):
                if part.stat().st_mtime >= older_than:
                    continue
                if part.is_dir():
                    shutil.rmtree(part, ignore_errors=True)
                else:
                    part.unlink()


def pieces_of(file: BinaryIO) -> Iterator[bytes]:
    """Bytes of an open file, a megabyte at a time."""
    while piece := file.read(_PIECE):
        yield piece


def is_full(error: BaseException) -> bool:
    """Whether an error says that a disk is full."""
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)


def no_room() -> NoRoomError:
    """Make the error of a full disk."""
    return NoRoomError("The disk of the server is full; ask its administrator to make room, then try again.")
