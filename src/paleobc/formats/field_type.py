"""Which numbers a variable can hold, and what those that it holds mean."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from netCDF4 import Variable

from paleobc.conventions import BoolArray, FloatArray
from paleobc.errors import InputError
from paleobc.formats.attributes import numbers, text
from paleobc.formats.relief_values import as_stored, missing_values, stored_fills, valid_range
from paleobc.formats.wording import quoted
from paleobc.topography.value_type import ValueType

Numbers = npt.NDArray[Any]


def meant_type(variable: Variable[Any]) -> np.dtype[Any]:
    """Type of the stored numbers in the byte order of this machine; unsigned where only an attribute says so."""
    dtype: np.dtype[Any] = np.dtype(variable.dtype).newbyteorder("=")
    if text(variable, "_Unsigned").lower() == "true" and dtype.kind == "i":
        dtype = np.dtype(dtype.str.replace("i", "u"))
    return dtype


def value_type_of(variable: Variable[Any], file: str) -> ValueType:
    """
    Which numbers a variable can hold.

    Raises
    ------
    InputError
        Where its packing is none.
    """
    dtype = meant_type(variable)
    factor, offset = numbers(variable, "scale_factor"), numbers(variable, "add_offset")
    scale, start = (float(factor[0]) if factor.size else 1.0), (float(offset[0]) if offset.size else 0.0)
    if not (np.isfinite([scale, start]).all() and scale != 0.0):
        raise InputError(
            f"{file}: the scale_factor or add_offset of {quoted(variable.name)} is none; correct it, for example with "
            "ncatted."
        )
    ends = zip(valid_range(variable, dtype), (-np.inf, np.inf), strict=True)
    limits = [scale * (end if stated is None else stated) + start for stated, end in ends]
    return ValueType(
        stored=dtype.str[1:],
        scale=scale,
        offset=start,
        lowest=min(limits),
        highest=max(limits),
        reserved=tuple(float(fill) for fill in stored_fills(variable, dtype)),
        can_be_missing=dtype.kind == "f" or _fill(variable) is not None,
    )


def meant(variable: Variable[Any], stored: Numbers, value_type: ValueType) -> FloatArray:
    """Values of stored numbers, NaN where they mean that there is none."""
    raw = stored.astype(stored.dtype.newbyteorder("="), copy=False).view(meant_type(variable))
    values = value_type.values_of(raw)
    values[missing_values(variable, raw) | ~np.isfinite(values)] = np.nan
    return values


def stored_values(variable: Variable[Any], values: FloatArray, value_type: ValueType, file: str) -> Numbers:
    """
    Numbers to be stored for values, as the variable stores them.

    Raises
    ------
    InputError
        Where one of them cannot be held.
    """
    missing: BoolArray = np.isnan(values)
    fits = value_type.fits(values)
    if not fits.all():
        lowest, highest = value_type.limits
        what = "no value" if missing[np.argmin(fits)] else f"{values[np.argmin(fits)]:g}"
        raise InputError(
            f"{file}: the variable {quoted(variable.name)} cannot hold {what}; its numbers go from {lowest:g} to "
            f"{highest:g}, but for those that mean that there is no value. Nothing was written."
        )
    raw = value_type.encoded(np.where(missing, value_type.values_of(np.zeros(1))[0], values))
    if missing.any():
        fill = _fill(variable)
        raw[missing] = np.nan if fill is None else fill
    return raw.view(np.dtype(variable.dtype).newbyteorder("="))


def _fill(variable: Variable[Any]) -> Any:
    """Stored number that stands for a missing value; None where the variable states none, or first of all NaN."""
    dtype = meant_type(variable)
    stated = np.concatenate([numbers(variable, "_FillValue"), numbers(variable, "missing_value")])
    return as_stored(float(stated[0]), dtype) if stated.size else None
