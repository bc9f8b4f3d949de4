"""Labels of the positions along a dimension: its coordinate as people read it, dates as dates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from netCDF4 import Dataset, Variable, num2date

from paleobc.formats.attributes import text
from paleobc.formats.relief_variable import is_number

#: Beyond so many positions they have no labels.
_MOST_LABELS: Final = 10_000

_LONGEST: Final = 60


@dataclass(frozen=True)
class FieldDimension:
    """A dimension beside the rows and columns, with a label for each position; none where there are very many."""

    name: str
    size: int
    labels: tuple[str, ...]


def labelled(dataset: Dataset, name: str) -> FieldDimension:
    """Dimension of an open file with its labels: what its coordinate says, or positions counted from 1."""
    size = len(dataset.dimensions[name])
    if size > _MOST_LABELS:
        return FieldDimension(name, size, ())
    labels: tuple[str, ...] = ()
    variable = dataset.variables.get(name)
    if variable is not None and variable.dimensions == (name,) and is_number(variable):
        labels = _labels(variable)
    return FieldDimension(name, size, labels if len(set(labels)) == size else tuple(str(k + 1) for k in range(size)))


def _labels(variable: Variable[Any]) -> tuple[str, ...]:
    """What a coordinate says of each position."""
    values = np.asarray(variable[...])
    units = "".join(letter for letter in text(variable, "units") if letter.isprintable())[:_LONGEST]
    if " since " in units:
        return _dates(values, units, text(variable, "calendar") or "standard")
    unit = "" if units in ("", "-", "1", "level", "none") else f" {units}"
    return tuple(f"{value:g}{unit}" for value in values.tolist())


def _dates(values: Any, units: str, calendar: str) -> tuple[str, ...]:
    """Dates of times, with the hour where days repeat; nothing where the unit or the calendar is none that is known."""
    try:
        dates = np.atleast_1d(np.asarray(num2date(values.astype(np.float64), units, calendar)))
        days = tuple(each.strftime("%Y-%m-%d") for each in dates)
        if len(set(days)) == len(days):
            return days
        return tuple(each.strftime("%Y-%m-%d %H:%M:%S") for each in dates)
    except (ValueError, TypeError, OverflowError, ArithmeticError):
        return ()
