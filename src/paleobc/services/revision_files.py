"""What a revision holds, loaded for someone who may see it; what is lost is made again."""

from __future__ import annotations

from dataclasses import dataclass

import xarray as xr

from paleobc.errors import ConflictError, InputError, NotFoundError
from paleobc.formats.file_sets import files_of, is_file_set
from paleobc.services.history import refuse_unknown
from paleobc.services.run_ends import note_lost
from paleobc.steps.catalogue import GRAPH
from paleobc.store.contents import Contents
from paleobc.store.database import Database
from paleobc.store.experiments import experiment_for
from paleobc.store.revisions import revision_of
from paleobc.store.tables import Revision, User
from paleobc.workflow.revision import LostContentError


@dataclass(frozen=True)
class AssetPlace:
    """
    An asset of an experiment, as somebody asks for it.

    Parameters
    ----------
    database : Database
    contents : Contents
    user : User
        Who asks.
    experiment_id : str
    asset : str
    """

    database: Database
    contents: Contents
    user: User
    experiment_id: str
    asset: str

    def revision(self, number: int | None = None) -> Revision:
        """One of its revisions that holds something; the newest where no number is given."""
        return revision_for(self.database, self.user, self.experiment_id, self.asset, number)

    def dataset(self, revision: Revision) -> xr.Dataset:
        """Dataset of one of its revisions."""
        return dataset_of(self.database, self.contents, revision)


def revision_for(database: Database, user: User, experiment_id: str, asset: str, number: int | None = None) -> Revision:
    """
    One revision that a user may see and that holds something; the newest where no number is given.

    Raises
    ------
    NotFoundError
    """
    with database.reading() as session:
        experiment_for(session, user.id, experiment_id)
        refuse_unknown(asset)
        revision = revision_of(session, experiment_id, asset, number)
    if not revision.content:
        raise NotFoundError(f"{asset} was taken away in revision {revision.number}.")
    return revision


def dataset_of(database: Database, contents: Contents, revision: Revision) -> xr.Dataset:
    """
    Dataset of a revision.

    Raises
    ------
    ConflictError
        Where its file is gone or harmed; it is made or read again if it is the newest.
    """
    try:
        return contents.load(revision.content)
    except LostContentError:
        with database.writing() as session:
            note_lost(session, revision.content, GRAPH)
        raise ConflictError(
            f"The content of revision {revision.number} of {revision.asset} was lost. If it is the newest one it is "
            "made again now; look again in a moment."
        ) from None


def part_of(dataset: xr.Dataset, variable: str | None) -> tuple[xr.Dataset, str | None]:
    """
    Dataset that holds a variable, and its name there: variables of a set of files are called FILE:NAME.

    Raises
    ------
    InputError
        Where there is none.
    """
    if not is_file_set(dataset):
        return dataset, variable
    parts = {path: part for path, part in files_of(dataset).items() if not isinstance(part, str)}
    path, _, name = (variable or "").rpartition(":")
    if path not in parts:
        raise InputError(f"This is a set of files; choose one of their variables, of {', '.join(parts)}.")
    return parts[path], name
