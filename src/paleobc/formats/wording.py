"""Words for sentences about files: names, counts and places, safe to print whatever the file holds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

LONGEST_NAME: Final = 60
MOST_NAMES: Final = 8


def quoted(name: object) -> str:
    r"""
    Name in quotes, without control characters and not too long.

    Examples
    --------
    >>> quoted("topo")
    "'topo'"
    >>> quoted("a\x1b[31mred")
    "'a?[31mred'"
    """
    text = "".join(letter if letter.isprintable() else "?" for letter in str(name)[: LONGEST_NAME + 1])
    return f"'{text}'" if len(text) <= LONGEST_NAME else f"'{text[: LONGEST_NAME - 3]}...'"


def listed(names: Iterable[object]) -> str:
    """
    Names in quotes with commas between them, the first few of many.

    Examples
    --------
    >>> listed(["topo", "mask"])
    "'topo', 'mask'"
    """
    every = list(names)
    shown = ", ".join(quoted(name) for name in every[:MOST_NAMES])
    return shown if len(every) <= MOST_NAMES else f"{shown} and {len(every) - MOST_NAMES} more"


def counted(number: int) -> str:
    """
    Whole number with its thousands apart.

    Examples
    --------
    >>> counted(250000000)
    '250 000 000'
    """
    return f"{number:,}".replace(",", " ")


def sized(shape: Iterable[int]) -> str:
    """
    Shape as it is spoken.

    Examples
    --------
    >>> sized((180, 360))
    '180 × 360'
    """
    return " × ".join(str(length) for length in shape)


def rounded(value: float) -> str:
    """
    Value with as many digits as a reader needs.

    Examples
    --------
    >>> rounded(-179.50000001), rounded(0.0)
    ('-179.5', '0')
    """
    return f"{value + 0.0:.7g}"
