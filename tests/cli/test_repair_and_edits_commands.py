"""Edits on the command line: proposed, shown, converted, joined, carried out, and refused in one sentence."""

from __future__ import annotations

import json
from pathlib import Path

import netCDF4
import numpy as np
import pytest

from paleobc.formats.netcdf import read_netcdf
from said import Said, misused, refused
from small_world import COLUMNS, ROWS, Case, write_world

BY_HAND = "paleobc_edits: 1\nedits:\n- {shape: {box: [-58, -20, -40, -8]}, operation: {set: -4321}, reason: mine}\n"
GATEWAYS = "gateways:\n- {name: Seaway, from: [-30, 0], to: [30, 0], state: open, sill: [500, 1500]}\n"


@pytest.fixture
def world(tmp_path, monkeypatch) -> Case:
    """A folder of one's own with a small world, and the current one."""
    monkeypatch.chdir(tmp_path)
    return Case(tmp_path)


@pytest.fixture
def seas(world) -> Case:
    """A world of two seas with land between them."""
    heights = np.full((ROWS, COLUMNS), 400.0)
    heights[10:26, 8:34] = heights[10:26, 36:66] = -3000.0
    world.write_relief(heights)
    Path("seaway.yaml").write_text(GATEWAYS)
    return world


# -- repair -----------------------------------------------------------------------------------------------------------


def test_a_repair_is_told_by_kinds_and_leaves_nothing_wrong(paleobc, example):
    said = paleobc("repair", "topography.nc", "-o", "edits.jsonl", "--repaired", "fixed.nc")
    assert said.code == 0, said.err
    kinds = [line for line in said.out.splitlines() if line.startswith(("Closed", "Polar", "Diffusive", "Staircase"))]
    assert len(kinds) == 5
    assert "Closed sea filled" in said.out
    assert ", ..." in said.out
    assert len(said.out.splitlines()) == 9
    assert "`paleobc edits show edits.jsonl` lists them all" in said.out
    assert "topography.nc: The variable 'topo'" in said.err
    assert paleobc("check", "fixed.nc").code == 0
    paleobc("run", "regrid", "relief=topography.nc", "-o", "r.nc")
    carried_out = paleobc("run", "edit_relief", "regridded_relief=r.nc", "relief_edits=edits.jsonl", "-o", "e.nc")
    assert carried_out.code == 0, carried_out.err
    one, other = (read_netcdf(Path(name))["height"].values for name in ("fixed.nc", "e.nc"))
    np.testing.assert_array_equal(one, other)
    nothing = paleobc("repair", "fixed.nc", "-o", "none.jsonl")
    assert nothing.code == 0
    assert "Nothing is to be repaired" in nothing.out
    assert "0 edits of heights" in paleobc("edits", "show", "none.jsonl").out


def test_a_repair_as_json_is_json_and_nothing_else(paleobc, example):
    found = paleobc("repair", "topography.nc", "-o", "edits.yaml", "--as", "yaml", "--json").json
    assert sum(entry["edits"] for entry in found["repairs"]) == found["edits"]
    assert sum(entry["cells"] for entry in found["repairs"]) >= found["cells_changed"] > 0
    assert all(1 <= len(entry["first_at"]) <= 3 for entry in found["repairs"])
    assert found["problems"] == []
    assert found["edits"] == len(paleobc("edits", "show", "edits.yaml", "--json").json["edits"])


def test_a_repair_opens_a_gateway(paleobc, seas):
    assert paleobc("check", "world.nc", "--gateways", "seaway.yaml").code == 3
    said = paleobc("repair", "world.nc", "-o", "e.jsonl", "--repaired", "f.nc", "--gateways", "seaway.yaml")
    assert said.code == 0, said.all
    assert "holds  Seaway is open" in said.out
    checked = paleobc("check", "f.nc", "--gateways", "seaway.yaml")
    assert checked.code == 0
    assert "holds  Seaway is open" in checked.out


