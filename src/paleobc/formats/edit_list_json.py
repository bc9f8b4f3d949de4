"""A log of edits as JSON lines: the header, then one edit in a line; the complete log, to the bit."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, Final

from pydantic_core import from_json

from paleobc.errors import InputError
from paleobc.formats.edit_list_data import header_data, log_of_data
from paleobc.formats.wording import counted, quoted
from paleobc.grids.mesh import Mesh
from paleobc.topography.edits.limits import MOST_CELLS, MOST_EDITS
from paleobc.topography.edits.log import EditLog
from paleobc.topography.edits.plain import edit_as_data
from paleobc.topography.surface import Quantity

#: Longest file and line that are read [bytes]: ten million cells with their old and new values fit.
LARGEST_FILE: Final = 1_000_000_000
LARGEST_LINE: Final = 500_000_000

#: Most lists and mappings, and most values, of one line: what they take in memory is known before they are made.
_MOST_LISTS: Final = MOST_CELLS + 100_000
_MOST_VALUES: Final = 4 * MOST_CELLS

_KEY_END: Final = re.compile(rb'"\s*:')


def json_lines(log: EditLog) -> Iterator[bytes]:
    """
    Lines of a log, each with its end; equal logs give equal bytes.

    Parameters
    ----------
    log : EditLog
    """
    yield _line(header_data(log))
    for edit in log.edits:
        yield _line(edit_as_data(edit))


def _line(data: dict[str, Any]) -> bytes:
    """One line of plain data, in ASCII."""
    return json.dumps(data, allow_nan=False, separators=(",", ":")).encode("ascii") + b"\n"


def read_json_lines(
    stream: BinaryIO, name: str, *, mesh: Mesh | None = None, quantity: Quantity | None = None
) -> EditLog:
    """
    Log of JSON lines.

    Parameters
    ----------
    stream : binary file
    name : str
        What the list is called, for the errors.
    mesh : Mesh, optional
        Grid of a list that does not state its own.
    quantity : {"height", "depth", "value", "basin"}, optional
        What is edited; a list for another is refused.

    Raises
    ------
    InputError
        Where a line cannot be read; names the line.
    """
    lines = _lines(stream, name)
    where, header = next(lines, (f"{name} line 1", None))
    return log_of_data(header, lines, lambda _key: where, mesh, quantity)


def _lines(stream: BinaryIO, name: str) -> Iterator[tuple[str, object]]:
    """Data of each line and where it stands."""
    for number in range(1, MOST_EDITS + 3):  # the header and one edit too many, which is refused where they are counted
        line = stream.readline(LARGEST_LINE + 1)
        if not line:
            return
        where = f"{name} line {number}"
        if len(line) > LARGEST_LINE:
            raise InputError(f"{where} is longer than {counted(LARGEST_LINE)} bytes, the limit of one edit.")
        yield where, _data_of(line, where)


def _data_of(line: bytes, where: str) -> object:
    """Data of a line."""
    if line.count(b"[") + line.count(b"{") > _MOST_LISTS or line.count(b",") > _MOST_VALUES:
        raise InputError(f"{where} holds more values than an edit of {counted(MOST_CELLS)} cells.")
    data = _read_fast(line)
    if data is not None:
        return data
    try:
        return json.loads(line.decode("utf-8"), object_pairs_hook=_once, parse_constant=_refused)
    except UnicodeDecodeError:
        raise InputError(f"{where} is not text in UTF-8.") from None
    except RecursionError:
        raise InputError(f"{where} is nested too deep.") from None
    except json.JSONDecodeError as error:
        if not line.endswith(b"\n"):
            raise InputError(
                f"{where} is cut short: its writing was broken off. Delete this last line to keep the edits before it."
            ) from None
        raise InputError(f"{where}, column {error.colno}: this is not JSON: {error.msg}.") from None
    except ValueError as error:  # a number of thousands of digits, or one of ours
        said = str(error) if isinstance(error, _RefusedError) else "it holds a number of too many digits"
        raise InputError(f"{where} cannot be used: {said}.") from None


def _read_fast(line: bytes) -> object | None:
    """
    Data of a line where it is certainly what Python's own reader gives; None where that one has to decide.

    Five times as fast on lists of numbers. A key that is given twice would be lost here: it is noticed by their number.
    """
    try:
        data: object = from_json(line, allow_inf_nan=False)
    except ValueError:
        return None
    return data if _keys_in(data) == len(_KEY_END.findall(line)) else None


def _keys_in(data: object) -> int:
    """Number of keys in plain data but for those in lists that begin with a number or a list."""
    if isinstance(data, dict):
        return len(data) + sum(map(_keys_in, data.values()))
    return sum(map(_keys_in, data)) if isinstance(data, list) and data and isinstance(data[0], dict) else 0


class _RefusedError(ValueError):
    """JSON as Python reads it, but not as we do; never leaves this module."""


def _once(pairs: Iterable[tuple[str, object]]) -> dict[str, object]:
    """Mapping of pairs, each key once."""
    result: dict[str, object] = {}
    for key, value in pairs:
        if key in result:
            raise _RefusedError(f"{quoted(key)} is given twice")
        result[key] = value
    return result


def _refused(constant: str) -> object:
    """Refuse NaN and the infinities, which Python reads by default."""
    raise _RefusedError(f"{constant} is no number; every number must be finite")
