"""Cells along a line or under a stroke: those it crosses, joined over their sides, and those near it."""

from __future__ import annotations

from typing import Final

import numpy as np

from paleobc.constants import EARTH_RADIUS
from paleobc.conventions import BoolArray, FloatArray, IntArray
from paleobc.grids.arcs import Arcs, arcs_through
from paleobc.grids.mesh import Mesh
from paleobc.grids.sphere import longitude_latitude, unit_vectors
from paleobc.grids.walks import CORNERS, SIDES, cells_over, shortest_walk
from paleobc.topography.edits.drawn_points import checked_distance, drawn_points
from paleobc.topography.edits.shapes import Brush, Line

#: Distance of the first points along a line, in sides of a typical cell.
_STRIDE: Final = 0.4

#: Where a line seems to pass a corner it is followed in steps of this, in sides of a typical cell.
_CORNER: Final = 0.02

#: Points closer than this [chord] are not told apart any more: it is a centimetre.
_NEAREST: Final = 1.0e-9

#: Places are rounded to so many decimals [degrees], so that a line along sides of cells keeps to one row or column.
_DECIMALS: Final = 9

#: Points closer to a pole than this [chord], 64 m, have no meridian: too few decimals of it are left.
_AT_POLE: Final = 1.0e-5

#: Two centres are equally far from a line when their distances differ by less [rad].
_EQUALLY_FAR: Final = 1.0e-12


def line_cells(line: Line, mesh: Mesh) -> IntArray:
    """
    Flat indices, ascending, of the cells along a line.

    Takes time with the cells that the line crosses and with those near it, see `Mesh.cells_along`. A line that
    goes right over a pole of a regular grid, or leaves an ocean grid in the south, goes on along the last row,
    the short way; elsewhere, where cells are far thinner than long, a walk of fewest steps joins its cells.

    Examples
    --------
    >>> from paleobc.grids.mesh import regular_mesh
    >>> from paleobc.grids.regular import RegularGrid
    >>> line_cells(Line(((10.0, 10.0), (60.0, 50.0))), regular_mesh(RegularGrid(4, 8)))
    array([20, 21, 29], dtype=int32)
    """
    distance = checked_distance(line.width_km, "width of the line") / 2.0
    return _cells_along(*drawn_points(line.points, "line"), distance, mesh)


def brush_cells(brush: Brush, mesh: Mesh) -> IntArray:
    """
    Flat indices, ascending, of the cells under a brush: those of a line twice as wide as its radius.

    Examples
    --------
    >>> from paleobc.grids.mesh import regular_mesh
    >>> from paleobc.grids.regular import RegularGrid
    >>> brush_cells(Brush(((22.5, 22.5),), 4700.0), regular_mesh(RegularGrid(4, 8)))
    array([19, 20, 21], dtype=int32)
    """
    distance = checked_distance(brush.radius_km, "radius of the brush")
    return _cells_along(*drawn_points(brush.points, "brush stroke"), distance, mesh)


def _cells_along(longitudes: FloatArray, latitudes: FloatArray, distance_km: float, mesh: Mesh) -> IntArray:
    crossed = crossed_cells(longitudes, latitudes, mesh)
    near = mesh.cells_along(longitudes, latitudes, distance_km) if distance_km > 0.0 else crossed[:0]
    return np.union1d(crossed, near).astype(np.int32)


def crossed_cells(longitudes: FloatArray, latitudes: FloatArray, mesh: Mesh) -> IntArray:
    """
    Cells that a line of great-circle arcs goes through, in its order, each the neighbour of the one before.

    The line is followed in steps of part of a cell. Where it goes from one cell to another that only touches it
    at a corner, that one of the two cells between is added whose centre is closer to the line.

    Parameters
    ----------
    longitudes, latitudes : ndarray, shape (places,)
        Corners of the line [degrees].
    mesh : Mesh

    Returns
    -------
    ndarray of int, shape (cells,)
        Flat indices; a cell comes as often as the line comes back to it. Where the line leaves a grid that does not
        cover the globe, the next one is that in which it comes back.
    """
    arcs = arcs_through(longitudes, latitudes, _STRIDE * mesh.typical_side / EARTH_RADIUS)
    if len(arcs.points) == 1:
        cells = _cells_at(arcs.points, mesh)
        return cells[cells >= 0]
    cells, arc = _followed(arcs, mesh)
    return _joined(cells, arcs.normals[arc[1:]], mesh)


