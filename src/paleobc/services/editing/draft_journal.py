"""The journal of a draft of an experiment, in the database: any number of server processes write it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from paleobc.errors import NotFoundError
from paleobc.services.editing.entries import Entry, packed_edit, unpacked_edit
from paleobc.services.editing.journal import BEHIND, Beginning, BehindError, Gateways, Header, placed
from paleobc.store.database import Database
from paleobc.store.draft_tables import Draft, DraftEntry
from paleobc.store.drafts import (
    add_draft,
    draft_to_write,
    entries_after,
    entries_with_keys,
    newest_draft,
    newest_position,
)
from paleobc.store.events import add_event
from paleobc.store.tables import Event, utc_now

#: Kind of the event that tells open pages that a draft has changed; only the newest of each draft is kept.
DRAFT: Final = "draft"

_GONE: Final = "There is no such experiment."


class DraftJournal:
    """
    Journal of a draft; see `paleobc.services.editing.journal.Journal`.

    Made by `open` or `find`. What it says of itself is as it was then; who asks for it again sees what is new.
    """

    def __init__(self, database: Database, draft: Draft, user_id: str | None) -> None:
        self._database, self._user_id = database, user_id
        self._take(draft)

    def _take(self, draft: Draft) -> None:
        self._draft = draft
        self.identity, self.start = draft.id, draft.start
        quantity: Any = draft.quantity
        self.header = Header(draft.base, draft.grid, quantity)
        self.note: Mapping[str, Any] = draft.note
        self.gateways: Gateways | None = draft.gateways

    @classmethod
    def find(
        cls,
        database: Database,
        *,
        experiment_id: str,
        asset: str,
        variable: str = "",
        index: Sequence[tuple[str, int]] = (),
        user_id: str | None = None,
    ) -> DraftJournal | None:
        """Journal of the draft of a field, if there is one."""
        with database.reading() as session:
            draft = newest_draft(session, experiment_id, asset, field_name(variable, index))
        return None if draft is None else cls(database, draft, user_id)

    @classmethod
    def open(
        cls,
        database: Database,
        begin: Callable[[], Beginning],
        *,
        experiment_id: str,
        asset: str,
        variable: str = "",
        index: Sequence[tuple[str, int]] = (),
        user_id: str,
    ) -> DraftJournal:
        """
        Journal of the draft of a field, begun where there is none.

        Parameters
        ----------
        database : Database
        begin : callable
            Called where there is none.
        experiment_id, asset : str
        variable : str
        index : sequence of (str, int)
            Which field of the asset; left out where it has one only.
        user_id : str
            Who writes it; they may change the experiment.
        """
        field = field_name(variable, index)
        with database.reading() as session:
            draft = newest_draft(session, experiment_id, asset, field)
        if draft is None:
            beginning = begin()
            try:
                with database.writing() as session:  # somebody else may have begun it meanwhile
                    draft = newest_draft(session, experiment_id, asset, field)
                    draft = draft or _begin(session, experiment_id, asset, field, beginning, user_id, None)
            except IntegrityError:
                with database.reading() as session:
                    draft = newest_draft(session, experiment_id, asset, field)
                if draft is None:
                    raise NotFoundError(_GONE) from None
        return cls(database, draft, user_id)

    def read(self, after: int) -> list[Entry]:
        """All entries after a position, in their order."""
        with self._database.reading() as session:
            return [_entry(row, self._draft) for row in entries_after(session, self._draft.id, after)]

    def append(self, position: int, entries: Sequence[Entry]) -> list[Entry]:
        """Add entries behind a position, all of them or none; see `Journal`."""
        rows = [_row(entry, self._draft.id) for entry in entries]
        try:
            with self._database.writing() as session:
                draft = self._held(session)
                if known := entries_with_keys(session, draft.id, [entry.key for entry in entries]):
                    return [_entry(row, draft) for row in known]
                if draft.closed is not None or newest_position(session, draft) != position:
                    raise BehindError(BEHIND)
                session.add_all(rows)
                draft.changed = utc_now()
                _tell(session, draft, self._user_id, position + len(rows))
        except IntegrityError:  # where the database does not hold the draft for one writer alone
            raise BehindError(BEHIND) from None
        return []

    def keep_gateways(self, gateways: Gateways) -> None:
        """Keep gateways with it."""
        with self._database.writing() as session:
            self._held(session).gateways = gateways
        self.gateways = gateways

    def keep_note(self, note: Mapping[str, Any]) -> None:
        """Keep another note."""
        with self._database.writing() as session:
            self._held(session).note = dict(note)
        self.note = note

    def renew(self, beginning: Beginning, identity: str) -> None:
        """Begin a new journal in the place of this one; see `Journal`."""
        with self._database.writing() as session:
            old = draft_to_write(session, identity)
            if old is None:
                raise NotFoundError(_GONE)
            newest = newest_draft(session, old.experiment_id, old.asset, old.field)
            if newest is old:
                newest = _begin(
                    session, old.experiment_id, old.asset, old.field, beginning, self._user_id, old.gateways
                )
                _tell(session, newest, self._user_id, newest_position(session, newest))
        if newest is not None:
            self._take(newest)

    def _held(self, session: Session) -> Draft:
        """The draft, held for this writer."""
        draft = draft_to_write(session, self._draft.id)
        if draft is None:
            raise NotFoundError(_GONE)
        return draft


def field_name(variable: str, index: Sequence[tuple[str, int]]) -> str:
    """
    Which field of an asset a draft is about, as text.

    Examples
    --------
    >>> field_name("pft", [("time", 0), ("veget", 3)]), field_name("", [])
    ('pft[time=0,veget=3]', '')
    """
    at = ",".join(f"{name}={position}" for name, position in sorted(index))
    return f"{variable}[{at}]" if at else variable


def _begin(
    session: Session,
    experiment_id: str,
    asset: str,
    field: str,
    beginning: Beginning,
    user_id: str | None,
    gateways: Gateways | None,
) -> Draft:
    """Add a draft with its first entries."""
    header = beginning.header
    draft = add_draft(
        session,
        experiment_id,
        asset,
        field,
        base=header.base,
        grid=header.grid,
        quantity=header.quantity,
        note=dict(beginning.note),
        gateways=gateways,
        made_by=user_id,
    )
    session.add_all(_row(entry, draft.id) for entry in placed(beginning.entries, draft.start))
    return draft


def _tell(session: Session, draft: Draft, user_id: str | None, position: int) -> None:
    """Tell open pages that a draft has got to a position; what was told of it before is forgotten."""
    of_draft = Event.data["draft"].as_string() == f"{draft.asset} {draft.field}"
    session.execute(delete(Event).where(Event.experiment_id == draft.experiment_id, Event.kind == DRAFT, of_draft))
    add_event(
        session,
        DRAFT,
        experiment_id=draft.experiment_id,
        user_id=user_id,
        asset=draft.asset,
        variable=draft.field.partition("[")[0],
        draft=f"{draft.asset} {draft.field}",
        position=position,
    )


def _row(entry: Entry, draft_id: str) -> DraftEntry:
    """Row of an entry."""
    return DraftEntry(
        draft_id=draft_id,
        position=entry.position,
        key=entry.key,
        kind=entry.kind,
        number=entry.number,
        who=entry.who,
        made=entry.when,
        edit=packed_edit(entry.edit),
    )


def _entry(row: DraftEntry, draft: Draft) -> Entry:
    """Entry of a row."""
    kind: Any = row.kind
    quantity: Any = draft.quantity
    return Entry(row.position, row.key, kind, row.number, row.who, row.made, unpacked_edit(row.edit, quantity))
