"""Who asked for what, and how long it took, without what must not be written down."""

from __future__ import annotations

import logging
import time
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_LOG: Final = logging.getLogger(__name__)


class AccessLog:
    """
    Writes a line for every request: no query and no header, as they may hold secrets.

    Parameters
    ----------
    app : ASGIApp
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), 0

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            # repr: a path with line breaks cannot fake lines
            client = scope["client"][0] if scope.get("client") else "-"
            milliseconds = (time.perf_counter() - began) * 1000
            _LOG.info("%s %s %r %d %.0f ms", client, scope["method"], scope["path"], status, milliseconds)
