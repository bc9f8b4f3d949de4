"""The present-day Earth that the project ships, for tests."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import numpy as np

from paleobc.formats.relief import read_relief


def modern_height() -> np.ndarray:
    """Heights at one degree [m], shape (180, 360), south to north, west to east from -180."""
    return read_relief(Path(str(files("paleobc") / "data" / "modern_earth" / "topography.nc"))).dataset.height.values
