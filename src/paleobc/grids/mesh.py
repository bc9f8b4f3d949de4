"""What edits, straits and repairs need to know of a grid of any kind: places, areas, neighbours, copies."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import scipy

from paleobc.constants import EARTH_RADIUS
from paleobc.conventions import BoolArray, FloatArray, IntArray
from paleobc.grids.cell_search import CellSearch
from paleobc.grids.cells import spherical_areas
from paleobc.grids.curvilinear import CurvilinearGrid
from paleobc.grids.fold import duplicates, owner_table, unique_cells
from paleobc.grids.nearness import points_near, regular_cells_near
from paleobc.grids.periodicity import regular_owners
from paleobc.grids.rectilinear import RectilinearGrid
from paleobc.grids.regular import RegularGrid
from paleobc.grids.sphere import polygon_areas, unit_vectors

Value = TypeVar("Value", bound=np.generic)


@dataclass(frozen=True, eq=False)
class Mesh:
    """
    Cells of a grid with their places, areas and neighbours.

    A cell is known by its flat index ``row * columns + column``; copies (overlap columns, the row beyond the
    fold) are no cells of their own.

    Parameters
    ----------
    kind : {"regular", "rectilinear", "tripolar", "curvilinear"}
        "curvilinear" are rows and columns without a fold, global or not.
    latitudes, longitudes : ndarray, shape (rows, columns)
        Places of the centres [degrees]; longitudes from -180 to 180.
    cell_area : ndarray, shape (rows, columns)
        Area [m2]; 0 in copies.
    owners : ndarray of int32, shape (rows + 2, columns + 2)
        The grid's topology, see `paleobc.grids.periodicity`.
    original : ndarray of int32, shape (rows, columns)
        Flat index of the cell of which each position is a copy; a cell's own otherwise.
    unique : ndarray of bool, shape (rows, columns)
        Positions that are no copies.
    """

    kind: str
    latitudes: FloatArray
    longitudes: FloatArray
    cell_area: FloatArray
    owners: IntArray
    original: IntArray
    unique: BoolArray
    _regular: RegularGrid | None = field(default=None, repr=False)
    _rectilinear: RectilinearGrid | None = field(default=None, repr=False)
    _search: CellSearch | None = field(default=None, repr=False)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.unique.shape[0], self.unique.shape[1]

    @property
    def regular_grid(self) -> RegularGrid | None:
        """The grid of a regular mesh; none for another one."""
        return self._regular

    @property
    def is_separable(self) -> bool:
        """Whether each row has one latitude and each column one longitude, and no position is a copy."""
        return self._regular is not None or self._rectilinear is not None

    def row_closes(self, row: int) -> bool:
        """Whether a row is known to close around the globe: any of a global mesh, the southern one of an ocean's."""
        if self._rectilinear is not None:
            return self._rectilinear.is_periodic
        return self._regular is not None or (self.kind == "tripolar" and row == 0)

    def holds(self, longitudes: FloatArray, latitudes: FloatArray) -> BoolArray:
        """
        Whether places [degrees] lie in the grid, shape (places,).

        Regular and tripolar grids are for the whole globe: they hold every place.

        Examples
        --------
        >>> from paleobc.grids.rectilinear import rectilinear_grid
        >>> mesh = rectilinear_mesh(rectilinear_grid(np.array([0.0, 10.0]), np.array([40.0, 50.0])))
        >>> mesh.holds(np.array([14.0, 16.0]), np.array([50.0, 50.0]))
        array([ True, False])
        """
        if self._rectilinear is not None:
            return self._rectilinear.holds(longitudes, latitudes)
        if self._search is not None:
            return np.asarray(self._search.cell_at(unit_vectors(longitudes, latitudes)) >= 0)
        return np.ones(np.shape(longitudes), dtype=np.bool_)

    @cached_property
    def typical_side(self) -> float:
        """Side of a square of the area of the middlemost cell [m]."""
        area = self.cell_area[:, 0] if self._regular is not None else self.cell_area[self.unique]
        return float(np.sqrt(np.median(area)))

    def ring_between(self, start: int, goal: int) -> IntArray:
        """
        Flat indices of the cells between two of a row, the short way around it; of equal ways the eastern one.

        Only for rows that close around the globe, see `row_closes`.

        Examples
        --------
        >>> regular_mesh(RegularGrid(4, 8)).ring_between(31, 26)
        array([24, 25])
        """
        row = start // self.shape[1]
        ring = row * self.shape[1] + np.flatnonzero(self.unique[row])
        first, last = np.searchsorted(ring, start), np.searchsorted(ring, goal)
        east = (last - first) % ring.size
        if 2 * east <= ring.size:
            return np.asarray(ring[(first + np.arange(1, east)) % ring.size])
        return np.asarray(ring[(first - np.arange(1, ring.size - east)) % ring.size])

    def spread(self, values: npt.NDArray[Value]) -> npt.NDArray[Value]:
        """Copy of a field, shape (rows, columns), whose copies hold the value of the cell they stand for."""
        return values.copy() if self._regular is not None else values.ravel()[self.original]

    def nearest_cells(self, longitudes: FloatArray, latitudes: FloatArray) -> IntArray:
        """
        Flat indices of the cells whose centres are nearest to places [degrees], shape (places,).

        Where rows are parallels, of the cells that hold the places.

        Examples
        --------
        >>> mesh = regular_mesh(RegularGrid(4, 8))
        >>> mesh.nearest_cells(np.array([-179.0, 181.0]), np.array([-80.0, 10.0]))
        array([ 0, 16])
        """
        longitudes, latitudes = np.asarray(longitudes, np.float64), np.asarray(latitudes, np.float64)
        if self._regular is not None:
            grid = self._regular
            rows = np.clip(np.floor((latitudes + 90.0) / grid.latitude_step), 0, grid.rows - 1)
            columns = np.floor(((longitudes - grid.west) % 360.0) / grid.longitude_step) % grid.columns
            return np.asarray(rows * grid.columns + columns).astype(np.int64)
        if self._rectilinear is not None:
            return self._rectilinear.nearest_cells(longitudes, latitudes)
        cells, tree = self._tree
        return np.asarray(cells[tree.query(unit_vectors(longitudes, latitudes))[1]])

    def cells_within(self, longitude: float, latitude: float, radius_km: float) -> IntArray:
        """Flat indices, ascending, of the cells whose centres lie within a distance [km] of a place [degrees]."""
        return self.cells_along(np.array([longitude]), np.array([latitude]), radius_km)

    def cells_along(self, longitudes: FloatArray, latitudes: FloatArray, distance_km: float) -> IntArray:
        """
        Flat indices, ascending, of the cells whose centres lie within a distance of a line.

        Parameters
        ----------
        longitudes, latitudes : ndarray, shape (places,)
            Places through which the line goes on great circles [degrees].
        distance_km : float
            How far from the line [km].

        Examples
        --------
        >>> mesh = regular_mesh(RegularGrid(4, 8))
        >>> mesh.cells_along(np.array([0.0, 45.0]), np.array([22.5, 22.5]), 2500.0)
        array([19, 20, 21])
        """
        distance = 1000.0 * distance_km / EARTH_RADIUS
        if self._regular is not None:
            return regular_cells_near(self._regular, longitudes, latitudes, distance)
        cells, points = self._by_latitude
        return np.sort(cells[points_near(points, longitudes, latitudes, distance)])

    @cached_property
    def by_longitude(self) -> tuple[IntArray, FloatArray, FloatArray]:
        """Flat indices of the cells from west to east, and their longitudes and latitudes [degrees]."""
        cells = np.flatnonzero(self.unique).astype(np.int32)
        cells = cells[np.argsort(self.longitudes.ravel()[cells], kind="stable")]
        return cells, self.longitudes.ravel()[cells], self.latitudes.ravel()[cells]

    @cached_property
    def copies(self) -> tuple[IntArray, IntArray]:
        """
        Where the copies of each cell stand: positions, and for each flat index where its part of them starts.

        The copies of a cell are ``positions[starts[cell] : starts[cell + 1]]``, the cell itself not among them.
        """
        positions = np.flatnonzero(~self.unique)
        of = self.original.ravel()[positions]
        order = np.argsort(of, kind="stable")
        starts = np.zeros(self.unique.size + 1, dtype=np.int64)
        np.cumsum(np.bincount(of, minlength=self.unique.size), out=starts[1:])
        return positions[order], starts

    @cached_property
    def _by_latitude(self) -> tuple[IntArray, FloatArray]:
        """Flat indices of the cells from south to north, and unit vectors of their places."""
        cells = np.flatnonzero(self.unique)
        points = unit_vectors(self.longitudes.ravel()[cells], self.latitudes.ravel()[cells])
        order = np.argsort(points[:, 2], kind="stable")
        return cells[order], points[order]

    @cached_property
    def _tree(self) -> tuple[IntArray, scipy.spatial.KDTree]:
        """Flat indices of the cells, and a search tree of their places."""
        cells = np.flatnonzero(self.unique)
        return cells, scipy.spatial.KDTree(unit_vectors(self.longitudes.ravel()[cells], self.latitudes.ravel()[cells]))


