"""What each operation does, and what holds of all of them."""

from __future__ import annotations

from dataclasses import fields
from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocean_worlds import cut_at_another_seam, rolled
from paleobc.errors import InputError
from paleobc.grids.mesh import ocean_mesh, regular_mesh
from paleobc.grids.regular import RegularGrid
from paleobc.topography.edits.apply import apply_edit
from paleobc.topography.edits.edit import (
    Add,
    Clamp,
    CloseSea,
    CopyFrom,
    Edit,
    FillFromNeighbours,
    OpenStrait,
    Operation,
    Scale,
    Set,
    Smooth,
)
from paleobc.topography.edits.limits import HIGHEST
from paleobc.topography.edits.operations import apply_operation
from paleobc.topography.edits.shapes import Box, CellList
from paleobc.topography.surface import Surface
from random_edits import EVERYWHERE, KINDS, QUANTITIES, mesh_of, ocean_grid, random_field, random_surface, same

NOWHERE = CellList(())
OPERATIONS = (
    Set(55.0),
    Add(-120.0),
    Scale(1.3),
    Clamp(-30.0, 200.0),
    Smooth(3),
    FillFromNeighbours(),
    CopyFrom("before"),
    OpenStrait(300.0),
    CloseSea(),
    CloseSea(12.0),
)
seeds = st.integers(0, 2**32 - 1)
any_kind = pytest.mark.parametrize("kind", KINDS)
any_quantity = pytest.mark.parametrize("quantity", QUANTITIES)
any_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=str)


def surface_of(values: list[list[float]], quantity: str = "height") -> Surface:
    """A surface on a regular grid."""
    field = np.array(values, dtype=np.float64)
    return Surface.of(field, regular_mesh(RegularGrid(*field.shape)), quantity)


def chosen(random: np.random.Generator, surface: Surface) -> np.ndarray:
    """Some cells, ascending, seldom all of them."""
    cells = np.flatnonzero(surface.mesh.unique)
    return np.sort(random.choice(cells, random.integers(0, cells.size), replace=False)).astype(np.int32)


def applied(operation: Operation, cells: np.ndarray, surface: Surface, before: np.ndarray) -> np.ndarray:
    """The field after an operation on some cells."""
    after = Surface(surface.values.copy(), surface.mesh, surface.quantity)
    after.write(cells, apply_operation(operation, cells, NOWHERE, surface, revisions={"before": before}))
    return after.field


def on(surface: Surface, operation: Operation, *cells: int, shape: CellList | Box = NOWHERE) -> list[float]:
    """New values of cells."""
    return apply_operation(operation, np.array(cells, np.int32), shape, surface, revisions={}).tolist()


def test_these_are_all_operations():
    assert {type(operation) for operation in OPERATIONS} == set(get_args(Operation))


@any_operation
@any_quantity
@given(seeds, st.integers(1, 19))
def test_a_rolled_world_is_edited_to_the_same_bits(operation, quantity, seed, shift):
    random = np.random.default_rng(seed)
    mesh = mesh_of("regular")
    surface, before = random_surface(random, mesh, quantity), random_field(random, mesh, quantity)
    cells = chosen(random, surface)
    turned = Surface.of(np.roll(surface.field, shift, axis=1), mesh, quantity)
    row, column = np.divmod(cells, mesh.shape[1])
    there = np.sort(row * mesh.shape[1] + (column + shift) % mesh.shape[1]).astype(np.int32)
    expected = np.roll(applied(operation, cells, surface, before), shift, axis=1)
    assert same(applied(operation, there, turned, np.roll(before, shift, axis=1)), np.ascontiguousarray(expected))


