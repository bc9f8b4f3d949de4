"""The page of all accounts, for administrators."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from paleobc.server.rendering import page
from paleobc.server.visitors import Administrator, Here
from paleobc.services.accounts import INVITATION_LASTS
from paleobc.services.administration import invite_user, set_user_role, set_user_state, users_data
from paleobc.services.forgotten_passwords import PASSWORD_LINK_LASTS, link_for_user

router = APIRouter(include_in_schema=False)

Word = Annotated[str, Form(max_length=20)]


@router.get("/users")
def people(request: Request, visitor: Administrator, installation: Here) -> Response:
    """Show all accounts."""
    return _page(request, visitor, installation)


def _page(
    request: Request, visitor: Administrator, installation: Here, *, link: str = "", replaces: str = ""
) -> Response:
    """Page of all accounts, with a new link, which is shown once: an invitation, or to replace somebody's password."""
    with installation.database.reading() as session:
        people = users_data(session, visitor.user)
    days = (PASSWORD_LINK_LASTS if replaces else INVITATION_LASTS).days
    name = next((person["name"] for person in people if person["id"] == replaces), "")
    return page(request, "accounts/people.html", people=people, link=link, replaces=name, days=days)


@router.post("/users/invitations")
def invite(request: Request, visitor: Administrator, installation: Here, role: Word = "user") -> Response:
    """Make a link with which somebody can make an account, and show it once."""
    with installation.database.writing() as session:
        secret = invite_user(session, visitor.user, role=role)
    return _page(request, visitor, installation, link=f"{_base(request, installation)}/register?invitation={secret}")


@router.post("/users/{user_id}/password")
def forget_password(request: Request, visitor: Administrator, installation: Here, user_id: str) -> Response:
    """Make a link with which somebody replaces a forgotten password, and show it once."""
    with installation.database.writing() as session:
        secret = link_for_user(session, visitor.user, user_id)
    link = f"{_base(request, installation)}/password?link={secret}"
    return _page(request, visitor, installation, link=link, replaces=user_id)


def _base(request: Request, installation: Here) -> str:
    """Address under which users reach the pages."""
    return installation.settings.public_url.rstrip("/") or str(request.base_url).rstrip("/")


@router.post("/users/{user_id}/state")
def set_state(visitor: Administrator, installation: Here, user_id: str, state: Word) -> Response:
    """Disable an account, at once everywhere, or enable it again."""
    with installation.database.writing() as session:
        set_user_state(session, visitor.user, user_id, active=state == "active")
    return RedirectResponse("/users?said=saved", 303)


@router.post("/users/{user_id}/role")
def set_role(visitor: Administrator, installation: Here, user_id: str, role: Word) -> Response:
    """Make somebody an administrator, or no longer."""
    with installation.database.writing() as session:
        set_user_role(session, visitor.user, user_id, role)
    return RedirectResponse("/users?said=saved", 303)
