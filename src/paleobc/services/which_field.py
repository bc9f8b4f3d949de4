"""Which field of a file a question of the map editor is about."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from paleobc.errors import InputError

_LONGEST_NAME: Final = 300
_MOST_DIMENSIONS: Final = 20
_LARGEST: Final = 2**31


def field_asked_for(body: bytes | Mapping[str, Any]) -> tuple[str, dict[str, int]]:
    """
    Variable that a question is about, and its position in further dimensions; empty where it does not say.

    Parameters
    ----------
    body : bytes or mapping
        The question, plain data or JSON.

    Raises
    ------
    InputError
        Where it cannot be read.

    Examples
    --------
    >>> field_asked_for(b'{"variable": "maxvegetfrac", "index": {"veget": 3}}')
    ('maxvegetfrac', {'veget': 3})
    """
    question = _read(body) if isinstance(body, bytes) else body
    variable, index = question.get("variable"), question.get("index")
    variable, index = "" if variable is None else variable, {} if index is None else index
    if not isinstance(variable, str) or len(variable) > _LONGEST_NAME:
        raise InputError(f"variable: the name of a variable, of at most {_LONGEST_NAME} letters.")
    if not isinstance(index, dict) or len(index) > _MOST_DIMENSIONS or not all(map(_is_place, index.values())):
        raise InputError("index: for each dimension a whole number from 0.")
    return variable, index


def _read(body: bytes) -> dict[str, Any]:
    """Question as plain data."""
    try:
        question = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        raise InputError("The question cannot be read: it is no JSON.") from None
    if not isinstance(question, dict):
        raise InputError("The question cannot be read: it has to be an object of JSON.")
    return question


def _is_place(value: object) -> bool:
    """Whether a value is a position in a dimension."""
    return type(value) is int and 0 <= value < _LARGEST
