"""Regular longitude-latitude grids that cover the globe with equal steps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from paleobc.conventions import FloatArray
from paleobc.errors import InputError

#: A global grid has at most so many cells: a field of them takes 2 GB, and a step holds several.
MOST_CELLS: Final = 250_000_000


@dataclass(frozen=True)
class RegularGrid:
    """
    A global grid of cells of equal steps in longitude and in latitude.

    Rows run from south to north, columns from west to east; the first column is the first whose centre lies
    at or east of ``west + longitude_step / 2``.

    Parameters
    ----------
    rows, columns : int
        Number of cells from pole to pole and around the globe.
    west : float
        Western edge of the first column [degrees east].
    """

    rows: int
    columns: int
    west: float = -180.0

    @classmethod
    def of_resolution(cls, step: float) -> RegularGrid:
        """
        Global grid whose cells are ``step`` degrees wide and high.

        Raises
        ------
        InputError
            Where the step does not divide 180 degrees into whole cells, or makes more than can be held.

        Examples
        --------
        >>> RegularGrid.of_resolution(0.5)
        RegularGrid(rows=360, columns=720, west=-180.0)
        """
        if 0.0 < step < 180.0 / np.sqrt(MOST_CELLS / 2):
            raise InputError(
                f"A resolution of {step} degrees makes more than {MOST_CELLS / 1e6:g} million cells, too many to be "
                "held in memory; take a coarser one, for example 0.02."
            )
        rows = round(180.0 / step) if step > 0.0 else 0
        if rows < 2 or abs(rows * step - 180.0) > 1e-6:
            raise InputError(
                f"A resolution of {step} degrees does not divide the globe into whole cells; "
                "take a step that divides 180, for example 2, 1, 0.5 or 0.25."
            )
        return cls(rows, 2 * rows)

    @classmethod
    def of_centres(cls, latitudes: FloatArray, longitudes: FloatArray) -> RegularGrid:
        """
        Grid of these cell centres.

        Parameters
        ----------
        latitudes : ndarray, shape (rows,)
            South to north [degrees north].
        longitudes : ndarray, shape (columns,)
            West to east [degrees east].

        Raises
        ------
        InputError
            Where they are not the centres of a global grid of equal steps.
        """
        rows, columns = latitudes.size, longitudes.size
        if rows >= 2 and columns >= 2:
            grid = cls(rows, columns, round(float(longitudes[0]) - 180.0 / columns, 9))
            if np.allclose(grid.latitudes, latitudes, rtol=0, atol=1e-6) and np.allclose(
                grid.longitudes, longitudes, rtol=0, atol=1e-6
            ):
                return grid
        raise InputError(
            f"The {rows} latitudes and {columns} longitudes are not the cell centres of a global grid of equal steps, "
            "south to north and west to east."
        )

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.rows, self.columns

    @property
    def latitude_step(self) -> float:
        """Height of a cell [degrees]."""
        return 180.0 / self.rows

    @property
    def longitude_step(self) -> float:
        """Width of a cell [degrees]."""
        return 360.0 / self.columns

    @property
    def latitudes(self) -> FloatArray:
        """
        Latitudes of the cell centres, south to north [degrees north], shape (rows,).

        Examples
        --------
        >>> RegularGrid(4, 8).latitudes
        array([-67.5, -22.5,  22.5,  67.5])
        """
        return np.asarray((2 * np.arange(self.rows) + 1 - self.rows) * 90.0 / self.rows, dtype=np.float64)

    @property
    def longitudes(self) -> FloatArray:
        """
        Longitudes of the cell centres, west to east [degrees east], shape (columns,).

        Examples
        --------
        >>> RegularGrid(2, 4).longitudes
        array([-135.,  -45.,   45.,  135.])
        """
        centres = (2 * np.arange(self.columns) + 1) * 180.0 / self.columns
        return np.asarray(centres + self.west, dtype=np.float64)
