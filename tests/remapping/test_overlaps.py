"""Overlapping areas: laws, and areas found in other ways."""

from __future__ import annotations

import os

import numpy as np
import pytest
from remapping_worlds import continents, mesh, rotation, slow_common_area, slow_overlap

from paleobc.errors import InputError
from paleobc.grids.sphere import longitude_latitude, unit_vectors
from paleobc.grids.tripolar import paleorca2_grid, tripolar_grid
from paleobc.remapping.atmosphere import LMD96X95, LMD144X142, AtmosphereGrid
from paleobc.remapping.cells import cell_corners, open_cells
from paleobc.remapping.conservation import closure
from paleobc.remapping.overlaps import overlaps_of_curvilinear, overlaps_with_atmosphere
from paleobc.remapping.polygons import quadrangle_areas

ROTATIONS = int(os.environ.get("PALEOBC_ROTATIONS", "30"))

GRIDS = {
    "PALEORCA2": paleorca2_grid,
    "182 x 174": lambda: paleorca2_grid(extended=True),
    "T pivot": lambda: tripolar_grid(pivot="T"),
    "no halo": lambda: paleorca2_grid(halo=False),
}


@pytest.fixture(scope="module")
def whole_mesh():
    grid = paleorca2_grid()
    return cell_corners(grid), open_cells(grid, np.ones(grid.layout.shape, dtype=bool))


@pytest.mark.parametrize("name", GRIDS)
@pytest.mark.parametrize("atmosphere", [LMD96X95, LMD144X142], ids=lambda grid: grid.name)
def test_every_ocean_cell_is_cut_without_loss(name, atmosphere):
    grid = GRIDS[name]()
    overlaps = overlaps_with_atmosphere(cell_corners(grid), open_cells(grid, continents(grid)), atmosphere)
    cell, total = closure(overlaps)
    assert cell <= 1e-11
    assert total <= 1e-13
    assert (overlaps.destination_cover / overlaps.destination_area).max() <= 1 + 1e-11


def test_meshes_turned_at_random_are_cut_without_loss(whole_mesh):
    corners, cells = whole_mesh
    generator = np.random.default_rng(1)
    for case in range(ROTATIONS):
        atmosphere = (LMD96X95, LMD144X142)[case % 2]
        overlaps = overlaps_with_atmosphere(corners @ rotation(generator), cells, atmosphere, moments=case % 5 == 0)
        cell, total = closure(overlaps)
        assert cell <= 1e-11
        assert total <= 1e-13
        assert (overlaps.destination_cover / overlaps.destination_area).max() <= 1 + 1e-11


@pytest.mark.parametrize("turned", [False, True])
def test_two_meshes_of_the_sphere_cover_each_other(turned):
    first = mesh(np.linspace(0, 360, 91), np.linspace(-90, 90, 46))
    second = mesh(np.linspace(-7, 353, 73), np.linspace(-90, 90, 31))
    second = second @ rotation(np.random.default_rng(3)) if turned else second
    pairs = overlaps_of_curvilinear(first, np.arange(len(first)), second, np.arange(len(second)), moments=True)
    assert abs(pairs.area.sum() / (4 * np.pi) - 1) <= 1e-13
    if turned:  # rows of the two meshes are great circles between other longitudes where they are not turned
        assert np.abs(pairs.source_cover / pairs.source_area - 1).max() <= 1e-11
        assert np.abs(pairs.destination_cover / pairs.destination_area - 1).max() <= 1e-11
    assert np.abs(pairs.moment.sum(axis=0)).max() <= 1e-12


def test_the_cells_of_a_regular_mesh_cover_the_atmosphere_to_its_caps():
    corners = mesh(np.linspace(-181.875, 178.125, 97), LMD96X95.latitude_edges[::-1])
    overlaps = overlaps_with_atmosphere(corners, np.arange(len(corners)), LMD96X95, moments=True)
    assert np.abs(overlaps.destination_cover / overlaps.destination_area - 1).max() <= 1e-11
    assert np.abs(overlaps.source_cover / overlaps.source_area - 1).max() <= 1e-11
    assert abs(overlaps.area.sum() / (4 * np.pi) - 1) <= 1e-13


