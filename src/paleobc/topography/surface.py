"""A field that can be edited: heights of land and sea floor, or depths of the sea, on a mesh."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from paleobc.conventions import BoolArray, FloatArray, IntArray
from paleobc.errors import InputError
from paleobc.grids.mesh import Mesh

#: "height": above sea level [m], land > 0; "depth": of the sea [m], land exactly 0.
Quantity = Literal["height", "depth"]

#: Height of land that is made where nothing else says how high [m].
NEW_LAND: Final = 1.0


@dataclass(eq=False)
class Surface:
    """
    A field on a mesh, changed in place by edits.

    Parameters
    ----------
    values : ndarray, shape (rows * columns,)
        Heights or depths [m], finite; copies of cells hold the value of their cell.
    mesh : Mesh
    quantity : {"height", "depth"}
    """

    values: FloatArray
    mesh: Mesh
    quantity: Quantity

    @classmethod
    def of(cls, values: FloatArray, mesh: Mesh, quantity: Quantity) -> Surface:
        """
        Surface of a field, which is copied.

        Parameters
        ----------
        values : ndarray, shape (rows, columns)

        Raises
        ------
        InputError
            Where the field has another shape than the mesh, or holds gaps.
        """
        if values.shape != mesh.shape:
            raise InputError(
                f"The field has {' x '.join(map(str, values.shape))} cells and its grid "
                f"{mesh.shape[0]} x {mesh.shape[1]}; give both on the same grid."
            )
        if not np.isfinite(values).all():
            raise InputError("The field has no value in some cells; edits need one without gaps.")
        return cls(mesh.spread(np.asarray(values, dtype=np.float64)).ravel(), mesh, quantity)

    @property
    def field(self) -> FloatArray:
        """The values as they are now, shape (rows, columns), not a copy."""
        return self.values.reshape(self.mesh.shape)

    def is_sea(self, cells: IntArray | slice = slice(None)) -> BoolArray:
        """Whether cells are sea, shape (cells,); all positions by default."""
        values = self.values[cells]
        return np.asarray(values > 0.0) if self.quantity == "depth" else np.asarray(values <= 0.0)

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

        Takes time with the cells and, on a tripolar grid, with all copies: its rim.

        Parameters
        ----------
        cells : ndarray of int, shape (cells,)
            Flat indices; no copies.
        values : ndarray, shape (cells,)
        """
        self.values[cells] = values
        if self.mesh.regular_grid is None:
            positions, _ = self.mesh.copies
            self.values[positions] = self.values[self.mesh.original.ravel()[positions]]
