"""A laboratory that runs the stack: the folder deploy as it is, in a place of its own, and people who use the pages."""

from __future__ import annotations

import re
import shutil
import socket
import ssl
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx

from application import COARSE
from stack.engine import Engine
from stack.images import REPOSITORY

PASSWORD = "nine slow otters near the lock"  # noqa: S105
NAME = "paleobc.test"


class Laboratory:
    """
    The whole stack behind TLS, by the commands of the handbook.

    Parameters
    ----------
    engine : Engine
    folder : Path
    image : str
    """

    def __init__(self, engine: Engine, folder: Path, image: str) -> None:
        self.engine, self.folder = engine, folder / "deploy"
        self._name, _, self._version = image.rpartition(":")
        self.http, self.https = free_port(), free_port()
        self.address = f"https://localhost:{self.https}"
        self.project = {"COMPOSE_PROJECT_NAME": f"paleobc-test-{self.https}"}
        self._clients: list[httpx.Client] = []
        self.seconds = 0.0

    def set_up(self) -> None:
        """Start it from nothing."""
        self.unpack()
        self.init("tls")
        began = time.monotonic()
        self.start()
        self.seconds = time.monotonic() - began

    def unpack(self) -> None:
        """What is there before the first command: the folder, without what others chose, and a certificate."""
        others = shutil.ignore_patterns(".env", "certificates", "state")
        shutil.copytree(REPOSITORY / "deploy", self.folder, ignore=others)
        self.new_certificate()

    def init(self, way: str) -> str:
        """Make .env."""
        chosen = {
            "PALEOBC_IMAGE": self._name,
            "PALEOBC_VERSION": self._version,
            "PALEOBC_HTTP": f"127.0.0.1:{self.http}",
            "PALEOBC_HTTPS": f"127.0.0.1:{self.https}",
        }
        return self.engine.run(self.folder / "init", self.address, way, environment=chosen)

    def new_certificate(self) -> None:
        """A certificate of its own authority, as of an institute's."""
        folder = self.folder / "certificates"
        folder.mkdir(exist_ok=True)
        names = f"subjectAltName=DNS:localhost,DNS:{NAME},IP:127.0.0.1"
        key, made = folder / "server.key", folder / "server.crt"
        words = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={NAME}"]
        command = [*words, "-addext", names, "-keyout", str(key), "-out", str(made)]
        subprocess.run(command, check=True, capture_output=True)
        for path in (folder, key, made):
            shutil.chown(path, 101)

    def start(self) -> None:
        """Start all that does not run, and wait until it is healthy."""
        self.compose("up", "--detach", "--wait", "--wait-timeout", 240, timeout=300)

    def compose(self, *words: Any, timeout: float = 120) -> str:
        """Run a command of Compose."""
        return self.engine.docker("compose", *words, timeout=timeout, cwd=self.folder, environment=self.project)

    def container(self, service: str) -> str:
        """Id of the first container of a service."""
        return self.compose("ps", "--all", "--quiet", service).split()[0]

    def inspect(self, service: str, form: str) -> str:
        """Something that the engine knows of a service's container."""
        return self.engine.docker("inspect", "--format", form, self.container(service)).strip()

    def network(self, name: str) -> str:
        """Name of a network at the engine."""
        return f"{self.project['COMPOSE_PROJECT_NAME']}_{name}"

    def volumes(self) -> set[str]:
        """Volumes of this laboratory."""
        label = f"label=com.docker.compose.project={self.project['COMPOSE_PROJECT_NAME']}"
        return set(self.engine.docker("volume", "ls", "--quiet", "--filter", label).split())

    def client(self, **more: Any) -> httpx.Client:
        """A browser that trusts the certificate."""
        trust = ssl.create_default_context(cafile=str(self.folder / "certificates" / "server.crt"))
        found = httpx.Client(base_url=self.address, verify=trust, timeout=60, **more)
        self._clients.append(found)
        return found

    def remove(self) -> None:
        """Remove all of it, with its volumes: they are the test's."""
        for client in self._clients:
            client.close()
        if (self.folder / ".env").exists():
            sys.stdout.write(self.compose("logs", "--tail", 60))  # shown where a test failed
            self.compose("down", "--volumes", "--remove-orphans", "--timeout", 5, timeout=180)


class Member:
    """
    Somebody of the laboratory, with a token for programs.

    Parameters
    ----------
    laboratory : Laboratory
    token : str
    """

    def __init__(self, laboratory: Laboratory, token: str) -> None:
        self.client = laboratory.client(headers={"Authorization": f"Bearer {token}"})
        self.experiment = ""

    def ask(self, method: str, path: str, **more: Any) -> Any:
        """Ask the interface for programs; returns its data."""
        answer = self.client.request(method, f"/api/v1{path}", **more)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text[:1000]}"
        return answer.json() if answer.content else None

    def begin(self, name: str, relief: bytes) -> None:
        """Make an experiment of a coarse world, and give its relief."""
        self.experiment = self.ask("POST", "/experiments", json={"name": name})["id"]
        place = f"/experiments/{self.experiment}"
        for step, options in COARSE.items():
            self.ask("PUT", f"{place}/steps/{step}", json={"options": options})
        self.ask("PUT", f"{place}/assets/relief", params={"file_name": "world.nc"}, content=relief)

    def runs(self) -> list[dict[str, Any]]:
        """Runs of the experiment."""
        return list(self.ask("GET", f"/experiments/{self.experiment}/runs"))

    def wait(self, seconds: float = 180) -> None:
        """Wait until nothing is waiting or running."""
        until = time.monotonic() + seconds
        while busy := [run for run in self.runs() if run["state"] in ("waiting", "running")]:
            assert time.monotonic() < until, busy
            time.sleep(0.5)

    def bundle(self) -> bytes:
        """Ask for the bundle, wait for it, take it home."""
        self.ask("POST", f"/experiments/{self.experiment}/bundle", json={})
        self.wait()
        answer = self.client.get(f"/api/v1/experiments/{self.experiment}/bundle")
        assert answer.status_code == 200, answer.text[:1000]
        return answer.content


def first_member(laboratory: Laboratory) -> Member:
    """The administrator, whose account is made in a browser from the link in the log of the pages."""
    link = re.findall(r"/register\?invitation=[\w-]+", laboratory.compose("logs", "--no-log-prefix", "web"))[-1]
    make_account(laboratory, link, "ada")
    who = {"name": "ada", "password": PASSWORD, "label": "a script"}
    answer = laboratory.client().post("/api/v1/tokens", json=who)
    assert answer.status_code == 201, answer.text
    return Member(laboratory, answer.json()["token"])


def make_account(laboratory: Laboratory, link: str, name: str) -> None:
    """Somebody opens an invitation in a browser, and makes an account."""
    browser = laboratory.client(headers={"Accept": "text/html", "Origin": laboratory.address}, follow_redirects=True)
    assert browser.get(link).status_code == 200
    form = {"name": name, "password": PASSWORD, "again": PASSWORD, "invitation": link.partition("=")[2]}
    made = browser.post("/register", data=form)
    assert made.status_code == 200, made.text[-2000:]
    assert name in made.text


def free_port() -> int:
    """Port that nobody has now."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])
