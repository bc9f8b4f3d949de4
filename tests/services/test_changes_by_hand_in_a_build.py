"""Changes by hand in a build: carried out after their step, told everywhere, replayed, and gone when taken away."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from documentation import blocks
from hand_worlds import log_on
from paleobc.errors import InputError
from paleobc.formats.edit_lists import write_edits
from paleobc.formats.hand_edit_lists import changes_of_file
from paleobc.formats.netcdf import read_netcdf
from paleobc.services import bundle_words
from paleobc.services.builds import Build, build
from paleobc.services.edit_files import list_edits
from paleobc.topography.edits.edit import Add, Scale, Set
from paleobc.topography.edits.shapes import Box, Combined, ValueRange
from small_world import Case

ONLY = ("soils", "pft", "routing")
LAND = Box(20.0, -30.0, 60.0, 30.0)
SOIL = ValueRange(1.0, 12.0)  # on the sea soils are 0
SOME = Combined("intersection", Box(20.0, -10.0, 45.0, 10.0), SOIL)


@pytest.fixture
def case(tmp_path: Path) -> Case:
    """A world whose files were built once."""
    case = Case(tmp_path)
    made(case)
    return case


def made(case: Case, only: tuple[str, ...] = ONLY, **steps: object) -> Build:
    case.write(**steps)
    lists = {asset: sorted(path.name for path in case.folder.glob(f"{asset}_*.json")) for asset in ("soils", "pft")}
    named = {asset: names for asset, names in lists.items() if names}
    if named:
        text = case.recipe.read_text(encoding="utf-8") + f"hand_edits: {json.dumps(named)}\n"
        case.recipe.write_text(text, encoding="utf-8")
    return build(case.recipe, case.out, only=only)


def sums(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.glob("*.nc")}


def states(built: Build) -> dict[str, str]:
    return {asset: outcome.state for asset, outcome in built.outcomes.items()}


def change_soils(case: Case, *edits: tuple, **how: object) -> None:
    log = log_on(case.out / "soils_param.nc", "soilcolor", *edits, **how)
    write_edits(log, case.folder / "soils_1.json", "json")


def test_a_change_is_carried_out_and_told_wherever_people_look(case):
    before = read_netcdf(case.out / "soils_param.nc")
    change_soils(case, (SOME, Set(7.0)), (SOME, Add(1.0)), reason="red earth")
    again = made(case)
    assert states(again) == {**dict.fromkeys(again.outcomes, "reused"), "soils": "made"}
    after = read_netcdf(case.out / "soils_param.nc")
    changed = after["soilcolor"].values != before["soilcolor"].values
    changed &= np.isfinite(before["soilcolor"].values)
    number = int(changed.sum())
    assert number > 4
    assert (after["soilcolor"].values[changed] == 8.0).all()
    np.testing.assert_array_equal(after["soiltext"].values, before["soiltext"].values)
    assert after.attrs["changed_by_hand"] == f"{number} cells of soilcolor"
    assert after.attrs["history"].endswith(f"; changed by hand: {number} cells of soilcolor")
    assert after.attrs["paleobc_changed_by_hand"] == "Changed by hand: 2 edits of soilcolor: red earth."
    (told,) = again.report()["hand_edits"]["soils"]
    assert (told["variable"], told["index"], told["edits"], told["reasons"]) == ("soilcolor", {}, 2, ["red earth"])
    assert (told["cells_changed"], told["conflicts"]) == (2 * number, [])
    assert again.report()["sources"]["hand_edits_soils_1"]["file"] == "soils_1.json"
    assert json.loads((case.out / "report.json").read_text(encoding="utf-8"))["hand_edits"] == {"soils": [told]}
    assert changes_of_file(case.out / "soils_param.nc") == f"{number} cells of soilcolor"
    assert bundle_words.hand_edits(again.findings) == [("Soils", "soilcolor", "2", f"{2 * number}", "0", "red earth")]
    for other in ("PFTmap.nc", "routing.nc"):
        assert not any("changed_by_hand" in key for key in read_netcdf(case.out / other).attrs)
    assert set(states(made(case)).values()) == {"reused"}


def test_changes_that_are_taken_away_leave_every_file_as_it_was(case):
    before = sums(case.out)
    change_soils(case, (SOME, Set(7.0)))
    assert sums(made(case).folder) != before
    (case.folder / "soils_1.json").unlink()
    again = made(case)
    assert set(states(again).values()) == {"reused"}
    assert sums(case.out) == before
    assert again.report()["hand_edits"] == {}


def test_changes_without_effect_leave_the_result_of_the_step(case):
    change_soils(case, (SOME, Add(0.0)))
    again = made(case)
    assert states(again) == {**dict.fromkeys(again.outcomes, "reused"), "soils": "unchanged"}
    assert "changed_by_hand" not in read_netcdf(case.out / "soils_param.nc").attrs
    assert again.report()["hand_edits"]["soils"][0]["without_effect"] == [1]


def test_a_changed_relief_is_followed_by_the_changes_of_what_was_made_on_the_way(case):
    log = log_on_conditioned(case)
    write_edits(log, case.folder / "conditioned.json", "json")
    case.write()
    text = case.recipe.read_text(encoding="utf-8") + "hand_edits: {conditioned_relief: [conditioned.json]}\n"
    case.recipe.write_text(text, encoding="utf-8")
    again = build(case.recipe, case.out, only=("soils", "conditioned_relief"))
    soils = read_netcdf(case.out / "soils_param.nc")
    assert "conditioned_relief" not in soils.attrs.get("changed_by_hand", "")
    assert soils.attrs["paleobc_changed_by_hand"].startswith("Changed by hand: 1 edit of height")
    assert states(again)["conditioned_relief"] == "made"


def log_on_conditioned(case: Case):
    build(case.recipe, case.out, only=("conditioned_relief",))
    return log_on(case.out / "conditioned_relief.nc", "height", (Box(20.0, -10.0, 45.0, 10.0), Scale(1.5)))


def test_on_a_changed_base_edits_are_carried_out_as_they_were_meant_and_conflicts_told(case):
    change_soils(case, (SOME, Add(1.0)))
    made(case)
    again = made(case, soils={"colour": 6})
    (told,) = again.report()["hand_edits"]["soils"]
    (conflict,) = told["conflicts"]
    assert conflict["count"] == told["cells_changed"]
    assert {(cell["expected"], cell["found"], cell["made_then"]) for cell in conflict["cells"]} == {(4.0, 6.0, 5.0)}
    values = read_netcdf(case.out / "soils_param.nc")["soilcolor"].values
    assert set(np.unique(values[values > 0.0])) == {6.0, 7.0}


def test_lists_of_several_fields_of_one_file_hold_together(case):
    path = case.out / "PFTmap.nc"
    where = LAND
    for number, (position, amount) in enumerate(((1, 0.05), (2, -0.05)), 1):
        log = log_on(path, "maxvegetfrac", (where, Add(amount)), index={"veget": position})
        assert log.index == (("veget", position),)
        write_edits(log, case.folder / f"pft_{number}.json", "json")
    before = read_netcdf(path)["maxvegetfrac"].values
    again = made(case)
    after = read_netcdf(path)["maxvegetfrac"].values
    changed = np.isfinite(before[0, 1]) & (after[0, 1] != before[0, 1])
    assert changed.any()
    np.testing.assert_allclose(after[0, 1][changed], before[0, 1][changed] + 0.05)
    assert [each["index"] for each in again.report()["hand_edits"]["pft"]] == [{"veget": 1}, {"veget": 2}]
    assert "maxvegetfrac (veget 1); " in read_netcdf(path).attrs["changed_by_hand"]


def test_what_breaks_a_law_is_refused_and_leaves_the_folder_as_it_was(case):
    before = sums(case.out)
    log = log_on(case.out / "PFTmap.nc", "maxvegetfrac", (LAND, Add(0.05)), index={"veget": 1})
    write_edits(log, case.folder / "pft_1.json", "json")
    with pytest.raises(
        InputError, match=r"changed by hand breaks a law .*: Plant functional types add up to 1"
    ) as caught:
        made(case)
    assert "Edit pft so that it holds" in str(caught.value)
    assert sums(case.out) == before


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("quantity: value\nvariable: soilcolour\nindex: {}", "no variable 'soilcolour'"),
        ("quantity: value\nvariable: nav_lon\nindex: {}", "says where the cells lie"),
        ("quantity: height", "edits a height"),
    ],
)
def test_a_list_that_cannot_be_used_is_named(case, header, told):
    text = f"paleobc_edits: 1\n{header}\ngrid: {{kind: regular, rows: 36, columns: 72, west: -180.0}}\nedits: []\n"
    (case.folder / "soils_1.json").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"^soils_1\.json") as caught:
        made(case)
    assert told in str(caught.value)


def test_a_list_is_shown_with_what_it_is_about(case):
    change_soils(case, (SOME, Set(7.0)))
    said = list_edits(case.folder / "soils_1.json")
    assert (said["quantity"], said["variable"], said["index"]) == ("value", "soilcolor", {})
    assert said["edits"][0]["cells_changed"] > 4


def test_the_list_of_the_documentation_can_be_carried_out(tmp_path):
    (text,) = [text for page, text in blocks("yaml") if page == "edits" and "variable: icof" in text]
    case = Case(tmp_path)
    (case.folder / "changes.yaml").write_text(text, encoding="utf-8")
    written = case.recipe.read_text(encoding="utf-8") + "hand_edits: {lateral_viscosity: [changes.yaml]}\n"
    case.recipe.write_text(written, encoding="utf-8")
    built = build(case.recipe, case.out, only=("lateral_viscosity",))
    assert built.report()["hand_edits"]["lateral_viscosity"][0]["edits"] == 1
