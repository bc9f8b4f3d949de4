"""The way of a user: from the link of the first start to files that are those of the command, bit for bit."""

from __future__ import annotations

import hashlib
import re
import statistics
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

import paleobc
from paleobc.steps.assets import ASSETS
from paleobc.steps.catalogue import GRAPH

EXAMPLE = Path(paleobc.__file__).parent / "data" / "modern_earth" / "topography.nc"
ALL_CURRENT = f"{len(GRAPH.assets) + 1} current."
LONG = 60_000.0

#: Notes when a page shows each change of a state; what it noted is gone after a reload.
_WATCH = """() => {
  window.seen = [];
  new MutationObserver((changes) => {
    for (const { target } of changes) {
      if (target.matches(".graph-rightwards .node")) {
        window.seen.push([target.dataset.asset, target.dataset.state, Date.now()]);
      }
    }
  }).observe(document.body, { subtree: true, attributes: true, attributeFilter: ["data-state"] });
}"""


@pytest.fixture(scope="module")
def page(chromium: Browser) -> Iterator[Page]:
    """One browser, of which every complaint counts."""
    complaints: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            complaints.append(message.text)

    context = chromium.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    page = context.new_page()
    page.on("console", hear)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert not complaints


def seen(page: Page) -> list[tuple[str, str, float]]:
    """Changes of states that the page has shown since it began to be watched: asset, state, time [s]."""
    noted: list[list[Any]] = page.evaluate("() => window.seen")
    return [(asset, state, time / 1000) for asset, state, time in noted]


def revisions(page: Page) -> dict[str, str]:
    """Number of the newest revision of each asset, as the page shows it."""
    rows = {name: page.locator(f"tr[data-asset={name}] [data-revision]").inner_text() for name in ASSETS}
    return {name: number for name, number in rows.items() if number}


def test_a_laboratory_goes_from_the_first_sign_in_to_its_bundle(started, page, tmp_path):
    _make_an_account(page, started.link)
    address = _make_an_experiment(page)
    _see_all_computed(page, address)
    _change_an_option_and_see_only_what_depends_on_it_computed(page, address)
    _look_at_a_map(page, address)
    _compare_two_revisions(page, address)
    _edit_the_table_of_plants_by_keyboard(page, address)
    bundle = _take_the_bundle_home(page, address, tmp_path)
    _build_its_recipe_and_compare(page, address, bundle, tmp_path)


def _make_an_account(page: Page, link: str) -> None:
    page.goto(link)
    page.get_by_label("Name").fill("Ada Lovelace")
    page.get_by_label("Password", exact=True).fill("nine slow otters near the lock")
    page.get_by_label("The same password again").fill("nine slow otters near the lock")
    page.get_by_role("button", name="Make the account").click()
    expect(page.get_by_role("heading", name="Experiments", exact=True)).to_be_visible()


def _make_an_experiment(page: Page) -> str:
    page.get_by_role("link", name="New experiment").first.click()
    page.get_by_label("Relief").set_input_files(EXAMPLE)
    expect(page.get_by_label("Name")).to_have_value("topography")
    page.get_by_label("Name").fill("Modern Earth")
    page.get_by_label("Author").fill("NOAA")
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("heading", name="Modern Earth")).to_be_visible()
    page.evaluate(_WATCH)
    return page.url.partition("?")[0]


def _see_all_computed(page: Page, address: str) -> None:
    expect(page.locator("[data-summary]")).to_have_text(ALL_CURRENT, timeout=LONG)
    shown = seen(page)  # fails where the page was loaded anew
    assert {asset for asset, state, _ in shown if state == "current"} >= {"bathymetry", "mosaix_weights"}
    assert {state for _, state, _ in shown} >= {"running", "waiting", "current"}
    made = {one["asset"]: one["created"] for one in page.request.get(f"{address}/state").json()["assets"]}
    late = [
        time - datetime.fromisoformat(made[asset]).timestamp() for asset, state, time in shown if state == "current"
    ]
    assert statistics.median(late) < 1.0, late
    assert max(late) < 3.0, late  # also where all processors compute


