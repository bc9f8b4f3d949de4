"""Two browsers driven alike: Chromium by Playwright, Firefox by WebDriver BiDi."""

from __future__ import annotations

import base64
import itertools
import json
import shutil
import subprocess
import time
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Protocol

from playwright.sync_api import Page
from websockets.sync.client import connect

#: Keys of which the protocol of Firefox has names of its own (WebDriver, section 17.4.2).
_KEYS = {
    "Enter": "\ue007", "Escape": "\ue00c", "Tab": "\ue004", "Shift": "\ue008", "Control": "\ue009", "Alt": "\ue00a",
    "ArrowLeft": "\ue012", "ArrowUp": "\ue013", "ArrowRight": "\ue014", "ArrowDown": "\ue015", "Backspace": "\ue003",
    "Delete": "\ue017", "Home": "\ue011", "End": "\ue010", "PageUp": "\ue00e", "PageDown": "\ue00f", "Space": " ",
}  # fmt: skip

Point = tuple[float, float]


class Driver(Protocol):
    """What the tests of the editor ask of a browser; places are CSS pixels of the window."""

    name: str

    def open(self, address: str) -> None:
        """Go to an address and wait until it is loaded."""

    def run(self, expression: str) -> Any:
        """Value of an expression of JavaScript in the page, awaited."""

    def drag(self, points: Iterable[Point]) -> None:
        """Press the mouse at the first point, move through the others, let go at the last."""

    def click(self, point: Point) -> None:
        """Click with the mouse."""

    def press(self, keys: str) -> None:
        """Press a key, or several that are held together: Control+Shift+Z."""

    def screenshot(self, path: Path) -> None:
        """Picture of the window."""


class Chromium:
    """A page of Playwright's."""

    name = "chromium"

    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self, address: str) -> None:
        """Go to an address and wait until it is loaded."""
        self.page.goto(address, wait_until="load")

    def run(self, expression: str) -> Any:
        """Value of an expression of JavaScript in the page, awaited."""
        return self.page.evaluate(f"async () => ({expression})")

    def drag(self, points: Iterable[Point]) -> None:
        """Press the mouse at the first point, move through the others, let go at the last."""
        first, *others = points
        self.page.mouse.move(*first)
        self.page.mouse.down()
        for point in others:
            self.page.mouse.move(*point)
        self.page.mouse.up()

    def click(self, point: Point) -> None:
        """Click with the mouse."""
        self.page.mouse.click(*point)

    def press(self, keys: str) -> None:
        """Press a key, or several that are held together."""
        self.page.keyboard.press(keys)

    def screenshot(self, path: Path) -> None:
        """Picture of the window."""
        self.page.screenshot(path=path)


class Firefox:
    """
    A window of Firefox without a screen, driven over WebDriver BiDi, which it speaks itself.

    Parameters
    ----------
    folder : Path
        For its profile and its log.
    width, height : int
        Size of the window [CSS pixels].
    """

    name = "firefox"

    def __init__(self, folder: Path, width: int = 1440, height: int = 900) -> None:
        program = shutil.which("firefox-esr") or shutil.which("firefox")
        if program is None:
            raise FileNotFoundError("Firefox is not installed (on Debian: apt-get install firefox-esr).")
        profile = folder / "profile"
        profile.mkdir(parents=True)
        self._log = (folder / "log").open("w")
        command = [program, "--headless", "--no-remote", "--remote-debugging-port", "0", "--profile", str(profile)]
        self._process = subprocess.Popen(command, stdout=self._log, stderr=subprocess.STDOUT)
        self._numbers = itertools.count(1)
        self._open = ExitStack()
        try:
            self._socket = self._open.enter_context(connect(self._address(folder / "log"), max_size=None))
            self._ask("session.new", capabilities={})
            self._context = self._ask("browsingContext.getTree")["contexts"][0]["context"]
            self._ask("browsingContext.setViewport", context=self._context, viewport={"width": width, "height": height})
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """End the browser."""
        self._open.close()
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()

    def open(self, address: str) -> None:
        """Go to an address and wait until it is loaded."""
        self._ask("browsingContext.navigate", context=self._context, url=address, wait="complete")

    def run(self, expression: str) -> Any:
        """Value of an expression of JavaScript in the page, awaited."""
        found = self._ask(
            "script.evaluate",
            expression=f"(async () => JSON.stringify(await ({expression})) ?? 'null')()",
            target={"context": self._context},
            awaitPromise=True,
        )
        if found["type"] == "exception":
            raise RuntimeError(found["exceptionDetails"]["text"])
        return json.loads(found["result"]["value"])

    def drag(self, points: Iterable[Point]) -> None:
        """Press the mouse at the first point, move through the others, let go at the last."""
        first, *others = points
        down, up = {"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}
        self._mouse([_move(first), down, *(_move(point) for point in others), up])

    def click(self, point: Point) -> None:
        """Click with the mouse."""
        self.drag([point])

    def press(self, keys: str) -> None:
        """Press a key, or several that are held together."""
        values = [_KEYS.get(key, key) for key in (keys.split("+") if len(keys) > 1 else [keys])]
        actions = [{"type": "keyDown", "value": value} for value in values]
        actions += [{"type": "keyUp", "value": value} for value in reversed(values)]
        self._act({"type": "key", "id": "keyboard", "actions": actions})

    def screenshot(self, path: Path) -> None:
        """Picture of the window."""
        data = self._ask("browsingContext.captureScreenshot", context=self._context)["data"]
        path.write_bytes(base64.b64decode(data))

    def _mouse(self, actions: list[dict[str, Any]]) -> None:
        """Do something with the mouse."""
        self._act({"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": actions})

    def _act(self, source: dict[str, Any]) -> None:
        """Do something with a device."""
        self._ask("input.performActions", context=self._context, actions=[source])

    def _address(self, log: Path) -> str:
        """Where the browser listens, once it says so."""
        until = time.monotonic() + 60
        while time.monotonic() < until:
            _, _, address = log.read_text().partition("WebDriver BiDi listening on ")
            if "\n" in address:
                return address.split()[0] + "/session"
            if self._process.poll() is not None:
                break
            time.sleep(0.05)
        raise RuntimeError(f"Firefox did not start: {log.read_text()[-2000:]}")

    def _ask(self, method: str, **parameters: Any) -> Any:
        """Send a command and wait for what it gives."""
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            answer = json.loads(self._socket.recv(timeout=120))
            if answer.get("id") != number:
                continue  # an event
            if answer["type"] == "error":
                raise RuntimeError(f"{method}: {answer['error']}: {answer['message']}")
            return answer["result"]


def _move(point: Point) -> dict[str, Any]:
    """Move of the mouse."""
    return {"type": "pointerMove", "x": round(point[0]), "y": round(point[1]), "duration": 16}
