"""A mesh finds its cells by place, on regular and on ocean grids alike."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocean_worlds import LAYOUTS
from paleobc.constants import EARTH_RADIUS
from paleobc.errors import InputError
from paleobc.grids.arcs import arcs_through
from paleobc.grids.mesh import ocean_mesh, regular_mesh
from paleobc.grids.regular import RegularGrid
from paleobc.grids.sphere import unit_vectors
from paleobc.grids.walks import cells_over, connected_cells, shortest_walk

MESHES = {
    "regular": regular_mesh(RegularGrid(18, 36)),
    "regular, odd, from 77 E": regular_mesh(RegularGrid(15, 31, 77.0)),
    "182 x 149": ocean_mesh(LAYOUTS["182 x 149"]()),
    "T pivot without halo": ocean_mesh(LAYOUTS["T pivot without halo"]()),
}
EVERY_MESH = pytest.mark.parametrize("mesh", MESHES.values(), ids=MESHES.keys())

longitudes, latitudes = st.floats(-180.0, 360.0), st.floats(-90.0, 90.0)


def chords(mesh, longitude, latitude):
    """Straight distances of all centres from a place, copies infinitely far."""
    centres = unit_vectors(mesh.longitudes, mesh.latitudes)
    away = np.linalg.norm(centres - unit_vectors(np.array(longitude), np.array(latitude)), axis=-1)
    return np.where(mesh.unique, away, np.inf).ravel()


@EVERY_MESH
@settings(max_examples=60)
@given(longitude=longitudes, latitude=latitudes, radius_km=st.floats(0.0, 21_000.0))
def test_the_cells_within_a_distance_are_those_whose_centres_are(mesh, longitude, latitude, radius_km):
    cells = mesh.cells_within(longitude, latitude, radius_km)
    assert np.all(np.diff(cells) > 0)
    away = chords(mesh, longitude, latitude)
    angle = 1000.0 * radius_km / EARTH_RADIUS
    limit = 2.0 * np.sin(angle / 2.0) if angle < np.pi else 3.0
    chosen = np.isin(np.arange(away.size), cells)
    unsure = np.abs(away - limit) < 1e-9
    assert np.array_equal(chosen[~unsure], (away < limit)[~unsure])


@EVERY_MESH
@settings(max_examples=60)
@given(longitude=longitudes, latitude=latitudes)
def test_the_nearest_cell_on_an_ocean_grid_is_nearest_and_on_a_regular_one_holds_the_place(mesh, longitude, latitude):
    (cell,) = mesh.nearest_cells(np.array([longitude]), np.array([latitude]))
    if mesh.regular_grid is None:
        away = chords(mesh, longitude, latitude)
        assert away[cell] <= away.min() + 1e-12
    else:
        grid = mesh.regular_grid
        aside = abs((mesh.longitudes.ravel()[cell] - longitude + 180.0) % 360.0 - 180.0)
        assert aside <= grid.longitude_step / 2.0 + 1e-9
        assert abs(mesh.latitudes.ravel()[cell] - latitude) <= grid.latitude_step / 2.0 + 1e-9


@EVERY_MESH
def test_cells_from_west_to_east_are_all_cells(mesh):
    cells, east, north = mesh.by_longitude
    assert np.array_equal(np.sort(cells), np.flatnonzero(mesh.unique))
    assert np.all(np.diff(east) >= 0.0)
    assert np.array_equal(north, mesh.latitudes.ravel()[cells])


@EVERY_MESH
def test_the_ring_between_two_cells_is_a_walk_the_short_way(mesh):
    columns = np.flatnonzero(mesh.unique[0])
    for start, goal in np.random.default_rng(4).choice(columns, (30, 2)):
        between = mesh.ring_between(int(start), int(goal))
        walk = np.concatenate([[start], between, [goal]])
        assert between.size <= columns.size // 2
        assert start == goal or (cells_over(mesh.owners, walk[:-1]) == walk[1:, None]).any(axis=1).all()


@EVERY_MESH
def test_a_shortest_walk_goes_over_sides_and_is_as_short_back(mesh):
    cells = np.flatnonzero(mesh.unique)
    for start, goal in np.random.default_rng(4).choice(cells, (20, 2), replace=False):
        there, back = (shortest_walk(mesh.owners, *ends) for ends in ((start, goal), (goal, start)))
        walk = np.concatenate([[start], there, [goal]])
        assert (cells_over(mesh.owners, walk[:-1]) == walk[1:, None]).any(axis=1).all()
        assert there.size == back.size
        if mesh.regular_grid is not None:
            rows, columns = np.divmod(np.array([start, goal]), mesh.shape[1])
            aside = abs(columns[1] - columns[0])
            assert there.size + 1 == abs(rows[1] - rows[0]) + min(aside, mesh.shape[1] - aside)


@EVERY_MESH
@settings(max_examples=30)
@given(seed=st.integers(0, 2**32 - 1), share=st.floats(0.4, 0.9))
def test_connected_cells_are_closed_under_steps_and_hold_their_start(mesh, seed, share):
    belongs = (np.random.default_rng(seed).random(mesh.shape) < share).ravel() & mesh.unique.ravel()
    start = int(np.flatnonzero(belongs)[0])
    reached = connected_cells(belongs, mesh.owners, start)
    assert reached[start]
    assert not reached[~belongs].any()
    beside = cells_over(mesh.owners, np.flatnonzero(reached))
    beside = beside[beside >= 0]
    assert reached[beside[belongs[beside]]].all()
    other = int(np.flatnonzero(reached)[-1])
    assert np.array_equal(connected_cells(belongs, mesh.owners, other), reached)


@given(st.lists(st.tuples(longitudes, latitudes), min_size=1, max_size=4), st.floats(0.01, 1.0))
def test_points_along_a_line_lie_on_its_arcs_and_close_together(places, longest):
    corners = unit_vectors(*np.array(places).T)
    if np.any(np.linalg.norm(corners[1:] + corners[:-1], axis=1) < 1e-6):
        return
    arcs = arcs_through(*np.array(places).T, longest)
    assert np.allclose(np.linalg.norm(arcs.points, axis=1), 1.0)
    assert np.all(np.linalg.norm(np.diff(arcs.points, axis=0), axis=1) <= longest + 1e-9)
    assert np.allclose(np.einsum("pk,pk->p", arcs.points, arcs.normals[arcs.arc]), 0.0, atol=1e-7)
    assert np.allclose(arcs.points[0], corners[0], atol=1e-11)
    assert np.allclose(arcs.points[-1], corners[-1], atol=1e-11)


def test_a_line_to_the_opposite_end_of_the_globe_is_refused():
    with pytest.raises(InputError, match="Points 2 and 3 of the line, 90N 0E and 90S 0E"):
        arcs_through(np.zeros(3), np.array([0.0, 90.0, -90.0]), 0.1)
