"""The files for ORCHIDEE and LMDZ of 60 Ma are those of the existing tool, but where that is wrong."""

from __future__ import annotations

import numpy as np
import pytest
from netCDF4 import Dataset
from scipy.interpolate import RegularGridInterpolator
from scipy.ndimage import maximum_filter, minimum_filter

from paleobc.formats.orchidee import PFT_GRID
from paleobc.grids.interpolation import linear, nearest
from paleobc.grids.regular import RegularGrid
from paleobc.steps.relief import high_resolution_relief
from paleobc.steps.vegetation import pft, soils

GRID = RegularGrid(180, 360)


@pytest.fixture(scope="module")
def attributes(reference):
    """Attributes of a variable of a reference file."""

    def read(file, variable):
        with Dataset(reference / f"reference/original/{file}") as dataset:
            return {key: dataset[variable].getncattr(key) for key in dataset[variable].ncattrs()}

    return read


@pytest.fixture(scope="module")
def relief_file(conditioned):
    return high_resolution_relief(conditioned)


@pytest.fixture(scope="module")
def pft_file(conditioned):
    return pft(conditioned)


@pytest.mark.parametrize("variable", ["trip", "orog", "topo", "hdiff", "nav_lon", "nav_lat"])
def test_the_routing_file_agrees_to_the_bit_from_north_to_south(routing_file, field, variable):
    assert routing_file[variable].dims == ("y", "x")
    np.testing.assert_array_equal(routing_file[variable], field("routing.nc", variable))


@pytest.mark.parametrize("variable", ["topoind", "riverl", "disto"])
def test_lengths_of_the_routing_file_agree_on_land(routing_file, field, variable):
    """Its length to the next cell is -1000 m in the sea; ours is missing there."""
    land = np.isfinite(field("routing.nc", "trip"))
    found, expected = routing_file[variable].values, field("routing.nc", variable)
    np.testing.assert_allclose(found[land], expected[land], rtol=1e-12)
    assert np.isnan(found[~land]).all()


def test_basins_of_the_routing_file_are_the_same_parts(routing_file, field):
    found, expected = routing_file.basins.values, field("routing.nc", "basins")
    land = np.isfinite(expected)
    np.testing.assert_array_equal(np.isfinite(found), land)
    assert np.unique(np.stack([found[land], expected[land]]), axis=1).shape[1] == 3468


@pytest.mark.parametrize("variable", ["trip", "basins", "topoind", "hdiff", "riverl", "orog", "disto"])
def test_variables_of_the_routing_file_say_the_same_of_themselves(routing_file, attributes, variable):
    found, expected = routing_file[variable].attrs, attributes("routing.nc", variable)
    for key in ("axis", "units", "long_name"):
        assert found[key] == expected[key]
    assert np.isnan(found["_FillValue"])


@pytest.mark.parametrize("variable", ["nav_lon", "nav_lat"])
def test_positions_say_the_same_of_themselves(routing_file, conditioned, attributes, variable):
    expected = {k: v for k, v in attributes("routing.nc", variable).items() if k != "_FillValue"}
    assert routing_file[variable].attrs == expected
    assert soils(conditioned)[variable].attrs == expected


@pytest.mark.parametrize("variable", ["soilcolor", "soiltext", "nav_lon", "nav_lat"])
def test_soils_agree_to_the_bit(conditioned, field, variable):
    found = soils(conditioned)[variable]
    assert found.dims == ("y", "x")
    np.testing.assert_array_equal(found, field("soils.nc", variable))


@pytest.mark.parametrize("variable", ["soilcolor", "soiltext"])
def test_soils_say_the_same_of_themselves(conditioned, attributes, variable):
    found, expected = soils(conditioned)[variable].attrs, attributes("soils.nc", variable)
    for key in ("axis", "units", "long_name", "associate"):
        assert found[key] == expected[key]


def test_the_old_high_resolution_relief_is_our_conditioned_relief_at_its_own_positions(conditioned, field):
    """Its latitudes are rounded to about 3e-4 degrees, its outermost three rows and columns are zeros."""
    latitudes, longitudes = field("topo_high_res.nc", "latitude"), field("topo_high_res.nc", "longitude")
    height = RegularGridInterpolator((GRID.latitudes, GRID.longitudes), conditioned.height.values)
    inner = np.s_[3:-3]
    places = np.stack(np.meshgrid(latitudes[inner], longitudes[inner], indexing="ij"), axis=-1)
    expected = np.maximum(height(places), 0.0)
    np.testing.assert_allclose(field("topo_high_res.nc", "RELIEF")[inner, inner], expected, rtol=0, atol=1e-9)


