"""What is wrong with a relief, before an ocean model and a river model see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from paleobc.conventions import BoolArray, FloatArray, IntArray, counted, place
from paleobc.grids.cells import spherical_areas
from paleobc.grids.periodicity import regular_owners
from paleobc.grids.regular import RegularGrid
from paleobc.topography.masks import is_land
from paleobc.topography.poles import against_polar_rules
from paleobc.topography.sea_masks import sea_masks


@dataclass(frozen=True)
class CheckKind:
    """
    One thing that is looked for.

    Parameters
    ----------
    name : str
        Short name, for machines.
    title : str
        Name, for people.
    meaning : str
        Why it matters.
    remedy : str
        What to do.
    """

    name: str
    title: str
    meaning: str
    remedy: str


CLOSED_SEA: Final = CheckKind(
    "closed_sea",
    "Closed sea",
    "A sea that is cut off from the world ocean: the ocean model has no exchange there and its level drifts.",
    "Fill it (height above 0), or open a strait of at least two cells to the ocean.",
)
DIFFUSIVE_STRAIT: Final = CheckKind(
    "diffusive_strait",
    "Diffusive strait",
    "A strait one cell wide: NEMO diffuses through it but no current flows.",
    "Widen it to two cells, or close it.",
)
STAIRCASE_CHANNEL: Final = CheckKind(
    "staircase_channel",
    "Staircase channel",
    "Sea that is in no block of 2 x 2 sea cells: inlets and diagonal channels without a current.",
    "Widen it, or fill it; a dead-end inlet may also stay.",
)
POLAR_RULE: Final = CheckKind(
    "polar_rule",
    "Polar rule",
    "Sea south of 78S, or land and sea mixed north of 86N: the ocean grid cannot hold it.",
    "Fill the sea south of 78S; north of 86N make all cells land or all sea.",
)

#: All that is looked for, in the order in which it is reported.
CHECKS: Final = (CLOSED_SEA, DIFFUSIVE_STRAIT, STAIRCASE_CHANNEL, POLAR_RULE)


@dataclass(frozen=True)
class Problem:
    """
    One thing that is wrong, at one place or several.

    Parameters
    ----------
    check : CheckKind
    rows, columns : ndarray of int, shape (cells,)
        Cells concerned, rows from south to north.
    latitudes, longitudes : ndarray, shape (cells,)
        Their centres [degrees].
    """

    check: CheckKind
    rows: IntArray
    columns: IntArray
    latitudes: FloatArray
    longitudes: FloatArray

    @property
    def kind(self) -> str:
        """Name of what was looked for."""
        return self.check.name

    @property
    def title(self) -> str:
        """What was looked for, for people."""
        return self.check.title

    @property
    def label(self) -> str:
        """
        What it is, how large, and where.

        Examples
        --------
        >>> at = np.array([3]), np.array([5]), np.array([38.5]), np.array([-8.5])
        >>> Problem(CLOSED_SEA, *at).label
        'Closed sea: 1 cell at 38.5N 8.5W'
        """
        count, at = counted(self.rows.size, "cell"), place(self.latitudes[0], self.longitudes[0])
        return f"{self.check.title}: {count} at {at}"


def _problem(check: CheckKind, cells: BoolArray, grid: RegularGrid) -> list[Problem]:
    """The problem at these cells, if any."""
    rows, columns = np.divmod(
        np.flatnonzero(cells), grid.columns
    )  # several times faster than nonzero in two dimensions
    if rows.size == 0:
        return []
    return [Problem(check, rows, columns, grid.latitudes[rows], grid.longitudes[columns])]


def check_relief(height: FloatArray, grid: RegularGrid) -> list[Problem]:
    """
    All that is wrong with a relief.

    Parameters
    ----------
    height : ndarray, shape (rows, columns)
        Height above sea level [m], south to north.
    grid : RegularGrid

    Returns
    -------
    list of Problem
        One for each closed sea, by decreasing area; one each for all diffusive straits, for all staircase
        channels that are not such straits or closed seas, and for all cells against the polar rules.
    """
    found = sea_masks(~is_land(height), regular_owners(*grid.shape), spherical_areas(grid)[:, None])
    problems = _closed_sea_problems(found.seas, grid)
    problems += _problem(DIFFUSIVE_STRAIT, found.straits, grid)
    problems += _problem(STAIRCASE_CHANNEL, found.channels, grid)
    return problems + _problem(POLAR_RULE, against_polar_rules(height, grid.latitudes), grid)


def _closed_sea_problems(seas: IntArray, grid: RegularGrid) -> list[Problem]:
    """One problem for each sea but the first."""
    problems = []
    for cells in closed_sea_cells(seas):
        rows, columns = np.divmod(cells, grid.columns)
        problems.append(Problem(CLOSED_SEA, rows, columns, grid.latitudes[rows], grid.longitudes[columns]))
    return problems


def closed_sea_cells(seas: IntArray) -> list[IntArray]:
    """
    Flat indices of the cells of each closed sea; one sort finds the cells of all.

    Parameters
    ----------
    seas : ndarray of int, shape (rows, columns)
        Number of the sea of each cell: 0 is land, 1 the world ocean; each number up to the largest is there.

    Examples
    --------
    >>> closed_sea_cells(np.array([[1, 0, 3], [2, 0, 3]]))
    [array([3]), array([2, 5])]
    """
    numbers = seas.ravel()
    cells = np.flatnonzero(numbers > 1)
    if cells.size == 0:
        return []
    cells = cells[np.argsort(numbers[cells], kind="stable")]
    return np.split(cells, np.flatnonzero(np.diff(numbers[cells])) + 1)
