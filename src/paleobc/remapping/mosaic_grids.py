"""The ocean grid as MOSAIC's first program writes it: masks, longitudes that run on, corners, duplicates."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from paleobc.conventions import BoolArray, FloatArray, IntArray
from paleobc.errors import InputError
from paleobc.grids.curvilinear import CurvilinearGrid, GridPoints
from paleobc.grids.fold import OrcaLayout, Point, duplicates

POINTS: Final[tuple[Point, ...]] = ("T", "U", "V", "F")

#: Beyond it a depth is a missing value: the bathymetry files of NEMO hold 1e20.
_DEEPEST: Final = 1e6


@dataclass(frozen=True)
class MosaicOcean:
    """
    The ocean grid and its sea as DOMSK writes them and MOZAIC completes them.

    Parameters
    ----------
    layout : OrcaLayout
    longitude, latitude : dict of str to ndarray, shape (rows, columns)
        Places of the T, U, V and F points [degrees]; longitudes run on along the rows.
    corner_longitude, corner_latitude : ndarray, shape (4, rows, columns)
        Corners of the T cells [degrees]: north-east, north-west, south-west, south-east.
    areas : dict of str to ndarray, shape (rows, columns)
        Product of the scale factors at the four kinds of points [m2].
    seas : dict of str to ndarray of bool, shape (rows, columns)
        Sea at the four kinds of points.
    original : ndarray of int, shape (rows, columns)
        Flat index of the T cell of which each one is a copy; a unique cell holds its own.
    """

    layout: OrcaLayout
    longitude: dict[Point, FloatArray]
    latitude: dict[Point, FloatArray]
    corner_longitude: FloatArray
    corner_latitude: FloatArray
    areas: dict[Point, FloatArray]
    seas: dict[Point, BoolArray]
    original: IntArray

    @property
    def unique(self) -> BoolArray:
        """T cells that are copies of no other, shape (rows, columns)."""
        return np.asarray(self.original == np.arange(self.original.size).reshape(self.layout.shape))

    @property
    def open(self) -> BoolArray:
        """T cells that exchange with the atmosphere, each once: the southern row is closed, shape (rows, columns)."""
        exchanged = self.unique & self.seas["T"]
        exchanged[0] = False
        return exchanged

    @property
    def open_with_copies(self) -> BoolArray:
        """T cells that exchange with the atmosphere, and all their copies, shape (rows, columns)."""
        return np.asarray(self.open.ravel()[self.original])

    def completed(self, field: FloatArray, point: Point) -> FloatArray:
        """Field whose copies hold the value of the cell they stand for: MOZAIC's ``lbc``."""
        return np.asarray(field.ravel()[originals(self.layout, point)])


@lru_cache(maxsize=4)
def originals(layout: OrcaLayout, point: Point = "T") -> IntArray:
    """
    Flat index of the cell of which each cell is a copy, by the rules of MOZAIC, shape (rows, columns).

    They are NEMO's, but that of the T cells on a T-pivot fold the first half is kept, and that some U, V and F
    points in the northern corners are copies of others: the seam is filled once, before the fold.

    Examples
    --------
    >>> originals(OrcaLayout(149, 182, "T"))[147, [1, 2, 90, 91, 92, 180]] - 147 * 182
    array([ 1,  2, 90, 91, 90,  2])
    """
    original = duplicates(layout, point)[0].astype(np.int64)
    if layout.nperio == 6.0 and point in ("U", "F"):
        original[-1, -1] = original[-2 if point == "U" else -3, 0]
    elif layout.nperio == 6.0 and point == "V":
        original[-2, [0, -1]] = (layout.rows - 1) * layout.columns - 2
    if point == "T" and layout.pivot == "T":
        original = _first_half_kept(layout, original)
    original.setflags(write=False)  # shared by all who ask
    return original


def _first_half_kept(layout: OrcaLayout, original: IntArray) -> IntArray:
    """The same about T points: of the row on which the grid is folded the second half is the copy."""
    row = layout.rows - 1 - layout.folded_row
    place = np.arange(original.size)
    on_row = place[row * layout.columns :][: layout.columns]
    inner = on_row[1:-1] if layout.overlap else on_row
    kept = original.ravel()[inner]
    renamed = place.copy()
    renamed[kept[kept != inner]] = inner[kept != inner]
    return np.asarray(renamed[original])


