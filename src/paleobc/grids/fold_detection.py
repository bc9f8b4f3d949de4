"""Size, overlap, pivot and halo of an ORCA-like grid, found from the places of its T points alone."""

from __future__ import annotations

from typing import Final

import numpy as np

from paleobc.conventions import FloatArray
from paleobc.errors import InputError
from paleobc.grids.fold import OrcaLayout, Pivot
from paleobc.grids.sphere import unit_vectors

#: Points closer than this are one place [radians; 32 m]: coordinates in single precision are good to 2 m.
SAME_PLACE: Final = 5e-6

#: Columns whose copy is looked for; the others only have to agree with what these say.
PROBES: Final = 8

MISSING: Final = 1e6  # NEMO's and Ferret's missing values are far beyond any angle


def detect_layout(longitude: FloatArray, latitude: FloatArray) -> OrcaLayout:
    """
    Layout of the ocean grid whose T points stand at these places.

    Parameters
    ----------
    longitude, latitude : ndarray, shape (rows, columns)
        Places of the T points [degrees], in any convention of longitudes, rows from south to north.

    Raises
    ------
    InputError
        Where the places are those of no ORCA-like grid; it says why.

    References
    ----------
    NEMO reference manual, chapter on lateral boundary conditions, doi:10.5281/zenodo.1464816.
    """
    check_places(longitude, latitude)
    places = unit_vectors(longitude, latitude)
    layout = _layout_of(places)
    if layout is not None:
        return layout
    if _layout_of(places.swapaxes(0, 1)) is not None:
        raise InputError(
            "The ocean grid is transposed: its rows and columns are swapped; write it with y before x, for "
            'example with "ncpdq -a y,x in.nc out.nc".'
        )
    if _layout_of(places[::-1]) is not None:
        raise InputError(
            "The ocean grid is upside down: its rows run from north to south; turn them, for example with "
            '"ncpdq -a -y in.nc out.nc".'
        )
    raise _no_fold(places)


def check_places(longitude: FloatArray, latitude: FloatArray) -> None:
    """
    Refuse coordinates that are not those of a curvilinear grid of the globe.

    Raises
    ------
    InputError
        Where they differ in shape, have no number somewhere, or are those of a regular grid.
    """
    if not longitude.size or not latitude.size:
        raise InputError("The ocean grid has no points at all; give a file with the coordinates of its cells.")
    if longitude.shape == latitude.shape and longitude.ndim == 2:
        bad = ~(np.abs(longitude) < MISSING) | ~(np.abs(latitude) <= 90.0 + 1e-6)
        if bad.any():
            row, column = np.argwhere(bad)[0]
            raise InputError(
                f"The ocean grid has no place for {int(bad.sum())} of its {bad.size} points, first in row "
                f"{row}, column {column}; give a grid with coordinates everywhere, also on land."
            )
        east, north = np.exp(1j * np.radians(longitude)), latitude
        if not (_is_regular(east, north) or _is_regular(east.T, north.T)):
            return
    elif longitude.ndim != 1 or latitude.ndim != 1:
        raise InputError(
            f"The longitudes of the ocean grid have the shape {longitude.shape} and its latitudes "
            f"{latitude.shape}; both must have one value for each row and column."
        )
    raise InputError(
        "This is a regular grid of longitudes and latitudes, and not the grid of an ocean model with two "
        "northern poles; give NEMO's coordinates.nc, or let a grid be made for this topography."
    )


def _is_regular(east: FloatArray, north: FloatArray) -> bool:
    """Tell whether each column has one longitude and each row one latitude."""
    one_longitude = np.abs(east - east[:1]).max() < SAME_PLACE
    return bool(one_longitude and np.abs(north - north[:, :1]).max() < np.degrees(SAME_PLACE))


