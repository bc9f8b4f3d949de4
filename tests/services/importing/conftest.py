"""An installation, and an instance folder of the existing tool beside it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from application import Application
from old_tool import OldTool, write_depth
from paleobc.formats.nemo_fields import ocean_grid_file
from paleobc.grids.mesh import ocean_mesh
from paleobc.grids.tripolar import tripolar_grid
from paleobc.services.importing.everything import bring_over
from paleobc.services.importing.report import Brought
from small_world import small_world, write_world


@pytest.fixture
def app(tmp_path: Path) -> Application:
    return Application(tmp_path / "installation")


@pytest.fixture
def old(tmp_path: Path) -> OldTool:
    return OldTool(tmp_path / "instance")


@pytest.fixture
def bring(app: Application, old: OldTool) -> Callable[..., Brought]:
    """Bring all of it over."""

    def call(**how: Any) -> Brought:
        return bring_over(app.database, app.files, old.folder, **{"most_bytes": 100_000_000, **how})

    return call


@pytest.fixture
def world(tmp_path: Path) -> Path:
    """A relief."""
    return write_world(tmp_path / "world.nc", small_world(), north_up=True)


@pytest.fixture(scope="session")
def sea() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Depth on an ocean grid, its longitudes and latitudes; land is 0."""
    grid = tripolar_grid(resolution=6.0)
    mesh = ocean_mesh(grid)
    depth = mesh.spread(np.rint(1000.0 + 800.0 * np.sin(np.arange(mesh.shape[0] * mesh.shape[1])).reshape(mesh.shape)))
    depth = np.where(mesh.latitudes < -70.0, 0.0, depth)
    file = ocean_grid_file(grid)
    return (
        depth,
        np.asarray(file["nav_lon"].values, dtype=np.float64),
        np.asarray(file["nav_lat"].values, dtype=np.float64),
    )


@pytest.fixture
def write_sea(tmp_path: Path, sea: tuple[np.ndarray, np.ndarray, np.ndarray]) -> Callable[[np.ndarray], Path]:
    """Write depths on that grid."""
    return lambda depth: write_depth(tmp_path / "depth.nc", depth, *sea[1:])
