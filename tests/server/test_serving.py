"""The command that serves: one process as users start it, and the command that works with it from elsewhere."""

from __future__ import annotations

import os
import re
import signal
import socket
import stat
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from netCDF4 import Dataset
from typer.testing import CliRunner

from paleobc.cli.remote import app
from paleobc.cli.remote_client import account_file
from paleobc.errors import InputError, PaleobcError
from servers.column import column_environment
from small_world import small_world, write_world

PASSWORD = "nine slow otters near the lock"  # noqa: S105
COMMAND = [sys.executable, "-c", "from paleobc.cli.main import main; main()"]


class Served:
    """A site that was started as users start it."""

    def __init__(self, folder: Path, *options: str) -> None:
        own = {"PALEOBC_DATA_FOLDER": str(folder), "PALEOBC_WORKERS": "1"}
        environment = os.environ | column_environment(folder) | own
        self.began = time.monotonic()
        with (folder.parent / "log").open("w") as log:
            self.process = subprocess.Popen(
                [*COMMAND, "serve", "--port", "0", *options],
                env=environment,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        first = self.process.stdout.readline()
        self.address = re.search(r"http://127\.0\.0\.1:\d+", first).group(0)
        while self.ask() is None:
            time.sleep(0.02)
        self.seconds = time.monotonic() - self.began

    def ask(self) -> httpx.Response | None:
        try:
            return httpx.get(f"{self.address}/sign-in", headers={"Accept": "text/html"})
        except httpx.ConnectError:
            return None

    def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(20)
        self.process.stdout.close()
        return code


@pytest.fixture(scope="module")
def served(tmp_path_factory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served") / "data"
    folder.mkdir()
    found = Served(folder)
    yield found
    found.process.kill()
    found.process.wait()
    found.process.stdout.close()


@pytest.fixture
def signed_in(served, tmp_path_factory, monkeypatch) -> None:
    """The command has signed in."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.getbasetemp() / "config"))
    if not account_file().exists():
        link = re.search(
            r"http\S+/register\?invitation=(\S+)", "".join(served.process.stdout.readline() for _ in range(2))
        )
        form = {"name": "root", "password": PASSWORD, "again": PASSWORD, "invitation": link.group(1)}
        assert httpx.post(f"{served.address}/register", data=form).status_code == 303
        answer = remote("login", served.address, "--name", "root", input=f"{PASSWORD}\n")
        assert "You are root" in answer.stdout


def remote(*words: str, **more: Any):
    """Call the command."""
    answer = CliRunner().invoke(app, list(words), **more)
    if answer.exception is not None and not isinstance(answer.exception, SystemExit):
        raise answer.exception
    return answer


def test_the_first_page_is_there_soon(served):
    assert served.ask().status_code == 200
    assert served.seconds < 30  # alone on a machine it takes less than three: benchmarks


def test_the_token_is_for_its_user_alone(signed_in):
    assert stat.S_IMODE(account_file().stat().st_mode) == 0o600


def test_an_experiment_is_made_from_a_distance(signed_in, tmp_path):
    relief = write_world(tmp_path / "eocene.nc", small_world())
    with pytest.raises(PaleobcError, match="--create makes one"):
        remote("upload", "Eocene", "relief", str(relief))
    assert "run" in remote("upload", "Eocene", "relief", str(relief), "--create").stdout
    answer = remote("wait", "Eocene", "--seconds", "120")
    assert "relief: current" in answer.stdout, answer.stdout
    assert "routing: current" in answer.stdout
    assert "Eocene" in remote("list").stdout
    assert "soils_param.nc" in remote("download", "Eocene", "soils", "-o", str(tmp_path)).stdout
    assert (tmp_path / "soils_param.nc").stat().st_mode & 0o444 == 0o444
    remote("run", "Eocene", "soils", "-o", "colour=6")
    assert "soils: current" in remote("wait", "Eocene").stdout
    with Dataset(tmp_path / "soils_param.nc") as before:
        assert 6 not in before["soilcolor"][:]
    remote("download", "Eocene", "soils", "-o", str(tmp_path))
    with Dataset(tmp_path / "soils_param.nc") as after:
        assert 6 in after["soilcolor"][:]
    with pytest.raises(PaleobcError, match="colour"):
        remote("run", "Eocene", "soils", "-o", "colour=60")
    with pytest.raises(InputError, match="NAME=VALUE"):
        remote("run", "Eocene", "soils", "-o", "colour")
    everything = remote("download", "Eocene", "-o", str(tmp_path / "all")).stdout.split()[0]
    with tarfile.open(everything) as archive:
        assert len(archive.getnames()) > 3
    assert not list(tmp_path.glob("**/*.part"))


def test_what_is_wrong_is_said_in_a_sentence(signed_in, tmp_path):
    text = tmp_path / "text.nc"
    text.write_text("no file of science")
    with pytest.raises(PaleobcError, match="given"):
        remote("upload", "Text", "nothing", str(text), "--create")
    remote("upload", "Text", "relief", str(text))
    answer = remote("wait", "Text")
    assert answer.exit_code == 3
    assert "relief: failed" in answer.stdout
    with pytest.raises(PaleobcError, match="no such"):
        remote("wait", "nothing at all")
    with pytest.raises(PaleobcError):
        remote("download", "Text", "routing", "-o", str(tmp_path))
    assert not list(tmp_path.glob(".*part"))


def test_who_has_not_signed_in_is_told_how(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    with pytest.raises(InputError, match="paleobc remote login"):
        remote("list")
    with pytest.raises(InputError, match="does not answer"):
        remote("login", "http://127.0.0.1:9", "--name", "x", input="y\n")
    with pytest.raises(InputError, match="no address"):
        remote("login", "ftp://x", "--name", "x", input="y\n")


def test_a_port_that_is_taken_is_told_in_a_sentence(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        environment = os.environ | {"PALEOBC_DATA_FOLDER": str(tmp_path)}
        port = str(taken.getsockname()[1])
        answer = subprocess.run(
            [*COMMAND, "serve", "--port", port], env=environment, capture_output=True, text=True, check=False
        )
    assert answer.returncode == 1
    assert "Is paleobc running already?" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_wrong_setting_is_told_in_a_sentence(tmp_path):
    environment = os.environ | {"PALEOBC_DATA_FOLDER": str(tmp_path), "PALEOBC_REGISTRATION": "sometimes"}
    answer = subprocess.run(
        [*COMMAND, "serve", "--port", "0"], env=environment, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 1
    assert "PALEOBC_REGISTRATION" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_ctrl_c_stops_it_though_pages_are_open(served, signed_in):
    token = re.search(r'"token": "([^"]+)"', account_file().read_text()).group(1)
    headers = {"Authorization": f"Bearer {token}"}
    children = _children(served.process.pid)
    with httpx.stream("GET", f"{served.address}/api/v1/events", headers=headers) as answer:
        assert answer.status_code == 200
        began = time.monotonic()
        assert served.stop() == 0
        assert time.monotonic() - began < 10
    assert served.ask() is None
    until = time.monotonic() + 5
    while any(Path(f"/proc/{child}").exists() for child in children) and time.monotonic() < until:
        time.sleep(0.1)
    assert not any(Path(f"/proc/{child}").exists() for child in children)


def _children(pid: int) -> list[int]:
    return [child.pid for child in psutil.Process(pid).children(recursive=True)]
