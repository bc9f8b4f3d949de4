"""The 60 Ma world as we make it, and as the existing tool made it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from netCDF4 import Dataset

from paleobc.formats.relief import read_relief
from paleobc.grids.regular import RegularGrid
from paleobc.rivers.network import RiverNetwork, river_network
from paleobc.steps.relief import condition
from paleobc.steps.rivers import routing

Field = Callable[[str, str], np.ndarray]

INPUT = "inputs/topography_60Ma_1deg.nc"
GRID = RegularGrid(180, 360)


@pytest.fixture(scope="session")
def field(reference: Path) -> Field:
    """Values of a variable of a reference file, as they are stored."""

    def read(file: str, variable: str) -> np.ndarray:
        path = reference / (file if "/" in file else f"reference/original/{file}")
        with Dataset(path) as dataset:
            dataset.set_auto_maskandscale(False)
            return np.asarray(dataset[variable][...])

    return read


@pytest.fixture(scope="session")
def intermediate(field: Field) -> Callable[[str], np.ndarray]:
    """An intermediate of the existing tool, south to north."""
    return lambda name: field("routing_intermediates.nc", name)


@pytest.fixture(scope="session")
def relief(reference: Path) -> xr.Dataset:
    """The relief, read as users' files are."""
    return read_relief(reference / INPUT, "topo").dataset


@pytest.fixture(scope="session")
def conditioned(relief: xr.Dataset) -> xr.Dataset:
    """The relief made ready for rivers."""
    return condition(relief)


@pytest.fixture(scope="session")
def rivers(conditioned: xr.Dataset) -> RiverNetwork:
    """Its rivers."""
    return river_network(conditioned.height.values, conditioned.filled.values, GRID)


@pytest.fixture(scope="session")
def routing_file(conditioned: xr.Dataset) -> xr.Dataset:
    """Content of the routing file."""
    return routing(conditioned)
