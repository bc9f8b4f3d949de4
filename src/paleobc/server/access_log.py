"""Who asked for what, and how long it took, without what must not be written down."""

from __future__ import annotations

import logging
import time
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from paleobc.server.request_metrics import note_request, stream_is_open
from paleobc.services.log_context import of_request

_LOG: Final = logging.getLogger(__name__)

#: Header of a request, and of its answer, with the id that all lines of the request bear.
REQUEST_ID: Final = "X-Request-ID"


class AccessLog:
    """
    Gives every request its id, and writes a line for it: no query and no header, as they may hold secrets.

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
        with of_request(Headers(scope=scope).get(REQUEST_ID, "")) as request_id:
            await _Answer(scope, send, request_id).come_from(self._app, receive)


class _Answer:
    """An answer on its way out."""

    def __init__(self, scope: Scope, send: Send, request_id: str) -> None:
        self._scope, self._send, self._request_id = scope, send, request_id
        self._asked, self._began, self._status, self._is_stream = time.perf_counter(), 0.0, 0, False

    async def come_from(self, app: ASGIApp, receive: Receive) -> None:
        """Let it be made, and note how it went."""
        try:
            await app(self._scope, receive, self._pass)
        finally:
            if self._is_stream:
                stream_is_open(-1)
            seconds = (self._began or time.perf_counter()) - self._asked
            note_request(self._scope, self._status, seconds)
            self._tell()

    async def _pass(self, message: Message) -> None:
        """Pass on a part of it; the first one bears the id."""
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers[REQUEST_ID] = self._request_id
            self._status, self._began = message["status"], time.perf_counter()
            if headers.get("content-type", "").startswith("text/event-stream"):
                self._is_stream = True
                stream_is_open(1)
        await self._send(message)

    def _tell(self) -> None:
        """Write the line; what failed is a warning, with which all lines of the request are kept."""
        scope, level = self._scope, logging.WARNING if self._status >= 500 else logging.INFO
        if self._status == 200 and scope["path"].startswith("/health"):
            level = logging.DEBUG  # it is asked every few seconds
        # repr: a path with line breaks cannot fake lines
        client = scope["client"][0] if scope.get("client") else "-"
        milliseconds = (time.perf_counter() - self._asked) * 1000
        _LOG.log(level, "%s %s %r %d %.0f ms", client, scope["method"], scope["path"], self._status, milliseconds)