def _layout_of(places: FloatArray) -> OrcaLayout | None:
    """Layout that these T points (unit vectors) fit; None where they fit none."""
    if min(places.shape[:2]) < 6:
        return None
    overlap = _same(places[:, :2], places[:, -2:])
    ring = places[:, 1:-1] if overlap else places
    if ring.shape[1] % 2 or not _closes(ring):
        return None
    found = _find_fold(ring)
    if found is None:
        return None
    pivot, folded_row, mirror = found
    rows, columns = places.shape[:2]
    axis = (mirror + 2 * overlap) % ring.shape[1]
    return OrcaLayout(rows, columns, pivot, overlap=bool(overlap), folded_row=folded_row, axis=axis)


def _same(first: FloatArray, second: FloatArray) -> bool:
    return bool(np.linalg.norm(first - second, axis=-1).max() < SAME_PLACE)


def _closes(ring: FloatArray) -> bool:
    """Tell whether the last column is the western neighbour of the first."""
    south = ring[: max(2, ring.shape[0] // 2)]
    steps = np.linalg.norm(np.diff(south, axis=1), axis=-1)
    closing = np.linalg.norm(south[:, 0] - south[:, -1], axis=-1)
    return bool(SAME_PLACE < np.median(closing) < 2.0 * np.median(steps))


def _find_fold(ring: FloatArray) -> tuple[Pivot, bool, int] | None:
    """Pivot, whether the last row is folded, and sum of the columns that face each other."""
    if np.linalg.norm(ring[-1] - ring[-1, :1], axis=-1).max() < 100 * SAME_PLACE:
        return None  # the whole row is one pole
    mirror = _mirror(ring[-1], ring[-2], parity=1)
    if mirror is not None:
        return "F", True, mirror
    mirror = _mirror(ring[-1], ring[-3], parity=0)
    if mirror is not None and _same(ring[-2], _mirrored(ring[-2], mirror)):
        return "T", True, mirror
    mirror = _mirror(ring[-1], ring[-1], parity=0)
    if mirror is not None:
        return "T", False, mirror
    mirror = _facing(ring)
    return None if mirror is None else ("F", False, mirror)


def _mirrored(row: FloatArray, mirror: int) -> FloatArray:
    return np.asarray(row[(mirror - np.arange(row.shape[0])) % row.shape[0]])


def _mirror(last: FloatArray, before: FloatArray, parity: int) -> int | None:
    """Sum of the columns of two rows that hold the same places in opposite order."""
    columns = int(last.shape[0])
    for probe in range(0, columns, max(1, columns // PROBES)):
        away = np.linalg.norm(before - last[probe], axis=-1)
        for partner in np.flatnonzero(away < SAME_PLACE):
            mirror = int(probe + partner) % columns
            if mirror % 2 == parity and _same(last, _mirrored(before, mirror)):
                return mirror
    return None


def _facing(ring: FloatArray) -> int | None:
    """
    Sum of the columns that face each other across a fold between rows, where the last row is not doubled.

    The row beyond the last one, continued in a straight line, has to be the last one in opposite order.
    """
    last, step = ring[-1], np.linalg.norm(ring[-1] - ring[-2], axis=-1)
    beyond = 2.0 * last - ring[-2]
    columns = last.shape[0]
    sums = list(range(1, columns, 2))
    misses = [np.linalg.norm(_mirrored(last, mirror) - beyond, axis=-1).sum() for mirror in sums]
    mirror: int = sums[int(np.argmin(misses))]
    miss = np.linalg.norm(_mirrored(last, mirror) - beyond, axis=-1)
    fits = float((miss < 0.5 * step + SAME_PLACE).mean())
    return mirror if fits > 0.9 else None


def _no_fold(places: FloatArray) -> InputError:
    """Say what keeps a grid from being one of the ORCA family."""
    rows, columns = places.shape[:2]
    overlap = columns > 2 and _same(places[:, :2], places[:, -2:])
    if columns < 3 or not (overlap or _closes(places)):
        return InputError(
            f"The ocean grid of {rows} rows and {columns} columns does not close around the globe: its last "
            "column is neither a copy nor a neighbour of its first; give a global grid."
        )
    return InputError(
        f"The northern row of the ocean grid of {rows} rows and {columns} columns folds neither about T "
        "points (nperio 4) nor about F points (nperio 6); give the coordinates of a whole ORCA-like grid."
    )
