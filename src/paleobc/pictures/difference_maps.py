"""The colours of a difference of two maps, and what they mean."""

from __future__ import annotations

from typing import Final, Literal

import cmcrameri.cm
import numpy as np
from matplotlib.colors import Colormap, LinearSegmentedColormap, Normalize

from paleobc.conventions import FloatArray
from paleobc.pictures.colours import VOID
from paleobc.pictures.keys import ColourBar, Painting, Swatch, rgba

#: What a difference is: less or more of something, so much whatever its sign, or another name.
Differs = Literal["amounts", "sizes", "names"]

#: What is other than it was, where values are names.
_CHANGED: Final = "#c2185b"
_LESS_AND_MORE: Final[Colormap] = cmcrameri.cm.vik
_SIZES: Final[Colormap] = LinearSegmentedColormap.from_list("sizes", _LESS_AND_MORE(np.linspace(0.5, 1.0, 128)))


def paint_difference(difference: FloatArray, limit: float, differs: Differs) -> Painting:
    """
    Paint a difference.

    Parameters
    ----------
    difference : ndarray of float, shape (rows, columns)
        NaN where there is none.
    limit : float
        Where the colours end; 0 where nothing differs.
    differs : {"amounts", "sizes", "names"}

    Examples
    --------
    >>> painting = paint_difference(np.array([[-1.0, 0.0, 1.0]]), 1.0, "amounts")
    >>> [round(float(painting.key.norm(value)), 1) for value in (-1.0, 0.0, 1.0)]
    [0.0, 0.5, 1.0]
    """
    pixels = np.empty((*difference.shape, 4), dtype=np.uint8)
    pixels[:] = rgba(VOID)
    known = np.isfinite(difference)
    if differs == "names":
        pixels[known & (difference != 0)] = rgba(_CHANGED)
        return Painting(pixels, (Swatch("something else than before", (_CHANGED,)),))
    end = limit or 1.0
    low, colours = (-end, _LESS_AND_MORE) if differs == "amounts" else (0.0, _SIZES)
    norm = Normalize(low, end, clip=True)
    beyond = np.abs(difference[known]) > end
    pixels[known] = colours(norm(difference[known]), bytes=True)
    extend: Literal["neither", "both", "max"] = "both" if differs == "amounts" else "max"
    return Painting(pixels, ColourBar(colours, norm, extend if beyond.any() else "neither"))
