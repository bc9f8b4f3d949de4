"""The command: results on standard output, the rest on standard error, and an exit code that can be relied on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from paleobc import __version__
from paleobc.cli.console import new_console
from paleobc.formats.netcdf import read_netcdf, write_netcdf
from paleobc.services.builds import build as build_files
from paleobc.steps.assets import ASSETS
from paleobc.steps.catalogue import GRAPH
from said import is_picture, misused, refused

SCRIPT = Path(sys.executable).with_name("paleobc")


def relief_file(path: Path, heights: np.ndarray) -> Path:
    rows, columns = heights.shape
    dataset = xr.Dataset(
        {"topo": (("lat", "lon"), heights, {"units": "m"})},
        coords={
            "lat": ("lat", (np.arange(rows) + 0.5) * 180 / rows - 90, {"units": "degrees_north"}),
            "lon": ("lon", (np.arange(columns) + 0.5) * 360 / columns - 180, {"units": "degrees_east"}),
        },
    )
    write_netcdf(dataset, path, file_format="NETCDF4")
    return path


@pytest.fixture
def faultless(tmp_path) -> Path:
    """A relief with nothing wrong: a supercontinent with a round ocean, and land at both poles."""
    heights = np.full((36, 72), 500.0)
    heights[8:28, 10:60] = -4000.0
    return relief_file(tmp_path / "faultless.nc", heights)


# -- in a process of its own ------------------------------------------------------------------------------------------


def process(*arguments: object, **more: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([SCRIPT, *map(str, arguments)], capture_output=True, text=True, check=False, **more)


def test_the_script_tells_its_version():
    done = process("--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"paleobc {__version__}\n", "")


def test_the_script_ends_with_the_code_of_a_fault_and_one_line(tmp_path):
    done = process("check", "no.nc", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "Error: There is no file no.nc; check its name and folder.\n"


def test_the_script_and_the_library_give_the_same_files(modern_earth, tmp_path):
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "1700000000"}
    only = ("--only", "routing", "--only", "soils")
    done = process("build", modern_earth / "recipe.yaml", "-o", tmp_path / "command", "--json", *only, env=environment)
    assert done.returncode == 0, done.stderr
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", "1700000000")
        made = build_files(modern_earth / "recipe.yaml", tmp_path / "library", only=("routing", "soils"))
    told = {name: entry["sha256"] for name, entry in json.loads(done.stdout)["files"].items()}
    assert told == {file.name: file.sha256 for file in made.files}


def test_a_reader_who_stops_reading_gets_no_traceback():
    command = ["bash", "-c", f"{SCRIPT} steps --json | head -c 10"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr


def test_lines_are_broken_at_the_width_of_a_screen_and_nowhere_else(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    assert new_console(stderr=False).width == 60
    monkeypatch.delenv("COLUMNS")
    console = new_console(stderr=False)
    console.print("word " * 100)
    assert capsys.readouterr().out.count("\n") == 1


# -- help, version, wrong use -----------------------------------------------------------------------------------------


def test_help_is_there_for_everything(paleobc):
    commands = ["build", "run", "grid", "steps", "check", "show", "example", "repair", "edits", "audit", "bundle"]
    said = paleobc("--help")
    assert said.code == 0
    for command in commands:
        assert command in said.out
        assert paleobc(command, "--help").code == 0
    for step in GRAPH.steps:
        said = paleobc("run", step.name, "--help")
        assert said.code == 0
        assert step.summary.split()[0] in said.out
        for asset in (*step.reads, *step.may_read):
            assert f"{asset}=FILE" in said.out
        for option in step.options_model.model_fields:
            assert f"--{option.replace('_', '-')}" in said.out


def test_the_version_is_told(paleobc):
    assert paleobc("--version").out == f"paleobc {__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["bild"], "No such command 'bild'"),
        (["build"], "RECIPE"),
        (["build", "recipe.yaml"], "--output"),
        (["build", "recipe.yaml", "-o"], "-o"),
        (["build", "recipe.yaml", "-o", "out", "--fast"], "--fast"),
        (["build", "recipe.yaml", "-o", "out", "--only"], "--only"),
        (["check"], "file"),
        (["show"], "file"),
        (["example"], "folder"),
        (["run", "regird", "relief=topography.nc", "-o", "a.nc"], "No such command 'regird'"),
        (["run", "regrid", "relief=topography.nc"], "--output"),
        (["run", "regrid", "-o", "a.nc"], "ASSET=FILE"),
        (["run", "regrid", "relief=topography.nc", "-o", "a.nc", "--resolutoin", "2"], "--resolutoin"),
        (["run", "regrid", "relief=topography.nc", "-o", "a.nc", "--colour", "2"], "--colour"),
    ],
)
def test_a_wrong_use_ends_with_2(paleobc, example, arguments, told):
    misused(paleobc(*arguments), told)
    assert sorted(path.name for path in example.iterdir()) == ["recipe.yaml", "topography.nc"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["build", "recipe.yaml", "-o", "out", "--only", "rooting"], "asset 'rooting'. Did you mean 'routing'?"),
        (["show", ".", "--variable", "trip"], "--variable is for one file, and . is a folder"),
        (["run", "regrid", "topography.nc", "-o", "a.nc"], "'topography.nc' should be ASSET=FILE"),
        (["run", "regrid", "=topography.nc", "-o", "a.nc"], "should be ASSET=FILE"),
        (["run", "regrid", "relief=", "-o", "a.nc"], "should be ASSET=FILE"),
        (["run", "regrid", "topo=topography.nc", "-o", "a.nc"], "does not read 'topo'; it reads relief."),
        (["run", "pft", "biome_map=topography.nc", "-o", "a.nc"], "needs a file for conditioned_relief"),
        (["run", "regrid", "relief=topography.nc", "relief=b.nc", "-o", "a.nc"], "relief is given twice"),
        (["run", "regrid", "relief=topography.nc", "-o", "a.nc", "--resolution", "-1"], "should be greater than"),
        (["run", "regrid", "relief=topography.nc", "-o", "a.nc", "--resolution", "one"], "should be a valid number"),
        (["run", "regrid", "relief=topography.nc", "-o", "a.nc", "--resolution", "yes"], "should be a valid number"),
        (["run", "regrid", "relief=topography.nc", "-o", "a.nc", "--resolution", "["], "--resolution line 1"),
        (["run", "regrid", "relief=topography.nc", "-o", "a.nc", "--method", "cubic"], "'nearest', 'linear'"),
        (["run", "pft", "conditioned_relief=a.nc", "-o", "b.nc", "--bands", "[{up_to: 90, pft1: 99}]"], "add up to 99"),
    ],
)  # fmt: skip
def test_a_wrong_name_or_value_ends_with_2(paleobc, example, arguments, told):
    refused(paleobc(*arguments), 2, told)
    assert sorted(path.name for path in example.iterdir()) == ["recipe.yaml", "topography.nc"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["build", "no.yaml", "-o", "out"], "There is no recipe no.yaml; `paleobc example DIR` writes one"),
        (["build", ".", "-o", "out"], "cannot be read: Is a directory."),
        (["build", "topography.nc", "-o", "out"], "topography.nc is not text; a recipe is a YAML file."),
        (["build", "wrong.yaml", "-o", "out"], "wrong.yaml line 3: unknown key 'stebs'. Did you mean 'steps'?"),
        (["build", "lost.yaml", "-o", "out"], "There is no file"),
        (["build", "seven.yaml", "-o", "out"], "take a step that divides 180"),
        (["build", "recipe.yaml", "-o", "recipe.yaml"], "cannot be written"),
        (["build", "recipe.yaml", "-o", "recipe.yaml/out"], "cannot be written"),
        (["check", "no.nc"], "There is no file no.nc"),
        (["check", "text.nc"], "text.nc is not a NetCDF file: it is text"),
        (["check", "empty.nc"], "empty (0 bytes)"),
        (["check", "."], "is a folder"),
        (["check", "gaps.nc"], "gaps.nc"),
        (["check", "topography.nc", "--variable", "z"], "topography.nc has no variable 'z'; it has"),
        (["check", "topography.nc", "--map", "no/such.png"], "does not exist"),
        (["check", "topography.nc", "--map", "map.jpg"], "name that ends in .png"),
        (["show", "no.nc"], "There is no file no.nc"),
        (["show", "text.nc"], "it is text"),
        (["show", "recipe.yaml"], "it is text"),
        (["show", "."], "holds no files of a build"),
        (["show", "topography.nc", "--variable", "z"], "no variable 'z'"),
        (["show", "topography.nc", "-o", "map.jpg"], "name that ends in .png"),
        (["show", "topography.nc", "-o", "no/map.png"], "does not exist"),
        (["example", "recipe.yaml"], "cannot be written"),
        (["run", "regrid", "relief=no.nc", "-o", "a.nc"], "There is no file no.nc"),
        (["run", "regrid", "relief=text.nc", "-o", "a.nc"], "it is text"),
        (["run", "regrid", "relief=gaps.nc", "-o", "a.nc"], "gaps.nc"),
        (["run", "regrid", "relief=.", "-o", "a.nc"], "is a folder"),
        (["run", "regrid", "relief=topography.nc", "-o", "a.nc", "--resolution", "7"], "take a step that divides 180"),
        (["run", "regrid", "relief=topography.nc", "-o", "a.nc", "--variable", "z"], "no variable 'z'"),
        (["run", "regrid", "relief=topography.nc", "-o", "topography.nc"], "would be overwritten"),
        (["run", "regrid", "relief=topography.nc", "-o", "."], "cannot be written"),
        (["run", "regrid", "relief=topography.nc", "-o", "recipe.yaml/a.nc"], "cannot be written"),
        (["run", "condition", "edited_relief=land.nc", "-o", "a.nc"], "This world is all land"),
        (["run", "routing", "conditioned_relief=topography.nc", "-o", "a.nc"], "`paleobc run condition"),
        (["run", "routing", "conditioned_relief=hollow.nc", "-o", "a.nc"], "hollow.nc"),
        (["run", "routing", "conditioned_relief=holes.nc", "-o", "a.nc"], "holes.nc"),
        (["run", "heat_flow", "bathymetry=topography.nc", "-o", "a.nc"], "`paleobc run edit_depth"),
        (["run", "heat_flow", "bathymetry=depth.nc", "-o", "a.nc"], "depth.nc has no variable 'nav_lon'"),
        (["run", "heat_flow", "bathymetry=flat.nc", "-o", "a.nc"], "flat.nc: 'Bathymetry' holds no numbers on rows"),
        (["run", "heat_flow", "bathymetry=dry.nc", "-o", "a.nc"], "dry.nc: 'Bathymetry' has no value in some cells"),
        (["run", "coordinates_mask", "bathymetry=flat.nc", "ocean_grid=flat.nc", "-o", "a.nc"], "flat.nc"),
        (["run", "interpolate_depth", "conditioned_relief=c.nc", "ocean_grid=gaps.nc", "-o", "a.nc"], "gaps.nc"),
        (["run", "heat_flow", "bathymetry=a.nc", "-o", "b.nc", "--variable", "x"], "leave out 'variable'"),
        (["build", "sea.yaml", "-o", "out"], "lies in the sea of this topography; choose other poles"),
        (["build", "no-grid.yaml", "-o", "out"], "There is no file"),
        (["build", "regular.yaml", "-o", "out"], "regular grid of longitudes and latitudes"),
    ],
)  # fmt: skip
def test_a_fault_of_the_input_ends_with_1_and_a_sentence(paleobc, example, arguments, told):
    start = "experiment: {name: x}\nrelief: {file: topography.nc}\n"
    Path("wrong.yaml").write_text(start + "stebs: {}\n")
    Path("seven.yaml").write_text(start + "steps: {regrid: {resolution: 7}}\n")
    Path("lost.yaml").write_text(start.replace("topography.nc", "lost.nc"))
    Path("sea.yaml").write_text(start + "ocean_grid: {generate: {poles: [[0, 80], [180, 80]]}}\n")
    Path("no-grid.yaml").write_text(start + "ocean_grid: {file: lost.nc}\n")
    Path("regular.yaml").write_text(start + "ocean_grid: {file: topography.nc}\n")
    Path("text.nc").write_text("1 2 3\n")
    Path("empty.nc").touch()
    heights = np.linspace(-3000, 1000, 18 * 36).reshape(18, 36)
    relief_file(Path("land.nc"), np.abs(heights) + 1)
    heights[3, 4] = np.nan
    relief_file(Path("gaps.nc"), heights)
    write_netcdf(xr.Dataset({"height": ("x", [1.0]), "filled": ("x", [1.0])}), Path("hollow.nc"), file_format="NETCDF4")
    holes = read_netcdf(Path("gaps.nc")).rename(topo="height")
    write_netcdf(holes.assign(filled=holes["height"]), Path("holes.nc"), file_format="NETCDF4")
    depth = xr.DataArray(np.full((4, 6), np.nan), dims=("y", "x"))
    for name, fields in (
        ("depth.nc", {"Bathymetry": depth}),
        ("flat.nc", {"Bathymetry": depth[0], "nav_lon": depth, "nav_lat": depth}),
        ("dry.nc", {"Bathymetry": depth, "nav_lon": depth, "nav_lat": depth}),
    ):
        write_netcdf(xr.Dataset(fields), Path(name), file_format="NETCDF4")
    write_netcdf(
        read_netcdf(Path("land.nc")).rename(topo="height").assign(filled=lambda d: d["height"]),
        Path("c.nc"),
        file_format="NETCDF4",
    )
    before = sorted(path.name for path in example.iterdir())
    refused(paleobc(*arguments), 1, told)
    assert [name for name in sorted(path.name for path in example.iterdir()) if name != "out"] == before


# -- example and build ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["new", "deep/er", "with space", "[bold]brackets[/x]", "é"])
def test_the_example_is_written_and_its_next_command_told(paleobc, tmp_path, name):
    folder = tmp_path / name
    said = paleobc("example", folder)
    assert (said.code, said.err) == (0, "")
    assert f"paleobc build {folder / 'recipe.yaml'} -o {folder / 'files'}" in said.out
    assert sorted(path.name for path in folder.iterdir()) == ["recipe.yaml", "topography.nc"]


def test_the_example_does_not_overwrite_what_was_changed(paleobc, example):
    assert paleobc("example", ".").code == 0
    Path("recipe.yaml").write_text("mine")
    refused(paleobc("example", "."), 1, "differs from the example; take another folder")
    assert Path("recipe.yaml").read_text() == "mine"


def test_a_build_tells_what_was_made_and_why(paleobc, example):
    said = paleobc("build", "recipe.yaml", "-o", "out", "--only", "soils")
    assert said.code == 0
    assert "soils_param.nc" in said.out
    assert "not made yet" in said.out
    assert "report.json" in said.out
    assert "topography.nc: Longitudes run from 20.5" in said.err
    again = paleobc("build", "recipe.yaml", "-o", "out", "--only", "soils")
    assert again.code == 0
    assert again.out.count("reused") == 4
    assert "made yet" not in again.out


def test_a_build_as_json_is_the_report_and_nothing_else(paleobc, example):
    said = paleobc("build", "recipe.yaml", "-o", "out", "--only", "soils", "--json")
    assert said.code == 0
    written = json.loads(Path("out/report.json").read_text(encoding="utf-8"))
    assert {**said.json, "date": ""} == {**written, "date": ""}


def test_the_whole_example_is_built(modern_earth):
    names = {path.name for path in (modern_earth / "files").iterdir()}
    assert names == {
        *(a.file_name for a in ASSETS.values() if a.file_name),
        "report.json",
        "provenance.json",
        ".paleobc",
    }


# -- one step alone ---------------------------------------------------------------------------------------------------


def test_every_step_run_alone_gives_the_file_of_a_build(paleobc, modern_earth, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    options = {
        "regrid": ["--resolution", "1.0"],
        "soils": ["--colour", "4", "--texture", "3"],
        "ocean_grid": ["--poles", "auto", "--resolution", "2"],
        "lateral_viscosity": ["--count-overlap", "true"],
        "subbasins": ["--seeds", "{atlantic: -30, pacific: -160, indian: 75}"],
    }
    Path("relief.nc").write_bytes((modern_earth / "topography.nc").read_bytes())
    report = json.loads((modern_earth / "files" / "report.json").read_text(encoding="utf-8"))
    for step in GRAPH.steps:
        if ASSETS[step.writes].is_set:
            continue  # see test_weights_are_made_alone
        files = [f"{asset}={asset}.nc" for asset in step.reads]
        said = paleobc("run", step.name, *files, "-o", f"{step.writes}.nc", *options.get(step.name, []))
        assert said.code == 0, said.err
        assert f"{step.writes}.nc written" in said.out
        dataset = read_netcdf(Path(f"{step.writes}.nc"))
        assert dataset.attrs["paleobc_content_sha256"] == report["steps"][step.writes]["content"], step.name
        assert dataset.attrs["paleobc_asset"] == step.writes
        assert step.name in dataset.attrs["history"]


def test_weights_are_made_alone(paleobc, modern_earth, tmp_path):
    files = modern_earth / "files"
    report = json.loads((files / "report.json").read_text(encoding="utf-8"))
    given = {
        "mosaic_weights": {"bathymetry": "bathy_meter", "ocean_grid": "coordinates", "subbasins": "subbasins"},
        "mosaix_weights": {"bathymetry": "bathy_meter", "ocean_grid": "coordinates", "routing": "routing"},
    }
    for step, inputs in given.items():
        said = paleobc("run", step, *(f"{asset}={files / name}.nc" for asset, name in inputs.items()), "-o", tmp_path)
        assert said.code == 0, said.err
        for name in (name for name in report["files"] if name.startswith(("IGCM", "mosaix_weights"))):
            if name.startswith("IGCM" if step == "mosaic_weights" else "mosaix_weights") and "rmp_" in name:
                built, made = read_netcdf(files / name), read_netcdf(tmp_path / name)
                assert (built["remap_matrix"].values == made["remap_matrix"].values).all()


def test_weights_that_lose_water_are_told_by_the_exit_code(paleobc, modern_earth, tmp_path):
    files = modern_earth / "files"
    runoff = next((files / "mosaix_weights").glob("rmp_*_runoff_*.nc"))
    said = paleobc("weights", "describe", runoff, "--routing", files / "routing.nc", "--map", tmp_path / "map.png")
    assert said.code == 0, said.err
    assert "not served 0" in said.out
    assert is_picture(tmp_path / "map.png")
    lossy = next((files / "IGCM").rglob("rmp_*_rivflu.nc"))
    said = paleobc("weights", "describe", lossy, "--routing", files / "routing.nc")
    assert said.code == 3
    assert "river outlets stand in cells from which no link starts" in said.err


def test_a_step_takes_what_it_may_read(paleobc, modern_earth, tmp_path):
    """An ocean grid that is given comes back; drawn sub-basins are kept."""
    files, grid = modern_earth / "files", tmp_path / "grid.nc"
    conditioned = tmp_path / "c.nc"
    regridded = tmp_path / "r.nc"
    paleobc("run", "regrid", f"relief={modern_earth / 'topography.nc'}", "-o", regridded)
    paleobc("run", "condition", f"edited_relief={regridded}", "-o", conditioned)
    given = f"given_ocean_grid={files / 'coordinates.nc'}"
    said = paleobc("run", "ocean_grid", f"conditioned_relief={conditioned}", given, "-o", grid)
    assert said.code == 0, said.err
    assert "cells, folded about F points (nperio 6), with overlap columns: found from the coordinates." in said.err
    depth, drawn = f"bathymetry={files / 'bathy_meter.nc'}", f"drawn_subbasins={files / 'subbasins.nc'}"
    said = paleobc("run", "subbasins", depth, f"ocean_grid={grid}", drawn, "-o", tmp_path / "s.nc")
    assert said.code == 0, said.err
    built, made = read_netcdf(files / "subbasins.nc"), read_netcdf(tmp_path / "s.nc")
    assert made.attrs["paleobc_content_sha256"] == built.attrs["paleobc_content_sha256"]


def test_one_step_takes_its_options(paleobc, example):
    said = paleobc("run", "regrid", "relief=topography.nc", "-o", "new/folder/a.nc", "--resolution", "2")
    assert said.code == 0
    assert "topography.nc: Longitudes run from 20.5" in said.err
    assert read_netcdf(Path("new/folder/a.nc"))["height"].shape == (90, 180)
    assert paleobc("run", "regrid", "relief=topography.nc", "-o", "b.nc", "--variable", "topo").code == 0
    assert read_netcdf(Path("b.nc"))["height"].shape == (180, 360)


def test_bands_can_be_given_on_the_command_line(paleobc, modern_earth, tmp_path):
    relief = modern_earth / "topography.nc"
    paleobc("run", "regrid", f"relief={relief}", "-o", tmp_path / "r.nc", "--resolution", "5")
    paleobc("run", "condition", f"edited_relief={tmp_path / 'r.nc'}", "-o", tmp_path / "c.nc")
    bands = "[{up_to: 30, pft2: 71, pft3: 29}, {up_to: 90, pft1: 100}]"
    said = paleobc("run", "pft", f"conditioned_relief={tmp_path / 'c.nc'}", "-o", tmp_path / "p.nc", "--bands", bands)
    assert said.code == 0, said.err
    fractions = read_netcdf(tmp_path / "p.nc")["maxvegetfrac"].values[0]
    assert set(np.unique(fractions[2][np.isfinite(fractions[2])])) == {0.0, 0.29}


# -- steps, check, show -----------------------------------------------------------------------------------------------


def test_steps_are_listed_with_what_they_read_write_and_take(paleobc):
    said = paleobc("steps")
    assert (said.code, said.err) == (0, "")
    for step in GRAPH.steps:
        assert step.name in said.out
        for name in (*step.reads, *step.may_read, step.writes, *step.options_model.model_fields):
            assert name in said.out


def test_steps_as_json_say_all_that_is_declared(paleobc):
    said = paleobc("steps", "--json")
    assert said.code == 0
    listed = {entry["step"]: entry for entry in said.json}
    assert list(listed) == [step.name for step in GRAPH.steps]
    for step in GRAPH.steps:
        entry = listed[step.name]
        assert (entry["reads"], entry["writes"]) == (list(step.reads), step.writes)
        assert entry["file"] == ASSETS[step.writes].file_name
        assert set(entry["options"]) == set(step.options_model.model_fields)
        for name, option in entry["options"].items():
            assert option["default"] == step.options({})[name]


def test_a_check_ends_with_3_where_something_is_wrong(paleobc, example):
    said = paleobc("check", "topography.nc")
    assert said.code == 3
    assert "Error" not in said.all
    assert "Closed sea" in said.out
    assert "Fill it" in said.out
    assert "topography.nc: Longitudes run" in said.err


def test_a_check_ends_with_0_where_nothing_is_wrong(paleobc, faultless):
    said = paleobc("check", faultless)
    assert said.code == 0, said.all
    assert "Nothing is wrong with this map." in said.out
    said = paleobc("check", faultless, "--json")
    assert said.code == 0
    assert said.json["problems"] == []


def test_a_check_as_json_is_json_and_nothing_else(paleobc, example):
    said = paleobc("check", "topography.nc", "--json", "--map", "map.png")
    assert said.code == 3
    found = said.json
    assert found["file"] == "topography.nc"
    assert found["variable"] == "topo"
    assert found["checks"]["closed_sea"]["places"] == sum(p["check"] == "closed_sea" for p in found["problems"])
    for problem in found["problems"]:
        assert problem["count"] >= len(problem["cells"]) > 0
        assert problem["meaning"]
        assert problem["remedy"]
        for cell in problem["cells"]:
            assert -90 < cell["latitude"] < 90
            assert -180 <= cell["longitude"] < 180


def test_a_check_draws_its_problems(paleobc, example):
    said = paleobc("check", "topography.nc", "--map", "map.png")
    assert said.code == 3
    assert "Map: map.png" in said.out
    assert is_picture(Path("map.png"))


@pytest.mark.parametrize(
    "name", ["topography.nc", *(f"files/{a.file_name}" for a in ASSETS.values() if a.file_name and not a.is_set)]
)
def test_every_file_can_be_shown(paleobc, modern_earth, tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    said = paleobc("show", modern_earth / name)
    assert said.code == 0, said.err
    picture = Path(name).with_suffix(".png").name
    assert said.out.rstrip().endswith(f"of {Path(name).name}: {picture}")
    assert is_picture(tmp_path / picture)


@pytest.mark.parametrize(
    ("file", "variable"),
    [
        ("coordinates.nc", "e2t"),
        ("bathy_meter.nc", "Bathymetry"),
        ("subbasins.nc", "atlmsk"),
        ("coordinates_mask.nc", "mask_T"),
    ],
)
def test_a_variable_on_the_ocean_grid_can_be_chosen(paleobc, modern_earth, tmp_path, file, variable):
    said = paleobc("show", modern_earth / "files" / file, "--variable", variable, "-o", tmp_path / "d.png")
    assert said.code == 0, said.err
    assert said.out.startswith(f"{variable} of {file}")
    assert is_picture(tmp_path / "d.png")


def test_a_variable_can_be_chosen(paleobc, modern_earth, tmp_path):
    said = paleobc("show", modern_earth / "files" / "routing.nc", "--variable", "disto", "-o", tmp_path / "d.png")
    assert said.code == 0, said.err
    assert said.out.startswith("disto of routing.nc")
    assert is_picture(tmp_path / "d.png")


def test_a_folder_of_a_build_is_shown_as_one_picture(paleobc, modern_earth, tmp_path):
    said = paleobc("show", modern_earth / "files", "-o", tmp_path / "overview.png")
    assert said.code == 0, said.err
    assert "8 maps of" in said.out
    assert is_picture(tmp_path / "overview.png")


def test_the_files_of_a_single_step_can_be_shown(paleobc, faultless, tmp_path):
    paleobc("run", "condition", f"edited_relief={faultless}", "-o", tmp_path / "c.nc")
    said = paleobc("show", tmp_path / "c.nc", "-o", tmp_path / "c.png")
    assert said.code == 0, said.err
    assert is_picture(tmp_path / "c.png")