@any_operation
@pytest.mark.parametrize("kind", KINDS[1:])
@pytest.mark.parametrize("shift", [1, 17, 44])
def test_an_ocean_grid_cut_at_another_seam_is_edited_alike(operation, kind, shift):
    """To the bit; but for areas of cells on the fold of T points, of which another cut may keep the other copy."""
    random = np.random.default_rng(shift)
    grid, mesh = ocean_grid(kind), mesh_of(kind)
    other = ocean_mesh(cut_at_another_seam(grid, shift))
    surface, before = random_surface(random, mesh, "depth"), mesh.spread(random_field(random, mesh, "depth"))
    cells = chosen(random, surface)
    mask = np.zeros(mesh.shape, bool)
    mask.ravel()[cells] = True

    def turned(field: np.ndarray) -> np.ndarray:
        return rolled(field, shift, overlap=grid.layout.overlap)

    there = np.flatnonzero(turned(mesh.spread(mask)) & other.unique).astype(np.int32)
    assert there.size == cells.size
    found = applied(operation, there, Surface.of(turned(surface.field), other, "depth"), turned(before))
    expected = turned(applied(operation, cells, surface, before))
    tolerance = 1e-13 if isinstance(operation, Smooth) and kind.startswith("T") else 0.0
    np.testing.assert_allclose(found, expected, rtol=tolerance, atol=100.0 * tolerance)


@any_operation
@any_kind
@any_quantity
def test_only_chosen_cells_change_and_depths_stay_depths(operation, kind, quantity):
    random = np.random.default_rng(7)
    surface, before = random_surface(random, mesh_of(kind), quantity), random_field(random, mesh_of(kind), quantity)
    cells = chosen(random, surface)
    after = applied(operation, cells, surface, before).ravel()
    changed = np.flatnonzero((after != surface.values) & surface.mesh.unique.ravel())
    assert np.isin(changed, cells).all()
    assert np.isfinite(after).all()
    if quantity == "depth":
        assert (after >= 0.0).all()
        assert not np.signbit(after).any()
        if isinstance(operation, Add | Scale | Clamp | Smooth):
            assert not after[surface.values == 0.0].any(), "land stays land"


@any_kind
@any_quantity
@given(st.floats(-9000.0, 9000.0), seeds)
def test_a_flat_world_is_not_changed_by_means(kind, quantity, level, seed):
    mesh = mesh_of(kind)
    level = abs(level) if quantity == "depth" else level
    surface = Surface.of(np.full(mesh.shape, level), mesh, quantity)
    cells = chosen(np.random.default_rng(seed), surface)
    for operation in (Smooth(4), FillFromNeighbours()):
        np.testing.assert_array_equal(applied(operation, cells, surface, surface.field), surface.field)


