"""The bare pixels of a map, for pages that put words, scales and numbers around it themselves."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import xarray as xr
from matplotlib.image import imsave

from paleobc.conventions import FloatArray
from paleobc.pictures.bars import bar_ticks, number_label
from paleobc.pictures.colours import OUTSIDE
from paleobc.pictures.fields import Field, field_of
from paleobc.pictures.keys import ColourBar, Colours, Painting, rgba
from paleobc.pictures.kinds import choose_variable, join_subbasins
from paleobc.pictures.painting import paint
from paleobc.pictures.sampling import NO_CELL, nearest_cells, on_map

#: Colours at so many places along a scale say all of it.
_STOPS: Final = 33
#: Looks whose values are names and no amounts: of two of them it is only known whether they differ.
NAMES: Final = frozenset({"classes", "directions", "basins", "vegetation"})


@dataclass(frozen=True)
class BareMap:
    """
    A variable on the pixels of a map of the world; row 0 is the north, column 0 begins at 180 degrees west.

    Parameters
    ----------
    field : Field
        The variable on its own cells.
    values : ndarray of float, shape (columns / 2, columns)
        NaN where there is none.
    painting : Painting
        Colours, and what they mean.
    """

    field: Field
    values: FloatArray
    painting: Painting


def bare_map(dataset: xr.Dataset, variable: str | None, columns: int) -> BareMap:
    """
    Sample and paint a variable.

    Parameters
    ----------
    dataset : Dataset
    variable : str or None
        None for the most telling of the file.
    columns : int
        Width of the map [pixels], even.

    Raises
    ------
    InputError
        Where the file does not hold it, or does not say where its cells are.
    """
    field = field_to_draw(dataset, variable)
    cells = nearest_cells(field.positions, columns)
    values = on_map(field.values, cells, np.nan)
    painting = paint(field.kind, values, None if field.land is None else on_map(field.land, cells, outside=False))
    painting.pixels[cells == NO_CELL] = rgba(OUTSIDE)
    return BareMap(field, values[::-1], Painting(painting.pixels[::-1], painting.key))


def field_to_draw(dataset: xr.Dataset, variable: str | None) -> Field:
    """Give a variable on its cells, or the most telling one of a file."""
    joined = join_subbasins(dataset)
    return field_of(joined, choose_variable(joined, variable))


def png_of(pixels: Colours) -> bytes:
    """Pixels as a PNG file; the same from year to year."""
    picture = io.BytesIO()
    imsave(picture, np.ascontiguousarray(pixels), format="png", metadata={"Software": None})  # type: ignore[dict-item]
    return picture.getvalue()


def key_data(key: ColourBar | tuple[Any, ...]) -> dict[str, Any]:
    """What the colours of a map mean, as plain data: a bar with its ticks, or swatches with their words."""
    if not isinstance(key, ColourBar):
        return {"bar": None, "swatches": [{"words": s.words, "colours": list(s.colours)} for s in key]}
    places = np.linspace(0.0, 1.0, _STOPS)
    ticks = bar_ticks(key)
    return {
        "bar": {
            "colours": ["#" + bytes(colour[:3]).hex() for colour in key.colormap(places, bytes=True)],
            "stops": [round(float(place), 4) for place in places],
            "ticks": [[round(float(key.norm(tick)), 4), number_label(tick)] for tick in ticks],
            "extend": key.extend,
        },
        "swatches": [],
    }
