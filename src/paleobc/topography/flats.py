"""Flats and pits: how a filled relief is given a slope everywhere."""

from __future__ import annotations

import numpy as np

from paleobc.compilation import inline_kernel, kernel
from paleobc.conventions import DIRECTION_COLUMNS, DIRECTION_ROWS, FloatArray, IntArray
from paleobc.grids.periodicity import wrapped

# More rounds than any relief has needed; what is left then is led out by the filled relief.
_MOST_ROUNDS = 1000


@inline_kernel
def height_of_neighbour(height, j, i, k):  # type: ignore[no-untyped-def]
    """Height of the neighbour in direction ``k``; beyond a pole it counts as 1 m above the last row."""
    rows, columns = height.shape
    if 0 < j < rows - 1 and 0 < i < columns - 1:  # nearly all cells: the compiler makes this one fast
        return height[j + DIRECTION_ROWS[k], i + DIRECTION_COLUMNS[k]]
    column = wrapped(i + DIRECTION_COLUMNS[k], columns)
    row = j + DIRECTION_ROWS[k]
    if row < 0:
        return height[0, column] + 1.0
    if row >= rows:
        return height[rows - 1, column] + 1.0
    return height[row, column]


@kernel
def _mark_flats(filled, steps):  # type: ignore[no-untyped-def]
    """Set exits of flats to 1 and the other cells of flats to -1, in place; return the number of both."""
    rows, columns = filled.shape
    count = 0
    for j in range(rows):
        for i in range(columns):
            if filled[j, i] <= 0.0:
                continue
            lower, equal = False, False
            for k in range(8):
                other = height_of_neighbour(filled, j, i, k)
                lower |= other < filled[j, i]
                equal |= other == filled[j, i]
            if equal:
                steps[j, i] = 1 if lower else -1
                count += 1
    return count


@kernel
def _steps_from_exits(filled):  # type: ignore[no-untyped-def]
    """See `steps_from_exits`."""
    rows, columns = filled.shape
    steps = np.zeros(filled.shape, np.int32)
    queue = np.empty(_mark_flats(filled, steps), np.int32)
    size, head = 0, 0
    for cell in range(steps.size):
        if steps[cell // columns, cell % columns] == 1:
            queue[size] = cell
            size += 1
    while head < size:
        j, i = queue[head] // columns, queue[head] % columns
        head += 1
        for k in range(8):
            row = j + DIRECTION_ROWS[k]
            if row < 0 or row >= rows:
                continue
            column = wrapped(i + DIRECTION_COLUMNS[k], columns)
            if steps[row, column] == -1 and filled[row, column] == filled[j, i]:
                steps[row, column] = steps[j, i] + 1
                queue[size] = row * columns + column
                size += 1
    return steps


def steps_from_exits(filled: FloatArray) -> IntArray:
    """
    Number of steps that the front needs from the exits of a flat to each of its cells.

    Among neighbours of equal height, cells that touch a lower one are exits, 1; the front moves over equal
    cells in all eight directions. Cells without a neighbour of equal height are 0.

    Parameters
    ----------
    filled : ndarray, shape (rows, columns)
        Height without depressions [m]; only land, > 0, is looked at.

    Returns
    -------
    ndarray of int32, shape (rows, columns)

    Examples
    --------
    >>> row = np.array([-1.0, 5.0, 5.0, 5.0, 9.0, 9.5])
    >>> steps_from_exits(np.stack([row + 20, row, row + 20]))[1]
    array([0, 1, 2, 3, 0, 0], dtype=int32)
    """
    return np.asarray(_steps_from_exits(filled))


def slope_flats(filled: FloatArray) -> FloatArray:
    """
    Height with flats that slope towards their exits by at most a centimetre.

    Each cell of a flat is raised by its steps from the exit / (100 x the largest number of steps) metres.

    Parameters
    ----------
    filled : ndarray, shape (rows, columns)
        Height without depressions [m].

    Returns
    -------
    ndarray, shape (rows, columns)
    """
    steps = steps_from_exits(filled)
    largest = int(steps.max(initial=0))
    sloped = filled.copy()
    if largest > 0:
        raised = steps > 0
        sloped[raised] += steps[raised] / (100.0 * largest)
    return sloped


@kernel
def _mean_of_neighbours_if_pit(height, j, i):  # type: ignore[no-untyped-def]
    """Mean height of the eight neighbours of a land cell lower than all of them, else 0."""
    total, lowest = 0.0, np.inf
    if height[j, i] <= 0.0:
        return 0.0
    for k in range(8):
        other = height_of_neighbour(height, j, i, k)
        if other <= height[j, i]:
            return 0.0
        total += other
        lowest = min(lowest, other)
    return max(total / 8.0, lowest)  # rounded, the mean of equal heights may lie below them


@kernel
def _raise_pits(height, rounds):  # type: ignore[no-untyped-def]
    """Raise pits in place, all of a round at once; after the first round only the neighbourhood is looked at."""
    rows, columns = height.shape
    cells = np.arange(height.size, dtype=np.int32)
    for _ in range(rounds):
        pits, means = [np.int32(0) for _ in range(0)], [0.0 for _ in range(0)]
        for cell in cells:
            mean = _mean_of_neighbours_if_pit(height, cell // columns, cell % columns)
            if mean > 0.0:
                pits.append(cell)
                means.append(mean)
        if len(pits) == 0:
            return
        around = np.empty(9 * len(pits), np.int32)
        size = 0
        for pit, mean in zip(pits, means):  # noqa: B905  (not known to the compiler)
            height[pit // columns, pit % columns] = mean
        for pit in pits:
            for k in range(9):
                row = pit // columns + (DIRECTION_ROWS[k] if k < 8 else 0)
                if 0 <= row < rows:
                    east = DIRECTION_COLUMNS[k] if k < 8 else 0
                    around[size] = row * columns + wrapped(pit % columns + east, columns)
                    size += 1
        cells = np.unique(around[:size])


def raise_pits(height: FloatArray, out: FloatArray | None = None) -> FloatArray:
    """
    Height in which every land cell lower than all its eight neighbours is raised to their mean, until none is.

    Parameters
    ----------
    height : ndarray, shape (rows, columns)
        Height above sea level [m].
    out : ndarray, shape (rows, columns), optional
        Where the result goes; may be ``height`` itself.

    Returns
    -------
    ndarray, shape (rows, columns)

    Examples
    --------
    >>> height = np.full((5, 5), 9.0)
    >>> height[2, 2] = 1.0
    >>> raise_pits(height)[2]
    array([9., 9., 9., 9., 9.])
    """
    if out is None:
        out = np.empty(height.shape)
    if out is not height:
        np.copyto(out, height)
    _raise_pits(out, _MOST_ROUNDS)
    return out
