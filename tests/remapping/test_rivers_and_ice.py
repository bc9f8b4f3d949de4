"""Runoff and calving: no water is lost, whatever the world."""

from __future__ import annotations

import numpy as np
import pytest
from remapping_worlds import continents

from paleobc.constants import EARTH_RADIUS
from paleobc.errors import InputError
from paleobc.grids.fold import filled_halo
from paleobc.grids.sphere import unit_vectors
from paleobc.grids.tripolar import paleorca2_grid, tripolar_grid
from paleobc.remapping.atmosphere import LMD96X95, LMD144X142
from paleobc.remapping.calving import calving_sources, calving_weights, calving_zones
from paleobc.remapping.cells import cell_corners, open_cells
from paleobc.remapping.conservation import Side, certify, unserved_outlets
from paleobc.remapping.neighbours import atmosphere_neighbours, coast, ocean_neighbours
from paleobc.remapping.overlaps import overlaps_with_atmosphere
from paleobc.remapping.runoff import Redirect, river_cells, runoff_weights
from paleobc.remapping.weights import ocean_fraction

WORLDS = {
    "continents": continents,
    "ocean world": lambda grid: np.ones(grid.layout.shape, dtype=bool),
    "lake world": lambda grid: (np.abs(grid.t.longitude) < 6) & (np.abs(grid.t.latitude) < 5),
    "no southern ocean": lambda grid: continents(grid) & (grid.t.latitude > -50),
}
GRIDS = {"F": paleorca2_grid, "T": lambda: tripolar_grid(pivot="T"), "long": lambda: paleorca2_grid(extended=True)}


def setting(grid, wet, atmosphere=LMD96X95):
    cells = open_cells(grid, wet)
    receiving = np.zeros(wet.size, dtype=bool)
    receiving[cells] = True
    fraction = ocean_fraction(overlaps_with_atmosphere(cell_corners(grid), cells, atmosphere))
    wet = filled_halo(grid.layout, wet)
    wet[0] = False
    shore = coast(wet.ravel(), ocean_neighbours(grid.layout)) & receiving
    points = grid.t.longitude.ravel(), grid.t.latitude.ravel()
    return fraction, receiving, shore, points, (grid.t.e1 * grid.t.e2).ravel()


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("name", GRIDS)
def test_all_river_water_reaches_the_sea(name, world):
    grid = GRIDS[name]()
    fraction, receiving, shore, points, area = setting(grid, WORLDS[world](grid))
    sends = river_cells(fraction, atmosphere_neighbours(LMD96X95))
    links = runoff_weights(LMD96X95.centres(), sends, points, shore, area)
    content = sends.astype(float)
    proof = certify(
        links.weights,
        Side(*LMD96X95.centres(), content, sends, sends),
        Side(*points, area, shore, np.zeros_like(shore)),
    )
    assert proof.cell_error <= 1e-12
    assert max(proof.global_errors.values()) <= 1e-13
    assert proof.unlinked_sources.size == 0
    assert proof.masked_links == proof.repeated_links == proof.links_outside == 0
    longitude, latitude = LMD96X95.centres()
    assert unserved_outlets(links.weights, LMD96X95, longitude[sends], latitude[sends], np.ones(sends.sum())) == ()
    assert (links.radius[sends] >= 500e3).all()
    assert np.array_equal(links.widened, np.flatnonzero(links.radius > 500e3))
    if world == "lake world":
        assert links.widened.size > 5000
        assert set(links.weights.destination) <= set(np.flatnonzero(receiving))


def test_links_are_all_coast_within_the_radius_and_share_evenly():
    grid = paleorca2_grid()
    fraction, _, shore, points, area = setting(grid, continents(grid))
    sends = river_cells(fraction, atmosphere_neighbours(LMD96X95))
    links = runoff_weights(LMD96X95.centres(), sends, points, shore, area, radius=700e3)
    at_coast = unit_vectors(points[0][shore], points[1][shore])
    places = unit_vectors(*LMD96X95.centres())
    for cell in np.flatnonzero(sends)[::37]:
        distance = EARTH_RADIUS * np.arccos(np.clip(at_coast @ places[cell], -1, 1))
        expected = np.flatnonzero(shore)[distance <= links.radius[cell]]
        here = links.weights.source == cell
        assert np.array_equal(links.weights.destination[here], expected)
        assert np.ptp(links.weights.weight[here]) == 0
        assert (distance <= 700e3).any() == (links.radius[cell] == 700e3)
        if links.radius[cell] > 700e3:  # no wider than it must be
            assert distance.min() > links.radius[cell] - 0.2501 * 700e3


