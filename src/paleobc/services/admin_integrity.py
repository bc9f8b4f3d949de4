"""The check of all files against their checksums: in slices beside whatever goes on, and taken up where it stopped."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from paleobc.errors import ConflictError, InputError
from paleobc.services.admin_storage import named_files, owners_of
from paleobc.services.administrators import Actor, check_actor, note_action
from paleobc.services.run_ends import note_lost
from paleobc.steps.catalogue import GRAPH
from paleobc.store.contents import Contents, content_name
from paleobc.store.database import Database
from paleobc.store.files import FileStore
from paleobc.store.tables import Event, utc_now

#: A check is an event of this kind, whose data say how far it is and what it found.
_KIND: Final = "integrity_check"
#: A check of which nothing was heard for so long was interrupted.
_SILENT: Final = timedelta(seconds=300)
#: How far it is is noted after so long, and the reader of the files rests for so long between two [s].
_SLICE: Final = 2.0
_REST: Final = 0.01
#: So many files are named that are not as they should be.
_MOST_BAD: Final = 200


def check_data(session: Session, by: Actor) -> dict[str, Any] | None:
    """How the newest check stands: ``state`` is "running", "interrupted" or "done"; None where there was none."""
    check_actor(session, by)
    event = _newest(session)
    return None if event is None else {**event.data, "id": event.id, "state": _state(event)}


def _newest(session: Session) -> Event | None:
    return session.scalars(select(Event).where(Event.kind == _KIND).order_by(Event.id.desc()).limit(1)).first()


def _state(event: Event) -> str:
    if event.data["ended"]:
        return "done"
    is_silent = utc_now() - datetime.fromisoformat(event.data["seen"]) > _SILENT
    return "interrupted" if is_silent else "running"


def begin_check(database: Database, by: Actor) -> int:
    """
    Begin to check all files that the database names, or take a check up that was interrupted; returns its number.

    Raises
    ------
    ConflictError
        Where one is under way.
    """
    with database.writing() as session:
        check_actor(session, by)
        event = _newest(session)
        if event is not None and _state(event) == "running":
            raise ConflictError("A check is under way; wait for its end.")
        now = utc_now().isoformat()
        if event is not None and not event.data["ended"]:
            event.data = {**event.data, "seen": now}
            return event.id
        note_action(session, by, "verify")
        begun = {"by": by.name, "begun": now, "seen": now, "ended": None}
        counts = {"checked": 0, "total": len(named_files(session)), "after": "", "bad": [], "bad_count": 0}
        event = Event(kind=_KIND, data=begun | counts)
        session.add(event)
        session.flush()
        return event.id


def go_on_checking(
    database: Database, files: FileStore, number: int, listener: Callable[[dict[str, Any]], object] | None = None
) -> dict[str, Any]:
    """
    Check file after file until all are done; how far it is is noted every few seconds.

    Parameters
    ----------
    database : Database
    files : FileStore
    number : int
        Of `begin_check`.
    listener : callable, optional
        Called with how it stands after each slice.

    Returns
    -------
    dict
        How it stands in the end.
    """
    contents = Contents(files)
    with database.reading() as session:
        data = dict(session.get_one(Event, number).data)
        named = named_files(session)
    names = [name for name in sorted(named) if name > data["after"]]
    until = time.monotonic() + _SLICE
    for name in names:
        if not _is_good(files, contents, name, *named[name]):
            data = _with_bad(database, files, data, name, named[name])
        data = {**data, "checked": data["checked"] + 1, "after": name}
        if time.monotonic() > until:
            _note(database, number, data, listener)
            until = time.monotonic() + _SLICE
        time.sleep(_REST)
    now = utc_now().isoformat()
    # What was named since it began is not in it, and what is gone since is not either.
    return _note(database, number, {**data, "total": data["checked"], "ended": now}, listener)


def _is_good(files: FileStore, contents: Contents, name: str, folder: str, checksum: str) -> bool:
    """Whether a file is there and holds what its name says."""
    return contents.verify(checksum) if folder == "contents" else files.verify(name, sha256=checksum)


def _with_bad(
    database: Database, files: FileStore, data: dict[str, Any], name: str, file: tuple[str, str]
) -> dict[str, Any]:
    """How a check stands once a file was found gone or harmed, unless nothing needs it any more."""
    with database.reading() as session:
        if name not in named_files(session):
            return data
        of = owners_of(session, [file])[file]
    found = {"name": name, "fault": "harmed" if files.has(name) else "gone", "of": of, "mended": False}
    return {**data, "bad": [*data["bad"], found][:_MOST_BAD], "bad_count": data["bad_count"] + 1}


def _note(
    database: Database, number: int, data: dict[str, Any], listener: Callable[[dict[str, Any]], object] | None
) -> dict[str, Any]:
    """Note how a check stands."""
    data = {**data, "seen": utc_now().isoformat()}
    with database.writing() as session:
        session.get_one(Event, number).data = data
    if listener is not None:
        listener(data)
    return data


def mend(database: Database, files: FileStore, by: Actor, name: str) -> None:
    """
    Remove a harmed file that a step made, and have it made again wherever it is the newest.

    Parameters
    ----------
    database : Database
    files : FileStore
    by : User or Shell
    name : str
        As the check names it.

    Raises
    ------
    InputError
        Where no step can make it again.
    ConflictError
        Where it is not harmed.
    """
    checksum = name.rpartition("/")[2].removesuffix(".nc")
    if name != content_name(checksum):
        raise InputError("Only what a step made, or read, is made again; an upload comes back from a backup alone.")
    with database.reading() as session:
        check_actor(session, by)
        event = _newest(session)
        if event is not None and _state(event) == "running":
            raise ConflictError("A check is under way; wait for its end.")
        if name not in named_files(session):
            raise ConflictError("No experiment needs this file, or it is known to be lost and is made again.")
    if Contents(files).verify(checksum):
        raise ConflictError("This file is as it should be.")
    with database.writing() as session:
        files.remove(name)
        note_lost(session, checksum, GRAPH)
        note_action(session, by, "mended", file=name)
        event = _newest(session)
        if event is not None:
            bad = [{**one, "mended": one["mended"] or one["name"] == name} for one in event.data["bad"]]
            event.data = {**event.data, "bad": bad}
