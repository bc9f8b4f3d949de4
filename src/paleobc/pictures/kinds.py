"""What each variable of our files is, and how it wants to be drawn."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import xarray as xr

from paleobc.errors import InputError
from paleobc.pictures.positions import find_positions, is_coordinate

Look = Literal[
    "relief", "land relief", "depth", "land", "ocean", "directions", "basins", "vegetation", "classes", "any"
]


@dataclass(frozen=True)
class Kind:
    """
    Words and look of a variable.

    Parameters
    ----------
    look : str
        How it is drawn; "land" and "ocean" are values that mean nothing on the other side of the shore.
    name : str
        What it is, in words.
    unit : str
        Unit, empty where there is none.
    classes : tuple of str
        Words for 0, 1, 2 ... where the values are classes.
    """

    look: Look
    name: str
    unit: str = ""
    classes: tuple[str, ...] = ()


_HEIGHT: Final = Kind("relief", "Height above sea level", "m")
_DIRECTION: Final = Kind("directions", "Direction in which the water flows")

#: The three masks of an ocean sub-basin file, drawn as one map.
SUBBASIN_MASKS: Final = ("atlmsk", "pacmsk", "indmsk")
SUBBASINS: Final = "subbasins"

#: Variables of our files, the best choice of a file first.
KNOWN: Final[dict[str, Kind]] = {
    "basins": Kind("basins", "River basins"),
    "maxvegetfrac": Kind("vegetation", "Dominant plant functional type"),
    "RELIEF": Kind("land relief", "Height of the land", "m"),
    "Bathymetry": Kind("depth", "Depth of the ocean", "m"),
    "heatflow": Kind("ocean", "Geothermal heat flow", "mW/m²"),
    "icof": Kind("any", "Coefficient of lateral viscosity", "%"),
    SUBBASINS: Kind("classes", "Ocean sub-basins", "", ("no basin", "Atlantic", "Pacific", "Indian")),
    "height": _HEIGHT,
    "topo": _HEIGHT,
    "soilcolor": Kind("classes", "Soil colour", "", ("ocean",)),
    "soiltext": Kind("classes", "Soil texture", "", ("ocean",)),
    "disto": Kind("land", "Distance to the ocean along the river", "km"),
    "trip": _DIRECTION,
    "trip_initial": _DIRECTION,
    "trip_final": _DIRECTION,
    "hdiff": Kind("land", "Drop to the next cell downstream", "m"),
    "riverl": Kind("land", "Length of the river to the next cell", "m"),
    # sqrt(length^3 / (drop * 1e6)) of metres is kilometres.
    "topoind": Kind("land", "Topographic index of the retention time", "km"),
    "orog": Kind("land relief", "Height of the land", "m"),
    "atlmsk": Kind("classes", "Atlantic sub-basin", "", ("outside", "Atlantic")),
    "pacmsk": Kind("classes", "Pacific sub-basin", "", ("outside", "Pacific")),
    "indmsk": Kind("classes", "Indian sub-basin", "", ("outside", "Indian")),
}

#: Kind of file by a variable that only it holds.
_FILES: Final = (
    ("trip", "routing for ORCHIDEE"),
    ("soiltext", "soils for ORCHIDEE"),
    ("maxvegetfrac", "vegetation for ORCHIDEE"),
    ("RELIEF", "high-resolution relief for LMDZ"),
    ("Bathymetry", "bathymetry for NEMO"),
    ("heatflow", "geothermal heating for NEMO"),
    ("icof", "lateral viscosity for NEMO"),
    ("atlmsk", "ocean sub-basins for NEMO"),
    ("e1t", "ocean grid for NEMO"),
)

#: A field in metres, or without a unit, that goes this far to both sides of 0 is a relief [m].
_RELIEF_REACH: Final = 300.0
#: More different whole numbers than this are amounts, not classes.
_MOST_CLASSES: Final = 10


def kind_of(dataset: xr.Dataset, variable: str) -> Kind:
    """Words and look of a variable, by its name or else by its attributes and values."""
    known = KNOWN.get(variable)
    attributes = dataset[variable].attrs
    values = np.asarray(dataset[variable].values, dtype=np.float64)
    finite = values[np.isfinite(values)]
    if known is not None and not (known.look == "depth" and finite.size and finite.min() < 0):
        return known
    name = str(attributes.get("long_name") or attributes.get("standard_name") or variable)
    unit = str(attributes.get("units", "")).strip(" -").replace("^2", "²").replace("^3", "³")
    if finite.size and unit in {"", "m", "meter", "meters", "metre", "metres"}:
        if finite.min() < -_RELIEF_REACH and finite.max() > _RELIEF_REACH:
            return _HEIGHT
        if not unit and _are_classes(finite):
            return Kind("classes", name)
    return Kind("any", name, unit)


def file_kind(dataset: xr.Dataset, variable: str) -> str:
    """Kind of file in words, empty where it is none of ours."""
    for name, words in _FILES:
        if name in dataset:
            return words
    return "topography" if kind_of(dataset, variable) is _HEIGHT else ""


def choose_variable(dataset: xr.Dataset, variable: str | None) -> str:
    """
    Variable to draw: the one asked for, else the most telling of the file.

    Raises
    ------
    InputError
        Where the file does not hold it, or holds nothing that has places on a map.
    """
    held = ", ".join(str(name) for name in dataset.variables)
    if variable is not None:
        if variable not in dataset.variables:
            raise InputError(f"The file holds no variable '{variable}'; it holds: {held}.")
        return variable
    drawable = [str(name) for name in dataset.data_vars if _is_drawable(dataset, name)]
    for name in (*KNOWN, *drawable):
        if name in drawable:
            return name
    raise InputError(f"The file holds no variable that can be drawn on a map; it holds: {held}.")


def join_subbasins(dataset: xr.Dataset) -> xr.Dataset:
    """Give the data set with the three sub-basin masks joined to one field 0..3, where it holds them."""
    if SUBBASINS in dataset or not set(SUBBASIN_MASKS) <= set(dataset.variables):
        return dataset
    atlantic, pacific, indian = (dataset[name] > 0 for name in SUBBASIN_MASKS)
    return dataset.assign({SUBBASINS: 1 * atlantic + 2 * (pacific & ~atlantic) + 3 * (indian & ~atlantic & ~pacific)})


def _is_drawable(dataset: xr.Dataset, variable: Hashable) -> bool:
    """Whether a variable has numbers with places on the globe and is not itself a place."""
    array = dataset[variable]
    if array.ndim < 2 or array.dtype.kind not in "biuf" or is_coordinate(dataset, variable):
        return False
    return find_positions(dataset, variable) is not None


def _are_classes(finite: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> bool:
    """Whether the values are few whole numbers from 0 on."""
    if finite.min() < 0 or np.any(finite[:1000] % 1):
        return False
    classes = np.unique(finite)
    return bool(classes.size <= _MOST_CLASSES and not np.any(classes % 1))
