"""`paleobc serve` as users start it, and what they ask of it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil

from servers.column import column_settings

#: The command of users.
PROGRAM = [sys.executable, "-c", "from paleobc.cli.main import main; main()"]


class Served:
    """
    A server in a process of its own.

    Parameters
    ----------
    folder : Path
        Of its data.
    log : Path
        Where it says what it does.
    **settings
        As in the environment, without PALEOBC_.
    """

    def __init__(self, folder: Path, log: Path, **settings: object) -> None:
        chosen = {"data_folder": folder, "workers": 2, **column_settings(folder), **settings}
        environment = os.environ | {f"PALEOBC_{name.upper()}": str(value) for name, value in chosen.items()}
        began = time.monotonic()
        with log.open("a") as file:
            self.process = subprocess.Popen(
                [*PROGRAM, "serve", "--port", "0"],
                env=environment,
                stdout=subprocess.PIPE,
                stderr=file,
                text=True,
            )
        self.is_killed = False
        assert self.process.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:\d+", self.process.stdout.readline())
        assert found, log.read_text()[-3000:]
        self.address = found[0]
        while not self._is_ready():
            if time.monotonic() - began > 60:
                self.process.kill()
                raise AssertionError(log.read_text()[-3000:])
            time.sleep(0.05)
        self.seconds = time.monotonic() - began

    def _is_ready(self) -> bool:
        try:
            return httpx.get(f"{self.address}/health/ready", timeout=10).status_code == 200
        except httpx.HTTPError:
            return False

    @property
    def lives(self) -> bool:
        """Whether it has not ended."""
        return self.process.poll() is None

    def kill(self) -> None:
        """End it without any chance to put things in order; its workers end with it."""
        self.is_killed = True
        kill_with_family(self.process)
        self._forget()

    def stop(self) -> None:
        """Let it end in order."""
        self.process.send_signal(signal.SIGINT)
        assert self._forget() == 0

    def _forget(self) -> int:
        code = self.process.wait(30)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code


def kill_with_family(process: subprocess.Popen[Any]) -> None:
    """End a process without any chance to put things in order, and wait until those that it had have ended too."""
    family = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    process.wait()
    end = time.monotonic() + 20
    while any(_lives(one) for one in family):
        assert time.monotonic() < end, [one for one in family if _lives(one)]
        time.sleep(0.02)


def _lives(process: psutil.Process) -> bool:
    """Whether a process has not ended; one that ended may wait for its new parent to notice."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


class Person:
    """
    Somebody with one experiment, and a token for programs.

    Parameters
    ----------
    experiment : str
        Id of the experiment.
    token : str
    """

    def __init__(self, experiment: str, token: str) -> None:
        self.experiment = experiment
        # A connection of its own for each request: one that is kept may be ended by the server just as it is used.
        limits = httpx.Limits(max_keepalive_connections=0)
        self._client = httpx.Client(headers={"Authorization": f"Bearer {token}"}, timeout=90, limits=limits)
        self._addresses: tuple[str, ...] = ()
        self._asked = 0

    def meet(self, *addresses: str) -> None:
        """Work with the servers at these addresses from now on, by turns."""
        self._addresses = addresses

    def close(self) -> None:
        """Go home."""
        self._client.close()

    def look(self) -> dict[str, Any]:
        """The experiment as its page shows it."""
        answer = self.get("")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def _ask(self, method: str, path: str, **how: Any) -> httpx.Response:
        """Ask the server whose turn it is; one that takes nothing is passed by, as by a proxy in front of them."""
        addresses, self._asked = self._addresses, self._asked + 1
        first = self._asked % len(addresses)
        for number, address in enumerate((*addresses[first:], *addresses[:first]), 1):
            try:
                return self._client.request(method, f"{address}/api/v1/experiments/{self.experiment}{path}", **how)
            except httpx.ConnectError:
                if number == len(addresses):
                    raise
        raise AssertionError("nobody serves")

    def get(self, path: str) -> httpx.Response:
        """Ask for something of the experiment."""
        return self._ask("GET", path)

    def choose(self, step: str, options: dict[str, Any]) -> httpx.Response:
        """Choose options of a step."""
        return self._ask("PUT", f"/steps/{step}", json={"options": options})

    def upload(self, content: bytes, name: str, *, pause: float = 0.0) -> httpx.Response:
        """Give a relief; with a pause [s] in the middle of the file."""

        def pieces() -> Iterator[bytes]:
            middle = len(content) // 2
            yield content[:middle]
            time.sleep(pause)
            yield content[middle:]

        return self._ask("PUT", "/assets/relief", params={"file_name": name}, content=pieces())

    def post(self, path: str, body: dict[str, Any] | None = None) -> httpx.Response:
        """Ask for something to be done."""
        return self._ask("POST", path, json=body)
