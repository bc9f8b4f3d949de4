"""The coast line: the edges of the pixels between land and sea."""

from __future__ import annotations

import numpy as np

from paleobc.conventions import BoolArray, FloatArray


def coast_segments(land: BoolArray, known: BoolArray) -> FloatArray:
    """
    Straight pieces of the coast.

    Parameters
    ----------
    land : ndarray of bool, shape (rows, columns)
        Land pixels of a map of the world, from the south and from 180 degrees west.
    known : ndarray of bool, shape (rows, columns)
        Pixels that have a cell; the end of the data is no coast.

    Returns
    -------
    ndarray of float, shape (n, 2, 2)
        Start and end of each piece as (longitude, latitude) [degrees]. Pieces in a line are joined.

    Examples
    --------
    >>> coast_segments(np.array([[True, False]]), np.ones((1, 2), dtype=bool)).tolist()
    [[[0.0, -90.0], [0.0, 90.0]]]
    """
    step = 180.0 / land.shape[0]
    upright = (land[:, 1:] != land[:, :-1]) & known[:, 1:] & known[:, :-1]
    level = (land[1:] != land[:-1]) & known[1:] & known[:-1]
    column, south, north = _runs(upright.T)
    row, west, east = _runs(level)
    vertical = np.stack((column + 1, south, column + 1, north), axis=1)
    horizontal = np.stack((west, row + 1, east, row + 1), axis=1)
    corners = np.concatenate((vertical, horizontal)).reshape(-1, 2, 2) * step
    return np.asarray(corners - (180.0, 90.0), dtype=np.float64)


def _runs(marked: BoolArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Line, start and end of every run of marked places along the second axis."""
    edged = np.pad(marked.astype(np.int8), ((0, 0), (1, 1)))
    change = np.diff(edged, axis=1)
    line, start = np.nonzero(change == 1)
    end = np.nonzero(change == -1)[1]
    return line.astype(np.float64), start.astype(np.float64), end.astype(np.float64)
