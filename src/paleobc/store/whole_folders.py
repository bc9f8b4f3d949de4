"""Folders that are there whole or not at all."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from paleobc.errors import InputError

#: Ends of the hidden names beside a folder: what is being made, what is being replaced, and who is at work.
_PART, _OLD, _LOCK = ".part", ".old", ".lock"


@contextmanager
def whole_folder(folder: Path) -> Iterator[Path]:
    """
    Give an empty folder to be filled, which takes the place of ``folder`` once all is done.

    An earlier folder of that name stays as it is until then, and for ever where filling fails. What a process that
    was killed left behind is removed, or put back where it was killed between taking the old folder away and
    putting the new one there.

    Parameters
    ----------
    folder : Path
        Made where it is not there; replaced where it is.

    Yields
    ------
    Path
        Folder to fill, beside the other.

    Raises
    ------
    InputError
        Where another process is at work on the same folder, or the place cannot be written.
    """
    folder = folder.absolute()
    hidden = folder.with_name(f".{folder.name}")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(hidden.with_name(hidden.name + _LOCK), timeout=0) as lock:
            try:
                _tidy(folder)
                part = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f"{hidden.name}.", suffix=_PART))
                yield part
                _replace(folder, part)
            finally:
                _tidy(folder)
                Path(lock.lock_file).unlink(missing_ok=True)
    except Timeout:
        raise InputError(f"Another process is at work on {folder}; wait for it, or take another folder.") from None
    except OSError as error:
        raise InputError(f"{folder} cannot be written: {error.strerror or error}.") from None


def _replace(folder: Path, part: Path) -> None:
    """Put a folder that is ready in the place of another."""
    part.chmod(0o755)
    if folder.exists():
        folder.rename(part.with_suffix(_OLD))
    part.rename(folder)


def _tidy(folder: Path) -> None:
    """Put back what was taken away and not replaced; remove all else that was left beside a folder."""
    # What is random in the names holds no dot: those of a folder called "a" are not those of one called "a.b".
    ours = re.compile(rf"\.{re.escape(folder.name)}\.[^.]+(\{_PART}|\{_OLD})")
    beside = [path for path in folder.parent.iterdir() if ours.fullmatch(path.name) and path.is_dir()]
    for path in sorted(beside):
        if path.suffix == _OLD and not folder.exists():
            path.rename(folder)
        else:
            shutil.rmtree(path)
