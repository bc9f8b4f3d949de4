"""Weight files described: of ours, of the existing tool, and of broken ones."""

from __future__ import annotations

import json

import numpy as np
import pytest
from netCDF4 import Dataset
from typer.testing import CliRunner

from coupling_worlds import coupling
from paleobc.cli.weights import app
from paleobc.errors import InputError
from paleobc.formats.netcdf import write_netcdf
from paleobc.formats.oasis import oasis_files
from paleobc.formats.weight_files import read_weights
from paleobc.services.weight_maps import draw_weights, panels_of_weights
from paleobc.services.weight_report import weight_laws, weight_report
from paleobc.services.weights import describe_weights

KINDS = {
    "OceTemp": "means",
    "HeatWater": "fluxes",
    "to_uORCA": "means",
    "to_vORCA": "means",
    "runoff": "amounts",
    "calving": "amounts",
}


@pytest.fixture(scope="module")
def files():
    return oasis_files(coupling(), "ORCA2.3")


@pytest.fixture(scope="module")
def folder(files, tmp_path_factory):
    path = tmp_path_factory.mktemp("weights")
    for name, dataset in files.items():
        if name.startswith("rmp_"):
            write_netcdf(dataset, path / name, file_format="NETCDF3_64BIT")
    return path


@pytest.mark.parametrize("part", KINDS)
def test_our_weights_are_described_and_have_no_fault(folder, part):
    described = describe_weights(next(folder.glob(f"rmp_*{part}*")))
    assert described["kind"] == KINDS[part]
    assert described["faults"] == []
    assert described["links"] > 0
    assert described["links_masked"] == described["links_repeated"] == described["links_outside"] == 0
    assert described["certificate"]["links"] == described["links"]
    json.dumps(described, allow_nan=False)
    if KINDS[part] != "means":
        assert max(described["conservation"].values()) < 1e-11


def broken(folder, tmp_path, part, change):
    """A copy of one of our files, changed."""
    path = tmp_path / "weights.nc"
    path.write_bytes(next(folder.glob(f"rmp_*{part}*")).read_bytes())
    with Dataset(path, "a") as file:
        file.set_auto_maskandscale(False)
        change(file)
    return describe_weights(path)["faults"]


def change_of(name, link, value):
    def change(file):
        file[name][link] = value

    return change


