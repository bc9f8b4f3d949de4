"""Edits of every kind, on small grids of both kinds, for hypothesis."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
from hypothesis import strategies as st

from ocean_worlds import LAYOUTS
from paleobc.grids.mesh import Mesh, ocean_mesh, regular_mesh
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
    Result,
    Scale,
    Set,
    Smooth,
)
from paleobc.topography.edits.log import EditLog, grid_description
from paleobc.topography.edits.shapes import Box, Brush, CellList, Combined, Line, Polygon, Region, Shape, ValueRange
from paleobc.topography.surface import Quantity

REGULAR = regular_mesh(RegularGrid(6, 12))


@cache
def tripolar() -> Mesh:
    """Mesh of an ocean grid with overlap columns and a folded row."""
    return ocean_mesh(LAYOUTS["182 x 149"]())


numbers = st.floats(-5000.0, 5000.0)
places = st.tuples(st.floats(-180.0, 180.0), st.floats(-90.0, 90.0))
texts = st.text(st.characters(codec="utf-8"), max_size=30)
checksums = st.sampled_from(["", "0123456789abcdef" * 4])


def _points(least: int) -> st.SearchStrategy[tuple[tuple[float, float], ...]]:
    return st.lists(places, min_size=least, max_size=5).map(tuple)


def _sorted_pair(first: float, second: float) -> tuple[float, float]:
    return min(first, second), max(first, second)


boxes = st.builds(lambda a, b: Box(a[0], min(a[1], b[1]), b[0], max(a[1], b[1])), places, places)
drawn: st.SearchStrategy[Shape] = st.one_of(
    boxes,
    st.builds(Polygon, _points(3)),
    st.builds(Line, _points(2), st.floats(0.0, 900.0)),
    st.builds(Brush, _points(1), st.floats(0.0, 900.0)),
    st.builds(Region, places),
    st.builds(_sorted_pair, numbers, numbers).map(lambda pair: ValueRange(*pair)),
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 11)), unique=True, max_size=6).map(
        lambda cells: CellList(tuple(cells))
    ),
)
shapes: st.SearchStrategy[Shape] = st.recursive(
    drawn,
    lambda inner: st.builds(Combined, st.sampled_from(["union", "intersection", "difference"]), inner, inner),
    max_leaves=4,
)
operations: st.SearchStrategy[Operation] = st.one_of(
    st.builds(Set, numbers),
    st.builds(Add, numbers),
    st.builds(Scale, st.floats(-3.0, 3.0)),
    st.builds(_sorted_pair, numbers, numbers).map(lambda pair: Clamp(*pair)),
    st.builds(Clamp, st.none(), numbers),
    st.builds(Smooth, st.integers(1, 9)),
    st.just(FillFromNeighbours()),
    st.builds(CopyFrom, texts.filter(bool)),
    st.builds(OpenStrait, st.floats(1.0, 900.0)),
    st.builds(CloseSea, st.none() | st.floats(1.0, 900.0)),
)


@st.composite
def results(draw: st.DrawFn) -> Result:
    """Results with signed zeros, subnormals and all digits."""
    cells = np.array(sorted(draw(st.sets(st.integers(0, 71), max_size=6))), dtype=np.int32)
    old, new = (np.array(draw(st.lists(numbers, min_size=cells.size, max_size=cells.size))) for _ in range(2))
    return Result(cells, old, new)


edits = st.builds(
    Edit,
    shapes,
    operations,
    where=st.sampled_from(["all", "land", "sea"]),
    reason=texts,
    who=texts,
    when=texts,
    result=st.none() | results(),
)

#: Logs of edits of every kind on a small regular grid.
logs = st.builds(
    lambda quantity, base, items: EditLog(quantity, grid_description(REGULAR), base, tuple(items)),
    st.sampled_from(["height", "depth"]),
    checksums,
    st.lists(edits, max_size=4),
)

#: Depths that lists of depths hold to the bit, land among them.
depths = st.one_of(st.just(0.0), st.floats(5e-324, 5000.0))

#: What a comment in a text can hold: one line, without blanks around it.
reasons = st.text(st.characters(codec="utf-8", categories=["L", "N"]), max_size=12)


@st.composite
def lists_of_depths(draw: st.DrawFn, mesh: Mesh, quantity: Quantity) -> EditLog:
    """Logs of edits that give cells, copies among them, their values; the same cells more than once."""
    positions = st.integers(0, mesh.unique.size - 1)
    chosen = []
    for _ in range(draw(st.integers(0, 4))):
        cells = np.unique(mesh.original.ravel()[draw(st.lists(positions, min_size=1, max_size=6))])
        given = draw(st.lists(depths, min_size=cells.size, max_size=cells.size))
        values = tuple(given if quantity == "depth" else [-depth if depth else 1.0 for depth in given])
        chosen.append(Edit(listed(cells, mesh), Set(values), reason=draw(reasons)))
    return EditLog(quantity, grid_description(mesh), "", tuple(chosen))


def with_result(edit: Edit, cells: np.ndarray, new: np.ndarray) -> Edit:
    """An edit that is said to have done this."""
    return replace(edit, result=Result(cells.astype(np.int32), np.zeros(new.size), new))
