"""What a step tells while it works, line by line, to whoever listens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

#: Called with one or more lines.
Hearer = Callable[[str], None]

_HEARER: Final[ContextVar[Hearer | None]] = ContextVar("hearer", default=None)


@contextmanager
def heard_by(hearer: Hearer) -> Iterator[None]:
    """
    Have a listener hear all that steps tell meanwhile in this thread.

    Examples
    --------
    >>> with heard_by(print):
    ...     tell("half is done")
    half is done
    """
    before = _HEARER.set(hearer)
    try:
        yield
    finally:
        _HEARER.reset(before)


def tell(lines: str) -> None:
    """Tell something; nothing is done with it where nobody listens."""
    hearer = _HEARER.get()
    if hearer is not None and lines:
        hearer(lines)
