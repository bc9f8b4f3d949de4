"""`paleobc grid`: ocean grids are made and described, or refused in a sentence."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from paleobc.formats.nemo import read_ocean_grid
from paleobc.formats.nemo_fields import ocean_grid_file
from paleobc.formats.netcdf import read_netcdf, write_netcdf
from paleobc.grids.grid_quality import pole_places
from paleobc.grids.tripolar import tripolar_grid
from said import is_picture, misused, refused

COARSE = ("--resolution", "6")
POLES_ON_LAND = ("--poles", "auto", "--relief", "topography.nc")


def test_a_grid_is_made_with_a_report_and_a_picture(paleobc, example):
    said = paleobc("grid", "make", "-o", "new/grid", *COARSE, *POLES_ON_LAND, "--pivot", "T", "--json")
    assert (said.code, said.err) == (0, "")
    folder = Path("new/grid")
    assert sorted(p.name for p in folder.iterdir()) == ["coordinates.nc", "grid.png", "grid_report.json"]
    assert said.json == json.loads((folder / "grid_report.json").read_text(encoding="utf-8"))
    assert is_picture(folder / "grid.png")
    grid = read_ocean_grid(folder / "coordinates.nc")
    assert (grid.layout.pivot, grid.layout.columns) == ("T", 62)
    assert [said.json[key] for key in ("pivot", "nperio", "columns", "over")] == ["T", 4.0, 62, "sea"]
    assert all(pole["distance_to_sea_km"] > 250.0 for pole in said.json["poles"])
    assert said.json["warnings"] == []
    assert said.json["options"]["poles"] == "auto"
    made_of = json.loads(read_netcdf(folder / "coordinates.nc").attrs["paleobc_recipe"])
    assert made_of == {"steps": {"ocean_grid": said.json["options"]}}


def test_a_grid_is_told_to_people(paleobc, example):
    said = paleobc("grid", "make", "-o", "grid", *COARSE)
    assert (said.code, said.err) == (0, "")
    assert "62 x 51 cells" in said.out
    assert "fold on F points, nperio 6; overlap columns and folded row" in said.out
    assert "pole at 60N 106E" in said.out
    assert "coordinates.nc, grid_report.json and grid.png are in grid." in said.out
    told = paleobc("grid", "describe", "grid/coordinates.nc")
    assert told.code == 0
    assert told.out.splitlines() == said.out.splitlines()[:-1]


def test_a_grid_without_halo_is_described_with_a_map_over_the_sea_of_a_relief(paleobc, example):
    paleobc(
        "grid", "make", "-o", "grid", *COARSE, "--halo", "false", "--join-latitude", "25", "--equatorial-ratio", "1"
    )
    told = paleobc("grid", "describe", "grid/coordinates.nc", "--relief", "topography.nc", "--map", "m.png")
    assert told.code == 0, told.err
    assert "no halo" in told.out
    assert told.out.endswith("Maps: m.png\n")
    assert is_picture(Path("m.png"))
    said = paleobc("grid", "describe", "grid/coordinates.nc", "--relief", "topography.nc", "--json")
    assert said.code == 0, said.err
    assert said.json["file"] == "coordinates.nc"
    assert (said.json["columns"], said.json["overlap_columns"], said.json["folded_row"]) == (60, False, False)
    assert said.json["unique_cells"] == said.json["rows"] * said.json["columns"]
    assert {name for pole in said.json["poles"] for name in pole} >= {"distance_to_sea_km"}


def test_poles_near_the_sea_are_warned_of(paleobc, example):
    poles = "[[106, 61.5], [-74, 60]]"
    said = paleobc("grid", "make", "-o", "grid", *COARSE, "--relief", "topography.nc", "--poles", poles)
    assert said.code == 0, said.err
    assert said.err.startswith("The pole at 60N 74W is 156 km from the sea; below 250 km cells at sea become much")
    assert "poles: auto finds better ones." in said.err
    assert sorted(pole_places(read_ocean_grid(Path("grid/coordinates.nc"))))[0] == pytest.approx((-74.0, 60.0))


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "make"),
        (["maek"], "No such command 'maek'"),
        (["make"], "--output"),
        (["make", "-o", "grid", "--resolutoin", "2"], "--resolutoin"),
        (["describe"], "file"),
        (["describe", "topography.nc", "--poles", "auto"], "--poles"),
    ],
)
def test_a_wrong_use_ends_with_2(paleobc, example, arguments, told):
    said = paleobc("grid", *arguments)
    if arguments:
        misused(said, told)
    else:
        assert (said.code, told in said.all) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--pivot", "X"], "pivot: should be 'T' or 'F'"),
        (["--resolution", "0"], "resolution: should be greater than or equal to 0.05"),
        (["--resolution", "two"], "resolution: should be a valid number"),
        (["--poles", "[[106, 60]]"], "two northern poles"),
        (["--poles", "[[106, 60], [-70, 60]]"], "not on opposite meridians"),
        (["--poles", "["], "--poles line 1"),
        (["--halo", "1"], "halo: should be a valid boolean"),
        (["--southern-edge", "10"], "southern_edge: should be less than or equal to -30"),
    ],
)
def test_a_wrong_value_ends_with_2_and_makes_nothing(paleobc, example, arguments, told):
    refused(paleobc("grid", "make", "-o", "grid", *arguments), 2, told)
    assert not Path("grid").exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["make", "-o", "grid", "--poles", "auto"], "only for a relief; give one with --relief."),
        (["make", "-o", "grid", "--resolution", "0.7"], "take one from 0.05 to 6 that divides 180."),
        (["make", "-o", "grid", "--relief", "no.nc"], "There is no file no.nc"),
        (["make", "-o", "grid", "--relief", "topography.nc", "--variable", "z"], "no variable 'z'"),
        (
            ["make", "-o", "grid", "--relief", "topography.nc", "--poles", "[[0, 80], [180, 80]]"],
            "80°N lies in the sea of this topography; choose other poles, or let them be found with 'auto'.",
        ),
        (["make", "-o", "recipe.yaml", *COARSE], "recipe.yaml cannot be written: File exists."),
        (["make", "-o", "recipe.yaml/grid", *COARSE], "cannot be written: Not a directory."),
        (["describe", "no.nc"], "There is no file no.nc"),
        (["describe", "."], "is a folder"),
        (["describe", "recipe.yaml"], "it is text"),
        (["describe", "topography.nc"], "This is a regular grid of longitudes and latitudes"),
        (["describe", "gap.nc"], "gap.nc: The ocean grid has no place for 1 of its 3162 points"),
        (["describe", "turned.nc"], "turned.nc: The ocean grid is transposed"),
        (["describe", "good.nc", "--relief", "text.nc"], "text.nc is not a NetCDF file: it is text"),
        (["describe", "good.nc", "--map", "map.jpg"], "name that ends in .png"),
        (["describe", "good.nc", "--map", "no/map.png"], "does not exist"),
    ],
)
def test_a_fault_of_the_input_ends_with_1_and_a_sentence(paleobc, example, coarse_coordinates, arguments, told):
    Path("text.nc").write_text("1 2 3\n")
    write_netcdf(coarse_coordinates, Path("good.nc"), file_format="NETCDF3_64BIT")
    gap = coarse_coordinates.copy(deep=True)
    gap["glamt"][0, 0, 4, 5] = np.nan
    write_netcdf(gap, Path("gap.nc"), file_format="NETCDF4")
    fields = {name: v.transpose() for name, v in coarse_coordinates.items() if set(v.dims) >= {"y", "x"}}
    write_netcdf(xr.Dataset(fields), Path("turned.nc"), file_format="NETCDF4")
    before = sorted(path.name for path in example.iterdir())
    refused(paleobc("grid", *arguments), 1, told)
    assert sorted(path.name for path in example.iterdir()) == before


@pytest.fixture(scope="module")
def coarse_coordinates() -> xr.Dataset:
    """Content of a `coordinates.nc` at six degrees."""
    return ocean_grid_file(tripolar_grid(resolution=6.0))
