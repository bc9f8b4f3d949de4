"""One container alone: the application with workers of its own, and the map editor before one file."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from small_world import small_world, write_world
from stack.engine import Engine
from stack.images import REPOSITORY
from stack.laboratory import PASSWORD, free_port

_USER = 10_001


class Alone:
    """
    A stack of one container.

    Parameters
    ----------
    engine : Engine
    stack_file : str
        Its file in `deploy/`.
    **chosen
        Variables of it, without PALEOBC_.
    """

    def __init__(self, engine: Engine, stack_file: str, /, **chosen: Any) -> None:
        self._engine, self._file = engine, REPOSITORY / "deploy" / stack_file
        self._chosen = {f"PALEOBC_{name.upper()}": str(value) for name, value in chosen.items()}
        self._chosen["COMPOSE_PROJECT_NAME"] = f"paleobc-{self._file.name.split('.')[1]}-{free_port()}"

    def compose(self, *words: Any, timeout: float = 120) -> str:
        """Run a command of Compose."""
        words = ("compose", "--file", self._file, *words)
        return self._engine.docker(*words, timeout=timeout, environment=self._chosen)

    def wait_for(self, pattern: str) -> str:
        """What the container says, as soon as it is said."""
        until = time.monotonic() + 60
        while not (found := re.search(pattern, self.compose("logs", "--no-log-prefix"))):
            assert time.monotonic() < until, self.compose("logs")
            time.sleep(0.2)
        return found[0]


@contextmanager
def alone(engine: Engine, image: str, stack_file: str, /, **chosen: Any) -> Iterator[Alone]:
    """A stack of one container while it is needed."""
    name, _, version = image.rpartition(":")
    found = Alone(engine, stack_file, image=name, version=version, **chosen)
    try:
        yield found
    finally:
        found.compose("down", "--volumes", "--timeout", 5)


def test_the_application_in_one_container_keeps_its_data(containers: Engine, image: str) -> None:
    port = free_port()
    address = f"http://localhost:{port}"
    with alone(containers, image, "compose.single.yaml", http=f"127.0.0.1:{port}", public_url=address) as stack:
        began = time.monotonic()
        stack.compose("up", "--detach")
        while not _answers(address):
            assert time.monotonic() - began < 60
        stack.compose("up", "--detach", "--wait")
        invitation = stack.wait_for(r"invitation=[\w-]+").partition("=")[2]
        form = {"name": "ada", "password": PASSWORD, "again": PASSWORD, "invitation": invitation}
        assert httpx.post(f"{address}/register", data=form, headers={"Origin": address}).status_code == 303
        stack.compose("down")
        stack.compose("up", "--detach", "--wait")
        who = {"name": "ada", "password": PASSWORD, "label": "a script"}
        assert httpx.post(f"{address}/api/v1/tokens", json=who).status_code == 201


def test_the_editor_alone_edits_a_file_of_this_machine(containers: Engine, image: str, tmp_path: Path) -> None:
    if not containers.is_own:
        pytest.skip("an engine of others may be on another machine")
    folder = tmp_path / "files"
    folder.mkdir()
    write_world(folder / "world.nc", small_world())
    _open_way_to(folder)
    port, user = free_port(), f"{_USER}:{_USER}"
    with alone(containers, image, "compose.editor.yaml", folder=folder, file="world.nc", port=port, user=user) as stack:
        stack.compose("up", "--detach")
        address = stack.wait_for(rf"http://127\.0\.0\.1:{port}/[\w-]+/")
        answer = httpx.get(address)
        assert (answer.status_code, "world.nc" in answer.text) == (200, True)
        assert httpx.get(f"http://127.0.0.1:{port}/").status_code == 404


def _open_way_to(folder: Path) -> None:
    """Let the user of the container in; folders above are those of the test alone."""
    folder.chmod(0o777)
    for file in folder.iterdir():
        file.chmod(0o666)


def _answers(address: str) -> bool:
    """Whether there is a page."""
    try:
        return httpx.get(f"{address}/sign-in").status_code == 200
    except httpx.HTTPError:
        return False