@pytest.mark.parametrize("columns", [96, 192, 97])
def test_a_mesh_whose_rows_are_those_of_the_atmosphere_is_cut_without_loss(columns):
    corners = mesh(np.linspace(-181.875, 178.125, columns + 1), LMD96X95.latitude_edges[::-1])
    overlaps = overlaps_with_atmosphere(corners, np.arange(len(corners)), LMD96X95)
    assert np.abs(overlaps.destination_cover / overlaps.destination_area - 1).max() <= 1e-11


def test_overlaps_equal_those_by_quadrature(whole_mesh):
    corners, cells = whole_mesh
    generator = np.random.default_rng(5)
    sines, edges = np.sin(np.radians(LMD96X95.latitude_edges)), np.radians(LMD96X95.longitude_edges)
    for case in range(12):
        turned = corners if case == 0 else corners @ rotation(generator)
        polar = np.argsort(-np.abs(turned[cells].sum(axis=1)[:, 2]))[:6]
        chosen = np.unique(np.concatenate([cells[polar], generator.choice(cells, 30)]))
        # A corner on the pole has no longitude: the quadrature cannot follow its sides.
        chosen = chosen[np.abs(turned[chosen, :, 2]).max(axis=1) < 1 - 1e-9]
        overlaps = overlaps_with_atmosphere(turned, chosen, LMD96X95)
        picked = generator.choice(overlaps.area.size, 60, replace=False)
        for k in picked:
            row, column = divmod(int(overlaps.destination[k]), 96)
            box = edges[column], edges[column + 1], sines[row + 1], sines[row]
            assert abs(overlaps.area[k] - slow_overlap(turned[overlaps.source[k]], box)) <= 2e-15


def test_no_overlap_is_missed_near_a_bulging_side():
    # Sides 30 degrees long rise three rows above their ends.
    corners = mesh(np.linspace(-180, 180, 13), np.array([50.0, 60.0, 69.9]))
    overlaps = overlaps_with_atmosphere(corners, np.arange(len(corners)), LMD144X142)
    assert np.abs(overlaps.source_cover / overlaps.source_area - 1).max() <= 1e-13
    sines, edges = np.sin(np.radians(LMD144X142.latitude_edges)), np.radians(LMD144X142.longitude_edges)
    expected = np.array(
        [
            slow_overlap(corners[0], (edges[i], edges[i + 1], sines[j + 1], sines[j]))
            for j in range(143)
            for i in range(144)
        ]
    )
    found = np.bincount(overlaps.destination, overlaps.area * (overlaps.source == 0), LMD144X142.size)
    assert np.abs(found - expected).max() <= 1e-15


def test_overlaps_of_two_meshes_equal_those_with_long_numbers(whole_mesh):
    corners, cells = whole_mesh
    other = corners @ rotation(np.random.default_rng(7))
    some = np.random.default_rng(8).choice(cells, 40, replace=False)
    pairs = overlaps_of_curvilinear(corners, some, other, cells)
    for k in range(pairs.area.size):
        expected = slow_common_area(corners[pairs.source[k]], other[pairs.destination[k]])
        assert abs(pairs.area[k] - expected) <= 1e-16
    nearest = np.einsum("ick,jck->ij", corners[some], other[cells])
    for i in range(some.size):  # candidates never miss
        for j in np.argsort(-nearest[i])[:40]:
            if slow_common_area(corners[some[i]], other[cells[j]]) > 1e-12:
                assert ((pairs.source == some[i]) & (pairs.destination == cells[j])).any()


def test_a_mesh_laid_on_itself_is_the_identity(whole_mesh):
    corners, cells = whole_mesh
    pairs = overlaps_of_curvilinear(corners, cells, corners, cells)
    assert np.array_equal(pairs.source, pairs.destination)
    assert np.array_equal(pairs.source, cells)
    assert np.allclose(pairs.area, pairs.source_area[cells], rtol=1e-12, atol=1e-18)


