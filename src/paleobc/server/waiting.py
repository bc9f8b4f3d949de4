"""What stands between a request and the parts of the application that begin after it, or beside it."""

from __future__ import annotations

import asyncio
import re
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

#: What the frame of the application answers by itself.
_AT_ONCE: Final = re.compile(r"/(sign-in|register|sign-out|account|health|static|events)(/.*)?|/")


class UntilLoaded:
    """
    Lets a request wait until the part that answers it is loaded.

    Parameters
    ----------
    app : ASGIApp
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on a request."""
        if scope["type"] == "http" and not _AT_ONCE.fullmatch(scope["path"]):
            await asyncio.shield(scope["app"].state.loading)
        await self._app(scope, receive, send)


class WakePool:
    """
    Lets the pool look for runs after every request that may have asked for some: no route has to remember.

    Parameters
    ----------
    app : ASGIApp
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on a request."""
        await self._app(scope, receive, send)
        if scope["type"] == "http" and scope["method"] not in ("GET", "HEAD"):
            pool = scope["app"].state.pool
            if pool is not None:
                pool.wake()
