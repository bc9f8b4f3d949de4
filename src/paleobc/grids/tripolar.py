"""Making ORCA-like grids for any geography: Mercator in the south, two poles on land in the north."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from paleobc.constants import EARTH_RADIUS
from paleobc.conventions import FloatArray, IntArray
from paleobc.errors import InputError
from paleobc.grids.curvilinear import CurvilinearGrid, GridPoints
from paleobc.grids.fold import HALF_STEPS, OrcaLayout, Pivot, Point
from paleobc.grids.tripolar_cap import (
    Cap,
    columns_across,
    general_cap,
    is_paleorca2,
    paleorca2_cap,
    stereographic_radius,
)
from paleobc.grids.tripolar_poles import PALEORCA2_POLES, Poles, Sea, check_poles, find_poles
from paleobc.grids.tripolar_rows import ORCA2_EQUATORIAL_RATIO, RowLatitudes

#: Where the cap of PALEORCA2 joins its Mercator rows [degrees north].
PALEORCA2_JOIN: Final = 20.545
#: Southern edge of the first open row of cells, in PALEORCA2 and extended by 25 rows [degrees].
PALEORCA2_SOUTHERN_EDGE: Final = -77.984
EXTENDED_SOUTHERN_EDGE: Final = -84.964

#: Least scale factor [m]: several columns end on each pole, and NEMO divides by the area of every cell.
LEAST_SCALE_FACTOR: Final = 1.0


@dataclass(frozen=True)
class _Lattice:
    """All points of a grid in half steps: row 0 and column 0 stand at the south-western corner of T(0, 0)."""

    longitude: FloatArray
    latitude: FloatArray
    e1: FloatArray
    e2: FloatArray


def tripolar_grid(
    *,
    resolution: float = 2.0,
    poles: Poles | Literal["auto"] = PALEORCA2_POLES,
    sea: Sea | None = None,
    join_latitude: float = PALEORCA2_JOIN,
    equatorial_ratio: float = ORCA2_EQUATORIAL_RATIO,
    southern_edge: float = PALEORCA2_SOUTHERN_EDGE,
    pivot: Pivot = "F",
    halo: bool = True,
) -> CurvilinearGrid:
    """
    Ocean grid of the ORCA family with its two northern poles on land.

    With the parameters of PALEORCA2, the default, its own ellipses are used and the grid is that of the
    published simulations to 0.1 km; any other cap has rows that are as high as they are wide in the mean.

    Parameters
    ----------
    resolution : float
        Width of the cells in longitude [degrees]; it divides 180.
    poles : Poles or "auto"
        Where the northern poles stand; "auto" puts them as far from the sea as this topography allows.
    sea : Sea, optional
        Sea of the topography the grid is for; needed by "auto", and the poles are checked against it.
    join_latitude : float
        Latitude north of which rows turn from circles into ellipses [degrees north].
    equatorial_ratio : float
        Height over width of the cells at the equator; 1 for none of ORCA2's refinement.
    southern_edge : float
        Southern edge of the first row of cells that are not closed [degrees north]; the nearest row is taken.
    pivot : {"F", "T"}
        Point about which the northern row is folded.
    halo : bool
        Whether to add the two columns that overlap and the row beyond the fold.

    Raises
    ------
    InputError
        Where a pole lies in the sea, or a parameter is out of its range.

    References
    ----------
    Madec and Imbard (1996), doi:10.1007/BF00211684.

    Examples
    --------
    >>> grid = tripolar_grid()
    >>> grid.layout.shape, grid.layout.nperio
    ((149, 182), 6.0)
    """
    columns = _check_parameters(resolution, join_latitude, equatorial_ratio, southern_edge)
    poles = resolved_poles(poles, sea)
    rows = RowLatitudes(resolution, equatorial_ratio)
    join = rows.nearest_row(join_latitude)
    radius = stereographic_radius(float(rows.latitude(np.array(join))))
    cap = _cap(radius, poles, columns, round(2 * join), pivot)
    first = round(2 * rows.nearest_row(southern_edge, odd=True)) - 2
    lattice = _assembled(rows, cap, poles, columns, np.arange(first, round(2 * join)))
    unique_rows = (round(2 * join) + cap.half_steps - first - 1 - (pivot == "F")) // 2 + 1
    layout = OrcaLayout(unique_rows + halo, columns + 2 * halo, pivot, overlap=halo, folded_row=halo)
    return _extracted(lattice, layout)


def paleorca2_grid(*, extended: bool = False, sea: Sea | None = None, halo: bool = True) -> CurvilinearGrid:
    """
    Grid of the palaeo configurations of IPSL-CM5A2: 182 x 149 cells, or 182 x 174 when extended south.

    References
    ----------
    Sepulchre et al. (2020), doi:10.5194/gmd-13-3011-2020.

    Examples
    --------
    >>> paleorca2_grid(extended=True).layout.shape
    (174, 182)
    """
    edge = EXTENDED_SOUTHERN_EDGE if extended else PALEORCA2_SOUTHERN_EDGE
    return tripolar_grid(southern_edge=edge, sea=sea, halo=halo)


def resolved_poles(poles: Poles | Literal["auto"], sea: Sea | None) -> Poles:
    """
    Poles on land: those given, or those found for this sea.

    Raises
    ------
    InputError
        Where a given pole is wet, or poles are to be found without a topography.
    """
    if poles == "auto":
        if sea is None:
            raise InputError("Poles can be found only for a topography; give one, or say where the poles stand.")
        return find_poles(sea)
    if sea is not None:
        check_poles(poles, sea)
    return poles


def _check_parameters(resolution: float, join: float, equatorial_ratio: float, southern_edge: float) -> int:
    """Refuse parameters without a grid; give the number of columns around the globe."""
    columns = round(360.0 / resolution) if 0.05 <= resolution <= 6.0 else 0
    if columns % 2 or not columns or abs(columns * resolution - 360.0) > 1e-6:
        raise InputError(
            f"A resolution of {resolution:g} degrees gives no grid; take one from 0.05 to 6 that divides 180."
        )
    if not 20.0 <= join <= 40.0:
        raise InputError(f"The cap cannot join at {join:g} degrees north; choose a latitude between 20 and 40.")
    if not 0.1 <= equatorial_ratio <= 1.0:
        raise InputError(f"A height over width of {equatorial_ratio:g} at the equator is not between 0.1 and 1.")
    if not -88.0 <= southern_edge <= -30.0:
        raise InputError(f"A southern edge at {southern_edge:g} degrees is not between -88 and -30.")
    return columns


def _cap(radius: float, poles: Poles, columns: int, join: int, pivot: Pivot) -> Cap:
    parity = (join + (pivot == "F")) % 2
    if is_paleorca2(radius, poles.latitudes, columns, pivot == "F" and parity == 0):
        return paleorca2_cap(radius)
    first, second = (stereographic_radius(latitude) for latitude in poles.latitudes)
    if max(first, second) > 0.6 * radius:
        raise InputError(
            f"Poles at {min(poles.latitudes):g} degrees north are too close to the rows of one latitude; "
            "choose a more southern join latitude, or poles further north."
        )
    return general_cap(radius, (first, second), columns, parity)


def _assembled(rows: RowLatitudes, cap: Cap, poles: Poles, columns: int, south: IntArray) -> _Lattice:
    """Lay the cap on the rows of constant latitude; columns are counted from the fold's axis."""
    start = np.asarray(np.arange(columns + 1) * (np.pi / columns), dtype=np.float64)
    row = (south / 2.0)[:, None]
    shape = row.size, start.size
    southern = _Lattice(
        np.broadcast_to(np.degrees(start), shape),
        np.broadcast_to(rows.latitude(row), shape),
        np.broadcast_to(np.radians(rows.step) * np.cos(np.radians(rows.latitude(row))), shape),
        np.broadcast_to(rows.height(row), shape),
    )
    northern = _cap_lattice(cap, start, columns)
    longitude, latitude, e1, e2 = (
        np.concatenate([getattr(part, name) for part in (southern, northern)])
        for name in ("longitude", "latitude", "e1", "e2")
    )
    # Columns west of the axis mirror those east of it; on the fold both are the same points, bit for bit.
    west = -longitude[:, -2:0:-1]
    west[-1] = longitude[-1, -2:0:-1]
    relative = np.concatenate([longitude, west], axis=1)
    latitude, e1, e2 = (np.concatenate([a, a[:, -2:0:-1]], axis=1) for a in (latitude, e1, e2))
    metres = (np.maximum(a * EARTH_RADIUS, LEAST_SCALE_FACTOR) for a in (e1, e2))
    turned = (relative + poles.longitude + 180.0) % 360.0 - 180.0
    return _Lattice(turned, latitude, *metres)


