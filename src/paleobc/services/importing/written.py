"""An experiment of the existing tool written into the database: all of it in one transaction, or nothing."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from paleobc.errors import ConflictError, InputError
from paleobc.services.experiments import create_experiment
from paleobc.services.importing.old_database import OldExperiment, OldRevision
from paleobc.services.importing.people import identity
from paleobc.services.importing.prepared import PreparedExperiment
from paleobc.services.importing.reading import ReadRevision, reason_of
from paleobc.services.importing.report import shown
from paleobc.services.planning import READ, plan
from paleobc.services.uploaded_files import upload_name
from paleobc.store.contents import content_name
from paleobc.store.events import add_event
from paleobc.store.files import FileStore
from paleobc.store.imported import IMPORTED, known_sources, note_imported
from paleobc.store.revisions import add_revision, newest_revisions
from paleobc.store.runs import newest_number
from paleobc.store.tables import Experiment, Revision, Upload, User, utc_now

_EDITS: Final = "drawn in the existing tool"
_BASE: Final = "the relief on which the edits were drawn, which are relief edits now"
_GRID: Final = "the ocean grid of the depth"
_KEPT: Final = "what was made here stays the newest"


def source_of_experiment(experiment: OldExperiment, owner: str) -> str:
    """Checksum that tells an experiment from all others: its first file has a name at random."""
    first = min(experiment.revisions, key=lambda one: one.id)
    return identity("experiment", experiment.id, owner, experiment.file_name, first.path, first.created)


def source_of_revision(old: OldRevision) -> str:
    """Checksum that tells a revision from all others."""
    return identity("revision", old.id, old.experiment_id, old.number, old.file_type, old.path, old.created)


def new_revisions(session: Session, experiment: OldExperiment) -> set[str]:
    """Checksums of the revisions that were not brought over yet."""
    sources = {source_of_revision(old) for old in experiment.revisions}
    return sources - known_sources(session, "revision", sources)


@dataclass(frozen=True)
class Written:
    """What one experiment became: its id, how many revisions came, and whether it is a new one."""

    id: str
    revisions: int
    bytes: int
    is_new: bool


def write_experiment(
    session: Session,
    files: FileStore,
    owner: User,
    old: OldExperiment,
    prepared: PreparedExperiment,
    source: str,
    present: Experiment | None,
) -> Written:
    """
    Write an experiment that was read, or what is new of one that is here already, and plan what follows.

    Parameters
    ----------
    session : Session
        One that writes.
    files : FileStore
    owner : User
    old : OldExperiment
    prepared : PreparedExperiment
    source : str
        See `source_of_experiment`.
    present : Experiment, optional
        What it became when it was brought over before.

    Raises
    ------
    ConflictError
        Where a file was removed meanwhile.
    """
    new = new_revisions(session, old)
    revisions = [one for one in prepared.revisions if source_of_revision(one.old) in new]
    experiment = present or _new_experiment(session, owner, old, prepared)
    writing = _Writing(session, files, experiment, owner)
    for one in revisions:
        revision = writing.add(one, one.asset, reason_of(one.old))
        note_imported(session, "revision", source_of_revision(one.old), one.old.id, revision.id)
    writing.add_derived(prepared, {one.asset for one in revisions})
    writing.keep_what_was_made_here()
    note_imported(session, "experiment", source, old.id, experiment.id)
    notes = [f"{one.what}: {one.why}" for one in prepared.left]
    add_event(
        session, IMPORTED, experiment_id=experiment.id, user_id=owner.id, revisions=len(revisions), notes=notes[:200]
    )
    if present is not None:
        experiment.changed = utc_now()
    plan(session, experiment, asked_by=owner.id)
    return Written(experiment.id, len(revisions), sum(one.bytes for one in revisions), present is None)


def _new_experiment(session: Session, owner: User, old: OldExperiment, prepared: PreparedExperiment) -> Experiment:
    """Make the experiment, with what can be used of the words about it."""
    words: dict[str, Any] = {"author": _words(old.info.get("auth-ref"), 500)}
    words |= {"hypothesis": _words(old.info.get("hypothesis"), 2000), "age": _age(old.info.get("age"))}
    try:
        experiment = create_experiment(session, owner, name=prepared.name, **words)
    except InputError:
        experiment = create_experiment(session, owner, name=f"experiment {old.id}")
    times = [one.created for one in old.revisions if one.created is not None]
    if times:
        experiment.created, experiment.changed = min(times), max(times)
    experiment.options = prepared.options
    return experiment


def _words(value: object, most: int) -> str:
    """Words that can be shown."""
    return shown(value or "", most).strip()


def _age(value: object) -> float | None:
    """Age in million years, where it is one."""
    try:
        age = float(str(value))
    except ValueError:
        return None
    return age if 0.0 <= age <= 4600.0 else None


class _Writing:
    """Revisions of one experiment, added one after the other."""

    def __init__(self, session: Session, files: FileStore, experiment: Experiment, owner: User) -> None:
        self._session, self._files, self._experiment, self._owner = session, files, experiment, owner
        self._before = newest_revisions(session, [experiment.id]).get(experiment.id, {})
        self._number = newest_number(session, experiment.id)

    def add(self, one: ReadRevision, asset: str, reason: str) -> Revision:
        """Add one revision."""
        if not self._files.has(content_name(one.content)):
            raise ConflictError("A file was removed while it was brought over; start again.")
        given = self._options(one, asset)
        step = READ + asset if given else IMPORTED
        return add_revision(
            self._session,
            self._experiment.id,
            asset,
            content=one.content,
            bytes=one.bytes,
            fingerprint=_fingerprint(asset, given) if given else "",
            run_number=self._number,
            step=step,
            step_version=0,
            options=given,
            source=one.source,
            made_by=self._owner.id,
            reason=reason[:500],
            created=_time(one.old),
        )

    def _options(self, one: ReadRevision, asset: str) -> dict[str, Any]:
        """How the file of a revision is read again; nothing where it was not given."""
        if one.given is None:
            return {}
        if not self._files.has(upload_name(one.given.sha256)):
            raise ConflictError("A file was removed while it was brought over; start again.")
        upload = Upload(
            experiment_id=self._experiment.id,
            asset=asset,
            file_name=one.given.file_name,
            sha256=one.given.sha256,
            bytes=one.given.bytes,
            given_by=self._owner.id,
            created=_time(one.old),
        )
        self._session.add(upload)
        self._session.flush()
        return {"upload": upload.id, "sha256": one.given.sha256, "variable": one.given.variable}

    def add_derived(self, prepared: PreparedExperiment, changed: set[str]) -> None:
        """Add what follows from the revisions, where that which it follows from is new."""
        follows = {"relief": ("relief", _BASE), "relief_edits": ("relief", _EDITS)}
        follows |= {"depth_edits": ("bathymetry", _EDITS), "given_ocean_grid": ("bathymetry", _GRID)}
        for one in prepared.derived:
            of, reason = follows[one.asset]
            if of in changed and not self._is_newest(one):
                self.add(one, one.asset, reason)
        for edits, of in (("relief_edits", "relief"), ("depth_edits", "bathymetry")):
            if of in changed and edits not in {one.asset for one in prepared.derived}:
                self._take_away(edits)

    def _is_newest(self, one: ReadRevision) -> bool:
        """Whether the newest revision says that very thing."""
        newest = self._newest(one.asset)
        return newest is not None and newest.content == one.content

    def _newest(self, asset: str) -> Revision | None:
        return newest_revisions(self._session, [self._experiment.id]).get(self._experiment.id, {}).get(asset)

    def _take_away(self, asset: str) -> None:
        """Take a list of edits away that was brought over for an earlier map."""
        newest = self._newest(asset)
        if newest is not None and newest.content and IMPORTED in (newest.source or {}):
            add_revision(
                self._session,
                self._experiment.id,
                asset,
                content="",
                bytes=0,
                fingerprint="",
                run_number=self._number,
                step="take_away",
                step_version=0,
                made_by=self._owner.id,
                reason="the newer map of the existing tool is without it",
            )

    def keep_what_was_made_here(self) -> None:
        """Put back on top what somebody gave here since the experiment was brought over."""
        kept = ("content", "is_lost", "bytes", "fingerprint", "step", "step_version", "options", "inputs", "source")
        for asset, before in self._before.items():
            newest = self._newest(asset)
            is_given = before.step.startswith(READ) or not before.content
            if newest is None or newest.id == before.id or IMPORTED in (before.source or {}) or not is_given:
                continue
            values = {key: getattr(before, key) for key in kept}
            values |= {"made_by": before.made_by, "reason": _KEPT, "run_number": self._number}
            add_revision(self._session, self._experiment.id, asset, **values)


def _fingerprint(asset: str, given: dict[str, Any]) -> str:
    """Fingerprint of a file that is read, as `paleobc.services.planning.ask_to_read` gives it."""
    return hashlib.sha256(json.dumps(["read", asset, given["sha256"], given["variable"]]).encode()).hexdigest()


def _time(old: OldRevision) -> datetime:
    return old.created or utc_now()
