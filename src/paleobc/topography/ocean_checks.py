"""What is wrong with a bathymetry on an ocean grid, before the ocean model sees it."""

from __future__ import annotations

from typing import Final

import numpy as np

from paleobc.constants import EARTH_RADIUS
from paleobc.conventions import BoolArray, FloatArray, IntArray
from paleobc.grids.curvilinear import CurvilinearGrid
from paleobc.grids.fold import OrcaLayout, counted_cells, duplicates, filled_halo, owner_table, unique_cells
from paleobc.grids.grid_quality import pole_places
from paleobc.grids.sphere import polygon_areas, unit_vectors
from paleobc.topography.checks import (
    CLOSED_SEA,
    DIFFUSIVE_STRAIT,
    STAIRCASE_CHANNEL,
    CheckKind,
    Problem,
    closed_sea_cells,
)
from paleobc.topography.closed_seas import label_seas
from paleobc.topography.sea_masks import SeaMasks, sea_masks

WET_GRID_POLE: Final = CheckKind(
    "wet_grid_pole",
    "Wet grid pole",
    "A northern pole of the ocean grid in the sea: cells shrink to nothing there and the ocean model blows up.",
    "Make a grid whose poles are found for this relief (poles: auto), or fill the sea there.",
)
SHALLOW_SEA: Final = CheckKind(
    "shallow_sea",
    "Shallow sea",
    "Sea shallower than the least depth: less than the ocean model's first level, or dry at low water.",
    "Deepen it with the option minimum_depth, or fill it.",
)
CELL_WITHOUT_BASIN: Final = CheckKind(
    "cell_without_basin",
    "Cell without a sub-basin",
    "Sea that is in none of the sub-basins: it is missing in their means and transports.",
    "Draw it into one of them, or let the sub-basins be repaired.",
)
CELL_IN_TWO_BASINS: Final = CheckKind(
    "cell_in_two_basins",
    "Cell in two sub-basins",
    "Sea that is in more than one of the sub-basins: it is counted twice.",
    "Draw it into one of them.",
)

#: All that is looked for on an ocean grid, in the order in which it is reported.
OCEAN_CHECKS: Final = (
    CLOSED_SEA,
    DIFFUSIVE_STRAIT,
    STAIRCASE_CHANNEL,
    WET_GRID_POLE,
    SHALLOW_SEA,
    CELL_WITHOUT_BASIN,
    CELL_IN_TWO_BASINS,
)

#: Corners closer to a pole of the grid than this stand on it [km]: several columns end there.
ON_THE_POLE: Final = 1.0


def check_ocean(
    depth: FloatArray, grid: CurvilinearGrid, *, minimum_depth: float = 10.0, basins: BoolArray | None = None
) -> list[Problem]:
    """
    All that is wrong with a bathymetry on its ocean grid; each place of the globe is reported once.

    Parameters
    ----------
    depth : ndarray, shape (rows, columns)
        Depth of the sea [m], 0 on land; copies of cells are not read.
    grid : CurvilinearGrid
    minimum_depth : float
        Least depth that is no problem [m].
    basins : ndarray of bool, shape (basins, rows, columns), optional
        Masks of the sub-basins.

    Returns
    -------
    list of Problem
        One for each closed sea, by decreasing area; one each for all diffusive straits, for all staircase channels
        that are not such straits or closed seas, for wet cells at the poles of the grid, for shallow sea, and for
        wet cells in no sub-basin or in several. Rows and columns are those of the file.
    """
    return OceanChecks(grid, minimum_depth).problems(depth, basins)


