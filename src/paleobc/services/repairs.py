"""A map repaired: proposals, the edits that were taken, and the map with them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import xarray as xr

from paleobc.conventions import HEIGHT, IntArray
from paleobc.errors import InputError, StepError
from paleobc.formats.edit_lists import ListKind, write_edits
from paleobc.formats.nemo_fields import bathymetry_file, depth_of, ocean_grid_of
from paleobc.formats.netcdf import write_netcdf
from paleobc.grids.mesh import Mesh, ocean_mesh, regular_mesh
from paleobc.services.findings import findings, ocean_findings
from paleobc.services.gateways import finding_data
from paleobc.services.provenance import VERSION, history_of
from paleobc.services.sources import read_source
from paleobc.steps.relief import grid_of, height_of, relief_dataset
from paleobc.topography.checks import CLOSED_SEA
from paleobc.topography.edits.edit import CloseSea, Edit
from paleobc.topography.edits.log import EditLog, base_checksum, grid_description
from paleobc.topography.gateways import Gateway
from paleobc.topography.repair import Repair, repair_ocean, repair_relief
from paleobc.topography.repair_world import WAYS
from paleobc.topography.surface import Surface

#: A summary names so many places of each kind of repair.
FIRST_PLACES: Final = 3

#: Numbers of cells in the reason of an edit, which differ between edits of one kind.
_COUNTS: Final = re.compile(r" of \d+ cells?\b|(?<=: )\d+ cells? ")


@dataclass(frozen=True)
class RepairedMap:
    """
    A map and what a repair did to it.

    Parameters
    ----------
    log : EditLog
        The edits, ready to be replayed.
    mesh : Mesh
    dataset : Dataset
        The repaired map.
    done : Repair
    found : dict
        What is wrong with the repaired map, as plain data.
    assumptions : tuple of str
        What was assumed in reading the map.
    """

    log: EditLog
    mesh: Mesh
    dataset: xr.Dataset
    done: Repair
    found: dict[str, Any]
    assumptions: tuple[str, ...]

    def as_data(self) -> dict[str, Any]:
        """All of it as plain data."""
        return {
            "edits": len(self.log.edits),
            "rounds": self.done.rounds,
            "cells_wrong_before": self.done.cells_wrong,
            "cells_changed": self.done.cells_changed,
            "repairs": self.repairs(),
            "not_met": list(self.done.sentences),
            "gateways": [finding_data(found, self.mesh) for found in self.done.findings],
            **self.found,
        }

    def repairs(self) -> list[dict[str, Any]]:
        """Kinds of repair in the order in which they came: edits and cells of each, and its first places."""
        kinds: dict[str, list[IntArray]] = {}
        for edit in self.log.edits:
            changed = edit.result.cells if edit.result is not None else np.empty(0, np.int32)
            kinds.setdefault(kind_of_repair(edit), []).append(changed)
        return [
            {
                "repair": kind,
                "edits": len(edits),
                "cells": int(sum(cells.size for cells in edits)),
                "first_at": [self._place_of(int(cells[0])) for cells in edits[:FIRST_PLACES] if cells.size],
            }
            for kind, edits in kinds.items()
        ]

    def _place_of(self, cell: int) -> dict[str, float]:
        """Centre of a cell."""
        at = divmod(cell, self.mesh.shape[1])
        latitude, longitude = self.mesh.latitudes[at], self.mesh.longitudes[at]
        return {"latitude": round(float(latitude), 3), "longitude": round(float(longitude), 3)}


def kind_of_repair(edit: Edit) -> str:
    """
    Reason of an edit of a repair without the numbers, the same for all edits of one kind.

    Examples
    --------
    >>> from paleobc.topography.edits.edit import OpenStrait
    >>> from paleobc.topography.edits.shapes import Box
    >>> box = Box(0.0, 0.0, 1.0, 1.0)
    >>> kind_of_repair(Edit(box, CloseSea(), reason="Closed sea of 37 cells"))
    'Closed sea filled'
    >>> kind_of_repair(Edit(box, OpenStrait(50.0), reason="Closed sea of 1 cell joined to the ocean"))
    'Closed sea joined to the ocean'
    """
    kind = _COUNTS.sub("", edit.reason)
    return f"{kind} filled" if kind == CLOSED_SEA.title and isinstance(edit.operation, CloseSea) else kind


def repair_file(
    path: Path,
    *,
    variable: str | None = None,
    ocean_grid: Path | None = None,
    gateways: Sequence[Gateway] = (),
    prefer: Mapping[str, str] | None = None,
    opened_from: float,
    sill: float,
) -> RepairedMap:
    """
    Repair a relief, or with its ocean grid a bathymetry; the file stays as it is.

    Parameters
    ----------
    path : Path
    variable : str, optional
        Variable of a relief, where in doubt.
    ocean_grid : Path, optional
        File of the grid on which the file is a bathymetry.
    gateways : sequence of Gateway
        Passages that have to be open or closed afterwards.
    prefer : mapping of str to str, optional
        Way for each kind of problem.
    opened_from : float
        Closed seas so large are opened [km2], smaller ones filled.
    sill : float
        Depth of straits that are dug [m].

    Raises
    ------
    InputError, StepError
        Where a file or a way cannot be used.
    """
    for kind, way in (prefer or {}).items():
        if way not in WAYS.get(kind, ()):
            known = "; ".join(f"{name}: {' or '.join(ways)}" for name, ways in WAYS.items())
            raise StepError(f"{kind}={way} is no way to repair anything; the ways are {known}.")
    options: dict[str, Any] = {
        "gateways": gateways,
        "prefer": prefer or {},
        "opened_from": opened_from,
        "sill": sill,
    }
    if ocean_grid is None:
        relief, source = read_source("relief", path, variable)
        grid, height = grid_of(relief), height_of(relief)
        field, done = repair_relief(height, grid, **options)
        mesh, base = regular_mesh(grid), Surface.of(height, regular_mesh(grid), "height").values
        dataset = relief_dataset({HEIGHT: (field, "Height above sea level, repaired")}, grid)
        log = EditLog("height", grid_description(mesh), base_checksum(base), done.edits)
        return RepairedMap(log, mesh, dataset, done, findings(list(done.left)), source.assumptions)
    depth, source = read_source("bathymetry", path, variable)
    ocean = ocean_grid_of(read_source("given_ocean_grid", ocean_grid)[0])
    field, done = repair_ocean(depth_of(depth), ocean, **options)
    mesh = ocean_mesh(ocean)
    base = Surface.of(depth_of(depth), mesh, "depth").values
    log = EditLog("depth", grid_description(mesh), base_checksum(base), done.edits)
    found = ocean_findings(list(done.left), with_basins=False)
    return RepairedMap(log, mesh, bathymetry_file(field, ocean), done, found, source.assumptions)


def write_repair(mended: RepairedMap, edits: Path, kind: ListKind, repaired: Path | None) -> None:
    """
    Write the edits of a repair, and the repaired map where a name is given, each whole or not at all.

    Raises
    ------
    InputError
        Where a file cannot be written.
    """
    write_edits(mended.log, edits, kind, mesh=mended.mesh)
    if repaired is not None:
        attributes = {"source": f"paleobc {VERSION}", "history": history_of("repair")}
        try:
            write_netcdf(mended.dataset, repaired, file_format="NETCDF3_64BIT", attributes=attributes)
        except OSError as error:
            raise InputError(f"{repaired} cannot be written: {error.strerror or error}.") from None