def test_our_high_resolution_relief_is_the_conditioned_relief_at_exact_positions(relief_file, conditioned):
    rows = np.r_[-91.0, GRID.latitudes, 91.0]  # held at the poles
    columns = np.r_[GRID.longitudes[-1] - 360, GRID.longitudes, GRID.longitudes[0] + 360]
    held = np.pad(conditioned.height.values, ((1, 1), (0, 0)), mode="edge")
    height = RegularGridInterpolator((rows, columns), np.pad(held, ((0, 0), (1, 1)), mode="wrap"))
    fine = RegularGrid(1080, 2160)
    places = np.stack(np.meshgrid(fine.latitudes[::-1], fine.longitudes, indexing="ij"), axis=-1)
    np.testing.assert_array_equal(relief_file.latitude, fine.latitudes[::-1])
    np.testing.assert_array_equal(relief_file.longitude, fine.longitudes)
    np.testing.assert_allclose(relief_file.RELIEF, np.maximum(height(places), 0.0), rtol=0, atol=1e-9)


def test_our_high_resolution_relief_differs_by_what_the_rounded_latitudes_explain(relief_file, conditioned, field):
    shift = np.abs(field("topo_high_res.nc", "latitude") - relief_file.latitude.values)
    assert shift.max() < 3e-4
    meridians = linear(conditioned.height.values, GRID, RegularGrid(180, 2160))
    slope = np.abs(np.diff(meridians, axis=0))  # [m per degree] between two rows of centres
    steepest = maximum_filter(slope, (3, 1))[np.clip((relief_file.latitude.values + 89.5).astype(int), 0, 178)]
    difference = np.abs(relief_file.RELIEF.values - field("topo_high_res.nc", "RELIEF"))
    inner = np.s_[3:-3, 3:-3]
    of_longitude = 1e-7  # its longitudes are off by up to 2e-11 degrees
    assert (difference <= shift[:, None] * steepest + of_longitude)[inner].all()


def test_no_zeros_are_left_at_the_date_line_and_the_poles(relief_file, conditioned, field):
    old, ours = field("topo_high_res.nc", "RELIEF"), relief_file.RELIEF.values
    land = nearest(conditioned.height.values > 0, GRID, RegularGrid(1080, 2160))[::-1]
    frame = np.ones_like(land)
    frame[3:-3, 3:-3] = False
    assert land[frame].any()
    assert not old[frame].any()
    inland = minimum_filter(land, 13, mode=("nearest", "wrap"))
    assert (ours[frame & inland] > 0).all()


def test_the_relief_file_is_described(relief_file, attributes):
    for name in ("latitude", "longitude"):
        for key in ("standard_name", "long_name", "axis"):
            assert relief_file[name].attrs[key] == attributes("topo_high_res.nc", name)[key]
    assert relief_file.RELIEF.dims == ("latitude", "longitude")
    assert relief_file.RELIEF.attrs["long_name"] == attributes("topo_high_res.nc", "RELIEF")["long_name"]


def test_plant_functional_types_agree_away_from_the_coast(pft_file, conditioned, field):
    """The old mask is shifted by a quarter of a degree, and its last row and column are wrong."""
    old = field("pft.nc", "maxvegetfrac")
    land = conditioned.height.values > 0
    inland = minimum_filter(land, 3, mode=("nearest", "wrap"))
    offshore = ~maximum_filter(land, 3, mode=("nearest", "wrap"))
    compared = nearest(inland | offshore, GRID, PFT_GRID)[::-1].copy()
    compared[-1] = compared[:, -1] = False
    assert compared.mean() > 0.85
    np.testing.assert_array_equal(pft_file.maxvegetfrac.values[..., compared], old[..., compared])


def test_the_vegetation_grows_on_the_land_of_the_routing_file(pft_file, routing_file):
    land = np.isfinite(routing_file.trip.values).repeat(2, axis=0).repeat(2, axis=1)
    np.testing.assert_array_equal(np.isfinite(pft_file.maxvegetfrac.values), np.broadcast_to(land, (1, 13, 360, 720)))


@pytest.mark.parametrize("variable", ["lat", "lon", "time_counter", "veget"])
def test_axes_of_the_vegetation_file_agree(pft_file, field, attributes, variable):
    np.testing.assert_array_equal(pft_file[variable], field("pft.nc", variable))
    expected = {k: v for k, v in attributes("pft.nc", variable).items() if k != "_FillValue"}
    assert pft_file[variable].attrs == expected


def test_the_bounds_that_the_vegetation_file_names_are_there(pft_file):
    for axis, step in (("lat", -0.5), ("lon", 0.5)):
        bounds = pft_file[pft_file[axis].attrs["bounds"]].values
        np.testing.assert_array_equal(bounds.mean(axis=1), pft_file[axis])
        np.testing.assert_array_equal(np.diff(bounds, axis=1), step)
