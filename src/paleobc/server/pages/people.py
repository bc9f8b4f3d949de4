"""The accounts for administrators: all of them, and one with what belongs to it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response

from paleobc.errors import InputError, NotFoundError, PaleobcError
from paleobc.server.administering import Administering, admin_page
from paleobc.server.failures import status_of
from paleobc.server.forms import back
from paleobc.server.visitors import Administrator, Here, Visitor
from paleobc.services.accounts import INVITATION_LASTS
from paleobc.services.admin_storage import experiments_by_size
from paleobc.services.administration import (
    invite_user,
    set_user_quota,
    set_user_role,
    set_user_state,
    transfer_all,
    transfer_experiment,
    users_data,
)
from paleobc.services.forgotten_passwords import PASSWORD_LINK_LASTS, link_for_user

router = APIRouter(include_in_schema=False)

Word = Annotated[str, Form(max_length=20)]
Name = Annotated[str, Form(max_length=100)]
_PLACE = "/admin/users"


@router.get("/users")
def people(request: Request, visitor: Administrator, installation: Here) -> Response:
    """Show all accounts, at the address of before."""
    return _page(request, visitor, installation)


@router.get("/admin/users")
def accounts(request: Request, visitor: Administering, installation: Here) -> Response:
    """Show all accounts."""
    return _page(request, visitor, installation)


def _page(request: Request, visitor: Visitor, installation: Here, *, link: str = "", replaces: str = "") -> Response:
    """Page of all accounts, with a new link, which is shown once: an invitation, or to replace somebody's password."""
    with installation.database.reading() as session:
        people = users_data(session, visitor.user)
    days = (PASSWORD_LINK_LASTS if replaces else INVITATION_LASTS).days
    name = next((person["name"] for person in people if person["id"] == replaces), "")
    return admin_page(
        request,
        "users",
        _PLACE,
        people=people,
        link=link,
        replaces=name,
        days=days,
        quota_mb=installation.settings.quota_mb,
    )


@router.get("/admin/user")
def one_account(
    request: Request,
    visitor: Administering,
    installation: Here,
    user_id: Annotated[str, Query(alias="id", max_length=60)] = "",
) -> Response:
    """Show one account with its quota and its experiments."""
    return _one(request, visitor, installation, user_id)


def _one(
    request: Request, visitor: Visitor, installation: Here, user_id: str, error: PaleobcError | None = None
) -> Response:
    with installation.database.reading() as session:
        person = next((one for one in users_data(session, visitor.user) if one["id"] == user_id), None)
        if person is None:
            raise NotFoundError("There is no such user.")
        experiments = experiments_by_size(session, visitor.user, user_id)
    return admin_page(
        request,
        "user",
        _PLACE,
        status_code=status_of(error) if error else 200,
        person=person,
        experiments=experiments,
        quota_mb=installation.settings.quota_mb,
        error=str(error) if error else "",
    )


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
    return back(_PLACE, "saved")


@router.post("/users/{user_id}/role")
def set_role(visitor: Administrator, installation: Here, user_id: str, role: Word) -> Response:
    """Make somebody an administrator, or no longer."""
    with installation.database.writing() as session:
        set_user_role(session, visitor.user, user_id, role)
    return back(_PLACE, "saved")


@router.post("/users/{user_id}/quota")
def set_quota(request: Request, visitor: Administering, installation: Here, user_id: str, quota: Word = "") -> Response:
    """Say how much the files of somebody's experiments may take; nothing: as the settings say."""
    try:
        with installation.database.writing() as session:
            set_user_quota(session, visitor.user, user_id, _read_quota(quota.strip()))
    except InputError as error:
        return _one(request, visitor, installation, user_id, error)
    return back("/admin/user", "saved", id=user_id)


def _read_quota(typed: str) -> int | None:
    """Number of MB as typed; None where nothing was."""
    if typed and not (typed.isascii() and typed.isdecimal()):
        raise InputError(f"The quota {typed!r} is no number of MB, such as 20000.")
    return int(typed) if typed else None


@router.post("/users/{user_id}/transfer")
def transfer(
    request: Request, visitor: Administering, installation: Here, user_id: str, to: Name = "", experiment: Name = ""
) -> Response:
    """Give one experiment of somebody, or all, to somebody else."""
    try:
        with installation.database.writing() as session:
            if experiment == "all":
                transfer_all(session, visitor.user, user_id, to)
            else:
                transfer_experiment(session, visitor.user, experiment, to, from_id=user_id)
    except PaleobcError as error:
        return _one(request, visitor, installation, user_id, error)
    return back("/admin/user", "transferred", id=user_id)
