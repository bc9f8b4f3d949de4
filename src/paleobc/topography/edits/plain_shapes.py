"""Shapes as plain data, and back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from paleobc.errors import InputError
from paleobc.topography.edits.drawn_points import FURTHEST_LONGITUDE, MOST_POINTS
from paleobc.topography.edits.limits import MOST_CELLS
from paleobc.topography.edits.plain_checks import did_you_mean, mapping, number, numbers, sequence, shown, whole
from paleobc.topography.edits.selection import DEEPEST
from paleobc.topography.edits.shapes import (
    Box,
    Brush,
    CellList,
    Combined,
    Line,
    Place,
    Polygon,
    Region,
    Shape,
    ValueRange,
)

Data = dict[str, Any]

#: Half the way around the Earth, rounded up [km]: nothing is wider or farther away.
_HALF_ROUND: Final = 20_100.0

_COMBINATIONS: Final = ("union", "intersection", "difference")

#: The word by which a shape is known, and the keys that may stand beside it.
_BESIDE: Final[dict[str, tuple[str, ...]]] = {
    "cells": ("places", "sizes_km"),
    "box": (),
    "polygon": (),
    "line": ("width_km",),
    "brush": ("radius_km",),
    "region": (),
    "values": (),
    **dict.fromkeys(_COMBINATIONS, ()),
}


def shape_as_data(shape: Shape) -> Data:
    """
    Plain data of a shape.

    Examples
    --------
    >>> shape_as_data(Combined("union", Region((0.0, 45.0)), Box(-10.0, 0.0, 10.0, 5.0)))
    {'union': [{'region': [0.0, 45.0]}, {'box': [-10.0, 0.0, 10.0, 5.0]}]}
    """
    match shape:
        case CellList(cells, places, sizes_km):
            data: Data = {"cells": [[int(row), int(column)] for row, column in cells]}
            beside = {"places": _points_as_data(places), "sizes_km": [float(size) for size in sizes_km]}
            return data | {key: values for key, values in beside.items() if values}
        case Box(west, south, east, north):
            return {"box": [float(west), float(south), float(east), float(north)]}
        case Polygon(points):
            return {"polygon": _points_as_data(points)}
        case Line(points, width_km):
            return {"line": _points_as_data(points), "width_km": float(width_km)}
        case Brush(points, radius_km):
            return {"brush": _points_as_data(points), "radius_km": float(radius_km)}
        case Region(place):
            return {"region": _points_as_data((place,))[0]}
        case ValueRange(lowest, highest):
            return {"values": [float(lowest), float(highest)]}
        case Combined(how, first, second):
            return {how: [shape_as_data(first), shape_as_data(second)]}


def _points_as_data(points: tuple[Place, ...]) -> list[list[float]]:
    """Plain lists of places."""
    return [[float(longitude), float(latitude)] for longitude, latitude in points]


def shape_of_data(data: object) -> Shape:
    """
    Shape of plain data that anybody may have written.

    Raises
    ------
    InputError
        Where it is no shape, with what is wrong in it.

    Examples
    --------
    >>> shape_of_data({"brush": [[0, 45]], "radius_km": 200})
    Brush(points=((0.0, 45.0),), radius_km=200.0)
    """
    return _Reader().shape(data, 0)


class _Reader:
    """Reads one shape with its parts, and counts their points."""

    def __init__(self) -> None:
        self._points_left = MOST_POINTS

    def shape(self, data: object, depth: int) -> Shape:
        """Shape at a depth of parts within parts."""
        if depth > DEEPEST:
            raise InputError(f"the shape holds parts within parts more than {DEEPEST} deep")
        kind = _kind(data)
        known = mapping(data, f"the shape {kind}", (kind, *_BESIDE[kind]))
        self._count(1)
        if kind in _COMBINATIONS:
            first, second = sequence(known[kind], kind, most=2, least=2)
            return Combined(kind, self.shape(first, depth + 1), self.shape(second, depth + 1))
        readers: dict[str, Callable[[Data], Shape]] = {
            "cells": _cell_list,
            "box": _box,
            "polygon": lambda known: Polygon(self._points(known["polygon"], "polygon", 3)),
            "line": lambda known: Line(self._points(known["line"], "line", 1), _distance(known, "width_km", 0.0)),
            "brush": lambda known: Brush(self._points(known["brush"], "brush", 1), _distance(known, "radius_km", None)),
            "region": lambda known: Region(_place(known["region"], "region")),
            "values": _value_range,
        }
        return readers[kind](known)

    def _points(self, value: Any, what: str, least: int) -> tuple[Place, ...]:
        """Places of a line or a polygon."""
        items = sequence(value, what, most=MOST_POINTS, least=least)
        self._count(len(items))
        return tuple(_place(item, what) for item in items)

    def _count(self, points: int) -> None:
        """Refuse shapes of too many points and parts."""
        self._points_left -= points
        if self._points_left < 0:
            raise InputError(f"the shape has more than {MOST_POINTS} points and parts; draw it with fewer")


def _kind(data: object) -> str:
    """The word by which a shape is known."""
    if not isinstance(data, dict):
        raise InputError(f"a shape needs keys and values, for example region: [0, 45], not {shown(data)}")
    kinds = [key for key in data if key in _BESIDE]
    if len(kinds) == 1:
        return str(kinds[0])
    if kinds:
        raise InputError(f"a shape is one of {', '.join(kinds)}, not all; join shapes by union")
    beside = {key for keys in _BESIDE.values() for key in keys}
    unknown = next((key for key in data if key not in beside), None)
    raise InputError(f"unknown shape {shown(unknown)}{did_you_mean(unknown, _BESIDE)}; known are {', '.join(_BESIDE)}")


def _cell_list(data: Data) -> CellList:
    """List of cells, of their places and sizes."""
    pairs = [
        sequence(item, "a cell of the shape", most=2, least=2)
        for item in sequence(data["cells"], "cells", most=MOST_CELLS)
    ]
    cells = tuple((whole(row, "a row"), whole(column, "a column")) for row, column in pairs)
    places = tuple(_place(item, "places") for item in sequence(data.get("places", []), "places", most=MOST_CELLS))
    sizes = tuple(_within(size, "sizes_km") for size in sequence(data.get("sizes_km", []), "sizes_km", most=MOST_CELLS))
    for what, count in (("places", len(places)), ("sizes_km", len(sizes))):
        if count not in (0, len(cells)):
            raise InputError(f"the shape has {len(cells)} cells and {count} {what}; give one for each or none")
    return CellList(cells, places, sizes)


def _box(data: Data) -> Box:
    """Box between meridians and parallels."""
    west, south, east, north = numbers(data["box"], "box", most=4, least=4)
    _place((west, south), "box")
    _place((east, north), "box")
    if south > north:
        raise InputError(f"the box reaches from {south:g} to {north:g} degrees north; give west, south, east, north")
    return Box(west, south, east, north)


def _value_range(data: Data) -> ValueRange:
    """Range of values."""
    lowest, highest = numbers(data["values"], "values", most=2, least=2)
    if lowest > highest:
        raise InputError(f"no value lies between {lowest:g} and {highest:g}; give the lower one first")
    return ValueRange(lowest, highest)


def _place(value: Any, what: str) -> Place:
    """Longitude and latitude of a place."""
    longitude, latitude = numbers(value, f"a place of {what}", most=2, least=2)
    if abs(latitude) > 90.0 or abs(longitude) > FURTHEST_LONGITUDE:
        raise InputError(
            f"[{longitude:g}, {latitude:g}] in {what} is no place; give longitude first, then latitude from -90 to 90"
        )
    return longitude, latitude


def _distance(data: Data, key: str, otherwise: float | None) -> float:
    """A distance that stands beside a stroke."""
    if key in data:
        return _within(data[key], key)
    if otherwise is None:
        raise InputError(f"the shape lacks {key}")
    return otherwise


def _within(value: Any, what: str) -> float:
    """A distance on the Earth [km]."""
    distance = number(value, what)
    if not 0.0 <= distance <= _HALF_ROUND:
        raise InputError(f"{what} is {distance:g} km; give 0 to {_HALF_ROUND:.0f} km")
    return distance
