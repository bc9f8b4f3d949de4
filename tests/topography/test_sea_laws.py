"""What holds of the seas and straits of any world."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.ndimage import label
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from paleobc.grids.cells import spherical_areas
from paleobc.grids.periodicity import regular_owners
from paleobc.grids.regular import RegularGrid
from paleobc.topography.checks import CHECKS, check_relief
from paleobc.topography.closed_seas import label_seas
from paleobc.topography.masks import area_mean, land_fraction
from paleobc.topography.poles import against_polar_rules
from paleobc.topography.straits import diffusive_straits, staircase_channels
from strategies import grid_of, reliefs, sea_masks

shifts = st.integers(1, 12)


def seas_of(ocean: np.ndarray) -> np.ndarray:
    """Seas of a mask, by area on the sphere."""
    return label_seas(ocean, regular_owners(*ocean.shape), spherical_areas(grid_of(ocean))[:, None])


def partition(numbers: np.ndarray) -> np.ndarray:
    """Numbers replaced by the first cell that bears them; 0 by -1."""
    _, first, inverse = np.unique(numbers, return_index=True, return_inverse=True)
    return np.where(numbers > 0, first[inverse].reshape(numbers.shape), -1)


def joined_over_the_seam(ocean: np.ndarray) -> np.ndarray:
    """Seas by scipy's labels of the flat map, joined where the map was cut."""
    numbers, count = label(ocean)
    west, east = numbers[:, 0], numbers[:, -1]
    both = (west > 0) & (east > 0)
    bridges = coo_array((np.ones(both.sum()), (west[both], east[both])), shape=(count + 1, count + 1))
    _, group = connected_components(bridges, directed=False)
    return np.where(ocean, group[numbers] + 1, 0)


@given(sea_masks)
def test_seas_are_those_of_scipy_joined_over_the_seam(ocean):
    np.testing.assert_array_equal(partition(seas_of(ocean)), partition(joined_over_the_seam(ocean)))


def test_a_sea_that_winds_around_the_globe_is_one():
    """The existing tool joined labels over the seam without transitivity."""
    ocean = np.zeros((9, 6), dtype=bool)
    for turn in range(0, 8, 2):  # a spiral: once around, then one step north
        ocean[turn] = True
        ocean[turn, 3] = False
        ocean[turn + 1, 2] = True
    ocean[8] = True
    assert seas_of(ocean).max() == 1


@given(sea_masks)
def test_seas_are_numbered_by_decreasing_area_and_land_is_none(ocean):
    seas = seas_of(ocean)
    assert np.array_equal(seas > 0, ocean)
    area = np.repeat(spherical_areas(grid_of(ocean))[:, None], ocean.shape[1], axis=1)
    sizes = np.bincount(seas.ravel(), weights=area.ravel())[1:]
    assert (sizes > 0).all()
    assert (np.diff(sizes) <= 1e-12).all()


@given(sea_masks, shifts)
def test_a_world_rolled_in_longitude_has_rolled_seas_and_straits(ocean, shift):
    rolled = np.roll(ocean, shift, axis=1)
    np.testing.assert_array_equal(partition(np.roll(seas_of(rolled), -shift, axis=1)), partition(seas_of(ocean)))
    owners = regular_owners(*ocean.shape)
    for look in (diffusive_straits, staircase_channels):
        np.testing.assert_array_equal(look(rolled, owners), np.roll(look(ocean, owners), shift, axis=1))


@given(sea_masks, st.sampled_from([np.fliplr, np.flipud]))
def test_a_mirrored_world_has_mirrored_seas_and_straits(ocean, mirror):
    mirrored = np.ascontiguousarray(mirror(ocean))
    np.testing.assert_array_equal(partition(mirror(seas_of(mirrored))), partition(seas_of(ocean)))
    owners = regular_owners(*ocean.shape)
    for look in (diffusive_straits, staircase_channels):
        np.testing.assert_array_equal(look(mirrored, owners), mirror(look(ocean, owners)))


@given(sea_masks)
def test_diffusive_straits_are_those_of_the_template(ocean):
    rows, columns = ocean.shape
    expected = np.zeros_like(ocean)
    for j in range(1, rows - 1):
        for i in range(columns):
            cross = [ocean[j - 1, i], ocean[j + 1, i], ocean[j, i - 1], ocean[j, (i + 1) % columns]]
            expected[j, i] = ocean[j, i] and [bool(each) for each in cross] in (
                [True, True, False, False],
                [False, False, True, True],
            )
    np.testing.assert_array_equal(diffusive_straits(ocean, regular_owners(rows, columns)), expected)


