"""Edits as cells and their new depths, the common core of the lists that ocean models read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from paleobc.conventions import FloatArray, IntArray
from paleobc.errors import InputError
from paleobc.formats.wording import counted, sized
from paleobc.grids.mesh import Mesh
from paleobc.topography.edits.cell_list import cell_list_cells, cells_in_order, listed
from paleobc.topography.edits.edit import Edit, Set
from paleobc.topography.edits.limits import MOST_CELLS
from paleobc.topography.edits.shapes import CellList
from paleobc.topography.surface import NEW_LAND, Quantity


@dataclass(frozen=True, eq=False)
class CellDepths:
    """
    Depths given to cells, in this order; a later one counts.

    Parameters
    ----------
    rows, columns : ndarray of int, shape (cells,)
        Indices from 0, rows from south to north; copies among them or not.
    depths : ndarray, shape (cells,)
        Depth of the sea [m], positive down; 0 on land, or minus the height of land.
    old : ndarray, shape (cells,), optional
        Depths before.
    reason : str
    """

    rows: IntArray
    columns: IntArray
    depths: FloatArray
    old: FloatArray | None = None
    reason: str = ""


def edits_of_depths(blocks: Iterable[CellDepths], mesh: Mesh, quantity: Quantity) -> tuple[Edit, ...]:
    """
    One edit for each block of depths.

    A copy stands for its cell. Depth above 0 is sea. Depth 0 is land, `NEW_LAND` high where heights are edited; a
    negative depth is land of that height.

    Parameters
    ----------
    blocks : iterable of CellDepths
        Cells of the mesh.
    mesh : Mesh
    quantity : {"height", "depth"}
        What the edits are to change.
    """
    return tuple(_edit_of(block, mesh, quantity) for block in blocks if block.rows.size)


def _edit_of(block: CellDepths, mesh: Mesh, quantity: Quantity) -> Edit:
    """Edit of a block, whose cells come in ascending order, each once."""
    owner = mesh.original.ravel()[block.rows * mesh.shape[1] + block.columns]
    cells, last = np.unique(owner[::-1], return_index=True)
    depths = block.depths[::-1][last]
    land = 0.0 if quantity == "depth" else np.where(depths < 0.0, -depths, NEW_LAND)
    values = np.where(depths > 0.0, depths if quantity == "depth" else -depths, land)
    same = bool((values == values[0]).all())
    return Edit(listed(cells, mesh), Set(float(values[0]) if same else tuple(values.tolist())), reason=block.reason)


def depths_of_edits(edits: Sequence[Edit], mesh: Mesh, quantity: Quantity) -> list[CellDepths]:
    """
    Depths that edits leave, one block for each edit.

    Copies of the cells are among them, as the tools that read such lists change what is listed and nothing else.
    Land becomes depth 0.

    Parameters
    ----------
    edits : sequence of Edit
        Edits with their results, or that set the values of cells.
    mesh : Mesh
    quantity : {"height", "depth"}
        What the edits change.

    Raises
    ------
    InputError
        Where an edit has no result and is no list of cells, has cells that the mesh has not, or leaves sea of no depth.
    """
    blocks = []
    for number, edit in enumerate(edits, 1):
        cells, new, old = _changed(edit, number, mesh)
        if quantity == "height" and (new == 0.0).any():
            row, column = divmod(int(cells[new == 0.0][0]), mesh.shape[1])
            raise InputError(
                f"Edit {number} leaves the cell at row {row}, column {column} at height 0, which is sea; in a list of "
                "depths 0 means land. Give the cell a height above or below 0."
            )
        positions, index = _with_copies(cells, mesh)
        rows, columns = np.divmod(positions, mesh.shape[1])
        before = None if old is None else _depth(old, quantity)[index]
        blocks.append(CellDepths(rows, columns, _depth(new, quantity)[index], before, edit.reason))
    return blocks


def _depth(values: FloatArray, quantity: Quantity) -> FloatArray:
    """Depths of heights or depths [m]; exactly 0 on land."""
    return np.maximum(values if quantity == "depth" else -values, 0.0) + 0.0


def _changed(edit: Edit, number: int, mesh: Mesh) -> tuple[IntArray, FloatArray, FloatArray | None]:
    """Cells of an edit, their values after it, and before it where they are known."""
    if edit.result is not None:
        cells = edit.result.cells.astype(np.int64)
        if cells.size and (cells.min() < 0 or cells.max() >= mesh.unique.size):
            raise InputError(
                f"Edit {number} changes cells that a grid of {sized(mesh.shape)} cells has not; it was made on another "
                "grid."
            )
        return cells, edit.result.new, edit.result.old
    if not (isinstance(edit.shape, CellList) and isinstance(edit.operation, Set) and edit.where == "all"):
        raise InputError(
            f"Edit {number} has not been carried out, so the cells it changes are not known; apply the list to its "
            "field first."
        )
    one_each = isinstance(edit.operation.value, tuple)
    try:
        cells = (cells_in_order if one_each else cell_list_cells)(edit.shape, mesh).astype(np.int64)
    except InputError as refusal:
        raise InputError(f"Edit {number}: {refusal}") from None
    return cells, np.broadcast_to(np.asarray(edit.operation.value, dtype=np.float64), cells.shape), None


def _with_copies(cells: IntArray, mesh: Mesh) -> tuple[IntArray, IntArray]:
    """Positions of cells, the copies of all behind them, and for each the index of its cell in the list."""
    positions, starts = mesh.copies
    counts = starts[cells + 1] - starts[cells]
    index = np.repeat(np.arange(cells.size), counts)
    within = np.arange(index.size) - np.repeat(np.cumsum(counts) - counts, counts)
    copies = positions[starts[cells][index] + within]
    return np.concatenate([cells, copies]), np.concatenate([np.arange(cells.size), index])


def refuse_many(cells: int, name: str) -> None:
    """Refuse a list of more cells than any list may have, before they are made."""
    if cells > MOST_CELLS:
        raise InputError(f"{name} changes more than {counted(MOST_CELLS)} cells; give the edited field itself.")