def test_a_check_of_a_closed_gateway_ends_with_3_where_nothing_else_is_wrong(paleobc, seas):
    paleobc("repair", "world.nc", "-o", "e.jsonl", "--repaired", "fixed.nc", "--prefer", "closed_sea=fill")
    said = paleobc("check", "fixed.nc", "--gateways", "seaway.yaml")
    assert said.code == 3
    assert "FAILS  Seaway" in said.out
    assert "Nothing is wrong" not in said.out


def test_a_bathymetry_is_repaired_and_checked_on_its_grid(paleobc, world):
    only = ("--only", "bathymetry", "--only", "ocean_grid")
    assert paleobc("build", "recipe.yaml", "-o", "out", *only).code == 0
    grid = ("--ocean-grid", "out/coordinates.nc")
    assert paleobc("check", "out/bathy_meter.nc", *grid).code == 3
    assert "basin" not in paleobc("check", "out/bathy_meter.nc", *grid).all  # no sub-basins are looked at
    found = paleobc("check", "out/bathy_meter.nc", *grid, "--json").json["checks"]
    assert set(found) == {"closed_sea", "diffusive_strait", "staircase_channel", "wet_grid_pole", "shallow_sea"}
    refused(paleobc("check", "out/bathy_meter.nc"), 1, "bathy_meter.nc is on a curvilinear", "--ocean-grid")
    said = paleobc("repair", "out/bathy_meter.nc", *grid, "-o", "d.jsonl", "--repaired", "fixed.nc")
    assert said.code == 0, said.all
    assert paleobc("check", "fixed.nc", *grid).code == 0
    assert " of depths on " in paleobc("edits", "show", "d.jsonl").out
    recipe = world.recipe.read_text(encoding="utf-8")
    world.recipe.write_text(f"{recipe}depth_edits: {{file: d.jsonl}}\n", encoding="utf-8")
    assert paleobc("build", "recipe.yaml", "-o", "out", *only).code == 0
    assert paleobc("check", "out/bathy_meter.nc", *grid).code == 0
    other = paleobc("check", "out/bathy_meter.nc", "--ocean-grid", "world.nc")
    refused(other, 1, "world.nc")


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["-o", "e", "--prefer", "closed_sea"], 2, "write KIND=WAY"),
        (["-o", "e", "--prefer", "closed_sea=boil"], 2, "closed_sea: fill or open"),
        (["-o", "world.nc"], 1, "world.nc is the map and would be overwritten"),
        (["-o", "e", "--repaired", "world.nc"], 1, "another name after --repaired"),
        (["-o", "e", "--repaired", "./e"], 1, "name one file"),
        (["-o", "no/e"], 1, "no/e cannot be written"),
        (["-o", "e", "--gateways", "no.yaml"], 1, "There is no list of gateways no.yaml."),
        (["-o", "e", "--gateways", "."], 1, "cannot be read: Is a directory."),
        (["-o", "e", "--gateways", "edits.yaml"], 1, "edits.yaml: a list of gateways has the one key gateways"),
        (["-o", "e", "--gateways", "/dev/zero"], 1, "zero is longer than"),
        (["-o", "e", "--gateways", "world.nc"], 1, "world.nc is not text"),
        (["-o", "e", "--ocean-grid", "world.nc"], 1, "world.nc"),
        (["-o", "e", "--variable", "z"], 1, "no variable 'z'"),
    ],
)
def test_a_repair_that_cannot_be_made_is_refused_and_writes_nothing(paleobc, world, arguments, code, told):
    Path("edits.yaml").write_text(BY_HAND)
    before = {path.name: path.read_bytes() for path in world.folder.iterdir()}
    refused(paleobc("repair", "world.nc", *arguments), code, told)
    assert {path.name: path.read_bytes() for path in world.folder.iterdir()} == before


def test_a_wrong_use_of_repair_is_one(paleobc, world):
    misused(paleobc("repair", "world.nc"), "--output")
    misused(paleobc("repair", "world.nc", "-o", "e", "--as", "word"), "--as")
    misused(paleobc("repair", "world.nc", "-o", "e", "--sill", "-5"), "--sill")
    assert not Path("e").exists()


# -- lists ------------------------------------------------------------------------------------------------------------