@pytest.mark.parametrize(
    ("part", "change", "words"),
    [
        ("HeatWater", change_of("remap_matrix", 5, 99.0), ["global integral", "lost or gained"]),
        ("OceTemp", change_of("remap_matrix", 5, 99.0), ["A field of ones does not stay one"]),
        ("OceTemp", change_of("src_address", 5, 1), ["masked"]),
        ("runoff", change_of("dst_address", 5, 99_000_000), ["outside"]),
        ("runoff", change_of("dst_address", 5, -7), ["outside"]),
        ("runoff", change_of("src_grid_imask", slice(None), 1), ["what they send is lost"]),
        ("calving", change_of("remap_matrix", 5, np.nan), ["not numbers"]),
        ("HeatWater", change_of("remap_matrix", slice(None), 7.0), ["neither means"]),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(folder, tmp_path, part, change, words):
    said = " ".join(broken(folder, tmp_path, part, change))
    for word in words:
        assert word in said


def test_links_given_twice_are_seen(folder, tmp_path):
    def twice(file):
        for name in ("src_address", "dst_address"):
            file[name][1] = file[name][0]

    assert any("counted twice" in sentence for sentence in broken(folder, tmp_path, "runoff", twice))


def test_the_existing_tool_loses_water_and_we_say_so(reference):
    folder = reference / "reference" / "mosaic"
    rivers = describe_weights(folder / "rmp_tlmd_to_torc_MOSAIC_rivflu.nc")
    assert rivers["kind"] == "amounts"
    assert rivers["source"]["linked_cells"] == 2094
    assert any("masked" in sentence for sentence in rivers["faults"])
    temperatures = describe_weights(folder / "rmp_torc_to_tlmd_MOSAIC.nc")
    assert temperatures["kind"] == "means"
    assert temperatures["destination"]["open_cells_unlinked"] == 27
    fluxes = describe_weights(folder / "rmp_tlmd_to_torc_MOSAIC.nc")
    assert fluxes["destination"]["copies_linked"] > 0


def test_outlets_without_a_link_are_counted_with_the_land_they_drain(reference, folder):
    routing = reference / "reference" / "original" / "routing.nc"
    mosaic = reference / "reference" / "mosaic" / "rmp_tlmd_to_torc_MOSAIC_rivflu.nc"
    described = describe_weights(mosaic, routing)
    rivers = described["rivers"]
    assert 0 < rivers["outlets_unserved"] < rivers["outlets"]
    assert 0 < rivers["discharge_area_unserved_m2"] < rivers["discharge_area_m2"]
    assert rivers["unserved"][0]["discharge_area"] == max(each["discharge_area"] for each in rivers["unserved"])
    assert any("river outlets" in sentence for sentence in described["faults"])
    assert CliRunner().invoke(app, ["describe", str(mosaic), "--routing", str(routing)]).exit_code == 3
    with pytest.raises(InputError, match="no grid of LMDZ"):
        describe_weights(next(folder.glob("rmp_*OceTemp*")), routing)


def test_the_report_holds_the_certificates_and_the_laws_hold(files):
    report = weight_report(files)
    assert sum(name.startswith("rmp_") for name in report["certificates"]) == 6
    assert any("no coast within" in sentence for sentence in report["warnings"])
    laws = weight_laws(files)
    assert len(laws) == 3
    assert all(holds for _, holds, _ in laws)
    json.dumps(report, allow_nan=False)


@pytest.mark.parametrize(
    ("part", "titles"),
    [
        ("runoff", ["Distance to where the water goes", "Land whose water"]),
        ("OceTemp", ["Ocean fraction", "Sum of the weights"]),
    ],
)
def test_maps_show_fractions_and_ways_of_water(folder, part, titles, tmp_path):
    path = next(folder.glob(f"rmp_*{part}*"))
    shown = [title for title, _, _ in panels_of_weights(read_weights(path))]
    for words in titles:
        assert any(words in title for title in shown)
    draw_weights(path, tmp_path / "maps.png")
    assert (tmp_path / "maps.png").read_bytes().startswith(b"\x89PNG")


def test_all_land_of_the_map_arrives(folder):
    content = read_weights(next(folder.glob("rmp_*runoff*")))
    arrived = next(data for title, data, _ in panels_of_weights(content) if title.startswith("Land whose"))
    sent = content.source.area[content.source.open].sum()
    assert np.nansum(arrived["received"].values) * 1e9 == pytest.approx(sent, rel=1e-12)


def test_weights_without_places_have_no_map(tmp_path):
    path = tmp_path / "xios.nc"
    with Dataset(path, "w") as file:
        for name, length in (("n_src", 2), ("n_dst", 2), ("n_weight", 1)):
            file.createDimension(name, length)
        for name, kind in (("src_idx", "i4"), ("dst_idx", "i4"), ("weight", "f8")):
            file.createVariable(name, kind, "n_weight")[...] = 1
    described = describe_weights(path)
    assert (described["kind"], described["faults"]) == ("means", [])
    assert "conservation" not in described
    with pytest.raises(InputError, match="no map"):
        draw_weights(path, tmp_path / "maps.png")


def test_the_command_prints_a_description_and_tells_faults_by_its_exit_code(folder, tmp_path):
    path = next(folder.glob("rmp_*runoff*"))
    good = CliRunner().invoke(app, ["describe", str(path), "--map", str(tmp_path / "a.png")])
    assert good.exit_code == 0, good.output
    assert (tmp_path / "a.png").is_file()
    as_json = CliRunner().invoke(app, ["describe", str(path), "--json"])
    assert as_json.exit_code == 0
    broken_path = tmp_path / "b.nc"
    broken_path.write_bytes(path.read_bytes())
    with Dataset(broken_path, "a") as file:
        file["remap_matrix"][3] = 1.0
    assert CliRunner().invoke(app, ["describe", str(broken_path)]).exit_code == 3
