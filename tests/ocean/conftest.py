"""The invented Earth, and ocean grids of every layout."""

from __future__ import annotations

import numpy as np
import pytest

from ocean_worlds import LAYOUTS, invented_height
from paleobc.grids.curvilinear import CurvilinearGrid
from paleobc.grids.tripolar import paleorca2_grid


@pytest.fixture(scope="session")
def height() -> np.ndarray:
    return invented_height()


@pytest.fixture(scope="session", params=LAYOUTS)
def grid(request) -> CurvilinearGrid:
    return LAYOUTS[request.param]()


@pytest.fixture(scope="session")
def default_grid() -> CurvilinearGrid:
    return paleorca2_grid()
