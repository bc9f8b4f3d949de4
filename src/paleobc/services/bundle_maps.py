"""A map of every file of a build, as a picture with its words."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import xarray as xr

from paleobc.conventions import FloatArray
from paleobc.errors import InputError
from paleobc.formats.netcdf import read_netcdf
from paleobc.formats.weight_files import WeightFile, read_weights
from paleobc.pictures.maps import draw_overview, draw_problems
from paleobc.services.files import BuiltFile
from paleobc.services.weight_maps import Panel, panels_of_weights
from paleobc.topography.checks import Problem

AnyArray = npt.NDArray[Any]

#: What is drawn of the files that are an asset each: variable and words.
_VARIABLES: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "routing": (
        ("topo", "Relief, conditioned for rivers"),
        ("basins", "River basins"),
        ("trip", "Direction in which the water flows"),
    ),
    "soils": (("soilcolor", "Soil colour"),),
    "pft": (("maxvegetfrac", "Dominant plant functional type"),),
    "high_resolution_relief": (("RELIEF", "Relief for the atmosphere"),),
    "ocean_grid": (("e1t", "Width of the cells along the rows"),),
    "bathymetry": (("Bathymetry", "Depth of the ocean"),),
    "geothermal_heating": (("heatflow", "Geothermal heat flow"),),
    "lateral_viscosity": (("icof", "Coefficient of lateral viscosity"),),
    "subbasins": (("subbasins", "Sub-basins of the ocean"),),
    "coordinates_mask": (("mask_T", "Cells of the sea (1) and of land (0)"),),
}

#: Files of grids for the coupler hold several grids, not always with their places: the T points of the ocean stand
#: for them. By the beginning of the name: ending of the variable, words, unit.
_COUPLER: Final = {
    "grids": ("cla", "Extent of the ocean's cells in latitude", "degrees"),
    "masks": ("msk", "Cells of the ocean masked (1) in the coupler", ""),
    "areas": ("srf", "Area of the ocean's cells", "m2"),
}

#: Variables of the other files of a set.
_OTHERS: Final = {"OceMask": "Fraction of sea in the atmosphere's cells", "error": "Error of a smooth test field"}

#: Values in these units are drawn in others, which are easier to read: unit and factor.
_EASIER: Final = {"m2": ("km2", 1e-6)}


@dataclass(frozen=True)
class Map:
    """
    A map of a file.

    Parameters
    ----------
    file : str
        Name of the file.
    title : str
        What it shows.
    png : bytes
        The picture.
    """

    file: str
    title: str
    png: bytes


def draw_files(folder: Path, files: Iterable[BuiltFile], largest: int) -> list[Map]:
    """
    Maps of the files of a build that hold anything with a place on the globe, as many as there is room for.

    Parameters
    ----------
    folder : Path
        Folder of the build.
    files : iterable of BuiltFile
        What to draw, the most important first.
    largest : int
        Size of all pictures together [bytes].
    """
    maps: list[Map] = []
    for file in files:
        for panel in _panels(folder, file):
            made = Map(file.name, panel[0], _drawn(partial(draw_overview, [panel], title="")))
            largest -= len(made.png)
            if largest < 0:
                return maps
            maps.append(made)
    return maps


def draw_findings(height: xr.DataArray, problems: list[Problem], title: str) -> bytes:
    """Picture of heights with a ring around each problem."""
    return _drawn(partial(draw_problems, height, problems, title=title))


def _drawn(draw: Callable[..., None]) -> bytes:
    """Picture that a function draws."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "map.png"
        draw(path=path)
        return path.read_bytes()


def _panels(folder: Path, file: BuiltFile) -> Iterator[Panel]:
    """What is drawn of a file; nothing of a text."""
    path, name = folder / file.name, PurePosixPath(file.name).name
    if not name.endswith(".nc"):
        return
    if name.startswith("rmp_"):
        yield _of_weights(read_weights(path), calving="calv" in name)
        return
    dataset = read_netcdf(path)
    kind = name.removesuffix(".nc").partition("_")[0]
    if file.asset in _VARIABLES:
        yield from ((words, _readable(dataset, variable), variable) for variable, words in _VARIABLES[file.asset])
    elif kind in _COUPLER:
        grids = dataset if kind == "grids" else read_netcdf(path.with_name(name.replace(kind, "grids", 1)))
        yield _of_coupler(dataset, grids, *_COUPLER[kind])
    else:
        yield from ((words, dataset, variable) for variable, words in _OTHERS.items() if variable in dataset)


def _readable(dataset: xr.Dataset, variable: str) -> xr.Dataset:
    """The dataset with widths of cells in km, and masks as classes."""
    if variable == "e1t":
        widths = dataset[variable] / 1e3
        return dataset.assign({variable: widths.assign_attrs(long_name="Width of a cell", units="km")})
    if variable == "mask_T":
        return dataset.assign({variable: dataset[variable].assign_attrs(units="")})
    return dataset


def _of_weights(content: WeightFile, *, calving: bool) -> Panel:
    """What a weight file does: the sum of its weights, how far water goes, or whose ice melts where."""
    if not calving:
        panels = panels_of_weights(content)
        return next((panel for panel in panels if panel[2] != "fraction"), panels[0])
    links, grid = content.weights, content.destination
    first = np.full(links.destination_size, links.source_size)
    np.minimum.at(first, links.destination, links.source)
    senders = np.unique(first[first < links.source_size])  # the first of each zone, from north to south
    zone = np.where(first < links.source_size, np.searchsorted(senders, first) + 1, 0)
    if grid.longitude is None or grid.latitude is None:
        raise InputError("These weights do not say where their cells are, so there is no map of them.")
    return _placed("Zone whose ice melts here", zone.reshape(grid.shape), "", grid.longitude, grid.latitude)


def _of_coupler(dataset: xr.Dataset, grids: xr.Dataset, variable: str, words: str, unit: str) -> Panel:
    """A field of the ocean's T points, with the places that the file of grids gives."""
    values = dataset[f"torc.{variable}"].values
    if values.ndim == 3:  # corners first
        values = values.max(axis=0) - values.min(axis=0)
    easier, factor = _EASIER.get(unit, (unit, 1))
    return _placed(words, values * factor, easier, grids["torc.lon"].values, grids["torc.lat"].values)


def _placed(words: str, values: AnyArray, unit: str, longitudes: FloatArray, latitudes: FloatArray) -> Panel:
    """Map of a field whose places are known."""
    places = {"nav_lon": (longitudes, "degrees_east"), "nav_lat": (latitudes, "degrees_north")}
    coordinates = {
        name: (("y", "x"), np.reshape(field, values.shape), {"units": units}) for name, (field, units) in places.items()
    }
    field = {"field": (("y", "x"), values, {"long_name": words, "units": unit})}
    return words, xr.Dataset(field, coords=coordinates), "field"
