"""The steps of the ocean: every layout goes through all of them, and comes back from the disk."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from ocean_worlds import RELIEF_GRID
from paleobc.errors import InputError, StepError
from paleobc.formats.nemo import read_ocean_grid
from paleobc.formats.nemo_fields import ocean_grid_file, ocean_grid_of
from paleobc.formats.netcdf import read_netcdf, write_netcdf
from paleobc.grids.fold import duplicates
from paleobc.steps.ocean import (
    coordinates_mask,
    heat_flow,
    interpolate_depth,
    lateral_viscosity,
    ocean_grid,
    subbasins,
)
from paleobc.steps.relief import relief_dataset


@pytest.fixture(scope="module")
def relief(height):
    return relief_dataset({"height": (height, "height"), "filled": (height, "filled")}, RELIEF_GRID)


@pytest.fixture(scope="module")
def files(relief, grid):
    given = ocean_grid_file(grid)
    depth = interpolate_depth(relief, given)
    return {
        "ocean_grid": ocean_grid(relief, given),
        "bathymetry": depth,
        "heat_flow": heat_flow(depth),
        "lateral_viscosity": lateral_viscosity(depth, given, count_overlap=False),
        "subbasins": subbasins(depth, given),
        "coordinates_mask": coordinates_mask(depth, given),
    }


def test_every_layout_goes_through_every_step_and_to_the_disk_and_back(files, tmp_path):
    for name, file in files.items():
        write_netcdf(file, tmp_path / name, file_format="NETCDF3_64BIT")
        xr.testing.assert_identical(read_netcdf(tmp_path / name).drop_attrs(deep=False), file.drop_attrs(deep=False))


def test_copies_are_equal_to_the_bit_in_every_file(files, grid):
    for name in ("bathymetry", "heat_flow", "lateral_viscosity", "subbasins"):
        for variable in files[name].data_vars.values():
            if variable.shape[-2:] == grid.layout.shape:
                field = variable.values.reshape(grid.layout.shape)
                np.testing.assert_array_equal(field.ravel()[duplicates(grid.layout)[0]], field)
    mask = files["coordinates_mask"]
    for point in "TUVF":
        field = mask[f"mask_{point}"].values
        np.testing.assert_array_equal(field.ravel()[duplicates(grid.layout, point)[0]], field)


def same_grid(first, second):
    assert first.layout == second.layout
    np.testing.assert_array_equal(first.corner_longitude, second.corner_longitude)
    np.testing.assert_array_equal(first.corner_latitude, second.corner_latitude)
    for point in "tuvf":
        for name, field in vars(getattr(first, point)).items():
            np.testing.assert_array_equal(field, getattr(getattr(second, point), name))


def test_a_grid_comes_back_from_its_asset_to_the_bit(files, grid, tmp_path):
    path = tmp_path / "coordinates.nc"
    write_netcdf(files["ocean_grid"], path, file_format="NETCDF3_64BIT")
    same_grid(ocean_grid_of(read_netcdf(path)), grid)
    assert read_ocean_grid(path).layout == grid.layout  # and NEMO's readers see coordinates.nc


def test_the_default_grid_is_paleorca2(relief, default_grid):
    same_grid(ocean_grid_of(ocean_grid(relief)), default_grid)
    assert ocean_grid(relief, extended=True).sizes["y"] == 174


def test_found_poles_stand_on_land(relief, height):
    options = ocean_grid.options({"poles": "auto", "resolution": 4.0}, strict=True)
    assert ocean_grid(relief, **options).sizes["x"] == 92
    drowned = relief.copy(deep=True)
    drowned["height"].loc[{"lat": slice(55, 65), "lon": slice(100, 112)}] = -100.0
    with pytest.raises(InputError, match=r"106°E, 60°N lies in the sea .* 'auto'"):
        ocean_grid(drowned)
    assert "glamt" in ocean_grid(drowned, poles="auto", resolution=4.0)


def test_options_are_those_that_people_write_and_are_checked():
    for poles in ("auto", [[100, 62], [-80, 58.5]]):
        ocean_grid.options(ocean_grid.options({"poles": poles}, strict=True))
    subbasins.options({"seeds": {"atlantic": -20, "pacific": [[170, 10], [-120.5, 0]]}}, strict=True)
    with pytest.raises(StepError, match="opposite meridians"):
        ocean_grid.options({"poles": [[100, 62], [-90, 60]]})
    with pytest.raises(StepError, match="longitude and a latitude"):
        subbasins.options({"seeds": {"atlantic": [[10, 170]]}})
    with pytest.raises(StepError, match="two northern poles"):
        ocean_grid.options({"poles": [[100, 62]]})
    with pytest.raises(StepError, match="seeds"):
        subbasins.options({"seeds": {"arctic": 10}})
    with pytest.raises(StepError, match="minimum_depth"):
        interpolate_depth.options({"minimum_depth": -1})


def test_the_mean_depth_is_a_method_of_the_step(relief, default_grid):
    given = ocean_grid_file(default_grid)
    found = interpolate_depth(relief, given, method="mean", minimum_depth=30.0)["Bathymetry"].values
    assert found[found > 0.0].min() >= 30.0


def test_drawn_basins_are_kept_and_repaired(relief, default_grid):
    given = ocean_grid_file(default_grid)
    depth = interpolate_depth(relief, given)
    drawn = subbasins(depth, given, start="thirds")
    xr.testing.assert_equal(subbasins(depth, given, drawn), drawn)
    deeper = interpolate_depth(relief - 350.0, given)
    repaired = subbasins(deeper, given, drawn)
    total = sum(repaired[name] for name in ("atlmsk", "pacmsk", "indmsk"))
    np.testing.assert_array_equal(total, deeper["Bathymetry"] > 0.0)
    kept = (depth["Bathymetry"] > 0.0).values
    np.testing.assert_array_equal(repaired["atlmsk"].values[kept], drawn["atlmsk"].values[kept])


def test_the_masks_of_the_c_grid_are_products_of_those_of_t(files, grid):
    mask, wet = files["coordinates_mask"], files["bathymetry"]["Bathymetry"].values > 0.0
    np.testing.assert_array_equal(mask["mask_T"], wet)
    np.testing.assert_array_equal(mask["mask_U"][:, :-1], wet[:, :-1] & wet[:, 1:])
    np.testing.assert_array_equal(mask["mask_V"][:-1], wet[:-1] & wet[1:])
    for point in "TUVF":
        unique = duplicates(grid.layout, point)[0].ravel() == np.arange(wet.size)
        np.testing.assert_array_equal(
            mask[f"maskutil_{point}"].values.ravel(), mask[f"mask_{point}"].values.ravel() & unique
        )
        points = getattr(grid, point.lower())
        np.testing.assert_array_equal(mask[f"area_grid_{point}"], points.e1 * points.e2)


def test_assets_that_do_not_fit_are_refused(relief, default_grid):
    given = ocean_grid_file(default_grid)
    with pytest.raises(InputError, match="no variable 'glamt'"):
        interpolate_depth(relief, relief)
    with pytest.raises(InputError, match="make it again"):
        lateral_viscosity(xr.Dataset({"Bathymetry": (("y", "x"), np.ones((4, 5)))}), given)
    with pytest.raises(InputError, match="no wet cell"):
        interpolate_depth(relief * 0.0 + 5.0, given)
