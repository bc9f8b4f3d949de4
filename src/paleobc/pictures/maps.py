"""The pictures that the commands make: one variable, several beside each other, problems on a relief."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import xarray as xr

from paleobc.conventions import HEIGHT, REGULAR_DIMENSIONS, RETURN_FLOW, RIVER_FLOW
from paleobc.errors import InputError
from paleobc.pictures.classes import INNER_SWATCH, RIVER_SWATCH
from paleobc.pictures.coasts import coast_segments
from paleobc.pictures.colours import OUTSIDE
from paleobc.pictures.fields import Field, field_of
from paleobc.pictures.keys import Marks, Swatch, rgba
from paleobc.pictures.kinds import choose_variable, file_kind, join_subbasins
from paleobc.pictures.painting import paint
from paleobc.pictures.panels import Panel, Scale, draw_sheet
from paleobc.pictures.rings import Problem, draw_rings, problem_swatches
from paleobc.pictures.sampling import NO_CELL, nearest_cells, on_map

#: One map fills about 1600 pixels; of several, two stand beside each other.
ONE: Final = Scale(map_width=1440, letters=9.5, label_step=30)
SEVERAL: Final = Scale(map_width=1080, letters=11.5, label_step=60)


def draw_variable(dataset: xr.Dataset, variable: str | None, path: Path) -> str:
    """
    Draw one variable as a map of the world.

    Parameters
    ----------
    dataset : Dataset
        A file of ours, or any with latitudes and longitudes.
    variable : str or None
        Variable to draw; None for the most telling of the file.
    path : Path
        PNG to write.

    Returns
    -------
    str
        Name of the variable drawn; "subbasins" for the three ocean masks together.

    Raises
    ------
    InputError
        Where the file does not hold the variable, or does not say where its cells are.
    """
    dataset = join_subbasins(dataset)
    name = choose_variable(dataset, variable)
    sheet, _ = draw_sheet([_panel(dataset, name, ONE)], ONE, columns=1)
    sheet.write(path)
    return name


def draw_overview(panels: Sequence[tuple[str, xr.Dataset, str]], path: Path, title: str) -> None:
    """
    Draw several maps in one picture, two beside each other.

    Parameters
    ----------
    panels : sequence of (title, data set, variable)
        The maps from left to right and downwards.
    path : Path
        PNG to write.
    title : str
        Title of the whole picture.
    """
    if not panels:
        raise InputError("An overview needs at least one map.")
    drawn = []
    for words, dataset, variable in panels:
        joined = join_subbasins(dataset)
        drawn.append(_panel(joined, choose_variable(joined, variable), SEVERAL, words))
    draw_sheet(drawn, SEVERAL, columns=2, title=title)[0].write(path)


def draw_problems(field: xr.DataArray, problems: Sequence[Problem], path: Path, title: str) -> None:
    """
    Draw a relief or a bathymetry with a ring around each problem.

    Parameters
    ----------
    field : DataArray
        Height, positive up [m], with its latitudes and longitudes, or a field on an ocean grid with ``nav_lat`` and
        ``nav_lon`` as coordinates.
    problems : sequence of Problem
        What was found, and where.
    path : Path
        PNG to write.
    title : str
        Title of the picture.
    """
    name = HEIGHT if field.dims == REGULAR_DIMENSIONS else str(field.name)
    panel = _panel(field.rename(name).to_dataset(), name, ONE, title, problem_swatches(problems))
    sheet, (axes,) = draw_sheet([panel], ONE, columns=1)
    draw_rings(axes, problems)
    sheet.write(path)


def _panel(dataset: xr.Dataset, variable: str, scale: Scale, title: str = "", legend: tuple[Swatch, ...] = ()) -> Panel:
    """Sample and paint one variable for a map of the width of the scale."""
    field = field_of(dataset, variable)
    cells = nearest_cells(field.positions, scale.map_width)
    values = on_map(field.values, cells, np.nan)
    land = None if field.land is None else on_map(field.land, cells, outside=False)
    painting = paint(field.kind, values, land)
    painting.pixels[cells == NO_CELL] = rgba(OUTSIDE)
    quantity = f"{field.kind.name} [{field.kind.unit}]" if field.kind.unit else field.kind.name
    return Panel(
        title=title or quantity,
        subtitle=_subtitle(dataset, field),
        bar_label=quantity,
        painting=painting,
        coast=np.empty((0, 2, 2)) if land is None else coast_segments(land, cells != NO_CELL),
        marks=_mouths(field),
        legend=legend,
    )


def _subtitle(dataset: xr.Dataset, field: Field) -> str:
    """Variable, kind of file, size, and what the map leaves out."""
    rows, columns = field.positions.shape
    parts = [field.name, file_kind(dataset, field.name), f"{rows} × {columns} cells"]
    for name, size in dataset[field.name].sizes.items():
        if size > 1 and name not in field.positions.dimensions and field.kind.look != "vegetation":
            parts.append(f"first of {size} along {name}")
    if not np.isfinite(field.values).any():
        parts.append("no values")
    return "  ·  ".join(part for part in parts if part)


def _mouths(field: Field) -> tuple[Marks, ...]:
    """Mouths of the large rivers and inner ends: too few and too small to be seen as cells."""
    if field.kind.look != "directions":
        return ()
    latitudes, longitudes = field.positions.centres()
    found = []
    for code, swatch in ((RIVER_FLOW, RIVER_SWATCH), (RETURN_FLOW, INNER_SWATCH)):
        here = field.values == code
        if here.any():
            found.append(Marks(latitudes[here], longitudes[here], swatch))
    return tuple(found)
