"""The journal of a field's edits: all that was done to it, in one order, which is the only truth about it."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from secrets import token_urlsafe
from typing import Any, Final, Protocol

from paleobc.errors import ConflictError
from paleobc.services.editing.entries import Entry
from paleobc.topography.surface import Quantity

Gateways = list[dict[str, Any]]


#: What is said where somebody else was first.
BEHIND: Final = "Somebody else has changed the map meanwhile; look at it again first."


class BehindError(ConflictError):
    """Somebody else was first: the journal goes on from another position by now."""


@dataclass(frozen=True)
class Header:
    """
    What a journal is about.

    Parameters
    ----------
    base : str
        Checksum of the values before the first entry.
    grid : str
        Words by which one grid is told from another.
    quantity : {"height", "depth", "value", "basin"}
        What is edited.
    """

    base: str
    grid: str
    quantity: Quantity


@dataclass(frozen=True, eq=False)
class Beginning:
    """
    What a journal begins with.

    Parameters
    ----------
    header : Header
    entries : tuple of Entry
        Edits that were there before, numbered and placed from 1.
    note : mapping
        What those who open it are told: ``told``, a list of sentences, and ``conflicts``.
    """

    header: Header
    entries: tuple[Entry, ...] = ()
    note: Mapping[str, Any] = field(default_factory=dict)


class Journal(Protocol):
    """
    A journal; any number of processes may hold it at the same time.

    Positions go on growing when a journal is renewed: one of the old journal is never taken for one of the new.
    """

    @property
    def identity(self) -> str:
        """Text that no other journal has, nor this one before it was renewed."""
        ...

    @property
    def header(self) -> Header:
        """What it is about."""
        ...

    @property
    def start(self) -> int:
        """Position before its first entry."""
        ...

    @property
    def note(self) -> Mapping[str, Any]:
        """What those who open it are told."""
        ...

    @property
    def gateways(self) -> Gateways | None:
        """Gateways that are kept with it; None where nobody has changed those it began with."""
        ...

    def read(self, after: int) -> list[Entry]:
        """All entries after a position, in their order."""
        ...

    def append(self, position: int, entries: Sequence[Entry]) -> list[Entry]:
        """
        Add entries behind a position, all of them or none, so that nothing can take them away again.

        Returns
        -------
        list of Entry
            Those of the journal that have one of their keys: where there are any, nothing is added.

        Raises
        ------
        BehindError
            Where the journal goes on from another position.
        """
        ...

    def keep_gateways(self, gateways: Gateways) -> None:
        """Keep gateways with it."""
        ...

    def keep_note(self, note: Mapping[str, Any]) -> None:
        """Keep another note."""
        ...

    def renew(self, beginning: Beginning, identity: str) -> None:
        """
        Begin a new journal in the place of the one with this identity, which is kept out of the way.

        Nothing happens where another process, or thread, has done so already. Afterwards this is the new journal.
        """
        ...


def placed(entries: Sequence[Entry], start: int) -> tuple[Entry, ...]:
    """Entries of a beginning, counted on from a position."""
    return tuple(
        Entry(start + count, entry.key, entry.kind, entry.number, entry.who, entry.when, entry.edit)
        for count, entry in enumerate(entries, 1)
    )


class MemoryJournal:
    """
    Journal that lives as long as its process.

    Parameters
    ----------
    beginning : Beginning
    """

    def __init__(self, beginning: Beginning) -> None:
        self.gateways: Gateways | None = None
        self._lock = threading.Lock()
        self._begin(beginning, 0)

    def _begin(self, beginning: Beginning, start: int) -> None:
        self.header, self.note, self.start = beginning.header, beginning.note, start
        self._entries = list(placed(beginning.entries, start))
        self.identity = token_urlsafe(16)

    def read(self, after: int) -> list[Entry]:
        """All entries after a position, in their order."""
        with self._lock:
            return self._entries[max(after - self.start, 0) :]

    def append(self, position: int, entries: Sequence[Entry]) -> list[Entry]:
        """Add entries behind a position, all of them or none; see `Journal`."""
        keys = {entry.key for entry in entries}
        with self._lock:
            if known := [entry for entry in self._entries if entry.key in keys]:
                return known
            if position != self.start + len(self._entries):
                raise BehindError(BEHIND)
            self._entries += entries
            return []

    def keep_gateways(self, gateways: Gateways) -> None:
        """Keep gateways with it."""
        self.gateways = gateways

    def keep_note(self, note: Mapping[str, Any]) -> None:
        """Keep another note."""
        self.note = note

    def renew(self, beginning: Beginning, identity: str) -> None:
        """Begin a new journal in the place of this one; see `Journal`."""
        with self._lock:
            if identity == self.identity:
                self._begin(beginning, self.start + len(self._entries) + 1)
