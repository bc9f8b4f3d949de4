"""What a series of edits does in the end."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from paleobc.errors import InputError
from paleobc.topography.edits.apply import result_of, same_bits
from paleobc.topography.edits.edit import Edit, Result


def net_change(edits: Sequence[Edit], unit: str = " m") -> Result:
    """
    Cells that a series of edits touches, with their values before and after all of them.

    Parameters
    ----------
    edits : sequence of Edit
        With results, oldest first.
    unit : str
        Unit of their values with a blank before it, for the sentence.

    Returns
    -------
    Result
        A cell that was changed and put back is among them.

    Raises
    ------
    InputError
        Where an edit has no result, or found another value in a cell than the edits before it left there.

    Examples
    --------
    >>> from paleobc.topography.edits.edit import Set
    >>> from paleobc.topography.edits.shapes import CellList
    >>> def edit(old, new):
    ...     return Edit(CellList(((0, 3),)), Set(new), result=Result(np.array([3]), np.array([old]), np.array([new])))
    >>> net_change([edit(1.0, 5.0), edit(5.0, 7.0)])
    Result(cells=array([3]), old=array([1.]), new=array([7.]))
    """
    results = [result_of(edit) for edit in edits]
    if not results:
        return Result(np.empty(0, np.int32), np.empty(0), np.empty(0))
    cells = np.concatenate([result.cells for result in results])
    order = np.argsort(cells, kind="stable")
    cells = cells[order]
    old = np.concatenate([result.old for result in results])[order]
    new = np.concatenate([result.new for result in results])[order]
    again = cells[1:] == cells[:-1]
    broken = np.flatnonzero(again & ~same_bits(old[1:], new[:-1]))
    if broken.size:
        raise InputError(
            f"The edits of a log do not follow from each other: cell {cells[broken[0]]} was left at "
            f"{new[broken[0]]:g}{unit}, and a later edit found {old[broken[0] + 1]:g}{unit}; the log was altered."
        )
    first = np.concatenate([[True], ~again])[: cells.size]
    last = np.concatenate([~again, [True]])[: cells.size]
    return Result(cells[first], old[first], new[last])
