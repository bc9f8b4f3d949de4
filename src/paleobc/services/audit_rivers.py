"""Whether the rivers of routing.nc lead from every land cell to an outlet."""

from __future__ import annotations

from typing import Final

import numpy as np

from paleobc.conventions import (
    COASTAL_FLOW,
    DIRECTION_COLUMNS,
    DIRECTION_ROWS,
    RETURN_FLOW,
    RIVER_FLOW,
    BoolArray,
    FloatArray,
    IntArray,
)
from paleobc.services.audit_files import OpenedFile
from paleobc.services.audit_result import Check, Finding, Outcome, wrong_cells
from paleobc.services.audit_sizes import field_places, land_grid
from paleobc.topography.checks import CheckKind

RIVER_DIRECTION: Final = CheckKind(
    "river_direction",
    "River directions",
    "ORCHIDEE knows the directions 1 to 8 and the outlets 97, 98 and 99: any other number stops it or loses the water.",
    "Make routing.nc again, or correct the directions of these cells.",
)
RIVER_LOOP: Final = CheckKind(
    "river_loop",
    "River loops",
    "Rivers that flow in a circle never reach the sea: ORCHIDEE stops, or the water is lost to the ocean.",
    "Make routing.nc again, or turn one cell of each circle towards the sea.",
)
RIVER_OUTLET: Final = CheckKind(
    "river_outlet",
    "Ends of rivers",
    "A river that runs into the sea or over the edge without an outlet (97, 98 or 99) does not deliver its water.",
    "Make the last land cell of each river an outlet, 98 or 99.",
)
RIVER_BASIN: Final = CheckKind(
    "river_basin",
    "River basins",
    "All cells of a river have the number of its basin, and each basin has one outlet: ORCHIDEE adds water by basin.",
    "Make routing.nc again, or give the cells the number of the basin of the cell downstream.",
)
RIVER_RETENTION: Final = CheckKind(
    "river_retention",
    "Retention in rivers",
    "ORCHIDEE divides by the topographic index of every land cell: it must be a number above 0.",
    "Make routing.nc again.",
)

OUTLETS: Final = (RETURN_FLOW, COASTAL_FLOW, RIVER_FLOW)


def river_land(routing: OpenedFile) -> BoolArray:
    """Land of a routing file, in the order of its rows: where there is a direction, shape (rows, columns)."""
    return np.isfinite(routing.fields["trip"])


def flow(routing: OpenedFile) -> tuple[IntArray, IntArray]:
    """
    Direction of each cell and the cell it drains into, in the order of the file.

    Parameters
    ----------
    routing : OpenedFile

    Returns
    -------
    codes : ndarray of int, shape (rows, columns)
        0 in the sea and where a direction is none that ORCHIDEE knows.
    receiver : ndarray of int, shape (cells,)
        Flat index; an outlet's own, -1 beyond the first and last row.
    """
    trip = routing.fields["trip"]
    known = ((trip >= 1) & (trip <= 8) & (trip == np.rint(trip))) | np.isin(trip, OUTLETS)
    codes = np.where(known, trip, 0).astype(np.int64)
    _, north_up = land_grid(routing)
    rows, columns = codes.shape
    j, i = np.indices(codes.shape)
    direction = np.where(codes <= 8, codes, 0)
    up = np.array([0, *DIRECTION_ROWS])[direction] * (-1 if north_up else 1)
    row, column = j + up, (i + np.array([0, *DIRECTION_COLUMNS])[direction]) % columns
    inside = (row >= 0) & (row < rows)
    return codes, np.asarray(np.where(inside, row * columns + column, -1).ravel())


def cells_in_loops(receiver: IntArray, land: BoolArray) -> BoolArray:
    """
    Cells that lie on a circle of flow, shape (cells,).

    Parameters
    ----------
    receiver : ndarray of int, shape (cells,)
        Flat index of the cell each one drains into; its own where the way ends, -1 beyond the edge.
    land : ndarray of bool, shape (cells,)

    Examples
    --------
    >>> cells_in_loops(np.array([1, 0, 0, 3]), np.ones(4, dtype=bool))
    array([ True,  True, False, False])
    """
    own = np.arange(receiver.size)
    step = np.where(land & (receiver >= 0), receiver, own)
    far = step
    for _ in range(int(receiver.size).bit_length()):  # after more steps than there are cells all ways end or circle
        far = far[far]
    reached = np.zeros(receiver.size, dtype=bool)
    reached[far] = True
    return np.asarray(reached & (step != own))


