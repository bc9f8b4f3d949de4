"""Signing in and out, making an account, and the page of one's own account."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, FastAPI, Form, Request, Response
from fastapi.responses import RedirectResponse
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool

from paleobc.errors import ForbiddenError, PaleobcError
from paleobc.server.failures import status_of
from paleobc.server.limits import TryLimits
from paleobc.server.rendering import page
from paleobc.server.security import local_path
from paleobc.server.visitors import (
    COOKIE,
    Here,
    MaybeSignedIn,
    SignedIn,
    address_of,
    give_cookie,
    take_cookie,
)
from paleobc.services.accounts import SHORTEST_PASSWORD, change_password, make_token, register, tokens_data
from paleobc.services.forgotten_passwords import account_activity
from paleobc.services.speakers import open_browser, user_of_password
from paleobc.store.tables import User
from paleobc.store.users import open_invitation, remove_token, sign_out, sign_out_everywhere

router = APIRouter(include_in_schema=False)

Word = Annotated[str, Form(max_length=1000)]


@router.get("/")
def beginning() -> Response:
    """Go to where one begins."""
    return RedirectResponse("/experiments", 303)


@router.get("/sign-in")
def sign_in_page(request: Request, visitor: MaybeSignedIn, next: str = "/") -> Response:  # noqa: A002
    """Show the form to sign in; who has done so already goes on."""
    if visitor is not None:
        return RedirectResponse(local_path(next), 303)
    return _sign_in_form(request, next)


@router.post("/sign-in")
def sign_in(
    request: Request,
    installation: Here,
    name: Word = "",
    password: Word = "",
    next: Word = "/",  # noqa: A002
) -> Response:
    """Sign in, with a new session whatever the browser had before."""
    limits: TryLimits = request.app.state.limits
    try:
        limits.check(name, address_of(request))
        user = user_of_password(installation.database, name, password)
    except ForbiddenError as error:
        return _sign_in_form(request, next, name, error)
    limits.forget(name)
    return welcome(request, installation, user, next)


def welcome(request: Request, installation: Here, user: User, next: str) -> Response:  # noqa: A002
    """Give the browser a session of a user and send it on."""
    lasts = timedelta(days=installation.settings.session_days)
    with installation.database.writing() as session:
        secret, _ = open_browser(session, user, lasts, earlier=request.cookies.get(COOKIE, ""))
    response = RedirectResponse(local_path(next), 303)
    give_cookie(request, response, secret)
    return response


def _sign_in_form(request: Request, next: str, name: str = "", error: PaleobcError | None = None) -> Response:  # noqa: A002
    """Form to sign in, with what was wrong."""
    settings = request.app.state.installation.settings
    response = page(
        request,
        "accounts/sign_in.html",
        status_code=status_of(error) if error else 200,
        next=local_path(next),
        name=name,
        error=str(error) if error else "",
        registration=settings.registration,
        single_sign_on=bool(settings.oidc_issuer),
    )
    _say_when(response, error)
    return response


def _say_when(response: Response, error: PaleobcError | None) -> None:
    """Say when it can be tried again, where there were too many tries."""
    if seconds := getattr(error, "seconds", 0):
        response.headers["Retry-After"] = str(seconds)


@router.post("/sign-out")
def leave(request: Request, installation: Here) -> Response:
    """Sign out of this browser."""
    with installation.database.writing() as session:
        sign_out(session, request.cookies.get(COOKIE, ""))
    response = RedirectResponse("/sign-in", 303)
    take_cookie(request, response)
    return response


@router.get("/register")
def register_page(request: Request, installation: Here, invitation: str = "") -> Response:
    """Show the form to make an account, to those who may."""
    with installation.database.reading() as session:
        found = open_invitation(session, invitation) if invitation else None
    may = found is not None or (not invitation and installation.settings.registration == "open")
    return _register_form(request, invitation, may=may, is_administrator=found is not None and found.role == "admin")


@router.post("/register")
def make_account(
    request: Request,
    installation: Here,
    name: Word = "",
    password: Word = "",
    again: Word = "",
    invitation: Word = "",
) -> Response:
    """Make an account and sign in with it."""
    limits: TryLimits = request.app.state.limits
    try:
        limits.check(name, address_of(request))
        if password != again:
            raise ForbiddenError("The two passwords differ; type the same one twice.")
        with installation.database.writing() as session:
            user = register(
                session, name, password, invitation=invitation, registration=installation.settings.registration
            )
    except PaleobcError as error:
        return _register_form(request, invitation, name=name, error=error)
    response = welcome(request, installation, user, "/")
    response.background = BackgroundTask(_greet, request.app, user)
    return response


async def _greet(app: FastAPI, user: User) -> None:
    """Greet whoever has made an account, as soon as the application is loaded."""
    await app.state.loading
    await run_in_threadpool(app.state.greet, user)
    if app.state.pool is not None:
        app.state.pool.wake()


def _register_form(
    request: Request,
    invitation: str,
    *,
    may: bool = True,
    is_administrator: bool = False,
    name: str = "",
    error: PaleobcError | None = None,
) -> Response:
    """Form to make an account, with what was wrong."""
    response = page(
        request,
        "accounts/register.html",
        status_code=status_of(error) if error else 200 if may else 403,
        invitation=invitation,
        may=may,
        is_administrator=is_administrator,
        name=name,
        error=str(error) if error else "",
        shortest=SHORTEST_PASSWORD,
    )
    _say_when(response, error)
    return response


@router.get("/account")
def account(request: Request, visitor: SignedIn, installation: Here) -> Response:
    """Show one's own account."""
    return _account_page(request, visitor, installation)


