"""Weights of first and second order: what they conserve and how good they are."""

from __future__ import annotations

import numpy as np
import pytest
from remapping_worlds import atmosphere_means, cell_means, continents, mesh, rotation, smooth

from paleobc.constants import EARTH_RADIUS
from paleobc.errors import InputError
from paleobc.grids.tripolar import paleorca2_grid, tripolar_grid
from paleobc.remapping.atmosphere import LMD96X95, LMD144X142, AtmosphereGrid
from paleobc.remapping.cells import cell_corners, open_cells, wet_faces
from paleobc.remapping.conservation import Side, certify
from paleobc.remapping.neighbours import atmosphere_neighbours, ocean_neighbours
from paleobc.remapping.overlaps import overlaps_of_curvilinear, overlaps_with_atmosphere
from paleobc.remapping.second_order import second_order_weights
from paleobc.remapping.weights import (
    destarea_weights,
    flux_weights,
    fracarea_weights,
    ocean_fraction,
    sorted_weights,
    with_uniform_poles,
    without_slivers,
)

GRIDS = {
    "PALEORCA2": paleorca2_grid,
    "182 x 174": lambda: paleorca2_grid(extended=True),
    "T pivot": lambda: tripolar_grid(pivot="T"),
}


@pytest.fixture(scope="module", params=GRIDS)
def world(request):
    grid = GRIDS[request.param]()
    cells = open_cells(grid, continents(grid))
    corners = cell_corners(grid)
    overlaps = without_slivers(overlaps_with_atmosphere(corners, cells, LMD96X95, moments=True))
    area = (grid.t.e1 * grid.t.e2).ravel()
    return grid, cells, corners, overlaps, area


def side(points, content, allowed, required=None):
    return Side(*points, content, allowed, allowed if required is None else required)


def ocean_points(grid):
    return grid.t.longitude.ravel(), grid.t.latitude.ravel()


def mask(cells, size):
    result = np.zeros(size, dtype=bool)
    result[cells] = True
    return result


def test_temperatures_are_means_of_the_wet_cells_beneath(world):
    grid, cells, _, overlaps, _ = world
    weights, fraction = fracarea_weights(overlaps), ocean_fraction(overlaps)
    ocean = side(ocean_points(grid), overlaps.source_cover, mask(cells, overlaps.source_area.size))
    proof = certify(weights, ocean, side(LMD96X95.centres(), overlaps.destination_cover, fraction > 0))
    assert np.abs(np.array(proof.row_sums) - 1).max() <= 1e-12
    assert not np.isin(weights.destination, np.flatnonzero(fraction == 0)).any()
    assert proof.cell_error <= 1e-11
    assert max(proof.global_errors.values()) <= 1e-13
    assert proof.masked_links == proof.repeated_links == proof.links_outside == 0
    assert proof.unlinked_sources.size == proof.unlinked_destinations.size == 0
    assert proof.source_extrema[0] <= proof.destination_extrema[0] <= proof.destination_extrema[1]
    assert proof.destination_extrema[1] <= proof.source_extrema[1]


def test_fluxes_arrive_whole_with_the_models_own_areas(world):
    grid, cells, _, overlaps, area = world
    fraction = ocean_fraction(overlaps)
    for areas in (LMD96X95.areas(), LMD96X95.midlatitude_areas()):
        sent = fraction * areas
        weights = flux_weights(overlaps.reversed(), sent, area)
        ocean = side(ocean_points(grid), area, mask(cells, area.size))
        proof = certify(weights, side(LMD96X95.centres(), sent, fraction > 0), ocean)
        assert proof.cell_error <= 1e-12
        assert max(proof.global_errors.values()) <= 1e-13
        assert proof.masked_links == proof.repeated_links == 0
        assert proof.unlinked_destinations.size == 0
    exact = flux_weights(overlaps.reversed(), fraction * LMD96X95.areas(), area).row_sums()[cells]
    far_from_poles = np.abs(grid.t.latitude.ravel()[cells]) < 55
    assert np.abs(exact[far_from_poles] - 1).max() <= 1e-2
    assert np.average(exact, weights=area[cells]) == pytest.approx(1, abs=1e-3)


