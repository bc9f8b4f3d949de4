"""What administrators announce on every page."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from paleobc.errors import InputError
from paleobc.services.administrators import Actor, check_actor, note_action
from paleobc.store.announcements import (
    add_announcement,
    end_announcement,
    past_announcements,
    present_announcements,
)
from paleobc.store.database import Database
from paleobc.store.operation_tables import Announcement
from paleobc.store.tables import User, utc_now

LEVELS: Final = ("info", "warning")
LONGEST_TEXT: Final = 1000


def announced(session: Session) -> list[dict[str, Any]]:
    """What is announced now, for everybody."""
    return [_data(one) for one in present_announcements(session)]


def announced_if_known(database: Database) -> list[dict[str, Any]]:
    """What is announced now; nothing where the database cannot be asked: a page that says so is shown all the same."""
    try:
        with database.reading() as session:
            return announced(session)
    except SQLAlchemyError:
        return []


def announcements_data(session: Session, by: Actor) -> dict[str, list[dict[str, Any]]]:
    """What is announced now, and what was."""
    check_actor(session, by)
    return {"present": announced(session), "past": [_data(one) for one in past_announcements(session)]}


def announce(
    session: Session, by: Actor, text: str, *, level: str = "info", expires: datetime | None = None
) -> dict[str, Any]:
    """
    Announce something on every page.

    Parameters
    ----------
    session : Session
        One that writes.
    by : User or Shell
    text : str
        A sentence or two, without marks of any kind: it is shown as it is.
    level : {"info", "warning"}
    expires : datetime, optional
        Until when; by default until it is ended.

    Raises
    ------
    InputError
    """
    check_actor(session, by)
    text = text.strip()
    if not 1 <= len(text) <= LONGEST_TEXT or not all(letter.isprintable() or letter == "\n" for letter in text):
        raise InputError(f"An announcement has 1 to {LONGEST_TEXT} printable characters.")
    if level not in LEVELS:
        raise InputError(f"An announcement is {' or '.join(LEVELS)}, not {level!r}.")
    if expires is not None and expires <= utc_now():
        raise InputError("The time until which it is to stand is over; times are in UTC.")
    made_by = by.id if isinstance(by, User) else None
    made = add_announcement(session, text, level=level, made_by=made_by, expires=expires)
    note_action(session, by, "announced", text=text)
    return _data(made)


def end_early(session: Session, by: Actor, announcement_id: str) -> None:
    """
    End an announcement now.

    Raises
    ------
    NotFoundError
    """
    check_actor(session, by)
    ended = end_announcement(session, announcement_id)
    note_action(session, by, "announcement_ended", text=ended.text)


def read_time(text: str) -> datetime | None:
    """
    A time as typed, in UTC unless it says otherwise; None where there is none.

    Raises
    ------
    InputError

    Examples
    --------
    >>> read_time("2030-03-01T09:05"), read_time("")
    (datetime.datetime(2030, 3, 1, 9, 5, tzinfo=datetime.timezone.utc), None)
    """
    if not text.strip():
        return None
    try:
        time = datetime.fromisoformat(text.strip())
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except (ValueError, OverflowError):
        raise InputError(f"{text.strip()[:40]!r} is no time; write it as 2030-03-01 09:05, in UTC.") from None


def _data(announcement: Announcement) -> dict[str, Any]:
    return {
        "id": announcement.id,
        "text": announcement.text,
        "level": announcement.level,
        "created": announcement.created.isoformat(),
        "expires": announcement.expires.isoformat() if announcement.expires else None,
    }