def _account_page(
    request: Request, visitor: SignedIn, installation: Here, *, secret: str = "", error: PaleobcError | None = None
) -> Response:
    """Page of an account: with the secret of a new token, which is shown once, or with what was wrong."""
    with installation.database.reading() as session:
        tokens = tokens_data(session, visitor.user)
        happened = account_activity(session, visitor.user)
    response = page(
        request,
        "accounts/account.html",
        status_code=status_of(error) if error else 200,
        tokens=tokens,
        happened=happened,
        secret=secret,
        error=str(error) if error else "",
        has_password=visitor.user.password_hash is not None,
        shortest=SHORTEST_PASSWORD,
    )
    _say_when(response, error)
    return response


@router.post("/account/password")
def set_password(
    request: Request, visitor: SignedIn, installation: Here, old: Word = "", new: Word = "", again: Word = ""
) -> Response:
    """Change one's password, and sign out all other browsers."""
    limits: TryLimits = request.app.state.limits
    try:
        limits.check(visitor.user.name, address_of(request))
        if new != again:
            raise ForbiddenError("The two new passwords differ; type the same one twice.")
        with installation.database.writing() as session:
            change_password(session, visitor.user, old, new)  # no browser stays signed in: this one comes back below
    except PaleobcError as error:
        return _account_page(request, visitor, installation, error=error)
    limits.forget(visitor.user.name)
    return welcome(request, installation, visitor.user, "/account?said=password")


@router.post("/account/tokens")
def new_token(request: Request, visitor: SignedIn, installation: Here, name: Word = "") -> Response:
    """Make a token for a program and show it once."""
    try:
        with installation.database.writing() as session:
            secret = make_token(session, visitor.user, name)
    except PaleobcError as error:
        return _account_page(request, visitor, installation, error=error)
    return _account_page(request, visitor, installation, secret=secret)


@router.post("/account/tokens/{token_id}/remove")
def drop_token(visitor: SignedIn, installation: Here, token_id: str) -> Response:
    """Make a token worthless."""
    with installation.database.writing() as session:
        remove_token(session, visitor.user.id, token_id)
    return RedirectResponse("/account?said=token_removed", 303)


@router.post("/account/sign-out-everywhere")
def leave_everywhere(request: Request, visitor: SignedIn, installation: Here) -> Response:
    """Sign out of all browsers, this one too."""
    with installation.database.writing() as session:
        sign_out_everywhere(session, visitor.user.id)
    response = RedirectResponse("/sign-in", 303)
    take_cookie(request, response)
    return response
