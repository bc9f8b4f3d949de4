"""Which request and which run the lines of the log belong to."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Final

#: Ids of requests that others may give: nothing in them can be taken for anything else in a log or on a page.
_HARMLESS: Final = re.compile(r"[A-Za-z0-9_.-]{1,40}")


@dataclass
class AskedRequest:
    """
    A request that is being answered.

    Parameters
    ----------
    id : str
    held : list of dict, or None
        Its lines up to now, kept if something goes wrong with it; None once something has.
    """

    id: str
    held: list[dict[str, Any]] | None = field(default_factory=list)


request: ContextVar[AskedRequest | None] = ContextVar("request", default=None)
run_id: ContextVar[str] = ContextVar("run_id", default="")


def request_id() -> str:
    """Id of the request that is being answered; empty where there is none."""
    present = request.get()
    return present.id if present is not None else ""


def id_for(given: str) -> str:
    """
    Id of a request: the one that was given where it is harmless, else a new one.

    Examples
    --------
    >>> id_for("8f3a-22.b"), len(id_for("two words")), len(id_for(""))
    ('8f3a-22.b', 16, 16)
    """
    return given if _HARMLESS.fullmatch(given) else secrets.token_hex(8)


@contextmanager
def of_request(given: str) -> Iterator[str]:
    """Let the lines of the log belong to a request; gives its id."""
    found = AskedRequest(id_for(given))
    token = request.set(found)
    try:
        yield found.id
    finally:
        request.reset(token)


@contextmanager
def of_run(run: str) -> Iterator[None]:
    """Let the lines of the log belong to a run."""
    token = run_id.set(run)
    try:
        yield
    finally:
        run_id.reset(token)
