"""Opening a NetCDF file from a stranger: everything is checked before a value is read."""

from __future__ import annotations

import hashlib
import os
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from netCDF4 import Dataset

from paleobc.errors import InputError
from paleobc.formats.classic_header import declared_variables
from paleobc.formats.hdf5_contents import check_cells, check_hdf5
from paleobc.formats.wording import counted, quoted

#: Held while a file is open: the libraries behind netCDF4 are not made for threads, and a process that serves pages has
#: many. Two at once end the process, or take a good file for a damaged one.
ONE_AT_A_TIME: Final = threading.RLock()

#: Most values one variable may declare; ETOPO1 on nodes (10801 × 21601) is just below.
CELL_LIMIT: Final = 250_000_000

CLASSIC_SIGNATURES: Final = (b"CDF\x01", b"CDF\x02", b"CDF\x05")
HDF5_SIGNATURE: Final = b"\x89HDF\r\n\x1a\n"

#: How other files begin, what they are, and what to do with them.
OTHER_FILES: Final = (
    (b"GRIB", "a GRIB file", 'convert it, for example "cdo -f nc copy in.grb out.nc"'),
    (b"\x1f\x8b", "compressed by gzip", 'unpack it first with "gunzip"'),
    (b"PK\x03\x04", "a zip archive", 'unpack it first with "unzip"'),
    (b"BZh", "compressed by bzip2", 'unpack it first with "bunzip2"'),
    (b"\xfd7zXZ", "compressed by xz", 'unpack it first with "unxz"'),
    (
        b"II*\x00",
        "a TIFF picture (GeoTIFF)",
        'convert it, for example "gdal_translate -of netCDF in.tif out.nc"',
    ),
    (
        b"MM\x00*",
        "a TIFF picture (GeoTIFF)",
        'convert it, for example "gdal_translate -of netCDF in.tif out.nc"',
    ),
    (
        b"II+\x00",
        "a TIFF picture (GeoTIFF)",
        'convert it, for example "gdal_translate -of netCDF in.tif out.nc"',
    ),
    (
        b"\x0e\x03\x13\x01",
        "an HDF4 file",
        'convert it, for example "gdal_translate -of netCDF in.hdf out.nc"',
    ),
    (b"\x93NUMPY", "an array of numpy", "write it as NetCDF, with xarray for example"),
    (b"DSBB", "a Surfer grid", 'convert it, for example "gmt grdconvert in.grd=sf out.nc"'),
    (
        b"version https://git-lfs",
        "a pointer of git-lfs and not the file itself",
        'fetch it with "git lfs pull"',
    ),
)
WEB_PAGES: Final = (b"<!doctype", b"<html", b"<?xml")


@contextmanager
def open_netcdf(path: Path, cell_limit: int = CELL_LIMIT) -> Iterator[Dataset]:
    """
    Open a NetCDF file for reading, once its header is known to be harmless.

    Values come as they are stored: neither masked nor unpacked. Other threads that open or write one wait meanwhile.

    Parameters
    ----------
    path : Path
        NetCDF file of any kind, classic or HDF5.
    cell_limit : int
        Most values a variable may declare.

    Yields
    ------
    netCDF4.Dataset
        The open file; closed at the end.

    Raises
    ------
    InputError
        Where the file is missing, of another kind, truncated, damaged, too large or leads out of itself.
    """
    if _first_bytes(path)[:4] in CLASSIC_SIGNATURES:
        _check_classic(path, cell_limit)
    else:
        check_hdf5(path, cell_limit)
    with ONE_AT_A_TIME:
        try:
            # The full path begins with "/": netcdf-C cannot take it for an address on the web.
            dataset = Dataset(path.resolve(), "r")
        except (OSError, RuntimeError, UnicodeDecodeError) as failure:
            raise _unreadable(path) from failure
        try:
            dataset.set_auto_maskandscale(False)
            yield dataset
        except UnicodeDecodeError as failure:
            raise _unreadable(path) from failure
        except RuntimeError as failure:
            if not str(failure).startswith("NetCDF:"):
                raise
            raise _unreadable(path) from failure
        finally:
            dataset.close()


def file_sha256(path: Path) -> str:
    """SHA-256 of the bytes of a file, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def beginning_of(path: Path, what: str, count: int) -> bytes:
    """
    First bytes of a file, so many at most, once it is known to be one.

    Raises
    ------
    InputError
        Where there is no such file, or it is a folder, a pipe or a device, or cannot be read; says to name a WHAT.
    """
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise InputError(f"{path} is a folder; name the {what} in it.")
        if not stat.S_ISREG(mode):  # a pipe or a device would be read for ever
            raise InputError(f"{path} is not an ordinary file; name a {what}.")
        with path.open("rb") as stream:
            return stream.read(count)
    except FileNotFoundError:
        raise InputError(f"There is no file {path}; check its name and folder.") from None
    except (OSError, ValueError) as failure:
        reason = os.strerror(failure.errno or 0) if isinstance(failure, OSError) else str(failure)
        raise InputError(f"{quoted(path)} cannot be read ({reason}); check its name and rights.") from failure


def _first_bytes(path: Path) -> bytes:
    """Begin the file, once it is known to be a NetCDF file by its signature."""
    first = beginning_of(path, "NetCDF file", 512)
    if first[:4] in CLASSIC_SIGNATURES or first.startswith(HDF5_SIGNATURE):
        return first
    what, instead = _other_kind(first)
    raise InputError(f"{path.name} is not a NetCDF file: it is {what}; {instead}.")


def _other_kind(first: bytes) -> tuple[str, str]:
    """Say what a file without the signature of NetCDF is, and what to do with it."""
    if not first:
        return "empty (0 bytes)", "copy or download it again"
    for signature, what, instead in OTHER_FILES:
        if first.startswith(signature):
            return what, instead
    if first.lstrip().lower().startswith(WEB_PAGES):
        return "a web page", "download the file itself and not the page about it"
    if _is_text(first):
        return "text", 'make a grid of it, for example "gmt xyz2grd in.txt -Rd -I1 -r -Gout.nc"'
    if not first.strip(b"\x00"):
        return "nothing but zeros at its beginning", "copy or download it again"
    return f"of an unknown kind (it begins with the bytes {first[:4].hex(' ')})", "give a NetCDF file"


def _is_text(first: bytes) -> bool:
    """Tell whether bytes are readable characters; a letter cut at the end does not matter."""
    letters = first.decode("utf-8", "ignore")
    return len(letters) > 0.9 * len(first) and all(letter.isprintable() or letter.isspace() for letter in letters)


def _check_classic(path: Path, cell_limit: int) -> None:
    """Refuse a classic file whose header declares too much, or more than the file has."""
    size = path.stat().st_size
    variables = declared_variables(path)
    for variable in variables:
        check_cells(path, variable.name, variable.shape, cell_limit)
    end = max((variable.end for variable in variables), default=0)
    if end > size:
        raise InputError(
            f"{path.name} is truncated: its header declares {counted(end)} bytes and it has "
            f"{counted(size)}; copy or download it again."
        )


def _unreadable(path: Path) -> InputError:
    """Say that the NetCDF library failed."""
    return InputError(
        f"{path.name} is a NetCDF file, but it cannot be read: it is damaged, or packed by an unknown "
        "filter; "
        'copy it again or rewrite it, for example "nccopy -k nc7 in.nc out.nc".'
    )
