"""Listed cells are found again on their own grid exactly, and on others by place and size."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocean_worlds import LAYOUTS, cut_at_another_seam
from paleobc.errors import InputError
from paleobc.grids.mesh import ocean_mesh, regular_mesh
from paleobc.grids.regular import RegularGrid
from paleobc.grids.tripolar import paleorca2_grid
from paleobc.topography.edits.cell_list import cell_list_cells, cells_in_order, listed
from paleobc.topography.edits.cell_transfer import transferred
from paleobc.topography.edits.shapes import CellList

REGULAR = regular_mesh(RegularGrid(18, 36))
ORCA = ocean_mesh(paleorca2_grid())


def flat(shape, mesh):
    return cell_list_cells(shape, mesh)


@given(st.lists(st.integers(0, 18 * 36 - 1), unique=True))
def test_a_list_holds_the_cells_it_was_made_of_in_their_order(cells):
    shape = listed(np.array(cells, dtype=np.int64), REGULAR)
    assert cells_in_order(shape, REGULAR).tolist() == cells
    assert cell_list_cells(shape, REGULAR).tolist() == sorted(cells)
    assert cell_list_cells(shape, REGULAR).dtype == cells_in_order(shape, REGULAR).dtype == np.int32


def test_a_copy_counts_as_the_cell_it_stands_for():
    rows, columns = ORCA.shape
    every = CellList(tuple((j, i) for j in range(rows) for i in range(columns)))
    assert np.array_equal(cell_list_cells(every, ORCA), np.flatnonzero(ORCA.unique))
    assert cells_in_order(CellList(((5, 0),)), ORCA).tolist() == [5 * columns + columns - 2]


@pytest.mark.parametrize(
    ("cells", "mesh"), [(((1, 2), (3, 4), (1, 2)), REGULAR), (((5, 0), (5, 180)), ORCA)], ids=["itself", "a copy"]
)
def test_values_cell_by_cell_need_each_cell_once(cells, mesh):
    with pytest.raises(InputError, match=f"row {cells[-1][0]} and column {cells[-1][1]} is listed twice"):
        cells_in_order(CellList(cells), mesh)


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (((0, 0), (18, 3)), "row 18 and column 3 is not on this grid"),
        (((0, 36),), "row 0 and column 36 is not"),
        (((-1, 0),), "row -1 and column 0 is not"),
        (((2**62, 0),), "is not on this grid"),
        (((10**30, 0),), "whole numbers"),
        (((0.5, 1.0),), "whole numbers"),
        (((True, False),), "whole numbers"),
        (((1, 2, 3),), "pairs of a row and a column"),
        (((1, 2), (1,)), "pairs of a row and a column"),
        ((("1", "2"),), "whole numbers"),
    ],
)
def test_cells_that_are_none_of_the_grid_are_refused(cells, reason):
    for take in (cell_list_cells, cells_in_order):
        with pytest.raises(InputError, match=reason):
            take(CellList(cells), REGULAR)


def test_an_empty_list_holds_no_cells():
    assert cell_list_cells(CellList(()), REGULAR).size == cells_in_order(CellList(()), REGULAR).size == 0
    assert transferred(CellList(()), ORCA)[1].size == 0


@pytest.mark.parametrize("columns", [0, 1, 17])
def test_on_the_same_spacing_the_cells_are_the_same(columns):
    turned = regular_mesh(RegularGrid(18, 36, -180.0 + 10.0 * columns))
    cells = np.random.default_rng(1).permutation(18 * 36)[:300]
    shape, source = transferred(listed(cells, REGULAR), turned)
    expected = cells // 36 * 36 + (cells % 36 - columns) % 36
    assert np.array_equal(flat(shape, turned), np.sort(expected))
    assert np.array_equal(expected[source], cells_in_order(shape, turned))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_on_the_same_ocean_grid_counted_or_framed_otherwise_the_cells_are_the_same(layout):
    made = LAYOUTS[layout]()
    mesh, other = ocean_mesh(made), ocean_mesh(cut_at_another_seam(made, 7))
    apart = mesh.unique & (np.sqrt(mesh.cell_area) > 2.0e4)  # cells at the poles of the grid have no place of their own
    cells = np.random.default_rng(1).permutation(np.flatnonzero(apart))[:2000]
    shape, source = transferred(listed(cells, mesh), other)
    assert source.size == cells.size
    there = np.array(shape.places), np.array(listed(cells[source], mesh).places)
    assert np.allclose(*there, atol=1e-6)


@given(st.lists(st.integers(0, 18 * 36 - 1), unique=True, min_size=1, max_size=20), st.sampled_from([2, 3, 4]))
def test_on_a_finer_grid_a_cell_stands_for_the_fine_cells_in_its_square(cells, times):
    fine = regular_mesh(RegularGrid(18 * times, 36 * times))
    old = listed(np.array(cells), REGULAR)
    shape, source = transferred(old, fine)
    assert set(source.tolist()) == set(range(len(cells)))
    chosen = cells_in_order(shape, fine)
    longitudes, latitudes = fine.longitudes.ravel()[chosen], fine.latitudes.ravel()[chosen]
    home = REGULAR.nearest_cells(longitudes, latitudes)
    equatorial = np.abs(latitudes) < 30.0  # where squares are alike in shape to cells
    if times == 3:
        assert np.isin(home[equatorial], cells).all()
    for number, place in enumerate(old.places):
        if abs(place[1]) < 10.0:
            assert (source == number).sum() >= times * times


@given(st.lists(st.integers(0, 18 * 36 - 1), unique=True, min_size=1, max_size=60))
def test_on_a_coarser_grid_every_cell_stays_in_the_cell_that_holds_it(cells):
    coarse = regular_mesh(RegularGrid(9, 18))
    shape, source = transferred(listed(np.array(cells), REGULAR), coarse)
    rows, columns = np.divmod(np.array(cells), 36)
    holders = np.unique(rows // 2 * 18 + columns // 2)
    chosen = cells_in_order(shape, coarse)
    assert np.isin(holders, chosen).all()
    assert np.array_equal(np.unique(chosen), np.sort(chosen))
    assert source.min() >= 0
    assert source.max() < len(cells)


def test_each_new_cell_comes_from_the_nearest_place():
    cells = np.arange(9 * 36 + 3, 9 * 36 + 9)
    fine = regular_mesh(RegularGrid(54, 108))
    shape, source = transferred(listed(cells, REGULAR), fine)
    chosen = cells_in_order(shape, fine)
    assert np.array_equal(
        cells[source], REGULAR.nearest_cells(fine.longitudes.ravel()[chosen], np.full(chosen.size, 5.0))
    )


def test_cells_go_over_to_an_ocean_grid_and_those_beyond_it_are_lost():
    tropics = np.flatnonzero(np.abs(REGULAR.latitudes.ravel()) < 30.0)
    shape, source = transferred(listed(tropics, REGULAR), ORCA)
    assert set(source.tolist()) == set(range(tropics.size))
    inside = np.flatnonzero((np.abs(ORCA.latitudes) < 28.0).ravel() & ORCA.unique.ravel())
    assert np.isin(inside, cells_in_order(shape, ORCA)).mean() > 0.95
    fine = regular_mesh(RegularGrid(180, 360))
    lost, source = transferred(listed(np.arange(5), fine), ORCA)  # at 89.5 south
    assert lost.cells == ()
    assert source.size == 0


PLACE = ((0.0, 0.0),)


@pytest.mark.parametrize(
    ("shape", "reason"),
    [
        (CellList(((1, 2),)), "have no places and sizes"),
        (CellList(((1, 2),), PLACE), "have no places and sizes"),
        (CellList(((1, 2), (1, 3)), PLACE, (5.0,)), "have no places and sizes"),
        (CellList(((1, 2),), ((0.0, 95.0),), (5.0,)), "row 1 and column 2 has no place"),
        (CellList(((1, 2),), ((np.nan, 5.0),), (5.0,)), "row 1 and column 2 has no place"),
        (CellList(((1, 2),), PLACE, (0.0,)), "or no size"),
        (CellList(((1, 2),), PLACE, (np.inf,)), "more than the globe"),
        (CellList(((1, 2),) * 9, PLACE * 9, (1.5e4,) * 9), "more than the globe"),
        (CellList(((1, 2),), (("here", 1.0),), (5.0,)), "not all numbers"),
    ],
)
def test_lists_without_sound_places_do_not_go_over(shape, reason):
    with pytest.raises(InputError, match=reason):
        transferred(shape, ORCA)
