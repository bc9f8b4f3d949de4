"""What steps made before it was changed by hand: kept beside the changed, as the base of the next changes."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import xarray as xr
from sqlalchemy.orm import Session

from paleobc.errors import ConflictError
from paleobc.services.planning import all_options, states_of
from paleobc.services.run_ends import note_lost
from paleobc.steps.assets import ASSETS
from paleobc.steps.catalogue import GRAPH
from paleobc.store.contents import Contents, content_name
from paleobc.store.database import Database
from paleobc.store.experiments import experiment_for
from paleobc.store.files import FileStore
from paleobc.store.revisions import add_revision, newest_revisions, note_found, revisions_made_of
from paleobc.store.tables import Experiment, Revision, Run, User
from paleobc.workflow.revision import Record
from paleobc.workflow.run import without_hand_edits
from paleobc.workflow.staleness import fingerprint

_UNEDITED: Final = "unedited_"


def unedited_of(asset: str) -> str:
    """
    Name under which the results of a step are kept that were changed by hand afterwards.

    Examples
    --------
    >>> unedited_of("pft")
    'unedited_pft'
    """
    return f"{_UNEDITED}{asset}"


def is_unedited(name: str) -> bool:
    """
    Whether something is kept as the result of a step before changes by hand.

    Examples
    --------
    >>> is_unedited("unedited_pft"), is_unedited("pft")
    (True, False)
    """
    return name.startswith(_UNEDITED)


def kept_result(session: Session, contents: Contents, fingerprint: str) -> Revision | None:
    """Revision of any experiment that was made of the very same, and whose content is there."""
    return next((r for r in revisions_made_of(session, fingerprint) if contents.has(r.content)), None)


def unedited_file(database: Database, files: FileStore, user: User, experiment_id: str, asset: str) -> tuple[str, Path]:
    """
    Result of the step of an asset without any change by hand, on which the next changes are made.

    Returns
    -------
    content : str
        Its checksum.
    path : Path
        NetCDF file, not to be changed.

    Raises
    ------
    NotFoundError, ForbiddenError
    InputError
        Where this asset is not changed by hand.
    ConflictError
        Where it is not made yet, or is lost; it is then made again.
    """
    GRAPH.check_change(asset)
    contents = Contents(files)
    step = GRAPH.ancestry(asset)[-1]
    with database.reading() as session:
        experiment = experiment_for(session, user.id, experiment_id)
        state = states_of(session, experiment)[asset]
        if state.inputs is None:
            raise ConflictError(f"{ASSETS[asset].title} is not made yet: {state.why}.")
        options = all_options(step, experiment.options.get(step.name, {}))
        kept = kept_result(session, contents, fingerprint(step, options, without_hand_edits(step, state.inputs)))
    if kept is not None:
        return kept.content, files.path(content_name(kept.content))
    if state.state == "current" and state.revision is not None:  # what was kept beside it is gone: both are made again
        with database.writing() as session:
            note_lost(session, state.revision.content, GRAPH)
    raise ConflictError(f"{ASSETS[asset].title} is being made; look again in a moment.")


class KeptUnedited:
    """
    Results before changes by hand, as `paleobc.workflow.revision.RevisionStore` for one run.

    A new one becomes a revision under a name of its own, so that its content stays; the experiment shows it nowhere.
    """

    def __init__(self, database: Database, contents: Contents, run: Run) -> None:
        self._database, self._contents, self._run = database, contents, run

    def find(self, fingerprint: str) -> Record | None:
        """Record of this fingerprint whose content is there; from now on it is this experiment's, too."""
        with self._database.reading() as session:
            kept = kept_result(session, self._contents, fingerprint)
        if kept is None:
            return None
        record = Record(fingerprint, kept.content, kept.step, kept.step_version, kept.options, kept.inputs)
        self._keep(record, kept.bytes)
        return record

    def latest(self, step: str) -> Record | None:  # noqa: ARG002 - part of the protocol
        """No record: it would only say in other words why a step runs."""
        return None

    def load(self, content: str) -> xr.Dataset:
        """Dataset of a content; raises LostContentError where it is gone or harmed."""
        return self._contents.load(content)

    def save(self, record: Record, dataset: xr.Dataset) -> None:
        """Keep a record and its content."""
        _, size = self._contents.save(dataset)
        self._keep(record, size)

    def _keep(self, record: Record, size: int) -> None:
        """Name a content in this experiment, unless the newest that is named there is the same."""
        name = unedited_of(self._run.asset)
        with self._database.writing() as session:
            if session.get(Experiment, self._run.experiment_id) is None:  # removed for good meanwhile
                return
            note_found(session, record.content)
            newest = newest_revisions(session, [self._run.experiment_id])[self._run.experiment_id].get(name)
            if newest is not None and newest.fingerprint == record.fingerprint and newest.content == record.content:
                return
            add_revision(
                session,
                self._run.experiment_id,
                name,
                content=record.content,
                bytes=size,
                fingerprint=record.fingerprint,
                run_number=self._run.number,
                step=record.step,
                step_version=record.version,
                options=record.options,
                inputs=record.inputs,
                made_by=self._run.asked_by,
                reason="before changes by hand",
            )