def test_a_list_is_shown(paleobc, world):
    Path("mine.yaml").write_text(BY_HAND.replace("mine", "'[red]not markup[/]'"))
    said = paleobc("edits", "show", "mine.yaml", "--relief", "world.nc")
    assert said.code == 0, said.err
    for words in ("box", "20S 58W", "set -4321", "[red]not markup[/]", "1 edit of heights on 36 x 72 cells."):
        assert words in said.out
    entry = paleobc("edits", "show", "mine.yaml", "--relief", "world.nc", "--json").json["edits"][0]
    assert (entry["shape"], entry["operation"], entry["value"]) == ("box", "set", -4321)
    assert entry["cells_changed"] > 0


@pytest.mark.parametrize(
    ("shape", "at"),
    [
        ("{polygon: [[1, 2], [3, 2], [3, 4]]}", [1, 2]),
        ("{union: [{region: [5, 6]}, {values: [0, 1]}]}", [5, 6]),
        ("{values: [0, 1]}", None),
        ("{cells: [[3, 4]]}", None),
        ("{box: [7, 8, 9, 10]}", [7, 8]),
        ("{cells: []}", None),
    ],
)
def test_the_first_place_of_a_shape_is_shown(paleobc, world, shape, at):
    Path("mine.yaml").write_text(f"paleobc_edits: 1\nedits: [{{shape: {shape}, operation: {{set: 1}}}}]\n")
    said = paleobc("edits", "show", "mine.yaml", "--relief", "world.nc", "--json")
    assert said.json["edits"][0]["first_at"] == at
    assert paleobc("edits", "show", "mine.yaml", "--relief", "world.nc").code == 0


@pytest.mark.parametrize("kind", ["yaml", "json", "mom6", "cosima", "jmmp"])
def test_a_list_keeps_its_meaning_in_every_form(paleobc, world, kind):
    paleobc("repair", "world.nc", "-o", "edits")
    said = paleobc("edits", "convert", "edits", "-o", "other", "--as", kind, "--relief", "world.nc")
    assert said.code == 0, said.err
    assert " edits: other" in said.out
    paleobc("run", "regrid", "relief=world.nc", "-o", "r.nc")
    for name in ("edits", "other"):
        said = paleobc("run", "edit_relief", "regridded_relief=r.nc", f"relief_edits={name}", "-o", f"{name}.nc")
        assert said.code == 0, said.err
    one, other = (read_netcdf(Path(f"{name}.nc"))["height"].values for name in ("edits", "other"))
    np.testing.assert_array_equal(one <= 0.0, other <= 0.0)
    np.testing.assert_array_equal(np.minimum(one, 0.0), np.minimum(other, 0.0))  # lists of depths know no land


def test_a_script_is_written_and_not_read(paleobc, world):
    Path("mine.yaml").write_text(BY_HAND)
    assert paleobc("edits", "convert", "mine.yaml", "-o", "e.py", "--as", "python", "--relief", "world.nc").code == 0
    compile(Path("e.py").read_text(encoding="utf-8"), "e.py", "exec")
    refused(paleobc("edits", "show", "e.py", "--relief", "world.nc"), 1, "e.py is a script")


def test_two_lists_are_merged_and_refused_where_they_differ(paleobc, world):
    far = BY_HAND.replace("[-58, -20, -40, -8]", "[20, 30, 40, 40]")
    for name, text in (("one", BY_HAND), ("other", BY_HAND.replace("-4321", "-1000")), ("far", far)):
        Path(f"{name}.yaml").write_text(text)
    relief = ("--relief", "world.nc")
    said = paleobc("edits", "merge", "one.yaml", "far.yaml", "-o", "both.jsonl", *relief)
    assert (said.code, said.out) == (0, "2 edits: both.jsonl\n"), said.err
    refused(
        paleobc("edits", "merge", "one.yaml", "other.yaml", "-o", "e", *relief),
        1,
        "one.yaml and other.yaml change 8 cells",
        "--resolve",
    )
    assert not Path("e").exists()
    said = paleobc("edits", "merge", "one.yaml", "other.yaml", "-o", "e", "--resolve", "one", *relief)
    assert said.code == 0, said.err
    refused(paleobc("edits", "merge", "both.jsonl", "e", "-o", "e"), 1, "e is the second list and would be overwritten")


