"""From the values on the pixels of a map to its colours."""

from __future__ import annotations

import numpy as np

from paleobc.conventions import BoolArray, FloatArray
from paleobc.pictures import colours
from paleobc.pictures.classes import paint_basins, paint_directions, paint_other_classes, paint_vegetation
from paleobc.pictures.keys import Painting
from paleobc.pictures.kinds import Kind
from paleobc.pictures.scales import paint_amount, paint_depth, paint_land_relief, paint_relief

_BY_LOOK = {
    "relief": paint_relief,
    "land relief": paint_land_relief,
    "depth": paint_depth,
    "directions": paint_directions,
    "basins": paint_basins,
    "vegetation": paint_vegetation,
}


def paint(kind: Kind, values: FloatArray, land: BoolArray | None) -> Painting:
    """
    Colours of a field, as it wants to be seen.

    Parameters
    ----------
    kind : Kind
        What the values are.
    values : ndarray of float, shape (rows, columns)
        Values on the pixels; NaN where there is none.
    land : ndarray of bool, shape (rows, columns), or None
        Land pixels, where they are known.
    """
    painter = _BY_LOOK.get(kind.look)
    if painter is not None:
        return painter(values)
    if kind.look == "classes":
        return paint_other_classes(values, kind.classes)
    shown = np.isfinite(values)
    if kind.look == "any" or land is None:
        return paint_amount(values, shown, colours.VOID)
    if kind.look == "land":
        return paint_amount(values, shown & land, colours.SEA)
    return paint_amount(values, shown & ~land, colours.LAND)
