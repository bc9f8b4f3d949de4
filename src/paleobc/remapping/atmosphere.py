"""The grids of LMDZ: cells with a point on each pole, rows from north to south."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from paleobc.constants import EARTH_RADIUS
from paleobc.conventions import FloatArray, IntArray

#: Degree in radians as MOZAIC rounds it.
_MOZAIC_DEGREE: Final = 0.0174532925


@dataclass(frozen=True)
class AtmosphereGrid:
    """
    A regular grid with points on both poles; the cells of the first and last row are half as high.

    Rows run from north to south, as in everything that is exchanged with OASIS, columns from west to east.

    Parameters
    ----------
    name : str
        Name in options, for example lmd96x95.
    rows, columns : int
        Number of points from pole to pole, both included, and around the globe.
    first_longitude : float
        Longitude of the first column's points [degrees east].

    Examples
    --------
    >>> LMD96X95.shape, LMD96X95.latitudes[:2].round(3), LMD96X95.longitudes[:2]
    ((96, 96), array([90.   , 88.105]), array([-180.  , -176.25]))
    """

    name: str
    rows: int
    columns: int
    first_longitude: float = -180.0

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.rows, self.columns

    @property
    def size(self) -> int:
        """Number of cells."""
        return self.rows * self.columns

    @property
    def longitudes(self) -> FloatArray:
        """Longitudes of the points [degrees east], shape (columns,)."""
        return np.asarray(self.first_longitude + np.arange(self.columns) * (360.0 / self.columns))

    @property
    def latitudes(self) -> FloatArray:
        """Latitudes of the points, north to south [degrees north], shape (rows,)."""
        return np.asarray((self.rows - 1 - 2 * np.arange(self.rows)) * (90.0 / (self.rows - 1)))

    @property
    def west(self) -> float:
        """Western edge of the first column [degrees east]."""
        return self.first_longitude - 180.0 / self.columns

    @property
    def longitude_edges(self) -> FloatArray:
        """Edges of the columns, west to east [degrees east], shape (columns + 1,)."""
        return np.asarray(self.west + np.arange(self.columns + 1) * (360.0 / self.columns))

    @property
    def latitude_edges(self) -> FloatArray:
        """Edges of the rows, north to south [degrees north], shape (rows + 1,)."""
        edges = (self.rows - 2 * np.arange(self.rows + 1)) * (90.0 / (self.rows - 1))
        return np.asarray(np.clip(edges, -90.0, 90.0))

    def centres(self) -> tuple[FloatArray, FloatArray]:
        """Longitude and latitude of each point [degrees], both of shape (rows * columns,)."""
        return np.tile(self.longitudes, self.rows), np.repeat(self.latitudes, self.columns)

    def centroids(self) -> FloatArray:
        """
        Direction of the mean place of each cell, a unit vector, shape (rows * columns, 3).

        Where a value that is a mean over the cell stands; for the half cells at the poles it is not the point.
        """
        north = np.radians(self.latitude_edges)
        sines = np.sin(north)
        outward = np.abs(np.diff(north / 2.0 + np.sin(2.0 * north) / 4.0))
        step = np.pi / self.columns
        upward = np.abs(np.diff(sines)) * (sines[1:] + sines[:-1]) / 2.0
        outward *= np.sin(step) / step
        length = np.hypot(outward, upward)
        east = np.tile(np.radians(self.longitudes), self.rows)
        outward, upward = (np.repeat(part / length, self.columns) for part in (outward, upward))
        return np.stack([outward * np.cos(east), outward * np.sin(east), upward], axis=1)

    def cell_at(self, longitude: FloatArray, latitude: FloatArray) -> IntArray:
        """
        Flat index of the cell that holds each place [degrees].

        Examples
        --------
        >>> LMD96X95.cell_at(np.array([179.0]), np.array([90.0]))  # east of the last column's edge: the first
        array([0])
        """
        column = np.floor((longitude - self.west) * (self.columns / 360.0)).astype(np.int64) % self.columns
        row = np.floor((90.0 - latitude) * ((self.rows - 1) / 180.0) + 0.5).astype(np.int64)
        return np.asarray(np.clip(row, 0, self.rows - 1) * self.columns + column)

    def areas(self, radius: float = EARTH_RADIUS) -> FloatArray:
        """
        Exact area of each cell, in the unit of ``radius`` squared, shape (rows * columns,).

        Examples
        --------
        >>> float(round(LMD144X142.areas(1.0).sum() / np.pi, 12))
        4.0
        """
        edges = np.radians(90.0 - self.latitude_edges)
        # The difference of two cosines as a product: exact for the small cells at the poles.
        heights = 2.0 * np.sin((edges[1:] + edges[:-1]) / 2.0) * np.sin((edges[1:] - edges[:-1]) / 2.0)
        return np.repeat(heights * (2.0 * np.pi / self.columns) * radius**2, self.columns)

    def midlatitude_areas(self, radius: float = EARTH_RADIUS) -> FloatArray:
        """
        Area of each cell by MOZAIC's formula, its width at the middle times its height, shape (rows * columns,).

        Those of the polar rows are the parts of the polar cap. The sum exceeds the sphere by 5e-5.

        References
        ----------
        Marti et al. (2010), doi:10.1007/s00382-009-0640-6.
        """
        degree = _MOZAIC_DEGREE
        width, height = 360.0 / self.columns * degree, 180.0 / (self.rows - 1) * degree
        rows = np.cos(self.latitudes * degree) * width * height * radius**2
        rows[[0, -1]] = (1.0 - np.abs(np.sin(self.latitude_edges[[1, -2]] * degree))) * width * radius**2
        return np.repeat(rows, self.columns)


#: The grid of IPSL-CM5A2: 96 columns, and 95 intervals between 96 rows.
LMD96X95: Final = AtmosphereGrid("lmd96x95", 96, 96)

#: The grid of IPSL-CM6A-LR.
LMD144X142: Final = AtmosphereGrid("lmd144x142", 143, 144)

#: The grids there are, by name.
ATMOSPHERES: Final = {grid.name: grid for grid in (LMD96X95, LMD144X142)}
