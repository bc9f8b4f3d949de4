"""Choosing a new password with a link, in place of one that was forgotten."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response

from paleobc.errors import ForbiddenError, PaleobcError
from paleobc.server.failures import status_of
from paleobc.server.pages.accounts import welcome
from paleobc.server.rendering import page
from paleobc.server.visitors import Here
from paleobc.services.accounts import SHORTEST_PASSWORD
from paleobc.services.forgotten_passwords import replace_password, user_to_replace

router = APIRouter(include_in_schema=False)

Word = Annotated[str, Form(max_length=1000)]


@router.get("/password")
def password_page(request: Request, here: Here, link: Annotated[str, Query(max_length=1000)] = "") -> Response:
    """Show the form to choose a new password, to who has a link for it."""
    return _form(request, here, link)


@router.post("/password")
def choose_password(request: Request, here: Here, link: Word = "", new: Word = "", again: Word = "") -> Response:
    """Replace the password, sign out everywhere, and sign in here with the new one."""
    try:
        if new != again:
            raise ForbiddenError("The two passwords differ; type the same one twice.")
        with here.database.writing() as session:
            user = replace_password(session, link, new)
    except PaleobcError as error:
        return _form(request, here, link, error)
    return welcome(request, here, user, "/account?said=replaced")


def _form(request: Request, here: Here, link: str, error: PaleobcError | None = None) -> Response:
    """Form to choose a password, with what was wrong; where the link is worthless, that alone."""
    with here.database.reading() as session:
        try:
            name = user_to_replace(session, link).name
        except ForbiddenError as worthless:
            name, error = "", worthless
    return page(
        request,
        "accounts/password.html",
        status_code=status_of(error) if error else 200,
        link=link,
        name=name,
        error=str(error) if error else "",
        shortest=SHORTEST_PASSWORD,
    )
