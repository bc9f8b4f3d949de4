"""`paleobc import-old`: what the existing tool kept, from the shell."""

from __future__ import annotations

import pytest

from application import Application
from old_tool import OldTool
from said import refused
from small_world import small_world, write_world


@pytest.fixture
def application(tmp_path, monkeypatch) -> Application:
    monkeypatch.setenv("PALEOBC_DATA_FOLDER", str(tmp_path / "data"))
    return Application(tmp_path / "data")


@pytest.fixture
def old(tmp_path) -> OldTool:
    found = OldTool(tmp_path / "instance")
    experiment = found.experiment(found.user("anna"), "topo.nc")
    found.revision(experiment, "raw", write_world(tmp_path / "world.nc", small_world()))
    return found


def test_it_tells_what_it_does_and_what_came(paleobc, application, old):
    said = paleobc("import-old", old.folder)
    assert said.code == 0, said.all
    assert "1 of 1: topo" in said.err
    assert "Brought over: 1 account, 1 experiment, 1 revision (" in said.out
    assert "'anna' needs a new password" in said.out
    assert application.only_experiment()


def test_a_rehearsal_is_told_as_one(paleobc, application, old):
    said = paleobc("import-old", "--dry-run", old.database)
    assert "Would bring over: 1 account" in said.out
    assert paleobc("import-old", old.folder, "--json").json["experiments"] == 1


def test_what_is_left_out_is_listed_and_told_by_the_exit_code(paleobc, application, old):
    old.revision(1, "soils", "\x1b[2Jgone.nc")
    said = paleobc("import-old", old.folder)
    assert said.code == 3
    assert "left out: topo: soils, revision 1: it is missing" in said.out
    (left,) = paleobc("import-old", old.folder, "--json").json["left"]
    assert left == {"experiment": "topo", "what": "soils, revision 1", "why": "it is missing"}


def test_what_is_no_instance_folder_is_refused(paleobc, application, tmp_path):
    refused(paleobc("import-old", tmp_path / "nowhere"), 1, "nowhere")
    refused(paleobc("import-old", tmp_path), 1, "holds no database")
