"""Which cells a selection of the existing tool holds, from its text."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np

from paleobc.conventions import BoolArray, FloatArray
from paleobc.errors import InputError
from paleobc.services.importing.python_text import Call, Joined, Word, parse_python, plain_of

#: Most corners of a drawn line; its text leaves the middle out from about 500 on.
_MOST_CORNERS: Final = 2_000
#: Most times that all cells are looked at for one selection.
_MOST_LOOKS: Final = 20_000

_COMPARISONS: Final[dict[str, Callable[[Any, Any], Any]]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "==": operator.eq,
}


def selected(text: str, axes: Mapping[str, FloatArray]) -> BoolArray:
    """
    Cells that a selection holds, shape (rows, columns).

    Parameters
    ----------
    text : str
        As the existing tool stored it: comparisons of dimensions, and lines drawn around cells, joined.
    axes : mapping of str to ndarray, each of a shape that spreads to (rows, columns)
        Positions of the cells along each dimension, and the values, by their names in the old file.

    Raises
    ------
    InputError
        Where it is no selection, or speaks of something that the file does not hold.

    Examples
    --------
    >>> axes = {"lon": np.array([[0.0, 10.0, 20.0]]), "lat": np.array([[0.0], [5.0]])}
    >>> selected("(dim('lon')>=5)&(dim('lat')<=3)", axes)
    array([[False,  True,  True],
           [False, False, False]])
    """
    cells = _Cells(axes).of(parse_python(text))
    return np.broadcast_to(cells, np.broadcast_shapes(*(array.shape for array in axes.values()))).copy()


class _Cells:
    """Cells of parsed selections on some axes."""

    def __init__(self, axes: Mapping[str, FloatArray]) -> None:
        self._axes, self._looks = axes, 0

    def of(self, node: Any) -> BoolArray:
        """Cells of a selection or of a part of one."""
        match node:
            case Joined("&", first, second):
                return self.of(first) & self.of(second)
            case Joined("|", first, second):
                return self.of(first) | self.of(second)
            case (part, Word("inv")) | Call("inv", (part,)):
                return ~self.of(part)
            case Joined(sign, Call("dim", (str(name),)), number):
                self._look(1)
                return np.asarray(_COMPARISONS[sign](self._axis(name), _number(number)))
            case Call("dim", (str(across), Word("spatial_select"), Call("dim", (str(up),))), named) | Call(
                "pipe", (Call("dim", (str(across),)), Word("spatial_select"), Call("dim", (str(up),))), named
            ):
                return self._inside(self._axis(across), self._axis(up), _corners(named.get("geometry")))
            case _:
                raise InputError("it is no selection that is known, and is not evaluated")

    def _look(self, times: int) -> None:
        self._looks += times
        if self._looks > _MOST_LOOKS:
            raise InputError("it has too many parts")

    def _axis(self, name: str) -> FloatArray:
        if name not in self._axes:
            raise InputError(f"it speaks of {name[:40]!r}, which the file does not hold")
        return self._axes[name]

    def _inside(self, x: FloatArray, y: FloatArray, corners: FloatArray) -> BoolArray:
        """Cells whose centres lie inside a closed line: a ray from there crosses it an odd number of times."""
        self._look(len(corners))
        inside = np.zeros(np.broadcast_shapes(x.shape, y.shape), dtype=np.bool_)
        for (x0, y0), (x1, y1) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
            if y0 != y1:
                inside ^= ((y0 > y) != (y1 > y)) & (x < x0 + (y - y0) * (x1 - x0) / (y1 - y0))
        return inside


def _number(node: Any) -> float:
    """Number with which something is compared."""
    value = plain_of(node)
    if not isinstance(value, int | float):
        raise InputError("it compares with something that is no number")
    return float(value)


def _corners(node: Any) -> FloatArray:
    """Corners of a line, shape (corners, 2)."""
    points = plain_of(node.arguments[0]) if isinstance(node, Call) and node.name == "array" and node.arguments else None
    if not isinstance(points, list) or not 3 <= len(points) <= _MOST_CORNERS:
        raise InputError(f"it holds a line without corners, or with more than {_MOST_CORNERS}")
    if not all(isinstance(point, list) and len(point) == 2 for point in points):
        raise InputError("it holds a line with corners that are no places")
    return np.array([[_number(one) for one in point] for point in points])
