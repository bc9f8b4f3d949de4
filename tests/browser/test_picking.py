"""The cell under the pointer: ten thousand random points of every view and grid, held against Python."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from netCDF4 import Dataset
from playwright.sync_api import Browser

from browser_drivers import Chromium
from edited_pages import EditorPage, edited_file
from paleobc.conventions import FloatArray, IntArray
from paleobc.formats.any_field import Field, read_field

VIEWS = ("plate", "globe", "north", "south", "cells")
#: Points so near to the side of a cell may belong to either: degrees, a millimetre on the Earth.
NEAR = 1e-8


def write_field(path: Path, latitudes: FloatArray, longitudes: FloatArray) -> Path:
    """Write a field of small numbers on two axes."""
    with Dataset(path, "w", format="NETCDF4") as file:
        for name, axis, unit in (("lat", latitudes, "degrees_north"), ("lon", longitudes, "degrees_east")):
            file.createDimension(name, axis.size)
            variable = file.createVariable(name, "f8", (name,))
            variable.units = unit
            variable[:] = axis
        values = file.createVariable("amount", "f4", ("lat", "lon"))
        values[:] = np.sin(np.radians(latitudes))[:, None] * np.cos(np.radians(longitudes))[None, :]
    return path


def one_degree(reference: Path, _folder: Path) -> list[Path]:
    return [reference / "inputs" / "topography_60Ma_1deg.nc"]


def tenth_of_a_degree(_reference: Path, folder: Path) -> list[Path]:
    return [write_field(folder / "fine.nc", np.arange(-89.95, 90, 0.1), np.arange(-179.95, 180, 0.1))]


def lmdz(_reference: Path, folder: Path) -> list[Path]:
    return [write_field(folder / "lmdz.nc", np.linspace(90, -90, 96), np.arange(-180, 180, 3.75))]


def gaussian(_reference: Path, folder: Path) -> list[Path]:
    latitudes = np.degrees(np.arcsin(np.polynomial.legendre.leggauss(64)[0]))
    return [write_field(folder / "gaussian.nc", latitudes, np.arange(0, 360, 2.8125))]


def region(_reference: Path, folder: Path) -> list[Path]:
    return [write_field(folder / "region.nc", np.arange(20, 60, 0.5), np.arange(-30, 50, 0.5))]


def tripolar(reference: Path, _folder: Path) -> list[Path]:
    inputs = reference / "inputs"
    return [inputs / "bathymetry_38Ma_paleorca2.nc", inputs / "paleorca2_40Ma_grid.nc"]


def places_of(points: FloatArray, view: dict[str, Any], width: float, height: float) -> FloatArray:
    """Longitudes and latitudes of points of the screen, NaN off the map; written from the definitions of the maps."""
    x, y = points[:, 0] - width / 2, height / 2 - points[:, 1]
    centre, kind = view["centre"], view["kind"]
    if kind == "plate":
        longitude, latitude = centre[0] + x / view["scale"], centre[1] + y / view["scale"]
        off = np.abs(latitude) > 90.0
    else:
        x, y = np.radians(x / view["scale"]), np.radians(y / view["scale"])
        far = np.hypot(x, y)
        if kind == "globe":
            off, angle = far > 1.0, np.arcsin(np.minimum(far, 1.0))
            north = np.radians(centre[1])
            latitude = np.arcsin(np.cos(angle) * np.sin(north) + y * np.cos(north))
            longitude = centre[0] + np.degrees(np.arctan2(x, np.cos(angle) * np.cos(north) - y * np.sin(north)))
            latitude = np.degrees(latitude)
        else:
            raise AssertionError(kind)
    return np.where(off[:, None], np.nan, np.stack([(longitude + 180.0) % 360.0 - 180.0, latitude], axis=1))


def cells_at(points: FloatArray, field: Field, view: dict[str, Any], width: float, height: float) -> IntArray:
    """Cells at points of the view of rows and columns, a copy as the cell it stands for; -1 beside the grid."""
    rows, columns = field.grid.shape
    column = np.floor(view["centre"][0] + (points[:, 0] - width / 2) / view["scale"]).astype(int)
    row = np.floor(view["centre"][1] - (points[:, 1] - height / 2) / view["scale"]).astype(int)
    on = (column >= 0) & (column < columns) & (row >= 0) & (row < rows)
    originals = field.grid.mesh.original[np.clip(row, 0, rows - 1), np.clip(column, 0, columns - 1)]
    return np.where(on, originals, -1)


def right_cells(field: Field, places: FloatArray) -> IntArray:
    """Cells that hold places, as Python finds them on the sphere."""
    cells = np.full(len(places), -1)
    on = np.isfinite(places[:, 0])
    cells[on] = field.grid.cell_at(places[on, 0], places[on, 1])
    return cells


def picked(page: EditorPage, points: FloatArray) -> tuple[IntArray, FloatArray]:
    """Cells and places under points, as the page finds them; NaN for places off the map."""
    cells, places = page.run(
        f"""((found) => [[...found.cells], [...found.places].map((one) => Number.isNaN(one) ? null : one)])
        (editor.map.pick(new Float64Array({points.ravel().tolist()})))"""
    )
    numbers = np.array([np.nan if one is None else one for one in places], dtype=np.float64)
    return np.array(cells), numbers.reshape(-1, 2)


def assert_right(field: Field, cells: IntArray, places: FloatArray) -> None:
    """Every cell is the one that holds its place; one on a side, to a millimetre, may fall to either of its cells."""
    wrong = np.flatnonzero(right_cells(field, places) != cells)
    steps = np.array([[east, north] for east in (-NEAR, 0.0, NEAR) for north in (-NEAR, 0.0, NEAR)])
    around = np.array([right_cells(field, places[wrong] + step) for step in steps])
    assert (around == cells[wrong]).any(axis=0).all()


@pytest.mark.parametrize("grid", [one_degree, tenth_of_a_degree, lmdz, gaussian, region, tripolar])
def test_the_cell_under_the_pointer_is_right_everywhere(
    chromium: Browser, reference: Path, tmp_path: Path, grid: Callable[[Path, Path], list[Path]]
) -> None:
    file, *grid_file = grid(reference, tmp_path)
    field = read_field(file, grid_file=grid_file[0] if grid_file else None)
    random = np.random.default_rng(11)
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    output = ["--output", tmp_path / "out.nc"]
    with edited_file(file, *output, *(["--ocean-grid", grid_file[0]] if grid_file else [])) as address:
        page = EditorPage(Chromium(context.new_page()), address)
        width, height = page.run("[editor.map.element.clientWidth, editor.map.element.clientHeight]")
        for kind in VIEWS:
            page.show(kind)
            for factor in (1, 5):
                if factor > 1:
                    page.run(f"editor.map.zoomAt({0.4 * width}, {0.4 * height}, {factor})")
                    page.settle()
                points = np.stack([random.uniform(0, width, 5000), random.uniform(0, height, 5000)], axis=1)
                cells, places = picked(page, points)
                view = page.run("editor.map.view.toData()")
                if kind in ("plate", "globe"):
                    expected = places_of(points, view, width, height)
                    np.testing.assert_array_equal(np.isnan(places[:, 0]), np.isnan(expected[:, 0]))
                    apart = np.abs((places - expected + 180.0) % 360.0 - 180.0)
                    assert np.nanmax(apart * np.cos(np.radians(expected[:, 1:]))) < 1e-6
                is_seen = grid is not region or kind in ("plate", "globe", "cells")
                assert (cells >= 0).sum() > (100 if is_seen else -1)
                if kind == "cells":
                    np.testing.assert_array_equal(cells, cells_at(points, field, view, width, height))
                    continue
                assert_right(field, cells, places)
                painted = page.run(f"{points.tolist()}.map(([x, y]) => editor.map.rasterCell(x, y))")
                assert_right(field, np.array(painted), picked(page, np.floor(points) + 0.5)[1])
    context.close()
