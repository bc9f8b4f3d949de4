"""Edits that were made on top of other edits, put behind them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from paleobc.errors import InputError
from paleobc.grids.mesh import Mesh
from paleobc.topography.edits.apply import same_bits
from paleobc.topography.edits.edit import Result
from paleobc.topography.edits.log import EditLog
from paleobc.topography.edits.net_change import net_change
from paleobc.topography.edits.operations import place_of
from paleobc.topography.surface import UNITS


def append(first: EditLog, second: EditLog, *, mesh: Mesh | None = None) -> EditLog:
    """
    Log that holds the edits of a log, and after them those of another, made on the map that the first leaves.

    Replaying it on the base of the first gives the map that replaying the one and then the other gives. An intent
    that copies from the map before all edits does so, carried out on another map, from that before the first log.

    Parameters
    ----------
    first, second : EditLog
        With results, on the same quantity and grid.
    mesh : Mesh, optional
        The grid, to name places in the sentences.

    Returns
    -------
    EditLog
        On the base of the first.

    Raises
    ------
    InputError
        Where the second log was not made on the map that the first leaves, as far as the two tell: it found another
        value in a cell that the first changed, or its base cannot be that map. Bases that are not known tell nothing.

    Examples
    --------
    >>> from paleobc.topography.edits.edit import Edit, Result, Set
    >>> from paleobc.topography.edits.log import GridDescription
    >>> from paleobc.topography.edits.shapes import CellList
    >>> def log(old, new):
    ...     result = Result(np.array([3], np.int32), np.array([old]), np.array([new]))
    ...     edit = Edit(CellList(((0, 3),)), Set(new), result=result)
    ...     return EditLog("height", GridDescription("regular", 1, 4), "", (edit,))
    >>> [edit.operation for edit in append(log(1.0, 5.0), log(5.0, 7.0)).edits]
    [Set(value=5.0), Set(value=7.0)]
    >>> append(log(1.0, 5.0), log(1.0, 7.0))
    Traceback (most recent call last):
    ...
    paleobc.errors.InputError: The second log was not made on the map that the first leaves: cell 3 was left at 5.0 m,
    and the second log found 1.0 m there.
    """
    for what, same in (
        ("quantities", first.quantity == second.quantity),
        ("variables", (first.variable, first.index) == (second.variable, second.index)),
        ("grids", first.grid == second.grid),
    ):
        if not same:
            raise InputError(
                f"The two logs were made on different {what}, and one cannot follow the other; replay the second on "
                "the map that the first leaves."
            )
    unit = UNITS[first.quantity]
    left = net_change(first.edits, unit)
    _refuse_other_bases(first, second, changes=not same_bits(left.old, left.new).all())
    _refuse_other_values(left, net_change(second.edits, unit), mesh, unit)
    return replace(first, edits=first.edits + second.edits)


def _refuse_other_bases(first: EditLog, second: EditLog, *, changes: bool) -> None:
    """Refuse a second log on the base of one that changes it, or on another base than that of one that does not."""
    if not first.base or not second.base:
        return
    if changes and first.base == second.base:
        raise InputError(
            "Both logs were made on the same map, so that the second does not follow the first; merge them instead."
        )
    if not changes and first.base != second.base:
        raise InputError(
            "The second log was not made on the map that the first leaves: the first changes nothing, and they were "
            "made on different maps."
        )


def _refuse_other_values(left: Result, found: Result, mesh: Mesh | None, unit: str) -> None:
    """Refuse a second log that found other values in cells than the first left there."""
    cells, in_left, in_found = np.intersect1d(left.cells, found.cells, assume_unique=True, return_indices=True)
    was, is_now = left.new[in_left], found.old[in_found]
    other = np.flatnonzero(~same_bits(was, is_now))
    if other.size:
        first = other[0]
        where = f"cell {cells[first]}" if mesh is None else f"the cell at {place_of(cells[first], mesh)}"
        raise InputError(
            f"The second log was not made on the map that the first leaves: {where} was left at "
            f"{float(was[first])!r}{unit}, and the second log found {float(is_now[first])!r}{unit} there."
        )
