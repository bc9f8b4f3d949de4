"""The grid of any field: its mesh, and the shape of its cells as it is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from paleobc.conventions import FloatArray, IntArray
from paleobc.grids.cell_search import CellSearch
from paleobc.grids.curvilinear import CurvilinearGrid
from paleobc.grids.mesh import Mesh, ocean_mesh, rectilinear_mesh, regular_mesh
from paleobc.grids.plain_curvilinear import curvilinear_mesh
from paleobc.grids.rectilinear import RectilinearGrid
from paleobc.grids.regular import RegularGrid
from paleobc.grids.sphere import unit_vectors


@dataclass(frozen=True)
class RegularGeometry:
    """
    Cells of equal steps that cover the globe.

    Parameters
    ----------
    rows, columns : int
    west, south : float
        Western edge of the first column, southern edge of the first row [degrees].
    longitude_step, latitude_step : float
        Width and height of a cell [degrees].
    """

    rows: int
    columns: int
    west: float
    longitude_step: float
    south: float
    latitude_step: float


@dataclass(frozen=True, eq=False)
class RectilinearGeometry:
    """
    Cells between meridians and parallels.

    Parameters
    ----------
    longitude_edges : ndarray, shape (columns + 1,)
        Ascending, at most 360 from the first to the last; the first centre lies from -180 to below 180 [degrees east].
    latitude_edges : ndarray, shape (rows + 1,)
        Ascending [degrees north].
    is_periodic : bool
        Whether the last edge is the first one, once around the globe.
    """

    longitude_edges: FloatArray
    latitude_edges: FloatArray
    is_periodic: bool


@dataclass(frozen=True, eq=False)
class CurvilinearGeometry:
    """
    Cells of four corners whose sides are great circles.

    Parameters
    ----------
    corner_longitude, corner_latitude : ndarray, shape (rows, columns, 4)
        Corners of each cell, anticlockwise [degrees]; longitudes from -180 to 180. Some may fall on one place.
    original : ndarray of int32, shape (rows, columns)
        Flat index of the cell of which each position is a copy; a cell's own otherwise.
    """

    corner_longitude: FloatArray
    corner_latitude: FloatArray
    original: IntArray

    @cached_property
    def search(self) -> CellSearch:
        """Search for the cells that hold places; copies are never found."""
        corners = unit_vectors(self.corner_longitude, self.corner_latitude)
        return CellSearch.of(corners, self.original == np.arange(self.original.size).reshape(self.original.shape))


Geometry = RegularGeometry | RectilinearGeometry | CurvilinearGeometry


@dataclass(frozen=True, eq=False)
class FieldGrid:
    """
    Grid of a field: what edits need to know of it, and the shape of its cells.

    Rows run from south to north, columns from west to east (on a curvilinear grid, as far as they do). A cell is
    known by its flat index ``row * columns + column``.

    Parameters
    ----------
    mesh : Mesh
    geometry : RegularGeometry, RectilinearGeometry or CurvilinearGeometry
    """

    mesh: Mesh
    geometry: Geometry

    @property
    def kind(self) -> str:
        """Kind of the geometry: "regular", "rectilinear" or "curvilinear"; a tripolar mesh is drawn as curvilinear."""
        match self.geometry:
            case RegularGeometry():
                return "regular"
            case RectilinearGeometry():
                return "rectilinear"
            case CurvilinearGeometry():
                return "curvilinear"

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.mesh.shape

    def cell_at(self, longitudes: FloatArray, latitudes: FloatArray) -> IntArray:
        """
        Flat indices of the cells that hold places, never copies; -1 where none does; shape (places,).

        Sides of curvilinear cells are great circles, those of the others meridians and parallels. A place on a side
        belongs to one of the cells beside it: on regular and rectilinear grids to that in the east or in the north.

        Parameters
        ----------
        longitudes, latitudes : ndarray, shape (places,)
            Any longitudes; latitudes from -90 to 90 [degrees].

        Examples
        --------
        >>> grid = regular_field_grid(RegularGrid(4, 8))
        >>> grid.cell_at(np.array([-179.0, 181.0, 0.0]), np.array([-80.0, 10.0, 90.0]))
        array([ 0, 16, 28])
        """
        longitudes, latitudes = np.asarray(longitudes, np.float64), np.asarray(latitudes, np.float64)
        match self.geometry:
            case CurvilinearGeometry() as geometry:
                return geometry.search.cell_at(unit_vectors(longitudes, latitudes))
            case RectilinearGeometry(longitude_edges, latitude_edges, _):
                pass
            case RegularGeometry(rows, columns, west, _, _, _):
                longitude_edges = west + np.arange(columns + 1) * 360.0 / columns
                latitude_edges = np.arange(rows + 1) * 180.0 / rows - 90.0
        return RectilinearGrid(longitude_edges, latitude_edges).cell_at(longitudes, latitudes)


def regular_field_grid(grid: RegularGrid) -> FieldGrid:
    """
    Grid of a field on a global regular grid.

    Examples
    --------
    >>> regular_field_grid(RegularGrid(2, 4)).geometry
    RegularGeometry(rows=2, columns=4, west=-180.0, longitude_step=90.0, south=-90.0, latitude_step=90.0)
    """
    geometry = RegularGeometry(grid.rows, grid.columns, grid.west, grid.longitude_step, -90.0, grid.latitude_step)
    return FieldGrid(regular_mesh(grid), geometry)


def rectilinear_field_grid(grid: RectilinearGrid) -> FieldGrid:
    """
    Grid of a field on meridians and parallels of any spacing.

    Examples
    --------
    >>> from paleobc.grids.rectilinear import rectilinear_grid
    >>> axes = rectilinear_grid(np.array([0.0, 5.0, 20.0]), np.array([40.0, 50.0]))
    >>> rectilinear_field_grid(axes).cell_at(np.array([11.0, 13.0, 30.0]), np.array([44.0, 46.0, 44.0]))
    array([ 1,  5, -1])
    """
    geometry = RectilinearGeometry(grid.longitude_edges, grid.latitude_edges, grid.is_periodic)
    return FieldGrid(rectilinear_mesh(grid), geometry)


def ocean_field_grid(grid: CurvilinearGrid) -> FieldGrid:
    """Grid of a field on NEMO's T points, with its fold and its overlap."""
    mesh = ocean_mesh(grid)
    corners = (_of_each_cell(part) for part in (grid.corner_longitude, grid.corner_latitude))
    return _curvilinear(mesh, *corners)


