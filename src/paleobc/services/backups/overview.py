"""What backups there are, for administrators: those that can be restored, and how the newest ones ended."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from paleobc.services.administrators import Actor, check_actor
from paleobc.services.backups.manifest import all_snapshots, made_at
from paleobc.store.backup_lock import is_backup_running
from paleobc.store.backups import last_good_backup, newest_backups
from paleobc.store.files import FileStore
from paleobc.store.tables import utc_now

_INTERRUPTED = "It was interrupted."


def backups_data(session: Session, by: Actor) -> dict[str, Any]:
    """
    How backups stand, as the database knows it: nothing is asked of the place where they are kept.

    Returns
    -------
    dict
        ``last_good``, ``age`` of it [s] or None, and ``backups``, newest first.
    """
    check_actor(session, by)
    last = last_good_backup(session)
    return {
        "last_good": last.isoformat() if last is not None else None,
        "age": (utc_now() - last).total_seconds() if last is not None else None,
        "backups": backup_rows(session),
    }


def backup_rows(session: Session) -> list[dict[str, Any]]:
    """The newest backups as the database knows them, newest first."""
    is_running = is_backup_running(session)
    return [
        {
            "id": row.id,
            "target": row.target,
            "state": "failed" if row.state == "running" and not is_running else row.state,
            "files": row.files,
            "new_files": row.new_files,
            "bytes": row.bytes,
            "sentence": _INTERRUPTED if row.state == "running" and not is_running else row.sentence,
            "started": row.started.isoformat(),
            "ended": row.ended.isoformat() if row.ended is not None else None,
        }
        for row in newest_backups(session)
    ]


def backups_there(place: FileStore, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """
    Backups that can be restored, with those that failed or are under way, newest first.

    Parameters
    ----------
    place : FileStore
        Where they are kept.
    rows : list of dict
        Of `backup_rows`; empty for a host that knows of none.
    """
    now, found = utc_now(), all_snapshots(place)
    by_id = {row["id"]: row for row in rows}
    whole = {one.id for one in found.whole}  # also where the database could not note the end of one
    listed = [
        {
            "id": one.id,
            "made": one.made.isoformat(),
            "state": "good",
            "files": one.files,
            "bytes": one.bytes,
            "schema": one.schema,
            "version": one.version,
            "sentence": by_id.get(one.id, {}).get("sentence", ""),
        }
        for one in found.whole
    ]
    nothing: dict[str, Any] = {"files": None, "bytes": None, "schema": None, "version": None}
    unreadable = {**nothing, "state": "failed", "sentence": "Its manifest is harmed."}
    listed += [{**unreadable, "id": one, "made": made_at(one).isoformat()} for one in found.harmed]
    listed += [
        {**nothing, "id": row["id"], "made": row["started"], "state": row["state"], "sentence": row["sentence"]}
        for row in rows
        if row["state"] != "good" and row["id"] not in whole
    ]
    for each in listed:
        each["age"] = (now - datetime.fromisoformat(str(each["made"]))).total_seconds()
    return sorted(listed, key=lambda each: str(each["id"]), reverse=True)
