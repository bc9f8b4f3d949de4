"""Installations to back up, with something of every kind in them, and what there is to compare afterwards."""

from __future__ import annotations

import hashlib
from typing import Any

import xarray as xr
from sqlalchemy import select

from application import Application
from paleobc.bootstrap import Installation
from paleobc.services.administrators import Shell
from paleobc.services.backups.making import Made
from paleobc.services.backups.restoring import Restored, restore
from paleobc.services.backups.snapshot import make_backup
from paleobc.services.bundling import bundle_name
from paleobc.services.experiments import create_experiment
from paleobc.services.uploaded_files import upload_name
from paleobc.store.all_tables import ALL_TABLES
from paleobc.store.database import Database
from paleobc.store.database_copy import LEFT_OUT
from paleobc.store.draft_tables import Draft, DraftEntry
from paleobc.store.events import add_event
from paleobc.store.revisions import BUNDLE, add_revision
from paleobc.store.runs import add_run, claim_next
from paleobc.store.tables import Upload, User


class Filled(Application):
    """An installation with something of every kind in it."""

    def fill(self) -> None:
        """Put it there."""
        self.ada = self.user("ada ☃ \u2028 'quoted'", role="admin")
        self.experiment_id = self.own_experiment(self.ada)
        self.add_upload(b"a relief")
        self.add_content(1.0)
        self.add_bundle(b"a bundle")
        with self.database.writing() as session:
            draft = Draft(
                experiment_id=self.experiment_id,
                asset="relief",
                number=1,
                start=0,
                base="b" * 64,
                grid="g",
                quantity="height",
            )
            session.add(draft)
            session.flush()
            entry = {"draft_id": draft.id, "position": 1, "key": "k", "kind": "edit", "number": 1, "who": "ada"}
            session.add(DraftEntry(**entry, made="now", edit=bytes(range(256))))
            add_run(
                session, self.experiment_id, step="regrid", asset="relief", fingerprint="f" * 64, asked_by=self.ada.id
            )
            add_event(session, "told", experiment_id=self.experiment_id, number=1.1e-300, text='\n\t"\\')
            assert claim_next(session, "a worker") is not None

    def own_experiment(self, user: User) -> str:
        """An experiment with nothing in it."""
        with self.database.writing() as session:
            return create_experiment(session, user, name="a world", age=65.5).id

    def add_upload(self, content: bytes) -> str:
        """A file that a user gave; returns its name."""
        sha256 = hashlib.sha256(content).hexdigest()
        self.put(upload_name(sha256), content)
        about = {"asset": "relief", "file_name": "r.nc", "sha256": sha256, "bytes": len(content)}
        with self.database.writing() as session:
            session.add(Upload(experiment_id=self.experiment_id, **about))
        return upload_name(sha256)

    def add_content(self, value: float, asset: str = "relief") -> str:
        """A file that a step made; returns its checksum."""
        content, size = self.contents.save(xr.Dataset({"height": ("x", [value, 2.0])}))
        self.add_revision(asset, content, size)
        return content

    def add_bundle(self, content: bytes) -> str:
        """A bundle; returns its name."""
        sha256 = hashlib.sha256(content).hexdigest()
        self.put(bundle_name(sha256), content)
        self.add_revision(BUNDLE, sha256, len(content))
        return bundle_name(sha256)

    def add_revision(self, asset: str, content: str, size: int) -> None:
        """Name a file."""
        about: dict[str, Any] = {"fingerprint": "f" * 64, "step": "regrid", "step_version": 1, "source": None}
        with self.database.writing() as session:
            add_revision(session, self.experiment_id, asset, content=content, bytes=size, **about)

    def put(self, name: str, content: bytes) -> None:
        """Keep a file."""
        prepared = self.files.temporary()
        prepared.write_bytes(content)
        self.files.put(name, prepared)


def back_up(here: Installation, **how: Any) -> Made:
    """Back an installation up."""
    return make_backup(here.database, here.files, here.settings, **how)


def bring(here: Installation, snapshot: str | None = None, **how: Any) -> Restored:
    """Restore a backup."""
    return restore(here.database, here.files, here.settings, Shell("root"), snapshot, **how)


def rows(database: Database) -> dict[str, list[Any]]:
    """All rows that a backup holds, by table."""
    with database.reading() as session:
        kept = [table for table in ALL_TABLES.sorted_tables if table.name not in LEFT_OUT]
        return {table.name: sorted(map(repr, session.execute(select(table)))) for table in kept}


def kept(files: Any) -> dict[str, str]:
    """Checksums of all files by their names."""
    found = {}
    for name in sorted(one.name for one in files.listing()):
        with files.fresh(name) as path:
            found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found
