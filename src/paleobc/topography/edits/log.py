"""The edits of a map together with what they were made on: quantity, grid and base."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal, cast

import numpy as np

from paleobc.conventions import FloatArray
from paleobc.grids.mesh import Mesh
from paleobc.topography.edits.edit import Edit
from paleobc.topography.surface import Quantity

GridKind = Literal["regular", "tripolar", "rectilinear", "curvilinear"]


@dataclass(frozen=True)
class GridDescription:
    """
    What tells one grid from another.

    Parameters
    ----------
    kind : {"regular", "tripolar", "rectilinear", "curvilinear"}
    rows, columns : int
    west : float
        Western edge of the first column of a regular grid [degrees east], -180 to below 180.
    sha256 : str
        Checksum of the places of a grid that is not regular, to a millionth of a degree, a tenth of a metre.
    """

    kind: GridKind
    rows: int
    columns: int
    west: float = -180.0
    sha256: str = ""


@dataclass(frozen=True, eq=False)
class EditLog:
    """
    Edits, oldest first, and the map on which they were made.

    Parameters
    ----------
    quantity : {"height", "depth", "value", "basin"}
    grid : GridDescription
    base : str
        Checksum of the values before the first edit, see `base_checksum`; empty where they are not known.
    edits : tuple of Edit
    variable : str
        Name of the variable whose values were edited; empty for other quantities.
    index : tuple of (str, int)
        Dimensions of that variable beside its rows and columns, and the position along each, from 0.
    """

    quantity: Quantity
    grid: GridDescription
    base: str
    edits: tuple[Edit, ...]
    variable: str = ""
    index: tuple[tuple[str, int], ...] = ()


def grid_description(mesh: Mesh) -> GridDescription:
    """
    What tells the grid of a mesh from others.

    Examples
    --------
    >>> from paleobc.grids.mesh import regular_mesh
    >>> from paleobc.grids.regular import RegularGrid
    >>> grid_description(regular_mesh(RegularGrid(180, 360, west=0.0)))
    GridDescription(kind='regular', rows=180, columns=360, west=0.0, sha256='')
    """
    rows, columns = mesh.shape
    if mesh.regular_grid is not None:
        return GridDescription("regular", rows, columns, west=(mesh.regular_grid.west + 180.0) % 360.0 - 180.0)
    turn, part = 360_000_000, 1e6  # whole numbers: places computed elsewhere may differ in the last bits
    places = hashlib.sha256(np.round(part * mesh.latitudes).astype("<i8").tobytes())
    places.update((np.round(part * mesh.longitudes).astype("<i8") % turn).tobytes())
    return GridDescription(cast("GridKind", mesh.kind), rows, columns, sha256=places.hexdigest())


def base_checksum(values: FloatArray) -> str:
    """
    SHA-256 of values to the bit, in the order of their rows, on every machine the same.

    Parameters
    ----------
    values : ndarray of float64, any shape
        Values of a `Surface` before its first edit [unit of the field].

    Examples
    --------
    >>> base_checksum(np.zeros(3)) == base_checksum(np.zeros((1, 3))), base_checksum(np.zeros(3))[:8]
    (True, '9d908ecf')
    """
    return hashlib.sha256(np.ascontiguousarray(values, dtype="<f8").data).hexdigest()
