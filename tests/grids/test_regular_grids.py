"""Regular grids: their cells, and the sentences with which others are refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paleobc.errors import InputError
from paleobc.grids.cells import cell_areas, cell_height, cell_widths, spherical_areas
from paleobc.grids.periodicity import regular_owners, window_columns
from paleobc.grids.regular import MOST_CELLS, RegularGrid
from strategies import shapes


@pytest.mark.parametrize("step", [0.0, -1.0, 0.7, 7.0, 179.0, 180.0, 360.0, float("nan"), float("inf")])
def test_a_step_that_does_not_divide_the_globe_is_refused(step):
    with pytest.raises(InputError) as caught:
        RegularGrid.of_resolution(step)
    assert str(caught.value) == (
        f"A resolution of {step} degrees does not divide the globe into whole cells; "
        "take a step that divides 180, for example 2, 1, 0.5 or 0.25."
    )


@pytest.mark.parametrize("step", [0.016, 0.01, 1e-9, 1e-200, 1e-308, 1e-320, 5e-324, np.float64(1e-320)])
def test_a_step_that_makes_more_cells_than_can_be_held_is_refused(step):
    with pytest.raises(
        InputError, match=rf"^A resolution of {step} degrees makes more than 250 million cells, .*0\.02\.$"
    ):
        RegularGrid.of_resolution(step)


def test_the_finest_grid_has_almost_250_million_cells():
    grid = RegularGrid.of_resolution(1 / 60)
    assert 2.3e8 < grid.rows * grid.columns <= MOST_CELLS


@pytest.mark.parametrize(("step", "rows"), [(90, 2), (2, 90), (1, 180), (1 / 3, 540), (1 / 6, 1080), (0.1, 1800)])
def test_a_step_that_divides_the_globe_gives_square_cells(step, rows):
    grid = RegularGrid.of_resolution(step)
    assert grid.shape == (rows, 2 * rows)
    assert grid.latitude_step == grid.longitude_step == pytest.approx(step, rel=1e-12)


@given(shapes, st.floats(-180.0, 180.0))
def test_a_grid_is_known_again_by_its_centres(shape, west):
    grid = RegularGrid(*shape, west=round(west, 6))
    again = RegularGrid.of_centres(grid.latitudes, grid.longitudes)
    assert again.shape == grid.shape
    assert again.west == pytest.approx(grid.west, abs=1e-9)


@given(shapes)
def test_centres_lie_symmetric_about_the_equator_and_within_one_turn(shape):
    grid = RegularGrid(*shape)
    np.testing.assert_array_equal(grid.latitudes, -grid.latitudes[::-1])
    np.testing.assert_allclose(np.diff(grid.latitudes), grid.latitude_step, rtol=1e-12)
    np.testing.assert_allclose(np.diff(grid.longitudes), grid.longitude_step, rtol=1e-12)
    assert -90 < grid.latitudes[0] < grid.latitudes[-1] < 90
    assert -180 < grid.longitudes[0] < grid.longitudes[-1] < 180


LATITUDES, LONGITUDES = RegularGrid(4, 8).latitudes, RegularGrid(4, 8).longitudes


@pytest.mark.parametrize(
    ("latitudes", "longitudes"),
    [
        (LATITUDES[::-1], LONGITUDES),
        (LATITUDES, LONGITUDES[::-1]),
        (LATITUDES[1:], LONGITUDES),
        (LATITUDES, LONGITUDES[1:]),
        (LATITUDES + 0.1, LONGITUDES),
        (np.linspace(-90, 90, 4), LONGITUDES),
        (LATITUDES, np.roll(LONGITUDES, 1)),
        (LATITUDES, np.where(LONGITUDES > 100, np.nan, LONGITUDES)),
        (LATITUDES[:1], LONGITUDES),
        (LATITUDES[:0], LONGITUDES[:0]),
    ],
)
def test_positions_that_are_no_centres_of_a_global_grid_are_refused(latitudes, longitudes):
    with pytest.raises(InputError) as caught:
        RegularGrid.of_centres(latitudes, longitudes)
    assert str(caught.value) == (
        f"The {latitudes.size} latitudes and {longitudes.size} longitudes are not the cell centres of a global "
        "grid of equal steps, south to north and west to east."
    )


@given(shapes)
def test_cells_cover_the_sphere(shape):
    grid = RegularGrid(*shape)
    assert grid.columns * spherical_areas(grid).sum() == pytest.approx(4 * np.pi, rel=1e-13)
    assert (spherical_areas(grid) > 0).all()
    np.testing.assert_array_equal(cell_areas(grid, 2.0), cell_widths(grid, 2.0) * cell_height(grid, 2.0))
    excess = grid.columns * cell_areas(grid, 1.0).sum() / (4 * np.pi) - 1
    assert 0 < excess < 1.1 * np.radians(grid.latitude_step) ** 2 / 24 + 0.02 * (grid.rows < 5)


@given(shapes)
def test_neighbours_wrap_around_the_globe_and_end_at_the_poles(shape):
    rows, columns = shape
    owners = regular_owners(rows, columns)
    for row in range(-1, rows + 1):
        for column in range(-1, columns + 1):
            expected = row * columns + column % columns if 0 <= row < rows else -1
            assert owners[row + 1, column + 1] == expected


@given(st.lists(st.integers(-40, 40), min_size=1), st.integers(1, 9), st.integers(1, 20))
def test_windows_run_east_around_the_globe(first, count, columns):
    windows = window_columns(np.array(first), count, columns)
    assert windows.tolist() == [[(start + k) % columns for k in range(count)] for start in first]
