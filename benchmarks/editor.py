"""
The map editor as somebody at a browser meets it: `paleobc edit` on three maps, in Chromium and in Firefox.

Load: from the navigation to the first whole map, in a browser that has seen nothing yet, the server warm. Apply and
undo: from the click to the picture with the new marks, the new counts beside it. Drag: pictures a second while the
pointer turns the globe. Bytes: what the answer to an edit weighs. Memory: what the server holds for each open page.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Final

import psutil
from playwright.sync_api import ViewportSize, sync_playwright

from browser_drivers import Chromium, Driver, Firefox
from edited_files import write_ocean, write_relief
from edited_pages import EDITOR, EditorPage, edited_file

#: Largest medians that are wanted [s] and [ms], and the fewest pictures a second.
LOAD, FRAMES = 1.5, 20.0
CHANGE: Final = {"1 degree": 60.0, "ORCA2": 60.0, "0.1 degree": 400.0}

#: Opposite corners of the box that is edited: coast on two seas, so that edits make problems and mend them.
BOX: Final = [(-80.0, 8.0), (-70.0, 14.0)]

#: Values that the box gets in turn, by the quantity: sea, and land.
VALUES: Final = {"height": (-900, 10), "depth": (900, 0)}

SIZE: Final[ViewportSize] = {"width": 1440, "height": 900}
PAGES_OPEN = 4
_REST = 0.4  # [s] after an edit: the page counts the selection anew

#: Notes in the page when somebody clicked, and when the picture of what came of it was painted, with the counts shown.
_WATCH: Final = """(() => {
    const watch = window.watch = { clicked: 0, answered: 0, painted: 0, counts: "" };
    addEventListener("click", (event) => Object.assign(watch, { clicked: event.timeStamp, painted: 0 }), true);
    const shown = () => [...document.querySelectorAll("[data-part=check-summary] .pe-count")];
    editor.session.addEventListener("change", () => editor.map.addEventListener("painted", () => {
        const { painted, answered } = editor.lastApply;
        Object.assign(watch, { answered, painted, counts: shown().map((one) => one.textContent) });
    }, { once: true }));
    performance.setResourceTimingBufferSize(10_000);
    return true;
})()"""

#: Counts as the findings have them, in the order and the words of the page.
_COUNTS: Final = """editor.session.opened.checks.map(({ name }) => editor.session.findings.counts[name]?.places ?? 0)"""

#: Time of the first whole map after the navigation [ms], looked for from the beginning.
_LOADED: Final = f"""(async () => {{
    while (!{EDITOR}) await new Promise(requestAnimationFrame);
    await {EDITOR}.map.settled();
    return {EDITOR}.map.paintedAt;
}})()"""

#: A pointer that turns the globe, moved 60 times a second for two seconds; gives pictures a second.
_DRAG: Final = """(async () => {
    const { element } = editor.map, box = element.getBoundingClientRect();
    element.setPointerCapture = () => {};  // this pointer is none that a browser could capture
    const send = (kind, x, y) => element.dispatchEvent(new PointerEvent(kind, {
        pointerId: 7, pointerType: "mouse", button: 0, buttons: 1, bubbles: true,
        clientX: box.left + box.width * x, clientY: box.top + box.height * y }));
    const place = (part) => [0.5 + 0.2 * Math.sin(6.28 * part), 0.5 + 0.15 * Math.sin(12.57 * part)];
    send("pointerdown", ...place(0));
    const begun = performance.now(), frames = editor.map.frames;
    await new Promise((done) => {
        const timer = setInterval(() => {
            const part = (performance.now() - begun) / 2000;
            send("pointermove", ...place(part));
            if (part >= 1) done(clearInterval(timer));
        }, 1000 / 60);
    });
    const rate = 1000 * (editor.map.frames - frames) / (performance.now() - begun);
    send("pointerup", ...place(1));
    return rate;
})()"""

_BYTES: Final = """performance.getEntriesByType("resource").filter(({ name }) => name.endsWith("/act"))
    .map(({ transferSize }) => transferSize)"""


@dataclass(frozen=True)
class Browser:
    """
    A browser that can be begun afresh.

    Parameters
    ----------
    name : str
    fresh : callable
        Gives a page, and what closes it; in Chromium one that has kept nothing of earlier pages.
    """

    name: str
    fresh: Callable[[], tuple[Driver, Callable[[], object]]]


def program_of(name: str) -> str | None:
    """Where the program of a browser is; None: nowhere."""
    names = {"chromium": ("chromium", "chromium-browser"), "firefox": ("firefox-esr", "firefox")}[name]
    return next((found for found in map(shutil.which, names) if found), None)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, without a screen and without a graphics card."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program_of("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )

        def fresh() -> tuple[Driver, Callable[[], object]]:
            context = browser.new_context(viewport=SIZE)
            return Chromium(context.new_page()), context.close

        yield Browser("Chromium", fresh)
        browser.close()


@contextmanager
def firefox() -> Iterator[Browser]:
    """Firefox without a screen; each fresh one is a process with a profile of its own."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:

        def fresh() -> tuple[Driver, Callable[[], object]]:
            one = Firefox(Path(tempfile.mkdtemp(dir=folder)), SIZE["width"], SIZE["height"])
            return one, one.close

        yield Browser("Firefox", fresh)


