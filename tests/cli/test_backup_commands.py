"""`paleobc admin backup`, `backups` and `restore`: an installation goes to another host by three commands."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from backed_up import Filled, kept
from said import refused


@pytest.fixture
def app(tmp_path, monkeypatch):
    monkeypatch.setenv("PALEOBC_DATA_FOLDER", str(tmp_path / "here"))
    monkeypatch.setenv("PALEOBC_BACKUP_URL", str(tmp_path / "backups"))
    found = Filled(tmp_path / "here", backup_url=str(tmp_path / "backups"))
    found.fill()
    if found.installation.settings.database_url:
        monkeypatch.setenv("PALEOBC_DATABASE_URL", found.installation.settings.database_url)
    yield found
    found.database.close()


def test_an_installation_goes_to_another_host_by_three_commands(app, paleobc, tmp_path, monkeypatch):
    said = paleobc("admin", "backup")
    assert said.code == 0
    assert "3 files, 3 of them new" in said.out
    assert "3 files, 0 of them new" in paleobc("admin", "backup", "--verify").out
    monkeypatch.setenv("PALEOBC_DATA_FOLDER", str(tmp_path / "there"))
    monkeypatch.delenv("PALEOBC_DATABASE_URL", raising=False)
    listed = json.loads(paleobc("admin", "backups", "--json").out)
    assert [one["state"] for one in listed] == ["good", "good"]
    assert all(one["age"] < 600 for one in listed)
    said = paleobc("admin", "restore", listed[1]["id"])
    assert said.code == 0, said.err
    assert "3 files, 3 of them copied" in said.out
    there = Filled(tmp_path / "there", database_url="")
    assert kept(there.files) == kept(app.files)
    there.database.close()
    refused(paleobc("admin", "restore"), 1, "empty installation")


def test_what_is_not_as_it_should_be_is_told_by_the_exit_code_and_the_list(app, paleobc):
    name = app.add_upload(b"to be lost")
    app.files.remove(name)
    said = paleobc("admin", "backup")
    assert said.code == 3
    assert name in said.err
    assert name in paleobc("admin", "backups").out


def test_without_a_place_the_setting_is_named(app, paleobc, monkeypatch):
    monkeypatch.delenv("PALEOBC_BACKUP_URL")
    for command in ("backup", "backups", "restore"):
        refused(paleobc("admin", command), 1, "PALEOBC_BACKUP_URL")


def test_a_service_makes_one_at_once_and_ends_when_it_is_told_to(app, paleobc, tmp_path):
    command = [Path(sys.executable).with_name("paleobc"), "admin", "backup", "--every"]
    service = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ)
    until = time.monotonic() + 60
    while not list((tmp_path / "backups" / "snapshots").glob("*/manifest.json")) and time.monotonic() < until:
        time.sleep(0.1)
    began = time.monotonic()
    service.send_signal(signal.SIGTERM)
    _, err = service.communicate(timeout=30)
    assert time.monotonic() - began < 10
    assert service.returncode == 0, err
    assert [one["state"] for one in json.loads(paleobc("admin", "backups", "--json").out)] == ["good"]
