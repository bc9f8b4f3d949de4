"""Desks on small worlds, a client that keeps a copy as an open editor does, and actions at random."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from paleobc.errors import ConflictError
from paleobc.formats.packed_arrays import unpack
from paleobc.grids.field_grid import ocean_field_grid, regular_field_grid
from paleobc.grids.regular import RegularGrid
from paleobc.services.editing.desk import Desk
from paleobc.services.editing.field import EditedField
from paleobc.services.editing.host import Saved, Saving
from paleobc.services.editing.journal import Beginning, Journal, MemoryJournal
from paleobc.services.editing.states import States
from paleobc.topography.edits.edit import Edit
from paleobc.topography.edits.plain import edit_as_data
from paleobc.topography.surface import Surface
from random_edits import ocean_grid, random_edit, random_field


@dataclass
class Home:
    """A host that keeps what it is told."""

    may_change: bool = True
    can_save: bool = True
    gateways: list[dict[str, Any]] = field(default_factory=list)
    saved: list[Saving] = field(default_factory=list)
    positions: list[int] = field(default_factory=list)

    def save(self, saving: Saving) -> Saved:
        """Keep it."""
        self.saved.append(saving)
        return Saved("Saved.")

    def told(self, position: int) -> None:
        """Keep it."""
        self.positions.append(position)


def relief_field(seed: int = 0, rows: int = 12, columns: int = 20) -> EditedField:
    """Heights at random on a regular grid."""
    grid = regular_field_grid(RegularGrid(rows, columns))
    values = random_field(np.random.default_rng(seed), grid.mesh, "height").round(1)
    surface = Surface.of(values, grid.mesh, "height")
    return EditedField("Relief", "", "Height above sea level", "m", surface, grid, "relief")


def ocean_field(seed: int = 0, kind: str = "F pivot") -> EditedField:
    """Depths at random on a grid with a fold."""
    ocean = ocean_grid(kind)
    grid = ocean_field_grid(ocean)
    values = random_field(np.random.default_rng(seed), grid.mesh, "depth").astype(np.float32)
    surface = Surface.of(values, grid.mesh, "depth")
    return EditedField("Bathymetry", "", "Depth of the ocean", "m", surface, grid, "ocean", ocean)


def value_field(seed: int = 0) -> EditedField:
    """Numbers at random, some of them missing."""
    grid = regular_field_grid(RegularGrid(8, 12))
    random = np.random.default_rng(seed)
    values = np.where(random.random(grid.shape) < 0.2, np.nan, random.normal(size=grid.shape))
    surface = Surface.of(values, grid.mesh, "value")
    return EditedField("Heat flow", "", "Heat flow", "mW/m²", surface, grid, variable="heatflow")


def basin_field(seed: int = 0) -> EditedField:
    """Sub-basins at random."""
    ocean = ocean_grid("T pivot")
    grid = ocean_field_grid(ocean)
    random = np.random.default_rng(seed)
    values = np.where(random.random(grid.shape) < 0.3, np.nan, random.integers(0, 4, grid.shape))
    surface = Surface.of(values, grid.mesh, "basin")
    names = ("no basin", "Atlantic", "Pacific", "Indian")
    return EditedField("Sub-basins", "", "Basin", "", surface, grid, "basins", classes=names)


FIELDS: dict[str, Callable[[int], EditedField]] = {
    "relief": relief_field,
    "ocean with F pivot": ocean_field,
    "ocean with T pivot": lambda seed: ocean_field(seed, "T pivot"),
    "ocean without halo": lambda seed: ocean_field(seed, "T pivot without halo"),
    "values": value_field,
    "basins": basin_field,
}


def desk_of(edited: EditedField, journal: Journal | None = None, who: str = "Ada", home: Home | None = None) -> Desk:
    """Desk of a process of its own: it shares no states with others."""
    journal = journal or MemoryJournal(Beginning(edited.header))
    return Desk(edited, journal, who, home or Home(), States())


def ask(desk: Desk, kind: str, /, **body: Any) -> tuple[Any, dict[str, Any]]:
    """Data and arrays of an answer."""
    return unpack(desk.answer(kind, body))


class Client:
    """Somebody's open editor: a copy of values and marks that answers change along runs."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self._keys = desk, 0
        self.load()

    def load(self) -> None:
        """Read everything."""
        data, arrays = ask(self.desk, "values")
        self.position, self.log, self.findings = data["position"], data["log"], data["findings"]
        self.values, self.mask = arrays["values"].ravel().copy(), arrays["mask"].ravel().copy()

    def key(self) -> str:
        """A key of its own."""
        self._keys += 1
        return f"{self.desk.who}-{id(self)}-{self._keys}"

    def act(self, key: str | None = None, **body: Any) -> Any:
        """Change the map; where it has to be looked at first, look."""
        data, arrays = ask(self.desk, "act", position=self.position, key=key or self.key(), **body)
        return self.follow(data, arrays)

    def try_to_act(self, **body: Any) -> bool:
        """Change the map, or look at what others did."""
        try:
            self.act(**body)
        except ConflictError:
            self.look()
            return False
        return True

    def look(self) -> Any:
        """See what others did."""
        return self.follow(*ask(self.desk, "changes", position=self.position))

    def follow(self, data: Any, arrays: dict[str, Any]) -> Any:
        """Write what has changed."""
        write_runs(self.values, arrays["starts"], arrays["lengths"], arrays["values"])
        write_runs(self.mask, arrays["mask_starts"], arrays["mask_lengths"], arrays["mask"])
        self.position, self.findings = data["position"], data["findings"]
        self.log = self.log + [
            entry for entry in data["log"] if all(entry["position"] != one["position"] for one in self.log)
        ]
        return data


