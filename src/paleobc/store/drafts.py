"""Drafts of the map editor: the journals of edits that are being made, of which nothing is ever lost."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from paleobc.store.draft_tables import Draft, DraftEntry
from paleobc.store.tables import utc_now


def newest_draft(session: Session, experiment_id: str, asset: str, field: str = "") -> Draft | None:
    """The draft of a field of an asset that is being made, if there is one."""
    query = select(Draft).where(Draft.experiment_id == experiment_id, Draft.asset == asset, Draft.field == field)
    return session.scalars(query.order_by(Draft.number.desc()).limit(1)).first()


def drafts_of(session: Session, experiment_id: str) -> Sequence[Draft]:
    """All drafts of an experiment that are being made, the one changed last first."""
    query = select(Draft).where(Draft.experiment_id == experiment_id, Draft.closed.is_(None))
    return session.scalars(query.order_by(Draft.changed.desc(), Draft.id)).all()


def add_draft(session: Session, experiment_id: str, asset: str, field: str, **values: Any) -> Draft:
    """
    Begin a draft of a field, behind the one before it, which is closed.

    Parameters
    ----------
    session : Session
        One that writes.
    experiment_id, asset, field : str
    **values
        Other columns of `paleobc.store.draft_tables.Draft` but for the number and the start.
    """
    before = newest_draft(session, experiment_id, asset, field)
    number, start = 1, 0
    if before is not None:
        number, start = before.number + 1, newest_position(session, before) + 1
        before.closed = utc_now()
    draft = Draft(experiment_id=experiment_id, asset=asset, field=field, number=number, start=start, **values)
    session.add(draft)
    session.flush()
    return draft


def newest_position(session: Session, draft: Draft) -> int:
    """Position of the newest entry of a draft; its start where it has none."""
    newest = session.scalar(select(func.max(DraftEntry.position)).where(DraftEntry.draft_id == draft.id))
    return draft.start if newest is None else newest


def entries_after(session: Session, draft_id: str, position: int) -> Sequence[DraftEntry]:
    """Entries of a draft after a position, in their order."""
    query = select(DraftEntry).where(DraftEntry.draft_id == draft_id, DraftEntry.position > position)
    return session.scalars(query.order_by(DraftEntry.position)).all()


def entries_with_keys(session: Session, draft_id: str, keys: Collection[str]) -> Sequence[DraftEntry]:
    """Entries of a draft that have one of these keys, in their order."""
    query = select(DraftEntry).where(DraftEntry.draft_id == draft_id, DraftEntry.key.in_(keys))
    return session.scalars(query.order_by(DraftEntry.position)).all()


def draft_to_write(session: Session, draft_id: str) -> Draft | None:
    """A draft, held against all others who write until the transaction ends; none where its experiment is gone."""
    return session.get(Draft, draft_id, with_for_update=True, populate_existing=True)
