"""Who changes a field: edits are tried, written into the journal, and only then done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final, Literal

from paleobc.conventions import counted
from paleobc.errors import ConflictError
from paleobc.services.editing.entries import Entry, Kind
from paleobc.services.editing.host import Host
from paleobc.services.editing.journal import BehindError, Journal
from paleobc.services.editing.states import State
from paleobc.topography.edits.apply import result_of
from paleobc.topography.edits.cell_list import with_places
from paleobc.topography.edits.edit import Edit

#: An edit is tried again so often where others are faster each time.
MOST_TRIES: Final = 50


@dataclass(frozen=True)
class Author:
    """
    Somebody who writes into a journal.

    Whatever fails leaves journal and state as they were. A key that is in the journal already, from a request that was
    sent twice, does nothing.

    Parameters
    ----------
    journal : Journal
    who : str
    host : Host
        Hears of each change.
    """

    journal: Journal
    who: str
    host: Host

    def make(self, edit: Edit, state: State, key: str, *, seen: int) -> str | None:
        """
        Make an edit, behind all that others did meanwhile.

        Parameters
        ----------
        edit : Edit
            The intent.
        state : State
            At the newest entry, so far as is known.
        key : str
        seen : int
            Position that the author has seen.

        Returns
        -------
        str or None
            What is to be said about it.

        Raises
        ------
        InputError
            Where it cannot be carried out.
        ConflictError
            Where others are always faster.
        """
        shape = with_places(edit.shape, state.surface.mesh)  # or a list of cells could not go to another grid
        signed = replace(edit, shape=shape, who=self.who, when=_now())
        for _ in range(MOST_TRIES):
            done = state.attempt(signed)
            if not result_of(done).cells.size:
                return "No cell was changed: none is selected, or all have these values already."
            after = others(state, seen) if state.position > seen else None
            try:
                self._append_attempted([done], state, key)
            except BehindError:
                continue
            return f"{after} Your edit was carried out after that." if after else None
        raise ConflictError("Others are changing this map faster than your edit can be made; try again.")

    def make_all(self, attempted: Sequence[Edit], state: State, key: str) -> None:
        """Write edits, all or none, that the values of a state hold already."""
        if attempted:
            signed = [replace(edit, who=edit.who or self.who, when=edit.when or _now()) for edit in attempted]
            self._append_attempted(signed, state, key)

    def turn(self, kind: Literal["undo", "redo"], state: State, key: str, *, seen: int) -> None:
        """
        Take back the newest edit, or do again the one that was taken back last.

        Raises
        ------
        ConflictError
            Where the author has not seen the newest entry, or there is nothing to be turned.
        """
        if seen != state.position:
            raise ConflictError(f"{others(state, seen)} Look at it first: nothing was changed.")
        stack = state.done if kind == "undo" else state.undone
        if not stack:
            raise ConflictError(f"There is nothing to {'undo' if kind == 'undo' else 'do again'}.")
        entry = self._entry(state.position + 1, key, kind, stack[-1])
        if self.journal.append(state.position, [entry]):
            _catch_up(state, self.journal)
        else:
            state.go(entry)
            self.host.told(state.position)

    def _append_attempted(self, edits: Sequence[Edit], state: State, key: str) -> None:
        """Write edits that the values hold already; where that fails the values are put back."""
        number = 1 + max((entry.number for entry in state.entries), default=0)
        entries = [
            self._entry(state.position + 1 + count, f"{key}-{count}" if count else key, "edit", number + count, edit)
            for count, edit in enumerate(edits)
        ]
        try:
            known = self.journal.append(state.position, entries)
        except BaseException as fault:
            _take_back(edits, state)
            if isinstance(fault, BehindError):
                _catch_up(state, self.journal)
            raise
        if known:
            _take_back(edits, state)
            _catch_up(state, self.journal)
            return
        for entry in entries:
            state.note(entry)
        self.host.told(state.position)

    def _entry(self, position: int, key: str, kind: Kind, number: int, edit: Edit | None = None) -> Entry:
        return Entry(position, key, kind, number, self.who, _now(), edit)


def _take_back(edits: Sequence[Edit], state: State) -> None:
    for edit in reversed(edits):
        state.take_back(edit)


def _catch_up(state: State, journal: Journal) -> None:
    for entry in journal.read(state.position):
        state.go(entry)


def others(state: State, seen: int) -> str:
    """Who has done how much since a position."""
    entries = state.entries_after(seen)
    names = sorted({entry.who for entry in entries if entry.who}) or ["Somebody"]
    return f"{' and '.join(names)} made {counted(len(entries), 'change')} meanwhile."


def _now() -> str:
    """Time now, in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")
