"""Edits as plain data - mappings, lists, numbers and texts, for YAML and JSON - and back."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any, Final

import numpy as np

from paleobc.conventions import FloatArray, IntArray
from paleobc.errors import InputError
from paleobc.topography.edits.edit import (
    Add,
    Clamp,
    CloseSea,
    CopyFrom,
    Edit,
    FillFromNeighbours,
    OpenStrait,
    Operation,
    Result,
    Scale,
    Set,
    Smooth,
)
from paleobc.topography.edits.limits import (
    FILTERS,
    MOST_CELLS,
    MOST_EDITS,
    OPERATIONS,
    WORDS,
    check_listed_values,
    check_operation,
)
from paleobc.topography.edits.plain_checks import (
    cell_array,
    did_you_mean,
    float_array,
    mapping,
    number,
    sequence,
    shown,
    text,
    whole,
)
from paleobc.topography.edits.plain_shapes import Data, shape_as_data, shape_of_data
from paleobc.topography.edits.shapes import CellList, Combined, Shape
from paleobc.topography.surface import Quantity

_TEXTS: Final = ("reason", "who", "when")
_KEYS: Final = ("shape", "operation", "where", *_TEXTS, "result")


def edit_as_data(edit: Edit) -> Data:
    """
    Plain data of an edit; texts that are empty and a result that is not known are left out. NaN is nothing (None).

    Examples
    --------
    >>> from paleobc.topography.edits.shapes import Region
    >>> edit_as_data(Edit(Region((0.0, 45.0)), Set(-200.0), reason="too shallow"))
    {'shape': {'region': [0.0, 45.0]}, 'operation': {'set': -200.0}, 'where': 'all', 'reason': 'too shallow'}
    """
    data: Data = {
        "shape": shape_as_data(edit.shape),
        "operation": operation_as_data(edit.operation),
        "where": edit.where,
    }
    data |= {key: getattr(edit, key) for key in _TEXTS if getattr(edit, key)}
    if edit.result is not None:
        data["result"] = {key: _numbers_as_data(values) for key, values in vars(edit.result).items()}
    return data


def _numbers_as_data(values: FloatArray | IntArray) -> list[Any]:
    """Numbers as a plain list."""
    numbers = values.tolist()
    return [None if one != one else one for one in numbers] if np.isnan(values).any() else numbers


def _number_as_data(value: float) -> float | None:
    """A number that may be none."""
    return None if math.isnan(value) else float(value)


def operation_as_data(operation: Operation) -> Data:
    """Plain data of an operation."""
    match operation:
        case Set(value):
            return {
                "set": [_number_as_data(one) for one in value] if isinstance(value, tuple) else _number_as_data(value)
            }
        case Add(amount):
            return {"add": float(amount)}
        case Scale(factor):
            return {"scale": float(factor)}
        case Clamp(lowest, highest):
            return {"clamp": [None if limit is None else float(limit) for limit in (lowest, highest)]}
        case Smooth(passes):
            return {"smooth": int(passes)}
        case FillFromNeighbours():
            return {"fill": "neighbours"}
        case CopyFrom(revision):
            return {"copy": revision}
        case OpenStrait(depth):
            return {"open_strait": float(depth)}
        case CloseSea(height):
            return {"close_sea": None if height is None else float(height)}


def edits_of_data(items: Iterable[object], *, quantity: Quantity = "height") -> tuple[Edit, ...]:
    """
    Edits of plain data, one after the other, not more of them and of their cells than a log may hold.

    Parameters
    ----------
    items : iterable of mapping
    quantity : {"height", "depth", "value", "basin"}
        What they edit.

    Raises
    ------
    InputError
        Where one is no edit, with its number from 1, or where they are too many.
    """
    edits: list[Edit] = []
    cells = 0
    for count, item in enumerate(items, 1):
        if count > MOST_EDITS:
            raise InputError(f"There are more than {MOST_EDITS} edits; split them into several lists.")
        edits.append(edit_of_data(item, count, quantity=quantity))
        cells += _cells(edits[-1])
        if cells > MOST_CELLS:
            raise InputError(
                f"edit {count}: with it the edits list more than {MOST_CELLS} cells; split them into several lists."
            )
    return tuple(edits)


def edit_of_data(data: object, count: int | None = None, *, quantity: Quantity = "height") -> Edit:
    """
    Edit of plain data that anybody may have written.

    Parameters
    ----------
    data : mapping
        As `edit_as_data` gives it; ``where``, texts and result may be absent.
    count : int, optional
        Number of the edit in its list, from 1, for the sentences.
    quantity : {"height", "depth", "value", "basin"}
        What it edits.

    Raises
    ------
    InputError
        Where it is no edit, with what is wrong in it.

    Examples
    --------
    >>> edit_of_data({"shape": {"region": [0, 45]}, "operation": {"rise": 5}}, 3)
    Traceback (most recent call last):
    ...
    paleobc.errors.InputError: edit 3: unknown operation 'rise'; known are set, add, scale, clamp, smooth, fill, copy,
    open_strait, close_sea.
    """
    try:
        return _edit(data, quantity)
    except InputError as error:
        name = "the edit" if count is None else f"edit {count}"
        raise InputError(f"{name}: {str(error).removesuffix('.')}.") from None


def _edit(data: object, quantity: Quantity) -> Edit:
    """Edit of plain data."""
    known = mapping(data, "an edit", _KEYS, ("shape", "operation"))
    shape, operation = shape_of_data(known["shape"]), operation_of_data(known["operation"], quantity)
    check_listed_values(operation, shape)
    where = known.get("where", "all")
    filters = FILTERS[quantity]
    if where not in filters:
        raise InputError(f"where needs {', '.join(filters)}, not {shown(where)}")
    texts = {key: text(known.get(key, ""), key) for key in _TEXTS}
    result = None if known.get("result") is None else _result(known["result"], quantity)
    return Edit(shape, operation, where, **texts, result=result)


def _result(data: object, quantity: Quantity) -> Result:
    """Recorded result."""
    keys = ("cells", "old", "new")
    known = mapping(data, "result", keys, keys)
    cells = cell_array(known["cells"], "cells of the result")
    gaps = quantity == "value"
    old, new = (float_array(known[key], f"{key} values of the result", gaps=gaps) for key in ("old", "new"))
    if not cells.size == old.size == new.size:
        raise InputError(
            f"the result lists {cells.size} cells, {old.size} old and {new.size} new values; give one each"
        )
    return Result(cells, old, new)


def operation_of_data(data: object, quantity: Quantity = "height") -> Operation:
    """
    Operation of plain data that anybody may have written.

    Parameters
    ----------
    data : mapping
        One word with its value.
    quantity : {"height", "depth", "value", "basin"}
        What it changes.

    Raises
    ------
    InputError
        Where it is no operation, with what is wrong in it.

    Examples
    --------
    >>> operation_of_data({"clamp": [None, 0]})
    Clamp(lowest=None, highest=0.0)
    """
    if not isinstance(data, dict) or len(data) != 1:
        raise InputError(f"operation needs one word with its value, for example add: 50, not {shown(data)}")
    ((word, value),) = data.items()
    words = OPERATIONS[quantity]
    if word not in words:
        raise InputError(f"unknown operation {shown(word)}{did_you_mean(word, words)}; known are {', '.join(words)}")
    operation = _set(value, gaps=quantity == "value") if word == WORDS[Set] else _OPERATIONS[word](value)
    check_operation(operation, quantity)
    return operation


def _set(value: Any, *, gaps: bool) -> Set:
    """One value, or a list of them; nothing, where there may be gaps, for no value."""
    if isinstance(value, list | tuple):
        # One and the same NaN, so that equal edits are equal.
        return Set(tuple(math.nan if one != one else one for one in float_array(value, "set", gaps=gaps).tolist()))
    return Set(math.nan if value is None and gaps else number(value, "set"))


def _clamp(value: Any) -> Clamp:
    """Two limits, of which one may be nothing."""
    limits = sequence(value, "clamp", most=2, least=2)
    return Clamp(*(None if limit is None else number(limit, "clamp") for limit in limits))


def _fill(value: Any) -> FillFromNeighbours:
    """The only way to fill there is."""
    if value != "neighbours":
        raise InputError(f"fill needs the word neighbours, not {shown(value)}")
    return FillFromNeighbours()


def _copy(value: Any) -> CopyFrom:
    """A revision that has a name."""
    if not text(value, "copy"):
        raise InputError("copy needs the name or checksum of a revision")
    return CopyFrom(value)


_OPERATIONS: Final[dict[str, Callable[[Any], Operation]]] = {
    "add": lambda value: Add(number(value, "add")),
    "scale": lambda value: Scale(number(value, "scale")),
    "clamp": _clamp,
    "smooth": lambda value: Smooth(whole(value, "smooth")),
    "fill": _fill,
    "copy": _copy,
    "open_strait": lambda value: OpenStrait(number(value, "open_strait")),
    "close_sea": lambda value: CloseSea(None if value is None else number(value, "close_sea")),
}


def _cells(edit: Edit) -> int:
    """Cells that an edit lists, in its shape and in its result."""
    return _listed(edit.shape) + (0 if edit.result is None else edit.result.cells.size)


def _listed(shape: Shape) -> int:
    """Cells that a shape lists."""
    match shape:
        case CellList(cells):
            return len(cells)
        case Combined(_, first, second):
            return _listed(first) + _listed(second)
        case _:
            return 0
