"""The seam and the fold: NEMO's rules, and laws that hold however the columns are counted."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paleobc.errors import InputError
from paleobc.grids.fold import (
    OrcaLayout,
    counted_cells,
    duplicates,
    filled_halo,
    owner_table,
    unique_cells,
)

SIZES = st.tuples(st.integers(4, 9), st.sampled_from([4, 6, 8, 14]))
PIVOTS = st.sampled_from(["T", "F"])


EITHER = st.booleans()


@st.composite
def layouts(draw, halo=EITHER):
    rows, period = draw(SIZES)
    overlap, folded_row = draw(halo), draw(halo)
    return OrcaLayout(rows, period + 2 * overlap, draw(PIVOTS), overlap=overlap, folded_row=folded_row)


def random_field(layout, point, vector=False):
    values = np.random.default_rng(layout.rows).random(layout.shape)
    return filled_halo(layout, values, point, vector=vector)


def neighbour_relation(layout, name_of_cell):
    """Pairs of names of cells that are neighbours, each with how it is reached up to a half turn."""
    owner, unique = owner_table(layout), unique_cells(layout)
    pairs = set()
    for row, column in np.argwhere(unique):
        for dj in (-1, 0, 1):
            for di in (-1, 0, 1):
                other = owner[row + 1 + dj, column + 1 + di]
                if other >= 0:
                    pairs.add((name_of_cell[row, column], name_of_cell.flat[other], max((dj, di), (-dj, -di))))
    return pairs


@pytest.mark.parametrize(("rows", "columns"), [(149, 182), (174, 182), (9, 14)])
def test_the_halo_of_an_f_pivot_follows_the_rules_of_nemo(rows, columns):
    layout, half = OrcaLayout(rows, columns, "F"), columns // 2
    t, u, v, f = (random_field(layout, point) for point in "TUVF")
    assert (t[-1] == t[-2, ::-1]).all()
    assert (u[-1, :-1] == u[-2, -2::-1]).all()
    assert (v[-1] == v[-3, ::-1]).all()
    assert (v[-2, half:] == v[-2, half - 1 :: -1]).all()
    assert (f[-1, :-1] == f[-3, -2::-1]).all()
    assert (f[-2, half:-1] == f[-2, half - 2 :: -1]).all()
    for field in (t, u, v, f):
        assert (field[:, 0] == field[:, -2]).all()
        assert (field[:, -1] == field[:, 1]).all()


@pytest.mark.parametrize(("rows", "columns"), [(149, 182), (9, 14)])
def test_the_halo_of_a_t_pivot_follows_the_rules_of_nemo(rows, columns):
    layout, half = OrcaLayout(rows, columns, "T"), columns // 2
    t, u, v, f = (random_field(layout, point) for point in "TUVF")
    assert (t[-1, 1:] == t[-3, -1:0:-1]).all()
    assert t[-1, 0] == t[-3, 2]
    assert (t[-2, half:] == t[-2, half:0:-1]).all()
    assert (u[-1, :-1] == u[-3, -1:0:-1]).all()
    assert (u[-2, half - 1 : -1] == u[-2, half:0:-1]).all()
    assert (v[-2, 1:] == v[-3, :0:-1]).all()
    assert (v[-1, 1:] == v[-4, :0:-1]).all()
    assert (f[-2, :-1] == f[-3, :0:-1]).all()
    assert (f[-1, :-1] == f[-4, :0:-1]).all()


def test_the_numbers_of_nemo_are_known():
    assert OrcaLayout(149, 182, "T").nperio == 4
    assert OrcaLayout(149, 182, "F").nperio == 6
    assert OrcaLayout(148, 180, "T", overlap=False, folded_row=False).nperio == 4.2
    assert OrcaLayout(148, 180, "F", overlap=False, folded_row=False).nperio == 6.2
    assert OrcaLayout(148, 180, "F", overlap=False, folded_row=False, axis=11).nperio is None


def test_the_masks_without_duplicates_are_those_of_nemo():
    f_pivot, t_pivot = (counted_cells(OrcaLayout(149, 182, pivot)) for pivot in "FT")
    expected = np.zeros((149, 182), bool)
    expected[1:-1, 1:-1] = True
    assert (f_pivot == expected).all()
    expected[-2, 2:91] = False  # column 1 stands on the pivot itself: NEMO's mask loses it
    assert (t_pivot == expected).all()


@given(layouts(), st.sampled_from("TUVF"))
def test_a_duplicate_is_a_copy_of_a_unique_cell(layout, point):
    original, _ = duplicates(layout, point)
    assert (original.flat[original] == original).all()
    assert set(original.ravel()) == set(np.flatnonzero(unique_cells(layout, point)))


@given(layouts(), st.sampled_from("TUVF"))
def test_filling_twice_changes_nothing(layout, point):
    once = random_field(layout, point, vector=True)
    assert (filled_halo(layout, once, point, vector=True) == once).all()


@given(layouts())
def test_a_vector_turns_round_beyond_the_fold_and_nowhere_else(layout):
    ones = filled_halo(layout, np.ones(layout.shape, np.int32), "U", vector=True)
    assert ones.dtype == np.int32
    assert (ones[: layout.rows - 2] == 1).all()
    if layout.folded_row:
        assert (ones[-1] == -1).all()


@given(layouts())
def test_neighbours_are_symmetric(layout):
    names = np.arange(layout.rows * layout.columns).reshape(layout.shape)
    pairs = neighbour_relation(layout, names)
    assert {(b, a, way) for a, b, way in pairs} == pairs


@given(layouts())
def test_every_cell_but_the_southern_ones_has_eight_places_around_it(layout):
    owner = owner_table(layout)
    assert (owner[0] == -1).all()
    assert (owner[1:] >= 0).all()
    assert (owner[1:-1, 1:-1] == duplicates(layout)[0]).all()


@given(layouts(st.just(False)), st.integers(0, 40))
@settings(max_examples=40)
def test_cutting_the_grid_at_another_seam_changes_no_neighbour(layout, shift):
    rolled = OrcaLayout(
        layout.rows,
        layout.columns,
        layout.pivot,
        overlap=False,
        folded_row=False,
        axis=layout.axis + 2 * shift,
    )
    # The half of a fold row that is kept may change with the seam: cells are named by what they stand for.
    names = duplicates(layout)[0]
    assert neighbour_relation(layout, names) == neighbour_relation(rolled, np.roll(names, shift, axis=1))


@given(layouts(st.just(False)))
def test_a_mirrored_grid_has_mirrored_neighbours(layout):
    mirrored = OrcaLayout(
        layout.rows, layout.columns, layout.pivot, overlap=False, folded_row=False,
        axis=2 * (layout.columns - 1) - layout.axis,
    )  # fmt: skip
    names = duplicates(layout)[0]
    ways = {(0, 0): (0, 0), (0, 1): (0, 1), (1, 0): (1, 0), (1, 1): (1, -1), (1, -1): (1, 1)}
    expected = {(a, b, ways[way]) for a, b, way in neighbour_relation(layout, names)}
    assert neighbour_relation(mirrored, names[:, ::-1]) == expected


@given(layouts(st.just(True)))
def test_the_halo_adds_no_neighbour_and_takes_none(layout):
    bare = OrcaLayout(layout.rows - 1, layout.period, layout.pivot, overlap=False, folded_row=False)
    names = duplicates(layout)[0]
    assert neighbour_relation(bare, names[:-1, 1:-1]) == neighbour_relation(layout, names)


@given(layouts(st.just(True)))
def test_half_a_turn_of_the_columns_keeps_the_fold(layout):
    names = duplicates(layout)[0]
    turned = filled_halo(layout, np.pad(np.roll(names[:, 1:-1], layout.period // 2, axis=1), ((0, 0), (1, 1))))
    # The unique cells of the fold row are then the other half, so each is named by its smaller name.
    assert neighbour_relation(layout, names) == neighbour_relation(layout, names.flat[turned])


def test_a_grid_that_cannot_be_folded_is_refused():
    with pytest.raises(InputError, match="even number of columns"):
        OrcaLayout(149, 181, "F")
    with pytest.raises(InputError, match="does not turn on T points"):
        OrcaLayout(149, 180, "T", overlap=False, axis=3)
