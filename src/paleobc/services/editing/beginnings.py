"""What a journal begins with: edits that are in use already, or those of a journal whose base has changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from secrets import token_urlsafe
from typing import Any, Final

from paleobc.conventions import counted
from paleobc.errors import InputError
from paleobc.services.editing.entries import Entry
from paleobc.services.editing.field import EditedField
from paleobc.services.editing.journal import Beginning, Journal
from paleobc.services.editing.words import words_of
from paleobc.topography.edits.edit import Edit
from paleobc.topography.edits.log import EditLog
from paleobc.topography.edits.replay import replay
from paleobc.topography.surface import Surface

#: So many cells of a conflict are listed; the count is always whole.
MOST_CELLS: Final = 1000


def beginning_of(field: EditedField, log: EditLog | None, who: str = "") -> Beginning:
    """
    What a journal of a field begins with.

    Parameters
    ----------
    field : EditedField
    log : EditLog, optional
        Edits that are in use already, made on this base or on another one.
    who : str
        Who opens it; stands for the authors of edits that name none.
    """
    if log is None or not log.edits:
        return Beginning(field.header)
    own = field.log()
    if log.quantity != own.quantity:
        raise InputError(f"The edits in use are of {log.quantity}s, and this field holds {own.quantity}s.")
    same_base, same_grid = log.base == own.base, log.grid == own.grid
    begun = _carried_out(log.edits, field, who, same_base=same_base, same_grid=same_grid)
    knew_its_base = log.base or begun.note["conflicts"]
    return begun if knew_its_base else replace(begun, note={**begun.note, "told": []})


def renewed(journal: Journal, field: EditedField) -> Beginning:
    """Beginning of a journal for a field whose base is another one than that of a journal: its edits in force again."""
    edits = in_force(journal.read(journal.start))
    if not edits:
        return Beginning(field.header)
    return _carried_out(edits, field, "", same_base=False, same_grid=journal.header.grid == field.header.grid)


def in_force(entries: Iterable[Entry]) -> list[Edit]:
    """Edits that were made and not taken back, oldest first."""
    done: list[Edit] = []
    undone: list[Edit] = []
    for entry in entries:
        if entry.kind == "edit" and entry.edit is not None:
            done.append(entry.edit)
            undone.clear()
        elif entry.kind == "undo":
            undone.append(done.pop())
        elif entry.kind == "redo":
            done.append(undone.pop())
    return done


def _carried_out(edits: Sequence[Edit], field: EditedField, who: str, *, same_base: bool, same_grid: bool) -> Beginning:
    """Edits carried out again on a field, with what those who open it are told."""
    surface = field.new_surface()
    entries: list[Entry] = []
    conflicts: list[dict[str, Any]] = []
    for number, edit in enumerate(edits, 1):
        try:
            done, conflict = _again(edit, number, field, surface, same_base=same_base, same_grid=same_grid)
        except InputError as error:
            words = f"{words_of(edit, field)}: left out, as it cannot be carried out any more. {error}"
            conflicts.append({"edit": number, "count": 0, "words": words, "cells": []})
            continue
        conflicts += conflict
        count = len(entries) + 1
        entries.append(Entry(count, f"first-{token_urlsafe(9)}", "edit", count, done.who or who, done.when, done))
    told = []
    if not same_base:
        told.append(
            f"The map below the edits has changed: {counted(len(entries), 'edit')} carried out again, "
            f"{counted(len(conflicts), 'conflict')}."
        )
    return Beginning(field.header, tuple(entries), {"told": told, "conflicts": conflicts})


def _again(
    edit: Edit, number: int, field: EditedField, surface: Surface, *, same_base: bool, same_grid: bool
) -> tuple[Edit, list[dict[str, Any]]]:
    """An edit carried out again, and where the map was not as it had found it."""
    went = replay([edit], surface, same_base=same_base, same_grid=same_grid, revisions=field.revisions)
    conflicts = [
        {
            "edit": number,
            "count": int(conflict.cells.size),
            "words": words_of(edit, field),
            "cells": conflict.cells[:MOST_CELLS].tolist(),
        }
        for conflict in went.conflicts
    ]
    return went.edits[0], conflicts
