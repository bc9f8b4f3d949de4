"""How large an edit and its numbers may be, and which numbers an operation can be carried out with."""

from __future__ import annotations

from math import isfinite, isnan
from typing import Final

from paleobc.errors import InputError
from paleobc.topography.edits.edit import (
    Add,
    Clamp,
    CloseSea,
    CopyFrom,
    FillFromNeighbours,
    Filter,
    OpenStrait,
    Operation,
    Scale,
    Set,
    Smooth,
)
from paleobc.topography.edits.shapes import CellList, Shape
from paleobc.topography.surface import Quantity

#: Heights and depths reach no further [m]: twice the deepest trench, and more than any mountain of any age.
HIGHEST: Final = 20_000.0

#: A smoothing of more passes than this is a mistake: the mean has by then crept over thirty cells.
MOST_PASSES: Final = 1000

#: A log holds at most so many edits, and all its lists of cells together so many cells.
MOST_EDITS: Final = 100_000
MOST_CELLS: Final = 10_000_000

#: Letters of a reason, a name, a time or a revision.
LONGEST_TEXT: Final = 10_000

#: Word of each operation.
WORDS: Final[dict[type[Operation], str]] = {
    Set: "set",
    Add: "add",
    Scale: "scale",
    Clamp: "clamp",
    Smooth: "smooth",
    FillFromNeighbours: "fill",
    CopyFrom: "copy",
    OpenStrait: "open_strait",
    CloseSea: "close_sea",
}

#: Operations that each quantity allows, by their words.
OPERATIONS: Final[dict[Quantity, tuple[str, ...]]] = {
    "height": tuple(WORDS.values()),
    "depth": tuple(WORDS.values()),
    "value": ("set", "add", "scale", "clamp", "smooth", "fill", "copy"),
    "basin": ("set", "copy"),
}

#: Cells among which an edit of each quantity may choose; on basins "all" are those that are present.
FILTERS: Final[dict[Quantity, tuple[Filter, ...]]] = {
    "height": ("all", "land", "sea"),
    "depth": ("all", "land", "sea"),
    "value": ("all", "present", "missing"),
    "basin": ("all", "present"),
}


def check_operation(operation: Operation, quantity: Quantity = "height") -> None:
    """
    Refuse an operation that the quantity does not allow, or whose own numbers cannot be meant, on whatever map.

    Parameters
    ----------
    operation : Operation
    quantity : {"height", "depth", "value", "basin"}

    Raises
    ------
    InputError
        Where a number is not finite or out of its range.

    Examples
    --------
    >>> check_operation(Add(-50.0))
    >>> check_operation(Add(3e6), "value")
    >>> check_operation(OpenStrait(0.0))
    Traceback (most recent call last):
    ...
    paleobc.errors.InputError: A strait of 0 m is no strait; give a depth above 0 and up to 20000 m.
    """
    word = WORDS[type(operation)]
    _require(
        word in OPERATIONS[quantity],
        f"A field of {quantity}s knows no {word}; known are {', '.join(OPERATIONS[quantity])}.",
    )
    if quantity in ("value", "basin"):
        _check_numbers(operation)
        return
    match operation:
        case Set(value):
            for one in _each(value):
                _check_value(one)
        case Add(amount):
            most = 2.0 * HIGHEST
            _require(
                abs(amount) <= most, f"Adding {amount:g} m cannot be meant; give at most {most:.0f} m, up or down."
            )
        case Scale(factor):
            _require(isfinite(factor), f"Nothing can be multiplied by {factor:g}; give a finite number.")
        case Clamp(lowest, highest):
            _check_clamp(lowest, highest)
        case Smooth(passes):
            _check_passes(passes)
        case OpenStrait(depth):
            _check_positive(depth, f"A strait of {depth:g} m is no strait; give a depth")
        case CloseSea(height) if height is not None:
            _check_positive(height, f"A sea is not closed by a height of {height:g} m; give a height")
        case CloseSea() | FillFromNeighbours() | CopyFrom():
            pass


def check_listed_values(operation: Operation, shape: Shape) -> None:
    """
    Refuse a list of values to set that does not go with a list of cells.

    Raises
    ------
    InputError
        Where the shape is none, or has another number of cells.
    """
    if isinstance(operation, Set) and isinstance(operation.value, tuple):
        count = len(shape.cells) if isinstance(shape, CellList) else None
        _require(count is not None, "A list of values to set needs a list of cells as its shape.")
        _require(
            count == len(operation.value),
            f"{len(operation.value)} values are to be set in {count} cells; give one for each.",
        )


def _require(holds: bool, sentence: str) -> None:
    """Refuse with a sentence what does not hold."""
    if not holds:
        raise InputError(sentence)


def _each(value: float | tuple[float, ...]) -> tuple[float, ...]:
    """Values to set, also a single one."""
    return value if isinstance(value, tuple) else (value,)


def _check_numbers(operation: Operation) -> None:
    """Refuse numbers with which no field of any kind can be changed."""
    match operation:
        case Set(value):
            good = all(isfinite(one) or isnan(one) for one in _each(value))
            _require(good, "An infinite value cannot be set; give a finite number.")
        case Add(number) | Scale(number):
            _require(isfinite(number), f"Nothing can be computed with {number:g}; give a finite number.")
        case Clamp(lowest, highest):
            _check_clamp(lowest, highest, "")
        case Smooth(passes):
            _check_passes(passes)
        case _:
            pass


def _check_passes(passes: int) -> None:
    """Refuse a smoothing that is none, or too much."""
    _require(1 <= passes <= MOST_PASSES, f"A map is smoothed 1 to {MOST_PASSES} times, not {passes} times.")


def _check_value(value: float) -> None:
    """Refuse a value that no height or depth has."""
    _require(
        abs(value) <= HIGHEST,
        f"A value of {value:g} m cannot be meant; heights and depths stay within {HIGHEST:.0f} m.",
    )


def _check_positive(value: float, sentence: str) -> None:
    """Refuse a depth of sea or a height of land that is none."""
    _require(0.0 < value <= HIGHEST, f"{sentence} above 0 and up to {HIGHEST:.0f} m.")


def _check_clamp(lowest: float | None, highest: float | None, unit: str = " m") -> None:
    """Refuse limits that leave nothing between them, or that are none."""
    _require(
        lowest is not None or highest is not None, "To keep values between limits give the lowest, the highest or both."
    )
    for limit in (lowest, highest):
        if limit is not None and unit:
            _check_value(limit)
        _require(limit is None or isfinite(limit), "A limit of values needs a finite number.")
    if lowest is not None and highest is not None:
        _require(
            lowest <= highest,
            f"No value lies between {lowest:g}{unit} and {highest:g}{unit}; give the lower limit first.",
        )