@any_kind
@any_quantity
@given(seeds)
def test_smoothing_stays_between_the_values_around(kind, quantity, seed):
    random = np.random.default_rng(seed)
    surface = random_surface(random, mesh_of(kind), quantity)
    cells = chosen(random, surface)
    after = applied(Smooth(1), cells, surface, surface.field).ravel()
    owners, columns = surface.mesh.owners, surface.mesh.shape[1]
    for cell in cells[:: max(1, cells.size // 20)]:
        row, column = divmod(int(cell), columns)
        near = [owners[row + 1 + j, column + 1 + i] for j, i in ((0, 0), (0, 1), (0, -1), (1, 0), (-1, 0))]
        values = [surface.values[one] for one in near if one >= 0]
        assert min(values) <= after[cell] <= max(values)


@any_kind
def test_smoothing_twice_is_two_passes(kind):
    random = np.random.default_rng(3)
    surface = random_surface(random, mesh_of(kind), "depth")
    cells = chosen(random, surface)
    once = Surface.of(applied(Smooth(1), cells, surface, surface.field), surface.mesh, "depth")
    assert same(applied(Smooth(1), cells, once, once.field), applied(Smooth(2), cells, surface, surface.field))


@any_kind
def test_smoothing_the_whole_globe_is_the_mean_by_area(kind):
    """Against the same mean of whole arrays, neighbours through the table of owners."""
    surface = random_surface(np.random.default_rng(4), mesh_of(kind), "height")
    mesh = surface.mesh
    area = np.append(mesh.spread(mesh.cell_area).ravel(), 0.0)
    values = np.append(surface.values, 0.0)
    around = [mesh.owners[1 + j : mesh.owners.shape[0] - 1 + j, 1 + i : mesh.owners.shape[1] - 1 + i]
              for j, i in ((0, 0), (0, 1), (0, -1), (1, 0), (-1, 0))]  # fmt: skip
    expected = sum(area[near] * values[near] for near in around) / sum(area[near] for near in around)
    cells = np.flatnonzero(mesh.unique).astype(np.int32)
    np.testing.assert_allclose(applied(Smooth(1), cells, surface, surface.field), expected, rtol=1e-12, atol=1e-9)


def test_land_does_not_count_when_depths_are_smoothed():
    surface = surface_of([[0.0, 100.0, 300.0, 0.0]], "depth")
    assert on(surface, Smooth(1), 0, 1, 2, 3) == [0.0, 200.0, 200.0, 0.0]


def test_cells_are_filled_front_by_front_from_the_rim():
    surface = surface_of([[8.0, 999.0, 999.0, 999.0, 2.0, 8.0]])
    assert on(surface, FillFromNeighbours(), 1, 2, 3) == [8.0, 5.0, 2.0]


@pytest.mark.parametrize("shift", range(6))
def test_filling_counts_only_sea_on_depths(shift):
    surface = surface_of([np.roll([0.0, 999.0, 999.0, 40.0, 999.0, 0.0], shift).tolist()], "depth")
    cells = np.sort((np.array([1, 2, 4]) + shift) % 6)
    found = dict(zip(cells.tolist(), on(surface, FillFromNeighbours(), *cells), strict=True))
    assert [found[(cell + shift) % 6] for cell in (1, 2, 4)] == [0.0, 40.0, 40.0]


@any_kind
@any_quantity
def test_a_whole_globe_cannot_be_filled_and_stays_as_it_is(kind, quantity):
    surface = random_surface(np.random.default_rng(5), mesh_of(kind), quantity)
    before = surface.values.copy()
    cells = tuple(zip(*(part.tolist() for part in np.nonzero(surface.mesh.unique)), strict=True))
    with pytest.raises(InputError, match="none is left from which they could be filled"):
        apply_edit(Edit(CellList(cells), FillFromNeighbours()), surface)
    assert same(surface.values, before)


@any_kind
@given(seeds)
def test_filling_does_not_read_what_stood_there(kind, seed):
    random = np.random.default_rng(seed)
    surface = random_surface(random, mesh_of(kind), "depth")
    cells = chosen(random, surface)
    other = Surface(surface.values.copy(), surface.mesh, "depth")
    other.write(cells, random.uniform(0.0, 4000.0, cells.size))
    fill = FillFromNeighbours()
    assert same(applied(fill, cells, surface, surface.field), applied(fill, cells, other, other.field))


def test_simple_operations_by_hand():
    heights = surface_of([[-50.0, 0.0, 5.0, 400.0]])
    every = range(4)
    assert on(heights, Set(7.0), *every) == [7.0] * 4
    assert on(heights, Add(-10.0), *every) == [-60.0, -10.0, -5.0, 390.0]
    assert on(heights, Scale(2.0), *every) == [-100.0, 0.0, 10.0, 800.0]
    assert on(heights, Clamp(None, 3.0), *every) == [-50.0, 0.0, 3.0, 3.0]
    assert on(heights, OpenStrait(20.0), *every) == [-50.0, -20.0, -20.0, -20.0]
    assert on(heights, CloseSea(), *every) == [1.0, 1.0, 5.0, 400.0]
    assert on(heights, CloseSea(9.0), *every) == [9.0, 9.0, 5.0, 400.0]


def test_simple_operations_on_depths_by_hand():
    depths = surface_of([[0.0, 10.0, 50.0, 400.0]], "depth")
    every = range(4)
    assert on(depths, Set(7.0), *every) == [7.0] * 4
    assert on(depths, Add(-10.0), *every) == [0.0, 0.0, 40.0, 390.0]
    assert on(depths, Add(10.0), *every) == [0.0, 20.0, 60.0, 410.0]
    assert on(depths, Scale(-1.0), *every) == [0.0, 0.0, 0.0, 0.0]
    assert on(depths, Clamp(20.0, 60.0), *every) == [0.0, 20.0, 50.0, 60.0]
    assert on(depths, Clamp(None, -5.0), *every) == [0.0] * 4
    assert on(depths, OpenStrait(20.0), *every) == [20.0, 20.0, 50.0, 400.0]
    assert on(depths, CloseSea(9.0), 1, 2) == [0.0, 0.0]


@any_kind
def test_listed_values_go_to_their_cells_in_any_order_and_through_the_filter(kind):
    random = np.random.default_rng(9)
    surface = random_surface(random, mesh_of(kind), "height")
    cells = random.permutation(np.flatnonzero(surface.mesh.unique))[:30]
    values = random.uniform(-100.0, 100.0, 30)
    expected = surface.values.copy()
    sea = surface.is_sea(cells)
    listed = CellList(tuple(tuple(map(int, divmod(cell, surface.mesh.shape[1]))) for cell in cells))
    made = apply_edit(Edit(listed, Set(tuple(values.tolist())), "sea"), surface)
    expected[cells[sea]] = values[sea]
    np.testing.assert_array_equal(surface.field[surface.mesh.unique], expected[surface.mesh.unique.ravel()])
    np.testing.assert_array_equal(made.result.cells, np.sort(cells[sea]))


REFUSED = [
    (Set(float("nan")), "cannot be meant"),
    (Set(20001.0), "cannot be meant"),
    (Set((1.0, float("inf"))), "cannot be meant"),
    (Set((1.0, 2.0)), "needs a list of cells"),
    (Add(float("inf")), "cannot be meant"),
    (Add(19_990.0), "would become"),
    (Scale(1e308), "would become"),
    (Scale(float("nan")), "finite number"),
    (Clamp(), "give the lowest"),
    (Clamp(5.0, 4.0), "No value lies between"),
    (Clamp(float("nan"), None), "cannot be meant"),
    (Smooth(0), "smoothed 1 to"),
    (Smooth(10**9), "smoothed 1 to"),
    (OpenStrait(0.0), "no strait"),
    (OpenStrait(float("nan")), "no strait"),
    (OpenStrait(-5.0), "no strait"),
    (CloseSea(0.0), "above 0"),
    (CloseSea(float("inf")), "above 0"),
    (CopyFrom("befor"), "no revision 'befor'.*did you mean 'before'"),
    (CopyFrom("gaps"), "would become nan"),
    (CopyFrom("small"), "2 x 2 cells"),
]


@pytest.mark.parametrize(("operation", "sentence"), REFUSED, ids=str)
@any_quantity
def test_what_cannot_be_carried_out_is_refused_and_changes_nothing(operation, sentence, quantity):
    surface = random_surface(np.random.default_rng(5), mesh_of("regular"), quantity)
    before = surface.values.copy()
    fields = {"before": surface.field, "gaps": np.full(surface.mesh.shape, np.nan), "small": np.zeros((2, 2))}
    with pytest.raises(InputError, match=sentence) as refused:
        apply_edit(Edit(EVERYWHERE, operation), surface, revisions=fields)
    assert str(refused.value).endswith(".")
    assert same(surface.values, before)


def test_overflow_is_a_sentence():
    surface = surface_of([[3000.0, 0.0], [0.0, 0.0]])
    with pytest.raises(
        InputError, match="3000 m at 45S 90W would become inf m; heights and depths stay within 20000 m"
    ):
        apply_edit(Edit(EVERYWHERE, Scale(1e308)), surface)


def test_a_negative_depth_cannot_be_set():
    with pytest.raises(InputError, match="positive down"):
        on(surface_of([[0.0, 10.0]], "depth"), Set(-5.0), 0)


def test_what_was_absurd_before_may_stay():
    surface = surface_of([[2.0 * HIGHEST, 10.0]])
    assert on(surface, Clamp(0.0, None), 0, 1) == [2.0 * HIGHEST, 10.0]


def test_no_cells_are_no_fault():
    surface = random_surface(np.random.default_rng(5), mesh_of("F pivot"), "depth")
    for operation in OPERATIONS:
        made = apply_edit(Edit(NOWHERE, operation), surface, revisions={"before": surface.field})
        assert [getattr(made.result, part.name).size for part in fields(made.result)] == [0, 0, 0]
