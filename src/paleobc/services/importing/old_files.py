"""Files of the existing tool, opened in its folder and nowhere else, whatever the database says."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

import xarray as xr

from paleobc.errors import InputError
from paleobc.formats.netcdf import read_netcdf
from paleobc.formats.opening import open_netcdf

#: Most values that one file may hold: ten times the largest that the existing tool makes.
_MOST_VALUES: Final = 100_000_000
_LONGEST_NAME: Final = 255


@contextmanager
def opened_old_file(folder: Path, name: str, most_bytes: int) -> Iterator[BinaryIO]:
    """
    Open a file that lies in a folder itself and is an ordinary one.

    Parameters
    ----------
    folder : Path
    name : str
        As anybody may have written it into the database.
    most_bytes : int
        A larger file is refused before a byte is read.

    Raises
    ------
    InputError
        Where it is none: missing, a link, a pipe, empty, too large, or said to lie elsewhere.
    """
    if not name or len(name.encode("utf-8", "replace")) > _LONGEST_NAME or any(one in name for one in "/\\\0"):
        raise InputError("it is said to lie outside the folder of the existing tool, from which alone files are taken")
    if name in (".", ".."):
        raise InputError("it has no name")
    number = _opened(folder, name)
    try:
        _refuse_others(os.fstat(number), most_bytes)
        with os.fdopen(number, "rb", closefd=False) as file:
            yield file
    finally:
        os.close(number)


def _refuse_others(found: os.stat_result, most_bytes: int) -> None:
    """Refuse what is no ordinary file, and what is too large or empty."""
    if not stat.S_ISREG(found.st_mode):
        raise InputError("it is not an ordinary file")
    if found.st_size == 0:
        raise InputError("it is empty")
    if found.st_size > most_bytes:
        most = f"{most_bytes / 1e6:g} MB of PALEOBC_UPLOAD_MB"
        raise InputError(f"it has {found.st_size / 1e6:.0f} MB, more than the {most}")


def _opened(folder: Path, name: str) -> int:
    """Open what bears a name in a folder, unless it is a link; returns its descriptor."""
    place = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        # A pipe would be waited for without O_NONBLOCK.
        return os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=place)
    except FileNotFoundError:
        raise InputError("it is missing") from None
    except (OSError, ValueError) as error:
        if isinstance(error, OSError) and error.errno == errno.ELOOP:
            raise InputError("it is a link, which is not followed") from None
        raise InputError(f"it cannot be opened ({error})") from None
    finally:
        os.close(place)


def read_old_netcdf(path: Path) -> xr.Dataset:
    """
    Dataset of a file of the existing tool, as it is stored.

    Raises
    ------
    InputError
        Where it cannot be read, or holds more than fits into memory.
    """
    with open_netcdf(path) as file:
        if not file.variables:
            raise InputError("it holds no variable")
        count = sum(int(variable.size) for variable in file.variables.values())
    if count > _MOST_VALUES:
        raise InputError(f"it holds {count} values, more than {_MOST_VALUES}")
    return read_netcdf(path)
