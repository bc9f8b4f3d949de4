"""Answers of the desk as packed arrays: cells as runs, values in the type in which they travel."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from paleobc.conventions import IntArray
from paleobc.formats.packed_arrays import Array
from paleobc.grids.field_grid import CurvilinearGeometry, FieldGrid, RectilinearGeometry, RegularGeometry
from paleobc.pictures.colour_tables import TABLES, WITH_BREAK
from paleobc.services.editing.entries import Entry
from paleobc.services.editing.field import BASE, EditedField
from paleobc.services.editing.states import State
from paleobc.services.editing.words import words_of
from paleobc.topography.edits.apply import result_of

#: The scale of colours leaves out this much of the values at each end [%]: one odd cell must not take all colours.
_TAIL: Final = 0.2


def runs_of(cells: IntArray) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """
    First cells and lengths of the runs of ascending cells.

    Examples
    --------
    >>> runs_of(np.array([3, 4, 5, 9]))
    (array([3, 9], dtype=int32), array([3, 1], dtype=int32))
    """
    at = np.flatnonzero(np.diff(cells, prepend=-2) != 1)
    return cells[at].astype(np.int32), np.diff(at, append=cells.size).astype(np.int32)


def log_data(state: State, entries: list[Entry]) -> list[dict[str, Any]]:
    """Entries of a journal as an open editor is told of them."""
    force = set(state.done)
    return [_entry_data(state, entry, entry.number in force) for entry in entries]


def _entry_data(state: State, entry: Entry, in_force: bool) -> dict[str, Any]:
    edit = state.edit(entry.number)
    return {
        "position": entry.position,
        "kind": entry.kind,
        "number": entry.number,
        "words": words_of(edit, state.field),
        "reason": edit.reason,
        "who": entry.who,
        "when": entry.when,
        "cells": int(result_of(edit).cells.size),
        "in_force": in_force,
    }


def changed_arrays(state: State, position: int | None) -> dict[str, Array]:
    """All values and marks that differ from those at a position; all there are where it is None."""
    size = state.surface.values.size
    cells = np.arange(size) if position is None else state.changed_since(position)
    starts, lengths = runs_of(cells)
    arrays: dict[str, Array] = {
        "starts": starts,
        "lengths": lengths,
        "values": state.field.travelling(state.surface.values[cells]),
    }
    marked = np.arange(size) if position is None else state.marks_changed_since(position)
    arrays["mask_starts"], arrays["mask_lengths"] = runs_of(marked)
    return arrays | {"mask": state.looked.marks[marked]}


def geometry_data(grid: FieldGrid) -> tuple[dict[str, Any], dict[str, Array]]:
    """Shape of the cells of a grid."""
    rows, columns = grid.shape
    data: dict[str, Any] = {"kind": grid.kind, "rows": rows, "columns": columns}
    match grid.geometry:
        case RegularGeometry() as regular:
            steps = ("west", "longitude_step", "south", "latitude_step")
            return data | {name: float(getattr(regular, name)) for name in steps}, {}
        case RectilinearGeometry(longitude_edges, latitude_edges, is_periodic):
            edges = {"longitude_edges": longitude_edges, "latitude_edges": latitude_edges}
            return data | {"periodic": bool(is_periodic)}, {**edges}
        case CurvilinearGeometry(longitude, latitude, original):
            corners = {"corner_longitude": longitude.astype(np.float32), "corner_latitude": latitude.astype(np.float32)}
            return data, {**corners, "original": original.astype(np.int32)}


def opened_data(field: EditedField) -> dict[str, Any]:
    """What is edited, for those who open it."""
    quantity = field.surface.quantity
    rows, columns = field.grid.shape
    checks = [
        {"name": kind.name, "title": kind.title, "meaning": kind.meaning, "remedy": kind.remedy, "bit": bit}
        for bit, kind in enumerate(field.checker.kinds)
    ]
    return {
        "title": field.title,
        "subtitle": field.subtitle,
        "variable": field.variable,
        "words": field.words,
        "unit": field.unit,
        "quantity": quantity,
        "classes": None if field.classes is None else list(field.classes),
        "grid": {"kind": field.grid.kind, "rows": rows, "columns": columns},
        "dimensions": _dimensions(field),
        "variables": [
            {"name": one.name, "title": one.title, "dimensions": [dimension.name for dimension in one.dimensions]}
            for one in field.variables
        ],
        "checks": checks,
        "revisions": [{"name": name, "title": field.revisions.title(name)} for name in (BASE, *field.copies)],
        "colours": colours_data(field),
    }


def _dimensions(field: EditedField) -> list[dict[str, Any]]:
    """Dimensions beside the two of the map, and where on them the field lies."""
    chosen = dict(field.index)
    known = [dimension for one in field.variables if one.name == field.variable for dimension in one.dimensions]
    return [
        {"name": one.name, "size": one.size, "index": chosen.get(one.name, 0), "labels": list(one.labels)}
        for one in known
    ]


def colours_data(field: EditedField) -> dict[str, Any]:
    """Scale of colours with which a field is first shown."""
    values = field.surface.values[:: max(1, field.surface.values.size // 500_000)]
    known = values[np.isfinite(values)]
    said: dict[str, Any] = {"maps": list(TABLES), "unit": field.unit, "break": None}
    if field.classes is not None:
        return said | {"map": "classes", "low": 0.0, "high": float(max(len(field.classes) - 1, 1))}
    if field.surface.quantity == "height":
        depth, height = -_end(-known[known <= 0.0]), _end(known[known > 0.0])
        return said | {"map": "oleron", "low": depth, "high": height, "break": 0.0}
    if field.surface.quantity == "depth":
        return said | {"map": "depth", "low": 0.0, "high": _end(known[known > 0.0])}
    low, high = np.percentile(known, [_TAIL, 100.0 - _TAIL]).tolist() if known.size else (0.0, 1.0)
    if low < 0.0 < high and min(-low, high) > 0.1 * max(-low, high):
        return said | {"map": "vik", "low": low, "high": high, "break": 0.0}
    return said | {"map": "batlow", "low": low, "high": high if high > low else low + 1.0}


def _end(values: npt.NDArray[np.float64]) -> float:
    """Round number near the largest of some values from 0 on."""
    if not values.size or values.max() <= 0.0:
        return 1000.0
    end = float(np.percentile(values, 100.0 - _TAIL))
    step = 10.0 ** np.floor(np.log10(end)) if end > 0.0 else 1.0
    return float(np.ceil(end / step) * step)


def breaks(table: str) -> bool:
    """Whether a table of colours has two halves."""
    return table in WITH_BREAK
