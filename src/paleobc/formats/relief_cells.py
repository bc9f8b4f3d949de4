"""From rows and columns in the order of a file to cells of the globe, south to north, from -180 degrees."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np

from paleobc.conventions import FloatArray
from paleobc.errors import InputError
from paleobc.formats.wording import rounded
from paleobc.grids.regular import RegularGrid

#: Coordinates this near to equal steps are equal but for single precision [steps].
EXACT: Final = 2e-3
#: Coordinates rounded to two decimals are this near [degrees], and must be near in steps too.
TWO_DECIMALS, NEAR = 0.006, 0.1
#: The first centre is snapped to whole and half steps within this, ten times single precision [degrees].
SNAP: Final = 2e-4
#: If not, it is snapped to a fraction of the step with at most this denominator.
FINEST_PHASE: Final = 12
#: Columns that cover the same meridian may differ by this much before they contradict each other [m].
SAME_HEIGHT: Final = 1.0
REGRID: Final = 'regrid it, for example "cdo remapbil,r360x180 in.nc out.nc"'


@dataclass(frozen=True)
class Rows:
    """How the rows of a file lie: from the north or not, on both poles or between them."""

    north_first: bool
    on_poles: bool
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Columns:
    """
    How the columns of a file lie.

    Parameters
    ----------
    east_first : bool
        Whether they run from east to west.
    count : int
        Columns around the globe; the file may repeat some behind them.
    shift : int
        Place of the file's first column among the columns that begin at -180 degrees.
    phase : Fraction
        Distance of the first of these from -180 degrees [steps].
    notes : tuple of str
        What was assumed.
    """

    east_first: bool
    count: int
    shift: int
    phase: Fraction
    notes: tuple[str, ...]


def rows_of(latitudes: FloatArray, file: str) -> Rows:
    """
    Find how rows lie from pole to pole.

    Parameters
    ----------
    latitudes : ndarray of float, shape (rows,)
        In the order of the file [degrees north].
    file : str
        Name of the file, for the sentences.

    Raises
    ------
    InputError
        Where they are not equally spaced or do not reach from pole to pole.
    """
    north_first = bool(latitudes[0] > latitudes[-1])
    ascending = latitudes[::-1] if north_first else latitudes
    count = ascending.size
    notes = _turned_note("Rows run from north to south", north_first)
    for on_poles, ideal in (
        (False, RegularGrid(count, 1).latitudes),
        (True, np.linspace(-90.0, 90.0, count)),
    ):
        step = 180.0 / (count - 1 if on_poles else count)
        deviation = float(np.abs(ascending - ideal).max())
        if deviation <= _tolerance(step) and (count > 2 or not on_poles):
            return Rows(north_first, on_poles, notes + _rounding_note("Latitudes", deviation, step))
    step = _equal_step(ascending, "latitudes", file)
    raise InputError(
        f"{file} is not global: its {count} rows cover the latitudes {_limits(ascending, step)}, and -90 to "
        "90 is needed; give a relief of the whole globe."
    )


def columns_of(longitudes: FloatArray, file: str) -> Columns:
    """
    Find how columns lie around the globe.

    Parameters
    ----------
    longitudes : ndarray of float, shape (columns,)
        In the order of the file, in any range [degrees east].
    file : str
        Name of the file, for the sentences.

    Raises
    ------
    InputError
        Where they are not equally spaced or do not close around the globe.
    """
    unwrapped = _unwrapped(longitudes)
    east_first = bool(unwrapped[0] > unwrapped[-1])
    ascending = unwrapped[::-1] if east_first else unwrapped
    step = _equal_step(ascending, "longitudes", file)
    count = round(360.0 / step)
    if count < 4 or count > ascending.size:
        raise InputError(
            f"{file} is not global: its {ascending.size} columns cover the longitudes "
            f"{_limits(ascending, step)}, and all 360 degrees are needed; give a relief of the whole globe."
        )
    ideal = 360.0 / count
    residuals = ascending - np.arange(ascending.size) * ideal
    noise = float(np.ptp(residuals)) / 2.0
    if noise > _tolerance(ideal):
        raise InputError(
            f"{file}: its longitudes have steps of {rounded(step)} degrees, which do not divide 360 (limits "
            f"{_limits(ascending, step)}); {REGRID}."
        )
    first = (float(residuals.max() + residuals.min()) / 2.0 + 180.0) / ideal
    whole, phase = _parted(first, (noise + min(SNAP, EXACT * ideal)) / ideal)
    notes = _turned_note("Columns run from east to west", east_first)
    if whole % count:
        begin = rounded(float(phase) * ideal - 180.0)
        limits = f"from {rounded(ascending[0])} to {rounded(ascending[-1])}"
        notes += (f"Longitudes run {limits} in the file; the columns were turned to begin at {begin}.",)
    notes += _rounding_note("Longitudes", noise, ideal)
    return Columns(east_first, count, whole % count, phase, notes)


def to_cells(
    heights: FloatArray, rows: Rows, columns: Columns, file: str
) -> tuple[FloatArray, Fraction, tuple[str, ...]]:
    """
    Heights on cells, south to north and eastwards from -180 degrees.

    Parameters
    ----------
    heights : ndarray of float, shape (rows, columns)
        In the order of the file [m].
    rows, columns : Rows, Columns
        How they lie.
    file : str
        Name of the file, for the sentences.

    Returns
    -------
    cells : ndarray of float, shape (rows, columns)
        Heights [m].
    phase : Fraction
        Distance of the first column from -180 degrees [steps].
    notes : tuple of str
        What was done.
    """
    turned = heights[:: -1 if rows.north_first else 1, :: -1 if columns.east_first else 1]
    repeated = turned.shape[1] - columns.count
    notes = _compare_repeated(turned, columns.count, file)
    on_nodes = rows.on_poles and repeated == 1
    if repeated and not on_nodes:
        what = "The last column repeats" if repeated == 1 else f"The last {repeated} columns repeat"
        notes += (f"{what} the first of the file; the repetition was left out.",)
    cells, phase = turned[:, : columns.count], columns.phase
    if rows.on_poles:
        cells = cells[:-1] + cells[1:]
        cells *= 0.5
    cells = np.roll(cells, columns.shift, axis=1)
    if on_nodes:
        cells, phase = _between_columns(cells, phase)
        notes += ("Heights lie on nodes, poles and first meridian twice: a cell is the mean of its four nodes.",)
    elif rows.on_poles:
        notes += ("Rows lie on both poles: a cell is the mean of its two rows, and columns were kept.",)
    return cells, phase, notes


def centres(count: int, phase: Fraction) -> FloatArray:
    """
    Longitudes of ``count`` columns whose first lies ``phase`` steps east of -180 degrees [degrees east].

    Examples
    --------
    >>> centres(4, Fraction(1, 2))
    array([-135.,  -45.,   45.,  135.])
    """
    # One division of whole numbers, so that no rounding depends on where the file began.
    whole = (np.arange(count) * phase.denominator + phase.numerator) * 360.0
    return np.asarray(whole / (phase.denominator * count) - 180.0, dtype=np.float64)


def _between_columns(nodes: FloatArray, phase: Fraction) -> tuple[FloatArray, Fraction]:
    """Mean of neighbouring columns, the last with the first; half a step further east."""
    between = nodes.copy()
    between[:, :-1] += nodes[:, 1:]
    between[:, -1] += nodes[:, 0]
    between *= 0.5
    moved = phase + Fraction(1, 2)
    return (between, moved) if moved < 1 else (np.roll(between, 1, axis=1), moved - 1)


def _compare_repeated(heights: FloatArray, count: int, file: str) -> tuple[str, ...]:
    """Refuse columns that cover a meridian twice with different heights."""
    repeated = heights.shape[1] - count
    if repeated == 0:
        return ()
    if repeated > count:
        raise InputError(f"{file}: its columns go around the globe more than twice; {REGRID}.")
    difference = np.abs(heights[:, count:] - heights[:, :repeated])
    worst = float(difference.max())
    if worst > SAME_HEIGHT:
        row, column = np.unravel_index(int(np.argmax(difference)), difference.shape)
        raise InputError(
            f"{file}: its columns {column + 1} and {column + count + 1} lie on the same meridian and differ "
            f"by {rounded(worst)} m in row {row + 1} from the south; correct one of them."
        )
    return (f"Columns on the same meridian differ by up to {rounded(worst)} m; the first was kept.",) if worst else ()


def _unwrapped(longitudes: FloatArray) -> FloatArray:
    """Longitudes without the jump of 360 degrees that a file may hold inside."""
    jumps = np.diff(longitudes)
    turns = np.where(np.abs(jumps) > 180.0, -np.rint(jumps / 360.0), 0.0)
    return np.asarray(longitudes + 360.0 * np.concatenate([[0.0], np.cumsum(turns)]), dtype=np.float64)


def _equal_step(ascending: FloatArray, what: str, file: str) -> float:
    """Step of equally spaced coordinates, refusing others."""
    steps = np.diff(ascending)
    mean = float(ascending[-1] - ascending[0]) / max(steps.size, 1)
    if steps.min() <= 0.0:
        at = int(np.argmin(steps))
        raise InputError(
            f"{file}: its {what} are not in order ({rounded(ascending[at])} is followed by "
            f"{rounded(ascending[at + 1])}); {REGRID}."
        )
    ideal = ascending[0] + mean * np.arange(ascending.size)
    if float(np.abs(ascending - ideal).max()) > 2.0 * _tolerance(mean):
        raise InputError(
            f"{file}: its {what} are not equally spaced (steps from {rounded(steps.min())} to "
            f"{rounded(steps.max())} degrees); {REGRID}."
        )
    return mean


def _tolerance(step: float) -> float:
    """Deviation from equal steps that is only rounding [degrees]."""
    return max(EXACT * step, min(NEAR * step, TWO_DECIMALS))


def _turned_note(how: str, turned: bool) -> tuple[str, ...]:
    """Say that an order was turned, if it was."""
    return (f"{how} in the file; they were turned.",) if turned else ()


def _rounding_note(what: str, deviation: float, step: float) -> tuple[str, ...]:
    """Say that rounded coordinates were replaced by equal steps."""
    if deviation <= EXACT * step:
        return ()
    off = rounded(round(deviation, 6))
    return (f"{what} in the file are up to {off} degrees off equal steps; equal steps were taken.",)


def _parted(first: float, tolerance: float) -> tuple[int, Fraction]:
    """Whole steps and the simplest fraction near the rest, in [0, 1)."""
    simple = Fraction(first).limit_denominator(2)
    near = tolerance
    if abs(first - simple) > tolerance:
        simple, near = Fraction(first).limit_denominator(FINEST_PHASE), 2e-5
    if abs(first - simple) > near:
        simple = Fraction(round(first * 1e6), 1_000_000)
    whole = simple.numerator // simple.denominator
    return whole, simple - whole


def _limits(ascending: FloatArray, step: float) -> str:
    """Edges of the outer cells."""
    return f"{rounded(ascending[0] - step / 2.0)} to {rounded(ascending[-1] + step / 2.0)}"