def test_moments_are_those_of_the_cell(whole_mesh):
    corners, cells = whole_mesh
    turned = corners @ rotation(np.random.default_rng(11))
    overlaps = overlaps_with_atmosphere(turned, cells, LMD96X95, moments=True)
    sums = np.stack([np.bincount(overlaps.source, part, len(corners)) for part in overlaps.moment.T], axis=1)[cells]
    places = sums / overlaps.source_area[cells][:, None]
    middle = turned[cells].mean(axis=1)
    assert np.abs(np.linalg.norm(places, axis=1) - 1).max() < 1e-3
    assert np.linalg.norm(places - middle / np.linalg.norm(middle, axis=1, keepdims=True), axis=1).max() < 0.01
    own = overlaps_of_curvilinear(turned, cells, turned, cells, moments=True)
    assert np.abs(own.moment - sums).max() <= 1e-15


def test_the_way_back_and_the_number_of_threads_change_nothing(whole_mesh):
    corners, cells = whole_mesh
    one, two = (overlaps_with_atmosphere(corners, cells, LMD96X95, moments=True, threads=n) for n in (1, 2))
    for name in ("source", "destination", "area", "moment", "source_area"):
        assert np.array_equal(getattr(one, name), getattr(two, name))
    back = one.reversed()
    assert np.array_equal(back.source, one.destination)
    assert np.array_equal(back.reversed().area, one.area)
    meshes = (overlaps_of_curvilinear(corners, cells[:9000], corners, cells, threads=n) for n in (1, 2))
    first, second = meshes
    assert np.array_equal(first.area, second.area)


def test_corners_that_coincide_and_cells_that_run_clockwise_are_understood():
    triangle = unit_vectors(np.array([10.0, 20.0, 20.0, 12.0]), np.array([0.0, 0.0, 0.0, 9.0]))
    backwards = triangle[::-1]
    point = np.repeat(triangle[:1], 4, axis=0)
    line = triangle[[0, 1, 1, 0]]
    corners = np.stack([triangle, backwards, point, line])
    overlaps = overlaps_with_atmosphere(corners, np.arange(4), LMD96X95)
    assert set(overlaps.source) == {0, 1}
    assert np.allclose(overlaps.source_cover, overlaps.source_area, rtol=0, atol=1e-16)
    assert overlaps.source_area[0] == pytest.approx(overlaps.source_area[1], rel=1e-13)
    assert quadrangle_areas(corners)[1] < 0
    pairs = overlaps_of_curvilinear(corners, np.arange(4), corners, np.arange(4))
    assert sorted(zip(pairs.source.tolist(), pairs.destination.tolist(), strict=True)) == [
        (0, 0),
        (0, 1),
        (1, 0),
        (1, 1),
    ]


