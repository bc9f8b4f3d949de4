"""Templates of pages, and the words in which they show times, sizes and states."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.templating import Jinja2Templates

import paleobc
from paleobc.server.announcing import announcements_of
from paleobc.server.states import reason

FOLDER: Final = Path(__file__).parent
STATIC: Final = FOLDER / "static"

#: What a page says after something was done, by the word in its address.
NOTICES: Final[Mapping[str, str]] = {
    "created": "The experiment is there.",
    "saved": "Saved.",
    "planned": "Saved; what depends on it is computed now.",
    "nothing": "Saved; nothing has to be computed.",
    "again": "Tried again.",
    "cancelled": "Cancelled.",
    "given": "The file is here and is being read.",
    "restored": "The earlier revision is current again; what depends on it follows.",
    "shared": "Shared.",
    "unshared": "No longer shared.",
    "sent": "A copy was sent.",
    "duplicated": "This is the copy.",
    "deleted": "The experiment is in the bin.",
    "back": "The experiment is back.",
    "gone": "Removed for good.",
    "template": "The table is kept under its name.",
    "forgotten": "The kept table was removed.",
    "asked": "The bundle is being made.",
    "password": "The password was changed; all other browsers were signed out.",
    "replaced": "The password was replaced; all browsers were signed out, and this one is signed in with it.",
    "signed_out": "You are signed out.",
    "token_removed": "The token is worthless now.",
    "state": "Saved.",
    "acted": "Done; this is how the run stands now.",
    "announced": "It stands on every page now.",
    "ended": "Ended.",
    "mended": "It is made again.",
    "transferred": "Given.",
    "verifying": "The check has begun; load this page again to see how far it is.",
}


def when(value: datetime | str | None) -> str:
    """
    A time as people read it.

    Examples
    --------
    >>> when("2026-03-01T09:05:00+00:00")
    '1 Mar 2026, 09:05 UTC'
    """
    if value is None:
        return ""
    time = _time(value)
    return f"{time.day} {time:%b %Y, %H:%M} UTC"


def machine_time(value: datetime | str | None) -> str:
    """A time for the ``datetime`` attribute of ``<time>``."""
    return "" if value is None else _time(value).isoformat(timespec="seconds")


def _time(value: datetime | str) -> datetime:
    """A time in UTC, from text too."""
    time = datetime.fromisoformat(value) if isinstance(value, str) else value
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)


def size(count: float | None) -> str:
    """
    A number of bytes as people read it.

    Examples
    --------
    >>> size(999), size(1_500_000), size(20_000_000)
    ('999 B', '1.5 MB', '20 MB')
    """
    if count is None:
        return ""
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000 or unit == "GB":
            break
        count /= 1000
    return f"{count:.1f} {unit}" if unit != "B" and count < 9.95 else f"{count:.0f} {unit}"


def number(value: float | None) -> str:
    """
    A number with as many digits as help.

    Examples
    --------
    >>> number(3), number(-4321.0), number(0.123456), number(None)
    ('3', '-4321', '0.123456', 'none')
    """
    if value is None:
        return "none"
    return f"{value:.6g}"


def change(value: float) -> str:
    """
    A change, with its sign and as many digits as help.

    Examples
    --------
    >>> change(20.000001), change(-0.5)
    ('+20', '−0.5')
    """
    return f"{value:+.4g}".replace("-", "−")


def seconds(value: float | None) -> str:
    """
    A time that something took.

    Examples
    --------
    >>> seconds(0.42), seconds(12.4), seconds(200)
    ('0.4 s', '12 s', '3 min 20 s')
    """
    if value is None:
        return ""
    if value < 10:
        return f"{value:.1f} s"
    whole = round(value)
    return f"{whole} s" if whole < 60 else f"{whole // 60} min {whole % 60} s"


def _environment() -> Environment:
    """Environment of the templates: everything escaped, nothing undefined passed over in silence."""
    environment = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "when": when,
        "machine_time": machine_time,
        "size": size,
        "number": number,
        "change": change,
        "seconds": seconds,
        "reason": reason,
        "compact": lambda value: json.dumps(value, ensure_ascii=False),
    }
    environment.globals["version"] = paleobc.__version__
    environment.globals["words_by_value"] = lambda classes: {f"{one['value']:g}": one["words"] for one in classes}
    return environment


TEMPLATES: Final = Jinja2Templates(env=_environment())


def page(request: Request, template: str, status_code: int = 200, **context: Any) -> HTMLResponse:
    """
    Answer with a page.

    Parameters
    ----------
    request : Request
        Its ``state.visitor``, where somebody has signed in, has ``user`` and ``csrf``.
    template : str
        Name of the template, from the folder of templates.
    status_code : int
    **context
        What the template shows.
    """
    visitor = getattr(request.state, "visitor", None)
    shared = {
        "user": visitor.user if visitor else None,
        "csrf": visitor.csrf if visitor else "",
        "path": request.url.path,
        "announcements": announcements_of(request),
        "notice": NOTICES.get(getattr(request.state, "said", "") or request.query_params.get("said", ""), ""),
    }
    return TEMPLATES.TemplateResponse(request, template, shared | context, status_code=status_code)


def part(request: Request, template: str, **context: Any) -> str:
    """Text of a part of a page, for a page that is open."""
    visitor = getattr(request.state, "visitor", None)
    text: str = TEMPLATES.get_template(template).render(csrf=visitor.csrf if visitor else "", **context)
    return text