@pytest.fixture
def repaired(paleobc, world) -> Case:
    """A world edited by hand (mine.yaml, with results full.jsonl), and then repaired (repairs.jsonl, fixed.nc)."""
    Path("mine.yaml").write_text(BY_HAND)
    relief = ("--relief", "world.nc")
    for arguments in (
        ("edits", "convert", "mine.yaml", "-o", "full.jsonl", "--as", "json", *relief),
        ("run", "regrid", "relief=world.nc", "-o", "r.nc"),
        ("run", "edit_relief", "regridded_relief=r.nc", "relief_edits=mine.yaml", "-o", "edited.nc"),
        ("repair", "edited.nc", "-o", "repairs.jsonl", "--repaired", "fixed.nc"),
    ):
        said = paleobc(*arguments)
        assert said.code == 0, said.all
    return world


@pytest.mark.parametrize("first", ["mine.yaml", "full.jsonl"])
def test_repairs_are_appended_to_the_edits_on_top_of_which_they_were_made(paleobc, repaired, first):
    relief = ("--relief", "world.nc")
    said = paleobc("edits", "append", first, "repairs.jsonl", "-o", "all.yaml", "--as", "yaml", *relief)
    assert said.code == 0, said.err
    edits = 1 + len(paleobc("edits", "show", "repairs.jsonl", "--json").json["edits"])
    assert said.out == f"{edits} edits: all.yaml\n"
    shown = [paleobc("edits", "show", name, "--json").json for name in ("all.yaml", "full.jsonl")]
    assert shown[0]["base"] == shown[1]["base"]
    assert shown[0]["edits"][0]["reason"] == "mine"
    said = paleobc("run", "edit_relief", "regridded_relief=r.nc", "relief_edits=all.yaml", "-o", "again.nc")
    assert said.code == 0, said.err
    one, other = (read_netcdf(Path(name))["height"].values for name in ("fixed.nc", "again.nc"))
    np.testing.assert_array_equal(one, other)


def test_lists_with_results_are_appended_without_their_map(paleobc, repaired):
    assert paleobc("repair", "fixed.nc", "-o", "none.jsonl").code == 0
    Path("late.yaml").write_text(BY_HAND.replace("-4321", "-99"))
    convert = ("edits", "convert", "late.yaml", "-o", "late.jsonl", "--as", "json", "--relief", "fixed.nc")
    assert paleobc(*convert).code == 0
    lists = ("full.jsonl", "repairs.jsonl", "none.jsonl", "late")
    without = paleobc("edits", "append", *lists[:3], "late.jsonl", "-o", "without.jsonl")
    assert without.code == 0, without.err
    given = paleobc("edits", "append", *lists[:3], "late.yaml", "-o", "given.jsonl", "--relief", "world.nc")
    assert given.code == 0, given.err
    assert Path("without.jsonl").read_bytes() == Path("given.jsonl").read_bytes()


