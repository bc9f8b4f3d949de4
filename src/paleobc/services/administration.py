"""What administrators do with accounts: they see who has one, invite, disable, and say who else administers."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from paleobc.errors import ConflictError, InputError, NotFoundError
from paleobc.services.accounts import INVITATION_LASTS
from paleobc.services.administrators import Actor, check_actor, note_action
from paleobc.store.storage import bytes_by_user
from paleobc.store.tables import Experiment, Share, User
from paleobc.store.users import all_users, has_administrator, invite, sign_out_everywhere, user_named

ROLES = ("user", "admin")
_LARGEST_QUOTA_MB = 2**31 - 1


def users_data(session: Session, by: Actor) -> list[dict[str, Any]]:
    """All accounts, by name."""
    check_actor(session, by)
    counts = select(Experiment.owner_id, func.count()).group_by(Experiment.owner_id)
    number, used = dict(session.execute(counts).all()), bytes_by_user(session)
    return [
        {
            "id": one.id,
            "name": one.name,
            "role": one.role,
            "state": one.state,
            "created": one.created.isoformat(),
            "experiments": number.get(one.id, 0),
            "bytes": used.get(one.id, 0),
            "quota_mb": one.quota_mb,
            "has_password": one.password_hash is not None,
            "own": isinstance(by, User) and one.id == by.id,
        }
        for one in all_users(session)
    ]


def invite_user(session: Session, by: Actor, *, role: str = "user") -> str:
    """Make an invitation; returns its secret, which is shown once and not kept."""
    check_actor(session, by)
    made_by = by.id if isinstance(by, User) else None
    secret = invite(session, role=_checked_role(role), made_by=made_by, lasts=INVITATION_LASTS)
    note_action(session, by, "invited", role=role)
    return secret


def set_user_state(session: Session, by: Actor, user_id: str, *, active: bool) -> None:
    """
    Disable an account, or enable it again; one that is disabled is signed out everywhere.

    Raises
    ------
    NotFoundError
    ConflictError
        Where nobody would be left to administer.
    """
    other = other_user(session, by, user_id)
    other.state = "active" if active else "disabled"
    _refuse_without_administrator(session)
    if not active:
        sign_out_everywhere(session, other.id)
    note_action(session, by, "enabled" if active else "disabled", account=other.name)


def set_user_role(session: Session, by: Actor, user_id: str, role: str) -> None:
    """
    Say whether a user administers.

    Raises
    ------
    NotFoundError, InputError
    ConflictError
        Where nobody would be left to administer.
    """
    other = other_user(session, by, user_id)
    other.role = _checked_role(role)
    _refuse_without_administrator(session)
    note_action(session, by, "role", account=other.name, role=role)


def set_user_quota(session: Session, by: Actor, user_id: str, quota_mb: int | None) -> None:
    """
    Say how much the files of a user's experiments may take.

    Parameters
    ----------
    session : Session
        One that writes.
    by : User or Shell
    user_id : str
    quota_mb : int or None
        In MB; 0: no limit; None: as the settings say.

    Raises
    ------
    NotFoundError, InputError
    """
    other = other_user(session, by, user_id)
    if quota_mb is not None and not 0 <= quota_mb <= _LARGEST_QUOTA_MB:
        raise InputError("A quota is a number of MB, 0 for no limit, or nothing for that of the settings.")
    other.quota_mb = quota_mb
    note_action(session, by, "quota", account=other.name, quota_mb=quota_mb)


def transfer_experiment(
    session: Session, by: Actor, experiment_id: str, to_name: str, *, from_id: str | None = None
) -> User:
    """
    Give an experiment of a user to another one, with all its history; returns the new owner.

    Parameters
    ----------
    session : Session
        One that writes.
    by : User or Shell
    experiment_id : str
    to_name : str
        Whose it is from now on.
    from_id : str, optional
        Of whom it has to be.

    Raises
    ------
    NotFoundError
    ConflictError
        Where the new owner's account is disabled.
    """
    check_actor(session, by)
    experiment = session.get(Experiment, experiment_id)
    if experiment is None or from_id not in (None, experiment.owner_id):
        raise NotFoundError("There is no such experiment.")
    to = _receiver(session, to_name)
    _give(session, by, experiment, to)
    return to


def transfer_all(session: Session, by: Actor, user_id: str, to_name: str) -> int:
    """
    Give all experiments of a user to another one, those in the bin too; returns how many.

    Raises
    ------
    NotFoundError
    ConflictError
        Where the new owner's account is disabled.
    """
    other, to = other_user(session, by, user_id), _receiver(session, to_name)
    if to.id == other.id:
        raise InputError(f"They belong to {to.name} already; name somebody else.")
    owned = session.scalars(select(Experiment).where(Experiment.owner_id == other.id)).all()
    for experiment in owned:
        _give(session, by, experiment, to)
    return len(owned)


def _give(session: Session, by: Actor, experiment: Experiment, to: User) -> None:
    """Make somebody the owner of an experiment; a share of theirs in it is of no use any more."""
    from_name = session.get_one(User, experiment.owner_id).name
    share = session.get(Share, (experiment.id, to.id))
    if share is not None:
        session.delete(share)
    experiment.owner_id = to.id
    session.flush()
    note_action(session, by, "transferred", experiment_id=experiment.id, account=from_name, to=to.name)


def _receiver(session: Session, name: str) -> User:
    """Whom experiments are given to."""
    to = user_named(session, name)
    if to is None:
        raise NotFoundError(f"There is no user called {name.strip()!r}.")
    if to.state != "active":
        raise ConflictError(f"The account {to.name!r} is disabled; enable it first.")
    return to


def user_of_name(session: Session, by: Actor, name: str) -> User:
    """
    The account of a name.

    Raises
    ------
    NotFoundError
        Says who has one.
    """
    check_actor(session, by)
    found = user_named(session, name)
    if found is None:
        known = ", ".join(one.name for one in all_users(session)[:20])
        raise NotFoundError(
            f"There is no account {name!r}. " + (f"There are: {known}." if known else "There are none.")
        )
    return found


def other_user(session: Session, by: Actor, user_id: str) -> User:
    """
    The account that an administrator means.

    Raises
    ------
    NotFoundError
    """
    check_actor(session, by)
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
