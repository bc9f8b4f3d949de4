"""What every answer says to the browser, which names of this machine count, and where one may be sent."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from paleobc.settings import Settings

#: No script, style, frame or form of anybody else, and none within a page.
CONTENT_SECURITY_POLICY: Final = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data: blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
_HEADERS: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


def local_path(path: str, otherwise: str = "/") -> str:
    r"""
    A path on this site, as given where it is one.

    Examples
    --------
    >>> local_path("/experiments?sort=age"), local_path("https://elsewhere.org"), local_path("//elsewhere.org")
    ('/experiments?sort=age', '/', '/')
    >>> local_path("/\\elsewhere.org")
    '/'
    """
    is_plain = path.startswith("/") and path.isascii() and path.isprintable() and "\\" not in path
    if not is_plain or path.startswith("//"):
        return otherwise
    parts = urlsplit(path)
    return otherwise if parts.scheme or parts.netloc else path


def names_of(settings: Settings) -> frozenset[str] | None:
    """
    Names under which this site is asked for; None where any may be right.

    Examples
    --------
    >>> sorted(names_of(Settings(host="127.0.0.1")))
    ['127.0.0.1', '::1', 'localhost']
    """
    public = urlsplit(settings.public_url).hostname
    if public:
        return _LOOPBACK | {public, settings.host.lower()}
    return _LOOPBACK if settings.host in _LOOPBACK else None


class Doorkeeper:
    """
    Refuses requests for other sites, and adds to every answer what keeps browsers safe.

    Parameters
    ----------
    app : ASGIApp
    names : frozenset of str or None
        Names of this site; None where any counts.
    refuse : callable
        Makes the answer to a request for another site.
    """

    def __init__(
        self, app: ASGIApp, names: frozenset[str] | None, refuse: Callable[[Request], Response | Awaitable[Response]]
    ) -> None:
        self._app, self._names, self._refuse = app, names, refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_secure = scope.get("scheme") == "https"

        async def adding(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "no-store")
                if is_secure:
                    headers["Strict-Transport-Security"] = "max-age=31536000"
            await send(message)

        if self._knows(Headers(scope=scope).getlist("host")):
            await self._app(scope, receive, adding)
        else:
            response = self._refuse(Request(scope, receive))
            await (response if isinstance(response, Response) else await response)(scope, receive, adding)

    def _knows(self, hosts: list[str]) -> bool:
        """Whether a request is for this site."""
        if len(hosts) != 1:
            return False
        try:
            name = urlsplit(f"//{hosts[0]}").hostname
        except ValueError:
            return False
        is_name = bool(name) and not set(hosts[0]) & set("/\\?#@ ")
        return is_name and (self._names is None or name in self._names)
