"""
One question of the map editor and its answer, in milliseconds, from the request to the packed bytes.

A warm process on one map: an edit that moves the shore, one that does not, undo, redo, what a shape selects, and the
repair of one problem, each beside the plain check of the same map.
"""

from __future__ import annotations

import argparse
import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np

from paleobc.conventions import FloatArray
from paleobc.formats.packed_arrays import unpack
from paleobc.grids.field_grid import ocean_field_grid, regular_field_grid
from paleobc.grids.interpolation import linear
from paleobc.grids.regular import RegularGrid
from paleobc.grids.tripolar import paleorca2_grid
from paleobc.ocean.bathymetry import nearest_depth
from paleobc.services.editing.desk import Desk
from paleobc.services.editing.field import EditedField
from paleobc.services.editing.host import Saved, Saving
from paleobc.services.editing.journal import Beginning, MemoryJournal
from paleobc.topography.checks import check_relief
from paleobc.topography.ocean_checks import check_ocean
from paleobc.topography.surface import Surface
from worlds import shipped_relief

ROUNDS = 15

#: Roughness of the shelves [m]: with it a tenth of a degree has some 21 000 closed seas.
SHELVES = 60.0

#: A few hundred kilometres of coast, as land and as sea, and some of the open ocean.
COAST = {"box": [-80.0, 8.0, -70.0, 14.0]}
OCEAN = {"box": [-160.0, -10.0, -150.0, 0.0]}


@dataclass
class Nowhere:
    """A host that keeps nothing."""

    may_change = can_save = True
    gateways: list[dict[str, Any]]

    def save(self, saving: Saving) -> Saved:
        """Save nothing, and give back why."""
        return Saved(saving.reason)

    def told(self, position: int) -> None:
        """Hear nothing."""


GATEWAYS = [
    {"name": "Panama", "state": "closed", "from": [-85.0, 5.0], "to": [-78.0, 14.0]},
    {"name": "Drake", "state": "open", "line": [[-66.0, -55.0], [-60.0, -64.0]], "least_width_cells": 2},
    {"name": "Gibraltar", "state": "open", "from": [-8.0, 35.5], "to": [-1.0, 36.5]},
]


def relief(step: float, gateways: bool) -> tuple[EditedField, Callable[[FloatArray], object], Nowhere]:
    """Present-day Earth with rough shelves, its field, and its plain check."""
    world = shipped_relief()
    grid = RegularGrid.of_resolution(step)
    height = linear(world, RegularGrid(*world.shape), grid)
    if step < 1.0:
        noise = np.random.default_rng(7).standard_normal(grid.shape)
        height = height + SHELVES * noise * (np.abs(height) < 2.0 * SHELVES)
    field_grid = regular_field_grid(grid)
    surface = Surface.of(height.astype(np.float32).astype(np.float64), field_grid.mesh, "height")
    field = EditedField("Relief", "", "Height above sea level", "m", surface, field_grid, "relief")
    return field, lambda values: check_relief(values, grid), Nowhere(GATEWAYS if gateways else [])


def bathymetry(gateways: bool) -> tuple[EditedField, Callable[[FloatArray], object], Nowhere]:
    """Present-day ocean on the grid of PALEORCA2."""
    world, grid = shipped_relief(), paleorca2_grid()
    depth = nearest_depth(world, RegularGrid(*world.shape), grid)
    field_grid = ocean_field_grid(grid)
    surface = Surface.of(np.asarray(depth, dtype=np.float64), field_grid.mesh, "depth")
    field = EditedField("Bathymetry", "", "Depth of the ocean", "m", surface, field_grid, "ocean", grid)
    return field, lambda values: check_ocean(values, grid), Nowhere(GATEWAYS if gateways else [])


class Bench:
    """Asks one desk, and counts the time of each answer."""

    def __init__(self, field: EditedField, host: Nowhere) -> None:
        self.desk = Desk(field, MemoryJournal(Beginning(field.header)), "", host)
        self.position = 0

    def ask(self, kind: str, **body: Any) -> tuple[float, Any, int]:
        """Milliseconds, data and bytes of an answer."""
        begun = perf_counter()
        packed = self.desk.answer(kind, body)
        took = 1000.0 * (perf_counter() - begun)
        data = unpack(packed)[0]
        self.position = data.get("position", self.position)
        return took, data, len(packed)

    def act(self, **body: Any) -> float:
        """Milliseconds of a change."""
        return self.ask("act", position=self.position, key=str(uuid.uuid4()), **body)[0]


def edit(shape: dict[str, Any], operation: dict[str, Any]) -> dict[str, Any]:
    """An edit as it is asked for."""
    return {"shape": shape, "operation": operation, "where": "all", "reason": ""}


def measured(field: EditedField, check: Callable[[FloatArray], object], host: Nowhere, rounds: int) -> dict[str, float]:
    """Medians of what is asked in the course of editing [ms], and of the plain check."""
    bench = Bench(field, host)
    depth = field.surface.quantity == "depth"
    to_sea, to_land = ({"set": 900.0}, {"set": 0.0}) if depth else ({"set": -900.0}, {"set": 10.0})
    first, values, size = bench.ask("values")
    times: dict[str, list[float]] = {}

    def note(name: str, took: float) -> None:
        times.setdefault(name, []).append(took)

    for number in range(rounds + 1):
        bench.act(edit=edit(COAST, to_sea))
        note("edit that moves the shore", bench.act(edit=edit(COAST, to_land)))
        note("undo of it", bench.act(undo=True))
        note("redo of it", bench.act(redo=True))
        note("edit of the sea floor", bench.act(edit=edit(OCEAN, {"add": 1.0 + number})))
        note("undo", bench.act(undo=True))
        note("selection", bench.ask("select", position=bench.position, shape=COAST)[0])
        begun = perf_counter()
        check(field.surface.field)
        note("plain check", 1000.0 * (perf_counter() - begun))
    found = {name: median(took[1:]) for name, took in times.items()}
    for problem in {one["check"]: one for one in reversed(values["findings"]["problems"])}.values():
        asked = {"position": bench.position, "check": problem["check"], "cell": problem["cell"]}
        found[f"proposal: {problem['check']}"] = median(bench.ask("propose", **asked)[0] for _ in range(3))
    counts = values["findings"]["counts"]
    return found | {
        "first values": first,
        "megabytes of values": size / 1e6,
        "closed seas": counts["closed_sea"]["places"],
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("maps", nargs="*", default=["1", "orca2", "0.1"], help="steps of reliefs [degrees], or orca2")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--gateways", action="store_true", help="with three gateways to be looked at")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    found = {}
    for name in asked.maps:
        world = bathymetry(asked.gateways) if name == "orca2" else relief(float(name), asked.gateways)
        found[name] = measured(*world, rounds=asked.rounds)
    if asked.json:
        print(json.dumps(found, indent=1))
        return
    for name, medians in found.items():
        seas, size = medians.pop("closed seas"), medians.pop("megabytes of values")
        print(f"\n{name}: {seas:.0f} closed seas, {size:.1f} MB of values")
        for what, took in medians.items():
            print(f"  {what:32s} {took:9.1f}   {took / medians['plain check']:6.2f} of the plain check")


if __name__ == "__main__":
    main()
