"""The map editor in the application, behind two servers, a proxy that takes them in turn, and a bad line."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from playwright.sync_api import Browser

from bad_line import BadLine
from browser_drivers import Chromium
from edited_pages import EDITOR, EditorPage
from paleobc.bootstrap import Installation
from paleobc.formats.any_field import read_field
from paleobc.grids.mesh import regular_mesh
from paleobc.grids.regular import RegularGrid
from paleobc.server.visitors import COOKIE
from paleobc.services.experiments import create_experiment
from paleobc.settings import Settings
from paleobc.store.users import add_token, add_user, sign_in
from paleobc.topography.edits.plain import edit_of_data
from paleobc.topography.edits.replay import replay
from paleobc.topography.surface import Surface
from servers.column import column_environment, column_settings
from sites import password_hash
from small_world import small_world, write_world

START = [sys.executable, "-u", "-c", "from paleobc.cli.main import main; main()", "serve", "--port", "0"]


class Servers:
    """
    Servers of one folder of data, each a process of its own.

    Parameters
    ----------
    folder : Path
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.installation = Installation(
            Settings(data_folder=folder / "data", workers=0, **column_settings(folder / "data"))
        )
        self.installation.database.migrate()
        self.processes: dict[str, subprocess.Popen[str]] = {}

    def start(self) -> str:
        """Start one more; returns its address."""
        own = {"PALEOBC_DATA_FOLDER": str(self.folder / "data"), "PALEOBC_WORKERS": "1"}
        environment = os.environ | column_environment(self.folder / "data") | own
        with (self.folder / "log").open("a") as log:
            process = subprocess.Popen(START, env=environment, stdout=subprocess.PIPE, stderr=log, text=True)
        assert process.stdout is not None
        found = re.search(r"http://\S+:\d+", process.stdout.readline())
        assert found, (self.folder / "log").read_text()
        self.processes[found[0]] = process
        wait_until(lambda: httpx.get(f"{found[0]}/health/ready").status_code == 200)
        return found[0]

    def kill(self, address: str) -> None:
        """End one without warning."""
        self._end(address, signal.SIGKILL)

    def close(self) -> None:
        """End all."""
        for address in list(self.processes):
            self._end(address, signal.SIGINT)
        self.installation.database.close()

    def _end(self, address: str, sign: signal.Signals) -> None:
        process = self.processes.pop(address)
        process.send_signal(sign)
        process.wait(30)
        assert process.stdout is not None
        process.stdout.close()