@given(sea_masks)
def test_staircase_channels_are_in_no_block_of_sea(ocean):
    rows, columns = ocean.shape
    in_block = np.zeros_like(ocean)
    for j in range(rows - 1):
        for i in range(columns):
            block = np.ix_([j, j + 1], [i, (i + 1) % columns])
            in_block[block] |= ocean[block].all()
    expected = ocean & ~in_block
    np.testing.assert_array_equal(staircase_channels(ocean, regular_owners(rows, columns)), expected)


@given(sea_masks)
def test_every_diffusive_strait_is_a_staircase_channel_too(ocean):
    owners = regular_owners(*ocean.shape)
    assert not (diffusive_straits(ocean, owners) & ~staircase_channels(ocean, owners)).any()


@given(reliefs)
def test_checks_report_each_closed_sea_once_and_all_straits_together(relief):
    grid = grid_of(relief)
    problems = check_relief(relief, grid)
    kinds = [problem.kind for problem in problems]
    assert kinds == sorted(kinds, key=[check.name for check in CHECKS].index)
    assert len(set(kinds) - {"closed_sea"}) == len(kinds) - kinds.count("closed_sea")
    seas = seas_of(~(relief > 0))
    assert kinds.count("closed_sea") == max(seas.max() - 1, 0)
    for number, problem in enumerate(problems[: kinds.count("closed_sea")], start=2):
        np.testing.assert_array_equal(np.argwhere(seas == number), np.stack([problem.rows, problem.columns], 1))
    for problem in problems:
        np.testing.assert_array_equal(problem.latitudes, grid.latitudes[problem.rows])
        np.testing.assert_array_equal(problem.longitudes, grid.longitudes[problem.columns])
        assert f"{problem.rows.size} cell" in problem.label


def cells_of(relief: np.ndarray, *kinds: str) -> list[tuple[int, int]]:
    """Cells of all problems of these kinds, each as often as it is reported."""
    problems = [each for each in check_relief(relief, grid_of(relief)) if each.kind in kinds]
    return [cell for each in problems for cell in zip(each.rows.tolist(), each.columns.tolist(), strict=True)]


@given(reliefs)
def test_a_staircase_channel_is_not_reported_again_as_a_strait_or_a_closed_sea(relief):
    channels = cells_of(relief, "staircase_channel")
    assert not set(channels) & set(cells_of(relief, "closed_sea", "diffusive_strait"))
    both = diffusive_straits(~(relief > 0), regular_owners(*relief.shape))
    assert {tuple(cell) for cell in np.argwhere(both).tolist()} == set(cells_of(relief, "diffusive_strait"))


@pytest.mark.parametrize("level", [-3000.0, 500.0])
def test_a_world_of_one_kind_has_nothing_wrong_but_at_the_south_pole(level):
    problems = check_relief(np.full((45, 90), level), RegularGrid(45, 90))
    assert [each.label for each in problems] == (["Polar rule: 270 cells at 88S 178W"] if level < 0 else [])


@given(reliefs)
def test_a_world_mended_by_the_polar_rules_keeps_them(relief):
    latitudes = grid_of(relief).latitudes
    wrong = against_polar_rules(relief, latitudes)
    mended = np.where(wrong, np.where(relief > 0, -1.0, 1.0), relief)
    assert not against_polar_rules(mended, latitudes).any()
    assert not wrong[(latitudes >= -78) & (latitudes <= 86)].any()


@pytest.mark.parametrize(("land_cells", "wrong"), [(0, 0), (3, 3), (4, 4), (5, 3), (8, 0)])
def test_north_of_86_the_majority_decides_and_a_draw_is_sea(land_cells, wrong):
    relief = np.full((90, 8), -1.0)
    relief[:6] = 1.0  # 78S to 90S
    relief[-2:] = np.where(np.arange(8) < land_cells, 1.0, -1.0)
    assert against_polar_rules(relief, RegularGrid(90, 8).latitudes).sum() == 2 * wrong


@given(reliefs)
def test_checks_leave_what_they_are_given_as_it_was(relief):
    relief.flags.writeable = False
    check_relief(relief, grid_of(relief))
    ocean = ~(relief > 0)
    ocean.flags.writeable = False
    owners = regular_owners(*relief.shape)
    owners.flags.writeable = False
    label_seas(ocean, owners, np.ones(relief.shape))


@given(reliefs)
def test_the_land_fraction_is_that_of_the_areas_on_the_sphere(relief):
    grid = grid_of(relief)
    area = np.repeat(spherical_areas(grid)[:, None], grid.columns, axis=1)
    expected = area[relief > 0].sum() / area.sum()
    assert land_fraction(relief, grid) == pytest.approx(expected, rel=1e-12)
    assert area_mean(np.full(grid.shape, 7.0), grid) == pytest.approx(7.0, rel=1e-15)
