"""Changes by hand of what steps made: any variable of any file, kept as lists of edits and carried out again."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import xarray as xr

from paleobc.conventions import FloatArray, counted
from paleobc.errors import InputError
from paleobc.formats.any_field import Field, read_field, write_edited
from paleobc.formats.hand_edit_lists import CHANGED_BY_HAND, field_in_words, log_on_grid, logs_of_lists, names_of_lists
from paleobc.formats.netcdf import read_netcdf, write_netcdf
from paleobc.steps.edits import BASE
from paleobc.topography.edits.apply import same_bits
from paleobc.topography.edits.log import EditLog
from paleobc.topography.edits.replay import Replay, replay_log
from paleobc.topography.surface import Surface
from paleobc.workflow.hand_edits import Changes

#: Assets that are one file, and have no edits of their own.
CHANGEABLE: Final = (
    "conditioned_relief",
    "routing",
    "soils",
    "high_resolution_relief",
    "pft",
    "geothermal_heating",
    "lateral_viscosity",
    "subbasins",
    "coordinates_mask",
)

_RELIEF: Final = "is changed by the edits of the relief; give them as relief_edits."
_DEPTH: Final = "is changed by the edits of the depth; give them as depth_edits."
_SET: Final = "is a set of files that fit together and is not changed by hand; change what it is made of."

#: Why the others are not changed by hand, and what to do instead.
_REFUSED: Final = {
    "regridded_relief": f"regridded_relief {_RELIEF}",
    "edited_relief": f"edited_relief {_RELIEF}",
    "interpolated_depth": f"interpolated_depth {_DEPTH}",
    "bathymetry": f"bathymetry {_DEPTH}",
    "ocean_grid": "A grid is not changed by hand; give another one as ocean_grid.",
    "mosaic_weights": f"mosaic_weights {_SET}",
    "mosaix_weights": f"mosaix_weights {_SET}",
}

#: How the names of variables begin that say how large cells are and where their corners lie.
_OF_CELLS: Final = ("bounds_", "area_")

#: A variable and its positions in further dimensions.
_Key = tuple[str, tuple[tuple[str, int], ...]]


@dataclass(frozen=True, eq=False)
class Changed:
    """
    An asset after changes by hand.

    Parameters
    ----------
    dataset : Dataset
        Says how many cells differ from what the step made; the very result of the step where none does.
    lists : tuple of (EditLog, Replay)
        Each list, and how its edits went.
    """

    dataset: xr.Dataset
    lists: tuple[tuple[EditLog, Replay], ...]


def says_where_cells_lie(dataset: xr.Dataset, variable: str) -> bool:
    """
    Whether a variable says where cells lie or how large they are: such a one is never changed by hand.

    Examples
    --------
    >>> file = xr.Dataset({"trip": ("x", [1.0]), "nav_lon": ("x", [0.0], {"units": "degrees_east"})})
    >>> says_where_cells_lie(file, "trip"), says_where_cells_lie(file, "nav_lon")
    (False, True)
    """
    of_places = str(dataset[variable].attrs.get("units", "")).startswith("degree")
    return of_places or variable in dataset.coords or variable.startswith(_OF_CELLS)


def changed_by_hand(asset: str, result: xr.Dataset, lists: xr.Dataset) -> Changed:
    """
    Carry lists of edits out on what a step made, one after the other.

    Parameters
    ----------
    asset : str
    result : Dataset
        What the step made; it is not changed.
    lists : Dataset
        See `paleobc.formats.hand_edit_lists.dataset_of_lists`.

    Raises
    ------
    InputError
        Where a list cannot be carried out; names it.
    """
    surfaces: dict[_Key, tuple[Surface, FloatArray]] = {}
    went: list[tuple[EditLog, Replay]] = []
    with tempfile.TemporaryDirectory() as folder:  # any file is read and written in one way
        path = Path(folder) / f"{asset}.nc"
        write_netcdf(result, path, file_format="NETCDF4")
        for name, log in zip(names_of_lists(lists), logs_of_lists(lists), strict=True):
            with _naming(name):
                surface, base = _surface(path, result, log, surfaces)
                went.append((log, replay_log(log_on_grid(log, surface.mesh), surface, revisions={BASE: base})))
        changes = {key: pair for key, pair in sorted(surfaces.items()) if _cells_changed(*pair)}
        if not changes:
            return Changed(result, tuple(went))
        out = Path(folder) / f"{asset}_changed.nc"
        write_edited(path, out, {key: surface.field for key, (surface, _) in changes.items()})
        dataset = read_netcdf(out)
    words = (f"{counted(_cells_changed(*pair), 'cell')} of {field_in_words(*key)}" for key, pair in changes.items())
    dataset.attrs = {**result.attrs, CHANGED_BY_HAND: "; ".join(words)}  # what writing added says nothing of the data
    return Changed(dataset, tuple(went))


def _surface(
    path: Path, result: xr.Dataset, log: EditLog, surfaces: dict[_Key, tuple[Surface, FloatArray]]
) -> tuple[Surface, FloatArray]:
    """Field that a list is about, as the lists before it left it, and as the step made it."""
    if log.variable not in result.variables:
        raise InputError(f"there is no variable {log.variable!r}; there are {', '.join(map(str, result.data_vars))}.")
    if says_where_cells_lie(result, log.variable):
        raise InputError(
            f"{log.variable} says where the cells lie or how large they are, which is not changed by hand."
        )
    field = read_field(path, log.variable, dict(log.index))
    key = (field.variable.name, field.index)
    if key not in surfaces:
        surface = surface_of(field)
        surfaces[key] = (surface, surface.field.copy())
    return surfaces[key]


def surface_of(field: Field) -> Surface:
    """Surface on which the changes by hand of a field act: its values are values, whatever they mean."""
    return Surface.of(field.values, field.grid.mesh, "value", field.value_type)


def _cells_changed(surface: Surface, base: FloatArray) -> int:
    """Number of cells that differ from what the step made, copies not counted."""
    differ = ~same_bits(surface.values, np.ascontiguousarray(base).ravel())
    return int(np.count_nonzero(differ & surface.mesh.unique.ravel()))


@contextmanager
def _naming(name: str) -> Iterator[None]:
    """Say of which list a fault is."""
    try:
        yield
    except InputError as error:
        raise InputError(f"{name}: {error}") from None


def _result(asset: str, result: xr.Dataset, lists: xr.Dataset) -> xr.Dataset:
    """Result of a step after changes by hand."""
    return changed_by_hand(asset, result, lists).dataset


#: What the graph of the steps needs to know.
CHANGES: Final = Changes(CHANGEABLE, _result, _REFUSED)