def _cap_lattice(cap: Cap, start: FloatArray, columns: int) -> _Lattice:
    """Longitudes from the axis and latitudes [degrees] and scale factors [rad] of one half of the cap."""
    across, angle, spread = columns_across(cap, start)
    angle[:, 0], angle[:, -1] = 0.0, np.pi
    x = cap.centre(across) + cap.along(across) * np.cos(angle)
    y = across * np.sin(angle)
    y[:, [0, -1]] = 0.0
    step = np.abs(cap.across(np.arange(cap.half_steps + 1), 1))[:, None] * 2.0
    scale = cap.magnification(across, angle)
    return _Lattice(
        np.degrees(np.arctan2(y, x)),
        90.0 - 2.0 * np.degrees(np.arctan(np.hypot(x, y))),
        scale * cap.tangent(across, angle) * np.exp(spread) * (2.0 * np.pi / columns),
        scale * np.abs(cap.normal(across, angle)) * step,
    )


def _extracted(lattice: _Lattice, layout: OrcaLayout) -> CurvilinearGrid:
    """Take the points of a grid, copies included, from its lattice."""
    first_pole = (2 if layout.pivot == "T" else 1) - (0 if layout.overlap else 2)

    def on(point: Point, rows: int = layout.rows, columns: int = layout.columns, before: int = 0) -> GridPoints:
        north, east = HALF_STEPS[point]
        row, column, _ = layout.place(
            2 * (np.arange(rows)[:, None] - before) + north, 2 * (np.arange(columns) - before) + east
        )
        here = row + 1, (column - first_pole) % (2 * layout.period)
        return GridPoints(lattice.longitude[here], lattice.latitude[here], lattice.e1[here], lattice.e2[here])

    corners = on("F", layout.rows + 1, layout.columns + 1, before=1)
    return CurvilinearGrid(layout, on("T"), corners.longitude, corners.latitude, u=on("U"), v=on("V"), f=on("F"))
