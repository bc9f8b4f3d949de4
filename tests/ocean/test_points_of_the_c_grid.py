"""Points and scale factors that the file of a grid lacks."""

from __future__ import annotations

import numpy as np
import pytest

from paleobc.grids.curvilinear import GridPoints, describe_grid
from paleobc.grids.fold import counted_cells, duplicates
from paleobc.grids.sphere import unit_vectors
from paleobc.ocean.c_grid import completed


@pytest.fixture(scope="module")
def bare(grid):
    return describe_grid(GridPoints(grid.t.longitude, grid.t.latitude), f=GridPoints(grid.f.longitude, grid.f.latitude))


def test_a_complete_grid_stays_as_it_is(grid):
    assert completed(grid) is grid


def test_missing_points_are_made_within_a_kilometre_and_scale_factors_within_one_percent(grid, bare):
    made = completed(bare)
    for point in "tuvf":
        found, known = getattr(made, point), getattr(grid, point)
        inside = counted_cells(grid.layout, point.upper()) & (known.latitude < 45.0)
        apart = unit_vectors(found.longitude, found.latitude) - unit_vectors(known.longitude, known.latitude)
        assert np.linalg.norm(apart, axis=-1)[inside].max() * 6371.0 < 1.0
        for name in ("e1", "e2"):
            error = np.abs(getattr(found, name) / getattr(known, name) - 1.0)[inside]
            assert np.median(error) < 1e-4
            assert error.max() < 0.01


def test_copies_of_made_points_are_equal(bare):
    made = completed(bare)
    for point in "TUVF":
        original, _ = duplicates(bare.layout, point)
        for field in vars(getattr(made, point.lower())).values():
            np.testing.assert_allclose(field.ravel()[original], field, rtol=1e-6, atol=1e-9)