def test_a_cell_that_is_not_convex_is_cut_without_loss():
    dart = unit_vectors(np.array([0.0, 30.0, 6.0, 3.0]), np.array([0.0, 2.0, 6.0, 30.0]))[None]
    overlaps = overlaps_with_atmosphere(dart, np.array([0]), LMD96X95)
    assert overlaps.area.sum() == pytest.approx(overlaps.source_area[0], rel=1e-13)
    cover = mesh(np.linspace(-10, 40, 26), np.linspace(-10, 40, 26))
    there = overlaps_of_curvilinear(dart, np.array([0]), cover, np.arange(len(cover)), moments=True)
    back = overlaps_of_curvilinear(cover, np.arange(len(cover)), dart, np.array([0]), moments=True)
    assert there.area.sum() == pytest.approx(there.source_area[0], rel=1e-13)
    assert back.area.sum() == pytest.approx(there.source_area[0], rel=1e-13)
    assert np.allclose(there.moment.sum(axis=0), back.moment.sum(axis=0), rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("latitude", [90.0, -90.0])
def test_a_cell_around_a_pole_meets_all_sectors(latitude):
    ring = unit_vectors(np.array([10.0, 100.0, 190.0, 280.0]), np.full(4, np.sign(latitude) * 87.0))[None]
    overlaps = overlaps_with_atmosphere(ring, np.array([0]), LMD96X95)
    pole_row = np.flatnonzero(LMD96X95.latitudes == latitude)[0]
    polar = overlaps.destination // 96 == pole_row
    assert polar.sum() == 96
    assert np.allclose(overlaps.area[polar], LMD96X95.areas(1.0)[pole_row * 96], rtol=1e-11)
    assert overlaps.area.sum() == pytest.approx(overlaps.source_area[0], rel=1e-13)


def test_the_areas_of_the_atmosphere_are_those_of_the_sphere():
    for grid in (LMD96X95, LMD144X142, AtmosphereGrid("even", 47, 60, 3.0)):
        areas, radius = grid.areas(), 6_371_229.0
        assert areas.sum() == pytest.approx(4 * np.pi * radius**2, rel=1e-12)
        north, south = (
            np.radians(90 - edges).astype(np.longdouble)
            for edges in (grid.latitude_edges[:-1], grid.latitude_edges[1:])
        )
        exact = (np.cos(north) - np.cos(south)) * 2 * np.pi / grid.columns * radius**2
        assert np.allclose(areas.reshape(grid.shape)[:, 0], exact.astype(float), rtol=1e-12, atol=0)
        assert np.allclose(areas, areas.reshape(grid.shape)[::-1].ravel(), rtol=1e-12)
        assert abs(grid.midlatitude_areas().sum() / areas.sum() - 1) < 2e-4


def test_the_centroids_of_the_atmosphere_are_those_of_its_overlaps(whole_mesh):
    corners = mesh(np.linspace(-181.875, 178.125, 193), LMD96X95.latitude_edges[::-1])
    back = overlaps_with_atmosphere(corners, np.arange(len(corners)), LMD96X95, moments=True)
    sums = np.stack([np.bincount(back.destination, part, LMD96X95.size) for part in back.moment.T], axis=1)
    expected = sums / np.linalg.norm(sums, axis=1, keepdims=True)
    assert np.abs(LMD96X95.centroids() - expected).max() <= 1e-11


def test_each_point_of_the_atmosphere_lies_in_its_own_cell():
    for grid in (LMD96X95, LMD144X142):
        assert np.array_equal(grid.cell_at(*grid.centres()), np.arange(grid.size))


@pytest.mark.parametrize("point", ["U", "V", "F"])
def test_cells_around_the_other_points_hold_their_points(point):
    for pivot in ("T", "F"):
        grid = tripolar_grid(pivot=pivot)
        corners = cell_corners(grid, point)
        points = getattr(grid, point.lower())
        centre = corners.mean(axis=1)
        away = unit_vectors(points.longitude, points.latitude).reshape(-1, 3) - centre
        size = np.linalg.norm(corners[:, 0] - corners[:, 2], axis=1)
        inner = (np.abs(points.latitude.ravel()) < 55) & (np.arange(centre.shape[0]) >= grid.layout.columns)
        assert (np.linalg.norm(away, axis=1)[inner] < 0.2 * size[inner]).all()
        cells = open_cells(grid, np.ones(grid.layout.shape, dtype=bool), point)
        assert closure(overlaps_with_atmosphere(corners, cells, LMD96X95))[1] <= 1e-13


def test_an_ocean_without_water_is_refused():
    grid = paleorca2_grid()
    with pytest.raises(InputError, match="no wet cell"):
        open_cells(grid, np.zeros(grid.layout.shape, dtype=bool))
    with pytest.raises(InputError, match="shape"):
        open_cells(grid, np.ones((3, 3), dtype=bool))
    with pytest.raises(InputError, match="No cell"):
        overlaps_with_atmosphere(cell_corners(grid), np.array([], dtype=int), LMD96X95)


def test_longitudes_of_the_corners_do_not_matter(whole_mesh):
    corners, cells = whole_mesh
    longitude, latitude = longitude_latitude(corners)
    shifted = unit_vectors(longitude + 360, latitude)
    here, there = (overlaps_with_atmosphere(mesh_, cells, LMD96X95) for mesh_ in (corners, shifted))
    assert np.abs(here.destination_cover - there.destination_cover).max() <= 1e-14
