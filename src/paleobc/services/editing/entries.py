"""One entry of a journal of edits, and its bytes."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

import numpy as np

from paleobc.errors import InputError
from paleobc.formats.packed_arrays import pack, unpack
from paleobc.topography.edits.apply import result_of, same_bits
from paleobc.topography.edits.edit import Edit, Result
from paleobc.topography.edits.plain import edit_as_data, edit_of_data
from paleobc.topography.surface import Quantity

Kind = Literal["edit", "undo", "redo"]

#: An entry takes at most so many bytes once it is unpacked.
LARGEST: Final = 2_000_000_000


@dataclass(frozen=True, eq=False)
class Entry:
    """
    One thing that was done to a field.

    Parameters
    ----------
    position : int
        Place in the journal: the state that it leaves is that of this position.
    key : str
        Chosen by who asked for it; no key is in a journal twice.
    kind : {"edit", "undo", "redo"}
    number : int
        Number of the edit that is made, taken back or done again; edits are numbered from 1 as they are made.
    who, when : str
        By whom, and at what time (ISO 8601).
    edit : Edit, optional
        With its result, for an edit; None for the others.
    """

    position: int
    key: str
    kind: Kind
    number: int
    who: str
    when: str
    edit: Edit | None = None


def packed_edit(edit: Edit | None) -> bytes:
    """Edit with its result, to the bit, as compressed bytes; none of none."""
    if edit is None:
        return b""
    result = result_of(edit)
    starts = np.flatnonzero(np.diff(result.cells, prepend=-2) != 1)
    arrays = {
        "starts": result.cells[starts].astype(np.int32),
        "lengths": np.diff(starts, append=result.cells.size).astype(np.int32),
        "old": _short(result.old),
        "new": _short(result.new),
    }
    return zlib.compress(pack(edit_as_data(replace(edit, result=None)), arrays), 1)


def unpacked_edit(packed: bytes, quantity: Quantity) -> Edit | None:
    """
    Edit of bytes that `packed_edit` made.

    Raises
    ------
    InputError
        Where the bytes were altered.
    """
    if not packed:
        return None
    reader = zlib.decompressobj()
    try:
        data, arrays = unpack(reader.decompress(packed, LARGEST))
        starts, lengths = arrays["starts"].astype(np.int64), arrays["lengths"].astype(np.int64)
        old, new = (arrays[name].astype(np.float64) for name in ("old", "new"))
    except (zlib.error, KeyError) as fault:
        raise InputError(f"An edit in the journal cannot be read: {fault}; it was altered.") from None
    before = np.cumsum(lengths) - lengths
    cells = (np.arange(lengths.sum()) + np.repeat(starts - before, lengths)).astype(np.int32)
    if not cells.size == old.size == new.size:
        raise InputError("An edit in the journal has values for other cells than it lists; it was altered.")
    return replace(edit_of_data(data, quantity=quantity), result=Result(cells, old, new))


def _short(values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The values in four bytes each where they are the same to the bit, else in eight."""
    with np.errstate(over="ignore", invalid="ignore"):
        short = values.astype(np.float32)
        return short if same_bits(short.astype(np.float64), values).all() else values
