"""Sentences of the administrators that stand on every page until they end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from paleobc.errors import NotFoundError
from paleobc.store.operation_tables import Announcement
from paleobc.store.tables import utc_now


def add_announcement(
    session: Session, text: str, *, level: str, made_by: str | None, expires: datetime | None
) -> Announcement:
    """Announce something until a time, or until it is ended."""
    announcement = Announcement(text=text, level=level, made_by=made_by, expires=expires)
    session.add(announcement)
    session.flush()
    return announcement


def present_announcements(session: Session, *, now: datetime | None = None) -> Sequence[Announcement]:
    """What is announced now, the newest first."""
    lasts = or_(Announcement.expires.is_(None), Announcement.expires > (now or utc_now()))
    return session.scalars(select(Announcement).where(lasts).order_by(Announcement.created.desc())).all()


def past_announcements(session: Session, *, most: int = 20, now: datetime | None = None) -> Sequence[Announcement]:
    """What was announced and has ended, the newest first."""
    query = select(Announcement).where(Announcement.expires <= (now or utc_now()))
    return session.scalars(query.order_by(Announcement.created.desc()).limit(most)).all()


def end_announcement(session: Session, announcement_id: str) -> Announcement:
    """
    End an announcement now, if it has not ended.

    Raises
    ------
    NotFoundError
    """
    announcement = session.get(Announcement, announcement_id)
    if announcement is None:
        raise NotFoundError("There is no such announcement.")
    now = utc_now()
    if announcement.expires is None or announcement.expires > now:
        announcement.expires = now
        session.flush()
    return announcement
