"""Names of the files beside an edited one: the journals of its fields, and what is saved."""

from __future__ import annotations

from pathlib import PurePath
from typing import Final
from urllib.parse import quote, unquote

from paleobc.errors import InputError

#: A field of a file: its variable, and its position in further dimensions.
Key = tuple[str, tuple[tuple[str, int], ...]]

_ENDING: Final = ".paleobc-edits.jsonl"
_LONGEST: Final = 120
_UNSAFE: Final = frozenset('\\/:*?"<>|')


def journal_name(file: str, key: Key) -> str:
    """
    Name of the journal of a field, from which the field can be told.

    Parameters
    ----------
    file : str
        Name of the file.
    key : tuple
        Variable, and its position in further dimensions.

    Examples
    --------
    >>> journal_name("PFTmap.nc", ("maxvegetfrac", (("veget", 3),)))
    '.PFTmap.nc.maxvegetfrac,veget=3.paleobc-edits.jsonl'
    """
    variable, index = key
    parts = [_quoted(variable), *(f"{_quoted(name)}={at}" for name, at in index)]
    return f".{file}.{','.join(parts)}{_ENDING}"


def _quoted(name: str) -> str:
    return quote(name, safe="+ ")


def field_of_name(file: str, name: str) -> Key | None:
    """
    Field whose journal has a name; None where it is none of this file.

    Examples
    --------
    >>> field_of_name("PFTmap.nc", ".PFTmap.nc.maxvegetfrac,veget=3.paleobc-edits.jsonl")
    ('maxvegetfrac', (('veget', 3),))
    >>> field_of_name("PFTmap.nc", "PFTmap.nc")
    """
    if not (name.startswith(f".{file}.") and name.endswith(_ENDING)):
        return None
    variable, *places = name[len(file) + 2 : -len(_ENDING)].split(",")
    index = []
    for place in places:
        dimension, _, at = place.partition("=")
        if not at.isdecimal():
            return None
        index.append((unquote(dimension), int(at)))
    return unquote(variable), tuple(index)


def safe_name(name: str, suffix: str) -> str:
    """
    Name of a file to save, as a user typed it; one without an ending of NetCDF files gets one.

    Raises
    ------
    InputError
        Where it cannot be the name of a file in this folder.

    Examples
    --------
    >>> safe_name("miocene", ".nc"), safe_name("miocene.nc", ".nc")
    ('miocene.nc', 'miocene.nc')
    """
    plain = name.strip()
    if not plain or plain.startswith(".") or not plain.isprintable() or set(plain) & _UNSAFE or len(plain) > _LONGEST:
        raise InputError(f"This cannot be the name of a file: at most {_LONGEST} letters, and no folder.")
    return plain if PurePath(plain).suffix in (".nc", ".nc4", ".cdf") else f"{plain}{suffix}"
