"""What administrators do: they see who has an account, invite, disable, and say who else administers."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from paleobc.errors import ConflictError, InputError, NotFoundError
from paleobc.services.accounts import INVITATION_LASTS
from paleobc.store.tables import Experiment, User
from paleobc.store.users import all_users, has_administrator, invite, sign_out_everywhere

ROLES = ("user", "admin")


def administrator(session: Session, user: User) -> User:
    """
    The one who acts, if they administer.

    Raises
    ------
    NotFoundError
        For others there is nothing here.
    """
    present = session.get(User, user.id)
    if present is None or present.role != "admin" or present.state != "active":
        raise NotFoundError("There is no such page.")
    return present


def users_data(session: Session, user: User) -> list[dict[str, Any]]:
    """All accounts, by name."""
    administrator(session, user)
    counts = select(Experiment.owner_id, func.count()).group_by(Experiment.owner_id)
    number = dict(session.execute(counts).all())
    return [
        {
            "id": one.id,
            "name": one.name,
            "role": one.role,
            "state": one.state,
            "created": one.created.isoformat(),
            "experiments": number.get(one.id, 0),
            "has_password": one.password_hash is not None,
            "own": one.id == user.id,
        }
        for one in all_users(session)
    ]


def invite_user(session: Session, user: User, *, role: str = "user") -> str:
    """Make an invitation; returns its secret, which is shown once and not kept."""
    administrator(session, user)
    return invite(session, role=_checked_role(role), made_by=user.id, lasts=INVITATION_LASTS)


def set_user_state(session: Session, user: User, user_id: str, *, active: bool) -> None:
    """
    Disable an account, or enable it again; one that is disabled is signed out everywhere.

    Raises
    ------
    NotFoundError
    ConflictError
        Where nobody would be left to administer.
    """
    other = other_user(session, user, user_id)
    other.state = "active" if active else "disabled"
    _refuse_without_administrator(session)
    if not active:
        sign_out_everywhere(session, other.id)


def set_user_role(session: Session, user: User, user_id: str, role: str) -> None:
    """
    Say whether a user administers.

    Raises
    ------
    NotFoundError, InputError
    ConflictError
        Where nobody would be left to administer.
    """
    other = other_user(session, user, user_id)
    other.role = _checked_role(role)
    _refuse_without_administrator(session)


def other_user(session: Session, user: User, user_id: str) -> User:
    """
    The account that an administrator means.

    Raises
    ------
    NotFoundError
    """
    administrator(session, user)
    other = session.get(User, user_id)
    if other is None:
        raise NotFoundError("There is no such user.")
    return other


def _checked_role(role: str) -> str:
    if role not in ROLES:
        raise InputError(f"There is no role {role!r}; the roles are {' and '.join(ROLES)}.")
    return role


def _refuse_without_administrator(session: Session) -> None:
    """Refuse, in a session whose changes are then not made, what leaves nobody to administer."""
    session.flush()
    if not has_administrator(session):
        raise ConflictError("Somebody has to administer; make another administrator first.")