def test_repairs_of_a_built_bathymetry_are_appended_to_its_edits(paleobc, world):
    only = ("--only", "bathymetry", "--only", "ocean_grid", "--only", "interpolated_depth")
    Path("mine.yaml").write_text(BY_HAND.replace("-4321", "4321"))
    recipe = world.recipe.read_text(encoding="utf-8")
    world.recipe.write_text(f"{recipe}depth_edits: {{file: mine.yaml}}\n", encoding="utf-8")
    assert paleobc("build", "recipe.yaml", "-o", "out", *only).code == 0
    grid = ("--ocean-grid", "out/coordinates.nc")
    mended = paleobc("repair", "out/bathy_meter.nc", *grid, "-o", "repairs.jsonl", "--repaired", "fixed.nc")
    assert mended.code == 0, mended.err
    about = (*grid, "--bathymetry", "out/interpolated_depth.nc")
    said = paleobc("edits", "append", "mine.yaml", "repairs.jsonl", "-o", "all.jsonl", *about)
    assert said.code == 0, said.err
    world.recipe.write_text(f"{recipe}depth_edits: {{file: all.jsonl}}\n", encoding="utf-8")
    found = paleobc("build", "recipe.yaml", "-o", "out", *only, "--json").json["edits"]["depth_edits"]
    assert (found["conflicts"], found["without_effect"]) == ([], [])
    one, other = (read_netcdf(Path(name))["Bathymetry"].values for name in ("fixed.nc", "out/bathy_meter.nc"))
    np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["mine.yaml", "repairs.jsonl"], "mine.yaml line 1: the list does not say"),
        (["stated.yaml", "repairs.jsonl"], "stated.yaml holds edits that were never carried out"),
        (["full.jsonl", "full.jsonl"], "full.jsonl after full.jsonl: Both logs were made on the same map"),
        (
            ["full.jsonl", "baseless.jsonl"],
            "baseless.jsonl after full.jsonl: The second log was not made on the map that",
        ),
        (
            ["full.jsonl", "full.jsonl", "--relief", "world.nc"],
            "made on another map than that full.jsonl leaves: edit 1",
        ),
        (["repairs.jsonl", "full.jsonl", "--relief", "world.nc"], "repairs.jsonl was made on another map than the one"),
        (["full.jsonl", "repairs.jsonl", "--relief", "edited.nc"], "full.jsonl was made on another map than the one"),
        (["elsewhere.jsonl", "full.jsonl", "--relief", "world.nc"], "differs from it where none of its edits lies"),
        (["full.jsonl", "coarse.yaml", "--relief", "world.nc"], "coarse.yaml was made on another grid than that of"),
        (["full.jsonl", "wrong.yaml", "--relief", "world.nc"], "wrong.yaml: Edit 1: "),
        (["full.jsonl", "no.jsonl"], "There is no file no.jsonl"),
        (["full.jsonl", "repairs.jsonl", "-o", "repairs.jsonl"], "repairs.jsonl is list 2 and would be overwritten"),
    ],
)
def test_lists_that_do_not_follow_are_refused_and_nothing_is_written(paleobc, repaired, arguments, told):
    stated = "quantity: height\ngrid: {kind: regular, rows: 36, columns: 72, west: -180.0}\n"
    Path("stated.yaml").write_text(f"{stated}{BY_HAND}")
    Path("coarse.yaml").write_text(f"{stated}{BY_HAND}".replace("36", "18").replace("72", "36"))
    Path("wrong.yaml").write_text(BY_HAND.replace("{set: -4321}", "{copy: lost}"))
    header, _, edits = Path("full.jsonl").read_text().partition("\n")
    base = json.loads(header)["base"]
    Path("elsewhere.jsonl").write_text(f"{header.replace(base, base[::-1])}\n{edits}")
    Path("baseless.jsonl").write_text(f"{header.replace(base, '')}\n{edits}")
    before = {path.name: path.read_bytes() for path in repaired.folder.iterdir()}
    output = () if "-o" in arguments else ("-o", "e")
    refused(paleobc("edits", "append", *arguments, *output), 1, told)
    assert {path.name: path.read_bytes() for path in repaired.folder.iterdir()} == before


def test_one_list_alone_is_not_appended(paleobc, world):
    misused(paleobc("edits", "append", "mine.yaml", "-o", "e"), "following")


def test_what_edits_by_hand_would_do_is_found_on_their_map(paleobc, world):
    Path("mine.yaml").write_text(BY_HAND)
    entry = paleobc("edits", "show", "mine.yaml", "--relief", "world.nc", "--json").json["edits"][0]
    assert entry["cells_changed"] > 0
    said = paleobc("edits", "convert", "mine.yaml", "-o", "e.txt", "--as", "cosima", "--relief", "world.nc")
    assert said.code == 0, said.err
    assert "4321" in Path("e.txt").read_text()
    Path("wrong.yaml").write_text(BY_HAND.replace("{set: -4321}", "{copy: lost}"))
    refused(paleobc("edits", "show", "wrong.yaml", "--relief", "world.nc"), 1, "wrong.yaml: Edit 1: ")


