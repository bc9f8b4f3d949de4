"""What administrators announce, for every page."""

from __future__ import annotations

import time
from typing import Any, Final

from fastapi import Request

from paleobc.services.announcements import announced_if_known

#: What was read is shown again for so long [s]: another process may have announced something since.
_FRESH: Final = 3.0


def announcements_of(request: Request) -> list[dict[str, Any]]:
    """What is announced now."""
    state = request.app.state
    read_at, found = getattr(state, "announced", (float("-inf"), []))
    if time.monotonic() - read_at > _FRESH:
        found = announced_if_known(state.installation.database)
        state.announced = time.monotonic(), found
    return list(found)


def forget_announcements(request: Request) -> None:
    """Read them anew for the next page, as they changed."""
    request.app.state.announced = float("-inf"), []