def regular_mesh(grid: RegularGrid) -> Mesh:
    """
    Mesh of a regular grid.

    Examples
    --------
    >>> mesh = regular_mesh(RegularGrid(2, 4))
    >>> bool(abs(mesh.cell_area.sum() / (4 * np.pi * EARTH_RADIUS**2) - 1) < 1e-12)
    True
    """
    longitudes = (grid.longitudes + 180.0) % 360.0 - 180.0
    area = EARTH_RADIUS**2 * spherical_areas(grid)
    return Mesh(
        kind="regular",
        latitudes=np.broadcast_to(grid.latitudes[:, None], grid.shape),
        longitudes=np.broadcast_to(longitudes, grid.shape),
        cell_area=np.broadcast_to(area[:, None], grid.shape),
        owners=regular_owners(*grid.shape),
        original=np.arange(grid.rows * grid.columns, dtype=np.int32).reshape(grid.shape),
        unique=np.broadcast_to(np.True_, grid.shape),
        _regular=grid,
    )


def rectilinear_mesh(grid: RectilinearGrid) -> Mesh:
    """
    Mesh of a grid of meridians and parallels.

    Examples
    --------
    >>> from paleobc.grids.rectilinear import rectilinear_grid
    >>> rectilinear_mesh(rectilinear_grid(np.array([0.0, 10.0]), np.array([40.0, 50.0]))).owners[1]
    array([-1,  0,  1, -1], dtype=int32)
    """
    rows, columns = grid.shape
    owners = regular_owners(rows, columns)
    if not grid.is_periodic:
        owners[:, [0, -1]] = -1
    longitudes, latitudes = grid.centres
    heights, widths = np.diff(np.sin(np.radians(grid.latitude_edges))), np.diff(np.radians(grid.longitude_edges))
    return Mesh(
        kind="rectilinear",
        latitudes=np.broadcast_to(latitudes[:, None], grid.shape),
        longitudes=np.broadcast_to((longitudes + 180.0) % 360.0 - 180.0, grid.shape),
        cell_area=EARTH_RADIUS**2 * heights[:, None] * widths,
        owners=owners,
        original=np.arange(rows * columns, dtype=np.int32).reshape(grid.shape),
        unique=np.broadcast_to(np.True_, grid.shape),
        _rectilinear=grid,
    )


def ocean_mesh(grid: CurvilinearGrid) -> Mesh:
    """
    Mesh of a tripolar ocean grid.

    Examples
    --------
    >>> from paleobc.grids.tripolar import paleorca2_grid
    >>> mesh = ocean_mesh(paleorca2_grid())
    >>> mesh.shape, int(mesh.unique.sum())
    ((149, 182), 26640)
    """
    unique = unique_cells(grid.layout)
    corners = unit_vectors(grid.corner_longitude, grid.corner_latitude)
    return Mesh(
        kind="tripolar",
        latitudes=grid.t.latitude,
        longitudes=(grid.t.longitude + 180.0) % 360.0 - 180.0,
        cell_area=np.where(unique, np.abs(polygon_areas(corners)), 0.0) * EARTH_RADIUS**2,
        owners=owner_table(grid.layout),
        original=duplicates(grid.layout)[0],
        unique=unique,
    )
