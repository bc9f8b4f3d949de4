"""Maps of weight files: the ocean fraction, what the weights sum to, and where each land cell's water goes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import xarray as xr

from paleobc.constants import EARTH_RADIUS
from paleobc.conventions import FloatArray
from paleobc.errors import InputError
from paleobc.formats.weight_files import FileGrid, WeightFile, read_weights
from paleobc.grids.sphere import unit_vectors
from paleobc.pictures.maps import draw_overview
from paleobc.remapping.weights import Weights

#: Title, dataset and variable of a map.
Panel = tuple[str, xr.Dataset, str]


def draw_weights(path: Path, picture: Path) -> None:
    """
    Draw the maps of a weight file.

    Raises
    ------
    InputError
        Where the file does not say where its cells are.
    """
    draw_overview(panels_of_weights(read_weights(path)), picture, f"Weights of {path.name}")


def panels_of_weights(content: WeightFile) -> list[Panel]:
    """
    Maps of a weight file: the fraction of sea, what arrives, and how far it goes.

    Parameters
    ----------
    content : WeightFile

    Raises
    ------
    InputError
        Where the file does not say where its cells are.
    """
    source, destination, links = content.source, content.destination, content.weights
    if destination.longitude is None or source.longitude is None or 1 in (*destination.shape, *source.shape):
        raise InputError("These weights do not say where their cells are, so there is no map of them.")
    panels = [
        _panel(grid, "fraction", grid.fraction, "Ocean fraction", "1")
        for grid in (source, destination)
        if grid.fraction is not None and ((grid.fraction > 0.0) & (grid.fraction < 1.0)).any()
    ]
    if source.area is not None and destination.area is not None and _are_amounts(links, destination.area):
        received = links.apply(source.area) * destination.area
        panels.append(
            _panel(source, "distance", _distance(content), "Distance to where the water goes", "km", links=links)
        )
        panels.append(
            _panel(destination, "received", received / 1e9, "Land whose water arrives", "1000 km²", links=links)
        )
    else:
        sums = np.round(links.row_sums(), 9)  # rounding is no pattern
        panels.append(_panel(destination, "row_sum", sums, "Sum of the weights", "1", links=links))
        count = np.bincount(links.destination, minlength=links.destination_size).astype(np.float64)
        panels.append(_panel(destination, "links", count, "Number of links", "1", links=links))
    return panels


def _are_amounts(links: Weights, area: FloatArray) -> bool:
    """Whether area times weight sums to about 1 for the source cells: amounts that become fluxes."""
    sent = links.transposed_sums(area)[links.linked_sources()]
    return bool(sent.size and np.median(np.abs(sent - 1.0)) < 1e-3)


def _distance(content: WeightFile) -> FloatArray:
    """Mean distance from each source cell to the cells that its water enters [km]."""
    source, destination, links = content.source, content.destination, content.weights
    assert source.longitude is not None  # noqa: S101 - looked at by the caller
    assert source.latitude is not None  # noqa: S101
    assert destination.longitude is not None  # noqa: S101
    assert destination.latitude is not None  # noqa: S101
    starts = unit_vectors(source.longitude, source.latitude)[links.source]
    ends = unit_vectors(destination.longitude, destination.latitude)[links.destination]
    chord = np.linalg.norm(starts - ends, axis=1)
    far = 2.0 * np.arcsin(np.minimum(0.5 * chord, 1.0)) * EARTH_RADIUS / 1e3
    share = links.weight * (destination.area[links.destination] if destination.area is not None else 1.0)
    total = np.bincount(links.source, share, links.source_size)
    return np.asarray(np.bincount(links.source, far * share, links.source_size) / np.where(total > 0.0, total, 1.0))


def _panel(grid: FileGrid, name: str, values: FloatArray, words: str, unit: str, links: Weights | None = None) -> Panel:
    """A map of a field of a grid; blank where no link starts or ends."""
    if links is not None:
        linked = links.linked_sources() if values.size == links.source_size else links.linked_destinations()
        values = np.where(linked, values, np.nan)
    places = {"nav_lon": (grid.longitude, "degrees_east"), "nav_lat": (grid.latitude, "degrees_north")}
    dataset = xr.Dataset(
        {name: (("y", "x"), values.reshape(grid.shape), {"long_name": words, "units": unit})},
        coords={
            axis: (("y", "x"), np.asarray(field).reshape(grid.shape), {"units": units})
            for axis, (field, units) in places.items()
        },
    )
    return words, dataset, name
