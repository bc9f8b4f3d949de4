"""
The application under load: many people look at pages while some of them have experiments computed.

Time until the first page is there; time of pages; time from what happened in the database to the page that shows it;
memory. All on this machine, the visitors included.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import httpx
import numpy as np
import psutil

#: What is wanted: 95 of 100 pages within [s], 95 of 100 events in the page within [s], first page within [s].
AIMS: Final = {"page": 0.2, "event": 1.0, "start": 3.0}

#: With these everybody signs in; the site lives as long as this runs.
_WORDS: Final = "nine slow otters near the lock"
_RANDOM: Final = np.random.default_rng(1)
_TOGETHER: Final = 4  # accounts made at the same time: their passwords take all processors
_THINKING: Final = (0.5, 2.5)  # [s] between two pages of a reader
_CHANGES_EVERY: Final = 2.0  # [s] between two changes of options


@dataclass
class Seen:
    """What the visitors saw: each page's kind and seconds; each event with when it came and one began to listen."""

    pages: list[tuple[str, float]] = field(default_factory=list)
    events: list[tuple[int, float, float]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Served:
    """A running site: its address, process, folder, and how long its first page took [s]."""

    address: str
    process: psutil.Process
    folder: Path
    seconds: float


@contextmanager
def serving(workers: int) -> Iterator[Served]:
    """A site in a folder of its own, as users start it."""
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {
            "PALEOBC_DATA_FOLDER": folder,
            "PALEOBC_REGISTRATION": "open",
            "PALEOBC_WORKERS": str(workers),
            "COLUMNS": "300",
        }
        began = time.perf_counter()
        command = [sys.executable, "-u", "-c", "from paleobc.cli.main import main; main()", "serve", "--port", "0"]
        server = subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        try:
            line = "" if server.stdout is None else server.stdout.readline()
            found = re.search(r"http://\S+", line)
            if found is None:
                raise SystemExit(f"The application did not start: {line}")
            while not _answers(found[0]):
                time.sleep(0.01)
            seconds = time.perf_counter() - began
            yield Served(found[0], psutil.Process(server.pid), Path(folder), seconds)
        finally:
            server.terminate()
            server.communicate(timeout=30)


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/sign-in", headers={"Accept": "text/html"}).is_success
    except httpx.TransportError:
        return False


@dataclass(frozen=True)
class Person:
    """Somebody with an account and a browser, and perhaps an experiment."""

    browser: httpx.AsyncClient
    seen: Seen
    experiment: str = ""
    csrf: str = ""

    async def read(self, until: float) -> None:
        """Look at one page after the other."""
        places = ["/experiments", "/account", "/experiments/new"]
        places += [f"/experiments/{self.experiment}"] if self.experiment else []
        while time.time() < until:
            place = str(_RANDOM.choice(places))
            began = time.perf_counter()
            answer = await self.browser.get(place)
            kind = "one experiment" if place.endswith(self.experiment or "?") else place
            self.seen.pages.append((kind, time.perf_counter() - began))
            if not answer.is_success:
                self.seen.refused.append(f"{place}: {answer.status_code}")
            await asyncio.sleep(_RANDOM.uniform(*_THINKING))

    async def compute(self, relief: bytes, until: float) -> None:
        """Give a relief, and change options again and again."""
        place = f"/api/v1/experiments/{self.experiment}"
        await self.send("PUT", f"{place}/assets/relief?file_name=relief.nc", content=relief)
        while time.time() < until:
            await asyncio.sleep(_CHANGES_EVERY)
            method = str(_RANDOM.choice(["linear", "nearest", "conservative"]))
            await self.send("PUT", f"{place}/steps/regrid", json={"options": {"method": method}})
            colour = int(_RANDOM.integers(1, 9))
            await self.send("PUT", f"{place}/steps/soils", json={"options": {"colour": colour}})

    async def listen(self, until: float) -> None:
        """Note when each event comes, as an open page does."""
        address = f"/experiments/{self.experiment}/events"
        began = time.time()
        async with self.browser.stream("GET", address, params={"after": 0}) as answer:
            async for line in answer.aiter_lines():
                now = time.time()
                if line.startswith("id:"):
                    self.seen.events.append((int(line[3:]), now, began))
                if now > until:
                    return

    async def send(self, method: str, place: str, **body: Any) -> dict[str, Any]:
        """Ask for a change, as the script of a page does."""
        answer = await self.browser.request(method, place, headers={"X-CSRF-Token": self.csrf}, **body)
        if not answer.is_success:
            self.seen.refused.append(f"{place}: {answer.status_code} {answer.text[:200]}")
        return dict(answer.json())


@asynccontextmanager
async def people(address: str, readers: int, computing: int, seen: Seen) -> AsyncIterator[list[Person]]:
    """So many with an account; the first of them have an experiment."""
    together = asyncio.Semaphore(_TOGETHER)
    browsers: list[httpx.AsyncClient] = []

    async def join(number: int) -> Person:
        browser = httpx.AsyncClient(
            base_url=address,
            headers={"Accept": "text/html", "Origin": address},
            timeout=60,
            follow_redirects=True,
            limits=httpx.Limits(keepalive_expiry=1.0),  # before the server closes a line that nobody speaks on
        )
        browsers.append(browser)
        form = {"name": f"user number {number}", "password": _WORDS, "again": _WORDS}
        async with together:
            page = await browser.post("/register", data=form)
        found = re.search(r'name="csrf" content="([^"]+)"', page.text)
        person = Person(browser, seen, csrf=found[1] if found else "")
        if number >= computing:
            return person
        made = await person.send("POST", "/api/v1/experiments", json={"name": f"world {number}"})
        return Person(browser, seen, str(made["id"]), person.csrf)

    try:
        yield list(await asyncio.gather(*(join(number) for number in range(readers))))
    finally:
        for browser in browsers:
            await browser.aclose()


async def load(site: Served, readers: int, computing: int, seconds: float) -> tuple[Seen, dict[str, float]]:
    """Let people use a site; returns what they saw and the memory at the end [MB]."""
    seen = Seen()
    relief = files("paleobc").joinpath("data", "modern_earth", "topography.nc").read_bytes()
    async with people(site.address, readers, computing, seen) as everybody:
        until = time.time() + seconds
        owners = [person for person in everybody if person.experiment]
        await asyncio.gather(
            *(person.read(until) for person in everybody),
            *(person.compute(relief, until) for person in owners),
            *(person.listen(until) for person in owners),
        )
        processes = [site.process, *site.process.children(recursive=True)]
        sizes = [process.memory_info().rss / 1e6 for process in processes]
        return seen, {"server": sizes[0], "all": sum(sizes)}


def delays(folder: Path, events: Sequence[tuple[int, float, float]]) -> list[float]:
    """Seconds from what happened, as the database says, to a page's knowing it; of what happened while it listened."""
    database = sqlite3.connect(f"file:{folder / 'paleobc.sqlite'}?mode=ro", uri=True)
    try:
        rows = database.execute("SELECT id, created FROM events").fetchall()
    finally:
        database.close()
    made = {number: datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() for number, text in rows}
    return [came - made[number] for number, came, began in events if made[number] > began]


def spread(values: Sequence[float]) -> dict[str, float]:
    """Median, what 95 of 100 keep to, largest, and how many there were."""
    ranked = sorted(values) or [float("nan")]
    places = {"p50": len(ranked) // 2, "p95": int(0.95 * len(ranked)), "max": -1}
    return {"count": len(values)} | {name: round(ranked[place], 4) for name, place in places.items()}


def run(readers: int, computing: int, seconds: float, workers: int) -> dict[str, Any]:
    """Measure all of it."""
    with serving(workers) as site:
        seen, memory = asyncio.run(load(site, readers, computing, seconds))
        kinds = sorted({kind for kind, _ in seen.pages})
        return {
            "start": round(site.seconds, 2),
            "pages": {
                "all": spread([took for _, took in seen.pages]),
                **{kind: spread([took for one, took in seen.pages if one == kind]) for kind in kinds},
            },
            "events": spread(delays(site.folder, seen.events)),
            "memory": {name: round(size) for name, size in memory.items()},
            "refused": seen.refused,
        }


def show(found: dict[str, Any], readers: int, computing: int) -> None:
    """Print what was found as a table."""
    print(f"{readers} people look at pages, {computing} of them have experiments computed; times in milliseconds\n")
    print(f"{'':22}{'count':>8}{'p50':>8}{'p95':>8}{'max':>8}{'aim (p95)':>11}")
    rows = [(kind, spread_, AIMS["page"]) for kind, spread_ in found["pages"].items()]
    for name, row, aim in (*rows, ("event to page", found["events"], AIMS["event"])):
        times = "".join(f"{1000 * row[part]:8.0f}" for part in ("p50", "p95", "max"))
        print(f"{name:22}{row['count']:8}{times}{1000 * aim:11.0f}")
    print(f"\nfirst page after {found['start']:.1f} s (aim: {AIMS['start']:.0f} s)")
    print(f"memory: server {found['memory']['server']} MB, with its workers {found['memory']['all']} MB")
    for words in found["refused"][:5]:
        print(f"refused: {words}")


def main() -> None:
    """Read the command line, measure, and tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=50, help="how many look at pages (default: 50)")
    parser.add_argument("--computing", type=int, default=10, help="how many of them compute (default: 10)")
    parser.add_argument("--seconds", type=float, default=45.0, help="for how long (default: 45)")
    parser.add_argument("--workers", type=int, default=2, help="steps computed at the same time (default: 2)")
    parser.add_argument("--json", action="store_true", help="print the numbers as JSON")
    chosen = parser.parse_args()
    found = run(chosen.people, chosen.computing, chosen.seconds, chosen.workers)
    if chosen.json:
        print(json.dumps(found, indent=1))
    else:
        show(found, chosen.people, chosen.computing)


if __name__ == "__main__":
    main()
