"""One edit: where it acts, what it does there, why; and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from paleobc.conventions import FloatArray, IntArray
from paleobc.topography.edits.shapes import Shape

#: Land and sea are told on heights and depths; cells that are present or missing on fields of values.
Filter = Literal["all", "land", "sea", "present", "missing"]


@dataclass(frozen=True)
class Set:
    """
    Give the cells a value [unit of the field]: one for all, or, with a list of cells, one for each.

    On fields of values NaN takes the values away.
    """

    value: float | tuple[float, ...]


@dataclass(frozen=True)
class Add:
    """Add to the values [unit of the field]."""

    amount: float


@dataclass(frozen=True)
class Scale:
    """Multiply the values."""

    factor: float


@dataclass(frozen=True)
class Clamp:
    """Keep the values between two [unit of the field]; either may be open."""

    lowest: float | None = None
    highest: float | None = None


@dataclass(frozen=True)
class Smooth:
    """Take the area-weighted mean of each cell and its four neighbours, so many times."""

    passes: int = 1


@dataclass(frozen=True)
class FillFromNeighbours:
    """Fill the chosen cells from those around them, from the rim inwards: the mean of the neighbours known so far."""


@dataclass(frozen=True)
class CopyFrom:
    """Take the values of another revision on the same grid, known by its checksum or name."""

    revision: str


@dataclass(frozen=True)
class OpenStrait:
    """Make all cells sea at least so deep [m]; with a line, a channel without a break over the sides of cells."""

    depth: float


@dataclass(frozen=True)
class CloseSea:
    """Make the sea among the cells land, of a height [m]; 1 m where none is given. On depths land is 0."""

    height: float | None = None


Operation = Set | Add | Scale | Clamp | Smooth | FillFromNeighbours | CopyFrom | OpenStrait | CloseSea


@dataclass(frozen=True, eq=False)
class Result:
    """
    What an edit did.

    Parameters
    ----------
    cells : ndarray of int32, shape (changed,)
        Flat indices of the cells, ascending; no copies.
    old, new : ndarray, shape (changed,)
        Their values before and after [unit of the field]; NaN where there was or is none.
    """

    cells: IntArray
    old: FloatArray
    new: FloatArray


@dataclass(frozen=True, eq=False)
class Edit:
    """
    What a person did to a map.

    Parameters
    ----------
    shape : Shape
    operation : Operation
    where : {"all", "land", "sea", "present", "missing"}
        Only these cells of the shape are changed; judged before the edit.
    reason, who, when : str
        Why, by whom, and at what time (ISO 8601); any may be empty.
    result : Result, optional
        What it did on the map on which it was made; None for an intent that was never carried out.
    """

    shape: Shape
    operation: Operation
    where: Filter = "all"
    reason: str = ""
    who: str = ""
    when: str = ""
    result: Result | None = None
