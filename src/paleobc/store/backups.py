"""The rows that tell of backups: when each began, what it held, and how it ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from paleobc.store.operation_tables import Backup
from paleobc.store.tables import utc_now

#: So many rows are kept.
_KEPT: Final = 200
_LONGEST_TARGET: Final = 500


def begin_backup(session: Session, backup_id: str, target: str) -> tuple[list[str], bool]:
    """
    Note that a backup begins, and which one was interrupted.

    Parameters
    ----------
    session : Session
        One that writes; no other backup is under way.
    backup_id : str
    target : str
        Where it is kept.

    Returns
    -------
    tuple of list of str and bool
        All backups before it, and whether one of them was interrupted.
    """
    interrupted = session.scalars(select(Backup).where(Backup.state == "running")).all()
    for one in interrupted:
        one.state, one.ended, one.sentence = "failed", utc_now(), "It was interrupted."
    earlier = list(session.scalars(select(Backup.id)))
    session.add(Backup(id=backup_id, target=target[:_LONGEST_TARGET]))
    session.flush()
    old = select(Backup.id).order_by(Backup.started.desc(), Backup.id.desc()).offset(_KEPT)
    session.execute(delete(Backup).where(Backup.id.in_(session.scalars(old).all())))
    return earlier, bool(interrupted)


def end_backup(session: Session, backup_id: str, state: str, **values: Any) -> None:
    """
    Note how a backup ended.

    Parameters
    ----------
    session : Session
        One that writes.
    backup_id : str
    state : {"good", "failed"}
    **values
        Other columns of `paleobc.store.operation_tables.Backup`.
    """
    backup = session.get_one(Backup, backup_id)
    for name, value in {**values, "state": state, "ended": utc_now()}.items():
        setattr(backup, name, value)
    session.flush()


def newest_backups(session: Session, most: int = 50) -> Sequence[Backup]:
    """Rows of the newest backups, newest first."""
    return session.scalars(select(Backup).order_by(Backup.started.desc(), Backup.id.desc()).limit(most)).all()


def last_good_backup(session: Session, target: str | None = None) -> datetime | None:
    """When the newest backup began that is good, if there is one; of one place only, where that is given."""
    query = select(func.max(Backup.started)).where(Backup.state == "good")
    if target is not None:
        query = query.where(Backup.target == target[:_LONGEST_TARGET])
    return session.scalar(query)
