"""The step mosaix_weights on real worlds: the water of every river reaches the sea."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from paleobc.constants import RIVER_EARTH_RADIUS
from paleobc.errors import InputError, StepError
from paleobc.formats.file_sets import files_of
from paleobc.formats.netcdf import read_netcdf, write_netcdf
from paleobc.formats.oasis import certificate_of
from paleobc.grids.cells import cell_areas
from paleobc.services.sources import read_source
from paleobc.services.weight_report import weight_laws
from paleobc.steps.mosaix import FOLDER, mosaix_weights
from paleobc.steps.ocean import interpolate_depth, ocean_grid
from paleobc.steps.relief import condition, grid_of, height_of, regrid
from paleobc.steps.rivers import routing
from paleobc.workflow.revision import content_of


def made_from(relief: Path, **options):
    """Bathymetry, ocean grid, routing and conditioned relief of a topography."""
    conditioned = condition(regrid(read_source("relief", relief)[0]))
    grid = ocean_grid(conditioned, **ocean_grid.options(options))
    return interpolate_depth(conditioned, grid), grid, routing(conditioned), conditioned


def modern_earth() -> Path:
    """The topography that comes with the product."""
    return Path(str(files("paleobc") / "data" / "modern_earth" / "topography.nc"))


@pytest.fixture(scope="module")
def world():
    """The present Earth."""
    return made_from(modern_earth())


@pytest.fixture(scope="module")
def weights(world):
    return mosaix_weights(*world[:3], **mosaix_weights.options({}))


def runoff_of(dataset):
    return next(data for name, data in files_of(dataset).items() if "_runoff_" in name)


def served_area_is_that_of_the_land(made, dataset):
    proof, relief = certificate_of(runoff_of(dataset).attrs), made[3]
    land = height_of(relief) > 0
    area = float((land * cell_areas(grid_of(relief), RIVER_EARTH_RADIUS)[:, None]).sum())
    assert proof["outlets"] > 1000
    assert proof["outlets_unserved"] == 0
    assert proof["unserved"] == []
    assert proof["discharge_area_m2"] - proof["discharge_area_unserved_m2"] == pytest.approx(area, rel=1e-12)
    assert [law for law in weight_laws(files_of(dataset)) if not law[1]] == []


def test_every_outlet_of_the_present_is_served_and_drains_all_land(world, weights):
    served_area_is_that_of_the_land(world, weights)


def test_every_outlet_of_the_paleocene_is_served_and_drains_all_land(reference):
    made = made_from(reference / "inputs" / "topography_60Ma_1deg.nc")
    served_area_is_that_of_the_land(made, mosaix_weights(*made[:3]))


def test_all_laws_hold_on_both_atmospheres(world, weights):
    finer = mosaix_weights(*world[:3], **mosaix_weights.options({"atmosphere": "lmd144x142"}))
    for dataset in (weights, finer):
        laws = weight_laws(files_of(dataset))
        assert len(laws) == 4
        assert [law for law in laws if not law[1]] == []


def test_the_set_holds_ten_files_for_the_run_four_diagnostics_and_a_readme(weights):
    names = list(files_of(weights))
    assert all(name.startswith(f"{FOLDER}/") for name in names)
    assert len(names) == 15
    assert f"{FOLDER}/README_ORCA2.3xLMD9695_MOSAIX_v2.txt" in names
    assert sum("/rmp_" in name for name in names) == 6


def test_the_set_keeps_its_content_in_a_file(weights, tmp_path):
    write_netcdf(weights, tmp_path / "set.nc", file_format="NETCDF4")
    again = read_netcdf(tmp_path / "set.nc")
    assert content_of(again) == content_of(weights)
    assert certificate_of(runoff_of(again).attrs) == certificate_of(runoff_of(weights).attrs)


def test_the_same_inputs_give_the_same_weights(world, weights):
    assert content_of(mosaix_weights(*world[:3])) == content_of(weights)


def test_without_routing_no_outlet_is_looked_at(world):
    proof = certificate_of(runoff_of(mosaix_weights(*world[:2])).attrs)
    assert "outlets" not in proof
    assert proof["cells_unlinked_source"] == 0


def test_names_and_choices_can_be_set(world):
    options = {
        "ocean_name": "P60",
        "suffix": "",
        "search_radius": 900,
        "redirects": [[-90, 90, -180, 179, 0.0, -150.0]],
    }
    named = files_of(mosaix_weights(*world[:3], **mosaix_weights.options(options)))
    assert f"{FOLDER}/rmp_tP60_to_tLMD9695_OceTemp_1stOrder.nc" in named
    assert "search_radius: 900000.0" in named[f"{FOLDER}/README_P60xLMD9695_MOSAIX.txt"]
    runoff = next(data for name, data in named.items() if "_runoff_" in name)
    assert certificate_of(runoff.attrs)["cells_redirected"] > 1000
    assert certificate_of(runoff.attrs)["outlets_unserved"] == 0


@pytest.mark.parametrize(
    "options",
    [
        {"atmosphere": "lmd48"},
        {"search_radius": 0},
        {"redirects": [[1, 2, 3]]},
        {"redirects": [[20, -20, 0, 1, 0, 0]]},
        {"ocean_name": "a/b"},
        {"suffix": "../x"},
        {"fluxes": "lost"},
    ],
)
def test_options_that_cannot_be_are_refused(options):
    with pytest.raises(StepError):
        mosaix_weights.options(options)


def test_a_bathymetry_of_another_grid_is_refused(world):
    bathymetry = world[0].isel(y=slice(0, -2))
    with pytest.raises(InputError, match="make it again on this grid"):
        mosaix_weights(bathymetry, world[1])


def test_land_everywhere_is_refused(world):
    dry = xr.Dataset({"Bathymetry": world[0]["Bathymetry"] * 0.0}, coords=world[0].coords)
    with pytest.raises(InputError, match="no wet cell"):
        mosaix_weights(dry, world[1])


def test_a_t_pivot_and_an_extended_grid_serve_every_outlet_too():
    for options, name in (({"pivot": "T"}, "ORCA2-182-152-T"), ({"extended": True}, "ORCA2-182-174-F")):
        made = mosaix_weights(*made_from(modern_earth(), **options)[:3])
        assert any(name in file for file in files_of(made))
        assert [law for law in weight_laws(files_of(made)) if not law[1]] == []
        assert np.isfinite(runoff_of(made)["remap_matrix"].values).all()
