"""An external step works wherever a step does: build, single run, bundle, application, pages and interface."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from netCDF4 import Dataset

from external_worlds import shell, write_declaration
from small_world import Case, small_world, write_world

ROOT = Path(__file__).resolve().parents[2]
SIZE = {"type": "int", "default": 2, "least": 1, "most": 5, "description": "How large."}


def run(words: list[str], folder: Path, declarations: Path | None) -> subprocess.CompletedProcess[str]:
    """Run a program in a folder, with the external steps of another one."""
    environment = {name: value for name, value in os.environ.items() if name != "PALEOBC_STEPS_FOLDER"}
    environment |= {"PYTHONPATH": str(ROOT / "tests")}
    if declarations is not None:
        environment["PALEOBC_STEPS_FOLDER"] = str(declarations)
    ended = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert ended.returncode in (0, 3), ended.stderr  # 3: something is worth a look
    return ended


def program(name: str) -> list[str]:
    """Command of a program of the tests."""
    return [
        sys.executable,
        "-c",
        f"from paleobc.lifetime import load_quickly; load_quickly(); from {name} import tell; tell()",
    ]


def paleobc(folder: Path, declarations: Path | None, *words: str) -> str:
    """Run the command."""
    return run([str(Path(sys.executable).with_name("paleobc")), *words], folder, declarations).stdout


def application(folder: Path, declarations: Path | None, *more: str) -> dict[str, Any]:
    """Run the application, in which somebody gave a world, until nothing waits."""
    words = [*program("external_application"), str(folder), "twin", *more]
    found: dict[str, Any] = json.loads(run(words, folder, declarations).stdout)
    assert set(found["pages"].values()) <= {200}, found["pages"]
    return found


@pytest.fixture(scope="module")
def declarations(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("declarations")
    command = [*shell('echo at work; cp "$1" "$2"'), "{options.size}"]
    write_declaration(folder, command=command, options={"size": SIZE}, queue="laboratory")
    return folder


@pytest.fixture(scope="module")
def built(tmp_path_factory, declarations) -> Path:
    case = Case(tmp_path_factory.mktemp("built"))
    case.write(twin={"size": 3})
    paleobc(case.folder, declarations, "build", "recipe.yaml", "-o", "files")
    return case.folder


def test_a_build_makes_its_file_and_tells_what_made_it(built, declarations):
    told = json.loads((built / "files" / "provenance.json").read_text(encoding="utf-8"))
    assert told["steps"]["twin"] == {"size": 3}
    assert told["records"]["twin"]["step"] == "twin"
    assert told["external_steps"]["twin"]["version"] == 1
    assert len(told["external_steps"]["twin"]["declaration"]) == 64
    with Dataset(built / "files" / "twin.nc") as file:
        assert file.external_step == "twin, version 1"
        made_of = json.loads(file.paleobc_recipe)
        assert made_of["steps"]["twin"] == {"size": 3}
        assert made_of["external_steps"] == told["external_steps"]
    with Dataset(built / "files" / "routing.nc") as file:
        assert "external_steps" not in json.loads(file.paleobc_recipe)
    assert "reused" in paleobc(built, declarations, "build", "recipe.yaml", "-o", "files", "--only", "twin")


def test_the_command_lists_it_and_runs_it_alone(built, declarations):
    listed = json.loads(paleobc(built, declarations, "steps", "--json"))
    (twin,) = [step for step in listed if step["step"] == "twin"]
    assert (twin["reads"], twin["file"], list(twin["options"])) == (["regridded_relief"], "twin.nc", ["size"])
    said = paleobc(built, declarations, "run", "twin", "regridded_relief=world.nc", "--size", "4", "-o", "alone.nc")
    assert "alone.nc written" in said
    assert "twin" not in paleobc(built, None, "steps")


def test_it_is_in_the_bundle(built, declarations):
    paleobc(built, declarations, "bundle", "recipe.yaml", "-o", "bundle")
    assert list((built / "bundle").rglob("twin.nc"))


def test_the_application_makes_the_same_and_goes_on_without_it(tmp_path, built, declarations):
    folder, changed = tmp_path / "data", tmp_path / "changed"
    for each in (folder, changed):
        each.mkdir()
    write_world(built / "world.nc", small_world())
    first = application(folder, declarations, "pages")
    records = json.loads((built / "files" / "provenance.json").read_text(encoding="utf-8"))["records"]
    assert first["content"] == records["twin"]["content"]
    assert first["log"].startswith("at work\nThe program took ")
    assert first["queue"] == "laboratory"
    assert [option["name"] for option in first["form"]["options"]] == ["size"]
    assert first["performed"]["twin"] == 1
    assert first["pages"]
    assert application(folder, declarations)["performed"] == {}
    write_declaration(changed, version=2)
    second = application(folder, changed)
    assert second["performed"] == {"twin": 1}
    write_declaration(changed, version=2, command=["cp", "-f", "{reads.regridded_relief}", "{out}"])
    third = application(folder, changed)
    assert third["performed"] == {"twin": 1}
    assert third["content"] == second["content"]
    without = application(folder, None)
    assert without["performed"] == {}
    assert "twin" not in without["states"]
    assert without["pages"]


@pytest.mark.parametrize(
    ("way", "state", "said"), [("cancel", "cancelled", "enough"), ("limit", "failed", "longer than 8 seconds")]
)
def test_a_run_that_is_ended_takes_its_program_with_it(tmp_path, way, state, said):
    mark = f"98765.{os.getpid()}5{len(way)}"
    (tmp_path / "data").mkdir()
    write_declaration(tmp_path, command=shell(f"setsid sleep {mark} & sleep {mark}"))
    told = json.loads(run([*program("external_pool"), str(tmp_path / "data"), way, mark], tmp_path, tmp_path).stdout)
    assert told["state"] == state
    assert said in told["sentence"]
    assert told["lived_on"] < 15


@pytest.mark.skipif(shutil.which("cdo") is None, reason="cdo is not installed (Debian: apt-get install cdo)")
def test_the_example_makes_weights_by_another_program(tmp_path):
    case = Case(tmp_path)
    paleobc(tmp_path, ROOT / "examples" / "external", "build", "recipe.yaml", "-o", "files", "--only", "cdo_weights")
    said = paleobc(tmp_path, None, "weights", "describe", "files/rmp_torc_to_tlmd_CDO.nc", "--json")
    assert json.loads(said)["kind"] == "means"
    case.write(cdo_weights={"normalization": "destarea"})
    paleobc(tmp_path, ROOT / "examples" / "external", "build", "recipe.yaml", "-o", "files", "--only", "cdo_weights")
    with Dataset(tmp_path / "files" / "rmp_torc_to_tlmd_CDO.nc") as file:
        assert file.normalization == "destarea"
