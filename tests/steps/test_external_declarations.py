"""A declaration that cannot be used is refused in a sentence with its file and line, and nothing starts."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from external_worlds import COPY, declared, write_declaration
from paleobc.errors import InputError
from paleobc.services.audit_names import SETS
from paleobc.services.builds import build
from paleobc.steps.assets import ASSETS, with_declared
from paleobc.steps.catalogue import GRAPH
from paleobc.steps.external import with_external
from paleobc.steps.external_declaration import declarations_in, read_declaration
from paleobc.steps.external_outputs import FILES, KEPT, SAME_GRID, VARIABLES
from paleobc.store.cache import FolderStore
from small_world import Case

NUMBER = {"type": "int", "default": 1, "description": "A number."}

#: What is changed in a declaration that is right, and what is said of it.
WRONG = [
    ({"colour": "red"}, "colour: there is no such key."),
    ({"path": "/etc"}, "path: there is no such key."),
    ({"version": None}, "version: this key is needed."),
    ({"version": "one"}, "version: should be a valid integer"),
    ({"name": "Twin"}, "name: "),
    ({"name": "read_twin"}, "name: names that begin with read_"),
    ({"name": "routing"}, "name: one of our steps has this name"),
    ({"reads": []}, "reads: "),
    ({"may_read": ["relieff"]}, "may_read: there is no asset relieff"),
    ({"reads": ["regridded_relief", "regridded_relief"]}, "is read twice"),
    ({"reads": ["regridded_relief", "relief_edits"]}, "holds edits"),
    ({"may_read": ["twin"]}, "read and written"),
    ({"command": "cp a b"}, "command: "),
    ({"command": ["cp", "{reads.relief}", "{out}"]}, "command: {reads.relief} stands for nothing"),
    ({"command": ["cp", "{option.x}", "{out}"]}, "command: {option.x} stands for nothing"),
    ({"command": ["cp", "{options.x}", "{out}"]}, "command: {options.x} stands for nothing"),
    ({"command": ["awk", "{", "{out}"]}, "command: a brace alone"),
    ({"command": ["cp", "{reads.regridded_relief}", "{{out}}"]}, "command: no word holds {out}"),
    ({"command": ["{options.x}", "{out}"], "options": {"x": NUMBER}}, "command: the first word is the program"),
    ({"asset": None}, "writes: twin cannot be made; declare a new asset"),
    ({"outputs": None}, "writes: a new asset needs outputs"),
    ({"outputs": ["*.nc"]}, "outputs: of a file these are variables"),
    ({"writes": "routing"}, "asset: routing is an asset that there is"),
    ({"writes": "given_twin"}, "asset: given_twin is an asset"),
    ({"writes": "pft", "asset": None}, "writes: the step that makes pft stays ours"),
    ({"asset": {**COPY["asset"], "file_name": "routing.nc"}}, "asset: routing has this title, or a file"),
    ({"asset": {**COPY["asset"], "file_name": "twin"}}, "asset.set: the name of a file ends in .nc"),
    ({"asset": {**COPY["asset"], "file_name": "../twin.nc"}}, "asset.file_name: "),
    ({"asset": {**COPY["asset"], "title": "Routing"}}, "asset: routing has this title"),
    ({"environment": ["HOME", "PALEOBC_DATABASE_URL"]}, "environment: PALEOBC_DATABASE_URL may hold a secret"),
    ({"environment": ["AWS_SECRET_ACCESS_KEY"]}, "may hold a secret"),
    ({"environment": ["A=b"]}, "environment"),
    ({"identity": ["no_such_file"]}, "identity: there is no file"),
    ({"queue": "a b"}, "queue: "),
    ({"seconds": 0}, "seconds: "),
    ({"options": {"class": NUMBER}}, "options.class: an option cannot have this name"),
    ({"options": {"output": NUMBER}}, "options.output: an option cannot have this name"),
    ({"options": {"copy": NUMBER}}, "options.copy: an option cannot have this name"),
    ({"options": {"x": {**NUMBER, "default": "a"}}}, "options.x.default: should be a valid integer"),
    ({"options": {"x": {**NUMBER, "least": 2}}}, "options.x.default: should be greater than or equal to 2"),
    ({"options": {"x": {**NUMBER, "choices": ["a"]}}}, "options.x: choices are needed for a choice"),
    ({"options": {"x": {**NUMBER, "pattern": "a"}}}, "options.x: a pattern is for a str"),
    ({"options": {"x": {**NUMBER, "type": "str", "default": "a", "least": 1}}}, "options.x: least and most"),
    ({"options": {"x": {**NUMBER, "type": "str", "default": "a", "pattern": "("}}}, "options.x: pattern is no"),
    ({"options": {"x": {"type": "int", "description": "A number."}}}, "options.x.default: this key is needed"),
]


def steps_with(path: Path) -> None:
    """Put all steps together, with that of a declaration."""
    found = [read_declaration(path)]
    with_external(GRAPH.steps, found, with_declared(ASSETS, found))


@pytest.mark.parametrize(("changes", "said"), WRONG, ids=[said for _, said in WRONG])
def test_what_cannot_be_used_is_refused_with_its_line(tmp_path, changes, said):
    path = write_declaration(tmp_path, **changes)
    with pytest.raises(InputError) as caught:
        steps_with(path)
    sentence = str(caught.value)
    assert sentence.startswith(f"{path} line ")
    assert said in sentence
    assert "\n" not in sentence
    (key, value), *_ = changes.items()
    line = int(sentence.split(" line ")[1].split(":")[0])
    text = path.read_text(encoding="utf-8").splitlines()
    if value is not None and key not in ("asset", "writes", "options"):
        start = next(number for number, each in enumerate(text, start=1) if each.startswith(f"{key}:"))
        assert start <= line <= start + 3, (line, text)


def test_a_file_has_the_name_of_its_step(tmp_path):
    path = write_declaration(tmp_path).rename(tmp_path / "other.yaml")
    with pytest.raises(InputError, match=r"has to be called twin\.yaml"):
        read_declaration(path)


def test_two_declarations_cannot_make_the_same(tmp_path):
    for name in ("one", "two"):
        write_declaration(tmp_path, name=name, writes="soils", asset=None, outputs=None)
    with pytest.raises(InputError, match=r"two\.yaml line 4: writes: soils is made by one\.yaml as well"):
        with_external(GRAPH.steps, declarations_in(tmp_path), ASSETS)


def test_an_external_step_takes_the_place_of_ours(tmp_path):
    write_declaration(tmp_path, name="our_soils", writes="soils", asset=None, outputs=None)
    steps = with_external(GRAPH.steps, declarations_in(tmp_path), ASSETS)
    assert {step.name for step in GRAPH.steps} - {step.name for step in steps} == {"soils"}
    assert next(step for step in steps if step.writes == "soils").name == "our_soils"


def test_a_step_of_the_same_name_may_take_the_place_of_ours(tmp_path):
    step = declared(tmp_path, name="soils", writes="soils", asset=None, outputs=None)
    assert (step.name, step.writes) == ("soils", "soils")


def test_every_asset_that_is_made_can_be_replaced_or_stays_ours():
    assert {*VARIABLES, *FILES, *KEPT} == set(GRAPH.assets)
    assert set(FILES) == {name for name, asset in ASSETS.items() if asset.is_set}


def test_what_is_asked_of_replacements_is_what_our_own_steps_write(tmp_path):
    case = Case(tmp_path)
    made = build(case.recipe, case.out, only=GRAPH.assets)
    store = FolderStore(case.out / ".paleobc")
    ours = {asset: store.load(outcome.record.content) for asset, outcome in made.outcomes.items()}
    for asset, variables in VARIABLES.items():
        for name, dimensions in variables.items():
            assert list(ours[asset][name].dims) == dimensions, (asset, name)
        assert set(ASSETS[asset].holds) <= set(variables)
    for asset, (other, variable) in SAME_GRID.items():
        assert ours[asset][ASSETS[asset].holds[0]].shape[-2:] == ours[other][variable].shape[-2:], asset
    for engine, asset in (("mosaic", "mosaic_weights"), ("mosaix", "mosaix_weights")):
        assert len(FILES[asset]) >= len(SETS[engine]) - 1


@pytest.mark.parametrize("command", [["steps"], ["build", "recipe.yaml"], ["serve"]])
def test_nothing_starts_with_a_declaration_that_is_wrong(tmp_path, command):
    write_declaration(tmp_path, colour="red")
    environment = {**os.environ, "PALEOBC_STEPS_FOLDER": str(tmp_path), "PALEOBC_DATA_FOLDER": str(tmp_path / "data")}
    ended = subprocess.run(
        [str(Path(sys.executable).with_name("paleobc")), *command],
        env=environment,
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
        cwd=tmp_path,
    )
    assert ended.returncode == 1
    assert "twin.yaml line " in ended.stderr
    assert "there is no such key" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(InputError, match="There is no folder"):
        declarations_in(tmp_path / "nowhere")
    assert declarations_in(None) == ()
    assert declarations_in(tmp_path) == ()
