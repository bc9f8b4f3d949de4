"""The files of the ocean of 60 Ma on the given grid are those of the existing tool, but where that is wrong."""

from __future__ import annotations

import numpy as np
import pytest
from netCDF4 import Dataset

from paleobc.formats.nemo import read_ocean_grid
from paleobc.formats.nemo_fields import depth_of, ocean_grid_file, ocean_grid_of
from paleobc.grids.fold import duplicates, owner_table, unique_cells
from paleobc.steps.ocean import heat_flow, interpolate_depth, lateral_viscosity
from paleobc.topography.ocean_checks import check_ocean, ocean_seas
from paleobc.topography.straits import diffusive_straits


@pytest.fixture(scope="module")
def given_grid(reference):
    return ocean_grid_file(read_ocean_grid(reference / "inputs/paleorca2_40Ma_grid.nc"))


@pytest.fixture(scope="module")
def grid(given_grid):
    return ocean_grid_of(given_grid)


@pytest.fixture(scope="module")
def bathymetry(conditioned, given_grid):
    return interpolate_depth(conditioned, given_grid)


def test_the_bathymetry_is_met_in_every_cell(bathymetry, field):
    np.testing.assert_array_equal(depth_of(bathymetry), field("bathy.nc", "Bathymetry"))


def test_the_heat_flow_is_met_where_the_old_one_is_not_void(bathymetry, grid, field):
    depth, expected = depth_of(bathymetry), field("heatflow.nc", "heatflow")[0]
    heat = heat_flow(bathymetry)["heatflow"].values[0]
    void = (expected == 0.0) & (depth > 0.0)
    assert void.sum() == 471
    assert (heat[void] > 0.0).all()
    # One copy beyond the fold has a value in the old file although the cell it stands for is void there.
    contradiction = (~void) & void.ravel()[duplicates(grid.layout)[0]]
    assert np.argwhere(contradiction).tolist() == [[148, 51]]
    np.testing.assert_allclose(heat[~void & ~contradiction], expected[~void & ~contradiction], rtol=0, atol=1e-9)


def test_the_lateral_viscosity_is_met_in_every_cell(bathymetry, given_grid, field):
    found = lateral_viscosity(bathymetry, given_grid)["icof"].values
    np.testing.assert_array_equal(found, field("ahmcoef.nc", "icof"))


def test_each_cell_counted_once_changes_the_lateral_viscosity_of_eight_cells_near_the_seam(
    bathymetry, given_grid, grid, field
):
    expected = field("ahmcoef.nc", "icof")
    found = lateral_viscosity(bathymetry, given_grid, count_overlap=False)["icof"].values
    assert np.argwhere(found != expected).tolist() == [
        [79, 0],
        [80, 0],
        [81, 0],
        [82, 0],
        *([90, i] for i in range(1, 5)),
    ]
    np.testing.assert_array_equal(found.ravel()[duplicates(grid.layout)[0]], found)


def test_the_arctic_is_no_closed_sea(bathymetry, grid, field):
    old = field("diagnostics.nc", "internal_oceans_labels_bathy")
    assert (old == 6).sum() == 455
    seas = ocean_seas(depth_of(bathymetry) > 0.0, grid)
    assert (seas[old == 6] == 1).all()
    assert (seas[old == 3] == 1).all()  # one cell beside the seam
    closed = [problem for problem in check_ocean(depth_of(bathymetry), grid) if problem.kind == "closed_sea"]
    assert sorted(problem.rows.size for problem in closed) == [1, 2, 2]
    assert {float(old[p.rows[0], p.columns[0]]) for p in closed} == {2.0, 4.0, 5.0}


def test_the_straits_are_met_and_none_is_found_besides(bathymetry, grid, field):
    old = field("diagnostics.nc", "passages_bathy_no_alias_bug") == 2
    straits = diffusive_straits(depth_of(bathymetry) > 0.0, owner_table(grid.layout))
    np.testing.assert_array_equal(straits & unique_cells(grid.layout), old)
    assert np.argwhere(straits & ~old).tolist() == [[18, 181]]  # the copy of the strait at the seam
    assert old[18, 1]


def test_the_depth_below_ten_metres_is_reported(bathymetry, grid):
    problems = {problem.kind: problem for problem in check_ocean(depth_of(bathymetry), grid)}
    assert problems["shallow_sea"].rows.size == 59
    assert "wet_grid_pole" not in problems


def test_attributes_are_those_of_the_existing_files(bathymetry, reference):
    file = heat_flow(bathymetry)
    with Dataset(reference / "reference/original/heatflow.nc") as dataset:
        for name in ("time_steps", "time_counter", "heatflow"):
            old = {key: dataset[name].getncattr(key) for key in dataset[name].ncattrs()}
            for key in set(old) - {"_FillValue", "coordinates", "Maxvalue="}:  # heat reaches 400, not 200
                assert str(file[name].attrs[key]).strip() == str(old[key]).strip(), (name, key)