class OceanChecks:
    """
    Checks of bathymetries on one ocean grid; what depends on the grid alone is found out once.

    Parameters
    ----------
    grid : CurvilinearGrid
    minimum_depth : float
        Least depth that is no problem [m].
    """

    def __init__(self, grid: CurvilinearGrid, minimum_depth: float = 10.0) -> None:
        self._grid, self._minimum_depth = grid, minimum_depth
        self.original, _ = duplicates(grid.layout)
        self.unique = unique_cells(grid.layout)
        self._counted = counted_cells(grid.layout)
        self._owners = owner_table(grid.layout)
        self._area = _areas(grid)
        self._at_poles = cells_at_grid_poles(grid)

    def seas(self, depth: FloatArray) -> SeaMasks:
        """Closed seas, straits and channels of a bathymetry [m], as the ocean model sees them, with their copies."""
        closed = ((depth > 0.0) & self._counted).ravel()[self.original]
        return sea_masks(closed, self._owners, self._area)

    def places(self, depth: FloatArray, basins: BoolArray | None = None) -> list[tuple[CheckKind, BoolArray]]:
        """Cells that are wrong by themselves, copies among them, in the order of `OCEAN_CHECKS`."""
        wet = (depth > 0.0).ravel()[self.original]
        masks = [(WET_GRID_POLE, wet & self._at_poles), (SHALLOW_SEA, wet & (depth < self._minimum_depth))]
        if basins is not None:
            count = basins.sum(axis=0)
            masks += [(CELL_WITHOUT_BASIN, wet & (count == 0)), (CELL_IN_TWO_BASINS, wet & (count > 1))]
        return masks

    def problems(self, depth: FloatArray, basins: BoolArray | None = None) -> list[Problem]:
        """All that is wrong with a bathymetry [m]; see `check_ocean`."""
        found = self.seas(depth)
        cells = [(CLOSED_SEA, cells) for cells in closed_sea_cells(np.where(self.unique, found.seas, 0))]
        masks = [(DIFFUSIVE_STRAIT, found.straits), (STAIRCASE_CHANNEL, found.channels), *self.places(depth, basins)]
        cells += [(check, np.flatnonzero(mask & self.unique)) for check, mask in masks]
        return [_problem(check, cells, self._grid) for check, cells in cells if cells.size]


def sea_of_model(depth: FloatArray, layout: OrcaLayout) -> BoolArray:
    """
    Cells that are sea for the ocean model, shape (rows, columns): it closes its first row whatever is in it.

    Parameters
    ----------
    depth : ndarray, shape (rows, columns)
        Depth of the sea [m], 0 on land; copies of cells are not read.
    layout : OrcaLayout
    """
    return filled_halo(layout, (depth > 0.0) & counted_cells(layout))


def ocean_seas(wet: BoolArray, grid: CurvilinearGrid) -> IntArray:
    """
    Number of the sea of each cell of an ocean grid: 1 is the world ocean, the others are closed seas, 0 is land.

    Seas are joined across the seam and the fold, and copies of cells add nothing to their area.

    Parameters
    ----------
    wet : ndarray of bool, shape (rows, columns)
    grid : CurvilinearGrid

    Returns
    -------
    ndarray of int32, shape (rows, columns)
    """
    return label_seas(wet, owner_table(grid.layout), _areas(grid))


def _areas(grid: CurvilinearGrid) -> FloatArray:
    """Area of each cell on the unit sphere, 0 in copies, shape (rows, columns)."""
    corners = unit_vectors(grid.corner_longitude, grid.corner_latitude)
    return np.where(unique_cells(grid.layout), np.abs(polygon_areas(corners)), 0.0)


def cells_at_grid_poles(grid: CurvilinearGrid) -> BoolArray:
    """
    Cells that touch one of the two northern poles of an ocean grid, shape (rows, columns).

    Examples
    --------
    >>> from paleobc.grids.tripolar import paleorca2_grid
    >>> rows, columns = np.nonzero(cells_at_grid_poles(paleorca2_grid()))
    >>> int(rows.min()), int(rows.max())  # at the fold only
    (147, 148)
    """
    corners = unit_vectors(grid.corner_longitude, grid.corner_latitude)
    within = 2.0 * np.sin(1000.0 * ON_THE_POLE / EARTH_RADIUS / 2.0)
    touch = np.zeros(grid.layout.shape, dtype=bool)
    centres = unit_vectors(grid.t.longitude, grid.t.latitude)
    for pole in unit_vectors(*np.transpose(pole_places(grid))):
        near = np.linalg.norm(corners - pole, axis=-1) < within
        touch |= near[1:, 1:] | near[1:, :-1] | near[:-1, 1:] | near[:-1, :-1]
        touch |= np.linalg.norm(centres - pole, axis=-1) < within
    return filled_halo(grid.layout, touch)


def _problem(check: CheckKind, cells: IntArray, grid: CurvilinearGrid) -> Problem:
    """The problem at cells given by their flat indices."""
    rows, columns = np.divmod(cells, grid.layout.columns)
    longitudes = (grid.t.longitude[rows, columns] + 180.0) % 360.0 - 180.0
    return Problem(check, rows, columns, grid.t.latitude[rows, columns].round(2), longitudes.round(2))
