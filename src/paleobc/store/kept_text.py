"""Text as every database keeps it: PostgreSQL takes no null characters, nothing too long, and JSON of numbers only."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from sqlalchemy import String
from sqlalchemy import Table as SchemaTable

from paleobc.errors import InputError

#: Stands where a character stood that cannot be kept.
REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"
#: The null character, and halves of characters, which have no form in UTF-8.
_UNKEPT: Final = re.compile("[\x00\ud800-\udfff]")


def with_kept_text(parameters: Any) -> Any:
    r"""
    Parameters of a statement in which every character that cannot be kept is replaced.

    Parameters
    ----------
    parameters : mapping, sequence or str
        Those of one statement, or a list of those of many.

    Examples
    --------
    >>> with_kept_text({"name": "Eocene\0", "age": 38.0}) == {"name": "Eocene\ufffd", "age": 38.0}
    True
    """
    if isinstance(parameters, str):
        is_kept = parameters.isprintable() or _UNKEPT.search(parameters) is None
        return parameters if is_kept else _UNKEPT.sub(REPLACEMENT, parameters)
    if isinstance(parameters, dict):
        return {name: with_kept_text(value) for name, value in parameters.items()}
    if isinstance(parameters, list | tuple):
        return type(parameters)(with_kept_text(value) for value in parameters)
    return parameters


def json_text(value: Any) -> str:
    """
    JSON of a value; a number that is none becomes null, as JSON has no word for it.

    Examples
    --------
    >>> json_text({"depth": [1.5, float("nan")]})
    '{"depth": [1.5, null]}'
    """
    try:
        text = json.dumps(value, allow_nan=False, ensure_ascii=False)
    except ValueError:
        text = json.dumps(_without_nan(value), allow_nan=False, ensure_ascii=False)
    return str(with_kept_text(text))


def refuse_long_text(row: Mapping[str, Any], table: SchemaTable) -> None:
    """
    Refuse a row with a text that is longer than the place which its table has for it.

    Raises
    ------
    InputError
    """
    for name, longest in _longest(table).items():
        value = row.get(name)
        if isinstance(value, str) and len(value) > longest:
            raise InputError(f"The {name.replace('_', ' ')} is longer than {longest} letters; shorten it.")


@cache
def _longest(table: SchemaTable) -> dict[str, int]:
    """Most letters of the columns of a table, where there is a most."""
    return {
        column.key: column.type.length
        for column in table.columns
        if isinstance(column.type, String) and column.type.length is not None
    }


def _without_nan(value: Any) -> Any:
    """The same, with None for every number that is none or has no end."""
    if isinstance(value, dict):
        return {name: _without_nan(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
