"""Makes the pictures of the editor's guide: Chromium before `paleobc edit`, on the present-day Earth that ships."""

from __future__ import annotations

import io
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
import yaml
from PIL import Image
from playwright.sync_api import Browser, ViewportSize, sync_playwright
from scipy.spatial import cKDTree

from browser_drivers import Chromium
from edited_files import write_ocean, write_relief
from edited_pages import EDITOR, EditorPage, edited_file

ROOT: Final = Path(__file__).resolve().parents[1]
FOLDER: Final = ROOT / "docs" / "images"
GATEWAYS: Final = ROOT / "examples" / "modern_gateways.yaml"
SIZE: Final[ViewportSize] = {"width": 1440, "height": 900}

#: A picture that is larger is given a palette [bytes].
LARGEST: Final = 250_000

#: A colour of so many pixels weighs so many to this power in the choice of the 256 of a picture.
RARE: Final = 0.7

#: The name that stands in the log of the pictures.
WHO: Final = "ada"

#: A way through Central America, as it was before the isthmus closed.
PANAMA: Final = [(-84.5, 7.0), (-80.8, 8.0), (-77.5, 10.5)]
GIBRALTAR: Final = [(-8.5, 36.2), (-3.5, 36.2)]

#: Around the Bering Strait, on both sides of the date line.
BERINGIA: Final = [(171, 60), (174, 66), (-178, 69), (-169, 70), (-160, 66), (-163, 60), (-172, 57), (-180, 58)]


def point_at(page: EditorPage, place: tuple[float, float]) -> None:
    """Hold the pointer over a place, so that the line below the map tells of it."""
    driver = page.driver
    if isinstance(driver, Chromium):
        driver.page.mouse.move(*page.point(place))


def counted(page: EditorPage) -> None:
    """Wait until the selected cells are counted and shown."""
    page.until(f"{EDITOR}.selection.counted !== null && !{EDITOR}.selection.isCounting")


def strait(page: EditorPage, places: list[tuple[float, float]], depth: int, width_km: int, reason: str) -> None:
    """Open a strait along a line."""
    page.click("[data-tool=line]")
    page.fill("[data-setting=size]", width_km)
    page.draw("line", places)
    page.change("open_strait", reason, where="all", sill_depth=depth)


def plate(page: EditorPage) -> None:
    """The whole relief, a box drawn, its cells counted, a change about to be made."""
    page.draw("box", [(-98.0, 8.0), (-58.0, 27.0)])
    counted(page)
    page.click("[data-filter=sea]")
    counted(page)
    page.click("[data-operation=add]")
    page.fill("[data-need=amount]", -200)
    page.fill("[data-setting=reason]", "A deeper Caribbean: thermal subsidence since 60 Ma")
    point_at(page, (-75.0, 15.0))


def globe(page: EditorPage) -> None:
    """A globe, and a line over it along which a strait is opened."""
    page.show("globe", (-62.0, 16.0))
    page.run("editor.map.zoomAt(editor.map.view.width / 2, editor.map.view.height / 2, 1.9)")
    page.click("[data-tool=line]")
    page.fill("[data-setting=size]", 250)
    page.draw("line", PANAMA)
    counted(page)
    page.click("[data-operation=open_strait]")
    page.fill("[data-need='sill depth']", 800)
    page.fill("[data-setting=reason]", "Central American Seaway, open until 2.8 Ma (O'Dea et al. 2016)")
    point_at(page, (-80.5, 8.5))


def north(page: EditorPage) -> None:
    """The Arctic on the ocean grid, every cell where it lies."""
    page.show("north", (0.0, 90.0))
    page.run("editor.map.zoomAt(editor.map.view.width / 2, editor.map.view.height / 2, 2.2)")
    page.click("[data-tool=brush]")
    page.fill("[data-setting=size]", 250)
    page.draw("brush", [(-10.0, 79.5), (2.0, 81.0), (14.0, 80.5)])
    counted(page)
    page.click("[data-filter=sea]")
    counted(page)
    page.click("[data-operation=clamp]")
    page.fill("[data-need=lowest]", 2500)
    page.fill("[data-setting=reason]", "Fram Strait as deep as its sill, 2545 m")
    point_at(page, (2.0, 80.0))


def cells(page: EditorPage) -> None:
    """The rows and columns of the ocean grid."""
    page.show("cells")
    page.click("[data-tool=cell]")
    point_at(page, (-45.0, 10.0))


def two_maps(page: EditorPage) -> None:
    """Before and after, side by side."""
    page.show("plate", (-80.0, 9.0), 18.0)
    strait(page, PANAMA, 800, 250, "Central American Seaway, open until 2.8 Ma")
    page.click("[data-action=clear-selection]")
    page.fill("[data-setting=second]", "revision:base")
    page.until(f"{EDITOR}.second.linked")
    page.click("[data-tab=view]")
    page.settle()
    page.run("editor.map.goTo(-80.0, 9.0, 14.0)")
    page.settle()
    point_at(page, (-80.5, 8.5))


def problems(page: EditorPage) -> None:
    """What the checks find: counts, places, rings."""
    page.click("[data-tab=problems]")
    page.run("document.querySelector('[data-check=closed_sea] summary').click()")
    page.show("plate", (42.0, 38.0), 14.0)
    point_at(page, (51.0, 42.0))


def repair(page: EditorPage) -> None:
    """A problem for which repairs are proposed."""
    page.click("[data-tab=problems]")
    page.run("document.querySelector('[data-check=closed_sea] summary').click()")
    page.until("document.querySelector('[data-check=closed_sea] [data-action=propose]')")
    page.run("document.querySelector('[data-check=closed_sea] [data-action=propose]').click()")
    page.until("document.querySelector('[data-action=apply-proposal]')")
    page.show("plate", (12.0, 38.0), 15.0)


