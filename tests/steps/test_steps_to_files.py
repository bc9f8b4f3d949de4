"""Steps from a relief to the files of the model: each with its options, and what it refuses."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings

from paleobc.conventions import HEIGHT
from paleobc.errors import InputError, StepError
from paleobc.formats.netcdf import read_netcdf, write_netcdf
from paleobc.grids.regular import RegularGrid
from paleobc.steps.relief import condition, high_resolution_relief, regrid, relief_dataset
from paleobc.steps.rivers import routing
from paleobc.steps.vegetation import pft, soils
from strategies import drawn_reliefs, grid_of, reliefs


def relief_of(height: np.ndarray) -> xr.Dataset:
    """Heights as a relief of ours."""
    return relief_dataset({HEIGHT: (height, "height")}, grid_of(height))


@pytest.fixture(scope="module")
def conditioned():
    random = np.random.default_rng(3)
    height = np.rint(random.normal(-300, 900, (18, 36)))
    return condition(relief_of(height))


@given(reliefs)
def test_all_files_of_a_world_agree_where_land_is(relief):
    conditioned = condition(relief_of(relief))
    land = (conditioned.height.values > 0)[::-1]
    file = routing(conditioned)
    for name in ("trip", "basins", "topoind", "riverl", "orog", "disto"):
        np.testing.assert_array_equal(np.isfinite(file[name]), land)
    np.testing.assert_array_equal(soils(conditioned).soilcolor > 0, land)
    np.testing.assert_array_equal(file.hdiff > 0, land)
    np.testing.assert_array_equal(file.topo, conditioned.height[::-1])
    np.testing.assert_array_equal(file.orog.values[land], file.topo.values[land])


@settings(max_examples=20)
@given(drawn_reliefs)
def test_the_routing_file_comes_back_from_the_disk_as_it_was(tmp_path_factory, relief):
    path = tmp_path_factory.mktemp("routing") / "routing.nc"
    file = routing(condition(relief_of(relief)))
    write_netcdf(file, path, file_format="NETCDF3_64BIT")
    xr.testing.assert_equal(read_netcdf(path), file)


def test_a_relief_without_a_wanted_resolution_stays_on_its_own_grid():
    relief = relief_of(np.arange(32.0).reshape(4, 8) - 10)
    found = regrid(relief)
    xr.testing.assert_equal(found, relief)
    assert found.land_fraction_before == found.land_fraction_after
    assert found.mean_height_before == found.mean_height_after


@pytest.mark.parametrize("method", ["nearest", "linear", "conservative"])
def test_a_relief_on_its_own_resolution_stays_as_it_is(method):
    relief = relief_of(np.arange(32.0).reshape(4, 8) - 10)
    xr.testing.assert_equal(regrid(relief, resolution=45, method=method), relief)


def test_conservative_coarsening_keeps_the_mean_height():
    relief = relief_of(np.random.default_rng(1).normal(0, 900, (36, 72)))
    found = regrid(relief, resolution=15, method="conservative")
    assert found.height.shape == (12, 24)
    assert found.mean_height_after == pytest.approx(found.mean_height_before, rel=1e-12)


def test_a_resolution_that_does_not_divide_the_globe_is_refused():
    with pytest.raises(InputError, match=r"A resolution of 0\.7 degrees does not divide the globe"):
        regrid(relief_of(np.zeros((4, 8))), resolution=0.7)


def test_the_high_resolution_relief_has_no_height_below_0(conditioned):
    file = high_resolution_relief(conditioned)
    assert file.RELIEF.shape == (1080, 2160)
    assert file.RELIEF.values.min() == 0.0
    assert file.latitude.values[0] > file.latitude.values[-1]
    north = RegularGrid(1080, 2160).latitudes[::-1] > 85
    polar_row = np.maximum(conditioned.height.values[-1], 0)
    assert file.RELIEF.values[north].max() <= polar_row.max()


def test_the_high_resolution_relief_has_no_steps_not_even_at_the_date_line(conditioned):
    cells = 60  # of the fine grid to one of 10 degrees
    height, fine = conditioned.height.values, high_resolution_relief(conditioned).RELIEF.values
    steepest = np.abs(height - np.roll(height, 1, axis=1)).max()
    assert np.abs(fine - np.roll(fine, 1, axis=1)).max() <= steepest / cells + 1e-9
    assert np.abs(np.diff(fine, axis=0)).max() <= np.abs(np.diff(height, axis=0)).max() / cells + 1e-9


def test_soils_take_the_classes_they_are_given(conditioned):
    file = soils(conditioned, colour=7, texture=11)
    assert set(np.unique(file.soilcolor)) == {0, 7}
    assert set(np.unique(file.soiltext)) == {0, 11}


def biome_map() -> xr.Dataset:
    """A map of two biomes: 3 in the west, 8 in the east."""
    numbers = np.where(RegularGrid(2, 4).longitudes < 0, 3, 8)
    return relief_dataset({"biome": (np.broadcast_to(numbers, (2, 4)), "biome")}, RegularGrid(2, 4))


def test_a_map_of_biomes_replaces_the_bands(conditioned):
    table = {3: {"pft1": 29, "pft2": 71}, "8": {"pft13": 100}}  # keys are text once options were stored
    file = pft(conditioned, biome_map(), biomes=table)
    land = np.isfinite(file.maxvegetfrac.values[0, 0])
    west = land & (file.lon.values < 0)
    assert set(file.maxvegetfrac.values[0, 0][west]) == {0.29}
    assert set(file.maxvegetfrac.values[0, 12][land & (file.lon.values > 0)]) == {1.0}
    np.testing.assert_array_equal(land, np.isfinite(pft(conditioned).maxvegetfrac.values[0, 0]))


def test_a_map_of_biomes_needs_a_table_and_a_table_a_map(conditioned):
    with pytest.raises(InputError, match="biome_map was given without biomes"):
        pft(conditioned, biome_map())
    with pytest.raises(InputError, match="biomes was given without biome_map"):
        pft(conditioned, None, biomes={3: {"pft1": 100}})


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"bands": [{"up_to": 90, "pft1": 99}]}, "the percentages add up to 99, not to 100"),
        ({"bands": [{"up_to": 60, "pft1": 100}]}, "The last PFT band must reach the pole"),
        ({"biomes": {4: {"pft1": 50}}}, "the percentages add up to 50, not to 100"),
        ({"band": []}, "there is no such key"),
    ],
)
def test_options_of_the_vegetation_are_refused_before_it_runs(options, said):
    with pytest.raises(StepError, match=said):
        pft.options(options)


@pytest.mark.parametrize(
    ("step", "options"),
    [
        (soils, {"colour": 0}),
        (soils, {"texture": 13}),
        (regrid, {"resolution": 0}),
        (regrid, {"resolution": float("nan")}),
        (regrid, {"method": "cubic"}),
        (condition, {"closed_seas": "drown"}),
    ],
)
def test_options_out_of_range_are_refused_by_name(step, options):
    with pytest.raises(StepError, match=f"Step {step.name}: {next(iter(options))}: "):
        step.options(options)
