"""Grids of every kind that a field of a stranger's file may stand on, small."""

from __future__ import annotations

from functools import cache

import numpy as np

from paleobc.grids.field_grid import (
    FieldGrid,
    curvilinear_field_grid,
    ocean_field_grid,
    rectilinear_field_grid,
    regular_field_grid,
)
from paleobc.grids.mesh import Mesh
from paleobc.grids.rectilinear import rectilinear_grid
from paleobc.grids.regular import RegularGrid
from paleobc.grids.sphere import longitude_latitude, unit_vectors
from paleobc.topography.edits.edit import Add, Clamp, CopyFrom, Edit, FillFromNeighbours, Operation, Scale, Set, Smooth
from paleobc.topography.edits.shapes import CellList
from paleobc.topography.surface import Surface
from paleobc.topography.value_type import ValueType
from random_edits import KINDS, ocean_grid, random_shape

#: Grids of meridians and parallels.
RECTILINEAR = ("gaussian", "with pole rows", "regional", "over the date line")

#: Grids of rows and columns that know no fold.
PLAIN = ("rotated", "rotated, closed", "with overlap")

FIELD_GRIDS = (*KINDS, *RECTILINEAR, *PLAIN)


def rotated(longitudes: np.ndarray, latitudes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Places after the globe was turned, its pole from 90N to 50N 10E."""
    east, tilt = np.radians(10.0), np.radians(40.0)
    about_y = np.array([[np.cos(tilt), 0.0, np.sin(tilt)], [0.0, 1.0, 0.0], [-np.sin(tilt), 0.0, np.cos(tilt)]])
    about_z = np.array([[np.cos(east), -np.sin(east), 0.0], [np.sin(east), np.cos(east), 0.0], [0.0, 0.0, 1.0]])
    return longitude_latitude(unit_vectors(longitudes, latitudes) @ (about_z @ about_y).T)


@cache
def field_grid(name: str) -> FieldGrid:
    """Grid of one of the kinds."""
    around = np.arange(24) * 15.0 - 180.0
    match name:
        case "regular":
            return regular_field_grid(RegularGrid(12, 20))
        case "gaussian":
            nodes = np.polynomial.legendre.leggauss(12)[0]
            return rectilinear_field_grid(rectilinear_grid(around, np.degrees(np.arcsin(nodes))))
        case "with pole rows":
            return rectilinear_field_grid(rectilinear_grid(around, np.linspace(-90.0, 90.0, 13)))
        case "regional":
            east, north = np.cumsum([-30.0, 2.0, 3.0, 5.0, 8.0, 8.0, 8.0]), np.cumsum([20.0, 3.0, 4.0, 5.0, 7.0, 9.0])
            return rectilinear_field_grid(rectilinear_grid(east, north))
        case "over the date line":
            return rectilinear_field_grid(rectilinear_grid(np.arange(150.0, 221.0, 10.0), np.arange(-30.0, 31.0, 6.0)))
        case "rotated":
            return curvilinear_field_grid(
                *rotated(*np.meshgrid(np.arange(-40.0, 41.0, 8.0), np.arange(-30.0, 60.0, 6.0)))
            )
        case "rotated, closed":
            return curvilinear_field_grid(*rotated(*np.meshgrid(around + 7.5, np.arange(-60.0, 85.0, 10.0))))
        case "with overlap":
            columns = np.concatenate([around, around[:2]])
            return curvilinear_field_grid(*rotated(*np.meshgrid(columns, np.arange(-55.0, 60.0, 10.0))))
    return ocean_field_grid(ocean_grid(name))


def random_values(random: np.random.Generator, mesh: Mesh, value_type: ValueType) -> Surface:
    """Values with gaps, few of them different, as far as they can be held."""
    values = np.round(random.normal(20.0, 15.0, mesh.shape) * 2.0) / 2.0
    values = value_type.held(np.clip(values, *value_type.limits))
    return Surface.of(np.where(random.random(mesh.shape) < 0.3, np.nan, values), mesh, "value", value_type)


def random_value_edit(random: np.random.Generator, mesh: Mesh) -> Edit:
    """An edit of values of any kind; some cannot be carried out."""
    shape = random_shape(random, mesh)
    whole = [float(random.integers(0, 60)) for _ in range(len(shape.cells) if isinstance(shape, CellList) else 1)]
    if isinstance(shape, CellList) and random.random() < 0.5:
        return Edit(shape, Set(tuple(np.nan if random.random() < 0.2 else value for value in whole)))
    operations: list[Operation] = [
        Set(whole[0] if whole else 1.0),
        Set(np.nan),
        Add(float(random.normal(0.0, 10.0))),
        Scale(float(random.choice([0.0, 0.9, 1.1]))),
        Clamp(*[(None, 30.0), (10.0, None), (5.0, 25.0)][random.integers(3)]),
        Smooth(int(random.integers(1, 4))),
        FillFromNeighbours(),
        CopyFrom("before"),
    ]
    where = random.choice(["all", "all", "present", "missing"])
    return Edit(shape, operations[random.integers(len(operations))], where, reason=f"no. {random.integers(1000)}")
