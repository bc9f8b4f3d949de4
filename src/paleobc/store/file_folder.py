"""Files in a folder: of this machine, or one that several machines share."""

from __future__ import annotations

import contextlib
import errno
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, TypeVar

from paleobc.store.files import FileStore, KeptFile

_Value = TypeVar("_Value")
_INCOMING: Final = "incoming"
#: What systems say that keep the names of a folder safe by themselves, or not at all.
_NOT_FLUSHED: Final = (errno.EINVAL, errno.ENOTSUP)


class FileFolder(FileStore):
    """
    Files in a folder; those on their way lie in it too, as only on the same disk a renaming is all or nothing.

    Parameters
    ----------
    folder : Path

    Raises
    ------
    InputError
        Where the folder cannot be made.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(str(folder), folder / _INCOMING)
        self._folder = folder

    def has(self, name: str) -> bool:
        """Whether there is a file of this name, as all who share the folder see it now."""
        path = self._folder / name
        return _once_more(path.is_file) or _is_listed(path)

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""
        _once_more(lambda: (self._folder / name).unlink(missing_ok=True))

    def listing(self, folder: str = "") -> Iterator[KeptFile]:
        """All files in a folder, or of all folders, with their sizes and ages."""
        now, start = time.time(), len(str(self._folder)) + 1
        for parent, folders, names in os.walk(self._folder / folder, onerror=_refuse):
            if Path(parent) == self._folder:
                folders[:] = [name for name in folders if name != _INCOMING]
            for path in (Path(parent) / name for name in names):
                with contextlib.suppress(FileNotFoundError):
                    found = _once_more(path.stat)
                    yield KeptFile(str(path)[start:], found.st_size, now - found.st_mtime)

    def age(self, name: str) -> float:
        """Time since a file was put or used [s]; 0 where it is gone meanwhile."""
        try:
            return time.time() - _once_more((self._folder / name).stat).st_mtime
        except FileNotFoundError:
            return 0.0

    def touch(self, name: str) -> None:
        """Note that a file is used, so that it is not taken for one that nobody needs."""
        with contextlib.suppress(FileNotFoundError):
            _once_more(lambda: os.utime(self._folder / name))

    @contextlib.contextmanager
    def fresh(self, name: str) -> Iterator[Path]:
        """Give a file as the folder has it now."""
        yield self._path(name)

    def _keep(self, name: str, prepared: Path) -> None:
        """Flush a file and give it its name, in the place of one that may be there."""
        target = self._folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        flush_and_rename(prepared, target)

    def _path(self, name: str) -> Path:
        """Path of a file."""
        if not self.has(name):
            raise FileNotFoundError(name)
        return self._folder / name


def _refuse(error: OSError) -> None:
    """Refuse a list without what could not be read; a folder that is not there holds nothing."""
    if not isinstance(error, FileNotFoundError):
        raise error


def flush_and_rename(prepared: Path, target: Path) -> None:
    """Give a file its name once its bytes are on the disk; afterwards the name is as well."""
    with prepared.open("rb") as file:
        os.fsync(file.fileno())
    prepared.chmod(0o644)
    prepared.replace(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    except OSError as error:
        if error.errno not in _NOT_FLUSHED:
            raise
    finally:
        os.close(folder)


def _once_more(look: Callable[[], _Value]) -> _Value:
    """Look again where another machine changed a shared folder just now, and what this one knew of it is stale."""
    try:
        return look()
    except OSError as error:
        if error.errno != errno.ESTALE:
            raise
        return look()


def _is_listed(path: Path) -> bool:
    """
    Whether a file is there that was not there before.

    Of a shared folder a machine remembers for up to a minute that a name was not there. Reading the folder itself
    asks the server whether it has changed.
    """
    try:
        return path in _once_more(lambda: list(path.parent.iterdir())) and _once_more(path.is_file)
    except (FileNotFoundError, NotADirectoryError):
        return False
