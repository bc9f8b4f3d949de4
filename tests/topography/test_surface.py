"""A surface changes in place, and the copies of its cells with it."""

from __future__ import annotations

import numpy as np
import pytest

from ocean_worlds import LAYOUTS
from paleobc.errors import InputError
from paleobc.grids.mesh import ocean_mesh, regular_mesh
from paleobc.grids.regular import RegularGrid
from paleobc.topography.surface import Surface


@pytest.mark.parametrize("layout", LAYOUTS)
def test_copies_hold_the_value_of_their_cell_after_every_write(layout):
    mesh = ocean_mesh(LAYOUTS[layout]())
    random = np.random.default_rng(2)
    surface = Surface.of(random.normal(size=mesh.shape), mesh, "height")
    before = surface.field.copy()
    for count in (0, 1, 500, int(mesh.unique.sum())):
        cells = np.sort(random.permutation(np.flatnonzero(mesh.unique))[:count]).astype(np.int32)
        values = random.normal(size=count)
        surface.write(cells, values)
        before.ravel()[cells] = values
        assert np.array_equal(surface.field, before.ravel()[mesh.original])
        before = surface.field.copy()


def test_on_a_regular_grid_a_write_changes_the_cells_and_nothing_else():
    surface = Surface.of(np.zeros((4, 8)), regular_mesh(RegularGrid(4, 8)), "depth")
    surface.write(np.array([3, 9]), np.array([7.0, 8.0]))
    assert np.flatnonzero(surface.values).tolist() == [3, 9]
    assert surface.values[[3, 9]].tolist() == [7.0, 8.0]
    assert surface.is_sea(np.array([2, 3])).tolist() == [False, True]


def test_the_field_a_surface_was_made_of_is_left_alone():
    field = np.ones((4, 8))
    Surface.of(field, regular_mesh(RegularGrid(4, 8)), "height").write(np.array([0]), np.array([5.0]))
    assert (field == 1.0).all()


@pytest.mark.parametrize(
    ("field", "reason"), [(np.ones((4, 7)), "4 x 7 cells and its grid 4 x 8"), (np.full((4, 8), np.nan), "no value")]
)
def test_a_field_that_is_none_of_the_grid_is_refused(field, reason):
    with pytest.raises(InputError, match=reason):
        Surface.of(field, regular_mesh(RegularGrid(4, 8)), "height")
