"""How large the body of a request may be: small, where it is no file."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: Largest body of forms and options [bytes].
MOST_BYTES: Final = 1_000_000
#: Largest question of the map editor, of which a list of edits is the longest [bytes].
_MOST_OF_EDITOR: Final = 32_000_000
#: A form is a little larger than the file in it [bytes].
_FORM_AROUND_FILE: Final = 100_000
#: Where files come in.
_FILES: Final = re.compile(r"(/api/v1)?/experiments/[^/]+/assets/[^/]+(/upload)?")
_EDITOR: Final = re.compile(r"/api/v1/experiments/[^/]+/editor/[^/]+/(act|select|import)")


class BodyLimit:
    """
    Refuses bodies that are too large: at once where their size is said, else when they become so.

    Parameters
    ----------
    app : ASGIApp
    largest_file : int
        Largest file that may be uploaded [bytes].
    refuse : callable
        Makes the answer to a body that is too large.
    """

    def __init__(self, app: ASGIApp, largest_file: int, refuse: Callable[[Request], Response]) -> None:
        self._app, self._refuse = app, refuse
        self._largest_file = largest_file

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most, size = self._most(scope["path"]), 0
        said = Headers(scope=scope).get("content-length", "")
        if said.isdecimal() and int(said) > most:
            await self._refuse(Request(scope, receive))(scope, receive, send)
            return

        async def counting() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > most:
                raise HTTPException(413)
            return message

        await self._app(scope, counting, send)

    def _most(self, path: str) -> int:
        """Largest body at an address [bytes]."""
        if _FILES.fullmatch(path):
            return self._largest_file + _FORM_AROUND_FILE
        return _MOST_OF_EDITOR if _EDITOR.fullmatch(path) else MOST_BYTES
