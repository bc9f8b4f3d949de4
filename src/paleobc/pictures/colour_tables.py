"""Tables of 256 colours by name, as they are handed to other programs that draw."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from matplotlib.colors import Colormap, to_rgba_array

from paleobc.errors import NotFoundError
from paleobc.pictures.colours import CLASSES, DEPTH, RELIEF, SEQUENTIAL, scientific

#: Names of the tables; the first three are those of our maps of heights, depths and amounts.
TABLES: Final = ("oleron", "depth", "batlow", "bukavu", "devon", "lapaz", "lajolla", "vik", "roma", "grayC", "classes")

#: Tables with two halves, which meet at a value: the shore, or no change.
WITH_BREAK: Final = frozenset({"oleron", "bukavu", "vik", "roma"})

_OURS: Final[dict[str, Colormap]] = {"oleron": RELIEF, "depth": DEPTH, "batlow": SEQUENTIAL}


@cache
def colour_table(name: str) -> npt.NDArray[np.uint8]:
    """
    Red, green, blue and opacity of the colours of a table, 0 to 255, shape (256, 4).

    The table "classes" holds the colours of 0, 1, 2 ... and begins anew after the last.

    Raises
    ------
    NotFoundError
        Where there is no table of this name.

    Examples
    --------
    >>> colour_table("oleron").shape, colour_table("classes")[0]
    ((256, 4), array([  0, 114, 178, 255], dtype=uint8))
    """
    if name not in TABLES:
        raise NotFoundError(f"There is no table of colours '{name[:40]}'; there are {', '.join(TABLES)}.")
    if name == "classes":
        colours: Any = np.resize(to_rgba_array(CLASSES), (256, 4))
        return np.asarray(np.round(255.0 * colours), dtype=np.uint8)
    table = _OURS.get(name) or scientific(name)
    return np.asarray(table(np.linspace(0.0, 1.0, 256), bytes=True), dtype=np.uint8)
