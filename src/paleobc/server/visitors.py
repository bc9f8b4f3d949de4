"""Who asks: the browser or the program behind a request, and proof that the person meant it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Annotated, Final
from urllib.parse import urlsplit

from fastapi import Depends, Request, Response

from paleobc.bootstrap import Installation
from paleobc.errors import ForbiddenError, PaleobcError
from paleobc.services.speakers import speaker
from paleobc.settings import Settings
from paleobc.store.tables import User
from paleobc.store.users import signed_in

COOKIE: Final = "paleobc_session"
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_FORM: Final = "application/x-www-form-urlencoded"
_FORM_WITH_FILES: Final = "multipart/form-data"
_MOST_FIELDS: Final = 1000


class NotSignedInError(PaleobcError):
    """The one who asks has to sign in first."""


@dataclass(frozen=True)
class Visitor:
    """
    The one who asks.

    Parameters
    ----------
    user : User
    csrf : str
        Proof that a form comes from our own page; empty for a program.
    sign_in : str
        Checksum of the browser's session; empty for a program.
    token : str
        Id of the program's token; empty for a browser.
    """

    user: User
    csrf: str = ""
    sign_in: str = ""
    token: str = ""


def installation_of(request: Request) -> Installation:
    """Installation that a request came to."""
    installation: Installation = request.app.state.installation
    return installation


Here = Annotated[Installation, Depends(installation_of)]


def identify(request: Request, installation: Here) -> Visitor | None:
    """Say who asks, None where nobody is signed in; a token that is wrong is an error."""
    request.state.visitor = None
    if request.url.path.startswith("/api/") and "authorization" in request.headers:
        request.state.visitor = _program(installation, request.headers["authorization"])
    elif secret := request.cookies.get(COOKIE):
        request.state.visitor = _browser(installation, secret)
    visitor: Visitor | None = request.state.visitor
    return visitor


def _program(installation: Installation, header: str) -> Visitor:
    """Whom the token in a header speaks for."""
    scheme, _, secret = header.partition(" ")
    found = speaker(installation.database, secret.strip()) if scheme.lower() == "bearer" else None
    if found is None:
        raise NotSignedInError("This token is not known, or no longer; make a new one on the page of your account.")
    return Visitor(found[0], token=found[1].id)


def _browser(installation: Installation, secret: str) -> Visitor | None:
    """Whom the cookie of a browser stands for."""
    with installation.database.reading() as session:
        found = signed_in(session, secret)
    return Visitor(found[0], csrf=found[1].csrf, sign_in=found[1].hash) if found else None


async def guard(request: Request, visitor: Annotated[Visitor | None, Depends(identify)]) -> None:
    """Refuse what another site makes a browser ask for; every route depends on this."""
    if request.method in _SAFE or (visitor is not None and visitor.token):
        return
    check_origin(request)
    if visitor is None:
        return
    given = request.headers.get("x-csrf-token")
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    if given is None and kind == _FORM_WITH_FILES:
        given = request.query_params.get("csrf")  # the body is a file, which is not read before this is known
    elif given is None and kind == _FORM:
        field = (await request.form(max_fields=_MOST_FIELDS)).get("csrf")
        given = field if isinstance(field, str) else None
    if given is None or not secrets.compare_digest(given.encode(), visitor.csrf.encode()):
        raise ForbiddenError("This page was opened in an earlier session; reload it and try again.")


def check_origin(request: Request) -> None:
    """
    Refuse a request that a page of another site sent.

    Raises
    ------
    ForbiddenError
    """
    origin = request.headers.get("origin")
    settings = installation_of(request).settings
    ours = {request.headers.get("host", ""), urlsplit(settings.public_url).netloc}
    foreign = origin is not None and urlsplit(origin).netloc not in ours - {""}
    if foreign or request.headers.get("sec-fetch-site") == "cross-site":
        raise ForbiddenError("Another site sent this; go to the page itself and try again.")


def signed_in_visitor(visitor: Annotated[Visitor | None, Depends(identify)]) -> Visitor:
    """
    Say who asks.

    Raises
    ------
    NotSignedInError
    """
    if visitor is None:
        raise NotSignedInError("Sign in first.")
    return visitor


MaybeSignedIn = Annotated[Visitor | None, Depends(identify)]
SignedIn = Annotated[Visitor, Depends(signed_in_visitor)]


def administrator(visitor: SignedIn) -> Visitor:
    """
    Say which administrator asks.

    Raises
    ------
    ForbiddenError
    """
    if visitor.user.role != "admin":
        raise ForbiddenError("Only administrators may do this.")
    return visitor


Administrator = Annotated[Visitor, Depends(administrator)]


def is_secure(request: Request, settings: Settings) -> bool:
    """Whether a cookie is to travel over TLS only."""
    if settings.secure_cookies != "auto":
        return settings.secure_cookies == "always"
    return request.url.scheme == "https" or settings.public_url.startswith("https:")


def give_cookie(request: Request, response: Response, secret: str) -> None:
    """Give the browser the secret of its session."""
    settings = installation_of(request).settings
    response.set_cookie(
        COOKIE,
        secret,
        max_age=settings.session_days * 86400,
        httponly=True,
        samesite="lax",
        secure=is_secure(request, settings),
    )


def take_cookie(request: Request, response: Response) -> None:
    """Make the browser forget its session."""
    secure = is_secure(request, installation_of(request).settings)
    response.delete_cookie(COOKIE, httponly=True, samesite="lax", secure=secure)


def address_of(request: Request) -> str:
    """Address of the one who asks, for limits on tries."""
    return request.client.host if request.client is not None else "unknown"
