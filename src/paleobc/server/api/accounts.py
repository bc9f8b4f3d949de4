"""Who one is, tokens, and for administrators all accounts."""

from __future__ import annotations

from fastapi import APIRouter, Request

from paleobc.server.api.words import ChangedUser, Data, Invitation, SignIn
from paleobc.server.limits import TryLimits
from paleobc.server.visitors import Administrator, Here, SignedIn, address_of
from paleobc.services.accounts import make_token
from paleobc.services.administration import invite_user, set_user_role, set_user_state, users_data
from paleobc.services.forgotten_passwords import link_for_user
from paleobc.services.speakers import user_of_password

router = APIRouter(tags=["accounts"])


@router.get("/me")
def me(visitor: SignedIn) -> Data:
    """Say who asks."""
    return {"id": visitor.user.id, "name": visitor.user.name, "role": visitor.user.role}


@router.post("/tokens", status_code=201)
def new_token(request: Request, installation: Here, body: SignIn) -> Data:
    """Make a token with a name and a password; its secret is shown once."""
    limits: TryLimits = request.app.state.limits
    limits.check(body.name, address_of(request))
    user = user_of_password(installation.database, body.name, body.password)
    limits.forget(body.name)
    with installation.database.writing() as session:
        return {"token": make_token(session, user, body.label)}


@router.get("/users")
def users(visitor: Administrator, installation: Here) -> list[Data]:
    """List all accounts; for administrators."""
    with installation.database.reading() as session:
        return list(users_data(session, visitor.user))


@router.patch("/users/{user_id}")
def change_user(visitor: Administrator, installation: Here, user_id: str, body: ChangedUser) -> list[Data]:
    """Disable an account, enable it again, or change its role; for administrators."""
    with installation.database.writing() as session:
        if body.active is not None:
            set_user_state(session, visitor.user, user_id, active=body.active)
        if body.role is not None:
            set_user_role(session, visitor.user, user_id, body.role)
        return list(users_data(session, visitor.user))


@router.post("/invitations", status_code=201)
def invite(visitor: Administrator, installation: Here, body: Invitation) -> Data:
    """Make an invitation, for the page /register?invitation=...; for administrators."""
    with installation.database.writing() as session:
        return {"invitation": invite_user(session, visitor.user, role=body.role)}


@router.post("/users/{user_id}/password-link", status_code=201)
def forget_password(visitor: Administrator, installation: Here, user_id: str) -> Data:
    """Make a link to replace a forgotten password, for the page /password?link=...; for administrators."""
    with installation.database.writing() as session:
        return {"link": link_for_user(session, visitor.user, user_id)}