def _followed(arcs: Arcs, mesh: Mesh) -> tuple[IntArray, IntArray]:
    """Cells along a line, none twice in a row, -1 outside the grid, and the arc on which each is reached."""
    points, arc = arcs.points, arcs.arc
    inner = np.ones(len(points), dtype=np.bool_)
    inner[1:-1] = ~_at_pole(points[1:-1])
    points, arc = points[inner], arc[inner]
    cells = _cells_at(points, mesh)
    while True:
        pairs = np.flatnonzero(cells[:-1] != cells[1:])
        pairs = pairs[~_meet(cells[pairs], cells[pairs + 1], mesh.owners, SIDES)]
        at_corner = _meet(cells[pairs], cells[pairs + 1], mesh.owners, CORNERS)
        at_rim = np.minimum(cells[pairs], cells[pairs + 1]) < 0
        gap = np.linalg.norm(points[pairs] - points[pairs + 1], axis=1)
        pairs = pairs[gap > np.where(at_corner | at_rim, _CORNER * mesh.typical_side / EARTH_RADIUS, _NEAREST)]
        middle = points[pairs] + points[pairs + 1]
        middle /= np.linalg.norm(middle, axis=1, keepdims=True)
        pairs, middle = pairs[~_at_pole(middle)], middle[~_at_pole(middle)]
        if pairs.size == 0:
            break
        points, arc = np.insert(points, pairs + 1, middle, axis=0), np.insert(arc, pairs + 1, arc[pairs + 1])
        cells = np.insert(cells, pairs + 1, _cells_at(middle, mesh))
    new = np.concatenate([[True], cells[1:] != cells[:-1]])
    return cells[new], arc[new]


def _at_pole(points: FloatArray) -> BoolArray:
    """Whether points stand so close to a pole that they have no meridian."""
    return np.hypot(points[:, 0], points[:, 1]) < _AT_POLE


def _cells_at(points: FloatArray, mesh: Mesh) -> IntArray:
    """Cell of each point, -1 outside the grid."""
    east, north = longitude_latitude(points)
    # Towards a pole the same distance is more degrees of longitude, and as many more of their decimals are rounding.
    to_pole = np.maximum(np.hypot(points[:, 0], points[:, 1]), _AT_POLE)
    scale = 10.0 ** np.clip(np.floor(_DECIMALS + 1 + np.log10(to_pole)), 0, _DECIMALS)
    longitudes, latitudes = np.round(east * scale) / scale, np.round(north, _DECIMALS)
    return np.where(mesh.holds(longitudes, latitudes), mesh.nearest_cells(longitudes, latitudes), -1)


def _meet(cells: IntArray, others: IntArray, owners: IntArray, steps: tuple[tuple[int, int], ...]) -> BoolArray:
    """Whether others are a step away from cells; -1 is from none."""
    near = (cells_over(owners, np.maximum(cells, 0), steps) == others[:, None]).any(axis=1)
    return np.asarray(near & (cells >= 0) & (others >= 0))


def _joined(cells: IntArray, normals: FloatArray, mesh: Mesh) -> IntArray:
    """Cells with those between added wherever one and the next have no side in common; -1 is left out."""
    beside = cells_over(mesh.owners, np.maximum(cells, 0))
    inside = np.minimum(cells[:-1], cells[1:]) >= 0
    gaps = np.flatnonzero(inside & ~(beside[:-1] == cells[1:, None]).any(axis=1))
    if gaps.size == 0:
        return cells[cells >= 0]
    before = beside[gaps]
    common = (before >= 0) & (before[:, :, None] == beside[gaps + 1][:, None, :]).any(axis=2)
    row, column = np.divmod(np.where(common, before, 0), mesh.shape[1])
    centres = unit_vectors(mesh.longitudes[row, column], mesh.latitudes[row, column])
    away = np.abs(np.einsum("psk,pk->ps", centres, normals[gaps]))
    away = np.where(common, away, np.inf)
    # Of equally close ones the first side counts, whatever the last bit of their distances says.
    closest = np.argmax(away <= away.min(axis=1, keepdims=True) + _EQUALLY_FAR, axis=1)
    between = [
        before[k, closest[k] : closest[k] + 1]
        if common[k].any()
        else _between(int(cells[gap]), int(cells[gap + 1]), mesh)
        for k, gap in enumerate(gaps)
    ]
    places = np.repeat(gaps + 1, [len(part) for part in between])
    joined = np.insert(cells, places, np.concatenate(between))
    return np.asarray(joined[joined >= 0])


def _between(start: int, goal: int, mesh: Mesh) -> IntArray:
    """Cells of a walk between two that are further apart: at a pole, beyond an ocean grid, or where cells are thin."""
    row = start // mesh.shape[1]
    if row == goal // mesh.shape[1] and mesh.row_closes(row):
        return mesh.ring_between(start, goal)
    return shortest_walk(mesh.owners, start, goal)
