"""Arrays and plain data in one message of bytes, as the map editor and its server exchange them."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from paleobc.errors import InputError

#: First bytes of a message: a name, the version of this form, and three bytes for later.
MAGIC: Final = b"PBCA"
VERSION: Final = 1

#: Types of arrays as they are named in a message; all little endian, b1 one byte per value, 0 or 1.
TYPES: Final[Mapping[str, np.dtype[Any]]] = {
    name: np.dtype(f"<{name}").newbyteorder("<")
    for name in ("b1", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f4", "f8")
}

#: What describes the arrays is at most so long [bytes].
LONGEST_HEADER: Final = 64_000_000

_NAMES: Final = {(kind.kind, kind.itemsize): name for name, kind in TYPES.items()}
_BEGINNING: Final = MAGIC + bytes([VERSION, 0, 0, 0])
_LENGTH: Final = 4
_HEADER_AT: Final = len(_BEGINNING) + _LENGTH
_STEP: Final = 8

Array = npt.NDArray[Any]


def pack(data: object, arrays: Mapping[str, Array]) -> bytes:
    r"""
    Message of plain data and arrays.

    First `MAGIC`, the version and the length of the header (4 bytes, little endian); then the header, JSON in UTF-8
    with ``data`` and, for each of the ``arrays``, its name, type and shape; then the arrays one after the other,
    little endian, row by row, each from a multiple of 8 bytes on.

    Parameters
    ----------
    data : object
        Plain data: mappings, lists, texts, finite numbers, true, false and None.
    arrays : mapping of str to ndarray
        Of the `TYPES`.

    Raises
    ------
    ValueError, TypeError
        Where the data are not plain, or an array is of another type.

    Examples
    --------
    >>> message = pack({"position": 3}, {"starts": np.array([5], dtype=np.int32)})
    >>> message[:8], len(message)
    (b'PBCA\x01\x00\x00\x00', 96)
    >>> unpack(message)
    ({'position': 3}, {'starts': array([5], dtype=int32)})
    """
    described = [{"name": name, "type": type_name(array), "shape": list(array.shape)} for name, array in arrays.items()]
    said = {"data": data, "arrays": described}
    header = json.dumps(said, allow_nan=False, ensure_ascii=False, separators=(",", ":")).encode()
    header += b" " * (-(_HEADER_AT + len(header)) % _STEP)
    parts: list[bytes | memoryview] = [_BEGINNING, len(header).to_bytes(_LENGTH, "little"), header]
    for array in arrays.values():
        plain = np.ascontiguousarray(array, dtype=TYPES[type_name(array)])
        parts += [plain.reshape(-1).view(np.uint8).data, bytes(-plain.nbytes % _STEP)]
    return b"".join(parts)


def type_name(array: Array) -> str:
    """
    Name of the type of an array in a message.

    Examples
    --------
    >>> type_name(np.zeros(2)), type_name(np.zeros(2, dtype=bool))
    ('f8', 'b1')
    """
    name = _NAMES.get((array.dtype.kind, array.dtype.itemsize))
    if name is None:
        raise TypeError(f"An array of type {array.dtype} cannot be packed; there are {', '.join(TYPES)}.")
    return name


def unpack(message: bytes | bytearray | memoryview) -> tuple[Any, dict[str, Array]]:
    """
    Plain data and arrays of a message that anybody may have written.

    Parameters
    ----------
    message : bytes

    Returns
    -------
    data : object
    arrays : dict of str to ndarray
        Of the machine's own byte order; they may not be written to.

    Raises
    ------
    InputError
        Where it is no such message, or not whole.
    """
    view = memoryview(message).cast("B")
    header, at = _header(view)
    arrays: dict[str, Array] = {}
    for entry in header["arrays"]:
        name, kind, shape = _described(entry)
        if name in arrays:
            raise InputError(f"The packed message holds the array {name!r} twice.")
        length = kind.itemsize * math.prod(shape)
        if at + length > len(view):
            raise InputError(f"The packed message ends within the array {name!r}; it was cut short on its way.")
        values = np.frombuffer(view[at : at + length], dtype=kind).reshape(shape)
        arrays[name] = values.astype(kind.newbyteorder("="), copy=False)
        at += length + -length % _STEP
    if at != len(view):
        raise InputError(f"The packed message is {len(view)} bytes long, and its arrays end after {at}.")
    return header["data"], arrays


def _header(view: memoryview) -> tuple[dict[str, Any], int]:
    """What a message says of itself, and where its arrays begin."""
    if bytes(view[: len(MAGIC)]) != MAGIC:
        raise InputError("This is no packed message: it does not begin with PBCA.")
    if len(view) < _HEADER_AT:
        raise InputError("The packed message ends before its header; it was cut short on its way.")
    if view[len(MAGIC)] != VERSION:
        raise InputError(f"The packed message is of version {view[len(MAGIC)]}, and version {VERSION} is read here.")
    length = int.from_bytes(view[len(_BEGINNING) : _HEADER_AT], "little")
    end = _HEADER_AT + length
    if length > LONGEST_HEADER or end > len(view) or end % _STEP:
        raise InputError(f"The header of the packed message cannot be {length} bytes long.")
    try:
        header = json.loads(bytes(view[_HEADER_AT:end]))
    except (ValueError, RecursionError):
        raise InputError("The header of the packed message is not JSON.") from None
    if not isinstance(header, dict) or set(header) != {"data", "arrays"} or not isinstance(header["arrays"], list):
        raise InputError("The header of the packed message does not hold data and arrays.")
    return header, end


def _described(entry: object) -> tuple[str, np.dtype[Any], tuple[int, ...]]:
    """Name, type and shape of an array."""
    if not isinstance(entry, dict) or set(entry) != {"name", "type", "shape"}:
        raise InputError("An array of the packed message needs a name, a type and a shape, and nothing else.")
    name, kind, shape = entry["name"], entry["type"], entry["shape"]
    if not isinstance(name, str) or not isinstance(kind, str) or kind not in TYPES:
        raise InputError(f"An array of the packed message is not of one of the types {', '.join(TYPES)}.")
    if not isinstance(shape, list) or len(shape) > 32 or not all(type(n) is int and 0 <= n < 2**31 for n in shape):
        raise InputError(f"The array {name[:60]!r} of the packed message has no shape that an array can have.")
    return name, TYPES[kind], tuple(shape)
