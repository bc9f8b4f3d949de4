"""Files kept under names that say what is in them: written once, never changed, wherever they lie."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import shutil
import tempfile
import uuid
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from paleobc.errors import InputError, NoRoomError
from paleobc.formats.opening import file_sha256

_PIECE: Final = 1 << 20
#: So much has to stay free where files come in [bytes]: the database needs room to say that there is none.
KEPT_FREE: Final = 500_000_000
#: How often that is looked at while a file comes in [bytes].
_LOOK_EVERY: Final = 64 << 20


@dataclass(frozen=True)
class KeptFile:
    """
    What a list says of a file.

    Parameters
    ----------
    name : str
    bytes : int
        Size [bytes].
    age : float
        Time since it was put or used [s].
    """

    name: str
    bytes: int
    age: float


class FilesFaultError(OSError):
    """Where the files are cannot be used just now; it may go better another time."""


class FileStore(ABC):
    """
    A place for files.

    A file is put under a temporary name, flushed and renamed, or sent as a whole: it is there whole or not at all.
    Putting one under a name that is there already changes nothing.

    Parameters
    ----------
    address : str
        Where it is, as it was given.
    incoming : Path
        Folder on this machine for files on their way.
    """

    def __init__(self, address: str, incoming: Path) -> None:
        self.address, self.incoming = address, incoming
        try:
            incoming.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"{incoming} cannot be made: {error.strerror}.") from None

    @abstractmethod
    def has(self, name: str) -> bool:
        """Whether there is a file of this name, as all who share the place see it now."""

    @abstractmethod
    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""

    @abstractmethod
    def listing(self, folder: str = "") -> Iterator[KeptFile]:
        """All files in a folder, or of all folders, with their sizes and ages; nothing is asked for each of them."""

    @abstractmethod
    def age(self, name: str) -> float:
        """Time since a file was put or used [s]; 0 where it is gone meanwhile."""

    @abstractmethod
    def touch(self, name: str) -> None:
        """Note that a file is used, so that it is not taken for one that nobody needs."""

    @abstractmethod
    def fresh(self, name: str) -> contextlib.AbstractContextManager[Path]:
        """
        Give a file as the place itself has it now, never a copy that this machine kept.

        Raises
        ------
        FileNotFoundError
            Where there is none of this name, or what comes is not what was put.
        """

    @abstractmethod
    def _keep(self, name: str, prepared: Path) -> None:
        """Keep a prepared file under a name, in the place of one that may be there."""

    @abstractmethod
    def _path(self, name: str) -> Path:
        """Path of a file on this machine; raises FileNotFoundError where there is none of this name."""

    def forget(self, name: str) -> None:  # noqa: B027 - a folder has none
        """Forget what this machine kept as a copy of a file, which may be harmed."""

    def _make_room(self) -> None:  # noqa: B027 - a folder has nothing that it could do without
        """Give back room on this machine."""

    def temporary(self) -> Path:
        """Give a new empty file, in which to prepare one that is to be put."""
        handle, name = tempfile.mkstemp(dir=self.incoming, suffix=".part")
        os.close(handle)
        return Path(name)

    @contextlib.contextmanager
    def temporary_folder(self) -> Iterator[Path]:
        """Give a new empty folder, which is removed with all in it afterwards."""
        with tempfile.TemporaryDirectory(dir=self.incoming, suffix=".part") as name:
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

        Raises
        ------
        NoRoomError, FilesFaultError
        """
        try:
            if again or not self.has(name):
                self._keep(name, prepared)
        finally:
            prepared.unlink(missing_ok=True)

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

    def refuse_without_room(self, size: int = 0) -> None:
        """Look whether there is room on this machine for more, of a size if that is known [bytes]; else NoRoomError."""
        if self._free() >= KEPT_FREE + size:
            return
        self._make_room()
        if self._free() < KEPT_FREE + size:
            raise no_room()

    def _free(self) -> int:
        """Room where files come in [bytes]."""
        return shutil.disk_usage(self.incoming).free

    def path(self, name: str, *, sha256: str = "") -> Path:
        """
        Path of a file on this machine, not to be changed.

        Parameters
        ----------
        name : str
        sha256 : str
            Checksum of its bytes [hex], with which they are compared. Harmed ones are looked at once more, as a copy
            may be harmed or their way may have been, and then removed, so that they can be put anew.

        Raises
        ------
        FileNotFoundError
            Where there is none of this name, or only a harmed one.
        FilesFaultError
        """
        path = self._path(name)
        if sha256 and file_sha256(path) != sha256:
            self.forget(name)
            path = self._path(name)
            if file_sha256(path) != sha256:
                self.remove(name)
                raise FileNotFoundError(name)
        return path

    def verify(self, name: str, *, sha256: str = "") -> bool:
        """
        Whether a file is there unharmed, read anew from where it lies; nothing is changed.

        Parameters
        ----------
        name : str
        sha256 : str
            Checksum of its bytes [hex]. Without it a folder can only say whether all can be read; an object store
            compares them with the checksum that was kept when they were put.
        """
        try:
            with self.fresh(name) as path:
                return file_sha256(path) == sha256 or not sha256
        except FileNotFoundError:
            return False

    def names(self, folder: str) -> list[str]:
        """Names of all files in a folder."""
        return sorted(kept.name for kept in self.listing(folder))

    def remove_all(self, names: Iterable[str]) -> None:
        """Remove files, as far as they are there."""
        for name in names:
            self.remove(name)

    def check(self) -> None:
        """
        Refuse a place in which nothing can be kept: a small file is put, looked for, read and removed.

        Raises
        ------
        InputError
        """
        name, what = f"probe/{uuid.uuid4().hex}", f"What is put into {self.address}"
        try:
            self.names("probe")  # of all questions this one is refused with the clearest reasons
            prepared = self.temporary()
            prepared.write_text(name, encoding="ascii")
            self.put(name, prepared)
            is_found = self.verify(name, sha256=hashlib.sha256(name.encode()).hexdigest())
            is_listed = name in self.names("probe")
            self.remove(name)
            is_gone = not self.has(name)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise InputError(f"Files cannot be kept in {self.address}: {reason}.") from None
        if not is_found or not is_listed:
            raise InputError(f"{what} is not found there afterwards; give another place for files.")
        if not is_gone:
            raise InputError(f"{what} cannot be removed again; give another place for files.")

    def clear_incoming(self, older_than: float) -> None:
        """Remove prepared files and folders that nobody finished, last written before a time [s since 1970]."""
        for part in self.incoming.glob("*.part"):
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
