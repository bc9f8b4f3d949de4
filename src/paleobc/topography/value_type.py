"""Which numbers a field can hold: those that the variable of its file can store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from paleobc.conventions import BoolArray, FloatArray

#: Beyond it not every whole number is a float64.
_WHOLE: Final = 2.0**53


@dataclass(frozen=True)
class ValueType:
    """
    How a field is stored, and with that which numbers it can hold.

    Parameters
    ----------
    stored : str
        Type of the stored numbers as numpy names it, without its byte order: "f4", "f8", "i1" ... "u8".
    scale, offset : float
        A value is ``offset + scale * stored``.
    lowest, highest : float
        Limits of what the file calls valid; infinite where it states none.
    reserved : tuple of float
        Stored numbers that mean that there is no value.
    can_be_missing : bool
        Whether a cell may be left without a value.

    Examples
    --------
    >>> percent = ValueType("u1", lowest=0.0, highest=100.0)
    >>> percent.held(np.array([2.4, 99.5]))
    array([  2., 100.])
    >>> percent.limits
    (0.0, 100.0)
    """

    stored: str = "f8"
    scale: float = 1.0
    offset: float = 0.0
    lowest: float = -np.inf
    highest: float = np.inf
    reserved: tuple[float, ...] = ()
    can_be_missing: bool = True

    @property
    def is_whole(self) -> bool:
        """Whether only whole numbers can be held."""
        return self._dtype.kind in "iu" and not self._is_packed

    @property
    def limits(self) -> tuple[float, float]:
        """Lowest and highest value that can be held."""
        if self._dtype.kind == "f":
            ends = np.array([np.finfo(self._dtype).min, np.finfo(self._dtype).max], dtype=np.float64)
        else:
            ends = np.array([np.iinfo(self._dtype).min, np.iinfo(self._dtype).max], dtype=np.float64)
            ends = np.clip(ends, -_WHOLE, _WHOLE)
        with np.errstate(over="ignore"):
            ends = np.sort(self._unpacked(ends)) if self._is_packed else ends
        return max(float(ends[0]), self.lowest), min(float(ends[1]), self.highest)

    def held(self, values: FloatArray) -> FloatArray:
        """
        Nearest numbers that can be held [unit of the field]; NaN stays NaN, what is beyond the limits too far.

        Examples
        --------
        >>> ValueType("i2", scale=0.5).held(np.array([0.6, 0.8, np.nan]))
        array([0.5, 1. , nan])
        """
        return self._unpacked(self._nearest(np.asarray(values, dtype=np.float64)))

    def fits(self, values: FloatArray) -> BoolArray:
        """
        Tell which of some numbers, as `held` gives them, can be stored; NaN where a value may be missing.

        Examples
        --------
        >>> ValueType("i1", reserved=(-128.0,)).fits(np.array([127.0, 128.0, -128.0]))
        array([ True, False, False])
        """
        lowest, highest = self.limits
        missing = np.isnan(values)
        fits = (values >= lowest) & (values <= highest)
        for each in self.reserved:
            fits &= self._nearest(values) != each
        return np.where(missing, self.can_be_missing, fits)

    def values_of(self, stored: npt.NDArray[Any]) -> FloatArray:
        """
        Values of stored numbers, a copy.

        Examples
        --------
        >>> ValueType("i2", scale=0.5, offset=10.0).values_of(np.array([0, 3], dtype=np.int16))
        array([10. , 11.5])
        """
        return self._unpacked(stored.astype(np.float64))

    def encoded(self, values: FloatArray) -> npt.NDArray[Any]:
        """Numbers to be stored for values that fit, none of them NaN."""
        return self._nearest(np.asarray(values, dtype=np.float64)).astype(self._dtype)

    @property
    def _dtype(self) -> np.dtype[Any]:
        return np.dtype(self.stored)

    @property
    def _is_packed(self) -> bool:
        return self.scale != 1.0 or self.offset != 0.0

    def _nearest(self, values: FloatArray) -> FloatArray:
        """Numbers as they are stored, as float64, not kept within the limits of whole types."""
        with np.errstate(over="ignore", invalid="ignore"):
            raw = (values - self.offset) / self.scale if self._is_packed else values
            if self._dtype.kind in "iu":
                return np.rint(raw) + 0.0
            return np.asarray(raw.astype(self._dtype).astype(np.float64))

    def _unpacked(self, raw: FloatArray) -> FloatArray:
        """Values of stored numbers that are float64 already."""
        if not self._is_packed:
            return raw
        with np.errstate(over="ignore", invalid="ignore"):
            return np.asarray(raw * self.scale + self.offset)
