"""The files of a coupling: read back, read by CDO, and as the models expect them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from netCDF4 import Dataset

from coupling_worlds import coupling, named, ocean
from paleobc.constants import RIVER_EARTH_RADIUS
from paleobc.errors import InputError
from paleobc.formats.mosaix_readme import name_in_a_run, readme
from paleobc.formats.netcdf import read_netcdf, write_netcdf
from paleobc.formats.oasis import certificate_of, oasis_files, ocean_name
from paleobc.formats.outlets import river_outlets
from paleobc.formats.weight_files import read_weights
from paleobc.grids.cells import cell_areas
from paleobc.grids.regular import RegularGrid
from paleobc.grids.sphere import unit_vectors
from paleobc.remapping.coupling import Choices
from paleobc.remapping.polygons import quadrangle_areas

ENDS = ("lmd96x95", "lmd144x142")


@pytest.fixture(scope="module", params=ENDS)
def folder(request, tmp_path_factory) -> Path:
    """All files of a coupling with one of the atmospheres."""
    path = tmp_path_factory.mktemp(request.param)
    for name, dataset in oasis_files(coupling(atmosphere=request.param), "ORCA2.3").items():
        write_netcdf(dataset, path / name, file_format="NETCDF3_64BIT")
    return path


def air(folder):
    return "LMD9695" if "lmd96x95" in folder.name else "LMD144142"


def test_files_have_the_names_of_mosaix(folder):
    a = air(folder)
    weights = {
        f"tORCA2.3_to_t{a}_OceTemp_1stOrder_v2.nc",
        f"t{a}_to_tORCA2.3_HeatWaterFluxes_1stOrder_v2.nc",
        f"t{a}_to_uORCA2.3_WindStress_2ndOrder_v2.nc",
        f"t{a}_to_vORCA2.3_WindStress_2ndOrder_v2.nc",
    }
    rivers = {f"t{a}_to_tORCA2.3_runoff_Quantity_to_Surfacic_v2.nc", f"t{a}_to_tORCA2.3_calving_full_v2.nc"}
    grids = {f"{part}_ORCA2.3x{a}_v2.nc" for part in ("grids", "masks", "areas")}
    expected = grids | {f"{a}_grid_maskFrom_ORCA2.3_v2.nc"} | {f"rmp_{w}" for w in weights | rivers}
    assert len(expected) == 10
    found = {path.name for path in folder.iterdir()}
    assert found == expected | {f"dia_{w}" for w in weights}
    assert {name_in_a_run(name) for name in expected} == {
        "grids.nc", "masks.nc", "areas.nc", "o2a.nc", "rmp_torc_to_tlmd_MOSAIC.nc", "rmp_tlmd_to_torc_MOSAIC.nc",
        "rmp_tlmd_to_torc_MOSAIC_calvin.nc", "rmp_tlmd_to_torc_MOSAIC_rivflu.nc",
        "rmp_tlmd_to_uorc_BILINEAR_Corrected.nc", "rmp_tlmd_to_vorc_BILINEAR_Corrected.nc",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("layout", "name"),
    [("182 x 149", "ORCA2.3"), ("182 x 174", "ORCA2-182-174-F"), ("T pivot", "ORCA2-182-152-T"),
     ("180 x 148", "ORCA2-180-148-F")],
)  # fmt: skip
def test_the_name_of_the_ocean_comes_from_its_grid(layout, name):
    assert ocean_name(ocean(layout).layout) == name


def test_every_file_is_netcdf_3_with_64_bit_offsets(folder):
    assert {path.read_bytes()[:4] for path in folder.iterdir()} == {b"CDF\x02"}


def test_grids_are_as_oasis_wants_them(folder):
    grids = read_netcdf(next(folder.glob("grids_*")))
    masks, areas = read_netcdf(next(folder.glob("masks_*"))), read_netcdf(next(folder.glob("areas_*")))
    for prefix in ("torc", "uorc", "vorc", "forc", "tlmd", "aone", "afra"):
        longitude, latitude = grids[f"{prefix}.lon"].values, grids[f"{prefix}.lat"].values
        corners = [np.moveaxis(grids[f"{prefix}.{name}"].values, 0, -1) for name in ("clo", "cla")]
        assert corners[0].shape == (*longitude.shape, 4)
        assert np.abs(corners[0] - longitude[..., None]).max() <= 180
        assert np.abs(latitude).max() <= 90
        assert -360 <= longitude.min() <= longitude.max() <= 720
        mask, area = masks[f"{prefix}.msk"], areas[f"{prefix}.srf"].values
        assert mask.dtype == np.int32
        assert set(np.unique(mask)) <= {0, 1}
        assert area[mask.values == 0].min() > 0
        anticlockwise = quadrangle_areas(unit_vectors(*corners)[mask.values == 0])
        assert (anticlockwise > 0).all()
    assert not masks["aone.msk"].any()
    assert (areas["aone.srf"] == 1).all()
    fraction = read_netcdf(next(folder.glob("*maskFrom*")))["OceMask"].values
    assert np.array_equal(masks["tlmd.msk"].values == 0, fraction > 0)
    assert np.array_equal(areas["afra.srf"].values, areas["tlmd.srf"].values * fraction)
    assert np.array_equal(areas["torc.srf"].values, ocean().t.e1 * ocean().t.e2)


def test_lmdz_finds_its_fraction_of_sea(folder):
    o2a = read_netcdf(next(folder.glob("*maskFrom*")))
    shape = (96, 96) if air(folder) == "LMD9695" else (143, 144)
    fraction = o2a["OceMask"].values
    assert fraction.shape == shape
    assert fraction.min() >= 0
    assert fraction.max() <= 1
    assert (fraction[[0, -1]] == fraction[[0, -1], :1]).all()
    assert np.array_equal(fraction, o2a["OceFrac"].values)
    assert np.array_equal(o2a["mask"].values, 1 - (fraction >= 0.5))
    assert o2a["lat"].values[0] == 90
    assert o2a["lon"].values[0] == -180
    assert o2a["aire"].values.sum() / (4 * np.pi * 6371229.0**2) == pytest.approx(1, abs=1e-13)


def test_weights_are_read_back_as_they_were(folder):
    of = coupling(atmosphere=folder.name.removesuffix("0"))
    for weights in of.sets:
        path = next(folder.glob(f"rmp_*_to_{weights.destination.prefix[0]}*_{weights.name}_v2.nc"))
        content = read_weights(path)
        assert (content.convention, content.counted_from, content.columns) == ("SCRIP", 1, 1)
        assert content.source.shape == weights.source.shape
        assert content.destination.shape == weights.destination.shape
        for part in ("source", "destination", "weight"):
            assert np.array_equal(getattr(content.weights, part), getattr(weights.weights, part))
        assert np.array_equal(content.source.open, weights.source.open)
        assert (np.diff(content.weights.destination) >= 0).all()
        assert certificate_of(content.attributes) == weights.certificate


@pytest.mark.skipif(shutil.which("cdo") is None, reason="cdo is not installed")
@pytest.mark.parametrize("part", ["OceTemp", "HeatWater", "to_u", "runoff", "calving"])
def test_cdo_remaps_with_our_weights(folder, part, tmp_path):
    path = next(folder.glob(f"rmp_*{part}*"))
    weights = read_weights(path)
    values = np.random.default_rng(1).uniform(1, 2, weights.weights.source_size)
    for side in ("src", "dst"):
        write_field(path, tmp_path / f"{side}.nc", side, values if side == "src" else None)
    remap = ["cdo", "-s", "-b", "F64", f"remap,{tmp_path}/dst.nc,{path}", f"{tmp_path}/src.nc", f"{tmp_path}/out.nc"]
    said = subprocess.run(remap, capture_output=True, text=True, check=True)
    assert "not used" not in said.stderr
    with Dataset(tmp_path / "out.nc") as out:
        field = out["field"][...].ravel()
    linked, ours = weights.weights.linked_destinations(), weights.weights.apply(values)
    assert np.array_equal(~np.ma.getmaskarray(field), linked)
    assert np.abs(field[linked] / ours[linked] - 1).max() <= 1e-12


def write_field(weights, path, side, values):
    """A field on one of the grids of a weight file, missing in its masked cells."""
    described = read_netcdf(weights)
    columns, rows = described[f"{side}_grid_dims"].values
    closed = described[f"{side}_grid_imask"].values == 0
    field = np.where(closed, -9e33, 0.0 if values is None else values).reshape(rows, columns)
    made = {"field": xr.Variable(("y", "x"), field, {"_FillValue": -9e33})}
    for axis, name in (("lon", "longitude"), ("lat", "latitude")):
        places = {"units": {"lon": "degrees_east", "lat": "degrees_north"}[axis], "standard_name": name}
        centres, corners = (described[f"{side}_grid_{part}_{axis}"].values for part in ("center", "corner"))
        made[axis] = xr.Variable(("y", "x"), centres.reshape(rows, columns), {**places, "bounds": f"{axis}_bounds"})
        made[f"{axis}_bounds"] = xr.Variable(("y", "x", "corner"), corners.reshape(rows, columns, 4))
    write_netcdf(xr.Dataset(made).set_coords(["lon", "lat"]), path, file_format="NETCDF3_64BIT")


def test_diagnostics_show_what_the_weights_do(folder):
    for path in folder.glob("dia_*"):
        shown = read_netcdf(path)
        links = read_weights(path.with_name(path.name.replace("dia_", "rmp_", 1))).weights
        assert np.array_equal(shown["row_sum"].values.ravel(), links.row_sums())
        linked = shown["neighbours"].values > 0
        assert np.array_equal(linked.ravel(), links.linked_destinations())
        assert np.abs(shown["error"].values[linked]).max() < 0.25
        assert not shown["error"].values[~linked].any()


def test_the_readme_tells_sizes_names_choices_and_figures():
    of = coupling()
    text = readme(of, Choices(), "ORCA2.3", list(oasis_files(of, "ORCA2.3")), {"bathymetry": "abc"})
    for part in ("182 149 96 96", "cpl_old_calving=n", "-> o2a.nc", "bathymetry: abc", "search_radius: 500000.0"):
        assert part in text
    assert text.count("conserved:") == 6


def written(path, variables, sizes):
    with Dataset(path, "w", format="NETCDF3_CLASSIC") as file:
        for name, length in sizes.items():
            file.createDimension(name, length)
        for name, (dimensions, given) in variables.items():
            values = np.asarray(given)
            file.createVariable(name, values.dtype.str[1:], dimensions)[...] = values
    return path


def test_weights_of_xios_and_esmf_are_read(tmp_path):
    links = {"src_idx": ("n_weight", np.array([1, 3], "i4")), "dst_idx": ("n_weight", np.array([2, 2], "i4")),
             "weight": ("n_weight", [0.25, 0.75])}  # fmt: skip
    xios = read_weights(written(tmp_path / "xios.nc", links, {"n_src": 4, "n_dst": 2, "n_weight": 2}))
    assert (xios.convention, xios.counted_from) == ("XIOS", 1)
    assert xios.weights.apply(np.arange(4.0)).tolist() == [0, 1.5]
    fields = {
        "col": ("n_s", np.array([1, 3], "i4")),
        "row": ("n_s", np.array([2, 2], "i4")),
        "S": ("n_s", [0.25, 0.75]),
        "xc_a": ("n_a", np.arange(4.0)),
        "src_grid_dims": ("two", np.array([2, 2], "i4")),
        "mask_a": ("n_a", np.array([1, 1, 0, 1], "i4")),
    }
    esmf = read_weights(written(tmp_path / "esmf.nc", fields, {"n_a": 4, "n_b": 2, "n_s": 2, "two": 2}))
    assert (esmf.convention, esmf.source.shape, esmf.destination.shape) == ("ESMF", (2, 2), (1, 2))
    assert esmf.source.open.tolist() == [True, True, False, True]
    assert esmf.weights.source.tolist() == [0, 2]


def test_cells_counted_from_0_and_angles_in_radians_are_understood(tmp_path):
    links = {"src_address": ("num_links", np.array([0, 1], "i4")), "dst_address": ("num_links", np.array([0, 0], "i4")),
             "remap_matrix": (("num_links", "num_wgts"), np.array([[0.5, 9], [0.5, 9]])),
             "src_grid_center_lon": ("src_grid_size", [0.0, np.pi])}  # fmt: skip
    sizes = {"num_links": 2, "num_wgts": 2, "src_grid_size": 2}
    path = written(tmp_path / "w.nc", links, sizes)
    with Dataset(path, "a") as file:
        file["src_grid_center_lon"].units = "radians"
    content = read_weights(path)
    assert (content.counted_from, content.columns, content.weights.destination_size) == (0, 2, 1)
    assert content.source.longitude.tolist() == [0, 180]
    assert content.weights.row_sums().tolist() == [1]


def test_what_is_no_weight_file_is_refused_in_a_sentence(tmp_path):
    with pytest.raises(InputError, match="holds no weights"):
        read_weights(written(tmp_path / "a.nc", {"x": ("n", [1.0])}, {"n": 1}))
    uneven = {"src_idx": ("n", np.array([1], "i4")), "dst_idx": ("m", np.array([1, 1], "i4")), "weight": ("n", [1.0])}
    with pytest.raises(InputError, match="damaged"):
        read_weights(written(tmp_path / "b.nc", uneven, {"n": 1, "m": 2}))
    floating = {"src_idx": ("n", [1.0]), "dst_idx": ("n", [1.0]), "weight": ("n", [1.0])}
    with pytest.raises(InputError, match="no numbers of cells"):
        read_weights(written(tmp_path / "c.nc", floating, {"n": 1}))


def routing_of(codes):
    """A routing file of these codes, from south to north."""
    grid = RegularGrid(*np.shape(codes))
    longitude, latitude = np.meshgrid(grid.longitudes, grid.latitudes)
    trip = np.where(np.array(codes) > 0, codes, np.nan)
    fields = {"trip": trip, "nav_lon": longitude, "nav_lat": latitude}
    return xr.Dataset({name: (("y", "x"), field[::-1]) for name, field in fields.items()})


def test_outlets_drain_all_that_lies_upstream():
    codes = [[0, 0, 0, 0, 0, 0], [3, 99, 0, 97, 7, 3], [5, 6, 0, 98, 0, 0]]
    grid = RegularGrid(3, 6)
    areas = cell_areas(grid, RIVER_EARTH_RADIUS)
    outlets = river_outlets(routing_of(codes))
    assert outlets.longitude.tolist() == [-90, 30, 30]  # row by row from the south
    assert outlets.latitude.tolist() == [0, 0, 60]
    by_hand = [3 * areas[1] + 2 * areas[2], 2 * areas[1], areas[2]]
    assert np.allclose(outlets.discharge_area, by_hand, rtol=1e-14)
    assert (outlets.height, outlets.width) == (60, 60)
    upside_down = river_outlets(routing_of(codes).isel(y=slice(None, None, -1)))
    assert np.array_equal(upside_down.discharge_area, outlets.discharge_area)


def test_a_routing_of_part_of_the_globe_is_refused():
    with pytest.raises(InputError, match="does not cover the globe"):
        river_outlets(routing_of(np.full((4, 8), 99)).isel(x=slice(0, 4)))


def test_runoff_serves_named_places():
    runoff = named(coupling(), "runoff")
    assert runoff.source.open[runoff.weights.source].all()
    assert np.unique(runoff.weights.source).size == runoff.source.open.sum()
