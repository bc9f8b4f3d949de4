"""Grids are known by their places alone, whatever the file says or how it was cut."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from paleobc.errors import InputError
from paleobc.grids.curvilinear import GridPoints, describe_grid
from paleobc.grids.fold_detection import detect_layout
from paleobc.grids.sphere import polygon_areas, unit_vectors
from paleobc.grids.tripolar import tripolar_grid


def made(pivot="F", halo=True):
    return tripolar_grid(resolution=4.0, pivot=pivot, halo=halo)


@pytest.fixture(scope="module")
def grid():
    return made()


EVERY = pytest.mark.parametrize(("pivot", "halo"), [("F", True), ("F", False), ("T", True), ("T", False)])


@EVERY
def test_pivot_and_halo_are_found_from_the_places(pivot, halo):
    grid = made(pivot, halo)
    found = detect_layout(grid.t.longitude, grid.t.latitude)
    assert found == grid.layout
    assert found.nperio == {"T": 4, "F": 6}[pivot] + (0 if halo else 0.2)


@EVERY
@pytest.mark.parametrize("west", [-180.0, 0.0, 73.0, 360.0])
def test_the_convention_of_longitudes_does_not_matter(pivot, halo, west):
    grid = made(pivot, halo)
    assert detect_layout((grid.t.longitude - west) % 360.0 + west, grid.t.latitude) == grid.layout


@EVERY
def test_single_precision_is_enough(pivot, halo):
    grid = made(pivot, halo)
    longitude, latitude = (a.astype(np.float32).astype(float) for a in (grid.t.longitude, grid.t.latitude))
    assert detect_layout(longitude, latitude) == grid.layout


@EVERY
def test_corners_follow_from_f_points(pivot, halo):
    grid = made(pivot, halo)
    described = describe_grid(grid.t, f=grid.f)
    found = unit_vectors(described.corner_longitude, described.corner_latitude)
    known = unit_vectors(grid.corner_longitude, grid.corner_latitude)
    away = np.linalg.norm(found - known, axis=-1)
    assert away[1:].max() < 1e-12
    assert away[0].max() < 0.1 * np.linalg.norm(known[0] - known[1], axis=-1).max()


@EVERY
def test_cells_with_corners_from_centres_cover_the_globe_once(pivot, halo):
    grid = made(pivot, halo)
    described = describe_grid(grid.t)
    areas = polygon_areas(unit_vectors(described.corner_longitude, described.corner_latitude))
    known = polygon_areas(unit_vectors(grid.corner_longitude, grid.corner_latitude))
    assert abs(areas[1:-2].sum() / known[1:-2].sum() - 1.0) < 1e-3
    assert np.median(np.abs(areas - known)[known > 0.0] / known[known > 0.0]) < 0.01


@pytest.mark.parametrize("shift", [1, 7, 44])
@pytest.mark.parametrize("pivot", ["T", "F"])
def test_a_grid_cut_at_another_seam_keeps_its_pivot(pivot, shift):
    grid = made(pivot, halo=False)
    rolled = detect_layout(np.roll(grid.t.longitude, shift, 1), np.roll(grid.t.latitude, shift, 1))
    assert rolled == replace(grid.layout, axis=grid.layout.axis + 2 * shift)


def test_overlap_and_folded_row_may_be_cut_alone(grid):
    places = grid.t.longitude, grid.t.latitude
    bare = detect_layout(*(a[:-1] for a in places))
    assert (bare.pivot, bare.overlap, bare.folded_row) == ("F", True, False)
    narrow = detect_layout(*(a[:, 1:-1] for a in places))
    assert (narrow.pivot, narrow.overlap, narrow.folded_row) == ("F", False, True)


@pytest.mark.parametrize(
    ("spoilt", "reason"),
    [
        (lambda a: a.T, "transposed"),
        (lambda a: a[::-1], "upside down"),
        (lambda a: a[:-3], "folds neither about T points"),
        (lambda a: a[:, :40], "does not close around the globe"),
        (lambda a: a[:, :-1], "does not close around the globe"),
        (lambda a: np.where(np.arange(a.size).reshape(a.shape) == 190, np.nan, a), "no place for 1 of its"),
        (lambda a: np.where(np.arange(a.size).reshape(a.shape) == 190, -1e34, a), "no place for 1 of its"),
        (lambda a: a[:, 5], "regular grid"),
        (lambda a: a[:, :1], "regular grid|does not close"),
        (lambda a: a[:3, :5], "does not close|regular"),
        (lambda a: a[:0], "no points at all"),
    ],
)
def test_a_spoilt_grid_is_refused_with_its_reason(grid, spoilt, reason):
    with pytest.raises(InputError, match=reason):
        detect_layout(spoilt(grid.t.longitude), spoilt(grid.t.latitude))


def test_a_regular_grid_is_refused_also_with_two_dimensions():
    for pole in (88.0, 90.0):
        longitude, latitude = np.meshgrid(np.arange(0.0, 360.0, 4.0), np.linspace(-88.0, pole, 45))
        for places in ((longitude, latitude), (longitude.T, latitude.T), (longitude - 720.0, latitude)):
            with pytest.raises(InputError, match="regular grid"):
                detect_layout(*places)


def test_coordinates_of_different_shapes_are_refused(grid):
    with pytest.raises(InputError, match="must have one value for each row and column"):
        detect_layout(grid.t.longitude, grid.t.latitude[1:])
    with pytest.raises(InputError, match="all points of the same grid"):
        describe_grid(grid.t, f=GridPoints(grid.f.longitude[1:], grid.f.latitude[1:]))


def test_missing_corners_that_no_neighbour_has_are_refused(grid):
    longitude = grid.f.longitude.copy()
    longitude[20, 20] = np.nan
    with pytest.raises(InputError, match="Corners of the ocean grid's cells are missing"):
        describe_grid(grid.t, f=replace(grid.f, longitude=longitude))
