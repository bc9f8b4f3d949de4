"""The coloured pixels of a map and the key that explains them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from matplotlib.colors import Colormap, Normalize, to_rgba

from paleobc.conventions import FloatArray

Extend = Literal["neither", "min", "max", "both"]
Colours = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class ColourBar:
    """Key of a scale: colours, norm, and which ends go on beyond it ("neither", "min", "max" or "both")."""

    colormap: Colormap
    norm: Normalize
    extend: Extend = "neither"


@dataclass(frozen=True)
class Swatch:
    """One entry of a legend: words, one or more colours, and a marker of matplotlib or "ring"."""

    words: str
    colours: tuple[str, ...]
    marker: str = "s"


@dataclass(frozen=True)
class Marks:
    """
    Single places marked on a map.

    Parameters
    ----------
    latitudes, longitudes : ndarray of float, shape (n,)
        Places [degrees].
    swatch : Swatch
        Marker and its words in the legend.
    """

    latitudes: FloatArray
    longitudes: FloatArray
    swatch: Swatch


@dataclass(frozen=True)
class Painting:
    """
    Colours of the pixels and what they mean.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (rows, columns, 4)
        Red, green, blue, opacity.
    key : ColourBar or tuple of Swatch
        What stands below the map.
    """

    pixels: Colours
    key: ColourBar | tuple[Swatch, ...]


def rgba(colour: str) -> Colours:
    """
    Colour as four whole numbers.

    Examples
    --------
    >>> rgba("#ff8000")
    array([255, 128,   0, 255], dtype=uint8)
    """
    return np.round(np.array(to_rgba(colour)) * 255).astype(np.uint8)
