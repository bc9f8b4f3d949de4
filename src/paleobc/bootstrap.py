"""The parts of an installation, put together from its settings."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from paleobc.errors import InputError
from paleobc.settings import Settings
from paleobc.store.contents import Contents
from paleobc.store.database import Database
from paleobc.store.file_places import file_store
from paleobc.store.files import FileStore


@dataclass(frozen=True)
class Installation:
    """
    An installation: its settings, and what they lead to.

    Parameters
    ----------
    settings : Settings
    """

    settings: Settings

    @cached_property
    def database(self) -> Database:
        """Its database; not yet at this version's schema."""
        folder = self.settings.data_folder
        try:  # passwords' checksums and people's files: for the user alone who runs the program
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"{folder} cannot be made: {error.strerror}.") from None
        return Database(self.settings.database)

    @cached_property
    def files(self) -> FileStore:
        """Its files."""
        return file_store(self.settings.files, self.settings.data_folder / "cache")

    @cached_property
    def contents(self) -> Contents:
        """The contents of its revisions."""
        return Contents(self.files)
