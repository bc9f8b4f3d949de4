"""What holds of any field that goes from one regular grid to another."""

from __future__ import annotations

from math import gcd

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from paleobc.errors import InputError
from paleobc.grids.interpolation import conservative, linear, nearest, regrid
from paleobc.grids.regular import RegularGrid
from paleobc.topography.masks import area_mean
from strategies import fields, grid_of, shapes

methods = st.sampled_from(["nearest", "linear", "conservative"])
targets = st.tuples(st.integers(2, 17), st.integers(2, 25)).map(lambda shape: RegularGrid(*shape))
wests = st.floats(-180.0, 180.0).map(lambda west: round(west, 3))


@given(fields, targets, methods, st.integers(1, 6))
def test_a_world_rolled_by_whole_cells_of_both_grids_is_rolled_on_the_other(field, target, method, turns):
    source = grid_of(field)
    parts = gcd(source.columns, target.columns)
    assume(parts > 1)
    shift, target_shift = turns * source.columns // parts, turns * target.columns // parts
    rolled = regrid(np.roll(field, shift, axis=1), source, target, method)
    np.testing.assert_array_equal(rolled, np.roll(regrid(field, source, target, method), target_shift, axis=1))


@given(fields, targets, methods, wests, st.integers(-12, 12))
def test_it_does_not_matter_where_the_source_is_cut(field, target, method, west, cut):
    """The same world told from another first longitude: 0..360 was mislabelled by the existing tool."""
    here = RegularGrid(*field.shape, west=west)
    turned = RegularGrid(*field.shape, west=west + cut * here.longitude_step)
    expected = regrid(field, here, target, method)
    found = regrid(np.roll(field, -cut, axis=1), turned, target, method)
    if method == "nearest":
        edges = (target.longitudes - west) / here.longitude_step
        sure = np.abs(edges - np.round(edges)) > 1e-6
        np.testing.assert_array_equal(found[:, sure], expected[:, sure])
    else:
        np.testing.assert_allclose(found, expected, rtol=0, atol=0.01)


@given(fields, methods, st.integers(-12, 12))
def test_a_field_on_its_own_grid_cut_elsewhere_is_rolled(field, method, cut):
    source = grid_of(field)
    target = RegularGrid(*field.shape, west=-180.0 + cut * source.longitude_step)
    found = regrid(field, source, target, method)
    np.testing.assert_allclose(found, np.roll(field, -cut, axis=1), rtol=1e-12, atol=1e-9)
    if method != "conservative":
        np.testing.assert_array_equal(found, np.roll(field, -cut, axis=1))


@given(fields, targets, wests)
def test_conservative_keeps_the_global_mean(field, target, west):
    source = grid_of(field)
    target = RegularGrid(*target.shape, west=west)
    mean = area_mean(conservative(field, source, target), target)
    assert mean == pytest.approx(area_mean(field, source), abs=1e-12 * (1.0 + np.abs(field).max()))


@given(shapes, targets, methods, wests, st.floats(-9000, 9000, allow_subnormal=False))
def test_a_constant_stays_constant(shape, target, method, west, value):
    source = RegularGrid(*shape, west=west)
    found = regrid(np.full(shape, value), source, target, method)
    np.testing.assert_allclose(found, value, rtol=1e-14)


@given(fields, targets, methods, wests)
def test_no_method_leaves_the_range_of_the_field(field, target, method, west):
    found = regrid(field, grid_of(field), RegularGrid(*target.shape, west=west), method)
    slack = 1e-12 * np.abs(field).max()
    assert found.shape == target.shape
    assert found.min() >= field.min() - slack
    assert found.max() <= field.max() + slack


@given(fields, methods)
def test_a_field_stays_as_it_is_on_its_own_grid(field, method):
    source = grid_of(field)
    found = regrid(field, source, source, method)
    if method == "conservative":
        np.testing.assert_allclose(found, field, rtol=1e-12, atol=1e-12)
    else:
        np.testing.assert_array_equal(found, field)


@given(fields, st.integers(1, 4), st.integers(1, 4))
def test_cells_cut_into_smaller_ones_and_joined_again_are_as_before(field, rows, columns):
    source = grid_of(field)
    fine = RegularGrid(rows * source.rows, columns * source.columns)
    refined = nearest(field, source, fine)
    np.testing.assert_array_equal(refined, field.repeat(rows, axis=0).repeat(columns, axis=1))
    np.testing.assert_allclose(conservative(field, source, fine), refined, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(conservative(refined, fine, source), field, rtol=1e-12, atol=1e-12)


@given(fields, targets)
def test_linear_and_conservative_mirror_a_mirrored_world(field, target):
    source = grid_of(field)
    for method in (linear, conservative):
        mirrored = method(np.ascontiguousarray(field[::-1, ::-1]), source, target)[::-1, ::-1]
        np.testing.assert_allclose(mirrored, method(field, source, target), rtol=1e-12, atol=1e-8)


@given(fields, st.integers(2, 5))
def test_linear_meets_the_field_at_its_own_centres(field, factor):
    """An odd refinement has a centre on each centre of the source; no seam and no pole is left out."""
    source, odd = grid_of(field), 2 * factor + 1
    fine = RegularGrid(odd * source.rows, odd * source.columns)
    found = linear(field, source, fine)
    np.testing.assert_array_equal(found[factor::odd, factor::odd], field)
    assert np.isfinite(found).all()


def test_linear_wraps_around_the_globe_and_is_held_at_the_poles():
    field = np.array([[0.0, 1.0, 2.0, 9.0], [4.0, 5.0, 6.0, 13.0]])
    found = linear(field, RegularGrid(2, 4), RegularGrid(4, 8))
    np.testing.assert_array_equal(found[0], found[0:1].repeat(2, axis=0)[1])
    assert found[0, 0] == 0.25 * 9.0 + 0.75 * 0.0
    assert found[0, -1] == 0.75 * 9.0 + 0.25 * 0.0
    assert found[-1, 2] == 5.0 * 0.75 + 4.0 * 0.25
    assert found[1, 2] == 0.75 * found[0, 2] + 0.25 * found[-1, 2]


def test_a_point_on_an_edge_takes_the_western_and_the_southern_cell():
    field = np.arange(8.0).reshape(2, 4)
    three_rows = nearest(field, RegularGrid(2, 4), RegularGrid(3, 4))
    np.testing.assert_array_equal(three_rows[1], field[0])
    at_edges = nearest(field, RegularGrid(2, 4), RegularGrid(2, 4, west=-135.0))
    np.testing.assert_array_equal(at_edges, field)


@given(hnp.arrays(np.bool_, shapes), targets)
def test_nearest_takes_fields_of_any_kind(mask, target):
    found = nearest(mask, grid_of(mask), target)
    assert found.dtype == np.bool_
    np.testing.assert_array_equal(found, nearest(mask.astype(float), grid_of(mask), target) == 1.0)


@given(fields, targets, methods)
def test_regridding_leaves_the_field_as_it_was(field, target, method):
    field.flags.writeable = False
    found = regrid(field, grid_of(field), target, method)
    assert not np.shares_memory(found, field)


def test_an_unknown_method_is_refused_with_the_ones_there_are():
    with pytest.raises(InputError, match="no regridding method 'cubic'; take nearest, linear or conservative"):
        regrid(np.zeros((2, 4)), RegularGrid(2, 4), RegularGrid(2, 4), "cubic")
