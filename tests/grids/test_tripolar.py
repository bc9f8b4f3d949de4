"""The generated ocean grids: the published one comes back, and any other keeps the laws of a good grid."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from paleobc.constants import EARTH_RADIUS
from paleobc.errors import InputError
from paleobc.formats.relief import read_relief
from paleobc.grids.fold import HALF_STEPS, counted_cells, duplicates
from paleobc.grids.grid_quality import anisotropy, deviation_from_right_angles
from paleobc.grids.sphere import polygon_areas, unit_vectors
from paleobc.grids.tripolar import paleorca2_grid, resolved_poles, tripolar_grid
from paleobc.grids.tripolar_poles import PALEORCA2_POLES, Poles, Sea, find_poles, opposite_poles

EARTH_KM = EARTH_RADIUS / 1000.0


def invented_sea(step=2.0, shift=0):
    """Sea around two continents in the north, on opposite meridians, and a southern one."""
    longitudes, latitudes = np.arange(step / 2, 360.0, step), np.arange(-90 + step / 2, 90.0, step)
    centres = unit_vectors(*np.meshgrid(longitudes, latitudes))
    hills = unit_vectors(np.array([100.0, 285.0]), np.array([58.0, 63.0]))
    land = (centres @ hills.T > np.cos(np.radians(16.0))).any(axis=-1) | (latitudes[:, None] < -76.0)
    return Sea(np.where(np.roll(land, shift, axis=1), 500.0, -4000.0), longitudes, latitudes)


@pytest.fixture(scope="module")
def sea():
    return invented_sea()


def check_goals(grid, sea):
    """Check right angles, shape of the cells and areas, over wet cells."""
    wet = counted_cells(grid.layout) & sea.covers(grid.t.longitude, grid.t.latitude)
    tropical = np.abs(grid.t.latitude) < 20.0
    assert deviation_from_right_angles(grid)[wet].max() < 0.2
    assert anisotropy(grid)[wet & ~tropical].max() <= 2.5
    assert anisotropy(grid)[wet & tropical].max() <= 4.0 + 1e-9
    counted = counted_cells(grid.layout)
    polygons = polygon_areas(unit_vectors(grid.corner_longitude, grid.corner_latitude))[counted].sum()
    analytic = (grid.t.e1 * grid.t.e2)[counted].sum() / EARTH_RADIUS**2
    southern_cap = 2.0 * np.pi * (1.0 + np.sin(np.radians(grid.corner_latitude[1, 0])))
    assert abs(polygons + southern_cap - 4.0 * np.pi) < 1e-5 * 4.0 * np.pi
    assert abs(analytic + southern_cap - 4.0 * np.pi) < 1e-5 * 4.0 * np.pi


def check_duplicates(grid):
    for point in HALF_STEPS:
        original, _ = duplicates(grid.layout, point)
        points = getattr(grid, point.lower())
        for field in (points.longitude, points.latitude, points.e1, points.e2):
            assert np.array_equal(field, field.flat[original])


@pytest.mark.parametrize("pivot", ["T", "F"])
@pytest.mark.parametrize("resolution", [2.0, 1.0])
def test_a_grid_for_a_relief_meets_every_goal(sea, resolution, pivot):
    grid = tripolar_grid(resolution=resolution, poles="auto", sea=sea, pivot=pivot)
    assert grid.layout.nperio == {"T": 4, "F": 6}[pivot]
    check_goals(grid, sea)
    check_duplicates(grid)
    for place in find_poles(sea).places:
        assert sea.distance_km(*map(np.array, place)) >= 250.0


@pytest.mark.parametrize("pivot", ["T", "F"])
def test_a_grid_without_halo_is_the_inside_of_the_one_with_it(pivot):
    whole, bare = (tripolar_grid(resolution=4.0, pivot=pivot, halo=halo) for halo in (True, False))
    assert bare.layout.shape == (whole.layout.rows - 1, whole.layout.columns - 2)
    for point in "tuvf":
        for field in ("longitude", "latitude", "e1", "e2"):
            inside = getattr(getattr(whole, point), field)[:-1, 1:-1]
            assert np.array_equal(getattr(getattr(bare, point), field), inside)


def test_the_default_grid_has_the_sizes_of_paleorca2():
    assert paleorca2_grid().layout.shape == (149, 182)
    extended = paleorca2_grid(extended=True)
    assert extended.layout.shape == (174, 182)
    assert np.allclose(extended.t.latitude[25:], paleorca2_grid().t.latitude, atol=1e-12)
    assert extended.t.latitude.min() > -86.0


def test_scale_factors_are_the_distances_between_points():
    grid = tripolar_grid(resolution=1.0, poles=Poles(30.0, (70.0, 67.0)))
    u, v = (unit_vectors(p.longitude, p.latitude) * EARTH_RADIUS for p in (grid.u, grid.v))
    width = np.linalg.norm(u[1:, 1:] - u[1:, :-1], axis=-1)
    height = np.linalg.norm(v[1:, 1:] - v[:-1, 1:], axis=-1)
    far = np.ones_like(width, bool)
    for pole in Poles(30.0, (70.0, 67.0)).places:
        place = unit_vectors(*map(np.array, pole)) * EARTH_KM
        far &= np.linalg.norm(u[1:, 1:] / 1000.0 - place, axis=-1) > 800.0
    assert np.abs(width / grid.t.e1[1:, 1:] - 1.0)[far].max() < 2e-3
    assert np.abs(height / grid.t.e2[1:, 1:] - 1.0)[far].max() < 2e-3


def test_turning_the_poles_turns_the_grid():
    first, second = (tripolar_grid(resolution=4.0, poles=Poles(axis, (65.0, 62.0))) for axis in (10.0, 50.0))
    assert np.array_equal(first.t.latitude, second.t.latitude)
    turn = (second.t.longitude - first.t.longitude) % 360.0
    assert np.abs(turn - 40.0).max() < 1e-9


def test_the_equator_is_a_row_of_t_points():
    grid = paleorca2_grid()
    assert (grid.t.latitude[75] == 0.0).all()
    assert np.isclose(grid.t.e1[75, 0] / grid.t.e2[75, 0], 4.0)


def test_found_poles_turn_with_the_relief():
    first, second = find_poles(invented_sea()), find_poles(invented_sea(shift=20))
    assert first.latitudes == second.latitudes
    assert (second.longitude - first.longitude) % 180.0 == 40.0


def test_a_relief_may_be_given_in_any_order():
    longitudes, latitudes = np.arange(1.0, 360.0, 2.0), np.arange(-89.0, 90.0, 2.0)
    height = np.random.default_rng(1).normal(size=(90, 180))
    first = Sea(height, longitudes, latitudes)
    second = Sea(np.roll(height[::-1], 90, axis=1), np.roll((longitudes + 180.0) % 360.0 - 180.0, 90), latitudes[::-1])
    places = np.random.default_rng(2).uniform([-400.0, -90.0], [400.0, 90.0], (500, 2)).T
    assert np.array_equal(first.covers(*places), second.covers(*places))
    assert np.allclose(first.distance_km(*places), second.distance_km(*places))


def test_the_distance_to_the_sea_is_measured_to_its_shore():
    longitudes, latitudes = np.arange(0.5, 360.0), np.arange(-89.5, 90.0)
    height = np.where(latitudes[:, None] < 30.0, -10.0, 10.0) + np.zeros(360)
    distance = Sea(height, longitudes, latitudes).distance_km(np.array([33.3]), np.array([60.0]))
    assert np.isclose(distance, np.radians(30.0) * EARTH_KM, rtol=1e-3)


def test_a_wet_pole_is_refused_with_its_place_and_the_way_out(sea):
    with pytest.raises(InputError, match=r"pole at 20°E, 80°N lies in the sea.*'auto'"):
        tripolar_grid(poles=Poles(20.0, (80.0, 80.0)), sea=sea)
    assert resolved_poles(opposite_poles((100.0, 58.0), (280.0, 62.0)), sea).longitude == 100.0


def test_a_world_without_land_in_the_north_has_no_poles():
    longitudes, latitudes = np.arange(2.5, 360.0, 5.0), np.arange(-87.5, 90.0, 5.0)
    with pytest.raises(InputError, match="No two opposite meridians"):
        find_poles(Sea(np.full((36, 72), -10.0), longitudes, latitudes))


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"resolution": 0.7}, "gives no grid"),
        ({"resolution": np.nan}, "gives no grid"),
        ({"join_latitude": 70.0}, "cannot join"),
        ({"equatorial_ratio": 0.0}, "height over width"),
        ({"southern_edge": -90.0}, "southern edge"),
        ({"poles": Poles(0.0, (46.0, 46.0)), "join_latitude": 35.0}, "too close"),
        ({"poles": "auto"}, "only for a topography"),
    ],
)
def test_parameters_without_a_grid_are_refused(options, reason):
    with pytest.raises(InputError, match=reason):
        tripolar_grid(**options)


def test_poles_that_are_not_opposite_are_refused():
    with pytest.raises(InputError, match="put the second at longitude -80"):
        opposite_poles((100.0, 60.0), (-70.0, 60.0))
    with pytest.raises(InputError, match="between 45 and 88"):
        Poles(0.0, (90.0, 60.0))


def test_the_published_grid_comes_back_within_half_a_kilometre(reference):
    with xr.open_dataset(reference / "inputs" / "paleorca2_40Ma_grid.nc") as given:
        longitude, latitude = given.bounds_lon.values[1, 1], given.bounds_lat.values[1, 1]
        area = given.area.values
    grid = paleorca2_grid()
    known = ~np.isnan(longitude)
    places = unit_vectors(grid.f.longitude, grid.f.latitude)[known]
    away = np.linalg.norm(places - unit_vectors(longitude, latitude)[known], axis=-1) * EARTH_KM
    assert away.max() < 0.5
    assert np.median(away) < 0.05
    assert np.abs(grid.t.e1 * grid.t.e2 / area - 1.0)[:140].max() < 1e-3


def sea_of(relief):
    return Sea(relief["height"].values, relief["lon"].values, relief["lat"].values)


def check_found_poles(sea, resolution):
    grid = tripolar_grid(resolution=resolution, poles="auto", sea=sea)
    check_goals(grid, sea)
    check_duplicates(grid)
    for place in find_poles(sea).places:
        assert sea.distance_km(*map(np.array, place)) >= 250.0


@pytest.mark.parametrize("resolution", [2.0, 1.0, 0.5])
def test_a_grid_for_60_million_years_ago_meets_every_goal(reference, resolution):
    relief = read_relief(reference / "inputs" / "topography_60Ma_1deg.nc").dataset
    check_found_poles(sea_of(relief), resolution)


@pytest.mark.parametrize("resolution", [2.0, 1.0, 0.5])
def test_a_grid_for_the_present_day_meets_every_goal(resolution):
    shipped = files("paleobc") / "data" / "modern_earth" / "topography.nc"
    check_found_poles(sea_of(read_relief(Path(str(shipped))).dataset), resolution)


def test_the_default_poles_stand_on_land_60_million_years_ago(reference):
    with xr.open_dataset(reference / "inputs" / "topography_60Ma_1deg.nc") as given:
        sea = Sea(given.topo.values, given.lon.values, given.lat.values)
    assert resolved_poles(PALEORCA2_POLES, sea) == PALEORCA2_POLES
    check_goals(paleorca2_grid(sea=sea), sea)
