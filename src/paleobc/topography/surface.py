"""A field that can be edited: heights, depths, basins of the sea or numbers of any kind, on a mesh."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from paleobc.conventions import BoolArray, FloatArray, IntArray
from paleobc.errors import InputError
from paleobc.grids.mesh import Mesh
from paleobc.topography.value_type import ValueType

#: "height": above sea level [m], land > 0; "depth": of the sea [m], land exactly 0; "value": numbers of any kind, NaN
#: where there is none; "basin": numbers of basins, whole, on sea, NaN on land.
Quantity = Literal["height", "depth", "value", "basin"]

#: Unit of each quantity with the blank before it, as sentences need it; that of values is not known here.
UNITS: Final[dict[Quantity, str]] = {"height": " m", "depth": " m", "value": "", "basin": ""}

#: Height of land that is made where nothing else says how high [m].
NEW_LAND: Final = 1.0


#: Any number, or none.
ANY_NUMBER: Final = ValueType()

#: Basins are small whole numbers, and a cell that has none is land, which no edit of basins makes.
BASIN_NUMBERS: Final = ValueType("i1", lowest=0.0, can_be_missing=False)


@dataclass(eq=False)
class Surface:
    """
    A field on a mesh, changed in place by edits.

    Parameters
    ----------
    values : ndarray, shape (rows * columns,)
        Heights or depths [m], finite; values or basins, NaN where there is none. Copies of cells hold the value of
        their cell.
    mesh : Mesh
    quantity : {"height", "depth", "value", "basin"}
    value_type : ValueType
        Which numbers values and basins can be; heights and depths are not held to it.
    """

    values: FloatArray
    mesh: Mesh
    quantity: Quantity
    value_type: ValueType = ANY_NUMBER

    @classmethod
    def of(cls, values: FloatArray, mesh: Mesh, quantity: Quantity, value_type: ValueType | None = None) -> Surface:
        """
        Surface of a field, which is copied.

        Parameters
        ----------
        values : ndarray, shape (rows, columns)
        value_type : ValueType, optional
            Of values and basins; any number by default, of basins 0 and whole numbers above it.

        Raises
        ------
        InputError
            Where the field has another shape than the mesh, or holds gaps where its quantity has none.

        Examples
        --------
        >>> from paleobc.grids.mesh import regular_mesh
        >>> from paleobc.grids.regular import RegularGrid
        >>> Surface.of(np.array([[1.0, np.nan, 3.0, 0.0]]), regular_mesh(RegularGrid(1, 4)), "basin").is_present()
        array([ True, False,  True,  True])
        """
        if values.shape != mesh.shape:
            raise InputError(
                f"The field has {' x '.join(map(str, values.shape))} cells and its grid "
                f"{mesh.shape[0]} x {mesh.shape[1]}; give both on the same grid."
            )
        own = mesh.spread(np.asarray(values, dtype=np.float64)).ravel()
        if quantity in ("height", "depth"):
            if not np.isfinite(own).all():
                raise InputError("The field has no value in some cells; edits need one without gaps.")
            return cls(own, mesh, quantity)
        if np.isinf(own).any():
            raise InputError("The field holds infinite numbers, with which nothing can be computed; make them missing.")
        own[np.isnan(own)] = np.nan  # of the many NaN one, so that equal fields have equal bits
        if quantity == "basin" and not (np.isnan(own) | ((own >= 0.0) & (own == np.rint(own)))).all():
            raise InputError("The field holds numbers that are no basins; give 0 and whole numbers above it.")
        return cls(own, mesh, quantity, value_type or (BASIN_NUMBERS if quantity == "basin" else ANY_NUMBER))

    @property
    def field(self) -> FloatArray:
        """The values as they are now, shape (rows, columns), not a copy."""
        return self.values.reshape(self.mesh.shape)

    def is_sea(self, cells: IntArray | slice = slice(None)) -> BoolArray:
        """
        Whether cells are sea, shape (cells,); all positions by default.

        Only for heights and depths: other fields do not tell land from sea.
        """
        values = self.values[cells]
        return np.asarray(values > 0.0) if self.quantity == "depth" else np.asarray(values <= 0.0)

    def is_present(self, cells: IntArray | slice = slice(None)) -> BoolArray:
        """Whether cells have a value, shape (cells,); all positions by default."""
        return ~np.isnan(self.values[cells])

    def depths(self) -> FloatArray:
        """Depth of the sea, positive down, negative on land [m], shape (rows, columns)."""
        if self.quantity == "height":
            return -self.field
        return np.where(self.field > 0.0, self.field, -NEW_LAND)

    def sea_value(self, depth: float) -> float:
        """Value of sea of a depth [m]."""
        return depth if self.quantity == "depth" else -depth

    def land_value(self, height: float = NEW_LAND) -> float:
        """Value of land of a height [m]."""
        return 0.0 if self.quantity == "depth" else height

    def write(self, cells: IntArray, values: FloatArray) -> None:
        """
        Change cells, and their copies with them.

        Takes time with the cells and, on a grid that has copies, with all of them: its rim.

        Parameters
        ----------
        cells : ndarray of int, shape (cells,)
            Flat indices; no copies.
        values : ndarray, shape (cells,)
        """
        self.values[cells] = values
        if not self.mesh.is_separable:
            positions, _ = self.mesh.copies
            self.values[positions] = self.values[self.mesh.original.ravel()[positions]]