def test_what_edits_of_depths_would_do_is_found_on_their_bathymetry(paleobc, world):
    only = ("--only", "bathymetry", "--only", "ocean_grid")
    assert paleobc("build", "recipe.yaml", "-o", "out", *only).code == 0
    Path("mine.yaml").write_text(BY_HAND.replace("-4321", "4321"))
    about = ("--ocean-grid", "out/coordinates.nc", "--bathymetry", "out/bathy_meter.nc")
    said = paleobc("edits", "show", "mine.yaml", *about, "--json")
    assert said.json["edits"][0]["cells_changed"] > 0
    refused(paleobc("edits", "show", "mine.yaml", *about[2:]), 1, "needs its ocean grid")
    refused(paleobc("edits", "convert", "mine.yaml", "-o", "e", "--as", "jmmp", *about[:2]), 1, "never carried out")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["show", "mine.yaml"], "mine.yaml line 1: the list does not say"),
        (["show", "no.yaml"], "There is no file no.yaml"),
        (["show", "."], "is a folder"),
        (["show", "recipe.yaml"], "recipe.yaml line 1: this is no list of edits"),
        (["show", "mine.yaml", "--relief", "no.nc"], "There is no file no.nc"),
        (["show", "mine.yaml", "--relief", "world.nc", "--ocean-grid", "world.nc"], "and not both"),
        (["convert", "mine.yaml", "-o", "mine.yaml", "--relief", "world.nc"], "mine.yaml is the list and would be"),
        (["convert", "mine.yaml", "-o", "world.nc", "--relief", "world.nc"], "world.nc is the relief and would be"),
        (["convert", "mine.yaml", "-o", "no/e", "--relief", "world.nc"], "no/e cannot be written"),
        (["convert", "full.yaml", "-o", "e", "--as", "mom6"], "full.yaml holds edits that were never carried out"),
        (["merge", "full.yaml", "full.yaml", "-o", "e"], "give their map: --relief"),
        (["merge", "full.yaml", "no.yaml", "-o", "e"], "There is no file no.yaml"),
    ],
)
def test_a_list_that_cannot_be_used_is_refused_and_nothing_is_written(paleobc, world, arguments, told):
    Path("mine.yaml").write_text(BY_HAND)
    grid = "grid: {kind: regular, rows: 36, columns: 72, west: -180.0}\n"
    Path("full.yaml").write_text(f"quantity: height\n{grid}{BY_HAND}")
    before = {path.name: path.read_bytes() for path in world.folder.iterdir()}
    refused(paleobc("edits", *arguments), 1, told)
    assert {path.name: path.read_bytes() for path in world.folder.iterdir()} == before


# -- lists of strangers -----------------------------------------------------------------------------------------------


def edit(shape: str = "{region: [0, 0]}", operation: str = "{set: -1}") -> str:
    return f"paleobc_edits: 1\nedits: [{{shape: {shape}, operation: {operation}}}]\n"


