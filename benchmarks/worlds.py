"""The relief that ships, refined to any resolution with rough land: the same world at every resolution."""

from __future__ import annotations

from importlib.resources import as_file, files

import numpy as np

from paleobc.conventions import HEIGHT, FloatArray
from paleobc.formats.relief import read_relief
from paleobc.grids.interpolation import linear
from paleobc.grids.regular import RegularGrid

#: Steps of the octaves of noise [degrees]; a grid carries those that it resolves and the shipped relief does not.
OCTAVES = (0.5, 0.25, 0.1)

#: Relative height of the noise at one degree and how fast it falls with the step: a seventh of the land lies in
#: depressions, a little more than in the relief that ships (a tenth).
ROUGHNESS, HURST = 0.1, 0.7
SEED = 20


def shipped_relief() -> FloatArray:
    """Present-day Earth at one degree, as it ships [m]."""
    with as_file(files("paleobc").joinpath("data/modern_earth/topography.nc")) as path:
        return np.asarray(read_relief(path).dataset[HEIGHT].values, dtype=np.float64)


def world(step: float) -> FloatArray:
    """
    Height of the present-day Earth on a grid of ``step`` degrees [m], south to north.

    Linear between the shipped cells, then land is multiplied by the exponential of a sum of octaves of noise:
    coasts stay, mountains are rougher than plains, and many small depressions appear.
    """
    relief = shipped_relief()
    source, grid = RegularGrid(*relief.shape), RegularGrid.of_resolution(step)
    height = linear(relief, source, grid)
    noise = np.zeros(grid.shape)
    for number, octave in enumerate(OCTAVES):
        if step <= octave < source.latitude_step:
            coarse = RegularGrid.of_resolution(octave)
            waves = np.random.default_rng([SEED, number]).standard_normal(coarse.shape)
            noise += ROUGHNESS * octave**HURST * linear(waves, coarse, grid)
    return np.where(height > 0.0, height * np.exp(noise), height)