def mosaic_ocean(depth: FloatArray, grid: CurvilinearGrid, *, faithful: bool = True) -> MosaicOcean:
    """
    Prepare an ocean grid and its sea as DOMSK does.

    Parameters
    ----------
    depth : ndarray, shape (rows, columns)
        Depth of the sea [m]; 0, negative, missing or not a number on land.
    grid : CurvilinearGrid
        With all four kinds of points and their scale factors.
    faithful : bool
        Take cells shallower than DOMSK's first level, about 1 m, for land; NEMO does not.

    Raises
    ------
    InputError
        Where the grid lacks points, the depth has another shape, or there is no sea.

    References
    ----------
    Marti et al. (2010), doi:10.1007/s00382-009-0640-6.
    """
    if depth.shape != grid.layout.shape:
        raise InputError(
            f"The bathymetry has {depth.shape[0]} rows and {depth.shape[1]} columns and the ocean grid "
            f"{grid.layout.rows} and {grid.layout.columns}; make it again on this grid."
        )
    points: dict[Point, GridPoints] = {name: _points(grid, name) for name in POINTS}
    longitude, latitude = _unrolled(points, grid.layout), {name: points[name].latitude for name in POINTS}
    original = originals(grid.layout)
    corners = _corners(longitude, latitude, original)
    areas: dict[Point, FloatArray] = {name: _area(points[name]) for name in POINTS}
    seas = _seas(depth, grid.layout, least_depth() if faithful else 0.0)
    ocean = MosaicOcean(grid.layout, longitude, latitude, *corners, areas, seas, original)
    if not ocean.open.any():
        raise InputError(
            "The ocean grid has no wet cell, so nothing can be exchanged with the atmosphere; check the bathymetry."
        )
    return ocean


def _points(grid: CurvilinearGrid, name: Point) -> GridPoints:
    points: GridPoints | None = getattr(grid, name.lower())
    if points is None or points.e1 is None or points.e2 is None:
        raise InputError(
            f"The ocean grid has no {name} points with scale factors, which MOSAIC needs; give NEMO's coordinates.nc."
        )
    return points


def _area(points: GridPoints) -> FloatArray:
    assert points.e1 is not None  # noqa: S101 - _points looked
    assert points.e2 is not None  # noqa: S101
    return points.e1 * points.e2


def least_depth() -> float:
    """
    Depth above which a cell is sea [m]: DOMSK's first level.

    Examples
    --------
    >>> round(least_depth(), 4)
    1.0
    """
    return min(5.0, 0.1 * (255.5804907044 + 245.5813223249 * math.tanh((1.5 - 21.43336197938) / 3.0)))


def _seas(depth: FloatArray, layout: OrcaLayout, least: float) -> dict[Point, BoolArray]:
    """Sea at T points, and where all the T points around the others are sea."""
    valid = np.where(np.abs(depth) < _DEEPEST, depth, 0.0)
    seas: dict[Point, BoolArray] = {"T": (valid > least).ravel()[originals(layout)]}
    seas["U"] = (seas["T"] & np.roll(seas["T"], -1, axis=1)).ravel()[originals(layout, "U")]
    seas["V"] = (seas["T"] & np.roll(seas["T"], -1, axis=0)).ravel()[originals(layout, "V")]
    seas["F"] = (seas["U"] & np.roll(seas["U"], -1, axis=0)).ravel()[originals(layout, "F")]
    return seas


def nearest_turn(longitude: FloatArray, reference: FloatArray) -> FloatArray:
    """
    Longitudes moved by whole turns, two at most, to lie nearest to others.

    Examples
    --------
    >>> nearest_turn(np.array([-179.0, 10.0, 900.0]), np.array([179.0, 20.0, 0.0]))
    array([181., 10., 180.])
    """
    moved = np.array(longitude, dtype=np.float64)
    for _ in range(2):
        moved = np.where(moved - reference > 180.0, moved - 360.0, moved)
        moved = np.where(moved - reference < -180.0, moved + 360.0, moved)
    return np.asarray(moved)


def _unrolled(points: dict[Point, GridPoints], layout: OrcaLayout) -> dict[Point, FloatArray]:
    """Longitudes that run on along the rows."""
    t = np.array(points["T"].longitude, dtype=np.float64)
    for i in range(1, t.shape[1]):
        t[:, i] = nearest_turn(t[:, i], t[:, i - 1])
    t[:-1, 0] = nearest_turn(t[:-1, 0], t[:-1, 1])
    folded = t[layout.rows - 1 - layout.folded_row]
    for i in range(1, folded.size):
        if folded[i] < folded[i - 1]:
            folded[i] += 360.0
    others: tuple[Point, ...] = ("U", "V", "F")
    return {"T": t, **{name: nearest_turn(points[name].longitude, t) for name in others}}


def _corners(
    longitude: dict[Point, FloatArray], latitude: dict[Point, FloatArray], original: IntArray
) -> tuple[FloatArray, FloatArray]:
    """Corners of the T cells; those south of the first row stand on the pole."""
    both = []
    for field, southern in ((longitude["F"], longitude["F"][0]), (latitude["F"], np.full(original.shape[1], -90.0))):
        south = np.concatenate([southern[None], field[:-1]])
        corners = np.stack([field, np.roll(field, 1, axis=1), np.roll(south, 1, axis=1), south])
        both.append(corners.reshape(4, -1)[:, original])
    return nearest_turn(both[0], longitude["T"]), both[1]
