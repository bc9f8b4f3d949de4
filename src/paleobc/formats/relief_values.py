"""Values of a field as they are meant: unpacked, and none missing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import netCDF4
import numpy as np
import numpy.typing as npt
from netCDF4 import Variable

from paleobc.conventions import BoolArray, FloatArray
from paleobc.errors import InputError
from paleobc.formats.attributes import numbers, text
from paleobc.formats.wording import counted, quoted

#: A value of a field, by its flat index, said as latitude and longitude.
Place = Callable[[int], str]
RawArray = npt.NDArray[Any]


def read_values(variable: Variable[Any], shape: tuple[int, int], turn: bool) -> tuple[RawArray, BoolArray]:
    """
    Read the stored numbers of a field, (lat, lon) in the order of the file, and which are missing.

    Parameters
    ----------
    variable : netCDF4.Variable
        The field; its other dimensions have the length one.
    shape : pair of int
        Its two lengths in the order of the file.
    turn : bool
        Whether longitude comes first in the file.
    """
    raw = np.asarray(variable[...]).reshape(shape)
    if text(variable, "_Unsigned").lower() == "true" and raw.dtype.kind == "i":
        raw = raw.view(raw.dtype.str.replace("i", "u"))
    raw = raw.T if turn else raw
    return raw, missing_values(variable, raw)


def unpacked(variable: Variable[Any], raw: RawArray) -> tuple[FloatArray, tuple[str, ...]]:
    """Values in the units of the file, as float64, and a sentence if they were packed."""
    values = raw.astype(np.float64, order="C")
    factor, offset = numbers(variable, "scale_factor"), numbers(variable, "add_offset")
    packed = (factor.size and factor[0] != 1.0) or (offset.size and offset[0] != 0.0)
    if not packed:
        return values, ()
    if factor.size:
        values *= factor[0]
    if offset.size:
        values += offset[0]
    return values, (f"The packed numbers of {quoted(variable.name)} were unpacked by scale_factor and add_offset.",)


def refuse_missing(missing: BoolArray, place: Place, file: str, name: str, ocean_only: bool) -> None:
    """
    Refuse a field with gaps, saying how many and where the first is.

    Parameters
    ----------
    missing : ndarray of bool, shape (rows, columns)
        Where there is no value.
    place : callable
        Says where a flat index lies.
    file, name : str
        Names of the file and of the variable.
    ocean_only : bool
        Whether the field is a depth, whose gaps are probably land.
    """
    count = int(np.count_nonzero(missing))
    if count == 0:
        return
    where = f"in {counted(count)} of {counted(missing.size)} cells, the first at {place(int(np.argmax(missing)))}"
    if count == missing.size:
        raise InputError(f"{file}: the variable {quoted(name)} has no value anywhere; give a file with a relief.")
    if ocean_only:
        raise InputError(
            f"{file}: the variable {quoted(name)} holds only the depth of the ocean (no value {where}), and "
            "the heights of land are needed too; give a relief of land and ocean."
        )
    raise InputError(
        f"{file}: the variable {quoted(name)} has no value {where}; "
        'fill the gaps, for example "cdo setmisstonn in.nc out.nc".'
    )


def missing_values(variable: Variable[Any], raw: RawArray) -> BoolArray:
    """Cells with NaN, a fill value, or a value outside the valid range."""
    missing = np.isnan(raw) if raw.dtype.kind == "f" else np.zeros(raw.shape, dtype=np.bool_)
    for fill in stored_fills(variable, raw.dtype):
        missing |= raw == fill
    lowest, highest = valid_range(variable, raw.dtype)
    if lowest is not None:
        missing |= raw < lowest
    if highest is not None:
        missing |= raw > highest
    return np.asarray(missing, dtype=np.bool_)


def stored_fills(variable: Variable[Any], dtype: np.dtype[Any]) -> list[Any]:
    """Stored numbers that mean that there is no value, NaN not among them; the library's own where none are stated."""
    fills = np.concatenate([numbers(variable, "_FillValue"), numbers(variable, "missing_value")])
    if "_FillValue" not in variable.ncattrs() and dtype.itemsize > 1:
        fills = np.append(fills, netCDF4.default_fillvals[dtype.str[1:]])
    stored = (as_stored(fill, dtype) for fill in fills)
    return [each for each in stored if each is not None]


def as_stored(value: float, dtype: np.dtype[Any]) -> Any:
    """Value in the type of the stored numbers, or None where that type cannot hold it."""
    if np.isnan(value):
        return None
    if dtype.kind == "f":
        with np.errstate(over="ignore"):
            return np.float64(value).astype(dtype)
    limits = np.iinfo(dtype)
    if limits.min < 0 or value >= 0:
        return int(value) if value.is_integer() and limits.min <= value <= limits.max else None
    # A negative fill value of unsigned numbers was written in the signed type.
    wrapped = int(value) + limits.max + 1
    return wrapped if value.is_integer() and 0 <= wrapped <= limits.max else None


def valid_range(variable: Variable[Any], dtype: np.dtype[Any]) -> tuple[float | None, float | None]:
    """
    Limits of valid numbers as they are stored.

    A range of another type than packed numbers is meant for the unpacked ones (CF 2.5.1), and turned back.
    """
    both = numbers(variable, "valid_range")
    lowest, highest = (both[:1], both[1:2]) if both.size == 2 else (np.empty(0), np.empty(0))
    lowest = lowest if lowest.size else numbers(variable, "valid_min")[:1]
    highest = highest if highest.size else numbers(variable, "valid_max")[:1]
    factor, offset = numbers(variable, "scale_factor"), numbers(variable, "add_offset")
    names = [name for name in ("valid_range", "valid_min", "valid_max") if name in variable.ncattrs()]
    kinds = {np.asarray(variable.getncattr(name)).dtype.kind for name in names}
    if (factor.size or offset.size) and dtype.kind in "iu" and "f" in kinds:
        slope, start = (factor[0] if factor.size else 1.0), (offset[0] if offset.size else 0.0)
        with np.errstate(all="ignore"):  # a slope of 0 is refused where the values are
            lowest, highest = (lowest - start) / slope, (highest - start) / slope
        if slope < 0:
            lowest, highest = highest, lowest
    return (float(lowest[0]) if lowest.size else None, float(highest[0]) if highest.size else None)
