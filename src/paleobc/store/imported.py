"""What things of the existing tool became here, so that bringing them over again adds only what is new."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from paleobc.store.operation_tables import Imported

#: Step of a revision that was brought over: nothing here knows how it was made.
IMPORTED: Final = "imported"

#: The column holds as many numbers of rows; the source alone tells things apart.
_NUMBERS: Final = 2**31

Kind = Literal["user", "experiment", "revision"]


def imported_as(session: Session, kind: Kind, source: str) -> str | None:
    """
    Id of what something became here; None where it was not brought over yet.

    Parameters
    ----------
    session : Session
    kind : {"user", "experiment", "revision"}
    source : str
        Checksum of what tells it from all others, of this copy of the existing tool or of another one.
    """
    return session.scalar(select(Imported.new_id).where(Imported.kind == kind, Imported.source == source))


def known_sources(session: Session, kind: Kind, sources: Collection[str]) -> set[str]:
    """Those of some things that were brought over already."""
    query = select(Imported.source).where(Imported.kind == kind, Imported.source.in_(sources))
    return set(session.scalars(query))


def note_imported(session: Session, kind: Kind, source: str, old_id: int, new_id: str) -> None:
    """Note what something became here, in the transaction in which it did; a later note takes its place."""
    session.merge(Imported(source=source, kind=kind, old_id=old_id % _NUMBERS, new_id=new_id))
