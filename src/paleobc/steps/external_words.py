"""The words of an external command, and what stands for the names in braces in them: no shell ever reads them."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from typing import Final

#: Names that stand for something whatever the step reads.
PLACES: Final = ("out", "scratch", "threads", "here")
_PART: Final = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")


def check_words(word: str, reads: Container[str], options: Container[str]) -> str:
    """
    Sentence on what is wrong with a word of a command; empty where nothing is.

    Examples
    --------
    >>> check_words("--relief={reads.relief}", ["relief"], [])
    ''
    >>> check_words("{options.size}", [], ["width"])
    '{options.size} stands for nothing; what can stand here is {reads.ASSET}, {options.NAME}, {out}, {scratch}, ...'
    """
    if "\0" in word:
        return "a word cannot hold this character."
    for part in _PART.finditer(word):
        if part[0] in ("{{", "}}"):
            continue
        if part[1] is None:
            return f"a brace alone means nothing; write {part[0] * 2} for a brace."
        kind, _, name = part[1].partition(".")
        known = {"reads": reads, "options": options}.get(kind, ()) if name else PLACES
        if (name or kind) not in known:
            names = ", ".join(f"{{{place}}}" for place in PLACES)
            return (
                f"{part[0]} stands for nothing; what can stand here is {{reads.ASSET}}, {{options.NAME}}, {names}, "
                "and {{ for a brace."
            )
    return ""


def filled(words: list[str], values: Mapping[str, str]) -> list[str]:
    """
    Words of a command with values for the names in braces; a word that names something without a value is left out.

    Examples
    --------
    >>> filled(["awk", "{{print}}", "{reads.relief}", "--rivers={reads.routing}"], {"reads.relief": "/tmp/relief.nc"})
    ['awk', '{print}', '/tmp/relief.nc']
    """
    named = [(word, {part[1] for part in _PART.finditer(word) if part[1] is not None}) for word in words]
    return [_PART.sub(lambda part: _value(part, values), word) for word, names in named if names <= values.keys()]


def _value(part: re.Match[str], values: Mapping[str, str]) -> str:
    """What stands for one part of a word."""
    return part[0][0] if part[1] is None else values[part[1]]
