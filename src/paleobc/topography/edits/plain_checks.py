"""Numbers, texts and lists out of plain data that anybody may have written."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from math import isfinite
from reprlib import Repr
from typing import Any, Final

import numpy as np

from paleobc.conventions import FloatArray, IntArray
from paleobc.errors import InputError
from paleobc.topography.edits.limits import LONGEST_TEXT, MOST_CELLS

#: Cells are counted in 32 bits.
_MOST_POSITIONS: Final = 2**31 - 1

_SHORT: Final = Repr()
_SHORT.maxlist = _SHORT.maxtuple = _SHORT.maxdict = 3
_SHORT.maxlevel, _SHORT.maxstring, _SHORT.maxlong, _SHORT.maxother = 2, 40, 40, 40


def shown(value: object) -> str:
    """
    A value of plain data in a sentence, cut short, without control characters.

    Examples
    --------
    >>> shown([1, 2, 3, 4, 5]), shown(None), shown("rise")
    ('[1, 2, 3, ...]', 'nothing', "'rise'")
    """
    if value is None:
        return "nothing"
    try:
        text = _SHORT.repr(value)
    except ValueError:  # whole numbers of very many digits are not written out
        return "a number of very many digits"
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def number(value: Any, what: str) -> float:
    """
    A finite number; true, false and text are none.

    Examples
    --------
    >>> number(3, "add")
    3.0
    >>> number(True, "add")
    Traceback (most recent call last):
    ...
    paleobc.errors.InputError: add needs a finite number, not True
    """
    try:
        if type(value) in (int, float) and isfinite(value):
            return float(value)
    except OverflowError:
        pass
    raise InputError(f"{what} needs a finite number, not {shown(value)}")


def whole(value: Any, what: str) -> int:
    """Whole number from 0."""
    if type(value) is not int or not 0 <= value <= _MOST_POSITIONS:
        raise InputError(f"{what} needs a whole number from 0 to {_MOST_POSITIONS}, not {shown(value)}")
    return value


def text(value: Any, what: str) -> str:
    """Text that can be written to a file, not longer than any reason is."""
    if not isinstance(value, str):
        raise InputError(f"{what} needs text, not {shown(value)}")
    if len(value) > LONGEST_TEXT:
        raise InputError(f"{what} is {len(value)} letters long; at most {LONGEST_TEXT} are kept")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise InputError(f"{what} holds letters that no file can hold: {shown(ascii(value))}") from None
    return value


def sequence(value: Any, what: str, *, most: int, least: int = 0) -> list[Any]:
    """List of a length between two."""
    if not isinstance(value, list | tuple):
        raise InputError(f"{what} needs a list, not {shown(value)}")
    if len(value) > most:
        raise InputError(f"{what} lists {len(value)}; at most {most} are read")
    if len(value) < least:
        raise InputError(f"{what} lists {len(value)}; it needs {least if most == least else f'at least {least}'}")
    return list(value)


def numbers(value: Any, what: str, *, most: int, least: int = 0) -> list[float]:
    """List of finite numbers."""
    return [number(one, what) for one in sequence(value, what, most=most, least=least)]


def float_array(value: Any, what: str, *, gaps: bool = False) -> FloatArray:
    """Array of finite numbers, one for each cell of a result; NaN for nothing, where there may be gaps."""
    items = sequence(value, what, most=MOST_CELLS)
    if set(map(type, items)) <= {float}:  # the usual case, and much faster
        array = np.array(items, dtype=np.float64)
        if np.isfinite(array).all():
            return array
    return np.array([np.nan if gaps and one is None else number(one, what) for one in items], dtype=np.float64)


def cell_array(value: Any, what: str) -> IntArray:
    """Array of flat indices, ascending, each once."""
    items = sequence(value, what, most=MOST_CELLS)
    cells = np.array([whole(one, what) for one in items], dtype=np.int32)
    if not (cells[1:] > cells[:-1]).all():
        raise InputError(f"{what} needs cells in ascending order, each once")
    return cells


def mapping(value: Any, what: str, known: Iterable[str], needed: Iterable[str] = ()) -> dict[str, Any]:
    """Keys and values, all of them known and all that are needed."""
    if not isinstance(value, dict):
        raise InputError(f"{what} needs keys and values, not {shown(value)}")
    names = list(known)
    for key in value:
        if key not in names:
            raise InputError(
                f"unknown key {shown(key)} in {what}{did_you_mean(key, names)}; known are {', '.join(names)}"
            )
    for key in needed:
        if key not in value:
            raise InputError(f"{what} lacks {key}")
    return value


def did_you_mean(word: object, names: Iterable[str]) -> str:
    """End of a sentence that offers the closest of the known names, where one is close."""
    close = get_close_matches(str(word)[:60], list(names), n=1) if isinstance(word, str) else []
    return f", did you mean {close[0]}?" if close else ""
