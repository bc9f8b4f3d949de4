"""How far the water of each land cell has to flow."""

from __future__ import annotations

import numpy as np

from paleobc.compilation import inline_kernel, kernel
from paleobc.conventions import DIRECTION_COLUMNS, DIRECTION_ROWS, FloatArray, IntArray
from paleobc.rivers.flow_direction import receiver_of


@inline_kernel
def _step_length(direction, width, height):  # type: ignore[no-untyped-def]
    """Length of a step in a direction, for a cell of the given width and height."""
    k = direction - 1
    if DIRECTION_COLUMNS[k] == 0:
        return height
    if DIRECTION_ROWS[k] == 0:
        return width
    return np.sqrt(width * width + height * height)


@kernel
def _distances(directions, order, widths, height, columns):  # type: ignore[no-untyped-def]
    """See `distance_to_sea`."""
    distance = np.full(directions.size, np.nan)
    for cell in order:
        receiver = receiver_of(directions, cell, columns)
        length = _step_length(directions[cell], widths[cell // columns], height)
        beyond = distance[receiver] if directions[receiver] > 0 else 0.0
        distance[cell] = beyond + length
    return distance


def distance_to_sea(directions: IntArray, order: IntArray, widths: FloatArray, height: float) -> FloatArray:
    """
    Length of the way to the sea along the flow, the step into the sea included; NaN in the sea.

    A step measures the height of a cell, its width at its own latitude, or the diagonal of both.

    Parameters
    ----------
    directions : ndarray of uint8, shape (rows, columns)
        1 to 8 on land, 0 in the sea.
    order : ndarray of int32, shape (land cells,)
        Land cells, each after the one it drains into.
    widths : ndarray, shape (rows,)
        Width of a cell of each row, any unit of length.
    height : float
        Height of a cell, same unit.

    Returns
    -------
    ndarray, shape (rows, columns)

    Examples
    --------
    >>> from paleobc.rivers.flow_direction import downstream_first
    >>> directions = np.array([[3, 3, 0, 7]], dtype=np.uint8)
    >>> distance_to_sea(directions, downstream_first(directions), np.array([2.0]), 5.0)
    array([[ 4., 2., nan, 2.]])
    """
    distance = _distances(directions.ravel(), order, widths, height, directions.shape[1])
    return np.asarray(distance).reshape(directions.shape)


@kernel
def _to_next(directions, distance, columns):  # type: ignore[no-untyped-def]
    """See `length_to_next_cell`."""
    length = np.full(directions.size, np.nan)
    for cell in range(directions.size):
        if directions[cell] > 0:
            receiver = receiver_of(directions, cell, columns)
            length[cell] = distance[cell] - (distance[receiver] if directions[receiver] > 0 else 0.0)
    return length


def length_to_next_cell(directions: IntArray, distance: FloatArray) -> FloatArray:
    """
    Length of the way to the next cell, or into the sea, as the fall of the distance to the sea; NaN in the sea.

    Examples
    --------
    >>> length_to_next_cell(np.array([[3, 3, 0]], dtype=np.uint8), np.array([[5.0, 2.0, np.nan]]))
    array([[ 3., 2., nan]])
    """
    length = _to_next(directions.ravel(), distance.ravel(), directions.shape[1])
    return np.asarray(length).reshape(directions.shape)
