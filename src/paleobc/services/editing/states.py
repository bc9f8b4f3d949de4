"""The state of a field at a position of its journal: what the journal says, kept while it is used; never the truth."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import reduce
from typing import Any, Final

import numpy as np

from paleobc.conventions import IntArray
from paleobc.errors import InputError, PaleobcError
from paleobc.services.editing.cache import Cache
from paleobc.services.editing.checks import Looked
from paleobc.services.editing.entries import Entry
from paleobc.services.editing.field import EditedField
from paleobc.services.editing.findings import GatewayLights, findings_data
from paleobc.services.editing.journal import BEHIND, BehindError, Gateways, Journal
from paleobc.topography.edits.apply import apply_edit, check_result, result_of, same_bits
from paleobc.topography.edits.edit import Edit, Result

#: States take so much memory together at most [bytes]; the one in use is always kept.
MOST_BYTES: Final = 1_500_000_000

#: For so many positions it is known how the marks differ from now.
_MOST_LOOKS: Final = 100


@dataclass(frozen=True, eq=False)
class _Look:
    """Position at which problems were looked for, and the cells whose marks had changed since the look before."""

    position: int
    changed: IntArray


class State:
    """
    Values and problems of a field, and the edits that made it so, at a position of a journal.

    Parameters
    ----------
    field : EditedField
    start : int
        Position before the first entry of the journal.
    """

    def __init__(self, field: EditedField, start: int) -> None:
        self.field, self.surface = field, field.new_surface()
        self.start = self.position = start
        self.entries: list[Entry] = []
        self.done: list[int] = []
        self.undone: list[int] = []
        self._edits: dict[int, Edit] = {}
        self._keys: set[str] = set()
        self._looked: Looked | None = None
        self._outdated = True
        self._looks: list[_Look] = []
        self._found: dict[str, Any] = {}
        self._lights = GatewayLights()
        #: What it takes in memory, about [bytes].
        self.size = 9 * self.surface.values.size

    @property
    def looked(self) -> Looked:
        """Problems at the position of the last look."""
        if self._looked is None:
            self.look()
        assert self._looked is not None  # noqa: S101 - looked for above
        return self._looked

    def knows(self, key: str) -> bool:
        """Whether an entry with this key was made."""
        return key in self._keys

    def edit(self, number: int) -> Edit:
        """Edit of a number, with its result."""
        return self._edits[number]

    def edits_in_force(self) -> tuple[Edit, ...]:
        """Edits that were made and not taken back, oldest first."""
        return tuple(self._edits[number] for number in self.done)

    def attempt(self, edit: Edit) -> Edit:
        """Carry out an edit on the values alone; `note` or `take_back` must follow."""
        return apply_edit(edit, self.surface, revisions=self.field.revisions)

    def take_back(self, edit: Edit) -> None:
        """Take back an edit that was attempted and came to nothing."""
        result = result_of(edit)
        self.surface.write(result.cells, result.old)

    def note(self, entry: Entry) -> None:
        """Take up an entry whose edit was attempted and is in the journal now."""
        if entry.edit is not None:
            self._edits[entry.number] = entry.edit
            self.size += 20 * result_of(entry.edit).cells.size
            self.done.append(entry.number)
            self.undone.clear()
            self._heed(result_of(entry.edit))
        self.entries.append(entry)
        self._keys.add(entry.key)
        self.position = entry.position

    def go(self, entry: Entry) -> None:
        """
        Do what an entry of the journal says.

        Raises
        ------
        BehindError
            Where it does not follow from here: the journal was begun anew.
        InputError
            Where it cannot be of this field.
        """
        if entry.position != self.position + 1:
            raise BehindError(BEHIND)
        if entry.kind == "edit" and entry.edit is not None:
            result = result_of(entry.edit)
            check_result(result, self.surface)
            if not _same(self.surface.values[result.cells], result.old):
                raise InputError("The journal of the edits does not fit the map any more; it was altered.")
            self.surface.write(result.cells, result.new)
        else:
            self.turn(entry)
        self.note(entry)

    def turn(self, entry: Entry) -> None:
        """Take back the newest edit, or do again the one taken back last, to the bit."""
        of, to = (self.done, self.undone) if entry.kind == "undo" else (self.undone, self.done)
        if not of or of[-1] != entry.number:
            raise InputError("The journal of the edits takes back what was not done last; it was altered.")
        to.append(of.pop())
        result = result_of(self._edits[entry.number])
        self.surface.write(result.cells, result.old if entry.kind == "undo" else result.new)
        self._heed(result)

    def _heed(self, result: Result) -> None:
        """Note that cells have changed."""
        if not result.cells.size:
            return
        self._lights.heed(result.cells)
        heeds = self.field.checker.heeds
        if heeds == "values" or (heeds == "shore" and ((result.old > 0.0) != (result.new > 0.0)).any()):
            self._outdated = True

    def look(self) -> None:
        """Look for problems at this position, where they can have changed."""
        before = self._looked
        if self._outdated or before is None:
            self._looked = self.field.checker.look(self.surface)
            self._found = findings_data(self._looked, self.field.checker, self.surface.mesh)
            self._outdated = False
        if before is None or self._looked is None:
            self._looks = [_Look(self.position, np.empty(0, np.int64))]
        elif self._looks[-1].position != self.position:
            same = before is self._looked
            changed = np.empty(0, np.int64) if same else np.flatnonzero(before.marks != self._looked.marks)
            self._looks = [*self._looks[-_MOST_LOOKS:], _Look(self.position, changed)]

    def findings(self, gateways: Gateways) -> dict[str, Any]:
        """What is wrong at this position, as plain data."""
        if self._looks[-1].position == self.position:
            lights = self._lights.data(self.surface, gateways, self.field.rules)
        else:
            with ThreadPoolExecutor(1) as beside:  # most of the work releases the interpreter lock
                looking = beside.submit(self._lights.data, self.surface, gateways, self.field.rules)
                self.look()
                lights = looking.result()
        return {**self._found, "gateways": lights}

    def entries_after(self, position: int) -> list[Entry]:
        """Entries after a position."""
        return self.entries[position - self.start :]

    def changed_since(self, position: int) -> IntArray:
        """Positions of the grid that an entry after a position has changed, ascending, copies among them."""
        numbers = {entry.number for entry in self.entries_after(position)}
        lists = [result_of(self._edits[number]).cells for number in numbers]
        cells = lists[0] if len(lists) == 1 else _united(lists)
        mesh = self.surface.mesh
        if mesh.regular_grid is not None or not cells.size:
            return cells
        positions, starts = mesh.copies
        copies = [positions[starts[cell] : starts[cell + 1]] for cell in cells[starts[cells + 1] > starts[cells]]]
        return _united([cells, *copies])

    def marks_changed_since(self, position: int) -> IntArray:
        """Cells whose marks are others than at a position, and maybe more; all where it is not known."""
        for number, look in enumerate(self._looks):
            if look.position == position:
                return _united([later.changed for later in self._looks[number + 1 :]])
        return np.arange(self.surface.values.size)


def _united(lists: list[IntArray]) -> IntArray:
    """All of some cells, ascending, each once."""
    return reduce(np.union1d, lists) if lists else np.empty(0, np.int64)


def _same(one: np.ndarray[Any, Any], other: np.ndarray[Any, Any]) -> bool:
    """Whether values are the same to the bit; no value is like no value."""
    return bool((same_bits(one, other) | (np.isnan(one) & np.isnan(other))).all())


class States:
    """
    States that were used last, one for each journal.

    Parameters
    ----------
    most : float
        Memory that they take together [bytes].
    """

    def __init__(self, most: float = MOST_BYTES) -> None:
        self._kept: Cache[tuple[threading.Lock, list[State]]] = Cache(most, _size)

    @contextmanager
    def newest(self, journal: Journal, field: EditedField, seen: int | None) -> Iterator[State]:
        """
        State of a journal at its newest entry, for one thread at a time.

        Parameters
        ----------
        journal : Journal
        field : EditedField
        seen : int, optional
            Position that who asks has seen: it will be known how the marks differ from there.

        Raises
        ------
        ConflictError
            Where the position is none of this journal.
        """
        identity, start = journal.identity, journal.start
        lock, held = self._kept.get(identity, lambda: (threading.Lock(), []))
        with lock:
            state = held.pop() if held else State(field, start)
            state.field = field  # it may have been made anew, on the same base, with more revisions to copy from
            try:
                follow(state, journal.read(state.position), seen)
                yield state
            except PaleobcError:  # after any other fault the state is made anew
                held.append(state)
                raise
            held.append(state)


def _size(kept: tuple[threading.Lock, list[State]]) -> float:
    return sum(state.size for state in kept[1])


def follow(state: State, entries: Iterable[Entry], seen: int | None) -> None:
    """Bring a state on by entries; looks for problems also at the position that who asks has seen."""
    for entry in entries:
        if state.position == seen:
            state.look()
        state.go(entry)
    state.look()
    if seen is not None and not state.start <= seen <= state.position:
        raise BehindError("The map was begun anew meanwhile; it is read again.")
