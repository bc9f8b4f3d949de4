"""Small worlds of every shape that has ever broken a river or a sea, and their sizes, for hypothesis."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from paleobc.grids.regular import RegularGrid

Maker = Callable[[np.random.Generator, int, int], np.ndarray]


def grid_of(field: np.ndarray) -> RegularGrid:
    """Grid of a field of shape (rows, columns)."""
    return RegularGrid(*field.shape)


def islands(random: np.random.Generator, rows: int, columns: int) -> np.ndarray:
    """Islands of a few cells in a wide sea."""
    land = random.random((rows, columns)) < 0.25
    return np.where(land, random.integers(1, 60, land.shape), -random.integers(0, 90, land.shape))


def lakes(random: np.random.Generator, rows: int, columns: int) -> np.ndarray:
    """Land strewn with seas of one cell, and a larger sea somewhere."""
    height = random.integers(1, 6, (rows, columns)) * 10
    height[random.random((rows, columns)) < 0.15] = -5
    row, column = random.integers(rows), random.integers(columns)
    height[row : row + 2, np.arange(column, column + columns // 2) % columns] = -50
    return height


def one_sea(random: np.random.Generator, rows: int, columns: int) -> np.ndarray:
    """All land, in few levels, but for one cell of sea."""
    height = random.integers(1, 4, (rows, columns)) * 100
    height[random.integers(rows), random.integers(columns)] = -1
    return height


def seam_continent(random: np.random.Generator, rows: int, columns: int) -> np.ndarray:
    """A continent over the date line, with basins inside."""
    east = np.minimum(np.arange(columns), columns - np.arange(columns)) / (0.3 * columns)
    north = (np.arange(rows) - (rows - 1) / 2)[:, None] / (0.4 * rows)
    dome = 300 * (1 - east**2 - north**2)
    return np.rint(dome + random.integers(-120, 120, (rows, columns)))


def polar_continents(random: np.random.Generator, rows: int, columns: int) -> np.ndarray:
    """Land over both poles, sloping to the pole or away from it, and sea between."""
    polewards = np.abs(np.arange(rows) - (rows - 1) / 2)[:, None] / rows
    slope = random.choice([-300.0, 0.0, 300.0])
    land = 200 + slope * polewards + random.integers(0, 40, (rows, columns))
    return np.where(polewards > random.uniform(0.1, 0.4), np.rint(land), -100.0)


def millimetres(random: np.random.Generator, rows: int, columns: int) -> np.ndarray:
    """Plains with ripples of a few millimetres, and of less than one."""
    height = 2.0 + random.integers(0, 4, (rows, columns)) * 0.001 + random.uniform(-4e-4, 4e-4, (rows, columns))
    return np.where(random.random((rows, columns)) < 0.2, -height, height)


def shores(random: np.random.Generator, rows: int, columns: int) -> np.ndarray:
    """Heights so close to sea level that some round to it."""
    return random.choice([-1.0, -4e-4, -0.0, 0.0, 4e-4, 6e-4, 1e-3, 2.0], (rows, columns))


def mountains(random: np.random.Generator, rows: int, columns: int) -> np.ndarray:
    """No two heights alike."""
    return random.normal(0.0, 1500.0, (rows, columns))


def all_ocean(random: np.random.Generator, rows: int, columns: int) -> np.ndarray:
    """No land at all."""
    return -random.integers(0, 3000, (rows, columns))


MAKERS: tuple[Maker, ...] = (
    islands,
    lakes,
    one_sea,
    seam_continent,
    polar_continents,
    millimetres,
    shores,
    mountains,
    all_ocean,
)

#: Rows and columns: from the smallest worlds there are, even and odd.
shapes = st.one_of(st.sampled_from([(2, 4), (3, 4), (2, 5), (3, 5)]), st.tuples(st.integers(2, 9), st.integers(4, 13)))


def with_sea(height: np.ndarray) -> np.ndarray:
    """Height [m] as floating point, with a cell of sea where it had none after rounding to millimetres."""
    height = np.array(height, dtype=np.float64)
    if (np.round(height, 3) > 0.0).all():
        height[height.shape[0] // 2, 0] = -1.0
    return height


@st.composite
def made_reliefs(draw: st.DrawFn) -> np.ndarray:
    """Reliefs of one of the kinds above, turned around the globe by any number of columns."""
    rows, columns = draw(shapes)
    maker = draw(st.sampled_from(MAKERS))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    height = np.roll(maker(random, rows, columns), random.integers(columns), axis=1)
    return with_sea(height)


#: Reliefs of whole levels drawn cell by cell: many flats, and easy to shrink to the cell that matters.
drawn_reliefs = shapes.flatmap(
    lambda shape: hnp.arrays(
        np.float64, shape, elements=st.sampled_from([-20.0, 0.0, 10.0, 20.0, 30.0]), fill=st.nothing()
    )
).map(with_sea)

#: Any relief with at least one cell of sea.
reliefs = st.one_of(made_reliefs(), drawn_reliefs)

#: Any field of numbers on any small grid.
fields = shapes.flatmap(lambda shape: hnp.arrays(np.float64, shape, elements=st.floats(-9000.0, 9000.0, width=32)))

#: Which cells are sea, all land and all sea among them.
sea_masks = shapes.flatmap(lambda shape: hnp.arrays(np.bool_, shape, fill=st.nothing()))
