"""The step that makes the weights of engine mosaic, from assets to files that can be read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from remapping_worlds import continents

from paleobc.errors import InputError, StepError
from paleobc.formats.file_sets import files_of
from paleobc.formats.nemo_fields import bathymetry_file, ocean_grid_file, subbasins_file
from paleobc.formats.netcdf import read_netcdf, write_netcdf
from paleobc.formats.oasis_mosaic_weights import weight_files
from paleobc.formats.relief import read_relief
from paleobc.grids.tripolar import paleorca2_grid, tripolar_grid
from paleobc.remapping.atmosphere import LMD96X95
from paleobc.remapping.mosaic_runoff import MosaicRunoff
from paleobc.remapping.mosaic_weights import mosaic_set
from paleobc.remapping.weights import Weights
from paleobc.steps.mosaic import mosaic_weights
from paleobc.steps.ocean import interpolate_depth, ocean_grid, subbasins
from paleobc.steps.relief import condition
from paleobc.workflow.revision import content_of

GRID = paleorca2_grid()


def assets(wet: np.ndarray, grid=GRID) -> tuple[xr.Dataset, xr.Dataset, xr.Dataset]:
    basins = np.stack([wet, np.zeros_like(wet), np.zeros_like(wet)])
    return bathymetry_file(1000.0 * wet, grid), ocean_grid_file(grid), subbasins_file(basins, grid)


def datasets(result: xr.Dataset) -> dict[str, xr.Dataset]:
    return {Path(path).name: content for path, content in files_of(result).items() if isinstance(content, xr.Dataset)}


@pytest.fixture(scope="module", params=[True, False], ids=["faithful", "mended"])
def made(request) -> xr.Dataset:
    return mosaic_weights(*assets(continents(GRID)), faithful=request.param)


def test_the_set_is_kept_and_read_back_unchanged(made, tmp_path):
    write_netcdf(made, tmp_path / "set.nc", file_format="NETCDF4")
    assert content_of(read_netcdf(tmp_path / "set.nc")) == content_of(made)


def test_each_file_can_be_written_for_the_model_and_read(made, tmp_path):
    for name, content in datasets(made).items():
        write_netcdf(content, tmp_path / name, file_format="NETCDF3_64BIT")
        assert content_of(read_netcdf(tmp_path / name)) == content_of(content)


def test_every_file_says_whether_the_old_errors_are_in_it(made):
    for name, content in datasets(made).items():
        kept = content.attrs["paleobc_faithful"] == "true"
        assert f"paleobc_errors_{'repeated' if kept else 'mended'}" in content.attrs, name


def test_mended_files_link_no_masked_cell():
    for name, content in datasets(mosaic_weights(*assets(continents(GRID)), faithful=False)).items():
        if name.startswith("rmp"):
            for side in ("src", "dst"):
                assert (content[f"{side}_grid_imask"].values[content[f"{side}_address"].values - 1] == 1).all(), name


def test_mended_corners_go_round_their_cell():
    content = datasets(mosaic_weights(*assets(continents(GRID)), faithful=False))["rmp_torc_to_tlmd_MOSAIC.nc"]
    for side, cells in (("src", 182 * 70 + 50), ("dst", 96 * 40 + 50)):
        north = content[f"{side}_grid_corner_lat"].values[cells] - content[f"{side}_grid_center_lat"].values[cells]
        east = content[f"{side}_grid_corner_lon"].values[cells] - content[f"{side}_grid_center_lon"].values[cells]
        assert [*np.sign(north), *np.sign(east)] == [1, 1, -1, -1, -1, 1, 1, -1]
    assert datasets(mosaic_weights(*assets(continents(GRID))))["rmp_torc_to_tlmd_MOSAIC.nc"][
        "src_grid_corner_lat"
    ].values[182 * 70 + 50, 3] == pytest.approx(GRID.u.latitude[70, 49])


def test_a_world_without_land_gets_one_link_that_carries_nothing():
    mosaic = mosaic_set(1000.0 * continents(GRID), GRID, LMD96X95)
    nothing = Weights(np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0), LMD96X95.size, GRID.t.longitude.size)
    runoff = MosaicRunoff(nothing, np.zeros(LMD96X95.size, dtype=bool), np.empty(0, dtype=int))
    content = weight_files(replace(mosaic, runoff=runoff))["rmp_tlmd_to_torc_MOSAIC_rivflu"]
    assert content["remap_matrix"].values.tolist() == [[0.0]]
    assert mosaic.ocean.open.ravel()[content["dst_address"].values - 1].all()
    assert "carries nothing" in content.attrs["paleobc_warnings"]


def test_calving_without_ocean_in_a_band_is_told():
    south = GRID.t.latitude < -57.0
    content = datasets(mosaic_weights(*assets(south)))["rmp_tlmd_to_torc_MOSAIC_calvin.nc"]
    assert "There is no ocean in the calving band north of 40N" in content.attrs["paleobc_warnings"]


def test_the_grid_of_cm6_and_the_extended_ocean_are_named_in_the_folders():
    grid = paleorca2_grid(extended=True)
    result = files_of(mosaic_weights(*assets(continents(grid), grid), atmosphere="lmd144x142", simulation="p60"))
    assert "IGCM/ATM/START/PALEORCA2.p60xLMD144142/o2a.nc" in result
    fraction = result["IGCM/ATM/START/PALEORCA2.p60xLMD144142/o2a.nc"]
    assert fraction["OceMask"].shape == (143, 144)


def test_a_t_pivot_grid_goes_through():
    grid = tripolar_grid(pivot="T")
    files = files_of(mosaic_weights(*assets(continents(grid), grid)))
    assert any("/ORCA2.paleobcxLMD9695/" in path for path in files)


def test_the_world_of_60_ma_goes_through(reference):
    relief = condition(read_relief(reference / "inputs/topography_60Ma_1deg.nc", "topo").dataset)
    grid = ocean_grid(relief)
    depth = interpolate_depth(relief, grid)
    basins = subbasins(depth, grid)
    for faithful in (True, False):
        files = datasets(mosaic_weights(depth, grid, basins, faithful=faithful))
        runoff, areas = files["rmp_tlmd_to_torc_MOSAIC_rivflu.nc"], files["areas.nc"]
        arrives = runoff["remap_matrix"].values[:, 0] * areas["torc.srf"].values.ravel()[runoff["dst_address"] - 1]
        sums = np.bincount(runoff["src_address"].values - 1, arrives, 9216)
        assert np.abs(sums[sums > 0] - 1.0).max() < 1e-12
        land = files["o2a.nc"]["OceMask"].values[::-1].ravel() < 1.0 - 1e-6
        land[1:96], land[-95:] = False, False
        assert (sums[land] > 0).all() == (not faithful)


def test_assets_of_different_grids_are_refused():
    bathymetry, grid, basins = assets(continents(GRID))
    with pytest.raises(InputError, match="sub-basins have 148 rows"):
        mosaic_weights(bathymetry, grid, basins.isel(y=slice(1, None)))
    with pytest.raises(InputError, match="bathymetry has 148 rows"):
        mosaic_weights(bathymetry.isel(y=slice(1, None)), grid, basins)


@pytest.mark.parametrize("name", ["max", "a/b", "", "a b"])
def test_names_that_the_ipsl_tools_cannot_read_are_refused(name):
    with pytest.raises(StepError, match="simulation"):
        mosaic_weights.options({"simulation": name})
