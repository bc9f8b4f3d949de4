"""How the cells of an ORCA-like grid join: seam in the east, fold in the north, duplicates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeVar

import numpy as np
import numpy.typing as npt

from paleobc.conventions import BoolArray, IntArray
from paleobc.errors import InputError

Pivot = Literal["T", "F"]
Point = Literal["T", "U", "V", "F"]

#: Position of each point of the C grid, in half steps (north, east) from the T point of the same indices.
HALF_STEPS: dict[Point, tuple[int, int]] = {"T": (0, 0), "U": (0, 1), "V": (1, 0), "F": (1, 1)}

Value = TypeVar("Value", bound=np.generic)


@dataclass(frozen=True)
class OrcaLayout:
    """
    Size, overlap and fold of an ORCA-like grid.

    All points lie on one lattice of half steps: T(j, i) at row 2j and column 2i, U one column east, V one row
    north, F both. East and west meet after ``2 * period`` columns, and the lattice is folded along
    ``fold_row``: the point d rows beyond it is the point d rows before it, mirrored at ``axis``. NEMO's rules
    for T, U, V and F, for both pivots and with or without halo, are all this one.

    Parameters
    ----------
    rows, columns : int
        Size of the arrays as they stand in the file.
    pivot : {"T", "F"}
        Point about which the northern row is folded: T (nperio 4, ORCA2) or F (nperio 6, PALEORCA2, eORCA1).
    overlap : bool
        Whether the first and last columns are copies: column 0 of column -2, column -1 of column 1.
    folded_row : bool
        Whether the last row lies beyond the fold and holds copies.
    axis : int, optional
        Lattice column on which the fold turns, in half steps; NEMO's place when not given.

    Examples
    --------
    >>> OrcaLayout(149, 182, "F").nperio, OrcaLayout(148, 180, "T", overlap=False, folded_row=False).nperio
    (6.0, 4.2)
    """

    rows: int
    columns: int
    pivot: Pivot
    overlap: bool = True
    folded_row: bool = True
    axis: int = -1

    def __post_init__(self) -> None:
        if self.rows < 3 + self.folded_row or self.period < 4 or self.period % 2:
            raise InputError(
                f"A grid of {self.rows} rows and {self.columns} columns cannot be folded in the north; it "
                "needs more than three rows, and an even number of columns beside the overlap."
            )
        axis = self._axis_of_nemo if self.axis < 0 else self.axis % self.period
        if axis % 2 != (self.pivot == "F"):
            raise InputError(f"A fold about lattice column {axis} does not turn on {self.pivot} points.")
        object.__setattr__(self, "axis", axis)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the arrays."""
        return self.rows, self.columns

    @property
    def period(self) -> int:
        """Number of columns around the globe."""
        return self.columns - 2 * self.overlap

    @property
    def fold_row(self) -> int:
        """Lattice row of the fold, in half steps from the first T row."""
        return 2 * (self.rows - 1 - self.folded_row) + (self.pivot == "F")

    @property
    def nperio(self) -> float | None:
        """NEMO's number of this layout (4, 4.2, 6 or 6.2); None where NEMO has none."""
        if self.overlap != self.folded_row or self.axis != self._axis_of_nemo:
            return None
        return (4.0 if self.pivot == "T" else 6.0) + (0.0 if self.overlap else 0.2)

    @property
    def _axis_of_nemo(self) -> int:
        axis = (2 if self.pivot == "T" else 1) - (0 if self.overlap else 2)
        return axis % self.period

    def place(self, row: IntArray, column: IntArray) -> tuple[IntArray, IntArray, BoolArray]:
        """
        Lattice position that stands for each of these positions, and whether it was reached through the fold.

        Parameters
        ----------
        row, column : ndarray of int, broadcastable
            Lattice positions in half steps; rows may reach beyond the fold, columns may have any value.

        Returns
        -------
        row, column : ndarray of int
            The position that holds the value; rows at or before the fold, columns from 0 to 2 period - 1.
        folded : ndarray of bool
            True where a vector changes its sign on the way.

        Notes
        -----
        Of the pairs on the fold row itself the first half is kept, but the second for T points,
        as NEMO does.
        """
        row, column = np.broadcast_arrays(row, column)
        ring = 2 * self.period
        from_axis = (column - self.axis) % ring
        beyond = from_axis > self.period
        if self.pivot == "T":
            on_t_points = from_axis % 2 == 0
            beyond = np.where(on_t_points, (from_axis > 0) & (from_axis < self.period), beyond)
        folded = (row > self.fold_row) | ((row == self.fold_row) & beyond)
        mirrored = np.where(folded, 2 * self.axis - column, column) % ring
        return np.where(folded, 2 * self.fold_row - row, row), mirrored, folded

    def cell_of(self, row: IntArray, column: IntArray) -> IntArray:
        """Flat index (row * columns + column) of the value at lattice positions given by `place`."""
        index = column // 2
        if self.overlap:
            index = (index - 1) % self.period + 1
        return np.asarray((row // 2) * self.columns + index)


def duplicates(layout: OrcaLayout, point: Point = "T") -> tuple[IntArray, BoolArray]:
    """
    Cell of which each cell is a copy, and whether the copy lies beyond the fold.

    Parameters
    ----------
    layout : OrcaLayout
        The grid.
    point : {"T", "U", "V", "F"}
        Point of the C grid on which the values stand.

    Returns
    -------
    original : ndarray of int32, shape (rows, columns)
        Flat index of the cell that holds the value; a unique cell holds its own.
    folded : ndarray of bool, shape (rows, columns)
        True where a vector of the copy has the opposite sign.

    References
    ----------
    NEMO reference manual, chapter on lateral boundary conditions, doi:10.5281/zenodo.1464816.

    Examples
    --------
    >>> duplicates(OrcaLayout(4, 6, "F"))[0][-2:]  # the last row is the one before it, mirrored
    array([[16, 13, 14, 15, 16, 13],
           [13, 16, 15, 14, 13, 16]], dtype=int32)
    """
    north, east = HALF_STEPS[point]
    row, column, folded = layout.place(
        2 * np.arange(layout.rows)[:, None] + north, 2 * np.arange(layout.columns) + east
    )
    return layout.cell_of(row, column).astype(np.int32), folded


def unique_cells(layout: OrcaLayout, point: Point = "T") -> BoolArray:
    """
    Cells that are copies of no other, shape (rows, columns): each place of the globe once.

    Examples
    --------
    >>> int(unique_cells(OrcaLayout(149, 182, "F")).sum()) == 148 * 180
    True
    """
    own = np.arange(layout.rows * layout.columns).reshape(layout.shape)
    return np.asarray(duplicates(layout, point)[0] == own)


def counted_cells(layout: OrcaLayout, point: Point = "T") -> BoolArray:
    """Tell the unique cells but for the southern row, which NEMO always closes, shape (rows, columns)."""
    counted = unique_cells(layout, point)
    counted[0] = False
    return counted


def owner_table(layout: OrcaLayout) -> npt.NDArray[np.int32]:
    """
    Flat index of the unique T cell at each position of the grid framed by one ring of neighbours.

    Returns
    -------
    ndarray of int32, shape (rows + 2, columns + 2)
        The neighbour of cell (j, i) that lies dj rows north and di columns east is
        ``owner[j + 1 + dj, i + 1 + di]``; -1 beyond the southern edge.

    Examples
    --------
    >>> owner_table(OrcaLayout(4, 6, "F"))[[0, -1]]
    array([[-1, -1, -1, -1, -1, -1, -1, -1],
           [ 8,  7, 10,  9,  8,  7, 10,  9]], dtype=int32)
    """
    rows = 2 * np.arange(-1, layout.rows + 1)[:, None]
    row, column, _ = layout.place(rows, 2 * np.arange(-1, layout.columns + 1))
    return np.where(rows < 0, -1, layout.cell_of(row, column)).astype(np.int32)


def filled_halo(
    layout: OrcaLayout, values: npt.NDArray[Value], point: Point = "T", *, vector: bool = False
) -> npt.NDArray[Value]:
    """
    Copy of a field whose duplicates hold the value of the cell they stand for.

    Parameters
    ----------
    layout : OrcaLayout
        The grid.
    values : ndarray, shape (..., rows, columns)
        Values at these points; those of the duplicates are not read.
    point : {"T", "U", "V", "F"}
        Point of the C grid on which the values stand.
    vector : bool
        Whether the values are components along the grid, which turn round beyond the fold.

    References
    ----------
    NEMO reference manual, chapter on lateral boundary conditions, doi:10.5281/zenodo.1464816.

    Examples
    --------
    >>> filled_halo(OrcaLayout(4, 6, "F"), np.arange(24.0).reshape(4, 6), vector=True)[-1]
    array([-13., -16., -15., -14., -13., -16.])
    """
    original, folded = duplicates(layout, point)
    filled = values.reshape(*values.shape[:-2], -1)[..., original]
    if vector:
        np.negative(filled, out=filled, where=folded)
    return filled
