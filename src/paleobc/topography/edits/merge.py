"""Edits that two people made from the same map, brought together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Literal

import numpy as np

from paleobc.conventions import BoolArray, FloatArray, IntArray, counted
from paleobc.errors import InputError
from paleobc.grids.mesh import Mesh
from paleobc.topography.edits.apply import result_of, same_bits
from paleobc.topography.edits.edit import Edit, Result
from paleobc.topography.edits.log import EditLog
from paleobc.topography.edits.net_change import net_change
from paleobc.topography.edits.operations import place_of
from paleobc.topography.surface import UNITS

Side = Literal["one", "other"]


@dataclass(frozen=True, eq=False)
class MergeConflict:
    """
    Cells to which both logs give a new value, and not the same.

    Parameters
    ----------
    cells : ndarray of int32, shape (cells,)
        Flat indices, ascending.
    before, one, other : ndarray, shape (cells,)
        Value where the logs part, and what each log makes of it in the end [unit of the field].
    """

    cells: IntArray
    before: FloatArray
    one: FloatArray
    other: FloatArray


class MergeError(InputError):
    """
    Two logs give different values to the same cells, and nobody said which to take.

    Parameters
    ----------
    message : str
        The sentence for the user.
    conflict : MergeConflict
        The cells that are left to decide.
    """

    def __init__(self, message: str, conflict: MergeConflict) -> None:
        super().__init__(message)
        self.conflict = conflict


def merge(
    one: EditLog,
    other: EditLog,
    *,
    resolve: Mapping[int, Side] | Side | None = None,
    mesh: Mesh | None = None,
) -> EditLog:
    """
    Log that holds the edits of both.

    Edits that both logs begin with are kept once; then come those of the first and those of the second log. A
    cell that only one of them changes in the end takes its value from there; where both come to the same value,
    it takes that. The merged log keeps recorded results, not results of intents: each edit is left with the
    cells in which its log prevails, so that replaying on the base gives exactly the final values of both, also
    where one log smoothed beside what the other changed. On a changed base or another grid its intents are
    carried out one after the other, as with any log. An edit that one of the logs has undone since they parted
    comes back with the other.

    Parameters
    ----------
    one, other : EditLog
        Logs with results, on the same quantity, grid and base; where neither knows its base, the values that both
        found in the same cells must agree.
    resolve : mapping of int to {"one", "other"}, or one of these, optional
        Log that prevails in each cell (by flat index) that both change to different values, or in all of them.
    mesh : Mesh, optional
        The grid, to name places in the sentences.

    Raises
    ------
    MergeError
        Where both change cells to different values and ``resolve`` does not say which to take.
    InputError
        Where the logs do not start from the same map, or their results do not follow from each other.

    Examples
    --------
    >>> from paleobc.topography.edits.edit import Set
    >>> from paleobc.topography.edits.log import GridDescription
    >>> from paleobc.topography.edits.shapes import CellList
    >>> def log(cell, value):
    ...     result = Result(np.array([cell], np.int32), np.array([1.0]), np.array([value]))
    ...     edit = Edit(CellList(((0, cell),)), Set(value), result=result)
    ...     return EditLog("height", GridDescription("regular", 1, 4), "", (edit,))
    >>> [edit.result.new for edit in merge(log(0, 5.0), log(2, 7.0)).edits]
    [array([5.]), array([7.])]
    >>> merge(log(0, 5.0), log(0, 7.0))
    Traceback (most recent call last):
    ...
    paleobc.topography.edits.merge.MergeError: Both logs change 1 cell to different values, first cell 0 from 1 m
    to 5 m and to 7 m; say for each which log to take, or take all from one of them.
    """
    _refuse_other_bases(one, other)
    common = sum(1 for _ in takewhile(lambda pair: _same_edit(*pair), zip(one.edits, other.edits, strict=False)))
    unit = UNITS[one.quantity]
    _refuse_other_values(net_change(one.edits, unit), net_change(other.edits, unit))
    mine, theirs = net_change(one.edits[common:], unit), net_change(other.edits[common:], unit)
    cells, in_mine, in_theirs = np.intersect1d(mine.cells, theirs.cells, assume_unique=True, return_indices=True)
    before, first, second = mine.old[in_mine], mine.new[in_mine], theirs.new[in_theirs]
    from_other = same_bits(first, before)
    both = ~from_other & ~same_bits(second, before) & ~same_bits(first, second)
    conflict = MergeConflict(cells[both], before[both], first[both], second[both])
    from_other[both] = _resolved(conflict, resolve, mesh, unit)
    tails = _without(one.edits[common:], cells[from_other]) + _without(other.edits[common:], cells[~from_other])
    return replace(one, edits=one.edits[:common] + tails)


def _refuse_other_bases(one: EditLog, other: EditLog) -> None:
    """Refuse logs that were not made on the same map."""
    for what, same in (
        ("quantities", one.quantity == other.quantity),
        ("variables", (one.variable, one.index) == (other.variable, other.index)),
        ("grids", one.grid == other.grid),
        ("maps", one.base == other.base),
    ):
        if not same:
            raise InputError(
                f"The two logs were made on different {what} and cannot be merged; replay one of them on the map "
                "of the other first."
            )


def _same_edit(one: Edit, other: Edit) -> bool:
    """Whether two edits are the same in every word and bit."""
    words = ("shape", "operation", "where", "reason", "who", "when")
    mine, theirs = result_of(one), result_of(other)
    return (
        all(getattr(one, name) == getattr(other, name) for name in words)
        and np.array_equal(mine.cells, theirs.cells)
        and bool(same_bits(mine.old, theirs.old).all())
        and bool(same_bits(mine.new, theirs.new).all())
    )


def _refuse_other_values(mine: Result, theirs: Result) -> None:
    """Refuse logs that found different values in the same cells of what should be one map."""
    cells, in_mine, in_theirs = np.intersect1d(mine.cells, theirs.cells, assume_unique=True, return_indices=True)
    other = np.flatnonzero(~same_bits(mine.old[in_mine], theirs.old[in_theirs]))
    if other.size:
        raise InputError(
            f"The two logs found different values in cell {cells[other[0]]} before their first edit and were not made "
            "on the same map; replay one of them on the map of the other first."
        )


def _resolved(
    conflict: MergeConflict, resolve: Mapping[int, Side] | Side | None, mesh: Mesh | None, unit: str
) -> BoolArray:
    """Whether the other log prevails in each cell of a conflict."""
    if isinstance(resolve, Mapping):
        taken = [resolve.get(int(cell)) for cell in conflict.cells]
    else:
        taken = [resolve] * conflict.cells.size
    for side in {*taken, *(resolve.values() if isinstance(resolve, Mapping) else (resolve,))} - {None}:
        if side not in ("one", "other"):
            raise InputError(f"'{side}' is none of the two logs; take 'one' or 'other'.")
    undecided = np.array([side is None for side in taken], dtype=bool)
    if undecided.any():
        left = MergeConflict(*(values[undecided] for values in vars(conflict).values()))
        raise MergeError(_sentence(left, mesh, unit), left)
    return np.array([side == "other" for side in taken], dtype=bool)


def _sentence(conflict: MergeConflict, mesh: Mesh | None, unit: str) -> str:
    """How many cells are in conflict, and the first of them."""
    cell = conflict.cells[0]
    where = f"cell {cell}" if mesh is None else f"at {place_of(cell, mesh)}"
    return (
        f"Both logs change {counted(conflict.cells.size, 'cell')} to different values, first {where} from "
        f"{conflict.before[0]:g}{unit} to {conflict.one[0]:g}{unit} and to {conflict.other[0]:g}{unit}; say for each "
        "which log to take, or take all from one of them."
    )


def _without(edits: tuple[Edit, ...], cells: IntArray) -> tuple[Edit, ...]:
    """Edits that leave cells alone."""
    if not cells.size:
        return edits
    left_alone = np.zeros(1 + max(int(result_of(edit).cells.max(initial=0)) for edit in edits), dtype=bool)
    left_alone[cells] = True
    return tuple(_kept(edit, result_of(edit), ~left_alone[result_of(edit).cells]) for edit in edits)


def _kept(edit: Edit, result: Result, kept: BoolArray) -> Edit:
    """Edit with some of the cells of its result."""
    return replace(edit, result=Result(result.cells[kept], result.old[kept], result.new[kept]))
