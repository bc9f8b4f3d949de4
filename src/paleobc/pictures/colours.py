"""Colours that all eyes can tell apart, with the break of a relief exactly at the shore."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import numpy as np
from matplotlib.colors import Colormap, ListedColormap, TwoSlopeNorm


def scientific(name: str) -> ListedColormap:
    """
    One of Crameri's scientific colour maps (doi:10.5281/zenodo.1243862).

    Read from the tables of the package cmcrameri: importing it would start matplotlib's pyplot, which takes
    longer than drawing a map.
    """
    package = find_spec("cmcrameri")
    if package is None or package.origin is None:
        raise ImportError("The package cmcrameri, which holds the colour maps, is not installed.")
    table = np.loadtxt(Path(package.origin).with_name("cmaps") / f"{name}.txt")
    return ListedColormap(table, name=name)


_OLERON, _DEVON, _ROMA_O = scientific("oleron"), scientific("devon"), scientific("romaO")

#: Sea in maps of the land, land in maps of the sea, cells without a value, pixels without a cell.
SEA: Final = "#e6edf3"
LAND: Final = "#b3b3b3"
VOID: Final = "#dcdcdc"
OUTSIDE: Final = "#ffffff"

#: Ink of the coast line, the graticule and the words.
COAST: Final = "#202020"
GRATICULE: Final = "#707070"
INK: Final = "#222222"
FAINT_INK: Final = "#606060"

#: Relief: the lower half is sea, the upper half land.
RELIEF: Final[Colormap] = _OLERON
LAND_RELIEF: Final = ListedColormap(_OLERON(np.arange(128, 256)), name="land_relief")
SEQUENTIAL: Final[Colormap] = scientific("batlow")
#: Depth from pale to dark, without the ends of devon, which would pass for paper and ink.
DEPTH: Final = ListedColormap(_DEVON(np.linspace(0.9, 0.04, 256)), name="depth")

#: The eight directions N, NE, E, SE, S, SW, W, NW around the cyclic romaO, and the three kinds of mouth.
DIRECTIONS: Final = tuple(_ROMA_O(np.arange(8) / 8.0))
COASTAL_MOUTH: Final = "#ffffff"
RIVER_MOUTH: Final = "#000000"
INNER_MOUTH: Final = "#ff2fd6"

#: River basins: Paul Tol's "muted" set, told apart by all; the small coastal basins stay in the background.
BASINS: Final = (
    "#332288",
    "#88ccee",
    "#44aa99",
    "#117733",
    "#999933",
    "#ddcc77",
    "#cc6677",
    "#882255",
    "#aa4499",
)
SMALL_BASIN: Final = "#bdbdbd"

#: The 13 plant functional types of ORCHIDEE: tropical trees green, temperate teal and olive, boreal
#: blue, grass yellow, crops red; set apart for normal, red-blind and green-blind eyes.
VEGETATION: Final = (
    "#d9cdb8",
    "#083a1d",
    "#8ec96f",
    "#306894",
    "#08aba1",
    "#969408",
    "#110f58",
    "#7f9fe6",
    "#4351b6",
    "#fafa81",
    "#fac124",
    "#bd5d46",
    "#a6405b",
)
#: Any other classes, in the order of their numbers (Okabe and Ito, 2008, and three more).
CLASSES: Final = (
    "#0072b2",
    "#e69f00",
    "#009e73",
    "#d55e00",
    "#56b4e9",
    "#cc79a7",
    "#f0e442",
    "#332288",
    "#999933",
    "#882255",
)
#: One colour for each kind of problem; a white halo parts it from sea and land.
PROBLEMS: Final = ("#e6007e", "#000000", "#ff9500", "#5b00e0", "#00a8a8", "#8a1500")


class ShoreNorm(TwoSlopeNorm):
    """
    Heights onto 0..1 with the sea in the lower and the land in the upper half; a height of 0 is sea.

    Parameters
    ----------
    depth, height : float
        Lowest and highest height of the scale [m], below and above 0.

    Examples
    --------
    >>> [float(place) for place in ShoreNorm(-4000.0, 2000.0)([-2000.0, 1000.0])]
    [0.25, 0.75]
    """

    #: The last colour of the lower half of a table of 256.
    _SEA_LEVEL = 127.5 / 256

    def __init__(self, depth: float, height: float) -> None:
        super().__init__(vcenter=0.0, vmin=depth, vmax=height)

    def __call__(self, value: Any, clip: bool | None = None) -> Any:  # noqa: D102 - as in matplotlib
        place = super().__call__(value, clip)
        # A two-slope norm sends 0 to the middle, which a table of 256 colours paints as land.
        sea = np.ma.asarray(value) <= 0
        return np.ma.MaskedArray(np.where(sea, np.minimum(place, self._SEA_LEVEL), place), np.ma.getmask(place))
