"""Grids of meridians and parallels of any spacing, global or not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from paleobc.conventions import BoolArray, FloatArray, IntArray
from paleobc.errors import InputError

#: Columns close around the globe where the step over the seam is at most so many of the widest others.
_WIDEST_SEAM: Final = 1.5

#: A row on the pole, a column that repeats another: as near as this [degrees], single precision and two decimals.
_SAME: Final = 1e-3

#: The outer rows reach to the pole where less than so much of a row would be left beyond them.
_LEFT_AT_POLE: Final = 0.5


@dataclass(frozen=True, eq=False)
class RectilinearGrid:
    """
    Cells between meridians and parallels.

    Parameters
    ----------
    longitude_edges : ndarray, shape (columns + 1,)
        Ascending, spanning at most 360 [degrees east].
    latitude_edges : ndarray, shape (rows + 1,)
        Ascending [degrees north].
    longitudes, latitudes : ndarray, shape (columns,) and (rows,), optional
        Centres, each within its edges; midway between them where not given.
    """

    longitude_edges: FloatArray
    latitude_edges: FloatArray
    longitudes: FloatArray | None = None
    latitudes: FloatArray | None = None

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.latitude_edges.size - 1, self.longitude_edges.size - 1

    @property
    def is_periodic(self) -> bool:
        """Whether the columns close around the globe."""
        return bool(self.longitude_edges[-1] - self.longitude_edges[0] >= 360.0 - _SAME)

    @property
    def centres(self) -> tuple[FloatArray, FloatArray]:
        """Longitudes of the columns and latitudes of the rows [degrees]."""
        edges = self.longitude_edges, self.latitude_edges
        given = self.longitudes, self.latitudes
        east, north = (
            (some[:-1] + some[1:]) / 2.0 if own is None else own for some, own in zip(edges, given, strict=True)
        )
        return east, north

    def cell_at(self, longitudes: FloatArray, latitudes: FloatArray) -> IntArray:
        """
        Flat indices of the cells that hold places, -1 for none, shape (places,).

        Western and southern edges belong to a cell, the others do not, but for the northern one of the last row.

        Examples
        --------
        >>> grid = RectilinearGrid(np.array([0.0, 90.0, 360.0]), np.array([-90.0, 0.0, 90.0]))
        >>> grid.cell_at(np.array([-1.0, 0.0, 90.0]), np.array([-90.0, 0.0, 90.0]))
        array([1, 2, 3])
        """
        columns, in_columns = self._columns(longitudes)
        rows = np.searchsorted(self.latitude_edges, latitudes, side="right") - 1
        rows[latitudes == self.latitude_edges[-1]] = self.shape[0] - 1
        inside = in_columns & (rows >= 0) & (rows < self.shape[0])
        return np.where(inside, rows * self.shape[1] + columns, -1)

    def holds(self, longitudes: FloatArray, latitudes: FloatArray) -> BoolArray:
        """Whether places lie in the grid, shape (places,)."""
        return np.asarray(self.cell_at(longitudes, latitudes) >= 0)

    def nearest_cells(self, longitudes: FloatArray, latitudes: FloatArray) -> IntArray:
        """
        Flat indices of the cells that hold places, shape (places,); outside the grid, of one on its rim.

        Examples
        --------
        >>> grid = RectilinearGrid(np.array([170.0, 180.0, 190.0]), np.array([0.0, 10.0]))
        >>> grid.nearest_cells(np.array([-175.0, 160.0, -160.0]), np.array([5.0, 5.0, 50.0]))
        array([1, 0, 1])
        """
        columns, in_columns = self._columns(longitudes)
        if not in_columns.all():
            west, east = self.longitude_edges[0], self.longitude_edges[-1]
            beyond = (longitudes - east) % 360.0
            before = (west - longitudes) % 360.0
            columns = np.where(in_columns, columns, np.where(beyond <= before, self.shape[1] - 1, 0))
        rows = np.searchsorted(self.latitude_edges, latitudes, side="right") - 1
        return np.asarray(np.clip(rows, 0, self.shape[0] - 1) * self.shape[1] + columns)

    def _columns(self, longitudes: FloatArray) -> tuple[IntArray, BoolArray]:
        """Columns of longitudes, and whether there is one."""
        west = self.longitude_edges[0]
        turned = (longitudes - west) % 360.0 + west
        turned = np.where(turned >= west + 360.0, west, turned)  # rounding may carry it a whole turn
        columns = np.searchsorted(self.longitude_edges, turned, side="right") - 1
        if self.is_periodic:
            return np.minimum(columns, self.shape[1] - 1), np.ones(columns.shape, dtype=np.bool_)
        return columns, np.asarray(columns < self.shape[1])


def rectilinear_grid(
    longitudes: FloatArray,
    latitudes: FloatArray,
    *,
    longitude_edges: FloatArray | None = None,
    latitude_edges: FloatArray | None = None,
) -> RectilinearGrid:
    """
    Grid of the cells around meridians and parallels.

    Edges that are not given lie midway between the centres, and beyond the outer ones as far as on the other side; a
    row on a pole ends there, and so do the outer rows of a global grid where less than half a row is left. The
    columns close around the globe where the step over the seam is about as wide as the others.

    Parameters
    ----------
    longitudes : ndarray, shape (columns,)
        Ascending, spanning less than 360 [degrees east].
    latitudes : ndarray, shape (rows,)
        Ascending [degrees north].
    longitude_edges, latitude_edges : ndarray, shape (columns + 1,) and (rows + 1,), optional
        Ascending, around the centres.

    Raises
    ------
    InputError
        Where the centres do not ascend or span more than the globe.

    Examples
    --------
    >>> grid = rectilinear_grid(np.array([0.0, 90.0, 180.0, 270.0]), np.array([-90.0, 0.0, 90.0]))
    >>> grid.latitude_edges, grid.longitude_edges, grid.is_periodic
    (array([-90., -45.,  45.,  90.]), array([-45.,  45., 135., 225., 315.]), True)
    """
    for what, centres, most in (("longitudes", longitudes, 360.0), ("latitudes", latitudes, 180.0 + _SAME)):
        if centres.size < 1 or not (np.diff(centres) > 0.0).all() or not np.ptp(centres) < most:
            raise InputError(
                f"The {what} of the grid are not {centres.size} different ones in order, within {most:.0f} degrees; "
                "correct the coordinates of the file."
            )
    closed = _closes(longitudes)
    east = _longitude_edges(longitudes, closed) if longitude_edges is None else longitude_edges
    if latitude_edges is None:
        latitude_edges = _latitude_edges(latitudes, closed)
    turns = 360.0 * np.floor((longitudes[0] + 180.0) / 360.0)  # so that the first centre lies from -180 to below 180
    return RectilinearGrid(east - turns, latitude_edges, longitudes - turns, latitudes)


def _closes(longitudes: FloatArray) -> bool:
    """Whether columns go around the globe."""
    if longitudes.size < 3:
        return False
    seam = longitudes[0] + 360.0 - longitudes[-1]
    return bool(seam <= _WIDEST_SEAM * np.diff(longitudes).max())


def _longitude_edges(longitudes: FloatArray, closed: bool) -> FloatArray:
    """Edges midway between meridians."""
    if closed:
        around = np.concatenate([[longitudes[-1] - 360.0], longitudes, [longitudes[0] + 360.0]])
        edges = (around[:-1] + around[1:]) / 2.0
        edges[-1] = edges[0] + 360.0
        return np.asarray(edges)
    edges = _midway(longitudes)
    if edges[-1] - edges[0] > 360.0:  # the outer cells share what is left
        seam = (360.0 - np.ptp(longitudes)) / 2.0
        edges[0], edges[-1] = longitudes[0] - seam, longitudes[0] - seam + 360.0
    return edges


def _latitude_edges(latitudes: FloatArray, is_global: bool) -> FloatArray:
    """Edges midway between parallels, up to the poles where the rows reach so far."""
    edges = _midway(latitudes)
    for outer, inner, pole in ((0, 1, -90.0), (-1, -2, 90.0)):
        height = abs(edges[inner] - edges[outer])
        left = (pole - edges[outer]) * np.sign(pole)
        on_pole = abs(pole - latitudes[outer]) <= _SAME
        if left < 0.0 or on_pole or (is_global and left < _LEFT_AT_POLE * height):
            edges[outer] = pole
    return edges


def _midway(centres: FloatArray) -> FloatArray:
    """Edges midway between centres, and as far beyond the outer ones; half a degree around a single one."""
    if centres.size == 1:
        return np.array([centres[0] - 0.5, centres[0] + 0.5])
    inner = (centres[:-1] + centres[1:]) / 2.0
    return np.concatenate([[2.0 * centres[0] - inner[0]], inner, [2.0 * centres[-1] - inner[-1]]])
