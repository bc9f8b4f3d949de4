"""What the desk answers to each question."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from editing_desks import FIELDS, Client, Home, any_edit, ask, box, desk_of, ocean_field, relief_field, value_field
from paleobc.errors import ForbiddenError, InputError, NotFoundError
from paleobc.formats.edit_lists import read_edits
from paleobc.services.editing.desk import Desk
from paleobc.services.editing.field import Copy
from paleobc.services.editing.journal import MemoryJournal
from paleobc.topography.edits.apply import same_bits
from paleobc.topography.edits.replay import replay, replay_log
from paleobc.topography.edits.shapes import CellList
from paleobc.topography.repair import proposals
from paleobc.topography.surface import Surface

STRAIT = {"name": "Strait", "state": "open", "from": [-100.0, 0.0], "to": [100.0, 10.0]}


@pytest.mark.parametrize("name", FIELDS)
def test_what_is_opened_says_all_that_an_editor_needs(name):
    edited = FIELDS[name](1)
    data, arrays = ask(desk_of(edited), "open")
    assert arrays == {}
    assert [one["bit"] for one in data["checks"]] == list(range(len(data["checks"])))
    assert data["revisions"][0] == {"name": "base", "title": "Before all edits"}
    assert data["filters"][0]["name"] == "all"
    assert "set" in data["operations"]
    assert data["colours"]["low"] < data["colours"]["high"]
    assert data["colours"]["map"] in data["colours"]["maps"]
    for table in data["colours"]["maps"]:
        told, colours = ask(desk_of(edited), "colours", map=table)
        assert told["map"] == table
        assert colours["lut"].shape == (256, 4)
    geometry, arrays = ask(desk_of(edited), "geometry")
    assert geometry["kind"] == data["grid"]["kind"]
    assert all(array.shape[:2] in (edited.grid.shape, array.shape[:2]) for array in arrays.values())


def test_a_selection_tells_how_much_and_changes_nothing():
    edited = relief_field()
    desk = desk_of(edited)
    data, arrays = ask(desk, "select", position=0, shape={"box": [-90, -90, 90, 90]}, where="sea")
    surface = edited.surface
    chosen = np.concatenate([np.arange(s, s + n) for s, n in zip(arrays["starts"], arrays["lengths"], strict=True)])
    columns = chosen % 20
    assert ((columns >= 5) & (columns < 15)).all()
    assert data["count"] == chosen.size
    assert (data["lowest"], data["highest"]) == (surface.values[chosen].min(), surface.values[chosen].max())
    assert data["highest"] <= 0.0
    assert data["area_km2"] == pytest.approx(surface.mesh.cell_area.ravel()[chosen].sum() / 1e6)
    nothing, _ = ask(desk, "select", position=0, shape={"values": [15000, 15001]})
    assert nothing == {"count": 0, "lowest": None, "highest": None, "mean": None, "area_km2": 0.0}
    assert len(desk.journal.read(0)) == 0


def test_every_proposal_of_a_problem_is_one_of_those_for_the_whole_map():
    for edited in (relief_field(3), ocean_field(3)):
        client = Client(desk_of(edited))
        whole = proposals(edited.surface, rules=edited.rules)
        titles = {(one.problem, one.title, one.note) for ways in whole for one in ways}
        asked = 0
        for problem in client.findings["problems"]:
            found, _ = ask(client.desk, "propose", position=0, check=problem["check"], cell=problem["cell"])
            for one in found["proposals"]:
                assert (one["way"], one["words"], one["note"]) in {
                    (w.way, w.title, w.note) for ways in whole for w in ways
                }
            asked += bool(found["proposals"])
        assert asked == len(client.findings["problems"])
        assert titles


def test_a_proposal_that_is_carried_out_mends_its_problem():
    edited = relief_field(3)
    client = Client(desk_of(edited))
    for _ in range(6):
        problem = next(one for one in client.findings["problems"] if one["check"] in ("closed_sea", "polar_rule"))
        found, _ = ask(client.desk, "propose", position=client.position, check=problem["check"], cell=problem["cell"])
        bit = {kind.name: bit for bit, kind in enumerate(edited.checker.kinds)}[problem["check"]]
        client.act(edit=found["proposals"][0]["edit"])
        assert not client.mask[problem["cell"]] >> bit & 1


def test_a_gateway_is_judged_again_where_the_map_has_changed_and_can_be_opened():
    client = Client(desk_of(relief_field()))
    client.act(edit=box(-10, -90, 10, 90, {"set": 50.0}))
    client.act(edit=box(170, -90, -170, 90, {"set": 50.0}))
    findings = ask(client.desk, "gateways", gateways=[STRAIT])[0]["findings"]
    assert [(one["name"], one["light"]) for one in findings["gateways"]] == [("Strait", "red")]
    asked = {"position": client.position, "check": "gateway", "cell": 0, "gateway": "Strait"}
    found, _ = ask(client.desk, "propose", **asked)
    client.act(edit=found["proposals"][0]["edit"])
    (light,) = client.findings["gateways"]
    assert light["light"] == "green"
    assert len(light["lines"][0]) > 2
    client.act(undo=True)
    assert client.findings["gateways"] == findings["gateways"]
    again = Client(desk_of(client.desk.field, client.desk.journal))
    assert again.findings == client.findings


@pytest.mark.parametrize("seed", range(6))
def test_gateways_that_are_looked_at_again_only_where_they_can_change_are_what_they_are(seed):
    random = np.random.default_rng(seed)
    gateways = [
        STRAIT,
        {"name": "Line", "state": "open", "line": [[-60.0, -20.0], [-20.0, 20.0]], "least_width_cells": 2},
        {"name": "Date line", "state": "closed", "from": [160.0, 40.0], "to": [-150.0, 55.0]},
    ]
    client = Client(desk_of(relief_field(seed), home=Home(gateways=gateways)))
    for _ in range(12):
        try:
            client.act(edit=any_edit(random, client.desk.field))
        except InputError:
            continue
        again = Client(desk_of(client.desk.field, client.desk.journal, home=Home(gateways=gateways)))
        assert again.findings["gateways"] == client.findings["gateways"]


def test_gateways_that_are_none_are_refused_and_the_old_ones_kept():
    desk = desk_of(relief_field())
    ask(desk, "gateways", gateways=[STRAIT])
    with pytest.raises(InputError, match="needs a state"):
        ask(desk, "gateways", gateways=[{"name": "Strait", "state": "ajar"}])
    assert ask(desk, "open")[0]["gateways"] == [STRAIT]


def test_values_can_be_copied_from_another_revision_which_is_read_when_it_is_needed():
    edited = relief_field()
    read = []
    other = edited.surface.field + 100.0

    def load():
        read.append(1)
        return other

    edited = replace(edited, copies={"3": Copy("Revision 3", load)})
    client = Client(desk_of(edited))
    assert read == []
    data, arrays = ask(client.desk, "revision", name="3")
    assert data["title"] == "Revision 3"
    np.testing.assert_array_equal(arrays["values"], edited.travelling(other))
    client.act(edit=box(-180, -90, 180, 90, {"copy": "3"}))
    np.testing.assert_array_equal(client.values, edited.travelling(other.ravel()))
    assert client.log[0]["words"] == 'Box: copy from "Revision 3"'
    with pytest.raises(NotFoundError, match="no revision"):
        ask(client.desk, "revision", name="4")
    home = Home()
    desk = desk_of(edited, client.desk.journal, home=home)
    ask(desk, "save", position=client.position)
    (saving,) = home.saved
    surface = edited.new_surface()
    replay([replace(edit, result=None) for edit in saving.log.edits], surface, same_base=False)
    np.testing.assert_array_equal(surface.field, other)
    assert saving.position == client.position


@pytest.mark.parametrize("name", ["relief", "ocean with F pivot", "values", "basins"])
def test_exported_edits_make_the_same_map_elsewhere(name, tmp_path: Path):
    edited = FIELDS[name](2)
    client = Client(desk_of(edited))
    client.act(edit=box(-100, -60, 10, 70, {"set": 2.0}))
    client.act(edit=box(-90, -60, 30, 70, {"set": 3.0}))
    for kind in ("json", "yaml"):
        data, arrays = ask(client.desk, "export", kind=kind)
        path = tmp_path / data["file_name"]
        path.write_bytes(arrays["file"].tobytes())
        log = read_edits(path, mesh=edited.surface.mesh, quantity=edited.surface.quantity)
        surface = edited.new_surface()
        replay_log(log, surface)
        np.testing.assert_array_equal(edited.travelling(surface.values), client.values)
    with pytest.raises(NotFoundError, match="cannot be written"):
        ask(client.desk, "export", kind="stone")


def test_a_list_of_others_is_taken_in_whole_or_not_at_all():
    edited = relief_field()
    maker = Client(desk_of(edited))
    maker.act(edit=box(-100, -60, 10, 70, {"set": 2.0}))
    maker.act(edit=box(-100, -60, 10, 70, {"add": 3.0}))
    data, arrays = ask(maker.desk, "export", kind="json")
    lines = arrays["file"].tobytes()
    client = Client(desk_of(edited, who="Bo"))
    client.act(edit=box(-10, -60, 30, 70, {"set": 7.0}))
    file = {"file_name": data["file_name"], "file": base64.b64encode(lines).decode(), "key": "import"}
    told = client.follow(*ask(client.desk, "import", position=client.position, **file))
    assert told["told"].startswith("2 edits of")
    assert [entry["who"] for entry in client.log] == ["Bo", "Bo", "Bo"]
    again = client.follow(*ask(client.desk, "import", position=client.position, **file))
    assert again["log"] == []
    before, position = client.values.copy(), client.position
    broken = json.loads(lines.splitlines()[1]) | {"operation": {"copy": "nowhere"}, "result": None}
    lines += json.dumps(broken).encode() + b"\n"
    with pytest.raises(InputError, match=r"edits\.json"):
        ask(client.desk, "import", file_name="edits.json", file=base64.b64encode(lines).decode())
    fresh = Client(desk_of(edited, client.desk.journal))
    assert fresh.position == position
    np.testing.assert_array_equal(fresh.values, before)
    everything = ask(
        client.desk, "import", file_name="empty.json", file=base64.b64encode(lines.splitlines()[0] + b"\n").decode()
    )
    assert everything[1]["values"].size == edited.surface.values.size
    with pytest.raises(InputError, match="base64"):
        ask(client.desk, "import", file_name="edits.json", file="!")


def test_what_is_saved_is_what_the_edits_in_force_make():
    home = Home()
    edited = relief_field()
    client = Client(desk_of(edited, home=home))
    client.act(edit=box(-100, -60, 10, 70, {"set": 2.0}))
    client.act(edit=box(-100, -60, 10, 70, {"set": 3.0}))
    client.act(undo=True)
    data, _ = ask(client.desk, "save", position=client.position, reason="Closed", file_name="new")
    assert data["saved"] == {"words": "Saved.", "href": None}
    (saving,) = home.saved
    assert len(saving.log.edits) == 1
    surface = Surface.of(edited.surface.field, edited.surface.mesh, "height")
    replay_log(saving.log, surface)
    assert same_bits(surface.values, saving.values.ravel()).all()
    assert (saving.reason, saving.file_name) == ("Closed", "new")
    assert home.positions == [1, 2, 3]


def test_those_who_may_only_look_change_nothing():
    edited = relief_field()
    desk = desk_of(edited, home=Home(may_change=False))
    client = Client(desk)
    refused = {
        "act": {"position": 0, "key": "k", "undo": True},
        "gateways": {"gateways": []},
        "import": {"file_name": "a", "file": ""},
        "save": {"position": 0},
        "restart": {},
    }
    for kind, body in refused.items():
        with pytest.raises(ForbiddenError):
            ask(desk, kind, **body)
    can = ask(desk, "open")[0]["can"]
    assert [can[what] for what in ("save", "repair", "import", "change")] == [False] * 4
    changed = replace(edited, surface=Surface.of(edited.surface.field + 1.0, edited.surface.mesh, "height"))
    journal = client.desk.journal
    header = journal.header
    assert Client(desk_of(changed, journal, home=Home(may_change=False))).position == 0
    assert journal.header == header


def test_cells_without_a_value_stay_so_on_their_way():
    edited = value_field()
    client = Client(desk_of(edited))
    np.testing.assert_array_equal(np.isnan(client.values), np.isnan(edited.surface.values))
    client.act(edit=box(-60, -60, 60, 60, {"set": None}))
    assert client.log[0]["words"] == "Box: set to no value"
    again = Client(desk_of(edited, client.desk.journal))
    np.testing.assert_array_equal(again.values, client.values)
    client.act(undo=True)
    np.testing.assert_array_equal(client.values, edited.travelling(edited.surface.values))


def test_listed_cells_are_kept_with_the_places_by_which_another_grid_finds_them():
    client = Client(desk_of(relief_field()))
    client.act(edit={"shape": {"cells": [[3, 4], [3, 5]]}, "operation": {"set": 7}, "where": "all", "reason": ""})
    (edit,) = (entry.edit for entry in client.desk.journal.read(0))
    assert edit is not None
    assert isinstance(edit.shape, CellList)
    assert edit.shape.cells == ((3, 4), (3, 5))
    assert len(edit.shape.places) == len(edit.shape.sizes_km) == 2


WRONG = {
    "no JSON": ("act", b"{"),
    "no mapping": ("values", b"[]"),
    "an unknown key": ("values", {"positon": 3}),
    "two things at once": ("act", {"position": 0, "key": "k", "undo": True, "redo": True}),
    "nothing to do": ("act", {"position": 0, "key": "k"}),
    "a position that is a text": ("changes", {"position": "0"}),
    "a result that was made up": (
        "act",
        {"position": 0, "key": "k", "edit": {**box(0, 0, 1, 1, {"set": 1}), "result": {}}},
    ),
    "a filter that is none": ("select", {"position": 0, "shape": {"box": [0, 0, 1, 1]}, "where": "wet"}),
    "an operation that is none": ("act", {"position": 0, "key": "k", "edit": box(0, 0, 1, 1, {"rise": 1})}),
    "a cell beyond the grid": ("propose", {"position": 0, "check": "closed_sea", "cell": 10**8}),
}


@pytest.mark.parametrize(("kind", "body"), WRONG.values(), ids=WRONG.keys())
def test_a_question_that_cannot_be_understood_is_refused_with_a_sentence(kind, body):
    desk = desk_of(relief_field())
    with pytest.raises(InputError, match=r"\.$"):
        desk.answer(kind, body)
    assert isinstance(desk.journal, MemoryJournal)
    assert desk.journal.read(0) == []


def test_a_question_that_is_none_is_not_found():
    with pytest.raises(NotFoundError):
        desk_of(relief_field()).answer("dance", {})


def test_a_field_that_was_made_anew_offers_its_newer_revisions():
    edited = relief_field()
    first = desk_of(edited)
    client = Client(first)
    newer = replace(edited, copies={"4": Copy("Revision 4", lambda: edited.surface.field + 1.0)})
    client.desk = Desk(newer, first.journal, "Ada", Home(), first._states)
    client.act(edit=box(-180, -90, 180, 90, {"copy": "4"}))
    np.testing.assert_array_equal(client.values, edited.travelling(edited.surface.values + 1.0))
