"""
One edit, its undo and its redo after 10 000 others, on a map of 1440 x 1080 cells, in milliseconds.

Every kind of operation on a brush stroke, every kind of shape with one operation, on heights of a regular grid.
"""

from __future__ import annotations

import argparse
import gc
import json
from collections.abc import Callable
from time import process_time
from typing import Final

import numpy as np

from paleobc.conventions import FloatArray
from paleobc.grids.interpolation import linear
from paleobc.grids.mesh import regular_mesh
from paleobc.grids.regular import RegularGrid
from paleobc.topography.edits.cell_list import listed
from paleobc.topography.edits.edit import (
    Add,
    Clamp,
    CloseSea,
    CopyFrom,
    Edit,
    FillFromNeighbours,
    OpenStrait,
    Operation,
    Scale,
    Set,
    Smooth,
)
from paleobc.topography.edits.history import History
from paleobc.topography.edits.shapes import Box, Brush, Combined, Line, Polygon, Region, Shape, ValueRange
from paleobc.topography.surface import Surface
from worlds import shipped_relief

ROWS, COLUMNS = 1080, 1440
EDITS_BEFORE: Final = 10_000
ROUNDS: Final = 15

#: What one edit, undo or redo may take [ms of CPU].
AIM: Final = 10.0

STROKE: Final = Brush(((-80.0, 8.0), (-77.0, 10.0)), 300.0)

OPERATIONS: Final[tuple[Operation, ...]] = (
    Set(-200.0),
    Add(50.0),
    Scale(1.1),
    Clamp(-100.0, 100.0),
    Smooth(1),
    Smooth(10),
    FillFromNeighbours(),
    CopyFrom("other"),
    OpenStrait(800.0),
    CloseSea(),
)

SHAPES: Final[dict[str, Shape]] = {
    "one cell": listed(np.array([ROWS // 2 * COLUMNS]), regular_mesh(RegularGrid(ROWS, COLUMNS))),
    "box of 20 x 20 degrees": Box(170.0, -10.0, -170.0, 10.0),
    "polygon of 5 points": Polygon(((0.0, 35.0), (15.0, 30.0), (35.0, 31.0), (28.0, 45.0), (5.0, 44.0))),
    "line of 2000 km": Line(((-90.0, 10.0), (-75.0, 20.0)), 100.0),
    "brush of 300 km": STROKE,
    "region: the Caspian Sea": Region((51.0, 42.0)),
    "values of all cells": ValueRange(-1.0, 1.0),
    "box less a brush": Combined("difference", Box(-90.0, 0.0, -70.0, 20.0), STROKE),
}


def timed(run: Callable[[], object]) -> float:
    """CPU time one call takes [ms]."""
    start = process_time()
    run()
    return 1000.0 * (process_time() - start)


def measured(history: History, edit: Edit) -> dict[str, float]:
    """Median CPU times of an edit, its undo and its redo [ms], and the cells it changes."""
    rounds = []
    for _ in range(ROUNDS + 1):  # the first one compiles
        done = timed(lambda: history.do(edit))
        undone = timed(history.undo)
        redone = timed(history.redo)
        result = history.done[-1].result
        rounds.append((done, undone, redone, 0 if result is None else result.cells.size))
        history.undo()
    do, undo, redo, cells = np.median(rounds[1:], axis=0).tolist()
    return {"cells": cells, "do": do, "undo": undo, "redo": redo}


def edited(heights: FloatArray, other: FloatArray) -> tuple[History, float]:
    """A history of 10 000 strokes, and the mean time of one [ms]."""
    grid = RegularGrid(ROWS, COLUMNS)
    history = History(Surface.of(heights, regular_mesh(grid), "height"), revisions={"other": other})
    random = np.random.default_rng(1)
    history.do(Edit(STROKE, Add(1.0)))  # what is kept of the grid is made once
    places = random.uniform((-180.0, -80.0), (180.0, 80.0), (EDITS_BEFORE, 2)).tolist()
    seconds = timed(lambda: [history.do(Edit(Brush(((west, south),), 60.0), Add(1.0))) for west, south in places])
    return history, seconds / EDITS_BEFORE


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print everything that was measured, as JSON")
    options = parser.parse_args()
    relief = shipped_relief()
    heights = linear(relief, RegularGrid(*relief.shape), RegularGrid(ROWS, COLUMNS))
    history, mean = edited(heights, heights + 1.0)
    gc.collect()
    found = {str(operation): measured(history, Edit(STROKE, operation)) for operation in OPERATIONS}
    found |= {f"Add on {name}": measured(history, Edit(shape, Add(1.0))) for name, shape in SHAPES.items()}
    whole = timed(lambda: [history.undo() for _ in range(EDITS_BEFORE)]) / EDITS_BEFORE
    if options.json:
        print(json.dumps({"one of the strokes": mean, "one of all undone": whole, "edits": found}, indent=2))
        return
    print(f"{ROWS} x {COLUMNS} cells, {EDITS_BEFORE} edits before, median CPU time of {ROUNDS} rounds [ms]")
    print(f"{'':<42}{'cells':>9}{'edit':>9}{'undo':>9}{'redo':>9}")
    for name, one in found.items():
        late = "  aim missed" if max(one["do"], one["undo"], one["redo"]) > AIM else ""
        print(f"{name:<42}{one['cells']:>9.0f}{one['do']:>9.3f}{one['undo']:>9.3f}{one['redo']:>9.3f}{late}")
    print(f"Mean of the strokes before: {mean:.3f} an edit, {whole:.3f} an undo. Aim: {AIM:g} ms each.")


if __name__ == "__main__":
    main()
