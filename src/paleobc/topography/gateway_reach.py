"""Which cells matter for a gateway: what it is does not change where none of them does."""

from __future__ import annotations

import numpy as np

from paleobc.conventions import IntArray
from paleobc.grids.mesh import Mesh
from paleobc.topography.gateway_lines import sides_of_line, transect_of
from paleobc.topography.gateway_regions import sides_of_pair
from paleobc.topography.gateways import Gateway


def cells_that_matter(gateway: Gateway, mesh: Mesh) -> IntArray:
    """
    Cells on which it depends what `paleobc.topography.gateway_checks.check_gateways` finds of a gateway.

    Parameters
    ----------
    gateway : Gateway
    mesh : Mesh

    Returns
    -------
    ndarray of int, shape (cells,)
        Flat indices, ascending, no copies.

    Examples
    --------
    >>> from paleobc.grids.mesh import regular_mesh
    >>> from paleobc.grids.regular import RegularGrid
    >>> from paleobc.topography.gateways import Box
    >>> box = Box(0.0, 0.0, 60.0, 30.0)
    >>> strait = Gateway("Strait", "open", between=((5.0, 5.0), (50.0, 20.0)), within=box)
    >>> cells_that_matter(strait, regular_mesh(RegularGrid(6, 12)))
    array([42, 43], dtype=int32)
    """
    land = np.zeros(mesh.shape, dtype=bool)  # the reach of a gateway is the same whatever is sea
    if gateway.between is not None:
        within = sides_of_pair(gateway.between, gateway.box, land, mesh).within
    else:
        within = sides_of_line(transect_of(gateway, mesh), land, mesh).within
    return np.unique(mesh.original.ravel()[np.flatnonzero(within)])
