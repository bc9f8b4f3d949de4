"""An experiment in which somebody edits, what it is that they edit, and the list of edits in use."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, Protocol

import xarray as xr

from paleobc.conventions import FloatArray
from paleobc.errors import ConflictError, NotFoundError
from paleobc.services.editing.cache import Cache
from paleobc.services.editing.field import Copy, EditedField
from paleobc.services.editing.host import Saved, Saving
from paleobc.services.revision_files import dataset_of, revision_for
from paleobc.steps.assets import ASSETS
from paleobc.store.contents import Contents
from paleobc.store.database import Database
from paleobc.store.files import FileStore
from paleobc.store.revisions import revision_with, revisions_of
from paleobc.store.tables import Experiment, Revision, User
from paleobc.topography.edits.log import EditLog

#: Earlier revisions to look at and to copy from.
_MOST_COPIES: Final = 40
#: Cells of the fields that are kept ready: a field takes about a hundred bytes a cell.
_KEPT_CELLS: Final = 12_000_000

SAVED: Final = "Saved; what depends on it is being computed."

#: Fields that were edited lately, by what they were made of.
FIELDS: Final = Cache[EditedField](_KEPT_CELLS, lambda field: field.surface.values.size)


@dataclass(frozen=True)
class Place:
    """
    An experiment, and the one who edits in it.

    Parameters
    ----------
    database : Database
    files : FileStore
    user : User
    experiment : Experiment
    quota_mb : int
        Quota of whom administrators said nothing of [MB]; 0: no limit.
    """

    database: Database
    files: FileStore
    user: User
    experiment: Experiment
    quota_mb: int = 0

    def revision(self, asset: str) -> Revision:
        """
        Newest revision of an asset.

        Raises
        ------
        ConflictError
            Where there is none yet.
        """
        try:
            return revision_for(self.database, self.user, self.experiment.id, asset)
        except NotFoundError:
            raise ConflictError(f"{ASSETS[asset].title} is not there yet, so that there is nothing to edit.") from None

    def input_of(self, revision: Revision, asset: str) -> Revision:
        """Revision of which another one was made."""
        with self.database.reading() as session:
            found = revision_with(session, self.experiment.id, asset, revision.inputs[asset])
        return found if found is not None else self.revision(asset)

    def dataset(self, revision: Revision) -> xr.Dataset:
        """Dataset of a revision."""
        return dataset_of(self.database, Contents(self.files), revision)

    def file_name(self, asset: str) -> str:
        """Name for what is exported."""
        letters = (letter if letter.isalnum() else "_" for letter in self.experiment.name)
        return f"{''.join(letters).strip('_')[:60] or 'experiment'}_{asset}"


@dataclass(frozen=True)
class ListInUse:
    """
    The list of edits that the experiment is computed with now.

    Parameters
    ----------
    name : str
        Tells it from other lists.
    upload : str
        Upload from which it was read first; empty where that is not known.
    words : str
        What it is, for people.
    log : callable
        Reads it; None where there is none.
    """

    name: str
    upload: str
    words: str
    log: Callable[[], EditLog | None]


class Subject(Protocol):
    """What is edited: a field, the list of its edits in use, and where a new one goes."""

    place: Place
    asset: str
    variable: str
    index: tuple[tuple[str, int], ...]

    def field(self) -> EditedField:
        """The field before all edits."""
        ...

    def list_in_use(self) -> ListInUse:
        """The list of its edits that is in use."""
        ...

    def save(self, saving: Saving) -> tuple[Saved, dict[str, str]]:
        """Put a list into use; also gives what tells it from others later, ``list`` or ``upload``."""
        ...


class OtherRevisions(Mapping[str, Copy]):
    """
    Other revisions of a map, to be looked at and copied from: those that are there when one asks.

    Parameters
    ----------
    place : Place
    base : Revision
        The one that is edited.
    assets : sequence of str
        Those whose revisions are meant.
    load : callable
        Gives the values of one, shape (rows, columns); raises InputError where it stands on another grid.
    """

    def __init__(
        self, place: Place, base: Revision, assets: Sequence[str], load: Callable[[Revision], FloatArray]
    ) -> None:
        self._place, self._base, self._assets, self._load = place, base, assets, load

    def __getitem__(self, name: str) -> Copy:
        revision = self._found()[name]
        return Copy(_titled(revision), partial(self._load, revision))

    def __iter__(self) -> Iterator[str]:
        return iter(self._found())

    def __len__(self) -> int:
        return len(self._found())

    def _found(self) -> dict[str, Revision]:
        """Revisions by name, newest first, no content twice."""
        place, base = self._place, self._base
        with place.database.reading() as session:
            all_of_them = [one for asset in self._assets for one in revisions_of(session, place.experiment.id, asset)]
        by_content: dict[str, Revision] = {}
        for one in all_of_them:
            same_grid = one.inputs.get("ocean_grid") == base.inputs.get("ocean_grid")
            if one.content not in ("", base.content) and not one.is_lost and same_grid:
                by_content.setdefault(one.content, one)
        return {f"{one.asset}:{one.number}": one for one in list(by_content.values())[:_MOST_COPIES]}


def _titled(revision: Revision) -> str:
    """What a revision is called."""
    return f"{ASSETS[revision.asset].title}, revision {revision.number}"