def gateways(page: EditorPage) -> None:
    """Passages with their lights."""
    wanted = yaml.safe_load(GATEWAYS.read_text(encoding="utf-8"))["gateways"]
    page.run(f"editor.session.setGateways({wanted!r}).then(() => true)")
    page.click("[data-tab=gateways]")
    page.until("document.querySelector('[data-gateway]')")
    page.run("editor.picture.checks.forEach(({ name }) => editor.picture.showCheck(name, false))")
    page.show("globe", (-12.0, 42.0))
    page.run("editor.map.zoomAt(editor.map.view.width / 2, editor.map.view.height / 2, 1.4)")
    page.settle()


def log(page: EditorPage) -> None:
    """What was done, by whom and why; the last of it taken back."""
    page.show("plate", (-40.0, 25.0), 8.0)
    strait(page, PANAMA, 800, 250, "Central American Seaway, open until 2.8 Ma (O'Dea et al. 2016)")
    strait(page, GIBRALTAR, 300, 120, "Gibraltar, lost on one-degree cells")
    page.draw("box", [(-98.0, 18.0), (-81.0, 30.0)])
    page.change("smooth", "The shelf of the Gulf without steps", where="sea", times=3)
    page.draw("polygon", [(-12, 30), (-6, 35), (8, 38), (12, 33), (3, 28)])
    page.change("scale", "The Atlas stands lower", where="land", to=60)
    page.press("Control+z")
    page.click("[data-action=clear-selection]")
    page.click("[data-tab=log]")
    page.settle()


def histogram(page: EditorPage) -> None:
    """Cells chosen by their values, on the histogram."""
    page.show("plate", (120.0, 5.0), 8.0)
    page.click("[data-tool=values]")
    page.fill("[data-setting=value-low]", -200)
    page.fill("[data-setting=value-high]", 0)
    page.click("[data-action=select-values]")
    counted(page)
    point_at(page, (112.0, 3.0))


def lasso(page: EditorPage) -> None:
    """A lasso over the date line."""
    page.show("plate", (180.0, 62.0), 16.0)
    page.draw("polygon", BERINGIA)
    counted(page)
    page.click("[data-filter=sea]")
    counted(page)
    page.click("[data-operation=close_sea]")
    page.fill("[data-need=height]", 20)
    page.fill("[data-setting=reason]", "Beringia stood dry")
    point_at(page, (-175.0, 65.0))


def keys(page: EditorPage) -> None:
    """The list of keys."""
    page.click("[data-action=help]")
    page.until("document.querySelector('dialog[open]')")


#: Each picture: whether it is of the ocean grid, and what is done for it.
PICTURES: Final[dict[str, tuple[bool, Callable[[EditorPage], None]]]] = {
    "plate": (False, plate),
    "globe": (False, globe),
    "north": (True, north),
    "grid": (True, cells),
    "two-maps": (False, two_maps),
    "problems": (False, problems),
    "repair": (False, repair),
    "gateways": (False, gateways),
    "log": (False, log),
    "histogram": (False, histogram),
    "lasso": (False, lasso),
    "keys": (False, keys),
}


def drawn(browser: Browser, arguments: list[str | Path], draw: Callable[[EditorPage], None]) -> bytes:
    """Picture of an editor in which something was done."""
    context = browser.new_context(viewport=SIZE, device_scale_factor=1, locale="en-GB", color_scheme="light")
    try:
        with edited_file(*arguments) as address:
            tab = context.new_page()
            page = EditorPage(Chromium(tab), address)
            page.run("editor.root.querySelector('.pe-subtitle').textContent = ''")  # a folder that is soon gone
            page.settle()
            draw(page)
            page.settle()
            tab.wait_for_timeout(600)  # the selection is counted anew, the histogram comes after the map
            return tab.screenshot()
    finally:
        context.close()


def write_small(picture: bytes, path: Path) -> None:
    """Write a picture as a PNG; with 256 colours, none of which is far from one that it had, where it is large."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    image.save(path, optimize=True)
    if path.stat().st_size > LARGEST:
        with_palette(image).save(path, optimize=True)


def with_palette(image: Image.Image) -> Image.Image:
    """The picture in 256 colours; rare ones, as of signs, weigh more than their share."""
    pixels = np.asarray(image)
    colours, which, counts = np.unique(pixels.reshape(-1, 3), axis=0, return_inverse=True, return_counts=True)
    weighed = Image.fromarray(np.repeat(colours, np.ceil(counts**RARE).astype(int), axis=0)[None])
    chosen = weighed.quantize(256, method=Image.Quantize.MAXCOVERAGE, kmeans=8, dither=Image.Dither.NONE)
    palette = np.array(chosen.getpalette(), dtype=np.uint8).reshape(-1, 3)
    nearest = cKDTree(palette).query(colours)[1].astype(np.uint8)
    reduced = Image.fromarray(nearest[which].reshape(pixels.shape[:2]))
    reduced.putpalette(palette.tobytes())
    return reduced


def main(wanted: list[str]) -> None:
    """Make the pictures of these names, or all."""
    os.environ["LOGNAME"] = WHO
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        for name in wanted or PICTURES:
            is_ocean, draw = PICTURES[name]
            with tempfile.TemporaryDirectory() as folder:
                relief, bathymetry, grid = (
                    Path(folder) / file for file in ("topography.nc", "bathy_meter.nc", "grid.nc")
                )
                write_ocean(bathymetry, grid, own_poles=True) if is_ocean else write_relief(relief, 1.0)
                arguments: list[str | Path] = [bathymetry, "--ocean-grid", grid] if is_ocean else [relief]
                write_small(drawn(browser, arguments, draw), FOLDER / f"editor-{name}.png")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