def write_runs(values: np.ndarray[Any, Any], starts: Any, lengths: Any, new: Any) -> None:
    """Write values along runs, as the editor does."""
    at = 0
    for start, length in zip(starts.tolist(), lengths.tolist(), strict=True):
        values[start : start + length] = new[at : at + length]
        at += length
    assert at == new.size


def box(
    west: float, south: float, east: float, north: float, operation: dict[str, Any], where: str = "all"
) -> dict[str, Any]:
    """An edit of a box, as it is asked for."""
    return {"shape": {"box": [west, south, east, north]}, "operation": operation, "where": where, "reason": ""}


def values_now(edited: EditedField, journal: Journal) -> np.ndarray[Any, Any]:
    """Values that a process that knows nothing but the journal finds."""
    client = Client(desk_of(edited, journal))
    return client.values


def asked(edit: Edit) -> dict[str, Any]:
    """An edit of the machinery as it is asked for."""
    data = {"reason": "", **edit_as_data(edit)}
    return {key: data[key] for key in ("shape", "operation", "where", "reason")}


def any_edit(random: np.random.Generator, edited: EditedField) -> dict[str, Any]:
    """An edit at random, of a kind that the field knows; it may be one that cannot be carried out."""
    mesh, quantity = edited.surface.mesh, edited.surface.quantity
    if quantity in ("height", "depth"):
        edit = asked(random_edit(random, mesh, quantity))
        return json.loads(json.dumps(edit).replace('"before"', '"base"'))
    west, south = random.uniform(-180.0, 180.0), random.uniform(-90.0, 60.0)
    operations = {
        "value": [{"set": 1.5}, {"set": None}, {"add": 0.25}, {"scale": -1.5}, {"clamp": [0, None]}, {"smooth": 2}],
        "basin": [{"set": 0}, {"set": 2}, {"copy": "base"}],
    }[quantity]
    operation = operations[random.integers(len(operations))]
    return box(west, south, west + random.uniform(10.0, 120.0), south + 30.0, operation)
