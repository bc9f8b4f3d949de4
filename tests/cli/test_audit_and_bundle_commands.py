"""The audit and the bundle on the command line: what they say, and their exit codes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from said import refused
from small_world import Case

GATEWAYS = "gateways:\n- {name: Drake Passage, line: [[-67.5, -55], [-62.5, -63.5]], state: STATE}\n"


@pytest.fixture
def files(modern_earth, tmp_path, monkeypatch) -> Path:
    """Files of the ocean of the example, which may be changed, in a folder of one's own that is the current one."""
    monkeypatch.chdir(tmp_path)
    Path("files").mkdir()
    for name in ("bathy_meter.nc", "coordinates.nc", "subbasins.nc", "geothermal_heating.nc", "ahmcoef.nc"):
        shutil.copyfile(modern_earth / "files" / name, Path("files") / name)
    return Path("files")


def test_an_audit_that_finds_faults_ends_with_3_and_tells_each_kind_once(paleobc, files):
    said = paleobc("audit", "files")
    assert said.code == 3, said.all
    assert said.err == ""
    lines = said.out.splitlines()
    assert lines.count("fault: Closed sea, bathy_meter.nc") == 1
    assert sum(line.startswith("    Closed sea: ") for line in lines) == 3
    found = paleobc("audit", "files", "--json").json
    seas = sum(finding["title"] == "Closed sea" for finding in found["findings"])
    assert f"    ... and {seas - 3} more; --json lists all." in lines
    assert "fault: Missing file, routing.nc" in lines
    assert (
        f"{found['faults']} faults, {found['warnings']} warnings, {found['checks_held']} checks held (5 fil"
        in lines[-1]
    )


@pytest.mark.parametrize(("state", "told"), [("open", "Drake Passage is open: "), ("closed", "has to be closed")])
def test_an_audit_looks_at_gateways(paleobc, files, state, told):
    Path("g.yaml").write_text(GATEWAYS.replace("STATE", state))
    found = paleobc("audit", "files", "--gateways", "g.yaml", "--json").json
    failed = [finding["said"] for finding in found["findings"] if finding["title"] == "Gateways"]
    held = [held["figures"] for held in found["held"] if held["title"] == "Gateways"]
    (sentence,) = held if state == "open" else failed
    assert told in sentence


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["audit", "no"], "no is no folder"),
        (["audit", "empty"], "empty holds no file under the name of a run"),
        (["audit", "files", "--gateways", "no.yaml"], "There is no list of gateways no.yaml."),
        (["bundle", "no.yaml", "-o", "b"], "There is no recipe no.yaml"),
    ],
)
def test_what_cannot_be_used_ends_with_1_and_a_sentence(paleobc, files, arguments, told):
    Path("empty").mkdir()
    refused(paleobc(*arguments), 1, told)


def test_a_bundle_of_a_repaired_world_passes_the_audit(paleobc, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    world = Case(tmp_path)
    ocean = ("--only", "bathymetry", "--only", "ocean_grid")

    def take(line: str) -> None:
        world.recipe.write_text(f"{world.recipe.read_text(encoding='utf-8')}{line}\n", encoding="utf-8")

    assert paleobc("repair", "world.nc", "-o", "relief.jsonl").code == 0
    take("relief_edits: {file: relief.jsonl}")
    assert paleobc("build", "recipe.yaml", "-o", "first", *ocean).code == 0
    grid = ("--ocean-grid", "first/coordinates.nc")
    assert paleobc("repair", "first/bathy_meter.nc", *grid, "-o", "depth.jsonl").code == 0
    take("depth_edits: {file: depth.jsonl}")
    said = paleobc("bundle", "recipe.yaml", "-o", "mine", "--no-archive")
    assert said.code == 0, said.all
    assert "report.html are in" in said.out
    assert "report.html first" in said.err
    assert Path("mine/report.html").is_file()
    assert not Path("mine.tar.gz").exists()
    audited = paleobc("audit", "mine")
    assert audited.code == 0, audited.all
    last = audited.out.splitlines()[-1]
    assert last.startswith("0 faults, ")
    assert " checks held (" in last
