"""Where the map editor is at home - the application, one file, a notebook - and what it needs of its home."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from paleobc.conventions import FloatArray
from paleobc.services.editing.journal import Gateways
from paleobc.topography.edits.log import EditLog


@dataclass(frozen=True, eq=False)
class Saving:
    """
    What is to be saved.

    Parameters
    ----------
    log : EditLog
        The edits in force, with their results, on the base of the field; none needs another revision than that.
    values : ndarray, shape (rows, columns)
        The field after them.
    reason : str
    file_name : str or None
        As the user wants it, where the host lets them choose.
    gateways : list of dict
        Gateways that were kept with the edits, plain.
    position : int
        Position of the journal that is saved.
    """

    log: EditLog
    values: FloatArray
    reason: str
    file_name: str | None
    gateways: Gateways
    position: int


@dataclass(frozen=True)
class Saved:
    """What was saved, in words, and where it is to be seen."""

    words: str
    href: str | None = None


class Host(Protocol):
    """Where the editor is at home: the application, one file, a notebook."""

    @property
    def may_change(self) -> bool:
        """Whether who asks may change anything."""
        ...

    @property
    def can_save(self) -> bool:
        """Whether there is a place to save to."""
        ...

    @property
    def gateways(self) -> Gateways:
        """Gateways with which a journal begins, plain."""
        ...

    def save(self, saving: Saving) -> Saved:
        """Keep what was edited."""
        ...

    def told(self, position: int) -> None:
        """Hear that a journal has got to a position."""
        ...
