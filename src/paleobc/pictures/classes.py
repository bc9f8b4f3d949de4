"""Maps of classes: flow directions, river basins, plant functional types, soils and masks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from matplotlib.colors import to_hex

from paleobc.conventions import COASTAL_FLOW, RETURN_FLOW, RIVER_FLOW, FloatArray
from paleobc.pictures import colours
from paleobc.pictures.basins import colour_basins
from paleobc.pictures.keys import Painting, Swatch, rgba
from paleobc.vegetation.pft import PFT_NAMES

_POINTS: Final = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")

#: Marks over the map for the mouths that one cell alone would hide.
RIVER_SWATCH: Final = Swatch("mouth of a large river (99)", (colours.RIVER_MOUTH,), "o")
INNER_SWATCH: Final = Swatch("end inside the land (97)", (colours.INNER_MOUTH,), "D")


def paint_classes(values: FloatArray, table: Mapping[int, Swatch], ground: str) -> Painting:
    """
    One colour for each class; the legend holds the classes that occur.

    Parameters
    ----------
    values : ndarray of float, shape (rows, columns)
        Numbers of the classes.
    table : mapping of int to Swatch
        Colour and words of each class.
    ground : str
        Colour where there is no class.
    """
    pixels = np.empty((*values.shape, 4), dtype=np.uint8)
    pixels[:] = rgba(ground)
    present = []
    for number, swatch in table.items():
        here = values == number
        if here.any():
            pixels[here] = rgba(swatch.colours[0])
            present.append(swatch)
    return Painting(pixels, tuple(present))


def paint_vegetation(values: FloatArray) -> Painting:
    """Plant functional types by their number from 1."""
    named = enumerate(zip(PFT_NAMES, colours.VEGETATION, strict=True), start=1)
    table = {number: Swatch(f"{number} {name}", (colour,)) for number, (name, colour) in named}
    return paint_classes(values, table, colours.SEA)


def paint_directions(values: FloatArray) -> Painting:
    """Flow directions 1 to 8, and the mouths 97, 98 and 99 of ORCHIDEE's routing."""
    table = {
        number: Swatch(point, (to_hex(colour),))
        for number, (point, colour) in enumerate(zip(_POINTS, colours.DIRECTIONS, strict=True), start=1)
    }
    table[COASTAL_FLOW] = Swatch("coastal mouth (98)", (colours.COASTAL_MOUTH,))
    painting = paint_classes(values, table, colours.SEA)
    for code, swatch in ((RIVER_FLOW, RIVER_SWATCH), (RETURN_FLOW, INNER_SWATCH)):
        painting.pixels[values == code] = rgba(swatch.colours[0])
    return painting


def paint_basins(values: FloatArray) -> Painting:
    """River basins: the large ones in colours that differ between neighbours, the others muted."""
    palette = np.array([rgba(colour) for colour in (*colours.BASINS, colours.SMALL_BASIN, colours.SEA)])
    pixels = palette[colour_basins(values, len(colours.BASINS))]
    key = (
        Swatch("large river basins (a colour only tells neighbours apart)", colours.BASINS),
        Swatch("small basins along the coast", (colours.SMALL_BASIN,)),
    )
    return Painting(pixels, key)


def paint_other_classes(values: FloatArray, words: tuple[str, ...]) -> Painting:
    """Classes by their numbers from 0; class 0 is the background, and ``words`` name the first ones."""
    finite = values[np.isfinite(values)]
    table = {}
    for place, number in enumerate(np.unique(finite).astype(int).tolist()):
        name = f"{number} {words[number]}" if 0 <= number < len(words) else f"class {number}"
        name = name if words else str(number)
        table[number] = Swatch(name, (_class_colour(number, place, words),))
    return paint_classes(values, table, colours.VOID)


def _class_colour(number: int, place: int, words: tuple[str, ...]) -> str:
    """Grey or sea for class 0, else the colour of the number, so that it stays the same from file to file."""
    if number == 0:
        return colours.SEA if words[:1] == ("ocean",) else colours.LAND
    return colours.CLASSES[(number if number <= len(colours.CLASSES) else place) % len(colours.CLASSES) - 1]