def test_spread_over_the_polygons_constants_stay_constant(world):
    _, cells, _, overlaps, _ = world
    weights = destarea_weights(overlaps.reversed())
    assert np.abs(weights.row_sums()[cells] - 1).max() <= 1e-11


def test_the_ocean_of_the_atmosphere_is_that_of_the_ocean(world):
    _, cells, _, overlaps, area = world
    fraction = ocean_fraction(overlaps)
    assert fraction.min() == 0.0
    assert fraction.max() == 1.0
    polygons = overlaps.source_area[cells].sum()
    assert (fraction * LMD96X95.areas(1.0)).sum() == pytest.approx(polygons, rel=1e-9)
    assert polygons * EARTH_RADIUS**2 == pytest.approx(area[cells].sum(), rel=1e-3)


def test_a_polar_row_is_one_point_and_loses_nothing(world):
    _, cells, _, overlaps, _ = world
    uniform = with_uniform_poles(overlaps, LMD96X95)
    fraction = ocean_fraction(uniform).reshape(96, 96)
    assert np.ptp(fraction[0]) <= 1e-14
    assert np.ptp(fraction[-1]) <= 1e-14
    assert np.abs(uniform.source_cover / np.where(overlaps.source_area > 0, overlaps.source_area, 1))[cells] == (
        pytest.approx(np.ones(cells.size), abs=1e-11)
    )
    temperature = fracarea_weights(uniform).apply(smooth(*ocean_points(world[0])))
    assert np.ptp(temperature[:96]) <= 1e-13
    assert np.unique(uniform.destination * np.int64(overlaps.source_area.size) + uniform.source).size == (
        uniform.area.size
    )


