"""The application as a laboratory starts it, and a browser before it."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, sync_playwright

from servers.column import column_environment


@dataclass(frozen=True)
class Started:
    """A running `paleobc serve`: its address, and the link with which the administrator makes an account."""

    address: str
    link: str


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Started]:
    folder = tmp_path_factory.mktemp("laboratory")
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("PALEOBC_")},
        **column_environment(folder / "data"),
        "PALEOBC_DATA_FOLDER": str(folder / "data"),
        "PALEOBC_WORKERS": "2",
        "COLUMNS": "300",
    }
    command = [sys.executable, "-u", "-c", "from paleobc.cli.main import main; main()", "serve", "--port", "0"]
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=log, text=True)
    try:
        assert server.stdout is not None
        said = "".join(server.stdout.readline() for _ in range(3))
        address = re.search(r"serves (http://\S+)", said)
        link = re.search(r"http://\S+/register\?invitation=\S+", said)
        assert address, (folder / "log").read_text()
        assert link, said
        yield Started(address[1], link[0])
    finally:
        server.send_signal(signal.SIGINT)
        server.communicate(timeout=30)
    assert "Traceback" not in (folder / "log").read_text()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        stop = pytest.fail if os.environ.get("CI") else pytest.skip
        stop("Chromium is needed to try the pages: apt-get install chromium (scripts/test-packages does it).")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()
