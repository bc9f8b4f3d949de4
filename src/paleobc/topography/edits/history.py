"""Edits of one surface, undone and done again to the bit, without limit."""

from __future__ import annotations

from collections.abc import Iterable

from paleobc.errors import InputError
from paleobc.topography.edits.apply import NO_REVISIONS, Revisions, apply_edit, result_of
from paleobc.topography.edits.edit import Edit
from paleobc.topography.surface import Surface


class History:
    """
    A surface with the edits that made it what it is.

    Old and new values of every changed cell are kept, so that undoing and redoing gives the same bits, at a cost
    that grows with the cells of that one edit and not with the map or the number of edits.

    Parameters
    ----------
    surface : Surface
        As it is after ``done``; from now on changed through this history only.
    done : iterable of Edit, optional
        Edits with their results that were carried out before, oldest first.
    revisions : mapping of str to ndarray, shape (rows, columns), optional
        Fields on the same grid from which values can be copied [unit of the field].

    Examples
    --------
    >>> import numpy as np
    >>> from paleobc.grids.mesh import regular_mesh
    >>> from paleobc.grids.regular import RegularGrid
    >>> from paleobc.topography.edits.edit import Add
    >>> from paleobc.topography.edits.shapes import ValueRange
    >>> surface = Surface.of(np.array([[5.0, 7.0, 7.0, 5.0]]), regular_mesh(RegularGrid(1, 4)), "height")
    >>> history = History(surface)
    >>> edit = history.do(Edit(ValueRange(6.0, 8.0), Add(1.0)))
    >>> surface.values, len(history.done)
    (array([5., 8., 8., 5.]), 1)
    >>> edit = history.undo()
    >>> surface.values, len(history.undone)
    (array([5., 7., 7., 5.]), 1)
    """

    def __init__(self, surface: Surface, done: Iterable[Edit] = (), *, revisions: Revisions = NO_REVISIONS) -> None:
        self.surface = surface
        self._revisions = revisions
        self._done = list(done)
        self._undone: list[Edit] = []
        for edit in self._done:
            result_of(edit)

    @property
    def done(self) -> tuple[Edit, ...]:
        """Edits that are in force, oldest first."""
        return tuple(self._done)

    @property
    def undone(self) -> tuple[Edit, ...]:
        """Edits that can be done again, the next one first."""
        return tuple(reversed(self._undone))

    def do(self, edit: Edit) -> Edit:
        """
        Carry out an edit and return it with what it did; edits that were undone are forgotten.

        Raises
        ------
        InputError
            Where it cannot be carried out; nothing is changed and nothing forgotten.
        """
        carried_out = apply_edit(edit, self.surface, revisions=self._revisions)
        self._done.append(carried_out)
        self._undone.clear()
        return carried_out

    def undo(self) -> Edit:
        """
        Take back the newest edit and return it.

        Raises
        ------
        InputError
            Where there is none.
        """
        if not self._done:
            raise InputError("There is nothing to undo: the map is as it was at the start.")
        edit = self._done.pop()
        result = result_of(edit)
        self.surface.write(result.cells, result.old)
        self._undone.append(edit)
        return edit

    def redo(self) -> Edit:
        """
        Do again the edit that was undone last and return it.

        Raises
        ------
        InputError
            Where there is none.
        """
        if not self._undone:
            raise InputError("There is nothing to do again: no edit was undone since the last new one.")
        edit = self._undone.pop()
        result = result_of(edit)
        self.surface.write(result.cells, result.new)
        self._done.append(edit)
        return edit