def curvilinear_field_grid(
    longitudes: FloatArray, latitudes: FloatArray, *, bounds: tuple[FloatArray, FloatArray] | None = None
) -> FieldGrid:
    """
    Grid of a field on places of rows and columns that know no fold.

    Whether it closes around the globe, and how many of its last columns are copies of the first, is seen from the
    places.

    Parameters
    ----------
    longitudes, latitudes : ndarray, shape (rows, columns)
        Places of the centres [degrees]; rows run to the left of the columns' direction.
    bounds : tuple of ndarray, shapes (rows, columns, 4), optional
        Longitudes and latitudes of the corners of each cell [degrees], in order around it. Midway between the
        centres where not given.

    Raises
    ------
    InputError
        Where places are missing, or there are fewer than two rows or columns.
    """
    mesh, corner_longitude, corner_latitude = curvilinear_mesh(longitudes, latitudes, bounds)
    return _curvilinear(mesh, corner_longitude, corner_latitude)


def _curvilinear(mesh: Mesh, corner_longitude: FloatArray, corner_latitude: FloatArray) -> FieldGrid:
    """Grid of cells of four corners, which are put in order."""
    corners = unit_vectors(corner_longitude, corner_latitude)
    clockwise = _turns_clockwise(corners)
    for part in (corner_longitude, corner_latitude):
        part[clockwise] = part[clockwise][:, ::-1]
    east = (corner_longitude + 180.0) % 360.0 - 180.0
    return FieldGrid(mesh, CurvilinearGeometry(east, corner_latitude, mesh.original))


def _of_each_cell(corners: FloatArray) -> FloatArray:
    """Corners of each cell, anticlockwise, of a field of shared ones; shape (rows, columns, 4)."""
    return np.stack([corners[:-1, :-1], corners[:-1, 1:], corners[1:, 1:], corners[1:, :-1]], axis=-1)


def _turns_clockwise(corners: FloatArray) -> FloatArray:
    """Whether the corners of each cell run clockwise as seen from above."""
    diagonals = np.cross(corners[..., 2, :] - corners[..., 0, :], corners[..., 3, :] - corners[..., 1, :])
    return np.asarray((diagonals * corners.sum(axis=-2)).sum(axis=-1) < 0.0)
