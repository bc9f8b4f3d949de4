"""What the command says: results on standard output, everything else on standard error."""

from __future__ import annotations

import json
import os
from typing import Any, Final

from rich.console import Console

#: Where nobody looks at a screen, lines are as long as they are: programs read them by the line.
_UNBROKEN: Final = 10_000


def new_console(*, stderr: bool) -> Console:
    """A console that breaks lines at the width of a terminal only, or where COLUMNS says so."""
    console = Console(stderr=stderr, highlight=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = _UNBROKEN
    return console


#: Results.
out = new_console(stderr=False)

#: Progress, warnings and errors.
err = new_console(stderr=True)


def print_json(data: Any) -> None:
    """Machine-readable result."""
    out.file.write(json.dumps(data, indent=1, ensure_ascii=False) + "\n")


def size_of(number: int) -> str:
    """
    Number of bytes as people read it.

    Examples
    --------
    >>> size_of(27_000_000), size_of(512)
    ('27.0 MB', '512 B')
    """
    value = float(number)
    for unit in ("B", "kB", "MB"):
        if value < 1000.0:
            return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1000.0
    return f"{value:.1f} GB"


def seconds_of(seconds: float) -> str:
    """
    Time as people read it.

    Examples
    --------
    >>> seconds_of(0.0123), seconds_of(3.2)
    ('12 ms', '3.2 s')
    """
    return f"{seconds * 1000:.0f} ms" if seconds < 1.0 else f"{seconds:.1f} s"