def loaded(browser: Browser, address: str) -> float:
    """Seconds from the navigation to the first whole map."""
    driver, close = browser.fresh()
    try:
        driver.open(address)
        return float(driver.run(_LOADED)) / 1000.0
    finally:
        close()


class Timed:
    """An editor whose changes are timed from the click to the picture."""

    def __init__(self, page: EditorPage) -> None:
        self.page = page
        self.times: dict[str, list[tuple[float, float]]] = {"apply": [], "undo": []}
        page.run(_WATCH)

    def change(self, what: str) -> None:
        """Click on Apply or Undo; note the milliseconds until the answer and until the picture, the counts new."""
        page = self.page
        page.does(f"[data-action={what}]")
        page.until("window.watch.painted > window.watch.clicked")
        clicked, answered, painted, shown = page.run(
            "[watch.clicked, watch.answered, watch.painted, watch.counts.map((one) => Number(one.replace(/\\D/g, '')))]"
        )
        if shown != page.run(_COUNTS):
            raise SystemExit(f"The picture after {what} came with other counts than were found.")
        self.times[what].append((answered - clicked, painted - clicked))
        time.sleep(_REST)

    def medians(self, what: str) -> tuple[float, float]:
        """Medians until the answer and until the picture [ms], the first times left out: they warm up."""
        until_answer, until_picture = zip(*self.times[what][2:], strict=True)
        return median(until_answer), median(until_picture)


def measured(browser: Browser, address: str, server: psutil.Process, rounds: int, loads: int) -> dict[str, Any]:
    """All that is to be known of one map in one browser."""
    loaded(browser, address)  # the server warms up
    load = median(loaded(browser, address) for _ in range(loads))
    with ExitStack() as pages:

        def opened() -> EditorPage:
            driver, close = browser.fresh()
            pages.callback(close)
            return EditorPage(driver, address)

        before = server.memory_info().rss
        page = [opened() for _ in range(PAGES_OPEN)][-1]
        held = server.memory_info().rss
        quantity, problems = page.run("editor.session.opened.quantity"), sum(page.run(_COUNTS))
        timed = Timed(page)
        page.draw("box", BOX)
        page.click("[data-operation=set]")
        for number in range(rounds + 2):
            page.fill("[data-need=value]", VALUES[quantity][number % 2])
            timed.change("apply")
            timed.change("undo")
        found = {what: timed.medians(what) for what in timed.times}
        size = median(page.run(_BYTES))
        page.click("[data-tool=pan]")
        page.show("globe", (-60.0, 20.0))
        frames = page.run(_DRAG)
    return {
        "load": load,
        "apply": found["apply"][1],
        "apply, answered": found["apply"][0],
        "undo": found["undo"][1],
        "undo, answered": found["undo"][0],
        "frames": frames,
        "bytes": size,
        "page": (held - before) / PAGES_OPEN / 1e6,
        "server": held / 1e6,
        "problems": problems,
    }


