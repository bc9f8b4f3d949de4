"""Pages that come up when something is in doubt, in a browser with script and in one without."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from netCDF4 import Dataset
from playwright.sync_api import Browser, Page, expect

from small_world import small_world, write_world

PASSWORD = "nine slow otters near the lock"  # noqa: S105
LONG = 60_000.0


@pytest.fixture(scope="module")
def page(chromium: Browser, started) -> Iterator[Page]:
    """A browser in which the administrator has signed in."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto(started.link)
    page.get_by_label("Name").fill("Ada Lovelace")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("The same password again").fill(PASSWORD)
    page.get_by_role("button", name="Make the account").click()
    expect(page.get_by_role("heading", name="Experiments", exact=True)).to_be_visible()
    yield page
    context.close()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_world(tmp_path_factory.mktemp("world") / "world.nc", small_world())


def new_experiment(page: Page, address: str, name: str, relief: Path) -> str:
    """Make an experiment of a relief; returns where it is."""
    page.goto(f"{address}/experiments/new")
    page.get_by_label("Relief").set_input_files(relief)
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    return page.url.partition("?")[0]


def test_one_says_which_variable_is_meant_where_the_file_does_not(page, started, world, tmp_path):
    two = tmp_path / "two.nc"
    two.write_bytes(world.read_bytes())
    with Dataset(two, "a") as file:
        file.renameVariable("topo", "relief_40Ma")
        second = file.createVariable("relief_34Ma", "f8", ("lat", "lon"))
        second.units = "m"
        second[:] = np.asarray(file.variables["relief_40Ma"][:]) + 100.0
    new_experiment(page, started.address, "two reliefs", two)
    choice = page.get_by_label("Variable of the file to read")
    expect(choice).to_be_visible(timeout=LONG)  # it comes by itself, without reloading
    choice.select_option("relief_34Ma")
    page.get_by_role("button", name="Read this one").click()
    expect(page.locator("tr[data-asset=relief] [data-revision]")).to_have_text("1", timeout=LONG)
    expect(choice).to_have_count(0)


def test_more_than_was_asked_for_is_restored_only_after_a_question(page, started, world, tmp_path):
    place = new_experiment(page, started.address, "restored", world)
    expect(page.locator("tr[data-asset=soils] [data-revision]")).to_have_text("1", timeout=LONG)
    higher = write_world(tmp_path / "higher.nc", small_world() + 500.0)
    page.goto(f"{place}/assets/relief")
    page.get_by_text("Give another file").click()
    with page.expect_response(
        lambda answer: answer.request.method == "PUT"
    ):  # or leaving the page would end the upload
        page.locator("input[type=file]").set_input_files(higher)
    page.goto(place)
    expect(page.locator("tr[data-asset=conditioned_relief] [data-revision]")).to_have_text("2", timeout=LONG)
    page.goto(f"{place}/assets/conditioned_relief")
    page.get_by_role("button", name="Restore").click()
    expect(page.get_by_role("heading", name="Restore revision 1 of Conditioned relief?")).to_be_visible()
    page.get_by_role("button", name="Restore it with all it came from").click()
    expect(page.get_by_role("status").first).to_contain_text("current again")
    page.goto(place)
    expect(page.locator("tr[data-asset=relief] [data-revision]")).to_have_text("3", timeout=LONG)


def test_a_relief_is_given_in_a_browser_without_script(chromium, page, started, world):
    context = chromium.new_context(storage_state=page.context.storage_state(), java_script_enabled=False)
    plain = context.new_page()
    plain.goto(f"{started.address}/experiments/new")
    plain.get_by_label("Name").fill("without script")
    plain.get_by_role("button", name="Create").click()
    expect(plain.get_by_role("heading", name="without script")).to_be_visible()
    plain.locator("input[type=file]").set_input_files(world)
    plain.locator("form[enctype='multipart/form-data'] button").click()
    expect(plain.get_by_role("status").first).to_contain_text("is being read")
    context.close()
