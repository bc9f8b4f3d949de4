"""The map editor in a browser, as somebody with a mouse and a keyboard uses it."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from browser_drivers import Driver, Point

EDITOR = "window.paleobcEditor"
Place = tuple[float, float]


@contextmanager
def edited_file(*arguments: str | Path) -> Iterator[str]:
    """Run `paleobc edit` with some arguments, and give its address."""
    start = [sys.executable, "-u", "-c", "from paleobc.cli.main import main; main()", "edit", "--no-browser"]
    with subprocess.Popen([*start, *map(str, arguments)], stdout=subprocess.PIPE, text=True) as served:
        try:
            assert served.stdout is not None
            address = re.search(r"http://\S+", served.stdout.readline())
            assert address, "paleobc edit gave no address"
            yield address[0]
        finally:
            served.send_signal(signal.SIGINT)
            served.wait(30)


class EditorPage:
    """
    An open editor.

    Parameters
    ----------
    driver : Driver
    address : str
        Where it is served.
    """

    def __init__(self, driver: Driver, address: str) -> None:
        self.driver = driver
        driver.open(address)
        self.until(f"{EDITOR} && {EDITOR}.map && {EDITOR}.map.frames > 0")

    def run(self, expression: str) -> Any:
        """Value of an expression in which `editor` is the editor."""
        return self.driver.run(f"((editor) => ({expression}))({EDITOR})")

    def until(self, expression: str, seconds: float = 120.0) -> None:
        """Wait until an expression holds; loops are compiled when they are first needed."""
        end = time.monotonic() + seconds
        while not self.driver.run(f"Boolean({expression})"):
            if time.monotonic() > end:
                said = self.driver.run("document.body.innerText.slice(0, 3000)")
                raise AssertionError(f"{expression} did not become true within {seconds:g} s. The page says: {said}")
            time.sleep(0.05)

    def click(self, selector: str) -> None:
        """Click the middle of what is seen of an element; radio inputs are hidden behind their labels."""
        at = self.driver.run(
            f"""((element) => {{
                const isHidden = element.type === "radio" || element.type === "checkbox";
                const seen = isHidden ? element.closest("label") : element;
                for (let up = seen; up; up = up.parentElement) if (up.tagName === "DETAILS") up.open = true;
                seen.scrollIntoView({{ block: "nearest" }});
                const box = seen.getBoundingClientRect();
                return [box.x + box.width / 2, box.y + box.height / 2];
            }})(document.querySelector({selector!r}))"""
        )
        self.driver.click((at[0], at[1]))

    def fill(self, selector: str, value: object) -> None:
        """Write into a field, or choose an option."""
        self.driver.run(
            f"""((field) => {{
                field.focus();
                field.value = {str(value)!r};
                field.dispatchEvent(new Event("input", {{ bubbles: true }}));
                field.dispatchEvent(new Event("change", {{ bubbles: true }}));
            }})(document.querySelector({selector!r}))"""
        )

    def settle(self) -> None:
        """Wait until the map is drawn in full."""
        self.run("editor.map.settled().then(() => true)")

    def show(self, kind: str, place: Place | None = None, scale: float | None = None) -> None:
        """Change the view, and bring a place into its middle."""
        self.fill("[data-setting=view]", kind)
        self.until(f"{EDITOR}.map.view.kind === {kind!r}")
        if place is not None:
            self.run(f"editor.map.goTo({place[0]}, {place[1]}{'' if scale is None else f', {scale}'})")
        self.settle()

    def point(self, place: Place) -> Point:
        """Where a place is in the window."""
        x, y, left, top = self.run(
            f"""((at, box) => [...at, box.left, box.top])
            (editor.map.screenOf({place[0]}, {place[1]}), editor.map.element.getBoundingClientRect())"""
        )
        return float(left + x), float(top + y)

    def draw(self, tool: str, places: Iterable[Place]) -> None:
        """Take a tool and draw through places, the button held down."""
        before = self.run("JSON.stringify(editor.selection.shape)")
        self.click(f"[data-tool={tool}]")
        points = [self.point(place) for place in places]
        between = [
            tuple(np.asarray(one) + (np.asarray(other) - one) * part)
            for one, other in pairwise(points)
            for part in (0.25, 0.5, 0.75, 1.0)
        ]
        self.driver.drag([points[0], *between])  # type: ignore[list-item]
        self.until(f"(JSON.stringify({EDITOR}.selection.shape) ?? null) !== {json.dumps(before)}")

    def change(self, operation: str, reason: str = "", where: str | None = None, **needs: object) -> None:
        """Say what is to be done, apply it, and wait until it is done and drawn."""
        self.click("[data-tab=edit]")
        if where is not None:
            self.click(f"[data-filter={where}]")
        self.click(f"[data-operation={operation}]")
        for need, value in needs.items():
            self.fill(f'[data-need="{need.replace("_", " ")}"]', value)
        self.fill("[data-setting=reason]", reason)
        self.does("[data-action=apply]")

    def does(self, selector: str) -> None:
        """Click something that adds to the log, and wait for it."""
        self.until(f"!document.querySelector({selector!r}).disabled")
        before = self.run("editor.session.position")
        self.click(selector)
        self.until(f"{EDITOR}.session.position > {before} && {EDITOR}.session.waiting === 0")

    def press(self, keys: str) -> None:
        """Press keys that add to the log, the map in focus, and wait for it."""
        self.run("(document.querySelector('.pe-map').focus(), true)")
        before = self.run("editor.session.position")
        self.driver.press(keys)
        self.until(f"{EDITOR}.session.position > {before} && {EDITOR}.session.waiting === 0")

    def values(self) -> np.ndarray:
        """Values in the page, shape (rows, columns); NaN for none."""
        found = self.run("[[editor.map.grid.rows, editor.map.grid.columns], Array.from(editor.session.values)]")
        return np.array(found[1], dtype=np.float64).reshape(found[0])
