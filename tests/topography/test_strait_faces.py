"""The width that a model sees is the largest flow through the faces of cells, wherever the grid is cut."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_flow

from paleobc.grids.fold import filled_halo, owner_table
from paleobc.grids.periodicity import regular_owners
from paleobc.topography.strait_faces import width_of_faces
from way_worlds import FOLDED_LAYOUTS, beyond_and_before, random_cells, seeds, sides_of


def flow_of_scipy(wet: np.ndarray, first: np.ndarray, second: np.ndarray, width: np.ndarray, height: np.ndarray) -> int:
    """Largest flow between two places through faces of even extents."""
    size, ends, faces = wet.size, [], []
    for cell, around in enumerate(sides_of(wet.shape)):
        for other in around:
            if wet.ravel()[cell] and wet.ravel()[other]:
                extent = height if other // wet.shape[1] == cell // wet.shape[1] else width
                ends.append((cell, other))
                faces.append((extent[cell] + extent[other]) // 2)
    for cells, pair in ((first, lambda cell: (size, cell)), (second, lambda cell: (cell, size + 1))):
        ends += [pair(cell) for cell in cells]
        faces += [10**6] * cells.size
    graph = csr_array((np.array(faces, dtype=np.int32), np.transpose(ends)), shape=(size + 2, size + 2))
    return int(maximum_flow(graph, size, size + 1).flow_value)


@given(seeds, st.integers(1, 8), st.integers(3, 10))
def test_the_width_is_the_largest_flow_through_the_faces(seed, rows, columns):
    random = np.random.default_rng(seed)
    wet = random.random((rows, columns)) < random.choice([0.6, 0.8, 1.0])
    width, height = 2 * random.integers(1, 60, (2, wet.size))
    first, second = random_cells(random, wet.size), random_cells(random, wet.size)
    wet.ravel()[first] = wet.ravel()[second] = True
    found = width_of_faces(wet, regular_owners(rows, columns), first, second, width.astype(float), height.astype(float))
    if set(first.tolist()) & set(second.tolist()):
        assert found == np.inf
    else:
        assert found == pytest.approx(flow_of_scipy(wet, first, second, width, height), rel=1e-9)


@pytest.mark.parametrize("layout", FOLDED_LAYOUTS.values(), ids=FOLDED_LAYOUTS)
@given(seed=seeds)
def test_a_strait_moved_through_the_fold_keeps_its_faces(layout, seed):
    random = np.random.default_rng(seed)
    block, extents = random.random((3, 5)) < 0.8, random.uniform(1.0, 9.0, (2, 3, 5))
    widths = []
    for cells in beyond_and_before(layout, block.shape):
        wet, width, height = np.zeros((3, layout.rows * layout.columns))
        wet[cells], width[cells], height[cells] = block, *extents
        wet = filled_halo(layout, wet.reshape(layout.shape)) > 0.0
        widths.append(width_of_faces(wet, owner_table(layout), cells[:, 0], cells[:, 4], width, height))
    np.testing.assert_allclose(widths, widths[0], rtol=1e-9)


def test_land_among_the_places_is_left_out():
    wet = np.array([[False, True, True, True, False]])
    extent = np.ones(5)
    assert width_of_faces(wet, regular_owners(1, 5), np.array([0]), np.array([3]), extent, extent) == 0.0
    assert width_of_faces(wet, regular_owners(1, 5), np.array([0, 1]), np.array([3]), extent, extent) == 1.0
