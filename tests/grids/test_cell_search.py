"""The cell that holds a place is found exactly, on every kind of grid, at the poles and at the fold."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from field_worlds import FIELD_GRIDS, field_grid
from ocean_worlds import LAYOUTS
from paleobc.grids.field_grid import (
    CurvilinearGeometry,
    FieldGrid,
    RectilinearGeometry,
    ocean_field_grid,
    regular_field_grid,
)
from paleobc.grids.regular import RegularGrid
from paleobc.grids.sphere import longitude_latitude, unit_vectors
from paleobc.grids.tripolar import paleorca2_grid


@cache
def orca2() -> FieldGrid:
    return ocean_field_grid(paleorca2_grid())


def places_anywhere(seed: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Places spread evenly over the globe."""
    return longitude_latitude(np.random.default_rng(seed).normal(size=(count, 3)))


def winding(place: np.ndarray, corners: np.ndarray) -> np.ndarray:
    """Turns around a place of the corners of cells, shape (cells, 4, 3): the sum of the angles that it sees."""
    start, end = corners, np.roll(corners, -1, axis=1)
    across = (np.cross(start, end) * place).sum(axis=-1)
    along = (start * end).sum(axis=-1) - (start @ place) * (end @ place)
    return np.arctan2(across, along).sum(axis=1) / (2.0 * np.pi)


def corners_of(grid: FieldGrid) -> np.ndarray:
    """Unit vectors of the corners, shape (cells, 4, 3)."""
    return unit_vectors(grid.geometry.corner_longitude, grid.geometry.corner_latitude).reshape(-1, 4, 3)


def holders(corners: np.ndarray, unique: np.ndarray, longitude: float, latitude: float) -> np.ndarray:
    """All cells that hold a place, each looked at that has a corner within 60 degrees."""
    place = unit_vectors(np.float64(longitude), np.float64(latitude))
    near = np.flatnonzero(unique.ravel() & (corners[:, 0] @ place > 0.5))
    return near[np.abs(winding(place, corners[near])) > 0.5]


def curvilinear(name: str) -> FieldGrid:
    return orca2() if name == "paleorca2" else field_grid(name)


CURVED = ["paleorca2", "F pivot", "T pivot", "T pivot without halo", "rotated", "rotated, closed", "with overlap"]


@pytest.mark.parametrize("name", CURVED)
def test_each_place_is_in_the_one_cell_around_which_its_corners_turn(name):
    grid = curvilinear(name)
    longitudes, latitudes = places_anywhere(1, 200)
    near_poles = np.linspace(-180.0, 180.0, 40), np.full(40, 89.9)
    longitudes, latitudes = (np.concatenate(pair) for pair in zip((longitudes, latitudes), near_poles, strict=True))
    cells, corners = grid.cell_at(longitudes, latitudes), corners_of(grid)
    for cell, longitude, latitude in zip(cells, longitudes, latitudes, strict=True):
        found = holders(corners, grid.mesh.unique, longitude, latitude)
        assert (cell in found) if found.size else cell == -1