@pytest.mark.parametrize("seed", range(4))
def test_the_second_order_conserves_exactly_under_any_mask(seed):
    generator = np.random.default_rng(seed)
    grid = (paleorca2_grid, lambda: tripolar_grid(pivot="T"))[seed % 2]()
    corners = cell_corners(grid) @ (np.eye(3) if seed < 2 else rotation(generator))
    wet = generator.random(grid.layout.shape) < (0.3, 0.9)[seed // 2]
    cells = open_cells(grid, wet)
    overlaps = overlaps_with_atmosphere(corners, cells, LMD144X142, moments=True)
    ways = ((overlaps, ocean_neighbours(grid.layout)), (overlaps.reversed(), atmosphere_neighbours(LMD144X142)))
    for there, neighbours in ways:
        weights = second_order_weights(there, neighbours)
        covered = there.destination_cover
        assert np.abs(weights.row_sums()[covered > 0] - 1).max() <= 1e-8  # slivers between the random cells
        assert np.abs(covered * (weights.row_sums() - 1)).max() <= 1e-16
        assert not weights.row_sums()[covered == 0].any()
        source_cover = there.source_cover
        arrived = weights.transposed_sums(covered)
        assert np.abs(arrived - source_cover).max() <= 1e-15
        assert abs(arrived.sum() / source_cover.sum() - 1) <= 1e-13
        field = generator.standard_normal(source_cover.size)
        error = covered @ weights.apply(field) - source_cover @ field
        assert abs(error) <= 1e-13 * (source_cover @ np.abs(field))
        assert set(np.unique(weights.source)) <= set(np.unique(there.source))


def test_the_second_order_is_of_second_order():
    errors = {"o1": [], "o2": [], "a1": [], "a2": []}
    for resolution, atmosphere in (
        (4.0, AtmosphereGrid("48", 48, 48)),
        (2.0, LMD96X95),
        (1.0, AtmosphereGrid("192", 192, 192)),
    ):
        grid = tripolar_grid(resolution=resolution)
        corners = cell_corners(grid)
        cells = open_cells(grid, np.ones(grid.layout.shape, dtype=bool))
        overlaps = overlaps_with_atmosphere(corners, cells, atmosphere, moments=True)
        ocean, air = cell_means(corners), atmosphere_means(atmosphere)
        back = overlaps.reversed()
        whole = overlaps.destination_cover / overlaps.destination_area > 1 - 1e-9
        neighbours = ocean_neighbours(grid.layout), atmosphere_neighbours(atmosphere)
        for name, weights, field, expected, share in (
            ("o1", fracarea_weights(overlaps), ocean, air, overlaps.destination_cover * whole),
            ("o2", second_order_weights(overlaps, neighbours[0]), ocean, air, overlaps.destination_cover * whole),
            ("a1", fracarea_weights(back), air, ocean, back.destination_cover),
            ("a2", second_order_weights(back, neighbours[1]), air, ocean, back.destination_cover),
        ):
            difference = weights.apply(field) - expected
            errors[name].append(float(np.sqrt(np.average(difference**2, weights=share))))
    orders = {name: np.log2(found[1] / found[2]) for name, found in errors.items()}
    assert orders["o2"] > 1.7
    assert orders["a2"] > 1.7
    assert orders["a1"] < 1.3
    assert errors["o2"][1] < 0.2 * errors["o1"][1]
    assert errors["a2"][1] < 0.1 * errors["a1"][1]


def test_a_linear_field_is_carried_to_the_second_order_of_the_cells():
    first = mesh(np.linspace(0, 40, 41), np.linspace(0, 40, 41))
    second = mesh(np.linspace(5, 35, 46), np.linspace(5, 35, 46))
    pairs = overlaps_of_curvilinear(first, np.arange(1600), second, np.arange(2025), moments=True)
    number = np.arange(1600).reshape(40, 40)
    framed = np.pad(number, 1, constant_values=-1)
    around = [
        framed[1 + j : 41 + j, 1 + i : 41 + i].ravel() for j in (-1, 0, 1) for i in (-1, 0, 1) if (i, j) != (0, 0)
    ]
    slope = np.array([0.3, -0.7, 0.5])
    mean = [c.mean(axis=1) @ slope for c in (first, second)]
    centres = first.mean(axis=1)
    centres /= np.linalg.norm(centres, axis=1, keepdims=True)
    one, two = fracarea_weights(pairs), second_order_weights(pairs, np.stack(around, axis=1), centres)
    inside = np.pad(np.ones((41, 41), dtype=bool), 2).ravel()
    errors = [np.abs(weights.apply(mean[0]) - mean[1])[inside].max() for weights in (one, two)]
    assert errors[1] < 0.02 * errors[0]
    assert np.abs(two.transposed_sums(pairs.destination_cover) - pairs.source_cover).max() <= 1e-16


def test_wind_stress_reaches_every_face_beside_water():
    grid = paleorca2_grid()
    for point in ("U", "V"):
        cells = open_cells(grid, wet_faces(grid, continents(grid), point), point)
        overlaps = overlaps_with_atmosphere(cell_corners(grid, point), cells, LMD96X95, moments=True).reversed()
        weights = second_order_weights(overlaps, atmosphere_neighbours(LMD96X95), LMD96X95.centroids())
        assert np.array_equal(np.flatnonzero(weights.linked_destinations()), cells)
        assert np.abs(weights.row_sums()[cells] - 1).max() <= 1e-12
        points = getattr(grid, point.lower())
        there = weights.apply(smooth(*LMD96X95.centres()))[cells]
        assert np.abs(there - smooth(points.longitude, points.latitude).ravel()[cells]).max() < 0.05


def test_links_of_the_same_cells_are_added_and_sorted():
    weights = sorted_weights(np.array([2, 0, 2, 1]), np.array([1, 1, 1, 0]), np.array([1.0, 2.0, 3.0, 4.0]), 3, 2)
    assert weights.source.tolist() == [1, 0, 2]
    assert weights.destination.tolist() == [0, 1, 1]
    assert weights.weight.tolist() == [4.0, 2.0, 4.0]
    levels = weights.apply(np.array([[1.0, 10.0, 100.0], [1.0, np.nan, 0.0]]))
    assert np.array_equal(levels, [[40.0, 402.0], [np.nan, 2.0]], equal_nan=True)


def test_a_wet_cell_without_area_is_refused(world):
    _, _, _, overlaps, area = world
    with pytest.raises(InputError, match="scale factors"):
        flux_weights(overlaps.reversed(), LMD96X95.areas(), np.zeros(area.size))


def test_the_second_order_asks_for_moments(world):
    grid, cells, corners, _, _ = world
    overlaps = overlaps_with_atmosphere(corners, cells, LMD96X95)
    with pytest.raises(InputError, match="moments"):
        second_order_weights(overlaps, ocean_neighbours(grid.layout))
