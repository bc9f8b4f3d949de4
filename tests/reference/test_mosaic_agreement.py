"""Every file that the MOSAIC chain ships, each of its variables and attributes, is met on the reference case."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from netCDF4 import Dataset

from paleobc.formats.file_sets import files_of
from paleobc.formats.nemo import read_ocean_grid
from paleobc.formats.nemo_fields import ocean_grid_file
from paleobc.formats.netcdf import read_netcdf, write_netcdf
from paleobc.steps.mosaic import mosaic_weights

#: Names in the reference where they are others.
OLD_NAMES = {"o2a.nc": "o2a.diag.nc"}

FILES = (
    "o2a.nc",
    "grids.nc",
    "areas.nc",
    "masks.nc",
    "rmp_torc_to_tlmd_MOSAIC.nc",
    "rmp_tlmd_to_torc_MOSAIC.nc",
    "rmp_tlmd_to_torc_MOSAIC_rivflu.nc",
    "rmp_tlmd_to_torc_MOSAIC_calvin.nc",
)

#: Attributes of files that only name the machine, the day, and what the old program was called with.
LEFT_OUT = {"history", "HOSTNAME", "LOGNAME", "NCO", "cr"}

#: Largest difference relative to the largest value; 0 where not named.
TOLERANCES = {"remap_matrix": 1e-12, "OceMask": 0.0}


@pytest.fixture(scope="module")
def folder(reference) -> Path:
    return reference / "reference/mosaic"


@pytest.fixture(scope="module")
def made(folder, tmp_path_factory) -> dict[str, Path]:
    """The files as they are written for the model."""
    grid = ocean_grid_file(read_ocean_grid(folder / "coordinates.nc"))
    bathymetry, basins = (read_netcdf(folder / f"{name}.nc") for name in ("bathy_meter", "subbasins"))
    root = tmp_path_factory.mktemp("mosaic")
    paths = {}
    for path, content in files_of(mosaic_weights(bathymetry, grid, basins, simulation="golden")).items():
        paths[Path(path).name] = root / path
        if not isinstance(content, str):
            write_netcdf(content, root / path, file_format="NETCDF3_64BIT")
    return paths


def read(path: Path) -> tuple[dict[str, np.ndarray], dict[str, dict], dict]:
    with Dataset(path) as file:
        file.set_auto_maskandscale(False)
        values = {name: np.asarray(variable[...]) for name, variable in file.variables.items()}
        own = {name: {k: v.getncattr(k) for k in v.ncattrs()} for name, v in file.variables.items()}
        return values, own, {key: file.getncattr(key) for key in file.ncattrs()}


@pytest.mark.parametrize("name", FILES)
def test_every_variable_of_a_shipped_file_is_met(name, made, folder):
    values, attributes, _ = read(made[name])
    old, old_attributes, _ = read(folder / OLD_NAMES.get(name, name))
    assert set(values) == set(old)
    for variable, expected in old.items():
        found = values[variable]
        assert (found.shape, found.dtype) == (expected.shape, expected.dtype), variable
        scale = float(np.abs(expected.astype(np.float64)).max())
        limit = TOLERANCES.get(variable, 1e-13 if expected.dtype == np.float64 else 0.0)
        np.testing.assert_allclose(found, expected, rtol=0.0, atol=limit * scale, err_msg=variable)
        assert attributes[variable] == old_attributes[variable], variable


@pytest.mark.parametrize("name", FILES)
def test_dimensions_and_global_attributes_are_met(name, made, folder):
    with Dataset(made[name]) as found, Dataset(folder / OLD_NAMES.get(name, name)) as expected:
        assert found.data_model == "NETCDF3_64BIT_OFFSET"
        unused = {"n"}  # of o2a.nc: the largest number of neighbours, on which no variable stands
        sizes = {key: len(dimension) for key, dimension in expected.dimensions.items() if key not in unused}
        assert {key: len(dimension) for key, dimension in found.dimensions.items()} == sizes
        assert {k: v.dimensions for k, v in found.variables.items()} == {
            k: v.dimensions for k, v in expected.variables.items()
        }
        for key in set(expected.ncattrs()) - LEFT_OUT:
            assert found.getncattr(key) == expected.getncattr(key), key
        assert found.paleobc_faithful == "true"


@pytest.mark.parametrize("name", [name for name in FILES if name.startswith("rmp")])
def test_links_are_those_of_the_old_program_in_their_order(name, made, folder):
    found, old = read(made[name])[0], read(folder / name)[0]
    for side in ("src_address", "dst_address"):
        np.testing.assert_array_equal(found[side], old[side])
    # The smallest parts are differences of areas that are good to 3e-14 of a cell.
    np.testing.assert_allclose(found["remap_matrix"], old["remap_matrix"], rtol=1e-10)


def test_weights_to_the_ocean_are_those_of_the_old_program_with_copies(made, folder):
    """``mozaic.wa2o.nc`` keeps the same weights in another order."""
    old, found = read(folder / "mozaic.wa2o.nc")[0], read(made["rmp_tlmd_to_torc_MOSAIC.nc"])[0]
    linked = old["ADRESSE2"] > 0
    np.testing.assert_array_equal(np.nonzero(linked)[0] + 1, found["dst_address"])
    np.testing.assert_allclose(old["WEIGHTS2"][linked], found["remap_matrix"][:, 0], rtol=1e-10)


def test_runoff_of_each_cell_is_spread_as_by_the_old_program(made, folder):
    parts = []
    for path in (made["rmp_tlmd_to_torc_MOSAIC_rivflu.nc"], folder / "rmp_tlmd_to_torc_MOSAIC_rivflu.nc"):
        values = read(path)[0]
        parts.append(values["remap_matrix"][:, 0] * values["dst_grid_area"][values["dst_address"] - 1])
    np.testing.assert_allclose(*parts, rtol=0.0, atol=1e-12)


def test_golden_figures_are_met(made):
    runoff = read(made["rmp_tlmd_to_torc_MOSAIC_rivflu.nc"])
    assert (runoff[0]["src_address"].size, np.unique(runoff[0]["src_address"]).size) == (5488, 2094)
    assert runoff[2]["paleobc_warnings"].startswith("1627 of 3721 atmospheric cells with land have no link")
    values = read(made["o2a.nc"])[0]
    assert [int((values["OceMask"] == part).sum()) for part in (0.0, 1.0)] == [2355, 5400]
    assert values["Surface"][0, 0] / values["Surface"][-1, 0] == pytest.approx(97 / 96, rel=1e-12)


def test_folders_are_those_of_the_ipsl_models(made):
    folders = {name: str(path).split("IGCM/")[1].rpartition("/")[0] for name, path in made.items()}
    assert folders.pop("o2a.nc") == "ATM/START/PALEORCA2.goldenxLMD9695"
    assert set(folders.values()) == {"CPL/IPSLCM5A2/PALEORCA2.goldenxLMD9695"}
    assert set(folders) == {*FILES, "run.def"} - {"o2a.nc"}
