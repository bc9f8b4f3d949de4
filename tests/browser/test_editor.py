"""The map editor in Chromium and in Firefox: drawn with the mouse, then every cell compared with Python."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser

from browser_drivers import Chromium, Driver, Firefox
from edited_pages import EditorPage, edited_file
from paleobc.formats.any_field import read_field
from paleobc.formats.edit_lists import read_edits
from paleobc.formats.nemo import read_ocean_grid
from paleobc.topography.edits.edit import Edit
from paleobc.topography.edits.replay import replay
from paleobc.topography.edits.selection import filtered, selected_cells
from paleobc.topography.surface import Surface


@pytest.fixture(params=["chromium", "firefox"])
def driver(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Driver]:
    if request.param == "firefox":
        firefox = Firefox(tmp_path / "firefox")
        yield firefox
        firefox.close()
        return
    browser: Browser = request.getfixturevalue("chromium")
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    gone = "net::ERR_CONNECTION_REFUSED"  # the page goes on asking after the file is no longer served
    yield Chromium(page)
    context.close()
    assert not [fault for fault in faults if gone not in fault]


def edits_of(page: EditorPage, surface: Surface, folder: Path) -> tuple[Edit, ...]:
    """Edits in force as the page exports them, read again as anybody reads a list."""
    text = page.run(
        "editor.ask('export', {kind: 'json'}).then(({arrays}) => new TextDecoder().decode(arrays.file.values))"
    )
    path = folder / "exported.json"
    path.write_text(text)
    return read_edits(path, mesh=surface.mesh, quantity=surface.quantity).edits


def travelled(values: np.ndarray, page: EditorPage) -> np.ndarray:
    """Values as they are after their way to the page: in four bytes where the field before all edits fits into them."""
    short = page.run("editor.session.values instanceof Float32Array")
    return values.astype(np.float32).astype(np.float64) if short else values


def holds_what_python_makes(page: EditorPage, surface: Surface, folder: Path) -> tuple[Edit, ...]:
    """The page shows, to the bit, what Python makes of the intents of its edits on the base; which are returned."""
    edits = edits_of(page, surface, folder)
    copy = Surface.of(surface.field, surface.mesh, surface.quantity)
    intents = [Edit(edit.shape, edit.operation, edit.where) for edit in edits]
    replay(intents, copy, same_base=False, revisions={"base": surface.field})
    np.testing.assert_array_equal(page.values(), travelled(copy.field, page))
    return edits


def test_a_relief_is_drawn_on_in_every_view_and_saved_as_python_makes_it(
    driver: Driver, reference: Path, tmp_path: Path
) -> None:
    file, saved = tmp_path / "topography.nc", tmp_path / "saved.nc"
    shutil.copy(reference / "inputs" / "topography_60Ma_1deg.nc", file)
    before = read_field(file)
    surface = before.surface()
    with edited_file(file, "--output", saved) as address:
        page = EditorPage(driver, address)

        page.draw("box", [(-40.2, 30.1), (-20.3, 44.7)])
        page.change("add", "deeper", amount=-200)
        page.show("plate", (180.0, 0.0))
        page.draw("polygon", [(171, 12), (-172, 9), (-169, -11), (173, -8)])
        page.change("set", "over the date line", value=-3000)
        page.show("north", (0.0, 90.0))
        page.draw("brush", [(-90, 84), (0, 89), (90, 85)])
        page.change("smooth", "the pole", where="all", times=2)
        page.show("globe", (60.0, 20.0))
        page.draw("line", [(50, 10), (60, 15), (75, 12)])
        page.change("open_strait", "a strait", sill_depth=300)
        page.click("[data-tool=values]")
        page.fill("[data-setting=value-low]", -150)
        page.fill("[data-setting=value-high]", 0)
        page.click("[data-action=select-values]")
        page.change("add", "no shallow shelf", where="sea", amount=-50)
        edits = holds_what_python_makes(page, surface, tmp_path)
        assert len(edits) == 5
        touched = selected_cells(edits[1].shape, surface)
        longitudes = surface.mesh.longitudes.ravel()[touched]
        assert (longitudes > 160).any(), "the lasso reaches west of the date line"
        assert (longitudes < -160).any(), "and east of it"
        assert surface.mesh.latitudes.ravel()[selected_cells(edits[2].shape, surface)].max() > 89

        after = page.values()
        page.press("Control+z")
        page.press("Control+z")
        assert (page.values() != after).any()
        page.press("Control+Shift+Z")
        page.press("Control+y")
        np.testing.assert_array_equal(page.values(), after)

        page.click("[data-tab=problems]")
        counts = page.run("editor.session.findings.counts")
        check = page.run("editor.session.findings.problems.find((problem) => problem.repairable).check")
        page.run(f"document.querySelector('[data-check={check}]').open = true")
        page.settle()  # the list is drawn anew after the map
        page.until(f"document.querySelector('[data-check={check}] [data-action=propose]')")
        page.run(f"(document.querySelector('[data-check={check}] [data-action=propose]').click(), true)")
        page.until("document.querySelector('[data-action=apply-proposal]')")
        page.does("[data-action=apply-proposal]")
        assert page.run("editor.session.findings.counts") != counts
        edits = holds_what_python_makes(page, surface, tmp_path)

        page.click("[data-action=open-save]")
        page.fill("[data-setting=save-reason]", "tried in a browser")
        page.click("[data-action=save]")
        page.until("document.querySelector('[data-part=live], [data-part=notices]').textContent.includes('Saved')")
        np.testing.assert_array_equal(travelled(read_field(saved).values, page), page.values())
    np.testing.assert_array_equal(read_field(file).values, before.values)


def test_a_line_goes_over_the_fold_of_the_ocean_grid(driver: Driver, reference: Path, tmp_path: Path) -> None:
    file = tmp_path / "bathymetry.nc"
    shutil.copy(reference / "inputs" / "bathymetry_38Ma_paleorca2.nc", file)
    grid_file = reference / "inputs" / "paleorca2_40Ma_grid.nc"
    field = read_field(file, grid_file=grid_file)
    surface, grid = field.surface(), read_ocean_grid(grid_file)
    rows, columns = grid.layout.shape
    row, column = rows - 6, columns // 4
    start = (grid.t.longitude[row, column], grid.t.latitude[row, column])
    other = columns - 1 - column
    goal = (grid.t.longitude[row, other], grid.t.latitude[row, other])
    with edited_file(file, "--ocean-grid", grid_file) as address:
        page = EditorPage(driver, address)
        middle = (float(start[0]), 88.0)
        page.show("globe", middle)
        page.draw("line", [start, goal])
        page.change("open_strait", "over the fold", sill_depth=5200)
        edits = holds_what_python_makes(page, surface, tmp_path)
        cells = filtered(selected_cells(edits[0].shape, surface), surface, edits[0].where)
        at = cells // columns
        assert at.max() >= rows - 3, "the line reaches the rows of the fold"
        found_columns = cells[at == row] % columns
        assert found_columns.min() < columns // 2 < found_columns.max(), "and comes out on its other side"
        opened = page.values().ravel()[cells]
        assert (opened >= 5200).all()
        page.press("Control+z")
        np.testing.assert_array_equal(page.values(), surface.field)


@pytest.mark.parametrize("driver", ["firefox"], indirect=True)
def test_what_was_drawn_is_there_after_a_reload_and_a_restart(driver: Driver, reference: Path, tmp_path: Path) -> None:
    file = tmp_path / "topography.nc"
    shutil.copy(reference / "inputs" / "topography_60Ma_1deg.nc", file)
    with edited_file(file) as address:
        page = EditorPage(driver, address)
        page.draw("box", [(10, 10), (30, 20)])
        page.change("scale", "half as high", to=50)
        made = page.values()
        page = EditorPage(driver, address)
        np.testing.assert_array_equal(page.values(), made)
    with edited_file(file) as address:  # another process: the first was stopped
        page = EditorPage(driver, address)
        np.testing.assert_array_equal(page.values(), made)
        page.press("Control+z")
        np.testing.assert_array_equal(page.values(), read_field(file).surface().field)


@pytest.mark.parametrize("driver", ["chromium"], indirect=True)
def test_an_export_in_the_page_is_what_the_command_reads(driver: Driver, reference: Path, tmp_path: Path) -> None:
    file = tmp_path / "topography.nc"
    shutil.copy(reference / "inputs" / "topography_60Ma_1deg.nc", file)
    with edited_file(file) as address:
        page = EditorPage(driver, address)
        page.draw("box", [(10, 10), (30, 20)])
        page.change("set", "a plain", value=120)
        edits = edits_of(page, read_field(file).surface(), tmp_path)
        first = json.loads((tmp_path / "exported.json").read_text().splitlines()[0])
    assert edits[0].reason == "a plain"
    assert first["quantity"] == "height"