def wait_until(holds: Callable[[], bool], seconds: float = 90.0) -> None:
    """Wait until something holds; a server that does not answer yet is no reason to stop."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if holds():
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    raise AssertionError("waited too long")


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[Servers]:
    found = Servers(tmp_path)
    yield found
    found.close()
    assert "Traceback" not in (tmp_path / "log").read_text()


class Somebody:
    """
    Somebody with an experiment whose relief is regridded, and a browser.

    Parameters
    ----------
    servers : Servers
    address : str
        Of one server.
    relief : Path
    """

    def __init__(self, servers: Servers, address: str, relief: Path) -> None:
        with servers.installation.database.writing() as session:
            user = add_user(session, "mara", password_hash=password_hash(), role="user")
            self.experiment = create_experiment(session, user, name="Eocene").id
            token, _ = add_token(session, user.id, "a script")
            self.secret, _ = sign_in(session, user, timedelta(days=1))
        self.api = httpx.Client(
            base_url=f"{address}/api/v1/experiments",
            headers={"Authorization": f"Bearer {token}"},
            timeout=60,
        )
        self.api.put(
            f"/{self.experiment}/assets/relief?file_name=topography.nc", content=relief.read_bytes()
        ).raise_for_status()
        self.wait_for("regridded_relief", 1)

    def asset(self, name: str) -> dict[str, Any]:
        """An asset of the experiment as it is now."""
        assets = self.api.get(f"/{self.experiment}").raise_for_status().json()["assets"]
        return next(one for one in assets if one["asset"] == name)

    def wait_for(self, name: str, revision: int) -> None:
        """Wait until an asset is current in a revision."""

        def is_there() -> bool:
            asset = self.asset(name)
            return bool(asset["state"] == "current" and asset["revision"] >= revision)

        wait_until(is_there)

    def open(self, chromium: Browser, address: str, asset: str) -> EditorPage:
        """Open the editor of an asset."""
        context = chromium.new_context(viewport={"width": 1440, "height": 900})
        context.add_cookies([{"name": COOKIE, "value": self.secret, "url": address}])
        return EditorPage(Chromium(context.new_page()), f"{address}/experiments/{self.experiment}/edit/{asset}")


def intents(number: int) -> list[dict[str, Any]]:
    """Edits that build on one another, so that one too few or too many shows."""
    random = np.random.default_rng(3)
    edits = []
    for count in range(number):
        west, south = float(random.uniform(-180, 150)), float(random.uniform(-80, 60))
        shape = {"box": [west, south, west + 40.0, south + 20.0]}
        operation = {"add": 10.0 + count} if count % 3 else {"smooth": 1}
        edits.append({"shape": shape, "operation": operation, "where": "all", "reason": f"edit {count}"})
    return edits


def test_no_edit_is_lost_and_none_made_twice_behind_two_servers_and_a_bad_line(
    chromium: Browser, servers: Servers, tmp_path: Path
) -> None:
    addresses = [servers.start(), servers.start()]
    somebody = Somebody(servers, addresses[0], write_world(tmp_path / "topography.nc", small_world()))
    with closing(BadLine(addresses)) as line:
        page = somebody.open(chromium, line.address, "relief_edits")
        base = page.values()
        wanted = intents(12)
        for count, edit in enumerate(wanted):
            if count in (2, 6):
                line.lose(b"/editor/relief_edits/act", 2)  # heard and done, and nobody learns of it
            if count == 4:
                servers.kill(addresses[0])  # every second request fails from here on
            if count == 8:
                line.servers[0] = servers.start()
            page.run(f"(editor.session.act({json.dumps(edit)}), true)")
            page.until(f"{EDITOR}.session.waiting === 0 && {EDITOR}.session.position >= {count + 1}", 60)
        assert line.lost == 4
        assert len(line.served) == 3, "the first two servers, and the one after the kill"
        assert all(number > 2 for number in line.served.values()), f"each was asked: {line.served}"
        log = page.run("editor.session.history.entries.filter(({kind}) => kind === 'edit').map(({reason}) => reason)")
        assert log == [edit["reason"] for edit in wanted]

        base_of_python = Surface.of(base, regular_mesh(RegularGrid(*base.shape)), "height")
        replay([edit_of_data(edit) for edit in wanted], base_of_python, same_base=False)
        np.testing.assert_allclose(page.values(), base_of_python.field, rtol=1e-6, atol=1e-3)

        page.press("Control+z")
        undone = page.values()
        page.press("Control+y")
        made = page.values()
        assert (undone != made).any()
        page = somebody.open(chromium, line.address, "relief_edits")  # another browser
        np.testing.assert_array_equal(page.values(), made)

        page.click("[data-action=open-save]")
        page.fill("[data-setting=save-reason]", "twelve edits")
        page.click("[data-action=save]")
        somebody.api.base_url = httpx.URL(f"{addresses[1]}/api/v1/experiments")
        somebody.wait_for("relief_edits", 1)
        somebody.wait_for("edited_relief", 2)
        newest = somebody.api.get(f"/{somebody.experiment}/assets/relief_edits/revisions").json()[0]
        assert "twelve edits" in newest["reason"]
        edited = tmp_path / "edited.nc"
        edited.write_bytes(somebody.api.get(f"/{somebody.experiment}/assets/edited_relief/file").content)
        np.testing.assert_array_equal(read_field(edited).values.astype(np.float32).astype(float), made)
    somebody.api.close()
