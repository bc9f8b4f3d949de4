"""Regridded reliefs, and what is found wrong with the relief of 60 Ma, agree with the existing tool."""

from __future__ import annotations

import numpy as np
import pytest

from paleobc.formats.relief import read_relief
from paleobc.grids.periodicity import regular_owners
from paleobc.grids.regular import RegularGrid
from paleobc.steps.relief import regrid
from paleobc.topography.checks import check_relief
from paleobc.topography.masks import area_mean, land_fraction
from paleobc.topography.poles import against_polar_rules
from paleobc.topography.straits import diffusive_straits

GRID = RegularGrid(180, 360)


@pytest.fixture(scope="module")
def half_degree(reference):
    return read_relief(reference / "inputs/topography_halfdeg.nc", "Z").dataset


def test_nearest_agrees_to_the_bit(half_degree, field):
    found = regrid(half_degree, resolution=1.0, method="nearest")
    np.testing.assert_array_equal(found.height, field("regrid_standard_1deg_nearest.nc", "Z"))
    np.testing.assert_array_equal(found.lat, field("regrid_standard_1deg_nearest.nc", "latitude"))
    np.testing.assert_array_equal(found.lon, field("regrid_standard_1deg_nearest.nc", "longitude"))


def test_linear_agrees(half_degree, field):
    found = regrid(half_degree, resolution=1.0, method="linear")
    expected = field("regrid_standard_1deg_linear.nc", "Z")
    np.testing.assert_allclose(found.height, expected, rtol=1e-12, atol=1e-11)


def test_refining_agrees_where_the_old_tool_has_a_value_and_leaves_no_gap(relief, field):
    found = regrid(relief, resolution=0.5, method="linear").height.values
    expected = field("regrid_input_05deg_linear.nc", "topo")
    there = np.isfinite(expected)
    assert (~there).sum() == 2156
    np.testing.assert_allclose(found[there], expected[there], rtol=1e-12, atol=1e-11)
    assert np.isfinite(found).all()


def test_coarsening_keeps_the_mean_height_and_reports_it(half_degree):
    found = regrid(half_degree, resolution=2.0, method="conservative")
    source, target = RegularGrid(360, 720), RegularGrid(90, 180)
    assert found.mean_height_before == area_mean(half_degree.height.values, source)
    assert found.mean_height_after == pytest.approx(found.mean_height_before, rel=1e-12)
    assert found.land_fraction_before == land_fraction(half_degree.height.values, source)
    assert found.land_fraction_after == land_fraction(found.height.values, target)
    assert found.land_fraction_after == pytest.approx(found.land_fraction_before, abs=0.01)


def test_the_raw_relief_has_no_closed_sea(relief, field):
    labels = field("diagnostics.nc", "internal_oceans_labels_raw")
    np.testing.assert_array_equal(np.isnan(labels), relief.height > 0)
    assert np.nanmax(labels) == 1
    assert "closed_sea" not in {each.kind for each in check_relief(relief.height.values, GRID)}


def test_straits_are_those_of_the_old_tool_and_one_at_the_seam_that_it_missed(relief, field):
    old = field("diagnostics.nc", "passages_raw_no_alias_bug") == 2
    found = diffusive_straits(~(relief.height.values > 0), regular_owners(180, 360))
    assert old.sum() == 20
    assert found[old].all()
    assert np.argwhere(found & ~old).tolist() == [[21, 0]]
    west, here, east = relief.height.values[21, [-1, 0, 1]]
    south, north = relief.height.values[[20, 22], 0]
    assert here <= 0
    assert (west > 0) == (east > 0) != (south > 0) == (north > 0)


def test_the_polar_rules_are_broken_in_the_same_cells(relief, field):
    found = against_polar_rules(relief.height.values, GRID.latitudes)
    np.testing.assert_array_equal(found, field("diagnostics.nc", "ensure_poles_raw") == 1)
    assert found.sum() == 156


def test_all_that_is_wrong_is_reported_in_one_line_each(relief):
    problems = {each.kind: each for each in check_relief(relief.height.values, GRID)}
    assert list(problems) == ["diffusive_strait", "staircase_channel", "polar_rule"]
    assert problems["diffusive_strait"].rows.size == 21
    assert problems["polar_rule"].rows.size == 156