def _directions(routing: OpenedFile) -> Outcome:
    trip, land = routing.fields["trip"], river_land(routing)
    wrong = land & (flow(routing)[0] == 0)
    said = "{} of routing.nc with a direction that is none of 1 to 8, 97, 98 and 99."
    found = _cells(RIVER_DIRECTION, routing, said, wrong, trip)
    number = {code: int((trip == code).sum()) for code in OUTLETS}
    return found, f"{int(land.sum())} land cells; {number[99]} rivers, {number[98]} coastal, {number[97]} inner ends"


def _loops(routing: OpenedFile) -> Outcome:
    codes, receiver = flow(routing)
    circle = cells_in_loops(receiver, codes.ravel() > 0).reshape(codes.shape)
    said = "{} whose water flows in a circle."
    return _cells(RIVER_LOOP, routing, said, circle, routing.fields["trip"]), f"{int((codes > 0).sum())} ways followed"


def _ends(routing: OpenedFile) -> Outcome:
    codes, receiver = flow(routing)
    flowing = ((codes > 0) & (codes <= 8)).ravel()
    lost = flowing & ((receiver < 0) | ~river_land(routing).ravel()[receiver])
    said = "{} that flow into the sea, or over a pole, without being outlets."
    found = _cells(RIVER_OUTLET, routing, said, lost.reshape(codes.shape), routing.fields["trip"])
    return found, f"{int(np.isin(codes, OUTLETS).sum())} outlets"


def _basins(routing: OpenedFile) -> Outcome:
    codes, receiver = flow(routing)
    land, basins = river_land(routing), routing.fields["basins"]
    numbered = np.isfinite(basins) & (basins > 0)
    below = basins.ravel()[np.maximum(receiver, 0)].reshape(codes.shape)
    flows = (codes > 0) & (codes <= 8) & (receiver >= 0).reshape(codes.shape) & np.isfinite(below)
    found = _cells(RIVER_BASIN, routing, "{} of land without a basin.", land & ~numbered, basins)
    found += _cells(RIVER_BASIN, routing, "{} of sea with a basin.", ~land & numbered, basins)
    said = "{} whose basin is not that of the cell downstream."
    found += _cells(RIVER_BASIN, routing, said, flows & numbered & (basins != below), basins)
    ends = np.isin(codes, OUTLETS) & numbered
    _, first, number = np.unique(basins[ends], return_index=True, return_counts=True)
    several = np.zeros(codes.size, dtype=bool)
    several[np.flatnonzero(ends)[first[number > 1]]] = True
    said = "{} at the first of several outlets of one basin."
    found += _cells(RIVER_BASIN, routing, said, several.reshape(codes.shape), basins)
    return found, f"{number.size} basins, each with one outlet"


def _retention(routing: OpenedFile) -> Outcome:
    index, land = routing.fields["topoind"], river_land(routing)
    wrong = land & ~(index > 0.0)
    said = "{} of land whose topographic index is not above 0."
    least = np.where(land & ~wrong, index, np.inf).min()
    return _cells(RIVER_RETENTION, routing, said, wrong, index), f"smallest index {least:.4g}"


def _cells(check: CheckKind, routing: OpenedFile, said: str, cells: BoolArray, values: FloatArray) -> list[Finding]:
    """A fault of the routing in these cells."""
    return wrong_cells(check, (routing.name,), "fault", said, cells, field_places(routing), values)


#: The checks of the routing alone.
CHECKS: Final = (
    Check(RIVER_DIRECTION, ("routing",), _directions),
    Check(RIVER_LOOP, ("routing",), _loops),
    Check(RIVER_OUTLET, ("routing",), _ends),
    Check(RIVER_BASIN, ("routing",), _basins),
    Check(RIVER_RETENTION, ("routing",), _retention),
)
