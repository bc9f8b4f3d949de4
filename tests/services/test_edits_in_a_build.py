"""Edits and gateways in a build: carried out, told in the report, replayed on a changed map, refused when wrong."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from paleobc.errors import InputError, RecipeError
from paleobc.formats.edit_lists import ListKind, write_edits
from paleobc.formats.nemo_fields import depth_of, ocean_grid_of
from paleobc.formats.netcdf import read_netcdf
from paleobc.grids.mesh import Mesh, ocean_mesh, regular_mesh
from paleobc.grids.regular import RegularGrid
from paleobc.services.builds import Build, build
from paleobc.services.recipes import gateways_of, read_recipe
from paleobc.topography.edits.edit import Add, Edit, Operation, Set
from paleobc.topography.edits.history import History
from paleobc.topography.edits.log import EditLog, base_checksum, grid_description
from paleobc.topography.edits.shapes import Box, Brush, Shape
from paleobc.topography.surface import Quantity, Surface
from small_world import COLUMNS, ROWS, Case

RELIEF = ("edited_relief", "soils")
OCEAN = ("interpolated_depth", "ocean_grid", "bathymetry")
SEA = Box(-58.0, -20.0, -40.0, -8.0)


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return Case(tmp_path)


def write(case: Case, more: str = "", steps: dict[str, Any] | None = None) -> None:
    """Write the recipe with further keys."""
    case.write(**(steps or {}))
    case.recipe.write_text(case.recipe.read_text(encoding="utf-8") + more + "\n", encoding="utf-8")


def log(field: np.ndarray, mesh: Mesh, quantity: Quantity, *edits: tuple[Shape, Operation]) -> EditLog:
    """Log of edits carried out on a field."""
    surface = Surface.of(field, mesh, quantity)
    base = base_checksum(surface.values)
    history = History(surface)
    for shape, operation in edits:
        history.do(Edit(shape, operation, reason="as the map of 2020 has it"))
    return EditLog(quantity, grid_description(mesh), base, history.done)


def relief_log(case: Case, *edits: tuple[Shape, Operation]) -> EditLog:
    return log(case.heights, regular_mesh(RegularGrid(ROWS, COLUMNS)), "height", *edits)


def heights(case: Case) -> np.ndarray:
    return read_netcdf(case.out / "edited_relief.nc")["height"].values


def states(made: Build) -> dict[str, str]:
    return {asset: outcome.state for asset, outcome in made.outcomes.items()}


def checksums(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.glob("[!.]*.*")}


# -- lists of every form ----------------------------------------------------------------------------------------------


def test_a_list_written_by_hand_is_carried_out_and_told(case):
    (case.folder / "edits.yaml").write_text(
        "paleobc_edits: 1\n"
        "edits:\n"
        "- {shape: {region: [-50, -20]}, operation: {set: -1234}, where: sea, reason: a test}\n"
        "- {shape: {values: [20000, 30000]}, operation: {add: 1}}\n"
    )
    write(case, "relief_edits: {file: edits.yaml}")
    made = build(case.recipe, case.out, only=RELIEF)
    changed = heights(case) != case.heights
    assert changed.sum() > 10
    assert (heights(case)[changed] == -1234.0).all()
    assert (case.heights[changed] <= 0.0).all()
    found = made.report()["edits"]["relief_edits"]
    assert found == {"edits": 2, "cells_changed": int(changed.sum()), "without_effect": [2], "conflicts": []}
    assert json.loads((case.out / "report.json").read_text(encoding="utf-8"))["edits"]["relief_edits"] == found
    assert made.report()["sources"]["relief_edits"]["file"] == "edits.yaml"


@pytest.mark.parametrize("kind", ["yaml", "json", "mom6", "cosima", "jmmp"])
def test_the_same_edits_in_any_form_give_the_same_relief(case, kind: ListKind):
    mesh = regular_mesh(RegularGrid(ROWS, COLUMNS))
    deeper = relief_log(case, (SEA, Set(-4321.0)))
    write_edits(deeper, case.folder / "edits", kind, mesh=mesh)
    write(case, "relief_edits: {file: edits}")
    made = build(case.recipe, case.out, only=RELIEF)
    expected = case.heights.copy()
    expected.ravel()[deeper.edits[0].result.cells] = -4321.0
    np.testing.assert_array_equal(heights(case), expected)
    assert made.report()["edits"]["relief_edits"]["conflicts"] == []


@pytest.mark.parametrize("kind", ["yaml", "json", "mom6", "cosima", "jmmp"])
def test_the_same_edits_of_the_depth_in_any_form_give_the_same_bathymetry(ocean, case, kind: ListKind):
    depth, mesh = ocean
    edits = log(depth, mesh, "depth", (SEA, Set(4321.0)))
    write_edits(edits, case.folder / "edits", kind, mesh=mesh)
    write(case, "depth_edits: {file: edits}")
    made = build(case.recipe, case.out, only=OCEAN)
    found = read_netcdf(case.out / "bathy_meter.nc")["Bathymetry"].values
    assert (found != depth).sum() >= edits.edits[0].result.cells.size > 0  # copies beyond the seam change, too
    assert (found[found != depth] == 4321.0).all()
    np.testing.assert_array_equal(read_netcdf(case.out / "interpolated_depth.nc")["Bathymetry"].values, depth)
    assert made.report()["edits"]["depth_edits"]["conflicts"] == []


@pytest.fixture(scope="module")
def ocean(tmp_path_factory) -> tuple[np.ndarray, Mesh]:
    """Depth of the small world on its ocean grid, and the mesh of that."""
    case = Case(tmp_path_factory.mktemp("ocean"))
    build(case.recipe, case.out, only=OCEAN)
    grid = ocean_grid_of(read_netcdf(case.out / "coordinates.nc"))
    return depth_of(read_netcdf(case.out / "bathy_meter.nc")), ocean_mesh(grid)


# -- a changed map ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("policy", "value"), [("intent", 150.0), ("keep", 50.0), ("result", -1900.0)])
def test_on_a_changed_relief_edits_are_replayed_and_conflicts_listed(case, policy, value):
    case.heights[20, 30] = -2000.0
    case.write_relief()
    edits = relief_log(case, (Box(-29.0, 11.0, -26.0, 14.0), Add(100.0)))
    write_edits(edits, case.folder / "e.jsonl", "json")
    case.heights[20, 30] = 50.0
    case.write_relief()
    write(case, "relief_edits: {file: e.jsonl}", {"edit_relief": {"on_conflict": policy}})
    made = build(case.recipe, case.out, only=RELIEF)
    assert heights(case)[20, 30] == value
    (conflict,) = made.report()["edits"]["relief_edits"]["conflicts"]
    assert (conflict["edit"], conflict["count"]) == (1, 1)
    at = {"latitude": 12.5, "longitude": -27.5, "expected": -2000.0, "found": 50.0, "made_then": -1900.0}
    assert conflict["cells"] == [at]


def test_at_another_resolution_edits_are_replayed_by_their_intent(case):
    write_edits(relief_log(case, (Brush(((-50.0, -20.0),), 800.0), Set(-1234.5))), case.folder / "e.jsonl", "json")
    write(case, "relief_edits: {file: e.jsonl}", {"regrid": {"resolution": 3.0, "method": "nearest"}})
    made = build(case.recipe, case.out, only=RELIEF)
    assert heights(case).shape == (60, 120)
    latitudes, longitudes = np.nonzero(heights(case) == -1234.5)
    assert abs((latitudes.mean() + 0.5) * 3 - 90 + 20) < 3
    assert abs((longitudes.mean() + 0.5) * 3 - 180 + 50) < 3
    assert made.report()["edits"]["relief_edits"]["conflicts"] == []


# -- nothing is made twice --------------------------------------------------------------------------------------------


def test_edits_that_change_nothing_make_nothing_again(case):
    only = (*RELIEF, *OCEAN)
    build(case.recipe, case.out, only=only)
    write_edits(relief_log(case, (SEA, Add(0.0))), case.folder / "e.jsonl", "json")
    (case.folder / "d.yaml").write_text("paleobc_edits: 1\nedits: []\n")
    write(case, "relief_edits: {file: e.jsonl}\ndepth_edits: {file: d.yaml}")
    again = build(case.recipe, case.out, only=only)
    ran = {"edited_relief": "unchanged", "bathymetry": "unchanged"}
    assert states(again) == {**dict.fromkeys(again.outcomes, "reused"), **ran}
    assert again.outcomes["edited_relief"].reason == "relief_edits changed"
    assert again.report()["edits"]["relief_edits"]["without_effect"] == [1]
    assert set(states(build(case.recipe, case.out, only=only)).values()) == {"reused"}


def test_another_list_with_the_same_result_stops_after_the_edits(case):
    write(case, "relief_edits: {file: e.jsonl}")
    write_edits(relief_log(case, (SEA, Set(-4000.0))), case.folder / "e.jsonl", "json")
    build(case.recipe, case.out, only=RELIEF)
    twice = relief_log(case, (SEA, Set(-3000.0)), (SEA, Set(-4000.0)))
    write_edits(twice, case.folder / "e.jsonl", "json")
    again = build(case.recipe, case.out, only=RELIEF)
    assert states(again) == {**dict.fromkeys(again.outcomes, "reused"), "edited_relief": "unchanged"}


def test_an_equal_list_under_another_name_makes_nothing_again(case):
    for name in ("one.jsonl", "two.jsonl"):
        write_edits(relief_log(case, (SEA, Set(-4000.0))), case.folder / name, "json")
        write(case, f"relief_edits: {{file: {name}}}")
        made = build(case.recipe, case.out, only=RELIEF)
    assert set(states(made).values()) == {"reused"}


# -- lists that cannot be used ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "text", "told"),
    [
        ("relief_edits", "paleobc_edits: 1\nedits: [{shape: {region: [0, 0]}, operation: {explode: 1}}]", "explode"),
        ("relief_edits", "paleobc_edits: 1\nquantity: depth\nedits: []", "height"),
        ("depth_edits", "paleobc_edits: 1\nquantity: height\nedits: []", "depth"),
        ("relief_edits", "paleobc_edits: 1\nedits: [{shape: {region: [0, .nan]}, operation: {set: 1}}]", "line 2"),
        ("relief_edits", "paleobc_edits: 1\nedits: [{shape: {region: [0, 0]}, operation: {copy: lost}}]", "Edit 1"),
        ("relief_edits", "", "empty"),
    ],
)
def test_a_list_that_cannot_be_used_is_named_and_leaves_the_folder_as_it_was(case, key, text, told):
    only = (*RELIEF, *OCEAN)
    build(case.recipe, case.out, only=only)
    before = checksums(case.out)
    (case.folder / "my edits.yaml").write_text(text)
    write(case, f'{key}: {{file: "my edits.yaml"}}')
    with pytest.raises(InputError, match=r"^my edits\.yaml") as caught:
        build(case.recipe, case.out, only=only)
    assert told in str(caught.value)
    assert checksums(case.out) == before
    write(case)
    assert set(states(build(case.recipe, case.out, only=only)).values()) == {"reused"}


def test_a_variable_of_edits_is_refused(case):
    (case.folder / "e.yaml").write_text("paleobc_edits: 1\nedits: []\n")
    write(case, "relief_edits: {file: e.yaml, variable: edits}")
    with pytest.raises(InputError, match="leave out 'variable'"):
        build(case.recipe, case.out, only=RELIEF)


# -- gateways ---------------------------------------------------------------------------------------------------------


TWO_SEAS = np.full((ROWS, COLUMNS), 400.0)
TWO_SEAS[10:26, 8:34] = -3000.0
TWO_SEAS[10:26, 36:66] = -3000.0
#: Between the two seas, through land at 5W to 5E.
GATEWAY = "gateways: [{name: Seaway, from: [-30, 0], to: [30, 0], state: open, sill: [500, 1500]}]\n"
OPENED = (
    "paleobc_edits: 1\nedits: [{shape: {line: [[-9, 0], [9, 0]], width_km: 1200}, operation: {open_strait: 1000}}]\n"
)


@pytest.fixture
def seas(case: Case) -> Case:
    case.write_relief(TWO_SEAS)
    return case


def test_a_gateway_that_does_not_hold_is_told(seas):
    write(seas, GATEWAY)
    found = build(seas.recipe, seas.out, only=("bathymetry",)).report()["gateways"]
    assert set(found) == {"regridded_relief", "edited_relief", "bathymetry"}
    for findings in found.values():
        assert [(entry["gateway"], entry["holds"], entry["open"]) for entry in findings] == [("Seaway", False, False)]
        assert findings[0]["sill_m"] is None


def test_an_edit_can_open_a_gateway(seas):
    (seas.folder / "e.yaml").write_text(OPENED)
    write(seas, GATEWAY + "relief_edits: {file: e.yaml}")
    found = build(seas.recipe, seas.out, only=("bathymetry",)).report()["gateways"]
    assert [findings[0]["holds"] for findings in found.values()] == [False, True, True]
    assert found["edited_relief"][0]["sill_m"] == 1000.0
    assert "Seaway is open" in found["bathymetry"][0]["said"]


def test_no_gateways_and_no_edits_are_told_as_none(case):
    report = build(case.recipe, case.out, only=RELIEF).report()
    assert (report["gateways"], report["edits"]) == ({}, {})


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("gateways: {name: Seaway}", "line 5: gateways: should be a list"),
        ("gateways:\n- {name: A, line: [[0, 0], [1, 1]], state: open}\n- {name: B, state: ajar}", "line 7: gateways: "),
        ("gateways: [{name: A, line: [[0, 0], [.inf, 1]], state: open}]", "line 5: gateways: "),
        ("gatewais: []", "Did you mean 'gateways'?"),
    ],
)
def test_wrong_gateways_are_refused_with_their_line(case, lines, told):
    write(case, lines)
    with pytest.raises(RecipeError) as caught:
        read_recipe(case.recipe)
    assert told in str(caught.value)


def test_gateways_of_a_recipe_are_read(case):
    write(case, GATEWAY)
    assert [gateway.name for gateway in gateways_of(read_recipe(case.recipe))] == ["Seaway"]
