"""Whether the gateways of an experiment are open or closed in its bathymetry as they have to be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from paleobc.grids.mesh import ocean_mesh
from paleobc.services.audit_files import OpenedFile
from paleobc.services.audit_ocean import grid_in
from paleobc.services.audit_result import Cell, Check, Finding, Outcome
from paleobc.topography.checks import CheckKind
from paleobc.topography.gateway_checks import check_gateways
from paleobc.topography.gateways import Gateway
from paleobc.topography.ocean_checks import sea_of_model

GATEWAY: Final = CheckKind(
    "gateway",
    "Gateways",
    "A passage between seas is not open or closed, wide or deep as the experiment demands.",
    "Edit the relief or the bathymetry there, and make all files again.",
)


def gateway_checks(gateways: Sequence[Gateway]) -> list[Check]:
    """
    Give a check for each gateway.

    Parameters
    ----------
    gateways : sequence of Gateway
    """
    return [_of(gateway) for gateway in gateways]


def _of(gateway: Gateway) -> Check:
    def look(bathymetry: OpenedFile, coordinates: OpenedFile) -> Outcome:
        depth, grid = bathymetry.fields["Bathymetry"], grid_in(coordinates)
        mesh = ocean_mesh(grid)
        (found,) = check_gateways(depth, mesh, [gateway], sea_of_model(depth, grid.layout))
        if found.holds:
            return [], found.sentence
        cells: tuple[Cell, ...] = ()
        if found.sill_cell >= 0:
            row, column = divmod(int(found.sill_cell), depth.shape[1])
            place = float(mesh.latitudes[row, column]), float(mesh.longitudes[row, column])
            cells = (Cell(row, column, *place, float(depth[row, column])),)
        return [Finding(GATEWAY, (bathymetry.name,), "fault", found.sentence, len(cells), cells)], ""

    return Check(GATEWAY, ("bathymetry", "ocean_grid"), look)
