"""The desk: every question of an open map editor answered; it keeps nothing but what can be found out again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from secrets import token_urlsafe
from typing import Any, Final

import numpy as np

from paleobc.conventions import counted
from paleobc.errors import ConflictError, ForbiddenError, InputError, NotFoundError
from paleobc.formats.packed_arrays import Array, pack
from paleobc.pictures.colour_tables import colour_table
from paleobc.services.editing import requests
from paleobc.services.editing.answers import (
    breaks,
    changed_arrays,
    geometry_data,
    log_data,
    opened_data,
    runs_of,
)
from paleobc.services.editing.author import Author, others
from paleobc.services.editing.beginnings import renewed
from paleobc.services.editing.field import EditedField
from paleobc.services.editing.host import Host, Saved, Saving
from paleobc.services.editing.journal import Beginning, Gateways, Journal, MemoryJournal
from paleobc.services.editing.lists import exported, forms_of, self_contained, taken_in
from paleobc.services.editing.proposals import proposals_data
from paleobc.services.editing.requests import read_request
from paleobc.services.editing.states import State, States
from paleobc.topography.edits.limits import FILTERS, OPERATIONS
from paleobc.topography.edits.plain import edit_of_data
from paleobc.topography.edits.plain_shapes import shape_of_data
from paleobc.topography.edits.selection import filtered, selected_cells
from paleobc.topography.gateways import parse_gateways

Answer = tuple[object, Mapping[str, Array]]

_FILTER_TITLES: Final = {
    "all": "All cells",
    "land": "Land only",
    "sea": "Sea only",
    "present": "Cells with a value",
    "missing": "Cells without a value",
}


__all__ = ["STATES", "Desk", "Host", "Saved", "Saving"]

#: Where states are kept between questions.
STATES: Final = States()


class Desk:
    """
    Answers questions about one field.

    Parameters
    ----------
    field : EditedField
        As its base is now; where the journal is about another base, its edits are carried out again on this one.
    journal : Journal
    who : str
        Who asks.
    host : Host
    states : States, optional
        Where states are kept between questions; those of the process by default.
    """

    def __init__(self, field: EditedField, journal: Journal, who: str, host: Host, states: States = STATES) -> None:
        self.field, self.journal, self.who, self.host, self._states = field, journal, who, host, states
        self._author = Author(journal, who, host)
        self._kinds: dict[str, tuple[type[requests.Request], Callable[[Any], Answer]]] = {
            "open": (requests.Nothing, self._open),
            "geometry": (requests.Nothing, lambda _: geometry_data(field.grid)),
            "values": (requests.Nothing, self._values),
            "act": (requests.Act, self._act),
            "changes": (requests.Changes, self._changes),
            "select": (requests.Select, self._select),
            "propose": (requests.Propose, self._propose),
            "gateways": (requests.SetGateways, self._set_gateways),
            "revision": (requests.Revision, self._revision),
            "colours": (requests.Colours, self._colours),
            "export": (requests.Export, self._export),
            "import": (requests.Import, self._import),
            "save": (requests.Save, self._save),
            "restart": (requests.Nothing, self._restart),
        }

    def answer(self, kind: str, body: Mapping[str, Any] | bytes) -> bytes:
        """
        Answer a question.

        Parameters
        ----------
        kind : str
        body : mapping or bytes
            Plain data, or JSON in UTF-8.

        Returns
        -------
        bytes
            Packed, see `paleobc.formats.packed_arrays`.

        Raises
        ------
        NotFoundError
            Where there is no such question, or what is asked for.
        InputError
            Where the question cannot be understood, or an edit not be carried out; nothing was changed then.
        ConflictError
            Where who asks has not seen what others did, and should.
        ForbiddenError
            Where who asks may not do so.
        """
        if kind not in self._kinds:
            raise NotFoundError(f"The map editor knows no question '{kind[:40]}'.")
        model, answer = self._kinds[kind]
        request = read_request(model, body)
        if kind in ("act", "gateways", "import", "save", "restart") and not self.host.may_change:
            raise ForbiddenError("You may look at this map and not change it.")
        self._follow_base()
        return pack(*answer(request))

    def _follow_base(self) -> None:
        """Where the base of the journal is not that of the field, carry its edits out again, into a new journal."""
        if self.journal.header == self.field.header:
            return
        identity = self.journal.identity
        beginning = renewed(self.journal, self.field)
        if self.host.may_change:
            self.journal.renew(beginning, identity)
            if self.journal.header != self.field.header:
                raise ConflictError("The map below the edits has changed twice; open it again.")
        else:
            self.journal = MemoryJournal(beginning)
            self._author = Author(self.journal, self.who, self.host)

    @contextmanager
    def _state(self, seen: int | None = None) -> Iterator[State]:
        """State at the newest entry, for one thread at a time."""
        with self._states.newest(self.journal, self.field, seen) as state:
            yield state

    @property
    def _gateways(self) -> Gateways:
        """Gateways that are looked at."""
        kept = self.journal.gateways
        return self.host.gateways if kept is None else kept

    def _open(self, _request: requests.Nothing) -> Answer:
        with self._state() as state:
            position = state.position
        field, note = self.field, self.journal.note
        quantity, may_change = field.surface.quantity, self.host.may_change
        repairs = field.rules is not None
        can = {
            "save": may_change and self.host.can_save,
            "repair": may_change and repairs,
            "gateways": repairs,
            "export": [{"name": name, "title": title} for name, title in forms_of(field).items()],
            "import": may_change,
            "change": may_change,
            "file_name": field.file_name,
        }
        opened = opened_data(field) | {
            "operations": list(OPERATIONS[quantity]),
            "filters": [{"name": name, "title": _FILTER_TITLES[name]} for name in FILTERS[quantity]],
            "gateways": self._gateways,
            "who": self.who,
            "can": can,
            "position": position,
            "conflicts": list(note.get("conflicts", [])),
            "told": list(note.get("told", [])),
        }
        return opened, {}

    def _values(self, _request: requests.Nothing) -> Answer:
        with self._state() as state:
            data = {
                "position": state.position,
                "log": log_data(state, state.entries),
                "findings": state.findings(self._gateways),
            }
            shape = self.field.grid.shape
            values = self.field.travelling(state.surface.field)
            return data, {"values": values, "mask": state.looked.marks.reshape(shape)}

    def _act(self, request: requests.Act) -> Answer:
        with self._state(request.position) as state:
            told = None
            if not state.knows(request.key):
                if request.edit is not None:
                    edit = edit_of_data(request.edit.model_dump(), quantity=self.field.surface.quantity)
                    told = self._author.make(edit, state, request.key, seen=request.position)
                else:
                    self._author.turn("undo" if request.undo else "redo", state, request.key, seen=request.position)
            return self._since(state, request.position, told)

    def _since(self, state: State, position: int | None, told: str | None = None) -> Answer:
        """What happened since a position; everything where none was said."""
        entries = state.entries if position is None else state.entries_after(position)
        findings = state.findings(self._gateways)
        data = {"position": state.position, "log": log_data(state, entries), "findings": findings, "told": told}
        return data, changed_arrays(state, position)

    def _changes(self, request: requests.Changes) -> Answer:
        with self._state(request.position) as state:
            told = others(state, request.position) if state.position > request.position else None
            return self._since(state, request.position, told)

    def _select(self, request: requests.Select) -> Answer:
        shape = shape_of_data(request.shape)
        with self._state(request.position) as state:
            surface = state.surface
            cells = filtered(selected_cells(shape, surface), surface, request.where)
            values = surface.values[cells]
        mesh = surface.mesh
        areas = mesh.cell_area[np.divmod(cells, mesh.shape[1])]
        known = np.isfinite(values)
        weights, values = areas[known], values[known]
        some = values.size > 0
        data = {
            "count": int(cells.size),
            "lowest": float(values.min()) if some else None,
            "highest": float(values.max()) if some else None,
            "mean": float((values * weights).sum() / weights.sum()) if some and weights.sum() > 0.0 else None,
            "area_km2": float(areas.sum() / 1e6),
        }
        starts, lengths = runs_of(cells)
        return data, {"starts": starts, "lengths": lengths}

    def _propose(self, request: requests.Propose) -> Answer:
        with self._state(request.position) as state:
            found = proposals_data(
                state.surface,
                self.field,
                self._gateways,
                check=request.check,
                cell=request.cell,
                gateway=request.gateway,
            )
        return {"proposals": found}, {}

    def _set_gateways(self, request: requests.SetGateways) -> Answer:
        parse_gateways(request.gateways)
        self.journal.keep_gateways(request.gateways)
        with self._state() as state:
            return {"findings": state.findings(request.gateways)}, {}

    def _revision(self, request: requests.Revision) -> Answer:
        revisions = self.field.revisions
        title = revisions.title(request.name)
        values = np.asarray(revisions[request.name], dtype=np.float64)
        if values.shape != self.field.grid.shape:
            raise InputError(f"{title} has another number of cells; only maps on the same grid are compared.")
        return {"title": title}, {"values": self.field.travelling(values)}

    def _colours(self, request: requests.Colours) -> Answer:
        return {"map": request.map, "break": breaks(request.map)}, {"lut": colour_table(request.map)}

    def _export(self, request: requests.Export) -> Answer:
        with self._state() as state:
            log = self.field.log(state.edits_in_force())
        name, media_type, data = exported(log, self.field, request.kind)
        return {"file_name": name, "media_type": media_type}, {"file": np.frombuffer(data, dtype=np.uint8)}

    def _import(self, request: requests.Import) -> Answer:
        with self._state(request.position) as state:
            key, told = request.key or token_urlsafe(16), None
            if not state.knows(key):
                edits = taken_in(request.file_name, request.file, self.field, state.surface)
                self._author.make_all(edits, state, key)
                told = f"{counted(len(edits), 'edit')} of {request.file_name} carried out."
            return self._since(state, request.position, told)

    def _save(self, request: requests.Save) -> Answer:
        if not self.host.can_save:
            raise ForbiddenError("There is no place to save to.")
        with self._state(request.position) as state:
            if request.position != state.position:
                raise ConflictError(f"{others(state, request.position)} Look at it first, then save.")
            log, values, position = self.field.log(state.edits_in_force()), state.surface.field.copy(), state.position
        log = self_contained(log, self.field)
        saved = self.host.save(Saving(log, values, request.reason, request.file_name, self._gateways, position))
        return {"saved": {"words": saved.words, "href": saved.href}, "position": position}, {}

    def _restart(self, _request: requests.Nothing) -> Answer:
        self.journal.renew(Beginning(self.field.header), self.journal.identity)
        self.host.told(self.journal.start)
        return {"position": self.journal.start}, {}
