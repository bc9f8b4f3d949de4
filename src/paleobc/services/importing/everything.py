"""All that the existing tool kept brought over: its people first, then one experiment after the other."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from sqlalchemy.orm import Session

from paleobc.services.importing.old_database import OldDatabase, OldExperiment, OldUser, read_old_database
from paleobc.services.importing.people import bring_user, people_of_one_name
from paleobc.services.importing.prepared import PreparedExperiment, name_of, prepare
from paleobc.services.importing.report import Brought
from paleobc.services.importing.written import new_revisions, source_of_experiment, write_experiment
from paleobc.store.database import Database
from paleobc.store.file_places import file_store
from paleobc.store.files import FileStore
from paleobc.store.imported import imported_as
from paleobc.store.tables import Experiment, User


class _RehearsalError(Exception):
    """Ends a transaction of which nothing is to stay."""


def bring_over(
    database: Database,
    files: FileStore,
    path: Path,
    *,
    most_bytes: int,
    is_rehearsal: bool = False,
    tell: Callable[[str], None] = lambda _words: None,
) -> Brought:
    """
    Bring users, experiments and revisions of the existing tool over; what is here already is left alone.

    Each experiment is one transaction: whoever interrupts this finds whole experiments, and starts it again.

    Parameters
    ----------
    database : Database
    files : FileStore
    path : Path
        Instance folder of the existing tool, or its database. Neither is changed.
    most_bytes : int
        Largest file that is taken.
    is_rehearsal : bool
        Read everything and write nothing.
    tell : callable
        Is told what is being done, in a few words.

    Raises
    ------
    InputError
        Where there is no such database.
    NoRoomError
        Where the disk is full.
    """
    old = read_old_database(path)
    with _scratch_or(files, is_rehearsal=is_rehearsal) as store:
        return _Importing(database, store, old, most_bytes, tell, Brought(is_rehearsal)).all()


@contextmanager
def _scratch_or(files: FileStore, *, is_rehearsal: bool) -> Iterator[FileStore]:
    """The store itself, or one for a rehearsal that is gone afterwards."""
    if not is_rehearsal:
        yield files
        return
    with tempfile.TemporaryDirectory() as folder:
        yield file_store(folder, Path(folder))


@dataclass
class _Importing:
    """All on its way."""

    database: Database
    files: FileStore
    old: OldDatabase
    most_bytes: int
    tell: Callable[[str], None]
    brought: Brought

    def all(self) -> Brought:
        """People, then experiments."""
        people = {user.id: user for user in self.old.users}
        with self._writing() as session:
            for user in self.old.users:
                _, sentence, is_new = self._account(session, user)
                self.brought.users += is_new
                self.brought.said += [sentence] if sentence else []
        for count, experiment in enumerate(self.old.experiments, 1):
            self.tell(f"{count} of {len(self.old.experiments)}: {name_of(experiment)}")
            owner = people.get(experiment.owner_id)
            if owner is None:
                self._leave(experiment, "its owner is not in the database")
            elif not experiment.revisions:
                self._leave(experiment, "it has no files")
            else:
                self._experiment(experiment, owner)
        return self.brought

    def _account(self, session: Session, user: OldUser) -> tuple[User, str, bool]:
        """Account of a person, found or made."""
        return bring_user(session, user, is_namesake=user.id in self._namesakes)

    @cached_property
    def _namesakes(self) -> set[int]:
        return people_of_one_name(self.old.users)

    @contextmanager
    def _writing(self) -> Iterator[Session]:
        """Session whose changes stay, unless this is a rehearsal."""
        with contextlib.suppress(_RehearsalError), self.database.writing() as session:
            yield session
            if self.brought.is_rehearsal:
                raise _RehearsalError

    def _leave(self, experiment: OldExperiment, why: str) -> None:
        self.brought.leave(name_of(experiment), "the experiment", why)

    def _experiment(self, old: OldExperiment, owner: OldUser) -> None:
        """Bring one experiment over, or what is new of it."""
        source = source_of_experiment(old, owner.name)
        with self.database.reading() as session:
            known = imported_as(session, "experiment", source)
            present = session.get(Experiment, known) if known is not None else None
            if known is not None and not new_revisions(session, old):
                return
        if known is not None and (present is None or present.deleted is not None):
            self._leave(old, "it was brought over before, and thrown away here")
            return
        prepared = prepare(self.files, self.old.folder, old, most_bytes=self.most_bytes, who=owner.name, tell=self.tell)
        self.brought.left += prepared.left
        if not prepared.revisions:
            self._leave(old, "none of its files can be used")
            return
        self._write(old, owner, prepared, source)

    def _write(self, old: OldExperiment, owner: OldUser, prepared: PreparedExperiment, source: str) -> None:
        """Write one experiment."""
        with self._writing() as session:
            user, _, _ = self._account(session, owner)
            known = imported_as(session, "experiment", source)  # asked again: somebody else may bring it over, too
            present = session.get(Experiment, known) if known is not None else None
            written = write_experiment(session, self.files, user, old, prepared, source, present)
        self.brought.experiments += written.is_new
        self.brought.changed_experiments += not written.is_new and written.revisions > 0
        self.brought.revisions += written.revisions
        self.brought.bytes += written.bytes
