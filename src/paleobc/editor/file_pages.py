"""The editor of one file as pages on this machine alone: behind a name that nobody else knows."""

from __future__ import annotations

import asyncio
import html
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from types import FrameType
from typing import Any, Final
from urllib.parse import urlsplit

import uvicorn
from anyio import CapacityLimiter, to_thread
from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, StreamingResponse
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from paleobc.editor import component
from paleobc.editor.page_files import ComponentFiles
from paleobc.editor.statuses import status_of
from paleobc.errors import PaleobcError

_HOST: Final = "127.0.0.1"
_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
#: Largest question, of which a list of edits is the longest [bytes].
_MOST_BYTES: Final = 200_000_000
#: How often it is looked whether somebody else has edited, and how long a line is silent at most [s].
_LOOK_EVERY: Final = 0.5
_HEARTBEAT: Final = 10.0
#: Questions worked on at the same time.
_AT_ONCE: Final = 4


@dataclass(frozen=True)
class Pages:
    """
    What the pages are about.

    Parameters
    ----------
    title : str
    answer : callable
        Answers a question: its kind and the bytes of its body give packed arrays. Called in threads.
    position : callable
        Something that is another one as soon as anybody has edited; called often.
    """

    title: str
    answer: Callable[[str, bytes], bytes]
    position: Callable[[], object]


class Server(uvicorn.Server):
    """A server of these pages that ends its streams of events when it is told to stop."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        super().__init__(
            uvicorn.Config(app, log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=5)
        )

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to stop."""
        self._app.state.is_ending = True
        super().handle_exit(sig, frame)


def new_token() -> str:
    """Make the part of the address that nobody can guess."""
    return secrets.token_urlsafe(24)


def create_pages(pages: Pages, token: str, port: int) -> FastAPI:
    """
    Put the pages together.

    Parameters
    ----------
    pages : Pages
    token : str
        First part of every address; nothing is answered without it.
    port : int
        On which they are served: requests that are meant for other names are refused.
    """
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    app.state.is_ending = False
    app.add_middleware(_Doorkeeper, token=token, port=port)
    app.add_exception_handler(PaleobcError, _told)
    limiter = CapacityLimiter(_AT_ONCE)

    @app.get(f"/{token}/")
    def first() -> Response:
        return HTMLResponse(_page(pages.title))

    @app.post(f"/{token}/ask/{{kind}}")
    async def ask(kind: str, request: Request) -> Response:
        body = await _body_of(request)
        packed = await to_thread.run_sync(pages.answer, kind, body, limiter=limiter)
        return Response(packed, media_type="application/octet-stream")

    @app.get(f"/{token}/events")
    async def events() -> Response:
        return StreamingResponse(_changes(app, pages.position), media_type="text/event-stream")

    app.mount(f"/{token}/static", ComponentFiles())
    return app


def _told(_request: Request, error: Exception) -> Response:
    """Tell an error that is foreseen, as problem+json."""
    status = 413 if isinstance(error, _TooLargeError) else status_of(error) if isinstance(error, PaleobcError) else 400
    return _problem(status, str(error))


def _problem(status: int, sentence: str) -> Response:
    data = {"type": "about:blank", "status": status, "detail": sentence}
    return JSONResponse(data, status, media_type="application/problem+json")


class _TooLargeError(PaleobcError):
    """A question is larger than any may be."""


async def _body_of(request: Request) -> bytes:
    """
    Body of a request.

    Raises
    ------
    _TooLargeError
    """
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > _MOST_BYTES:
            raise _TooLargeError("This is larger than what is taken here.")
    return bytes(body)


async def _changes(app: FastAPI, position: Callable[[], object]) -> AsyncIterator[str]:
    """Events of an open page: one as often as somebody has edited, in this process or another one."""
    known = await to_thread.run_sync(position)
    yield "retry: 1000\n: here\n\n"
    silent = 0.0
    while not app.state.is_ending:
        await asyncio.sleep(_LOOK_EVERY)
        silent += _LOOK_EVERY
        if (now := await to_thread.run_sync(position)) != known:
            known, silent = now, 0.0
            yield "event: change\ndata: {}\n\n"
        elif silent >= _HEARTBEAT:
            silent = 0.0
            yield ": here\n\n"


class _Doorkeeper:
    """
    Lets nobody in who does not know the token, who asks for another name, or whom another site sent.

    Parameters
    ----------
    app : ASGIApp
    token : str
    port : int
    """

    def __init__(self, app: ASGIApp, token: str, port: int) -> None:
        self._app, self._token = app, token
        self._names = {f"{name}:{port}" for name in (_HOST, "localhost")}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def adding(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(_HEADERS)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        app: Callable[[Scope, Receive, Send], Awaitable[Any]] = self._app
        headers = Headers(scope=scope)
        if headers.getlist("host") not in [[name] for name in self._names] or not self._is_ours(headers):
            app = _problem(400, "This is not the site that was asked for.")
        elif not secrets.compare_digest(scope["path"].split("/")[1].encode(), self._token.encode()):
            app = _problem(404, "There is nothing here; open the address that `paleobc edit` has printed.")
        await app(scope, receive, adding)

    def _is_ours(self, headers: Headers) -> bool:
        """Whether a request comes from a page of ours, or from no page."""
        origin = headers.get("origin")
        return (origin is None or urlsplit(origin).netloc in self._names) and headers.get("sec-fetch-site", "none") in (
            "same-origin",
            "none",
        )


def _page(title: str) -> str:
    """Text of the one page."""
    name = html.escape(title)
    return f"""<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <title>{name} · paleobc</title>
  <link rel="icon" href="data:,">
  <link rel="stylesheet" href="static/editor.css">
  <link rel="stylesheet" href="static/page.css">
  <script type="module" src="static/{component.WHOLE}"></script>
</head>
<body class="edit-page">
<main id="editor" tabindex="-1" data-address="ask" data-events="events">
  <p class="edit-wait" role="status">The map is being loaded.</p>
</main>
</body>
</html>
"""
