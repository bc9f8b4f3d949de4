"""Ocean grids: made for a relief, and described with figures and maps."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from paleobc.constants import EARTH_RADIUS
from paleobc.conventions import BoolArray, FloatArray, place
from paleobc.errors import InputError
from paleobc.formats.nemo import read_ocean_grid
from paleobc.formats.nemo_fields import ocean_grid_of
from paleobc.formats.netcdf import write_netcdf
from paleobc.grids.curvilinear import CurvilinearGrid
from paleobc.grids.fold import unique_cells
from paleobc.grids.grid_quality import anisotropy, deviation_from_right_angles, pole_places
from paleobc.grids.regular import RegularGrid
from paleobc.grids.sphere import polygon_areas, unit_vectors
from paleobc.grids.tripolar_poles import Sea
from paleobc.pictures.maps import draw_overview
from paleobc.services.provenance import VERSION, history_of, now
from paleobc.services.sources import read_source
from paleobc.steps.ocean import ocean_grid
from paleobc.steps.relief import grid_of, height_of
from paleobc.store.atomic import write_text

#: A pole of the grid nearer to the sea than this makes cells at sea that are much longer than wide [km].
NEAR_THE_SEA = 250.0

#: Angles nearer to 90 degrees than this are right: they differ by rounding alone [degrees].
_ROUNDING = 1e-6

COORDINATES, REPORT, PICTURE = "coordinates.nc", "grid_report.json", "grid.png"


def make_grid(folder: Path, relief: Path | None, options: Mapping[str, Any], variable: str | None) -> dict[str, Any]:
    """
    Make an ocean grid and write ``coordinates.nc``, a report and its maps into a folder.

    Parameters
    ----------
    folder : Path
    relief : Path, optional
        Relief that the grid is for; without one, the poles are not compared with any sea.
    options : mapping
        Options of the step ocean_grid; those not given have their defaults.
    variable : str, optional
        Variable of the relief, where in doubt.

    Returns
    -------
    dict
        The report.

    Raises
    ------
    PaleobcError
        Where an option is not allowed, the relief cannot be used, or a pole lies in the sea.
    """
    chosen = ocean_grid.options(options, strict=True)
    dataset = read_source("relief", relief, variable)[0] if relief is not None else _land()
    if relief is None and chosen["poles"] == "auto":
        raise InputError("Poles can be found (auto) only for a relief; give one with --relief.")
    made = ocean_grid(dataset, **chosen)
    grid = ocean_grid_of(made)
    sea = _sea_of(dataset) if relief is not None else None
    report = {"date": now(), "options": chosen, **describe(grid, sea)}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_netcdf(made, folder / COORDINATES, file_format="NETCDF3_64BIT", attributes=_origin(chosen))
        draw_grid(grid, sea, folder / PICTURE, "Ocean grid")
        write_text(folder / REPORT, json.dumps(report, indent=1) + "\n")
    except OSError as error:
        raise InputError(f"{folder} cannot be written: {error.strerror or error}.") from None
    return report


def _origin(options: Mapping[str, Any]) -> dict[str, str]:
    """Global attributes that say where a grid comes from."""
    made_of = json.dumps({"steps": {ocean_grid.name: dict(options)}}, sort_keys=True)
    attributes = {"Conventions": "CF-1.11", "source": f"paleobc {VERSION}", "paleobc_version": VERSION}
    return {**attributes, "paleobc_recipe": made_of, "history": history_of("grid make")}


def describe_file(path: Path, relief: Path | None, variable: str | None, picture: Path | None) -> dict[str, Any]:
    """
    Describe the ocean grid of a file, over the sea of a relief where one is given.

    Raises
    ------
    InputError
        Where the file holds no ORCA-like grid; it says why.
    """
    grid = read_ocean_grid(path)
    sea = _sea_of(read_source("relief", relief, variable)[0]) if relief is not None else None
    if picture is not None:
        draw_grid(grid, sea, picture, f"Ocean grid of {path.name}")
    return {"file": path.name, **describe(grid, sea)}


def describe(grid: CurvilinearGrid, sea: Sea | None) -> dict[str, Any]:
    """
    Figures of a grid; over the sea only where one is given.

    Returns
    -------
    dict
        Lengths in km, angles in degrees; ``warnings`` holds sentences.
    """
    layout = grid.layout
    counted = unique_cells(layout)
    wet = counted & _wet(grid, sea)
    size = cell_size(grid)
    areas = cell_areas(grid)
    poles = [_pole(*each, sea) for each in pole_places(grid)]
    report = {
        "rows": layout.rows,
        "columns": layout.columns,
        "pivot": layout.pivot,
        "nperio": layout.nperio,
        "overlap_columns": layout.overlap,
        "folded_row": layout.folded_row,
        "unique_cells": int(counted.sum()),
        "southernmost_latitude": float(grid.corner_latitude.min()),
        "area_over_sphere": float(areas[counted].sum() / (4.0 * np.pi)),
        "poles": poles,
        "over": "sea" if sea is not None else "all cells",
        "cell_size_km": _range(size, wet),
        "anisotropy": _range(anisotropy(grid), wet),
        "deviation_from_right_angles": _range(deviation_from_right_angles(grid), wet),
    }
    return {**report, "warnings": _warnings(poles)}


def _pole(longitude: float, latitude: float, sea: Sea | None) -> dict[str, Any]:
    """Where a pole of the grid stands, and how far from the sea."""
    at = {"longitude": round(longitude, 3), "latitude": round(latitude, 3), "place": place(*_near(latitude, longitude))}
    if sea is not None:
        at["distance_to_sea_km"] = round(float(sea.distance_km(np.array(longitude), np.array(latitude))), 1)
    return at


def _near(latitude: float, longitude: float) -> tuple[float, float]:
    """A place to a tenth of a degree."""
    return round(latitude, 1), round(longitude, 1)


def _warnings(poles: list[dict[str, Any]]) -> list[str]:
    """Sentences about poles in the sea or near it."""
    said = []
    for pole in poles:
        distance = pole.get("distance_to_sea_km", np.inf)
        if distance == 0.0:
            said.append(f"The pole at {pole['place']} lies in the sea; make a grid with poles: auto.")
        elif distance < NEAR_THE_SEA:
            said.append(
                f"The pole at {pole['place']} is {distance:.0f} km from the sea; below {NEAR_THE_SEA:.0f} km cells at "
                "sea become much longer than wide. poles: auto finds better ones."
            )
    return said


def _range(field: FloatArray, cells: BoolArray) -> dict[str, float]:
    """Least, median and largest value over the cells."""
    values = field[cells & np.isfinite(field)]
    if values.size == 0:
        return {}
    return {
        "least": float(values.min()),
        "median": float(np.median(values)),
        "largest": float(values.max()),
    }


def cell_areas(grid: CurvilinearGrid) -> FloatArray:
    """Area of each cell as a polygon on the unit sphere [sr], shape (rows, columns)."""
    return np.abs(polygon_areas(unit_vectors(grid.corner_longitude, grid.corner_latitude)))


def cell_size(grid: CurvilinearGrid) -> FloatArray:
    """Square root of the area of each cell [km], shape (rows, columns)."""
    return np.asarray(np.sqrt(np.maximum(cell_areas(grid), 0.0)) * EARTH_RADIUS / 1000.0)


def draw_grid(grid: CurvilinearGrid, sea: Sea | None, picture: Path, title: str) -> None:
    """Draw maps of the size of the cells, their sides and angles, and where poles may stand, as far as is known."""
    wet = _wet(grid, sea)
    angles = deviation_from_right_angles(grid)
    fields = {
        "cell_size": (cell_size(grid), "Size of the cells", "km"),
        "anisotropy": (anisotropy(grid), "Longer over shorter side of the cells", "1"),
        "deviation": (np.where(angles < _ROUNDING, 0.0, angles), "Deviation of the angles from 90 degrees", "degrees"),
    }
    place_of_cells = {
        "nav_lon": (("y", "x"), grid.t.longitude, {"units": "degrees_east"}),
        "nav_lat": (("y", "x"), grid.t.latitude, {"units": "degrees_north"}),
    }
    dataset = xr.Dataset(
        {
            name: xr.Variable(("y", "x"), np.where(wet, field, np.nan), {"long_name": words, "units": unit})
            for name, (field, words, unit) in fields.items()
        },
        coords=place_of_cells,
    )
    panels = [(words, dataset, name) for name, (_, words, _) in fields.items()]
    if sea is not None:
        poles = " and ".join(_pole(*each, sea)["place"] for each in pole_places(grid))
        panels.append((f"Distance to the sea; poles at {poles}", _distances(sea), "distance"))
    draw_overview(panels, picture, title)


def _distances(sea: Sea) -> xr.Dataset:
    """Distance to the sea on land, at one degree."""
    globe = RegularGrid(180, 360)
    distance = sea.distance_km(*np.meshgrid(globe.longitudes, globe.latitudes))
    attributes = {"long_name": "Distance to the sea", "units": "km"}
    return xr.Dataset(
        {"distance": (("lat", "lon"), np.where(distance > 0.0, distance, np.nan), attributes)},
        coords={"lat": globe.latitudes, "lon": globe.longitudes},
    )


def _wet(grid: CurvilinearGrid, sea: Sea | None) -> BoolArray:
    """Cells whose centre lies in the sea; all where none is given."""
    if sea is None:
        return np.ones(grid.layout.shape, dtype=bool)
    return sea.covers(grid.t.longitude, grid.t.latitude)


def _sea_of(relief: xr.Dataset) -> Sea:
    """Sea of a relief of ours."""
    grid = grid_of(relief)
    return Sea(height_of(relief), grid.longitudes, grid.latitudes)


def _land() -> xr.Dataset:
    """A world without sea: any pole is on land."""
    return xr.Dataset(
        {"height": (("lat", "lon"), np.ones((2, 4)))},
        coords={"lat": [-45.0, 45.0], "lon": [-135.0, -45.0, 45.0, 135.0]},
    )
