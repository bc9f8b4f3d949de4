"""CDO, whose reader of weights is none of ours, remaps with the files of both engines as we do."""

from __future__ import annotations

import shutil
import subprocess
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from netCDF4 import Dataset

from paleobc.formats.weight_files import read_weights
from paleobc.services.files import write_asset
from paleobc.services.sources import read_source
from paleobc.steps.mosaic import mosaic_weights
from paleobc.steps.mosaix import mosaix_weights
from paleobc.steps.ocean import interpolate_depth, ocean_grid, subbasins
from paleobc.steps.relief import condition, regrid

pytestmark = pytest.mark.skipif(
    shutil.which("cdo") is None,
    reason="cdo is not installed (Debian: apt-get install cdo): it reads no weights of ours",
)

MISSING = -9e33
MOSAIC = ("torc_to_tlmd_MOSAIC", "tlmd_to_torc_MOSAIC", "tlmd_to_torc_MOSAIC_rivflu", "tlmd_to_torc_MOSAIC_calvin")
MOSAIX = ("OceTemp", "HeatWaterFluxes", "to_u*_WindStress", "to_v*_WindStress", "runoff", "calving")

#: Engine, whether it is faithful to the old program, and a file; the masks of two of its files close what they send.
CASES = [
    *(("mosaic", True, f"rmp_{name}.nc") for name in MOSAIC[:2]),
    *(("mosaic", False, f"rmp_{name}.nc") for name in MOSAIC),
    *(("mosaix", False, f"rmp_*{name}*.nc") for name in MOSAIX),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """The sets of both engines for the present Earth, as they are handed over."""
    relief = Path(str(files("paleobc") / "data" / "modern_earth" / "topography.nc"))
    conditioned = condition(regrid(read_source("relief", relief)[0]))
    grid = ocean_grid(conditioned)
    depth = interpolate_depth(conditioned, grid)
    basins, path = subbasins(depth, grid), tmp_path_factory.mktemp("sets")
    for faithful in (True, False):
        write_asset(mosaic_weights(depth, grid, basins, faithful=faithful), path / f"mosaic {faithful}", "", {})
    write_asset(mosaix_weights(depth, grid), path / "mosaix False", "", {})
    return path


@pytest.mark.parametrize(("engine", "faithful", "name"), CASES)
def test_cdo_remaps_with_the_files_of_both_engines(folder, engine, faithful, name, tmp_path):
    (path,) = (folder / f"{engine} {faithful}").rglob(name)
    weights = read_weights(path).weights
    values = np.random.default_rng(1).uniform(1, 2, weights.source_size)
    write_field(path, tmp_path / "src.nc", "src", values)
    write_field(path, tmp_path / "dst.nc", "dst", np.zeros(weights.destination_size))
    remap = ["cdo", "-s", "-b", "F64", f"remap,{tmp_path}/dst.nc,{path}", f"{tmp_path}/src.nc", f"{tmp_path}/out.nc"]
    said = subprocess.run(remap, capture_output=True, text=True, check=True)
    assert "not used" not in said.stderr
    with Dataset(tmp_path / "out.nc") as out:
        field = out["field"][...].ravel()
    linked, ours = weights.linked_destinations(), weights.apply(values)
    assert np.array_equal(~np.ma.getmaskarray(field), linked)
    assert np.abs(field.data[linked] / ours[linked] - 1).max() <= 1e-12


def write_field(weights, path, side, values):
    """A field on the cells of one of the grids of a weight file, missing where its mask is closed."""
    with Dataset(weights) as described, Dataset(path, "w", format="NETCDF3_64BIT_OFFSET") as file:
        file.createDimension("cell", values.size)
        file.createDimension("corner", 4)
        for axis, units in (("lon", "degrees_east"), ("lat", "degrees_north")):
            centre = file.createVariable(axis, "f8", ("cell",))
            centre.setncatts({"units": units, "bounds": f"{axis}_bounds"})
            centre[:] = described[f"{side}_grid_center_{axis}"][...]
            corners = described[f"{side}_grid_corner_{axis}"][...]
            file.createVariable(f"{axis}_bounds", "f8", ("cell", "corner"))[:] = corners
        field = file.createVariable("field", "f8", ("cell",), fill_value=MISSING)
        field.coordinates = "lat lon"
        field[:] = np.where(described[f"{side}_grid_imask"][...] == 0, MISSING, values)