def _change_an_option_and_see_only_what_depends_on_it_computed(page: Page, address: str) -> None:
    before = revisions(page)
    page.locator(".graph-rightwards .node[data-asset=subbasins]").press("Enter")
    page.get_by_role("link", name="Options").click()
    page.get_by_label("Start").select_option("thirds")
    page.get_by_role("button", name="Save and compute").click()
    expect(page.get_by_role("status").first).to_contain_text("what depends on it is computed now")
    page.goto(address)
    expect(page.locator("tr[data-asset=mosaic_weights] [data-revision]")).to_have_text("2", timeout=LONG)
    expect(page.locator("[data-summary]")).to_have_text(ALL_CURRENT, timeout=LONG)
    assert revisions(page) == before | {"subbasins": "2", "mosaic_weights": "2"}


def _look_at_a_map(page: Page, address: str) -> None:
    page.goto(f"{address}/assets/relief")
    assert page.locator(".map-picture img").evaluate("image => image.decode().then(() => image.naturalWidth)") == 1440
    page.locator(".map-picture").hover(position={"x": 400, "y": 150})
    expect(page.locator("[data-readout]")).to_have_text(re.compile(r"° N, .*° W: -?[\d.]+ m$"))
    there = page.locator("[data-readout]").inner_text()
    page.locator(".map-picture").press("ArrowLeft")
    expect(page.locator("[data-readout]")).not_to_have_text(there)
    assert page.locator(".histogram rect").count() > 20


def _compare_two_revisions(page: Page, address: str) -> None:
    page.goto(f"{address}/assets/subbasins")
    page.get_by_role("button", name="Compare the two marked").click()
    expect(page.get_by_role("heading", name="Sub basins: revision 2 minus revision 1")).to_be_visible()
    changed = page.locator("dd").first.inner_text()
    assert int(changed.partition(" ")[0].replace(",", "")) > 100


def _edit_the_table_of_plants_by_keyboard(page: Page, address: str) -> None:
    page.goto(f"{address}/pft")
    save = page.get_by_role("button", name="Save and compute")
    page.locator("[name=pft2]").first.fill("60")
    expect(page.locator("[data-total]").first).to_have_text("85 %")
    expect(save).to_be_disabled()
    page.locator("[name=pft1]").first.fill("15")
    expect(page.locator("[data-total]").first).to_have_text("100 %")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("() => document.activeElement.closest('tr').rowIndex") == 2
    page.get_by_role("button", name="Add a band").press("Enter")
    expect(page.locator("[name=up_to]")).to_have_count(6)
    page.keyboard.type("70")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("Saved")
    assert [field.input_value() for field in page.locator("[name=up_to]").all()] == ["15", "35", "50", "70", "80", "90"]


def _take_the_bundle_home(page: Page, address: str, folder: Path) -> Path:
    page.goto(address)
    expect(page.locator("tr[data-asset=pft] [data-revision]")).to_have_text("2", timeout=LONG)
    page.get_by_label("Weights of").select_option("mosaic")
    page.get_by_role("button", name="Make the bundle").click()
    with page.expect_download(timeout=LONG) as download:
        page.get_by_role("link", name="Download the bundle").click(timeout=LONG)
    download.value.save_as(folder / "bundle.tar.gz")
    with tarfile.open(folder / "bundle.tar.gz") as archive:
        archive.extractall(folder / "bundle", filter="data")
    (whole,) = (folder / "bundle").iterdir()
    return whole


def _build_its_recipe_and_compare(page: Page, address: str, bundle: Path, folder: Path) -> None:
    (folder / "recipe.yaml").write_bytes(page.request.get(f"{address}/recipe").body())
    (folder / "inputs").symlink_to(bundle / "inputs")
    command = [sys.executable, "-c", "from paleobc.cli.main import main; main()", "build", "recipe.yaml", "-o", "built"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    files = {path.relative_to(bundle / "files"): checksum(path) for path in (bundle / "files").rglob("*.nc")}
    assert len(files) > 20
    assert files == {path: checksum(folder / "built" / path) for path in files}


def checksum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
