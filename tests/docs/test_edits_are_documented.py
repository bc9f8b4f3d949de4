"""The documentation names all that an edit, a gateway and a repair may be, and its lists can be carried out."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import numpy as np
import pytest
import yaml

from documentation import PAGES, ROOT, blocks, edit_lists, rows, section
from paleobc.formats.edit_list_data import _HEADER, _OF_VALUES
from paleobc.formats.edit_lists import ListKind, read_edits
from paleobc.formats.relief import read_relief
from paleobc.grids.mesh import regular_mesh
from paleobc.services.examples import write_example
from paleobc.services.gateways import read_gateways
from paleobc.steps.edits import BASE
from paleobc.steps.relief import grid_of, height_of
from paleobc.topography.edits.edit import Result
from paleobc.topography.edits.limits import FILTERS, OPERATIONS
from paleobc.topography.edits.plain import _KEYS
from paleobc.topography.edits.plain_shapes import _BESIDE
from paleobc.topography.edits.replay import OnConflict, replay_log
from paleobc.topography.gateways import _KEYS as GATEWAY_KEYS
from paleobc.topography.repair_world import OPENED_FROM, SILL, WAYS
from paleobc.topography.surface import Surface

GATEWAY_FILES = [text for _, text in blocks("yaml") if text.startswith("gateways:")]
WHERE = {word for words in FILTERS.values() for word in words}
EXAMPLES = sorted((ROOT / "examples").glob("*.yaml"))


@pytest.fixture(scope="module")
def earth(tmp_path_factory: pytest.TempPathFactory) -> Surface:
    folder = tmp_path_factory.mktemp("earth")
    write_example(folder)
    relief = read_relief(folder / "topography.nc").dataset
    return Surface.of(height_of(relief), regular_mesh(grid_of(relief)), "height")


def test_every_key_of_a_list_and_of_an_edit_is_described():
    described = rows(section("edits", "A list of edits"))
    assert {*_HEADER, *_OF_VALUES, "edits", *_KEYS} <= described.keys()
    for word in WHERE:
        assert f"`{word}`" in described["where"]
    for word in Result.__annotations__:
        assert f"`{word}`" in described["result"]


def test_every_shape_is_described():
    text = section("edits", "Shapes")
    assert rows(text).keys() >= set(_BESIDE)
    for word, beside in _BESIDE.items():
        for key in beside:
            assert f"`{key}`" in rows(text)[word]


def test_every_operation_is_described():
    assert rows(section("edits", "Operations")).keys() == set(OPERATIONS["height"])
    assert f"`{BASE}`" in rows(section("edits", "Operations"))["copy"]


def test_every_shape_operation_and_filter_has_an_example():
    edits = [edit for page, text in edit_lists() if page == "edits" for edit in yaml.safe_load(text)["edits"]]
    assert {word for edit in edits for word in edit["shape"]} >= {*_BESIDE, "width_km", "radius_km"}
    assert {word for edit in edits for word in edit["operation"]} == set(OPERATIONS["height"])
    assert {edit["where"] for edit in edits if "where" in edit} == WHERE


@pytest.mark.parametrize("text", [text for _, text in edit_lists()])
def test_every_list_of_the_documentation_can_be_carried_out(text, earth, tmp_path):
    path = tmp_path / "edits.yaml"
    path.write_text(text, encoding="utf-8")
    if yaml.safe_load(text).get("quantity") == "value":
        values = np.random.default_rng(1).uniform(-20.0, 100.0, earth.mesh.shape)
        surface = Surface.of(np.where(values < 0.0, np.nan, values), earth.mesh, "value")
    else:
        surface = Surface.of(earth.field, earth.mesh, "height")
    before = surface.values.copy()
    log = read_edits(path, mesh=surface.mesh, quantity=surface.quantity)
    went = replay_log(log, surface, revisions={BASE: earth.field})
    assert not went.empty
    assert not np.array_equal(surface.values, before, equal_nan=True)


def test_what_can_be_done_to_values_is_told():
    text = section("edits", "Values of any variable")
    for word in {*OPERATIONS["value"], *OPERATIONS["basin"], *FILTERS["value"], *FILTERS["basin"]} - {"all"}:
        assert f"`{word}`" in text


def test_every_form_of_a_list_is_described():
    assert rows(section("edits", "The forms of a list")).keys() == set(get_args(ListKind))
    for command in ("repair", "edits"):
        for kind in get_args(ListKind):
            assert f"`{kind}`" in rows(section("commands", f"paleobc {command}"))["--as"]


def test_every_way_to_treat_conflicts_is_described():
    for way in get_args(OnConflict):
        assert f"`{way}`" in section("edits", "On a changed map, on another grid")


def test_every_key_of_a_gateway_is_described_and_has_an_example():
    assert rows(section("edits", "Gateways")).keys() == set(GATEWAY_KEYS)
    (text,) = [text for page, text in blocks("yaml") if page == "edits" and text.startswith("gateways:")]
    used = yaml.safe_load(text)["gateways"]
    assert {key for gateway in used for key in gateway} == set(GATEWAY_KEYS)
    assert {gateway["state"] for gateway in used} == {"open", "closed"}


@pytest.mark.parametrize("text", GATEWAY_FILES)
def test_files_of_gateways_in_the_documentation_are_accepted(text, tmp_path):
    path = tmp_path / "gateways.yaml"
    path.write_text(text, encoding="utf-8")
    assert read_gateways(path)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_every_example_of_gateways_is_accepted_and_named(path: Path):
    assert all(gateway.source for gateway in read_gateways(path))
    assert f"[{path.name}](../examples/{path.name})" in PAGES["edits"]


def test_every_way_of_a_repair_is_described():
    described = rows(section("edits", "Repair"))
    assert described.keys() == WAYS.keys()
    for problem, ways in WAYS.items():
        for way in ways:
            assert f"`{way}`" in described[problem].split("|")[2], f"{problem}={way}"
    size = f"{OPENED_FROM:,.0f}".replace(",", " ")
    assert f"{size} km²" in described["closed_sea"]
    assert f"{SILL:g} m" in section("edits", "Repair")
    assert size in rows(section("commands", "paleobc repair"))["--opened-from"]
    assert f"{SILL:g}" in rows(section("commands", "paleobc repair"))["--sill"]
