"""Edits that were drawn in the existing tool: as lists of edits of ours, which do the same to the last cell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from paleobc.conventions import BoolArray, FloatArray
from paleobc.errors import InputError
from paleobc.services.importing.plain_values import plain_value
from paleobc.services.importing.selections import selected
from paleobc.topography.edits.cell_list import listed
from paleobc.topography.edits.edit import Add, Edit, Filter, Operation, Scale, Set
from paleobc.topography.edits.limits import MOST_CELLS
from paleobc.topography.edits.log import EditLog, base_checksum, grid_description
from paleobc.topography.edits.replay import replay_log
from paleobc.topography.surface import Surface

#: Most actions of one list, and largest map on which their selections are looked for.
_MOST_ACTIONS: Final = 2_000
_LARGEST_MAP: Final = 3_000_000

#: Whether land and sea were chosen, and the cells of ours.
_FILTERS: Final[dict[tuple[bool, bool], Filter]] = {(True, True): "all", (True, False): "land", (False, True): "sea"}


@dataclass(frozen=True)
class DrawnMap:
    """
    A map before and after the edits, and the names by which selections speak of its cells.

    Parameters
    ----------
    before : Surface
    after : ndarray, shape (rows, columns)
    axes : mapping of str to ndarray
        See `paleobc.services.importing.selections.selected`; without the values.
    value : str
        Name of the values in the old file.
    who, when, why : str
        By whom, when and why the map was changed.
    """

    before: Surface
    after: FloatArray
    axes: Mapping[str, FloatArray]
    value: str
    who: str = ""
    when: str = ""
    why: str = ""


def drawn_edits(drawn: DrawnMap, actions: Iterable[object]) -> tuple[EditLog | None, str]:
    """
    List of edits that makes the map after from the map before.

    Parameters
    ----------
    drawn : DrawnMap
    actions : iterable
        What the existing tool kept of the last edits, oldest first; nothing where it kept none.

    Returns
    -------
    log : EditLog or None
        The actions, where they lead exactly to the map after, else one edit with all cells that differ; None where
        the maps are equal.
    sentence : str
        Why the actions were not taken; empty where they were.
    """
    differ = _cells_that_differ(drawn)
    if not differ.any():
        return None, ""
    try:
        return _log_of(drawn, _edits_of(drawn, list(actions))), ""
    except InputError as error:
        why = str(error)
    if differ.sum() > MOST_CELLS:
        raise InputError("too many cells differ")
    cells = np.flatnonzero(differ)
    values = tuple(drawn.after.ravel()[cells].tolist())
    edit = Edit(listed(cells, drawn.before.mesh), Set(values), reason=drawn.why, who=drawn.who, when=drawn.when)
    return _log_of(drawn, [edit]), why


def actions_of(stored: str | bytes) -> list[object]:
    r"""
    Actions in the parameters of a step: their list, or the text or pickle of one; none where nothing was kept.

    Raises
    ------
    InputError
        Where it cannot be read without running it.

    Examples
    --------
    >>> actions_of('{"id": 1, "undo_list": "[{\\"value\\": 5}]"}')
    [{'value': 5}]
    """
    parameters = plain_value(stored) if stored else {}
    actions = parameters.get("undo_list", []) if isinstance(parameters, dict) else parameters
    if isinstance(actions, str | bytes):
        actions = plain_value(actions) if actions else []
    if not isinstance(actions, list) or len(actions) > _MOST_ACTIONS:
        raise InputError(f"it is no list of at most {_MOST_ACTIONS} edits")
    return actions


def _cells_that_differ(drawn: DrawnMap) -> BoolArray:
    """Cells with another value after than before, no copies."""
    surface = drawn.before
    if drawn.after.shape != surface.mesh.shape or not np.isfinite(drawn.after).all():
        raise InputError("the map has another grid than before, or gaps")
    return np.asarray((drawn.after != surface.field) & surface.mesh.unique)


def _edits_of(drawn: DrawnMap, actions: list[object]) -> list[Edit]:
    """Edits of actions, each with the cells that it chose on the map that those before it left."""
    if not actions:
        raise InputError("no actions were kept")
    surface = drawn.before
    if surface.values.size > _LARGEST_MAP:
        raise InputError("the map is too large to look for its selections")
    now = _copy(surface)
    edits: list[Edit] = []
    for number, action in enumerate(actions, 1):
        try:
            edit = _edit_of(drawn, now, action)
        except InputError as error:
            raise InputError(f"action {number}: {error}") from None
        if edit is not None:
            edits += replay_log(EditLog(now.quantity, grid_description(now.mesh), "", (edit,)), now).edits
    if not (now.field == drawn.after)[now.mesh.unique].all():
        raise InputError("the actions that were kept do not lead to the file that was saved")
    return [replace(edit, result=None) for edit in edits]


def _edit_of(drawn: DrawnMap, now: Surface, action: object) -> Edit | None:
    """Edit of an action on a map; None where it chose nothing."""
    if not isinstance(action, dict) or not isinstance(action.get("selection_expr"), str):
        raise InputError("it is no edit that is known")
    axes = {**drawn.axes, drawn.value: now.field}
    chosen = selected(action["selection_expr"], axes) & now.mesh.unique
    where = _FILTERS.get((action.get("land", True) is not False, action.get("ocean", True) is not False))
    cells = np.flatnonzero(chosen)
    if where is None or not cells.size:
        return None
    operation = _operation_of(action)
    return Edit(listed(cells, now.mesh), operation, where, reason=drawn.why, who=drawn.who, when=drawn.when)


def _operation_of(action: Mapping[str, Any]) -> Operation:
    """What an action did to the cells."""
    value = action.get("value")
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e6:
        raise InputError("it has no value that is a number")
    match action.get("calculation_type"):
        case "Absolute":
            return Set(float(value))
        case "Relatif":
            return Add(float(value))
        case "Percentage":
            return Scale((100.0 + value) / 100.0)
        case other:
            raise InputError(f"it does {str(other)[:40]!r}, which is not known")


def _log_of(drawn: DrawnMap, edits: list[Edit]) -> EditLog:
    """Log of edits with what they do on the map before."""
    now, base = _copy(drawn.before), base_checksum(drawn.before.values)
    log = EditLog(now.quantity, grid_description(now.mesh), base, tuple(edits))
    done = replace(log, edits=replay_log(log, now).edits)
    if not (now.field == drawn.after)[now.mesh.unique].all():
        raise InputError("the edits do not lead to the file that was saved")
    return done


def _copy(surface: Surface) -> Surface:
    return Surface(surface.values.copy(), surface.mesh, surface.quantity, surface.value_type)
