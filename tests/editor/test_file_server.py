"""`paleobc edit` before any file: the file stays as it is, no edit is lost, and nobody else is let in."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from netCDF4 import Dataset

from paleobc.editor.file_host import FileHost
from paleobc.editor.file_server import listener_on
from paleobc.errors import ConflictError, InputError, NotFoundError
from paleobc.formats.packed_arrays import unpack
from small_world import small_world, write_world

BOX = {"box": [-60, -20, -30, 10]}


@pytest.fixture
def world(tmp_path: Path) -> Path:
    return write_world(tmp_path / "world.nc", small_world())


def levels(path: Path) -> Path:
    """A file of temperatures: months, levels, and a plain mask beside them."""
    with Dataset(path, "w") as file:
        for name, size in (("time", 3), ("level", 2), ("latitude", 19), ("longitude", 36)):
            file.createDimension(name, size)
        for name, values, units in (
            ("latitude", np.linspace(90, -90, 19), "degrees_north"),
            ("longitude", np.arange(0.0, 360.0, 10.0), "degrees_east"),
        ):
            axis = file.createVariable(name, "f4", (name,))
            axis.units = units
            axis[:] = values
        field = file.createVariable("temperature", "f4", ("time", "level", "latitude", "longitude"), fill_value=-999.0)
        field[:] = np.arange(3 * 2 * 19 * 36).reshape(3, 2, 19, 36)
        mask = file.createVariable("mask", "i1", ("latitude", "longitude"))
        mask[:] = 0
    return path


def ask(host: FileHost, kind: str, **body: Any) -> tuple[Any, dict[str, np.ndarray]]:
    return unpack(host.answer(kind, json.dumps(body).encode()))


def draw(host: FileHost, operation: dict[str, Any], shape: dict[str, Any] = BOX, **field: Any) -> Any:
    position = ask(host, "open", **field)[0]["position"]
    edit = {"shape": shape, "operation": operation, "where": "all", "reason": "why not"}
    return ask(host, "act", position=position, key=str(uuid.uuid4()), edit=edit, **field)[0]


def save(host: FileHost, file_name: str | None = None, **field: Any) -> Any:
    position = ask(host, "open", **field)[0]["position"]
    return ask(host, "save", position=position, reason="", file_name=file_name, **field)[0]["saved"]


def content(path: Path, name: str) -> np.ndarray:
    with Dataset(path) as file:
        return np.asarray(file[name][:])


def test_edits_are_saved_to_a_new_file_and_the_file_itself_stays(world):
    before = world.read_bytes()
    host = FileHost(world)
    draw(host, {"add": 500})
    assert save(host)["words"].startswith(f"Saved to {world.with_name('world_edited.nc')}")
    assert world.read_bytes() == before
    difference = content(world.with_name("world_edited.nc"), "topo") - content(world, "topo")
    assert set(np.unique(difference)) == {0.0, 500.0}
    host.close()


def test_edits_are_there_again_another_day(world):
    host = FileHost(world)
    drawn = draw(host, {"add": 500})
    host.close()
    again = FileHost(world)
    data, _ = ask(again, "values")
    assert data["position"] == drawn["position"]
    assert data["log"] == drawn["log"]
    again.close()


def test_all_fields_that_were_edited_are_in_the_file_that_is_saved(tmp_path):
    path = levels(tmp_path / "levels.nc")
    host = FileHost(path)
    names = [one["name"] for one in ask(host, "open")[0]["variables"]]
    assert set(names) == {"temperature", "mask"}
    draw(host, {"set": 5}, variable="temperature", index={"time": 2, "level": 1})
    draw(host, {"set": 1}, variable="mask")
    host.close()
    again = FileHost(path)  # fields that are not opened now are saved as well
    draw(again, {"set": 7}, variable="temperature", index={"time": 0, "level": 0})
    save(again, variable="temperature", index={"time": 0, "level": 0})
    temperature, original = (content(tmp_path / name, "temperature") for name in ("levels_edited.nc", "levels.nc"))
    changed = (temperature != original).any(axis=(2, 3))
    assert changed.tolist() == [[True, False], [False, False], [False, True]]
    assert content(tmp_path / "levels_edited.nc", "mask").sum() > 0
    assert "3 edits" in again.where_the_edits_are()
    assert "saved to" in again.where_the_edits_are()
    again.close()


def test_a_file_that_was_changed_meanwhile_gets_the_edits_again(world):
    host = FileHost(world)
    draw(host, {"add": 500})
    write_world(world, small_world() + 1000.0)
    opened = ask(host, "open")[0]
    assert any("changed" in words for words in opened["told"])
    save(host)
    difference = content(world.with_name("world_edited.nc"), "topo") - content(world, "topo")
    assert set(np.unique(difference)) == {0.0, 500.0}
    host.close()


def test_nothing_is_written_over_that_was_there(world, tmp_path):
    other = tmp_path / "mine.nc"
    other.write_bytes(b"mine")
    (tmp_path / "world_edited.nc").write_bytes(b"of yesterday")
    host = FileHost(world)
    assert host.output.name == "world_edited_2.nc"
    with pytest.raises(InputError, match="nothing to save"):
        save(host)
    draw(host, {"add": 1})
    for name, error in (("mine.nc", ConflictError), ("world.nc", InputError), ("../x.nc", InputError)):
        with pytest.raises(error):
            save(host, name)
    assert save(host, "miocene")["words"].endswith("miocene.nc.")
    assert save(host, "miocene")["words"].endswith("miocene.nc.")
    assert other.read_bytes() == b"mine"
    with pytest.raises(InputError, match="stays as it is"):
        FileHost(world, output=world)
    with pytest.raises(InputError, match="no folder"):
        FileHost(world, output=tmp_path / "nowhere" / "x.nc")
    assert FileHost(world, output=other).output == other
    host.close()


def test_a_variable_or_a_place_that_is_not_there_is_refused(tmp_path):
    path = levels(tmp_path / "levels.nc")
    with pytest.raises((InputError, NotFoundError), match="nothing"):
        FileHost(path, variable="nothing")
    host = FileHost(path, variable="temperature")
    for field in ({"index": {"time": 3}}, {"index": {"month": 0}}, {"variable": "latitude"}, {"variable": "../x"}):
        with pytest.raises((InputError, NotFoundError)):
            ask(host, "open", **field)
    assert not list(tmp_path.glob("*x*"))
    host.close()


@dataclass
class Running:
    """A running `paleobc edit`."""

    process: subprocess.Popen[str]
    address: str

    def ask(self, kind: str, **body: Any) -> tuple[Any, dict[str, np.ndarray]]:
        answer = httpx.post(f"{self.address}ask/{kind}", json=body, timeout=30)
        assert answer.status_code == 200, answer.text
        return unpack(answer.content)

    def stop(self, how: int = signal.SIGINT) -> str:
        self.process.send_signal(how)
        return self.process.communicate(timeout=30)[1]


def started(file: Path, *options: str) -> Running:
    command = [
        sys.executable,
        "-u",
        "-c",
        "from paleobc.cli.main import main; main()",
        "edit",
        str(file),
        "--no-browser",
    ]
    environment = os.environ | {"COLUMNS": "300"}
    process = subprocess.Popen(
        [*command, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )
    assert process.stdout is not None
    found = re.search(r"http://127\.0\.0\.1:\d+/\S+/", process.stdout.readline())
    assert found, process.communicate()[1]
    return Running(process, found[0])


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("files")
    found = started(write_world(folder / "world.nc", small_world()))
    yield found
    assert "No edit is in force" in found.stop()
    assert found.process.returncode == 0


def test_the_page_brings_the_component_and_nothing_of_others(running):
    page = httpx.get(running.address)
    assert page.headers["content-security-policy"].startswith("default-src 'self'")
    for path in re.findall(r'(?:src|href)="(static/[^"]+)"', page.text):
        assert httpx.get(running.address + path).status_code == 200, path
    assert httpx.get(running.address + "static/jsconfig.json").status_code == 404
    assert running.ask("open")[0]["title"] == "world.nc"


def test_nobody_is_answered_who_does_not_know_the_address(running):
    root = re.match(r"http://[^/]+/", running.address)[0]
    for path in ("", "ask/open", "static/editor.js", "x" * 32 + "/", "events", "docs", "openapi.json"):
        assert httpx.get(root + path).status_code == 404, path
        assert httpx.post(root + path).status_code == 404, path


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "127.0.0.1"},
        {"Origin": "http://evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "null"},
    ],
)
def test_requests_of_other_sites_are_refused(running, headers):
    for path in ("", "static/editor.js"):
        assert httpx.get(running.address + path, headers=headers).status_code == 400
    assert httpx.post(running.address + "ask/open", headers=headers, json={}).status_code == 400


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [("nonsense", b"{}", 404), ("open", b"{", 422), ("changes", b'{"position": 99}', 409), ("open", b"\xff", 422)],
)
def test_what_is_refused_is_told_in_a_sentence(running, kind, body, status):
    answer = httpx.post(f"{running.address}ask/{kind}", content=body)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"].endswith(".")


def test_edits_survive_a_kill(tmp_path):
    world = write_world(tmp_path / "world.nc", small_world())
    first = started(world)
    edit = {"shape": BOX, "operation": {"add": 500}, "where": "all", "reason": "kept"}
    drawn = first.ask("act", position=0, key="one", edit=edit)[0]
    first.stop(signal.SIGKILL)
    journals = list(tmp_path.glob(".world.nc.*"))
    assert [path.name for path in journals] == [".world.nc.topo.paleobc-edits.jsonl"]
    second = started(world)
    assert second.ask("values")[0]["log"] == drawn["log"]
    again = second.ask("act", position=0, key="one", edit=edit)[0]
    assert again["position"] == drawn["position"]
    said = second.stop(signal.SIGTERM)
    assert f"1 edit kept in {journals[0]}" in said
    assert "not saved" in said


def test_open_pages_hear_of_edits_of_other_processes_and_end_with_the_server(tmp_path):
    world = write_world(tmp_path / "world.nc", small_world())
    first, second = started(world), started(world)
    edit = {"shape": BOX, "operation": {"add": 500}, "where": "all", "reason": ""}
    for one in (first, second):
        one.ask("open")
    with httpx.stream("GET", f"{first.address}events", timeout=20) as stream:
        lines = stream.iter_lines()
        while next(lines) != ": here":
            pass
        second.ask("act", position=0, key="theirs", edit=edit)
        while next(lines) != "event: change":
            pass
        assert first.ask("changes", position=0)[0]["position"] == 1
        first.process.send_signal(signal.SIGINT)
        assert list(lines)[-1:] in ([], [""])
    first.process.communicate(timeout=10)
    assert first.process.returncode in (0, 130, -signal.SIGINT)
    second.stop()


def test_a_port_that_is_taken_is_told():
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(InputError, match="another one with --port"):
        listener_on(taken.getsockname()[1])