BOMB = "a: &a [x, x]\n" + "".join(
    f"{b}: &{b} [*{a}, *{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)
ON_GRID = "paleobc_edits: 1\nquantity: height\ngrid: {kind: regular, rows: ROWS, columns: COLUMNS, west: -180}\n"
HUGE = ON_GRID.replace("ROWS", "31623").replace("COLUMNS", "63246")
NAN = (
    '{"paleobc_edits": 1, "quantity": "height", "grid": {"kind": "regular", "rows": 36, "columns": 72, "west": -180.0},'
    ' "base": ""}\n{"shape": {"region": [0, 0]}, "operation": {"set": NaN}}\n'
)
LISTS = {
    "other grid": (
        ON_GRID.replace("ROWS", "90").replace("COLUMNS", "180")
        + "edits: [{shape: {cells: [[1, 999]]}, operation: {set: 1}}]\n",
        "",
    ),
    "no number": (edit(operation="{set: .nan}"), "line 2"),
    "endless number": (edit(operation="{add: .inf}"), "line 2"),
    "no number in JSON": (NAN, "line 2"),
    "far too high": (edit(operation="{set: 1e30}"), ""),
    "bomb": (BOMB, "anchors"),
    "deep": ("[" * 100_000, "deep"),
    "unknown operation": (edit(operation="{explode: 1}"), "explode"),
    "unknown key": (edit() + "more: 1\n", "more"),
    "crossed polygon": (edit("{polygon: [[0, 0], [10, 10], [10, 0], [0, 10]]}"), "crosses itself"),
    "outside": (edit("{cells: [[36, 0]]}"), "36"),
    "lost revision": (edit(operation="{copy: yesterday}"), "yesterday"),
    "depths": ("quantity: depth\n" + edit(), "depth"),
    "code": (edit(operation="!!python/object/apply:os.system ['touch pwned']"), "tags"),
    "text": ("hello\n", "no list of edits"),
    "nothing": ("", "is empty"),
    "zeros": ("\0" * 1000, ""),
}


def carried_out(paleobc, name: str) -> Said:
    """Carry out a list on the world, into a file that is there."""
    if not Path("r.nc").exists():
        assert paleobc("run", "regrid", "relief=world.nc", "-o", "r.nc").code == 0
    Path("out.nc").write_bytes(b"earlier")
    said = paleobc("run", "edit_relief", "regridded_relief=r.nc", f"relief_edits={name}", "-o", "out.nc")
    assert Path("out.nc").read_bytes() == b"earlier"
    assert not list(Path().glob(".*.part"))
    assert not Path("pwned").exists()
    return said


@pytest.mark.parametrize("name", LISTS)
def test_a_list_of_strangers_is_refused_by_its_name(paleobc, world, name):
    text, told = LISTS[name]
    Path("strange list").write_text(text)
    refused(carried_out(paleobc, "strange list"), 1, "strange list", told)


@pytest.mark.parametrize(
    ("name", "told"), [(".", ". is a folder"), ("no.yaml", "no.yaml"), ("/dev/zero", "not an ordinary file")]
)
def test_what_is_no_file_is_no_list(paleobc, world, name, told):
    refused(carried_out(paleobc, name), 1, told)


def test_a_thousand_million_cells_are_refused_unread(paleobc, world):
    with netCDF4.Dataset("many.nc", "w") as file:
        file.createDimension("nEdits", 1_000_000_000)
        for name in ("iEdit", "jEdit", "zEdit"):
            file.createVariable(name, "f8" if name == "zEdit" else "i4", ("nEdits",), zlib=True, chunksizes=(10_000,))
        for name, size in (("ni", 72), ("nj", 36)):
            file.createVariable(name, "i4", ())[...] = size
    refused(carried_out(paleobc, "many.nc"), 1, "many.nc")


def test_a_list_of_another_grid_is_carried_over_by_its_places(paleobc, world):
    """A huge grid that is only stated costs nothing."""
    Path("list.yaml").write_text(HUGE + edit().splitlines()[1] + "\n")
    paleobc("run", "regrid", "relief=world.nc", "-o", "r.nc")
    said = paleobc("run", "edit_relief", "regridded_relief=r.nc", "relief_edits=list.yaml", "-o", "out.nc")
    assert said.code == 0, said.err


def test_a_depth_of_another_grid_is_refused(paleobc, world):
    only = ("--only", "interpolated_depth", "--only", "ocean_grid")
    assert paleobc("build", "recipe.yaml", "-o", "out", *only).code == 0
    world.recipe.write_text(world.recipe.read_text(encoding="utf-8").replace("resolution: 4", "resolution: 5"))
    assert paleobc("build", "recipe.yaml", "-o", "coarse", *only).code == 0
    assets = ("interpolated_depth=out/interpolated_depth.nc", "ocean_grid=coarse/coordinates.nc")
    refused(paleobc("run", "edit_depth", *assets, "-o", "e.nc"), 1, "make it again on this grid")


# -- build ------------------------------------------------------------------------------------------------------------


def test_a_build_warns_of_gateways_that_fail_and_of_edits_in_conflict(paleobc, seas):
    paleobc("repair", "world.nc", "-o", "e.jsonl", "--prefer", "closed_sea=fill")
    heights = read_netcdf(Path("world.nc"))["topo"].values
    write_world(Path("world.nc"), np.where(heights < 0.0, heights - 7.0, heights))
    recipe = seas.recipe.read_text(encoding="utf-8") + GATEWAYS + "relief_edits: {file: e.jsonl}\n"
    seas.recipe.write_text(recipe, encoding="utf-8")
    said = paleobc("build", "recipe.yaml", "-o", "out", "--only", "bathymetry")
    assert said.code == 0, said.all
    assert "Gateway fails on the relief: Seaway is closed and has to be open" in said.err
    assert "Gateway fails on the ocean grid: Seaway is closed and has to be open" in said.err
    assert "Relief edits: " in said.err
    assert " not as edit 1 had found them; see edits in report.json." in said.err
    report = json.loads(Path("out/report.json").read_text(encoding="utf-8"))
    assert not report["gateways"]["bathymetry"][0]["holds"]
    assert paleobc("check", "world.nc", "--gateways", "recipe.yaml", "--json").json["gateways"][0]["wanted"] == "open"


def test_a_build_without_edits_and_gateways_says_nothing_of_them(paleobc, world):
    said = paleobc("build", "recipe.yaml", "-o", "out", "--only", "soils")
    assert "ateway" not in said.all
    assert "edits:" not in said.all
    assert "1 file, report.json" in said.out


def test_several_recipes_are_built_each_in_its_folder(paleobc, world):
    text = world.recipe.read_text(encoding="utf-8")
    for name, age in (("old", 90), ("young", 3)):
        changed = text.replace("small world", f"{name} world").replace("55.5", str(age))
        Path(f"{name}.yaml").write_text(changed, encoding="utf-8")
    said = paleobc("build", "old.yaml", "young.yaml", "-o", "out", "--only", "soils")
    assert said.code == 0, said.all
    assert {path.name for path in Path("out").iterdir()} == {"old-world", "young-world"}
    assert Path("out/old-world/soils_param.nc").is_file()
    lines = said.out.splitlines()
    assert [line.split()[0] for line in lines[1:3]] == ["young", "old"]  # by age
    assert lines[-1] == "2 of 2 recipes are built in out."
    assert "1 of 2, old world (old.yaml): made in" in said.err
    alone = paleobc("build", "old.yaml", "-o", "alone", "--only", "soils")
    assert alone.code == 0
    assert Path("alone/soils_param.nc").read_bytes() == Path("out/old-world/soils_param.nc").read_bytes()


def test_a_recipe_that_fails_stops_no_other_and_is_told_by_the_exit_code(paleobc, world):
    Path("wrong.yaml").write_text("experiment: {name: wrong}\nrelief: {file: lost.nc}\n")
    said = paleobc("build", "wrong.yaml", "no.yaml", "recipe.yaml", "-o", "out", "--only", "soils")
    assert said.code == 1
    assert said.err.count("Error: ") == 2
    assert "There is no recipe no.yaml" in said.err
    assert "Traceback" not in said.all
    assert said.out.splitlines()[-1] == "1 of 3 recipes are built in out, 2 failed."
    assert Path("out/small-world/soils_param.nc").is_file()
    said = paleobc("build", "wrong.yaml", "recipe.yaml", "-o", "out", "--only", "soils", "--json")
    assert said.code == 1
    assert [(entry["name"], entry["state"]) for entry in said.json] == [("small world", "made"), ("wrong", "failed")]
    assert "lost.nc" in said.json[1]["said"]


def test_a_wrong_asset_is_refused_once_for_several_recipes(paleobc, world):
    Path("b.yaml").write_text(world.recipe.read_text(encoding="utf-8"))
    refused(paleobc("build", "recipe.yaml", "b.yaml", "-o", "out", "--only", "rooting"), 2, "Did you mean 'routing'?")
    assert not Path("out").exists()
