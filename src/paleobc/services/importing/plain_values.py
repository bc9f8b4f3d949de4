"""What the existing tool stored as text or as a pickle: read into plain lists, mappings, texts and numbers."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any, Final

from paleobc.errors import InputError
from paleobc.services.importing.pickled import pickled_value
from paleobc.services.importing.python_text import parse_python, plain_of

#: Longest stored value [letters or bytes].
_LONGEST: Final = 4_000_000
#: How pickles begin, and how they do in base64.
_PICKLE: Final = b"\x80"
_PICKLE_IN_TEXT: Final = "gA"


def plain_value(stored: str | bytes) -> Any:
    """
    Value of what is stored: JSON, the `repr` of plain values, or a pickle of them. Nothing of it is ever run.

    Raises
    ------
    InputError
        Where it is none of these, or holds more than plain values.

    Examples
    --------
    >>> plain_value('{"a": [1, true]}'), plain_value("[{'a': 1.5}, None]")
    ({'a': [1, True]}, [{'a': 1.5}, None])
    """
    if len(stored) > _LONGEST:
        raise InputError(f"it is longer than {_LONGEST} letters")
    if isinstance(stored, bytes):
        if stored.startswith(_PICKLE):
            return pickled_value(stored)
        stored = stored.decode("utf-8", "replace")
    if stored.startswith(_PICKLE_IN_TEXT):
        try:
            return pickled_value(base64.b64decode(stored, validate=True))
        except binascii.Error:
            raise InputError("it is neither JSON nor a plain value of Python") from None
    try:
        return json.loads(stored)
    except RecursionError:
        raise InputError("it holds lists within lists without end") from None
    except ValueError:
        return plain_of(parse_python(stored))


def mapping_of(stored: object) -> dict[str, Any]:
    """
    Mapping of what is stored; empty where it is none.

    Examples
    --------
    >>> mapping_of('{"age": "60"}'), mapping_of("[1]"), mapping_of(None)
    ({'age': '60'}, {}, {})
    """
    try:
        found = plain_value(stored) if isinstance(stored, str | bytes) and stored else {}
    except InputError:
        return {}
    return {str(key): value for key, value in found.items()} if isinstance(found, dict) else {}
