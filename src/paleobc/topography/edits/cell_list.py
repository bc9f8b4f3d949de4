"""Cells chosen one by one, on the grid on which they were chosen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from paleobc.conventions import IntArray
from paleobc.errors import InputError
from paleobc.grids.mesh import Mesh
from paleobc.topography.edits.shapes import CellList, Combined, Shape


def listed(cells: IntArray, mesh: Mesh) -> CellList:
    """
    List of cells, with the places and sizes by which they are found on another grid.

    Parameters
    ----------
    cells : ndarray of int, shape (cells,)
        Flat indices, in the order in which they are to be listed.

    Examples
    --------
    >>> from paleobc.grids.mesh import regular_mesh
    >>> from paleobc.grids.regular import RegularGrid
    >>> listed(np.array([9]), regular_mesh(RegularGrid(4, 8)))
    CellList(cells=((1, 1),), places=((-112.5, -22.5),), sizes_km=(4747.9...,))
    """
    row, column = np.divmod(np.asarray(cells), mesh.shape[1])
    return CellList(
        cells=tuple(zip(row.tolist(), column.tolist(), strict=True)),
        places=tuple(zip(mesh.longitudes[row, column].tolist(), mesh.latitudes[row, column].tolist(), strict=True)),
        sizes_km=tuple((np.sqrt(mesh.cell_area[row, column]) / 1000.0).tolist()),
    )


def with_places(shape: Shape, mesh: Mesh) -> Shape:
    """
    Shape whose lists of cells know the places and sizes of these, as far as they did not.

    Raises
    ------
    InputError
        Where a cell is not on the grid.

    Examples
    --------
    >>> from paleobc.grids.mesh import regular_mesh
    >>> from paleobc.grids.regular import RegularGrid
    >>> with_places(CellList(((1, 1),)), regular_mesh(RegularGrid(4, 8))).places
    ((-112.5, -22.5),)
    """
    if isinstance(shape, Combined):
        return replace(shape, first=with_places(shape.first, mesh), second=with_places(shape.second, mesh))
    if isinstance(shape, CellList) and not shape.places:
        return listed(_originals(shape, mesh), mesh)
    return shape


def cell_list_cells(shape: CellList, mesh: Mesh) -> IntArray:
    """
    Flat indices, ascending, of listed cells; copies count as the cell they stand for, and each cell once.

    Raises
    ------
    InputError
        Where a cell is not on the grid.
    """
    return np.unique(_originals(shape, mesh))


def cells_in_order(shape: CellList, mesh: Mesh) -> IntArray:
    """
    Flat indices of listed cells in the order of the list, for values that are given cell by cell.

    Raises
    ------
    InputError
        Where a cell is not on the grid, or is listed twice, also as a copy of itself.

    Examples
    --------
    >>> from paleobc.grids.mesh import regular_mesh
    >>> from paleobc.grids.regular import RegularGrid
    >>> cells_in_order(CellList(((1, 1), (0, 7))), regular_mesh(RegularGrid(4, 8)))
    array([9, 7], dtype=int32)
    """
    cells = _originals(shape, mesh)
    order = np.argsort(cells, kind="stable")
    again = order[1:][cells[order[1:]] == cells[order[:-1]]]
    if again.size:
        row, column = shape.cells[int(again.min())]
        raise InputError(
            f"The cell of row {row} and column {column} is listed twice, itself or a copy of it, while each cell has "
            "a value of its own; list it once."
        )
    return cells


def _originals(shape: CellList, mesh: Mesh) -> IntArray:
    """Flat indices of listed cells as they come."""
    rows, columns = mesh.shape
    if not shape.cells:
        return np.zeros(0, dtype=np.int32)
    try:
        cells = np.array(shape.cells)
    except ValueError:
        cells = np.zeros(0)
    if cells.shape != (len(shape.cells), 2) or cells.dtype.kind not in "iu":
        raise InputError("The listed cells are not all pairs of a row and a column, whole numbers both.")
    outside = np.flatnonzero(((cells < 0) | (cells >= (rows, columns))).any(axis=1))
    if outside.size:
        row, column = cells[outside[0]]
        raise InputError(
            f"The cell of row {row} and column {column} is not on this grid, whose rows run from 0 to {rows - 1} and "
            f"columns from 0 to {columns - 1}; give the grid on which the cells were chosen."
        )
    return np.asarray(mesh.original[cells[:, 0], cells[:, 1]], dtype=np.int32)
