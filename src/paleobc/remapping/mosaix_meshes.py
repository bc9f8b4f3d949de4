"""The grids of a coupling as OASIS wants them: points, corners, areas and open cells, as flat arrays."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from paleobc.conventions import BoolArray, FloatArray
from paleobc.errors import InputError
from paleobc.grids.curvilinear import CurvilinearGrid, GridPoints
from paleobc.grids.fold import OrcaLayout, Point, filled_halo, owner_table
from paleobc.grids.sphere import longitude_latitude
from paleobc.remapping.atmosphere import AtmosphereGrid
from paleobc.remapping.cells import cell_corners, open_cells, wet_faces

#: Corners nearer to the axis of the Earth than this [radii] stand on a pole and have no longitude of their own.
_ON_THE_POLE = 1e-12


@dataclass(frozen=True)
class Mesh:
    """
    A grid of a coupling, its cells in rows.

    Parameters
    ----------
    prefix : str
        Its four letters in the files of OASIS.
    title : str
    shape : tuple of int
        Rows and columns.
    longitude, latitude : ndarray, shape (n,)
        Points [degrees].
    corner_longitude, corner_latitude : ndarray, shape (n, 4)
        Corners, anticlockwise [degrees]; longitudes lie within half a turn of the point's.
    area : ndarray, shape (n,)
        Area by the model's own measure [m2]; 1 where the grid carries amounts.
    open : ndarray of bool, shape (n,)
        Cells that may be linked: neither masked nor copies of another.
    fraction : ndarray, shape (n,)
        Fraction of each cell that takes part, 0 to 1.
    """

    prefix: str
    title: str
    shape: tuple[int, int]
    longitude: FloatArray
    latitude: FloatArray
    corner_longitude: FloatArray
    corner_latitude: FloatArray
    area: FloatArray
    open: BoolArray
    fraction: FloatArray

    @property
    def size(self) -> int:
        """Number of cells."""
        return self.shape[0] * self.shape[1]


def ocean_mesh(grid: CurvilinearGrid, wet: BoolArray, point: Point) -> Mesh:
    """
    Cells around the points of one kind of an ocean grid: ``torc``, ``uorc``, ``vorc`` or ``forc``.

    Parameters
    ----------
    grid : CurvilinearGrid
        With all points and scale factors.
    wet : ndarray of bool, shape (rows, columns)
        T cells of the sea. Other cells are open where any T cell that they touch is wet.
    point : {"T", "U", "V", "F"}

    Raises
    ------
    InputError
        Where the grid lacks points or scale factors, or there is no sea.
    """
    points: GridPoints | None = getattr(grid, point.lower())
    if points is None or points.e1 is None or points.e2 is None:
        raise InputError(
            f"The ocean grid has no {point} points with scale factors, which the coupling weights need; give a grid "
            "with all points of the C grid."
        )
    area = points.e1 * points.e2
    touched = _corners_touched(grid.layout, wet) if point == "F" else wet_faces(grid, wet, point)
    cells = open_cells(grid, touched, point)
    if not (area.ravel()[cells] > 0.0).all():
        raise InputError(f"A wet {point} cell of the ocean grid has no area; check the scale factors e1 and e2.")
    taking_part = np.zeros(area.size, dtype=bool)
    taking_part[cells] = True
    longitude, latitude = points.longitude.ravel(), points.latitude.ravel()
    corners = longitude_latitude(cell_corners(grid, point))
    return Mesh(
        f"{point.lower()}orc", f"{point} cells of the ocean", grid.layout.shape, longitude, latitude,
        _beside(corners[0], corners[1], longitude), corners[1], area.ravel(), taking_part, taking_part.astype(float),
    )  # fmt: skip


def _corners_touched(layout: OrcaLayout, wet: BoolArray) -> BoolArray:
    """F points that touch at least one wet T cell."""
    around = filled_halo(layout, wet).ravel()[owner_table(layout)]
    around[0] = False  # beyond the southern edge
    return np.asarray(around[1:-1, 1:-1] | around[1:-1, 2:] | around[2:, 1:-1] | around[2:, 2:])


def _beside(longitude: FloatArray, latitude: FloatArray, centre: FloatArray) -> FloatArray:
    """Longitudes of corners within half a turn of those of the points; that of the point for a corner on a pole."""
    turned = centre[:, None] + (longitude - centre[:, None] + 180.0) % 360.0 - 180.0
    return np.where(np.cos(np.radians(latitude)) < _ON_THE_POLE, centre[:, None], turned)


def atmosphere_mesh(atmosphere: AtmosphereGrid, fraction: FloatArray) -> Mesh:
    """
    Cells of the atmosphere that have sea: ``tlmd``.

    Parameters
    ----------
    atmosphere : AtmosphereGrid
    fraction : ndarray, shape (n,)
        Fraction of sea in each cell.
    """
    longitude, latitude = atmosphere.centres()
    half = 180.0 / atmosphere.columns
    edges = atmosphere.latitude_edges
    north, south = (np.repeat(part, atmosphere.columns) for part in (edges[:-1], edges[1:]))
    west, east = longitude - half, longitude + half
    return Mesh(
        "tlmd", "atmosphere, cells with sea", atmosphere.shape, longitude, latitude,
        np.stack([west, east, east, west], axis=1), np.stack([south, south, north, north], axis=1),
        atmosphere.areas(), fraction > 0.0, fraction,
    )  # fmt: skip


def all_cells(mesh: Mesh) -> Mesh:
    """Give the atmosphere with every cell open and no areas: ``aone``, for amounts and the wind."""
    ones = np.ones(mesh.size)
    return replace(mesh, prefix="aone", title="atmosphere, all cells", area=ones, open=ones > 0.0, fraction=ones)


def sea_only(mesh: Mesh) -> Mesh:
    """Give the atmosphere with the area of the sea in each cell: ``afra``."""
    return replace(mesh, prefix="afra", title="atmosphere, the sea in each cell", area=mesh.area * mesh.fraction)
