"""A small world with its recipe, in a folder of its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from netCDF4 import Dataset

ROWS, COLUMNS = 36, 72


def small_world() -> np.ndarray:
    """Heights [m] of a world of hills, plains and one wide ocean, south to north, whole metres."""
    random = np.random.default_rng(7)
    latitudes = np.radians(np.linspace(-87.5, 87.5, ROWS))[:, None]
    longitudes = np.radians(np.linspace(-177.5, 177.5, COLUMNS))[None, :]
    shape = 2000.0 * np.sin(2 * longitudes) * np.cos(latitudes) + 900.0 * np.sin(5 * latitudes + longitudes)
    return np.rint(shape + random.normal(scale=80.0, size=(ROWS, COLUMNS)))


def write_world(path: Path, heights: np.ndarray, *, kind: str = "NETCDF3_CLASSIC", north_up: bool = False) -> Path:
    """Write heights, south to north, as a user would."""
    latitudes, longitudes = (
        (np.arange(n) + 0.5) * full / n - full / 2 for n, full in zip(heights.shape, (180, 360), strict=True)
    )
    with Dataset(path, "w", format=kind) as file:
        for name, values, units in (("lat", latitudes, "degrees_north"), ("lon", longitudes, "degrees_east")):
            file.createDimension(name, values.size)
            axis = file.createVariable(name, "f8", (name,))
            axis.units = units
            axis[:] = values[::-1] if north_up and name == "lat" else values
        topo = file.createVariable("topo", "f8", ("lat", "lon"))
        topo.units = "m"
        topo[:] = heights[::-1] if north_up else heights
    return path


class Case:
    """A folder with `world.nc` and `recipe.yaml`, and how to change them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.heights = small_world()
        self.relief = write_world(folder / "world.nc", self.heights)
        self.recipe = folder / "recipe.yaml"
        self.out = folder / "out"
        self.write()

    def write(self, **steps: Any) -> None:
        """Write the recipe with these steps."""
        experiment = 'experiment: {name: "small world", author: "A. Author 2020", age: 55.5}'
        ocean_grid = "ocean_grid: {generate: {poles: auto, resolution: 4}}"
        text = f"{experiment}\nrelief: {{file: world.nc}}\n{ocean_grid}\nsteps: {json.dumps(steps)}\n"
        self.recipe.write_text(text, encoding="utf-8")

    def write_relief(self, heights: np.ndarray | None = None, **how: Any) -> None:
        """Write the relief anew."""
        write_world(self.relief, self.heights if heights is None else heights, **how)
