"""The basins of the ocean as a field that is drawn: from their masks and back."""

from __future__ import annotations

from typing import Final

import numpy as np

from paleobc.conventions import BoolArray, FloatArray
from paleobc.errors import InputError
from paleobc.grids.mesh import Mesh
from paleobc.ocean.subbasins import BASINS, masks_of, numbers_of
from paleobc.topography.surface import Surface
from paleobc.topography.value_type import ValueType

#: Numbers of the basins, and 0 for sea that is in none; what has no number is land and stays so.
BASIN_TYPE: Final = ValueType("i1", lowest=0.0, highest=float(max(BASINS.values())), can_be_missing=False)


def basin_surface(masks: FloatArray | BoolArray, bathymetry: FloatArray, mesh: Mesh) -> Surface:
    """
    Basins to be drawn: 1 Atlantic, 2 Pacific, 3 Indian Ocean, 0 in sea of none or of more than one, NaN on land.

    Parameters
    ----------
    masks : ndarray, shape (3, rows, columns)
        1 in the Atlantic, the Pacific and the Indian Ocean.
    bathymetry : ndarray, shape (rows, columns)
        Depths [m], sea > 0.
    mesh : Mesh

    Raises
    ------
    InputError
        Where the masks and the bathymetry have other sizes than the mesh.

    Examples
    --------
    >>> from paleobc.grids.mesh import regular_mesh
    >>> from paleobc.grids.regular import RegularGrid
    >>> masks = np.array([[[1, 0, 1, 0]], [[0, 0, 1, 0]], [[0, 1, 0, 0]]])
    >>> basin_surface(masks, np.array([[10.0, 0.0, 20.0, 5.0]]), regular_mesh(RegularGrid(1, 4))).field
    array([[ 1., nan,  0.,  0.]])
    """
    if masks.shape != (len(BASINS), *mesh.shape) or bathymetry.shape != mesh.shape:
        raise InputError(
            f"The masks of the basins have the shape {masks.shape}, the bathymetry {bathymetry.shape} and the grid "
            f"{mesh.shape}; give all on the same grid."
        )
    numbers = numbers_of(np.asarray(masks, dtype=np.float64))
    return Surface.of(np.where(bathymetry > 0.0, numbers, np.nan), mesh, "basin", BASIN_TYPE)


def masks_of_surface(surface: Surface) -> BoolArray:
    """
    Masks of the Atlantic, the Pacific and the Indian Ocean as they were drawn, shape (3, rows, columns).

    Examples
    --------
    >>> from paleobc.grids.mesh import regular_mesh
    >>> from paleobc.grids.regular import RegularGrid
    >>> drawn = Surface.of(np.array([[1.0, np.nan, 0.0, 3.0]]), regular_mesh(RegularGrid(1, 4)), "basin", BASIN_TYPE)
    >>> masks_of_surface(drawn)[:, 0].astype(int)
    array([[1, 0, 0, 0],
           [0, 0, 0, 0],
           [0, 0, 0, 1]])
    """
    return masks_of(np.nan_to_num(surface.field, nan=0.0).astype(np.int64))