def test_without_inland_cells_only_the_band_is_linked_and_the_outlets_tell():
    grid = paleorca2_grid()
    fraction, _, shore, points, area = setting(grid, continents(grid))
    around = atmosphere_neighbours(LMD96X95)
    band, wide = (river_cells(fraction, around, width, inland=False) for width in (1, 3))
    assert (band & ~wide).sum() == 0
    assert wide.sum() > band.sum()
    links = runoff_weights(LMD96X95.centres(), band, points, shore, area)
    assert np.array_equal(links.weights.linked_sources(), band)
    inland = np.flatnonzero((fraction < 1) & ~band)[:2]
    longitude, latitude = (part[inland] for part in LMD96X95.centres())
    lost = unserved_outlets(links.weights, LMD96X95, longitude, latitude, np.array([1e9, 5e9]))
    assert [outlet.cell for outlet in lost] == inland[::-1].tolist()
    assert lost[0].discharge_area == 5e9


def test_a_rule_sends_the_water_of_a_box_elsewhere():
    grid = paleorca2_grid()
    fraction, _, shore, points, area = setting(grid, continents(grid))
    sends = river_cells(fraction, atmosphere_neighbours(LMD96X95))
    rule = Redirect(20, 40, 90, 120, -30.0, 10.0)
    links = runoff_weights(LMD96X95.centres(), sends, points, shore, area, redirects=[rule])
    assert links.redirected.size > 20
    ends = np.unique(links.weights.destination[np.isin(links.weights.source, links.redirected)])
    assert (np.hypot(points[0][ends] - 10, points[1][ends] + 30) < 15).all()
    assert links.weights.transposed_sums(area)[sends] == pytest.approx(np.ones(sends.sum()), abs=1e-12)


def test_a_world_rolled_in_longitude_gives_rolled_runoff():
    generator = np.random.default_rng(2)
    longitude, latitude = LMD96X95.centres()
    sends = generator.random(LMD96X95.size) < 0.3
    coast_places = generator.uniform(-180, 180, 400), generator.uniform(-70, 70, 400)
    every, area = np.ones(400, dtype=bool), generator.uniform(1e9, 4e9, 400)
    here = runoff_weights((longitude, latitude), sends, coast_places, every, area, radius=900e3)
    turned = runoff_weights(
        (longitude + 90, latitude), sends, (coast_places[0] + 90, coast_places[1]), every, area, radius=900e3
    )
    assert np.array_equal(here.weights.source, turned.weights.source)
    assert np.allclose(here.weights.weight, turned.weights.weight, rtol=1e-12)


def test_rivers_without_a_sea_are_refused():
    nowhere = np.zeros(3, dtype=bool)
    places = np.zeros(3), np.zeros(3)
    with pytest.raises(InputError, match="no wet cell"):
        runoff_weights(LMD96X95.centres(), np.ones(LMD96X95.size, dtype=bool), places, nowhere, np.ones(3))
    with pytest.raises(InputError, match="radius"):
        runoff_weights(places, ~nowhere, places, ~nowhere, np.ones(3), radius=0.0)
    with pytest.raises(InputError, match="no area"):
        runoff_weights(places, ~nowhere, places, ~nowhere, np.zeros(3))
    with pytest.raises(InputError, match="calves"):
        calving_weights(LMD96X95, np.zeros(3), nowhere, np.ones(3))


def test_a_world_without_land_has_no_runoff():
    places = np.zeros(3), np.zeros(3)
    links = runoff_weights(places, np.zeros(3, dtype=bool), places, np.zeros(3, dtype=bool), np.ones(3))
    assert links.weights.weight.size == 0
    assert not links.weights.apply(np.ones(3)).any()


@pytest.mark.parametrize("atmosphere", [LMD96X95, LMD144X142], ids=lambda grid: grid.name)
@pytest.mark.parametrize("world", WORLDS)
def test_all_ice_melts_in_the_sea(world, atmosphere):
    grid = paleorca2_grid()
    _, receiving, _, points, area = setting(grid, WORLDS[world](grid), atmosphere)
    links = calving_weights(atmosphere, points[1], receiving, area)
    sources = np.unique(links.weights.source)
    assert np.array_equal(sources, calving_sources(atmosphere))
    assert links.weights.transposed_sums(area)[sources] == pytest.approx(np.ones(3), abs=1e-12)
    assert receiving[links.weights.destination].all()
    zones = calving_zones(points[1][links.weights.destination])
    expected = {"lake world": ((1, 2), (3, 2)), "no southern ocean": ((3, 2),)}.get(world, ())
    assert links.moved == expected
    assert len(links.warnings) == len(expected)
    moved_to = dict(expected)
    for number, source in enumerate(calving_sources(atmosphere), start=1):
        assert set(zones[links.weights.source == source]) == {moved_to.get(number, number)}


def test_the_cells_of_the_zones_are_those_of_the_model():
    assert (calving_sources(LMD96X95) + 1).tolist() == [1, 4608, 9216]
    assert (calving_sources(LMD144X142) + 1).tolist() == [1, 10296, 20592]


def test_ice_between_two_oceans_takes_the_nearer():
    latitude = np.array([60.0, -52.0])
    links = calving_weights(LMD96X95, latitude, np.ones(2, dtype=bool), np.ones(2))
    assert links.moved == ((2, 3),)
