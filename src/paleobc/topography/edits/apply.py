"""An edit carried out on a surface, its result written again, and taken back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

import numpy as np

from paleobc.conventions import BoolArray, FloatArray
from paleobc.errors import InputError
from paleobc.topography.edits.edit import Edit, Result
from paleobc.topography.edits.limits import HIGHEST
from paleobc.topography.edits.operations import apply_operation
from paleobc.topography.edits.selection import filtered, selected_cells
from paleobc.topography.surface import Surface

Revisions = Mapping[str, FloatArray]

#: No other revision to copy from.
NO_REVISIONS: Final[Revisions] = MappingProxyType({})


def same_bits(one: FloatArray, other: FloatArray) -> BoolArray:
    """
    Tell which values are the same to the bit; 0 and -0 are not, and no value (NaN) is the same as no value.

    Examples
    --------
    >>> same_bits(np.array([1.0, 0.0]), np.array([1.0, -0.0]))
    array([ True, False])
    """
    return np.asarray(one.view(np.int64) == other.view(np.int64))


def apply_edit(edit: Edit, surface: Surface, *, revisions: Revisions = NO_REVISIONS) -> Edit:
    """
    Carry out an edit on a surface, and return it with what it did.

    Parameters
    ----------
    edit : Edit
        What it did elsewhere, if known, is not looked at.
    surface : Surface
        Changed in place; an edit that fails changes nothing.
    revisions : mapping of str to ndarray, shape (rows, columns), optional
        Fields on the same grid from which values can be copied [unit of the field].

    Returns
    -------
    Edit
        The same intent; its result lists the cells whose value is another one now, none where nothing changed.

    Raises
    ------
    InputError
        Where the shape or the operation cannot be carried out here.

    Examples
    --------
    >>> from paleobc.grids.mesh import regular_mesh
    >>> from paleobc.grids.regular import RegularGrid
    >>> from paleobc.topography.edits.edit import Set
    >>> from paleobc.topography.edits.shapes import Box
    >>> surface = Surface.of(np.array([[5.0, 7.0, 7.0, 5.0]]), regular_mesh(RegularGrid(1, 4)), "height")
    >>> apply_edit(Edit(Box(-180.0, -90.0, 0.0, 90.0), Set(7.0)), surface).result.cells
    array([0], dtype=int32)
    >>> surface.values
    array([7., 7., 7., 5.])
    """
    cells = filtered(selected_cells(edit.shape, surface), surface, edit.where)
    old = surface.values[cells]
    new = apply_operation(edit.operation, cells, edit.shape, surface, revisions=revisions)
    changed = ~same_bits(old, new)
    result = Result(cells[changed], old[changed], new[changed])
    surface.write(result.cells, result.new)
    return replace(edit, result=result)


def result_of(edit: Edit) -> Result:
    """
    What an edit did.

    Raises
    ------
    InputError
        Where it was never carried out.
    """
    if edit.result is None:
        raise InputError("An edit among these was never carried out, so that what it did is not known; apply it first.")
    return edit.result


def check_result(result: Result, surface: Surface) -> None:
    """
    Refuse a recorded result that no edit of this surface can have had.

    Raises
    ------
    InputError
        Where its cells are none of the grid, or its new values are no heights or depths.
    """
    cells, mesh = result.cells, surface.mesh
    if not cells.size == result.old.size == result.new.size:
        raise InputError(
            f"The result lists {cells.size} cells, {result.old.size} old and {result.new.size} new values; it needs "
            "one of each for every cell."
        )
    if cells.size and not (cells.min() >= 0 and cells.max() < surface.values.size and (np.diff(cells) > 0).all()):
        raise InputError(
            f"The result names cells that are not on the grid of {mesh.shape[0]} x {mesh.shape[1]}, or not each once "
            "in ascending order; it belongs to another grid or was altered."
        )
    if not mesh.unique[np.divmod(cells, mesh.shape[1])].all():
        raise InputError("The result changes copies of cells; it belongs to another grid or was altered.")
    if surface.quantity in ("value", "basin"):
        _refuse_others_values(result, surface)
        return
    lowest = 0.0 if surface.quantity == "depth" else -HIGHEST
    if not ((result.new >= lowest) & (result.new <= HIGHEST)).all():
        raise InputError(
            f"The result holds values that are no {surface.quantity}s, which lie between {lowest:.0f} and "
            f"{HIGHEST:.0f} m; it was altered."
        )


def _refuse_others_values(result: Result, surface: Surface) -> None:
    """Refuse values that a field of values or basins does not get by edits."""
    kind = surface.value_type
    gained = ~same_bits(result.old, result.new)
    good = kind.fits(result.new) & ~np.isinf(result.new)
    if surface.quantity == "basin":
        good &= ~np.isnan(result.old)
    if not (good | ~gained).all():
        raise InputError(
            "The result holds values that this field cannot hold; it belongs to another one or was altered."
        )
