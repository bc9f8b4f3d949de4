"""Small maps of every kind of grid, and edits of every kind drawn at random."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np

from paleobc.errors import InputError
from paleobc.grids.curvilinear import CurvilinearGrid, GridPoints, describe_grid
from paleobc.grids.fold import Pivot
from paleobc.grids.mesh import Mesh, ocean_mesh, regular_mesh
from paleobc.grids.regular import RegularGrid
from paleobc.grids.tripolar import tripolar_grid
from paleobc.topography.edits.apply import apply_edit
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
from paleobc.topography.edits.log import EditLog, base_checksum, grid_description
from paleobc.topography.edits.replay import replay_log
from paleobc.topography.edits.shapes import (
    Box,
    Brush,
    CellList,
    Combined,
    Line,
    Polygon,
    Region,
    Shape,
    ValueRange,
)
from paleobc.topography.surface import Quantity, Surface

KINDS = ("regular", "F pivot", "T pivot", "T pivot without halo")
QUANTITIES: tuple[Quantity, ...] = ("height", "depth")

#: All cells of a map.
EVERYWHERE = Box(-180.0, -90.0, 180.0, 90.0)

Points = tuple[tuple[float, float], ...]


@cache
def mesh_of(kind: str) -> Mesh:
    """Mesh of one of the kinds."""
    return regular_mesh(RegularGrid(12, 20)) if kind == "regular" else ocean_mesh(ocean_grid(kind))


@cache
def ocean_grid(kind: str) -> CurvilinearGrid:
    """Ocean grid of one of the kinds."""
    pivot: Pivot = "F" if kind.startswith("F") else "T"
    return northern(tripolar_grid(resolution=6.0, pivot=pivot, halo="without" not in kind))


def northern(grid: CurvilinearGrid) -> CurvilinearGrid:
    """The rows of an ocean grid from somewhat north of the equator to the fold."""

    def cut(points: GridPoints) -> GridPoints:
        return GridPoints(*(field[-22:] for field in vars(points).values()))

    return describe_grid(cut(grid.t), u=cut(grid.u), v=cut(grid.v), f=cut(grid.f))


def random_field(random: np.random.Generator, mesh: Mesh, quantity: Quantity) -> np.ndarray:
    """Half land, half sea; on heights some cells at exactly 0 and -0."""
    values = random.normal(0.0, 1500.0, mesh.shape)
    if quantity == "depth":
        return np.where(values > 0.0, values, 0.0)
    return np.where(random.random(mesh.shape) < 0.1, random.choice([0.0, -0.0, 0.1], mesh.shape), values)


def random_surface(random: np.random.Generator, mesh: Mesh, quantity: Quantity) -> Surface:
    """Surface of a random field."""
    return Surface.of(random_field(random, mesh, quantity), mesh, quantity)


def same(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether two arrays are the same to the bit."""
    return one.tobytes() == other.tobytes()


def random_place(random: np.random.Generator) -> tuple[float, float]:
    """A place anywhere, now and then on the seam or a pole."""
    if random.random() < 0.1:
        return (float(random.choice([-180.0, 180.0, 73.0])), float(random.choice([-90.0, 0.0, 90.0])))
    return (float(random.uniform(-180.0, 180.0)), float(np.degrees(np.arcsin(random.uniform(-1.0, 1.0)))))


def random_points(random: np.random.Generator, count: int) -> Points:
    """Places within some thousand kilometres of each other."""
    west, south = random_place(random)
    return tuple(
        (float(west + random.uniform(-25.0, 25.0)), float(np.clip(south + random.uniform(-20.0, 20.0), -90.0, 90.0)))
        for _ in range(count)
    )


def ring(points: Points) -> Points:
    """Points in the order of their direction from their mean: a ring that seldom crosses itself."""
    east, north = np.mean(points, axis=0)
    return tuple(sorted(points, key=lambda point: float(np.arctan2(point[1] - north, point[0] - east))))


def random_shape(random: np.random.Generator, mesh: Mesh, depth: int = 0) -> Shape:
    """A shape of any kind."""
    west, south = random_place(random)
    cells = np.flatnonzero(mesh.unique)
    makers: list[Callable[[], Shape]] = [
        lambda: listed(random.choice(cells, size=random.integers(0, 12), replace=False), mesh),
        lambda: Box(west, max(south - 30.0, -90.0), west + float(random.uniform(5.0, 90.0)), min(south + 20.0, 90.0)),
        lambda: Polygon(ring(random_points(random, 4))),
        lambda: Line(random_points(random, 3), float(random.choice([0.0, 800.0]))),
        lambda: Brush(random_points(random, 2), float(random.uniform(100.0, 1500.0))),
        lambda: Region((west, south)),
        lambda: ValueRange(-50.0, 50.0),
        lambda: Combined(
            str(random.choice(["union", "intersection", "difference"])),
            random_shape(random, mesh, depth + 1),
            random_shape(random, mesh, depth + 1),
        ),
    ]
    return makers[random.integers(len(makers) - (depth > 1))]()


def random_operation(random: np.random.Generator, shape: Shape, quantity: Quantity) -> Operation:
    """An operation of any kind with numbers that can be meant."""
    lowest = 0.0 if quantity == "depth" else -4000.0
    if isinstance(shape, CellList) and random.random() < 0.5:
        return Set(tuple(random.uniform(lowest, 500.0, len(shape.cells)).tolist()))
    operations: list[Operation] = [
        Set(float(random.uniform(lowest, 4000.0))),
        Add(float(random.normal(0.0, 300.0))),
        Scale(float(random.choice([0.0, 0.9, 1.1, -1.0]))),
        Clamp(*[(None, 100.0), (-20.0, None), (5.0, 1000.0)][random.integers(3)]),
        Smooth(int(random.integers(1, 4))),
        FillFromNeighbours(),
        CopyFrom("before"),
        OpenStrait(float(random.uniform(1.0, 900.0))),
        CloseSea(None if random.random() < 0.5 else 30.0),
    ]
    return operations[random.integers(len(operations))]


def random_edit(random: np.random.Generator, mesh: Mesh, quantity: Quantity) -> Edit:
    """An edit of any kind."""
    shape = random_shape(random, mesh)
    where = random.choice(["all", "all", "land", "sea"])
    return Edit(shape, random_operation(random, shape, quantity), where, reason=f"no. {random.integers(1000)}")


def empty_log(base: Surface) -> EditLog:
    """A log without edits on a surface."""
    return EditLog(base.quantity, grid_description(base.mesh), base_checksum(base.values), ())


def continued(log: EditLog, base: Surface, random: np.random.Generator, count: int) -> EditLog:
    """A log with some more random edits."""
    surface = replace(base, values=final(log, base))
    edits = []
    while len(edits) < count:
        try:
            edits.append(
                apply_edit(random_edit(random, base.mesh, base.quantity), surface, revisions={"before": base.field})
            )
        except InputError:
            continue
    return replace(log, edits=log.edits + tuple(edits))


def final(log: EditLog, base: Surface) -> np.ndarray:
    """Values after a log."""
    surface = replace(base, values=base.values.copy())
    replay_log(log, surface)
    return surface.values
