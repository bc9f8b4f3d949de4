"""The values of a variable on its cells, and which of them are land."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
import xarray as xr

from paleobc.conventions import BoolArray, FloatArray
from paleobc.errors import InputError
from paleobc.pictures.kinds import Kind, kind_of
from paleobc.pictures.positions import Positions, positions_of


@dataclass(frozen=True)
class Field:
    """
    One variable, ready to be sampled.

    Parameters
    ----------
    name : str
        Name of the variable in its file.
    kind : Kind
        What it is and how it is drawn.
    values : ndarray of float, shape (rows, columns)
        Values; the number of the dominant type for plant functional types.
    land : ndarray of bool, shape (rows, columns), or None
        Land cells, where the file tells.
    positions : Positions
        Where the cells are.
    fractions : ndarray of float, shape (types, rows, columns), or None
        Of plant functional types, the fraction of each; NaN where there is none of any.
    """

    name: str
    kind: Kind
    values: FloatArray
    land: BoolArray | None
    positions: Positions
    fractions: FloatArray | None = None


def field_of(dataset: xr.Dataset, variable: str) -> Field:
    """One variable of a data set as a field on a map."""
    if dataset[variable].dtype.kind not in "biuf":
        raise InputError(f"'{variable}' does not hold numbers, so it cannot be drawn; choose another variable.")
    positions = positions_of(dataset, variable)
    kind = kind_of(dataset, variable)
    fractions = None
    if kind.look == "vegetation":
        fractions = _fractions(dataset[variable], positions)
        values = _dominant(fractions)
    else:
        values = _plane(dataset[variable], positions)
    return Field(variable, kind, values, _land(dataset, values, kind, positions), positions, fractions)


def _plane(array: xr.DataArray, positions: Positions) -> FloatArray:
    """Take the two dimensions of the map; the first entry along every other dimension."""
    others: dict[Hashable, int] = {name: 0 for name in array.dims if name not in positions.dimensions}
    plane = array.isel(others).transpose(*positions.dimensions)
    return np.asarray(plane.values, dtype=np.float64)


def _fractions(array: xr.DataArray, positions: Positions) -> FloatArray:
    """Fraction of each type, NaN where no type has any."""
    types = next((name for name in array.dims if name not in positions.dimensions and array.sizes[name] > 1), None)
    if types is None:
        raise InputError(f"'{array.name}' has no dimension of plant functional types.")
    layers = np.stack([_plane(array.isel({types: layer}), positions) for layer in range(array.sizes[types])])
    layers = np.nan_to_num(layers)
    return np.where(layers.max(axis=0) > 0, layers, np.nan)


def _dominant(fractions: FloatArray) -> FloatArray:
    """Find the number from 1 of the type with the largest fraction, NaN where no type has any."""
    layers = np.nan_to_num(fractions)
    return np.where(layers.max(axis=0) > 0, layers.argmax(axis=0) + 1.0, np.nan)


def _land(dataset: xr.Dataset, values: FloatArray, kind: Kind, positions: Positions) -> BoolArray | None:
    """Land cells: told by the variable itself, else by its neighbours in the file."""
    if kind.look in {"relief", "land relief"}:
        return values > 0
    if kind.look in {"directions", "basins", "vegetation"}:
        return np.isfinite(values)
    if kind.look == "depth":
        return ~(values > 0)
    if kind.look == "ocean":
        return ~(values > 0)
    if kind.look == "classes" and kind.classes:
        # Class 0 is all ocean in the soils, and all that is no ocean in the sub-basins.
        return values > 0 if kind.classes[0] == "ocean" else ~(values > 0)
    beside = _land_beside(dataset, positions)
    if beside is not None:
        return beside
    if np.isnan(values).any() and not np.isnan(values).all():
        # Which side is the sea is not known, but the shore is the same line.
        return np.isfinite(values)
    return None


def _land_beside(dataset: xr.Dataset, positions: Positions) -> BoolArray | None:
    """Land cells as another variable on the same cells tells them."""
    for name in ("trip", "basins", "Bathymetry", "topo", "height"):
        if name in dataset and set(dataset[name].dims) == set(positions.dimensions):
            values = _plane(dataset[name], positions)
            if name in {"trip", "basins"}:
                return np.isfinite(values)
            return values == 0 if name == "Bathymetry" else values > 0
    return None
