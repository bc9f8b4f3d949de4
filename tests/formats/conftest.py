"""Small files of science, made where a test needs them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from netCDF4 import Dataset

WriteRelief = Callable[..., Path]


def invented_world(rows: int = 18, columns: int = 36) -> np.ndarray:
    """Heights [m] of an invented globe of deep ocean and low land, whole metres, south to north."""
    random = np.random.default_rng(60)
    land = random.random((rows, columns)) < 0.3
    high, deep = random.uniform(1.0, 1200.0, land.shape), random.uniform(-5000.0, -2500.0, land.shape)
    return np.rint(np.where(land, high, deep))


@pytest.fixture(scope="session")
def world() -> Callable[..., np.ndarray]:
    """Make heights of an invented globe of any size."""
    return invented_world


@pytest.fixture
def write_relief(tmp_path: Path) -> WriteRelief:
    """Write a relief as its users would; every habit is an argument."""

    def write(
        heights: Any = None,
        *,
        file: str = "relief.nc",
        latitudes: Any = None,
        longitudes: Any = None,
        name: str = "topo",
        names: tuple[str, str] = ("lat", "lon"),
        coordinate_units: bool = True,
        attributes: dict[str, Any] | None = None,
        dtype: Any = "f4",
        coordinate_dtype: Any = "f8",
        lon_first: bool = False,
        before: tuple[str, ...] = (),
        kind: str = "NETCDF4",
        others: dict[str, dict[str, Any]] | None = None,
    ) -> Path:
        heights = invented_world() if heights is None else np.asarray(heights)
        rows, columns = heights.shape
        if latitudes is None:
            latitudes = -90.0 + (np.arange(rows) + 0.5) * 180.0 / rows
        if longitudes is None:
            longitudes = -180.0 + (np.arange(columns) + 0.5) * 360.0 / columns
        attributes = {"units": "m"} if attributes is None else attributes
        path = tmp_path / file
        with Dataset(path, "w", format=kind) as dataset:
            dataset.set_auto_maskandscale(False)
            for axis, values, unit in zip(names, (latitudes, longitudes), "NE", strict=True):
                dataset.createDimension(axis, len(values))
                coordinate = dataset.createVariable(axis, coordinate_dtype, (axis,))
                coordinate[:] = values
                if coordinate_units:
                    coordinate.units = f"degrees_{'north' if unit == 'N' else 'east'}"
            for each in before:
                dataset.createDimension(each, 1)
            dimensions = before + (names[::-1] if lon_first else names)
            fill = attributes.pop("_FillValue", None) if "_FillValue" in attributes else None
            for each, own in {name: attributes, **(others or {})}.items():
                variable = dataset.createVariable(each, dtype, dimensions, fill_value=fill if each == name else None)
                variable.set_auto_maskandscale(False)
                variable.setncatts(own)
                variable[:] = (heights.T if lon_first else heights).reshape(variable.shape)
        return path

    return write
