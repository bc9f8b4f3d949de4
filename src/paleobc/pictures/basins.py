"""Colours for river basins, such that neighbouring large basins differ."""

from __future__ import annotations

import numpy as np

from paleobc.conventions import FloatArray, IntArray

#: A basin is large where it drains at least this part of the land on the map.
LARGE_SHARE = 0.0008

#: Marks the basins that are not large.
_NO_COLOUR = -1


def colour_basins(labels: FloatArray, palette: int) -> IntArray:
    """
    Choose a colour for every pixel of a map of basins.

    Parameters
    ----------
    labels : ndarray of float, shape (rows, columns)
        Label of the basin, rows from south to north over the globe; NaN in the sea.
    palette : int
        Number of colours for large basins.

    Returns
    -------
    ndarray of int, shape (rows, columns)
        0 .. palette - 1 for large basins, ``palette`` for small ones, ``palette + 1`` for the sea. The labels
        themselves do not matter, only which pixels share one.

    Examples
    --------
    >>> colour_basins(np.array([[1.0, 1.0, 2.0, np.nan]]), 3)
    array([[0, 0, 1, 4]])
    """
    land = np.isfinite(labels)
    colour = np.full(labels.shape, palette + 1)
    if not land.any():
        return colour
    first, basin = np.unique(labels[land], return_index=True, return_inverse=True)[1:]
    basins = np.full(labels.shape, -1)
    basins[land] = basin
    order = _by_size(basins, first)
    chosen = _choose(basins, order, palette)
    colour[land] = np.where(chosen == _NO_COLOUR, palette, chosen)[basin]
    return colour


def _by_size(basins: IntArray, first: IntArray) -> IntArray:
    """Large basins from the largest; equal ones by their first pixel."""
    latitude = np.radians((np.arange(basins.shape[0]) + 0.5) * 180.0 / basins.shape[0] - 90.0)
    weights = np.broadcast_to(np.cos(latitude)[:, None], basins.shape)
    area = np.bincount(basins[basins >= 0], weights=weights[basins >= 0])
    order = np.lexsort((first, -area))
    large: IntArray = order[area[order] >= LARGE_SHARE * area.sum()]
    return large


def _choose(basins: IntArray, order: IntArray, palette: int) -> IntArray:
    """Colour of each basin, -1 for small ones: the least used of those that no neighbour has."""
    chosen = np.full(basins.max() + 1, _NO_COLOUR)
    large = np.zeros(chosen.size, dtype=bool)
    large[order] = True
    neighbours = _neighbours(basins, large)
    used = np.zeros(palette)
    for rank, basin in enumerate(order.tolist()):
        near = np.zeros(palette)
        for other in neighbours.get(basin, ()):
            if chosen[other] != _NO_COLOUR:
                near[chosen[other]] += 1
        # Ties go around the palette with the rank, so that the giants of a world all differ.
        turn = (np.arange(palette) - rank) % palette
        chosen[basin] = np.lexsort((turn, used, near))[0]
        used[chosen[basin]] += 1
    return chosen


def _neighbours(basins: IntArray, large: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> dict[int, set[int]]:
    """Large basins that touch, also across the date line and the corners of cells."""
    pairs = []
    for rows, columns in ((0, 1), (1, 0), (1, 1), (1, -1)):
        height = basins.shape[0] - rows
        one, other = basins[:height], np.roll(basins, -columns, axis=1)[rows:]
        touching = (one >= 0) & (other >= 0) & (one != other)
        pairs.append(np.stack((one[touching], other[touching]), axis=1))
    neighbours: dict[int, set[int]] = {}
    for one, other in np.unique(np.concatenate(pairs), axis=0).tolist():
        if large[one] and large[other]:
            neighbours.setdefault(one, set()).add(other)
            neighbours.setdefault(other, set()).add(one)
    return neighbours
