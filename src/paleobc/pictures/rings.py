"""Rings around the problems of a relief."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import EllipseCollection
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from paleobc.conventions import FloatArray, counted
from paleobc.pictures.colours import PROBLEMS
from paleobc.pictures.keys import Swatch

#: Cells this near to each other share a ring [degrees on the map].
NEAR = 2.5

#: A ring passes this far outside the cells [degrees on the map].
ROOM = 2.0


class Problem(Protocol):
    """
    A finding on a relief.

    Attributes
    ----------
    title : str
        What sort of problem, as the legend says it; one colour each.
    latitudes, longitudes : ndarray of float, shape (n,)
        Cells concerned [degrees].
    """

    @property
    def title(self) -> str:
        """What sort of problem."""

    @property
    def latitudes(self) -> FloatArray:
        """Latitudes of the cells."""

    @property
    def longitudes(self) -> FloatArray:
        """Longitudes of the cells."""


def problem_swatches(problems: Sequence[Problem]) -> tuple[Swatch, ...]:
    """Legend of the kinds of problem, each with its number of cells."""
    swatches = []
    for place, kind in enumerate(_kinds(problems)):
        cells = sum(np.size(problem.latitudes) for problem in problems if problem.title == kind)
        swatches.append(Swatch(f"{kind} ({counted(cells, 'cell')})", (_colour(place),), "ring"))
    return tuple(swatches)


def draw_rings(axes: Axes, problems: Sequence[Problem]) -> None:
    """Draw rings around groups of near cells, and a dot in each cell, on a map whose axes are in degrees."""
    for place, kind in enumerate(_kinds(problems)):
        for problem in problems:
            if problem.title != kind or np.size(problem.latitudes) == 0:
                continue
            longitudes = (np.asarray(problem.longitudes, dtype=np.float64) + 180.0) % 360.0 - 180.0
            points = np.column_stack((longitudes, np.asarray(problem.latitudes, dtype=np.float64)))
            centres, sizes = ring_shapes(points)
            _ellipses(axes, centres, sizes, "white", 3.4)
            _ellipses(axes, centres, sizes, _colour(place), 1.7)
            axes.scatter(points[:, 0], points[:, 1], s=2.0, color=_colour(place), linewidths=0.0, zorder=5)


def ring_shapes(points: FloatArray) -> tuple[FloatArray, FloatArray]:
    """
    Ellipses around the groups of near points.

    Parameters
    ----------
    points : ndarray of float, shape (n, 2)
        Longitude and latitude [degrees].

    Returns
    -------
    centres, sizes : ndarray of float, shape (groups, 2)
        Middle, and full width and height [degrees].

    Examples
    --------
    >>> centres, sizes = ring_shapes(np.array([[10.0, 0.0], [12.0, 0.0], [90.0, 45.0]]))
    >>> centres.tolist()
    [[11.0, 0.0], [90.0, 45.0]]
    """
    pairs = cKDTree(points).query_pairs(NEAR, output_type="ndarray")
    links = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(points), len(points)))
    groups, group = connected_components(links, directed=False)
    low, high = (np.full((groups, 2), end) for end in (np.inf, -np.inf))
    np.minimum.at(low, group, points)
    np.maximum.at(high, group, points)
    # An ellipse through the corners of a box is wider than the box by the root of two.
    return (low + high) / 2, np.sqrt(2.0) * (high - low) + 2 * ROOM


def _ellipses(axes: Axes, centres: FloatArray, sizes: FloatArray, colour: str, width: float) -> None:
    """Open ellipses in degrees; the white ones lie below as a halo."""
    rings = EllipseCollection(
        sizes[:, 0],
        sizes[:, 1],
        np.zeros(len(sizes)),
        units="xy",
        offsets=centres,
        offset_transform=axes.transData,
        facecolors="none",
        edgecolors=colour,
        linewidths=width,
        zorder=5,
    )
    axes.add_collection(rings)


def _kinds(problems: Sequence[Problem]) -> list[str]:
    """Kinds of problem in the order in which they come."""
    return list(dict.fromkeys(problem.title for problem in problems))


def _colour(place: int) -> str:
    return PROBLEMS[place % len(PROBLEMS)]