@pytest.mark.parametrize("name", CURVED)
def test_no_place_falls_between_neighbours(name):
    """Places on sides and corners that cells share are in one of them."""
    grid = curvilinear(name)
    corners = unit_vectors(grid.geometry.corner_longitude, grid.geometry.corner_latitude)
    rows, columns = grid.shape
    inner = corners[rows // 3 : rows // 2, columns // 3 : columns // 2]
    middles = inner[:, :, 0] + inner[:, :, 1]
    for points in (
        inner[:, :, 2].reshape(-1, 3),
        (middles / np.linalg.norm(middles, axis=-1)[..., None]).reshape(-1, 3),
    ):
        assert (grid.cell_at(*longitude_latitude(points)) >= 0).all()


@pytest.mark.parametrize("name", [*CURVED, *FIELD_GRIDS])
def test_the_middle_of_a_cell_is_in_it_and_copies_are_never_found(name):
    grid = curvilinear(name)
    if isinstance(grid.geometry, CurvilinearGeometry):
        corners = unit_vectors(grid.geometry.corner_longitude, grid.geometry.corner_latitude)
        middles = corners.sum(axis=2)
        size = np.linalg.norm(middles, axis=-1)
        convex = _is_convex(corners) & grid.mesh.unique & (size > 1.0)
        cells = np.flatnonzero(convex)
        assert cells.size > 0.95 * grid.mesh.unique.sum()
        places = longitude_latitude((middles / size[..., None])[convex])
    else:
        cells = np.arange(grid.mesh.unique.size)
        places = middle_of_cells(grid)
    assert np.array_equal(grid.cell_at(*places), cells)
    found = grid.cell_at(*places_anywhere(3, 2000))
    assert grid.mesh.unique.ravel()[found[found >= 0]].all()


def middle_of_cells(grid: FieldGrid) -> tuple[np.ndarray, np.ndarray]:
    """Middles of the cells of a grid of meridians and parallels."""
    if isinstance(grid.geometry, RectilinearGeometry):
        east, north = grid.geometry.longitude_edges, grid.geometry.latitude_edges
        east, north = (east[1:] + east[:-1]) / 2.0, (north[1:] + north[:-1]) / 2.0
    else:
        east, north = grid.mesh.longitudes[0], grid.mesh.latitudes[:, 0]
    longitudes, latitudes = np.meshgrid(east, north)
    return longitudes.ravel(), latitudes.ravel()


def _is_convex(corners: np.ndarray) -> np.ndarray:
    """Cells whose corners all turn to the left."""
    turns = [
        (np.cross(corners[:, :, k], corners[:, :, (k + 1) % 4]) * corners[:, :, (k + 2) % 4]).sum(axis=-1)
        for k in range(4)
    ]
    return np.min(turns, axis=0) > 1e-12


@pytest.mark.parametrize("name", LAYOUTS)
def test_real_ocean_grids_hold_each_place_north_of_their_southern_row_once(name):
    grid = ocean_field_grid(LAYOUTS[name]())
    longitudes, latitudes = places_anywhere(2, 3000)
    cells = grid.cell_at(longitudes, latitudes)
    far_north = latitudes > -70.0
    assert (cells[far_north] >= 0).mean() > 0.999
    corners = corners_of(grid)
    for k in np.flatnonzero(far_north)[:60]:
        assert cells[k] in holders(corners, grid.mesh.unique, longitudes[k], latitudes[k])


@settings(max_examples=50)
@given(st.floats(-720.0, 720.0), st.floats(-90.0, 90.0), st.sampled_from(["gaussian", "with pole rows", "regional"]))
def test_a_rectilinear_cell_has_its_place_between_its_edges(longitude, latitude, name):
    grid = field_grid(name)
    cell = int(grid.cell_at(np.array([longitude]), np.array([latitude]))[0])
    east, north = grid.geometry.longitude_edges, grid.geometry.latitude_edges
    if cell < 0:
        beyond = (longitude - east[0]) % 360.0 + east[0] >= east[-1] - 1e-9
        assert beyond or not north[0] <= latitude <= north[-1]
        return
    row, column = divmod(cell, grid.shape[1])
    assert north[row] <= latitude <= north[row + 1]
    turned = (longitude - east[column] + 180.0) % 360.0 - 180.0 + east[column]
    assert east[column] - 1e-9 <= turned <= east[column + 1] + 1e-9


@given(st.floats(-720.0, 720.0), st.floats(-90.0, 90.0))
def test_on_a_regular_grid_the_cell_is_the_nearest_one_of_the_mesh(longitude, latitude):
    grid = regular_field_grid(RegularGrid(18, 36))
    place = np.array([longitude]), np.array([latitude])
    turned = (longitude + 180.0) / 10.0
    if abs(turned - round(turned)) > 1e-9 and abs(latitude / 10.0 - round(latitude / 10.0)) > 1e-9:
        assert grid.cell_at(*place) == grid.mesh.nearest_cells(*place)