def maps(folder: Path) -> dict[str, list[str | Path]]:
    """Arguments of `paleobc edit` for each map."""
    coarse, fine, bathymetry, grid = (folder / name for name in ("1.nc", "0.1.nc", "bathy_meter.nc", "coordinates.nc"))
    write_relief(coarse, 1.0)
    write_relief(fine, 0.1)
    write_ocean(bathymetry, grid)
    return {"1 degree": [coarse], "ORCA2": [bathymetry, "--ocean-grid", grid], "0.1 degree": [fine]}


def run(browsers: list[str], rounds: int, loads: int) -> dict[str, dict[str, dict[str, Any]]]:
    """Figures of each browser, for each map."""
    found: dict[str, dict[str, dict[str, Any]]] = {}
    begin = {"chromium": chromium, "firefox": firefox}
    with tempfile.TemporaryDirectory() as folder:
        files = maps(Path(folder))
        for name in browsers:
            if program_of(name) is None:
                print(f"{name} is not installed (on Debian: scripts/test-packages) and left out.\n")
                continue
            with begin[name]() as browser:
                for title, arguments in files.items():
                    with edited_file(*arguments) as address:
                        server = next(one for one in psutil.Process().children() if "edit" in one.cmdline())
                        made = measured(browser, address, server, rounds, loads)
                        found.setdefault(browser.name, {})[title] = made
    return found


def lines(found: dict[str, dict[str, Any]]) -> Iterator[str]:
    """The figures of one browser as a table with what is wanted, and what of it holds."""
    rows: list[tuple[str, str, str]] = [
        ("load [s]", "load", ".2f"),
        ("apply [ms]", "apply", ".0f"),
        ("   of it until the answer", "apply, answered", ".0f"),
        ("undo [ms]", "undo", ".0f"),
        ("   of it until the answer", "undo, answered", ".0f"),
        ("globe, pictures a second", "frames", ".0f"),
        ("answer to an edit [bytes]", "bytes", ".0f"),
        ("server, each open page [MB]", "page", ".1f"),
        ("server, all of it [MB]", "server", ".0f"),
        ("problems on the map", "problems", "d"),
    ]
    yield f"{'':30}" + "".join(f"{title:>12}" for title in found)
    for words, key, form in rows:
        yield f"{words:30}" + "".join(f"{format(one[key], form):>12}" for one in found.values())
    yield ""
    for title, one in found.items():
        limits = {"load": LOAD, "apply": CHANGE[title], "undo": CHANGE[title]}
        for what, limit in limits.items():
            yield said(one[what] <= limit, title, f"{what} {one[what]:.3g}; wanted: {limit:g} or less")
        yield said(one["frames"] >= FRAMES, title, f"pictures {one['frames']:.3g}; wanted: {FRAMES:g} a second or more")


def said(holds: bool, title: str, words: str) -> str:
    """A limit, and whether it holds."""
    return f"{'holds:        ' if holds else 'DOES NOT HOLD:'} {title}, {words}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "browsers", nargs="*", default=["chromium", "firefox"], help="chromium, firefox; both, where left out"
    )
    parser.add_argument("--rounds", type=int, default=16, help="edits and undos that count, on each map (default: 16)")
    parser.add_argument("--loads", type=int, default=5, help="fresh loads of each map (default: 5)")
    parser.add_argument("--json", action="store_true", help="print the numbers as JSON")
    asked = parser.parse_args()
    found = run(asked.browsers, asked.rounds, asked.loads)
    if asked.json:
        print(json.dumps(found, indent=1))
        return
    for name, one in found.items():
        print(f"{name}, {SIZE['width']} x {SIZE['height']}: medians of {asked.loads} loads, {asked.rounds} edits\n")
        print("\n".join(lines(one)), end="\n\n")


if __name__ == "__main__":
    main()
