"""Signing in with the account of the laboratory, where one is set up."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated, Final

from fastapi import APIRouter, FastAPI, Query, Request, Response
from fastapi.responses import RedirectResponse

from paleobc.errors import ForbiddenError
from paleobc.server.openid import Attempt, Issuer
from paleobc.server.pages.accounts import welcome
from paleobc.server.security import local_path
from paleobc.server.visitors import Here, is_secure
from paleobc.services.accounts import user_of_single_sign_on

router = APIRouter(include_in_schema=False)

_COOKIE: Final = "paleobc_single_sign_on"
_MINUTES: Final = 10

Word = Annotated[str, Query(max_length=4000)]


def add_single_sign_on(app: FastAPI) -> None:
    """Let people sign in with the account of the laboratory."""
    app.state.issuer = Issuer(app.state.installation.settings)
    app.include_router(router)


@router.get("/sign-in/single")
def leave_for_issuer(request: Request, installation: Here, next: Word = "/") -> Response:  # noqa: A002
    """Send the browser to the laboratory's sign-on."""
    attempt = Attempt.new()
    response = RedirectResponse(_issuer(request).address(attempt, _back(request)), 303)
    response.set_cookie(
        _COOKIE,
        json.dumps(asdict(attempt) | {"next": local_path(next)}),
        max_age=_MINUTES * 60,
        path="/sign-in",
        httponly=True,
        samesite="lax",
        secure=is_secure(request, installation.settings),
    )
    return response


@router.get("/sign-in/single/back")
def back_from_issuer(request: Request, installation: Here, code: Word = "", state: Word = "") -> Response:
    """Take in whom the laboratory vouches for."""
    issuer = _issuer(request)
    attempt, onwards = _attempt(request)
    if not code or not state or state != attempt.state:
        raise ForbiddenError("You were not signed in; try again.")
    identity = issuer.identity(attempt, code, _back(request))
    with installation.database.writing() as session:
        user = user_of_single_sign_on(
            session, identity.subject, identity.name, may_join=installation.settings.may_join_by_single_sign_on
        )
    response = welcome(request, installation, user, onwards)
    response.delete_cookie(_COOKIE, path="/sign-in")
    return response


def _attempt(request: Request) -> tuple[Attempt, str]:
    """What the browser knows about its way, and where it wants to go."""
    try:
        kept = json.loads(request.cookies.get(_COOKIE, ""))
        return Attempt(str(kept["state"]), str(kept["nonce"]), str(kept["verifier"])), str(kept["next"])
    except (ValueError, KeyError, TypeError):
        raise ForbiddenError("This took too long, or began in another browser; sign in again.") from None


def _issuer(request: Request) -> Issuer:
    """Issuer of this installation."""
    issuer: Issuer = request.app.state.issuer
    return issuer


def _back(request: Request) -> str:
    """Our address to which the issuer sends the browser back."""
    public = request.app.state.installation.settings.public_url.rstrip("/")
    return f"{public or str(request.base_url).rstrip('/')}/sign-in/single/back"
