"""Whether each gateway is as it has to be: open or closed, wide and deep enough."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from paleobc.conventions import BoolArray, FloatArray, IntArray, counted, place
from paleobc.errors import InputError
from paleobc.grids.mesh import Mesh
from paleobc.topography.gateway_lines import crossed, sides_of_line, transect_of
from paleobc.topography.gateway_regions import Sides, extents_km, sides_of_pair
from paleobc.topography.gateways import Gateway
from paleobc.topography.sills import Sill, deepest_sill
from paleobc.topography.strait_faces import width_of_faces
from paleobc.topography.strait_width import WIDE, narrowest_cut


@dataclass(frozen=True, eq=False)
class GatewayFinding:
    """
    What a gateway is on a map, and whether that is what it has to be.

    Parameters
    ----------
    gateway : Gateway
    holds : bool
        Whether it is as it has to be; not where it cannot be judged, because the grid is too coarse for it.
    is_open : bool
        Whether water leads from one side to the other.
    sill_m : float
        Depth of the sill of the deepest way [m]; negative where land has to be crossed, minus infinity where no
        cells lead through the box.
    sill_cell : int
        Flat index of the cell of the sill; -1 without a way.
    width_cells : int
        Width where it is narrowest, or on the line, in cells; 0 where closed. It is not followed beyond a thousand.
    width_km : float
        The same in kilometres.
    path : ndarray of int
        Flat indices of the cells of the deepest way.
    sentence : str
        What was found, and what to do.
    """

    gateway: Gateway
    holds: bool
    is_open: bool
    sill_m: float
    sill_cell: int
    width_cells: int
    width_km: float
    path: IntArray
    sentence: str


def check_gateways(
    depth: FloatArray, mesh: Mesh, gateways: Sequence[Gateway], wet: BoolArray | None = None
) -> list[GatewayFinding]:
    """
    Find what each gateway is on a map.

    Parameters
    ----------
    depth : ndarray, shape (rows, columns)
        Depth of the water [m], positive down; on land minus the height, or 0.
    mesh : Mesh
    gateways : sequence of Gateway
    wet : ndarray of bool, shape (rows, columns), optional
        Which cells are sea; where the depth is > 0 by default. Give it for a relief, where a height of 0 is sea.

    Returns
    -------
    list of GatewayFinding
        One for each gateway, in their order.

    Notes
    -----
    Between two places the width in cells is the smallest number of cells that close the passage (`narrowest_cut`),
    and the width in kilometres the least length of faces that do (`width_of_faces`); where cells are narrow, near the
    poles, the two may lie at different places. On a line both are those of the sea on the line that is joined to both
    of its sides.

    Examples
    --------
    >>> from paleobc.grids.mesh import regular_mesh
    >>> from paleobc.grids.regular import RegularGrid
    >>> depth = np.full((18, 36), 4000.0)
    >>> depth[:, 18] = -100.0
    >>> depth[9, 18] = 50.0  # an isthmus along 5E with a strait at 5N
    >>> strait = Gateway("Strait", "closed", between=((-35.0, 5.0), (45.0, 5.0)))
    >>> print(check_gateways(depth, regular_mesh(RegularGrid(18, 36)), [strait])[0].sentence)
    Strait is open and has to be closed: its sill is 50 m deep at 5N 5E, and it is 1 cell or 1111 km wide.
    """
    if depth.shape != mesh.shape or not np.isfinite(depth).all():
        raise InputError("Gateways are looked for in a field of depths without gaps, of the size of its grid.")
    depth = mesh.spread(np.ascontiguousarray(depth, dtype=np.float64))
    wet = depth > 0.0 if wet is None else mesh.spread(np.ascontiguousarray(wet))
    return [_found(gateway, depth, wet, mesh) for gateway in gateways]


def _found(gateway: Gateway, depth: FloatArray, wet: BoolArray, mesh: Mesh) -> GatewayFinding:
    """What one gateway is."""
    if gateway.between is not None:
        transect, sides = None, sides_of_pair(gateway.between, gateway.box, wet, mesh)
    else:
        transect = transect_of(gateway, mesh)
        sides = sides_of_line(transect, wet, mesh)
    sill = Sill(-np.inf, np.empty(0, dtype=np.int64), -1)
    if not sides.unclear:
        sill = deepest_sill(depth, mesh.owners, sides.start, sides.end, sides.within)
    if sill.path.size == 0:
        why = sides.unclear or "no cells of the grid lead through it; widen its box"
        sentence = f"{gateway.name} cannot be judged on this grid: {why}."
        return GatewayFinding(gateway, False, False, sill.depth, -1, 0, 0.0, sill.path, sentence)
    is_open = not sides.dry and bool(wet.ravel()[sill.path].all())
    cells, km = 0, 0.0
    if is_open:
        cells, km = _narrowest(sides, wet, mesh) if transect is None else crossed(transect, sides, wet, mesh)
    faults = _faults(gateway, is_open, sill.depth, cells, km)
    fact = _fact(is_open, sill, cells, km, mesh) if not sides.dry else sides.dry
    sentence = f"{gateway.name} is {'open' if is_open else 'closed'}{faults and ' '}{faults}: {fact}."
    return GatewayFinding(gateway, not faults, is_open, sill.depth, sill.sill_cell, cells, km, sill.path, sentence)


def _narrowest(sides: Sides, wet: BoolArray, mesh: Mesh) -> tuple[int, float]:
    """Width between two seas where it is narrowest: cells and kilometres."""
    water = wet & sides.within
    cells = narrowest_cut(water, mesh.owners, sides.first, sides.second).width
    extents = extents_km(mesh, np.flatnonzero(water & mesh.unique))
    return cells, width_of_faces(water, mesh.owners, sides.first, sides.second, *extents)


def _faults(gateway: Gateway, is_open: bool, sill: float, cells: int, km: float) -> str:
    """What is not as it has to be, as a part of a sentence; empty if all is."""
    if is_open != (gateway.state == "open"):
        return f"and has to be {gateway.state}"
    wrong = []
    if cells < gateway.least_width_cells:
        wrong.append(f"at least {gateway.least_width_cells} cells wide")
    if km < gateway.least_width_km:
        wrong.append(f"at least {gateway.least_width_km:g} km wide")
    if gateway.sill is not None and not gateway.sill[0] <= sill <= gateway.sill[1]:
        wrong.append(f"{gateway.sill[0]:g} to {gateway.sill[1]:g} m deep")
    return f"but has to be {' and '.join(wrong)}" if wrong else ""


def _fact(is_open: bool, sill: Sill, cells: int, km: float, mesh: Mesh) -> str:
    """Depth, place and width of the passage, or what stands in it."""
    row, column = divmod(sill.sill_cell, mesh.shape[1])
    where = place(round(float(mesh.latitudes[row, column]), 2), round(float(mesh.longitudes[row, column]), 2))
    if not is_open:
        return f"on the lowest way through it land {max(-sill.depth, 0.0):.0f} m high has to be crossed at {where}"
    count = f"{counted(cells, 'cell')}{' at least' if cells >= WIDE else ''}"
    return f"its sill is {sill.depth:.0f} m deep at {where}, and it is {count} or {km:.0f} km wide"
