"""Changes by hand of files, made as the editor makes them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from paleobc.formats.any_field import read_field
from paleobc.steps.hand_edits import surface_of
from paleobc.topography.edits.edit import Edit, Filter, Operation
from paleobc.topography.edits.history import History
from paleobc.topography.edits.log import EditLog, base_checksum, grid_description
from paleobc.topography.edits.shapes import Shape


def log_on(
    path: Path,
    variable: str,
    *edits: tuple[Shape, Operation],
    index: Mapping[str, int] | None = None,
    where: Filter = "present",
    reason: str = "as the map of 2020 has it",
) -> EditLog:
    """Log of edits carried out on a variable of a file."""
    field = read_field(path, variable, index or {})
    surface = surface_of(field)
    base, description = base_checksum(surface.values), grid_description(surface.mesh)
    history = History(surface)
    for shape, operation in edits:
        history.do(Edit(shape, operation, where=where, reason=reason))
    return EditLog("value", description, base, history.done, field.variable.name, field.index)
