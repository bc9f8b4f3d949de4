"""The files of an installation for administrators: whose they are, and whether the store and the database agree."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from paleobc.services.administrators import Actor, check_actor
from paleobc.services.bundling import bundle_name
from paleobc.services.quotas import quota_of
from paleobc.services.uploaded_files import upload_name
from paleobc.settings import Settings
from paleobc.store.contents import content_name
from paleobc.store.database import Database
from paleobc.store.files import KEPT_FREE, FileStore
from paleobc.store.revisions import BUNDLE
from paleobc.store.storage import NAMED, bytes_by_experiment, bytes_by_folder, bytes_by_user
from paleobc.store.tables import Experiment, Revision, Upload, User
from paleobc.store.users import all_users

#: A file that nothing names is removed by tidying when it is older than this [s]; till then it may be on its way.
LEFT_ALONE: Final = 86_400.0
#: Lists hold so many entries at most.
MOST_LISTED: Final = 200


def storage_data(session: Session, by: Actor, settings: Settings) -> dict[str, Any]:
    """What the files take that experiments name: by user, by experiment and by folder; and the room that is left."""
    check_actor(session, by)
    by_user, people = bytes_by_user(session), {user.id: user for user in all_users(session)}
    return {
        "users": sorted(
            (
                {
                    "id": user.id,
                    "name": user.name,
                    "bytes": by_user.get(user.id, 0),
                    "quota": quota_of(user, settings.quota_mb),
                }
                for user in people.values()
            ),
            key=lambda user: -int(str(user["bytes"])),
        ),
        "experiments": experiments_by_size(session, by),
        "folders": [
            {"folder": folder, "files": number, "bytes": size}
            for folder, (number, size) in bytes_by_folder(session).items()
        ],
        "room": room_data(settings),
    }


def experiments_by_size(session: Session, by: Actor, user_id: str | None = None) -> list[dict[str, Any]]:
    """Experiments of all users or of one, the largest first, those in the bin too."""
    check_actor(session, by)
    sizes = bytes_by_experiment(session, user_id)
    query = select(Experiment, User.name).join(User, User.id == Experiment.owner_id)
    if user_id is not None:
        query = query.where(Experiment.owner_id == user_id)
    found = [
        {
            "id": experiment.id,
            "name": experiment.name,
            "owner": owner,
            "bytes": sizes.get(experiment.id, 0),
            "changed": experiment.changed.isoformat(),
            "deleted": experiment.deleted.isoformat() if experiment.deleted else None,
        }
        for experiment, owner in session.execute(query)
    ]
    return sorted(found, key=lambda one: (-int(str(one["bytes"])), str(one["name"])))[:MOST_LISTED]


def room_data(settings: Settings) -> dict[str, Any]:
    """Room where files come in, and where they are kept if that is a folder; None where it cannot be known."""
    places = {"data": settings.data_folder}
    is_folder = urlsplit(settings.files).scheme in ("", "file")
    if is_folder:
        places["files"] = Path(urlsplit(settings.files).path)
    found: dict[str, Any] = {"is_folder": is_folder, "least": KEPT_FREE, "free": None, "total": None}
    for folder in places.values():
        present = next((one for one in (folder, *folder.parents) if one.exists()), None)
        usage = shutil.disk_usage(present) if present is not None else None
        if usage is not None and (found["free"] is None or usage.free < found["free"]):
            found |= {"free": usage.free, "total": usage.total}
    return found


def named_files(session: Session) -> dict[str, tuple[str, str]]:
    """All files that the database names and does not know to be lost: folder and checksum, by name."""
    found = {upload_name(sha256): ("uploads", sha256) for sha256 in session.scalars(select(Upload.sha256).distinct())}
    made = select(Revision.asset == BUNDLE, Revision.content).distinct()
    for is_bundle, content in session.execute(made.where(Revision.content != "", Revision.is_lost.is_(False))):
        name = bundle_name(content) if is_bundle else content_name(content)
        found[name] = ("bundles" if is_bundle else "contents", content)
    return found


def files_data(database: Database, files: FileStore, by: Actor) -> dict[str, Any]:
    """
    The files as they lie in the store, compared with what the database names.

    Returns
    -------
    dict
        ``folders``: number and bytes of the files in each; ``orphans``: those that nothing names, with whether they
        will be removed by tidying; ``missing``: those that are named and not there, with whose they are.
    """
    with database.reading() as session:
        check_actor(session, by)
    kept = list(files.listing())  # before the database: what is put meanwhile is named later
    with database.reading() as session:
        named = named_files(session)
        present = {one.name for one in kept}
        missing = sorted(name for name in named if name not in present and not files.has(name))
        known_lost = session.scalars(select(Revision.content).where(Revision.is_lost.is_(True)).distinct()).all()
        owners = owners_of(session, [named[name] for name in missing[:MOST_LISTED]])
    folders: dict[str, list[int]] = {}
    for one in kept:
        sums = folders.setdefault(one.name.partition("/")[0], [0, 0])
        sums[0] += 1
        sums[1] += one.bytes
    orphans = [one for one in kept if one.name.partition("/")[0] in NAMED and one.name not in named]
    return {
        "folders": [{"folder": name, "files": n, "bytes": size} for name, (n, size) in sorted(folders.items())],
        "orphans": [
            {"name": one.name, "bytes": one.bytes, "age": one.age, "is_tidied": one.age > LEFT_ALONE}
            for one in sorted(orphans, key=lambda one: -one.bytes)[:MOST_LISTED]
        ],
        "orphans_count": len(orphans),
        "orphans_bytes": sum(one.bytes for one in orphans),
        "missing": [{"name": name, "of": owners[named[name]]} for name in missing[:MOST_LISTED]],
        "missing_count": len(missing),
        "lost_count": len(known_lost),
    }


def owners_of(session: Session, files: list[tuple[str, str]]) -> dict[tuple[str, str], list[str]]:
    """Experiments that name files, given as folder and checksum: their names, with those of their owners."""
    found: dict[tuple[str, str], list[str]] = {}
    for folder, checksum in files:
        of_upload = select(Upload.experiment_id).where(Upload.sha256 == checksum)
        of_revision = select(Revision.experiment_id).where(Revision.content == checksum)
        ids = of_upload if folder == "uploads" else of_revision
        query = select(Experiment.name, User.name).join(User, User.id == Experiment.owner_id)
        rows = session.execute(query.where(Experiment.id.in_(ids)).limit(10)).all()
        found[folder, checksum] = [f"{name} of {owner}" for name, owner in rows]
    return found
