"""Edits in a few words, for the list of what was done."""

from __future__ import annotations

from typing import Final

import numpy as np

from paleobc.conventions import counted
from paleobc.services.editing.field import EditedField
from paleobc.topography.edits.edit import (
    Add,
    Clamp,
    CloseSea,
    CopyFrom,
    Edit,
    FillFromNeighbours,
    OpenStrait,
    Operation,
    Scale,
    Set,
    Smooth,
)
from paleobc.topography.edits.shapes import Box, Brush, CellList, Combined, Line, Polygon, Region, Shape, ValueRange

_NAMES: Final[dict[type, str]] = {
    Box: "Box",
    Polygon: "Polygon",
    Line: "Line",
    Brush: "Brush",
    Region: "Connected region",
}
_JOINED: Final = {"union": "and", "intersection": "within", "difference": "without"}

#: A combination of more shapes than this is told by their number.
_MOST_SHAPES: Final = 3


def words_of(edit: Edit, field: EditedField) -> str:
    """
    What an edit does where, in a few words: "Box: set to -200 m".

    Parameters
    ----------
    edit : Edit
    field : EditedField
        Says the unit, the classes and the names of other revisions.
    """
    only = "" if edit.where == "all" else f", {edit.where} only"
    return f"{_shape(edit.shape, field)}{only}: {_operation(edit.operation, field)}"


def _shape(shape: Shape, field: EditedField) -> str:
    match shape:
        case CellList(cells):
            return counted(len(cells), "cell")
        case ValueRange(lowest, highest):
            return f"Values {lowest:g} to {_amount(highest, field)}"
        case Combined(how, first, second):
            if (count := _count(shape)) > _MOST_SHAPES:
                return f"{count} shapes"
            second_words = _shape(second, field)
            return f"{_shape(first, field)} {_JOINED[how]} {second_words[0].lower()}{second_words[1:]}"
        case _:
            return _NAMES[type(shape)]


def _count(shape: Shape) -> int:
    """Number of shapes that are combined; no deeper than they may be."""
    waiting, count = [shape], 0
    while waiting:
        one = waiting.pop()
        if isinstance(one, Combined):
            waiting += [one.first, one.second]
        else:
            count += 1
    return count


def _amount(value: float, field: EditedField) -> str:
    """A value with its unit, or the name of its class."""
    if not np.isfinite(value):
        return "no value"
    if field.classes is not None and value.is_integer() and 0 <= value < len(field.classes):
        return field.classes[int(value)]
    return f"{value:g}{f' {field.unit}' if field.unit else ''}"


def _operation(operation: Operation, field: EditedField) -> str:
    match operation:
        case Set() | Add() | Scale() | Clamp():
            return _arithmetic(operation, field)
        case Smooth(passes):
            return "smooth" if passes == 1 else f"smooth {passes} times"
        case FillFromNeighbours():
            return "fill from the cells around"
        case CopyFrom(revision):
            known = revision in field.revisions
            return f'copy from "{field.revisions.title(revision) if known else revision[:60]}"'
        case OpenStrait(depth):
            return f"make sea at least {depth:g} m deep"
        case CloseSea(height):
            return "make the sea land" if height is None else f"make the sea land, {height:g} m high"


def _arithmetic(operation: Set | Add | Scale | Clamp, field: EditedField) -> str:
    match operation:
        case Set(tuple()):
            return "set each cell to a value of its own"
        case Set(float() | int() as value):
            return f"set to {_amount(float(value), field)}"
        case Set():
            return "set to no value"
        case Add(value):
            return f"add {_amount(value, field)}" if value >= 0 else f"subtract {_amount(-value, field)}"
        case Scale(factor):
            return f"multiply by {factor:g}"
        case Clamp(lowest, None) if lowest is not None:
            return f"raise to at least {_amount(lowest, field)}"
        case Clamp(None, highest) if highest is not None:
            return f"lower to at most {_amount(highest, field)}"
        case Clamp(lowest, highest):
            return f"keep between {lowest:g} and {_amount(highest or 0.0, field)}"
