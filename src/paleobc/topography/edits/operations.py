"""What each operation makes of the chosen cells."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

import numpy as np

from paleobc.conventions import FloatArray, IntArray, place
from paleobc.errors import InputError
from paleobc.grids.mesh import Mesh
from paleobc.topography.edits.cell_list import cells_in_order
from paleobc.topography.edits.edit import (
    Add,
    Clamp,
    CloseSea,
    CopyFrom,
    FillFromNeighbours,
    OpenStrait,
    Operation,
    Scale,
    Set,
    Smooth,
)
from paleobc.topography.edits.limits import HIGHEST, check_listed_values, check_operation
from paleobc.topography.edits.neighbour_means import filled_from_rim, smoothed
from paleobc.topography.edits.shapes import CellList, Shape
from paleobc.topography.surface import NEW_LAND, Surface


def apply_operation(
    operation: Operation, cells: IntArray, shape: Shape, surface: Surface, *, revisions: Mapping[str, FloatArray]
) -> FloatArray:
    """
    New values of cells [unit of the field], shape (cells,); the surface is not changed.

    On depths, adding, scaling, clamping and smoothing act on the sea and leave land as it is; a depth that would
    fall to 0 or below becomes land. On values and basins the new values are those that the field can hold: what is
    computed is rounded to the nearest of them, what is set or a limit has to be whole where only whole numbers can
    be held. Cells without a value are left so by all but setting, filling and copying.

    Parameters
    ----------
    operation : Operation
    cells : ndarray of int32, shape (cells,)
        Flat indices of the chosen cells, ascending, no copies.
    shape : Shape
        The shape by which they were chosen; a list of values goes with its list of cells.
    surface : Surface
    revisions : mapping of str to ndarray, shape (rows, columns)
        Fields on the same grid from which values can be copied [unit of the field].

    Raises
    ------
    InputError
        Where the operation cannot be carried out, or makes values that no height or depth has, or that the field
        cannot hold.

    Examples
    --------
    >>> from paleobc.grids.mesh import regular_mesh
    >>> from paleobc.grids.regular import RegularGrid
    >>> depths = Surface.of(np.array([[0.0, 40.0, 90.0, 0.0]]), regular_mesh(RegularGrid(1, 4)), "depth")
    >>> chosen = np.array([0, 1, 2], dtype=np.int32)
    >>> apply_operation(Add(-50.0), chosen, CellList(((0, 0), (0, 1), (0, 2))), depths, revisions={})
    array([ 0.,  0., 40.])
    """
    check_operation(operation, surface.quantity)
    check_listed_values(operation, shape)
    old = surface.values[cells]
    if surface.quantity in ("value", "basin"):
        _refuse_fractions(operation, surface)
        return _held(old, _new_values(operation, cells, shape, surface, revisions), cells, surface)
    new = _new_values(operation, cells, shape, surface, revisions)
    if surface.quantity == "depth" and isinstance(operation, Add | Scale | Clamp):
        new = np.where(old > 0.0, new, old)
    _refuse_absurd(old, new, cells, surface)
    return np.where(new > 0.0, new, 0.0) if surface.quantity == "depth" else new


def _new_values(
    operation: Operation, cells: IntArray, shape: Shape, surface: Surface, revisions: Mapping[str, FloatArray]
) -> FloatArray:
    """Values as the operation makes them, before what a depth may be is looked at."""
    old = surface.values[cells]
    match operation:
        case Set(value):
            new = _set_values(value, cells, shape, surface)
        case Add(amount):
            with np.errstate(over="ignore"):  # what is too large is refused by its caller
                new = old + amount
        case Scale(factor):
            with np.errstate(over="ignore"):  # what is too large is refused by its caller
                new = old * factor
        case Clamp(lowest, highest):
            new = np.clip(old, lowest, highest)
        case Smooth(passes):
            new = smoothed(cells, surface, passes)
        case FillFromNeighbours():
            new = filled_from_rim(cells, surface)
        case CopyFrom(revision):
            new = _copied(revision, cells, surface, revisions)
        case OpenStrait(depth):
            deeper = np.maximum if surface.quantity == "depth" else np.minimum
            new = deeper(old, surface.sea_value(depth))
        case CloseSea(height):
            new = np.where(surface.is_sea(cells), surface.land_value(NEW_LAND if height is None else height), old)
    return np.asarray(new)


def _set_values(value: float | tuple[float, ...], cells: IntArray, shape: Shape, surface: Surface) -> FloatArray:
    """One value for all cells, or that of each."""
    if isinstance(value, tuple) and isinstance(shape, CellList):
        in_order = cells_in_order(shape, surface.mesh)
        order = np.argsort(in_order)
        values = np.array(value, dtype=np.float64)[order[np.searchsorted(in_order[order], cells)]]
    else:
        values = np.full(cells.size, value, dtype=np.float64)
    if surface.quantity == "depth" and (values < 0.0).any():
        raise InputError(f"A depth of {values.min():g} m cannot be set: depths are positive down, and 0 is land.")
    return values


def _copied(revision: str, cells: IntArray, surface: Surface, revisions: Mapping[str, FloatArray]) -> FloatArray:
    """Values of another revision."""
    if revision not in revisions:
        close = get_close_matches(revision, revisions, n=1)
        hint = f"; did you mean '{close[0]}'" if close else ""
        raise InputError(f"There is no revision '{revision[:60]}' from which to copy{hint}.")
    field = revisions[revision]
    if field.shape != surface.mesh.shape:
        raise InputError(
            f"The revision '{revision[:60]}' has {' x '.join(map(str, field.shape))} cells and the map "
            f"{surface.mesh.shape[0]} x {surface.mesh.shape[1]}; values are copied on the same grid only."
        )
    return np.asarray(field[np.divmod(cells, field.shape[1])], dtype=np.float64)


def _refuse_absurd(old: FloatArray, new: FloatArray, cells: IntArray, surface: Surface) -> None:
    """Refuse new values that no height or depth has; what the map held before may stay."""
    absurd = np.flatnonzero(~(np.abs(new) <= HIGHEST) & (new != old))
    if absurd.size:
        first = absurd[0]
        raise InputError(
            f"{old[first]:g} m at {place_of(cells[first], surface.mesh)} would become {new[first]:g} m; heights and "
            f"depths stay within {HIGHEST:.0f} m. Nothing was changed."
        )


def _refuse_fractions(operation: Operation, surface: Surface) -> None:
    """Refuse fractions among the numbers that a person gave for a field of whole ones."""
    if not surface.value_type.is_whole:
        return
    given: tuple[float | None, ...] = ()
    if isinstance(operation, Set):
        given = operation.value if isinstance(operation.value, tuple) else (operation.value,)
    elif isinstance(operation, Clamp):
        given = (operation.lowest, operation.highest)
    for number in given:
        if number is not None and not np.isnan(number) and number != np.rint(number):
            raise InputError(f"The field holds whole numbers only, and {number:g} is none; give a whole one.")


def _held(old: FloatArray, new: FloatArray, cells: IntArray, surface: Surface) -> FloatArray:
    """New values as the field can hold them; what it held before may stay."""
    same = (new == old) | (np.isnan(new) & np.isnan(old))
    held = np.where(same, new, surface.value_type.held(new))
    held[np.isnan(new)] = np.nan
    wrong = np.flatnonzero(~same & ~surface.value_type.fits(held))
    if wrong.size:
        first = wrong[0]
        where = place_of(cells[first], surface.mesh)
        if np.isnan(new[first]):
            raise InputError(f"The field cannot be without a value at {where}; give a number. Nothing was changed.")
        lowest, highest = surface.value_type.limits
        raise InputError(
            f"{old[first]:g} at {where} would become {new[first]:g}, which the field cannot hold; its numbers go from "
            f"{lowest:g} to {highest:g}, but for those that mean that there is no value. Nothing was changed."
        )
    return held


def place_of(cell: int, mesh: Mesh) -> str:
    """Place of a cell as people write it, to hundredths of a degree."""
    position = divmod(int(cell), mesh.shape[1])
    return place(round(float(mesh.latitudes[position]), 2), round(float(mesh.longitudes[position]), 2))
