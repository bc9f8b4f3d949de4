"""Checksums of a folder, and the folder as one file to copy."""

from __future__ import annotations

import gzip
import hashlib
import tarfile
from pathlib import Path
from typing import Final

from paleobc.formats.netcdf import sync_file
from paleobc.formats.opening import file_sha256
from paleobc.store.atomic import write_text

SUMS: Final = "SHA256SUMS"

#: The files of a build become seven times smaller at this level, in 2.5 s; at 9 it takes twice as long for 1 per cent.
_LEVEL: Final = 6


def write_sums(folder: Path) -> None:
    """Write the checksum of every file of a folder into ``SHA256SUMS``, as ``sha256sum -c`` reads it."""
    write_text(folder / SUMS, "".join(_line(file_sha256(folder / name), name) for name in _names(folder)))


def is_unchanged(folder: Path) -> bool:
    """Tell whether a folder holds the files of its ``SHA256SUMS``, all of them, as they were, and no others."""
    try:
        told = (folder / SUMS).read_bytes()
        found = "".join(_line(file_sha256(folder / name), name) for name in _names(folder))
    except OSError:
        return False
    return hashlib.sha256(told).digest() == hashlib.sha256(found.encode()).digest()


def _names(folder: Path) -> list[str]:
    """Every file of a folder but the one of the checksums, in a fixed order."""
    names = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()]
    return sorted(name for name in names if name != SUMS)


def _line(checksum: str, name: str) -> str:
    r"""
    Line of a checksum; a name with a backslash or a new line is written as ``sha256sum`` writes it.

    Examples
    --------
    >>> _line("0f", "a b.nc"), _line("0f", "a\nb.nc")
    ('0f  a b.nc\n', '\\0f  a\\nb.nc\n')
    """
    escaped = name.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
    return f"{'' if escaped == name else chr(92)}{checksum}  {escaped}\n"


def write_archive(folder: Path, name: str, path: Path) -> None:
    """
    Write a folder as one compressed file, equal for equal folders.

    Parameters
    ----------
    folder : Path
    name : str
        What the folder is called in the archive.
    path : Path
        Archive to write, with no regard to what is there; flushed to the disk.
    """
    with (
        path.open("wb") as stream,
        gzip.GzipFile("", "wb", _LEVEL, stream, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        for inner in sorted(folder.rglob("*")):
            archive.add(inner, f"{name}/{inner.relative_to(folder).as_posix()}", recursive=False, filter=_anonymous)
    sync_file(path)


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """A member without date and owner, readable by all."""
    member.mtime = member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode = 0o755 if member.isdir() else 0o644
    return member
