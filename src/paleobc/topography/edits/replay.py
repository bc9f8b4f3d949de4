"""Edits carried out again: on the same map to the bit, on a changed one or on another grid by their intent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np

from paleobc.conventions import FloatArray, IntArray
from paleobc.errors import InputError
from paleobc.grids.mesh import Mesh
from paleobc.topography.edits.apply import NO_REVISIONS, Revisions, apply_edit, check_result, result_of, same_bits
from paleobc.topography.edits.cell_transfer import transferred
from paleobc.topography.edits.edit import Edit, Result, Set
from paleobc.topography.edits.limits import check_listed_values
from paleobc.topography.edits.log import EditLog, base_checksum, grid_description
from paleobc.topography.edits.operations import place_of
from paleobc.topography.edits.shapes import CellList, Combined, Shape
from paleobc.topography.surface import UNITS, Surface

#: What happens where the map is not as an edit found it: the intent is carried out on what is there now, or
#: these cells are kept as they are now, or the recorded values are put there.
OnConflict = Literal["intent", "keep", "result"]


@dataclass(frozen=True, eq=False)
class Conflict:
    """
    Cells of one edit that are not as the edit found them when it was made.

    Parameters
    ----------
    edit : int
        Number of the edit, from 1.
    cells : ndarray of int32, shape (cells,)
        Flat indices, ascending.
    longitudes, latitudes : ndarray, shape (cells,)
        Their centres [degrees].
    old, found, new : ndarray, shape (cells,)
        Value the edit found when it was made, value that is there now, value the edit had made [unit of the field].
    """

    edit: int
    cells: IntArray
    longitudes: FloatArray
    latitudes: FloatArray
    old: FloatArray
    found: FloatArray
    new: FloatArray


@dataclass(frozen=True, eq=False)
class Replay:
    """
    How edits went when they were carried out again.

    Parameters
    ----------
    edits : tuple of Edit
        The edits with what they did now, on another grid with the shapes they have there.
    conflicts : tuple of Conflict
        Where the map was not as they had found it, one for each edit concerned.
    empty : tuple of int
        Numbers, from 1, of the edits that changed no cell.
    """

    edits: tuple[Edit, ...]
    conflicts: tuple[Conflict, ...]
    empty: tuple[int, ...]


def replay_log(
    log: EditLog, surface: Surface, *, on_conflict: OnConflict = "intent", revisions: Revisions = NO_REVISIONS
) -> Replay:
    """
    Carry out a log on a surface whose base and grid are compared with those of the log; see `replay`.

    A log that does not know its base is taken to be of another one.
    """
    if log.quantity != surface.quantity:
        raise InputError(
            f"The edits were made on {log.quantity}s, and the map holds {surface.quantity}s; take a map of "
            f"{log.quantity}s."
        )
    return replay(
        log.edits,
        surface,
        same_base=log.base == base_checksum(surface.values),
        same_grid=log.grid == grid_description(surface.mesh),
        on_conflict=on_conflict,
        revisions=revisions,
    )


def replay(
    edits: Iterable[Edit],
    surface: Surface,
    *,
    same_base: bool,
    same_grid: bool = True,
    on_conflict: OnConflict = "intent",
    revisions: Revisions = NO_REVISIONS,
) -> Replay:
    """
    Carry out edits again.

    On the same base the recorded results are written, each after the old values were found to the bit. On a
    changed base of the same grid, cells that are not as an edit found them are conflicts, treated as
    ``on_conflict`` says. On another grid every intent is carried out anew, lists of cells by their places. An
    edit without a result is always carried out by its intent.

    Parameters
    ----------
    edits : iterable of Edit
        Oldest first.
    surface : Surface
        The base; changed in place. Where the replay fails, nothing is changed.
    same_base : bool
        Whether the surface holds the values on which the first edit was made.
    same_grid : bool
        Whether it stands on the grid on which the edits were made.
    on_conflict : {"intent", "keep", "result"}
        On a changed base: every edit chooses its cells and makes its values anew, as it was meant; or recorded
        results are written, but cells in conflict keep what is there now; or results are written there too.
    revisions : mapping of str to ndarray, shape (rows, columns), optional
        Fields on the same grid from which values can be copied [unit of the field].

    Raises
    ------
    InputError
        Where an edit cannot be carried out here, with its number.

    Examples
    --------
    >>> from paleobc.grids.mesh import regular_mesh
    >>> from paleobc.grids.regular import RegularGrid
    >>> from paleobc.topography.edits.edit import Add
    >>> from paleobc.topography.edits.shapes import CellList
    >>> made = Result(np.array([1], np.int32), np.array([7.0]), np.array([8.0]))
    >>> surface = Surface.of(np.array([[5.0, 9.0, 9.0, 5.0]]), regular_mesh(RegularGrid(1, 4)), "height")
    >>> went = replay([Edit(CellList(((0, 1),)), Add(1.0), result=made)], surface, same_base=False)
    >>> surface.values, went.conflicts[0].found
    (array([ 5., 10.,  9.,  5.]), array([9.]))
    """
    if on_conflict not in get_args(OnConflict):
        raise InputError(f"'{on_conflict}' is no way to treat conflicts; take {', '.join(get_args(OnConflict))}.")
    before = surface.values.copy()
    gone: list[Edit] = []
    conflicts: list[Conflict] = []
    try:
        for number, edit in enumerate(edits, 1):
            with _numbered(number):
                if not same_grid:
                    gone.append(apply_edit(_carried_over(edit, surface.mesh), surface, revisions=revisions))
                elif same_base and edit.result is not None:
                    gone.append(_written_exactly(edit, edit.result, surface))
                else:
                    conflicts += _conflicts(edit, number, surface)
                    gone.append(_on_changed_base(edit, surface, on_conflict, revisions))
    except BaseException:
        surface.values[:] = before
        raise
    empty = tuple(number for number, edit in enumerate(gone, 1) if not result_of(edit).cells.size)
    return Replay(tuple(gone), tuple(conflicts), empty)


@contextmanager
def _numbered(number: int) -> Iterator[None]:
    """Say of which edit a fault is."""
    try:
        yield
    except InputError as error:
        raise InputError(f"Edit {number}: {error}") from None


def _written_exactly(edit: Edit, result: Result, surface: Surface) -> Edit:
    """Write what was recorded, where every old value is found to the bit."""
    check_result(result, surface)
    found = surface.values[result.cells]
    other = np.flatnonzero(~same_bits(found, result.old))
    if other.size:
        first, unit = other[0], UNITS[surface.quantity]
        raise InputError(
            f"it found {float(result.old[first])!r}{unit} at {place_of(result.cells[first], surface.mesh)} when it was "
            f"made, and now {float(found[first])!r}{unit} is there; the edits were not made on this map, or one was "
            "taken out. Take the base out of the list: they are then carried out as on another map."
        )
    surface.write(result.cells, result.new)
    return edit


def _conflicts(edit: Edit, number: int, surface: Surface) -> list[Conflict]:
    """Cells that are not as an edit found them, as a list of one, or none."""
    if edit.result is None:
        return []
    check_result(edit.result, surface)
    found = surface.values[edit.result.cells]
    other = ~same_bits(found, edit.result.old)
    if not other.any():
        return []
    cells = edit.result.cells[other]
    centres = np.divmod(cells, surface.mesh.shape[1])
    longitudes, latitudes = surface.mesh.longitudes[centres], surface.mesh.latitudes[centres]
    old, new = edit.result.old[other], edit.result.new[other]
    return [Conflict(number, cells, longitudes, latitudes, old, found[other], new)]


def _on_changed_base(edit: Edit, surface: Surface, on_conflict: OnConflict, revisions: Revisions) -> Edit:
    """Carry out an edit where not everything need be as it was."""
    if edit.result is None or on_conflict == "intent":
        return apply_edit(edit, surface, revisions=revisions)
    cells, new = edit.result.cells, edit.result.new
    found = surface.values[cells]
    changed = ~same_bits(found, new)
    if on_conflict == "keep":
        changed &= same_bits(found, edit.result.old)
    result = Result(cells[changed], found[changed], new[changed])
    surface.write(result.cells, result.new)
    return replace(edit, result=result)


def _carried_over(edit: Edit, mesh: Mesh) -> Edit:
    """Intent of an edit on another grid: lists of cells, and the values that go with them, by their places."""
    check_listed_values(edit.operation, edit.shape)
    if isinstance(edit.shape, CellList) and isinstance(edit.operation, Set) and isinstance(edit.operation.value, tuple):
        cells, source = transferred(edit.shape, mesh)
        values = edit.operation.value
        return replace(edit, shape=cells, operation=Set(tuple(values[number] for number in source)))
    return replace(edit, shape=_shape_there(edit.shape, mesh))


def _shape_there(shape: Shape, mesh: Mesh) -> Shape:
    """Shape on another grid."""
    match shape:
        case CellList():
            return transferred(shape, mesh)[0]
        case Combined(how, first, second):
            return Combined(how, _shape_there(first, mesh), _shape_there(second, mesh))
        case _:
            return shape
