"""Weights of the existing tool: archives of a stranger, unpacked as a set of files that touch no folder."""

from __future__ import annotations

import gzip
import io
import tarfile
import zlib
from pathlib import Path, PurePosixPath
from typing import IO, Final, cast

import xarray as xr

from paleobc.errors import InputError
from paleobc.formats.file_sets import file_set
from paleobc.formats.opening import CLASSIC_SIGNATURES, HDF5_SIGNATURE
from paleobc.services.importing.old_files import read_old_netcdf

_MOST_FILES: Final = 500
_MOST_BYTES: Final = 2_000_000_000
#: Largest file that is no NetCDF: lists of names and settings.
_MOST_TEXT: Final = 1_000_000
#: So much is read at once at most: the header of an archive may ask for more.
_PIECE: Final = 16 << 20
_LONGEST_PATH: Final = 200


def read_weights(packed: Path, scratch: Path) -> tuple[xr.Dataset, list[str]]:
    """
    Set of the files of an archive.

    Parameters
    ----------
    packed : Path
        A tar file, packed by gzip.
    scratch : Path
        Folder in which one file after the other is put under a name of ours.

    Returns
    -------
    files : Dataset
    left : list of str
        Sentences on files that are not in it: links, files that are neither NetCDF nor text, paths out of it.

    Raises
    ------
    InputError
        Where it is no such archive, holds too much, or nothing that can be used.
    """
    files: dict[str, xr.Dataset | str] = {}
    left: list[str] = []
    try:
        with gzip.open(packed) as stream, tarfile.open(fileobj=cast("IO[bytes]", _Bounded(stream)), mode="r:") as tar:
            for count, member in enumerate(tar, 1):
                if count > _MOST_FILES:
                    raise InputError(f"it holds more than {_MOST_FILES} files")
                if member.isdir():
                    continue
                why = _why_not(member)
                if why:
                    left.append(f"{member.name[:_LONGEST_PATH]!r}: {why}")
                    continue
                try:
                    files[_path(member.name)] = _content(tar, member, scratch)
                except InputError as error:
                    left.append(f"{member.name!r}: {error}")
    except (tarfile.TarError, zlib.error, EOFError, gzip.BadGzipFile, ValueError, OverflowError) as error:
        raise InputError(f"it is no archive of weights, or a damaged one ({error})") from None
    if not any(isinstance(content, xr.Dataset) for content in files.values()):
        raise InputError("it holds no NetCDF file that can be read")
    return file_set(files), left


def _why_not(member: tarfile.TarInfo) -> str:
    """Why something in an archive is not taken; empty where it is."""
    path = PurePosixPath(member.name)
    if not member.isreg() or member.issparse():
        return "it is not an ordinary file"
    if path.is_absolute() or ".." in path.parts or "\\" in member.name or not member.name.isprintable():
        return "its path leads out of the archive"
    if not _path(member.name) or len(member.name) > _LONGEST_PATH or ":" in member.name:
        return "its name cannot be used"
    return ""


def _path(name: str) -> str:
    """Path of a file in the set, with forward slashes and nothing before it."""
    return "/".join(part for part in PurePosixPath(name).parts if part != ".")


def _content(tar: tarfile.TarFile, member: tarfile.TarInfo, scratch: Path) -> xr.Dataset | str:
    """Content of one file: values where it is NetCDF, else text."""
    file = tar.extractfile(member)
    if file is None:
        raise InputError("it is not an ordinary file")
    first = file.read(8)
    if first[:4] not in CLASSIC_SIGNATURES and first != HDF5_SIGNATURE:
        if member.size > _MOST_TEXT:
            raise InputError("it is neither a NetCDF file nor a short text")
        try:
            return (first + file.read()).decode()
        except UnicodeDecodeError:
            raise InputError("it is neither a NetCDF file nor a text") from None
    path = scratch / f"weights{PurePosixPath(member.name).suffix or '.nc'}"
    with path.open("wb") as target:
        target.write(first)
        while piece := file.read(1 << 20):
            target.write(piece)
    try:
        return read_old_netcdf(path)
    finally:
        path.unlink()


class _Bounded(io.RawIOBase):
    """A stream that gives so many bytes and no more, and a bearable piece at a time."""

    def __init__(self, stream: gzip.GzipFile) -> None:
        self._stream = stream

    def read(self, size: int = -1) -> bytes:
        """Read so many bytes."""
        if not 0 <= size <= _PIECE or self._stream.tell() + size > _MOST_BYTES:
            raise InputError(f"it holds more than {_MOST_BYTES // 1_000_000} MB, or something that is no file")
        return self._stream.read(size)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place."""
        if whence != io.SEEK_SET or offset > _MOST_BYTES:
            raise InputError(f"it holds more than {_MOST_BYTES // 1_000_000} MB, or something that is no file")
        return self._stream.seek(offset)

    def tell(self) -> int:
        """Where it is."""
        return self._stream.tell()
