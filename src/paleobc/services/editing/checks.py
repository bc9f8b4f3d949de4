"""What is looked for in a field while it is edited: marks of its cells, one bit for each check."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np

from paleobc.conventions import BoolArray, IntArray
from paleobc.errors import InputError
from paleobc.grids.cells import spherical_areas
from paleobc.grids.curvilinear import CurvilinearGrid
from paleobc.grids.mesh import Mesh
from paleobc.topography.checks import CHECKS, CLOSED_SEA, CheckKind
from paleobc.topography.marks import Marks, Places, marks_of, places_of_cells, places_of_seas
from paleobc.topography.ocean_checks import CELL_IN_TWO_BASINS, CELL_WITHOUT_BASIN, OCEAN_CHECKS, OceanChecks
from paleobc.topography.poles import against_polar_rules
from paleobc.topography.sea_masks import sea_masks
from paleobc.topography.surface import Surface


@dataclass(frozen=True, eq=False)
class Looked:
    """
    What was found in a field.

    Parameters
    ----------
    marks : ndarray of uint8, shape (rows * columns,)
        Bit b is set where the check with that bit finds the cell; never in copies.
    places : mapping of str to Places
        Places of each check, by its name.
    """

    marks: Marks
    places: Mapping[str, Places]


class Checker(Protocol):
    """Looks for problems in fields of one grid; the order of its kinds is that of the bits."""

    kinds: tuple[CheckKind, ...]
    is_repairable: bool
    #: Which changes of values can change what is found: those of land into sea and back, any, or none.
    heeds: Literal["shore", "values", "nothing"]

    def look(self, surface: Surface) -> Looked:
        """Find all that is wrong with a field."""
        ...


class ReliefChecks:
    """Checks of a relief; all of them see land and sea and nothing else."""

    kinds: tuple[CheckKind, ...] = CHECKS
    is_repairable = True
    heeds: Literal["shore", "values", "nothing"] = "shore"

    def __init__(self, mesh: Mesh) -> None:
        if mesh.regular_grid is None:
            raise InputError("A relief is looked at on a regular grid that covers the globe.")
        self._mesh = mesh
        self._area = spherical_areas(mesh.regular_grid)[:, None]
        self._latitudes = mesh.regular_grid.latitudes

    def look(self, surface: Surface) -> Looked:
        """Find all that is wrong with a relief."""
        found = sea_masks(surface.is_sea().reshape(self._mesh.shape), self._mesh.owners, self._area)
        polar = against_polar_rules(surface.field, self._latitudes)
        return _looked(self.kinds, [found.seas > 1, found.straits, found.channels, polar], found.seas, self._mesh)


class BathymetryChecks:
    """Checks of a bathymetry on its ocean grid, but for those of its sub-basins."""

    kinds: tuple[CheckKind, ...] = tuple(
        kind for kind in OCEAN_CHECKS if kind not in (CELL_WITHOUT_BASIN, CELL_IN_TWO_BASINS)
    )
    is_repairable = True
    heeds: Literal["shore", "values", "nothing"] = "values"

    def __init__(self, mesh: Mesh, grid: CurvilinearGrid, minimum_depth: float) -> None:
        self._mesh, self._checks = mesh, OceanChecks(grid, minimum_depth)

    def look(self, surface: Surface) -> Looked:
        """Find all that is wrong with a bathymetry."""
        found = self._checks.seas(surface.field)
        masks = [found.seas > 1, found.straits, found.channels]
        masks += [mask for _, mask in self._checks.places(surface.field)]
        return _looked(self.kinds, masks, found.seas, self._mesh)


class BasinChecks:
    """Checks of the sub-basins of the ocean, drawn as numbers: 0 is in none."""

    kinds: tuple[CheckKind, ...] = (CELL_WITHOUT_BASIN,)
    is_repairable = False
    heeds: Literal["shore", "values", "nothing"] = "values"

    def __init__(self, mesh: Mesh) -> None:
        self._mesh = mesh

    def look(self, surface: Surface) -> Looked:
        """Find the sea that is in no sub-basin."""
        return _looked(self.kinds, [surface.field == 0.0], None, self._mesh)


class NoChecks:
    """Nothing is looked for."""

    kinds: tuple[CheckKind, ...] = ()
    is_repairable = False
    heeds: Literal["shore", "values", "nothing"] = "nothing"

    def __init__(self, mesh: Mesh) -> None:
        self._nothing = Looked(np.zeros(mesh.unique.size, dtype=np.uint8), {})

    def look(self, surface: Surface) -> Looked:  # noqa: ARG002 - as the others
        """Find nothing."""
        return self._nothing


def checker_of(name: str, surface: Surface, ocean_grid: CurvilinearGrid | None, minimum_depth: float) -> Checker:
    """
    Who looks for problems in a field.

    Parameters
    ----------
    name : {"relief", "ocean", "basins", "none"}
    surface : Surface
    ocean_grid : CurvilinearGrid, optional
        Needed for "ocean".
    minimum_depth : float
        Least depth of the sea that is no problem [m].
    """
    if name == "relief":
        return ReliefChecks(surface.mesh)
    if name == "ocean" and ocean_grid is not None:
        return BathymetryChecks(surface.mesh, ocean_grid, minimum_depth)
    return BasinChecks(surface.mesh) if name == "basins" else NoChecks(surface.mesh)


def _looked(kinds: tuple[CheckKind, ...], masks: list[BoolArray], seas: IntArray | None, mesh: Mesh) -> Looked:
    """Marks and places of masks, in the order of the kinds."""
    places = {}
    for kind, mask in zip(kinds, masks, strict=True):
        if kind is CLOSED_SEA and seas is not None:
            places[kind.name] = places_of_seas(seas, mesh.unique)
        else:
            found = mask if mesh.regular_grid is not None else mask & mesh.unique
            places[kind.name] = places_of_cells(np.flatnonzero(found), mesh.owners)
    return Looked(marks_of(masks, mesh.unique), places)
