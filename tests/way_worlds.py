"""Small fields of depth on regular and folded grids, and plain searches to compare with."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from paleobc.grids.fold import OrcaLayout

FOLDED_LAYOUTS = {
    f"{pivot} pivot, {'with' if halo else 'without'} halo": OrcaLayout(
        12 + halo, 14 + 2 * halo, pivot, overlap=halo, folded_row=halo
    )
    for pivot in ("T", "F")
    for halo in (True, False)
}

seeds = st.integers(0, 2**32 - 1)


def random_depth(random: np.random.Generator, rows: int, columns: int) -> np.ndarray:
    """Depths of few levels, with many ties, or of no two alike; land and sea."""
    if random.random() < 0.5:
        return random.integers(-4, 5, (rows, columns)).astype(float)
    return random.normal(0.0, 1000.0, (rows, columns))


def random_world(seed: int) -> tuple[np.random.Generator, np.ndarray]:
    """Depth on a regular grid of 1 to 8 rows and 3 to 10 columns, and the generator to go on with."""
    random = np.random.default_rng(seed)
    return random, random_depth(random, int(random.integers(1, 9)), int(random.integers(3, 11)))


def random_cells(random: np.random.Generator, size: int, most: int = 3) -> np.ndarray:
    """One cell or a few."""
    return random.choice(size, int(random.integers(1, most + 1)), replace=False)


def sides_of(shape: tuple[int, int], *, around: bool = True) -> list[list[int]]:
    """Cells beside each cell, written down without a table of owners."""
    rows, columns = shape
    beside = []
    for cell in range(rows * columns):
        j, i = divmod(cell, columns)
        near = [(j + 1, i), (j, i + 1), (j - 1, i), (j, i - 1)]
        near = [(k, m % columns if around else m) for k, m in near]
        beside.append([k * columns + m for k, m in near if 0 <= k < rows and 0 <= m < columns])
    return beside


def flooded(open_cells: np.ndarray, beside: list[list[int]], start: np.ndarray) -> set[int]:
    """Open cells that are joined to the open ones of the start."""
    waiting = [int(cell) for cell in start if open_cells[cell]]
    found = set(waiting)
    while waiting:
        for cell in beside[waiting.pop()]:
            if open_cells[cell] and cell not in found:
                found.add(cell)
                waiting.append(cell)
    return found


def unfolded(layout: OrcaLayout, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Flat indices of the cells of a block of rows and columns that may run on beyond the fold."""
    row, column, _ = layout.place(2 * rows[:, None], 2 * columns)
    return layout.cell_of(row, column)


def beyond_and_before(layout: OrcaLayout, shape: tuple[int, int]) -> list[np.ndarray]:
    """Where one block of cells stands on its way north through the fold: before, astride, and beyond."""
    rows, columns = shape
    last = layout.rows - 1 - layout.folded_row
    first_column = (layout.axis + 1) // 2 + 1
    places = [last - rows - 2, last - rows // 2, last - 1, last + 2]
    return [
        unfolded(layout, np.arange(at, at + rows), np.arange(first_column, first_column + columns)) for at in places
    ]
