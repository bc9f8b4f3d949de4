"""A repaired world has no problem left, its gateways hold, and demands that cannot be met are said."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paleobc.errors import InputError
from paleobc.grids.fold import filled_halo
from paleobc.grids.mesh import ocean_mesh, regular_mesh
from paleobc.grids.regular import RegularGrid
from paleobc.grids.tripolar import tripolar_grid
from paleobc.topography.checks import check_relief
from paleobc.topography.edits.apply import apply_edit
from paleobc.topography.gateway_checks import check_gateways
from paleobc.topography.gateways import Gateway
from paleobc.topography.ocean_checks import check_ocean, sea_of_model
from paleobc.topography.repair import proposals, repair_ocean, repair_relief
from paleobc.topography.repair_world import WAYS
from paleobc.topography.surface import Surface
from strategies import MAKERS, with_sea

GRID = RegularGrid(36, 72)

ocean_grid = cache(lambda pivot, halo: tripolar_grid(pivot=pivot, halo=halo, resolution=6.0))

preferences = st.fixed_dictionaries({}, optional={kind: st.sampled_from(ways) for kind, ways in WAYS.items()})
seeds = st.integers(0, 2**32 - 1)


@st.composite
def gateways(draw, most=3):
    """Demands of any kind at any place, also such as contradict each other."""
    made = []
    for number in range(draw(st.integers(0, most))):
        first = draw(st.integers(-180, 179)) + 0.25, draw(st.integers(-80, 80)) + 0.25
        second = first[0] + draw(st.integers(4, 30)), max(-89.0, min(89.0, first[1] + draw(st.integers(-30, 30))))
        state = draw(st.sampled_from(["open", "closed"]))
        demands = {}
        if state == "open" and draw(st.booleans()):
            demands = {"least_width_cells": draw(st.integers(0, 4)), "sill": (draw(st.integers(0, 200)), 2000.0)}
        places = {"line": (first, second)} if draw(st.booleans()) else {"between": (first, second)}
        made.append(Gateway(f"Gateway {number}", state, **places, **demands))
    return made


@st.composite
def worlds(draw):
    """Heights of one of the kinds in `strategies`, large enough for gateways."""
    rows = draw(st.integers(18, 45))
    random = np.random.default_rng(draw(seeds))
    return with_sea(draw(st.sampled_from(MAKERS))(random, rows, 2 * rows))


def continent_with_a_sea(rows=range(14, 24), columns=range(20, 50), sea=(slice(17, 21), slice(25, 45))):
    """A continent in a deep ocean, no sea south of 78S, and a sea of 4 x 20 cells inside the continent."""
    height = np.full(GRID.shape, -4000.0)
    height[:3] = 500.0
    height[np.ix_(rows, columns)] = 300.0
    height[sea] = -200.0
    return height


def isthmus(strait=None):
    """Land from pole to pole between 0E and 10E, with an ocean on either side and, it may be, a strait."""
    height = np.full(GRID.shape, -4000.0)
    height[:3] = height[-1:] = 500.0
    height[:, 36:38] = 300.0
    height[:, 70:72] = 300.0
    height[30:32, 70:72] = -4000.0  # the two oceans meet in the far north
    if strait:
        height[strait] = -100.0
    return height


@settings(max_examples=500, deadline=None)
@given(worlds(), preferences, gateways())
def test_every_relief_ends_without_problems_and_says_which_gateways_do_not_hold(height, prefer, demands):
    before = height.copy()
    grid = RegularGrid(*height.shape)
    repaired, done = repair_relief(height, grid, prefer=prefer, gateways=demands)
    assert np.array_equal(height, before)
    assert check_relief(repaired, grid) == []
    assert done.left == ()
    now = check_gateways(-repaired, regular_mesh(grid), demands, repaired <= 0.0)
    assert [finding.holds for finding in now] == [finding.holds for finding in done.findings]
    for finding in now:
        assert finding.holds or any(finding.gateway.name in sentence for sentence in done.sentences)
    assert done.cells_changed == (repaired != height).sum()


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(["T", "F"]), st.booleans(), seeds, preferences, gateways(2))
def test_every_bathymetry_ends_without_problems_on_every_fold(pivot, halo, seed, prefer, demands):
    grid = ocean_grid(pivot, halo)
    random = np.random.default_rng(seed)
    depth = np.where(random.random(grid.layout.shape) < random.uniform(0.2, 0.9), random.uniform(1.0, 4e3), 0.0)
    depth = filled_halo(grid.layout, depth)
    repaired, done = repair_ocean(depth, grid, prefer=prefer, gateways=demands)
    assert check_ocean(repaired, grid) == []
    assert np.array_equal(repaired, filled_halo(grid.layout, repaired))
    now = check_gateways(repaired, ocean_mesh(grid), demands, sea_of_model(repaired, grid.layout))
    assert [finding.holds for finding in now] == [finding.holds for finding in done.findings]


@settings(max_examples=25, deadline=None)
@given(worlds(), preferences)
def test_the_edits_of_a_repair_carried_out_again_give_the_same_map(height, prefer):
    repaired, done = repair_relief(height, RegularGrid(*height.shape), prefer=prefer)
    again = Surface.of(height, regular_mesh(RegularGrid(*height.shape)), "height")
    for edit in done.edits:
        apply_edit(edit, again)
    assert np.array_equal(again.field, repaired)
    assert all(edit.reason and edit.result.cells.size for edit in done.edits)


@settings(max_examples=25, deadline=None)
@given(worlds())
def test_a_repaired_world_is_left_as_it_is(height):
    grid = RegularGrid(*height.shape)
    repaired, _ = repair_relief(height, grid)
    again, done = repair_relief(repaired, grid)
    assert np.array_equal(again, repaired)
    assert (done.edits, done.rounds, done.cells_changed, done.cells_wrong) == ((), 0, 0, 0)


@settings(max_examples=20, deadline=None)
@given(worlds())
def test_each_proposal_mends_the_cells_that_it_is_for_or_says_what_it_makes(height):
    surface = Surface.of(height, regular_mesh(RegularGrid(*height.shape)), "height")
    untouched = surface.values.copy()
    for ways in proposals(surface):
        assert len({way.way for way in ways}) == len(ways)
        for proposal in ways[:2]:
            trial = Surface(surface.values.copy(), surface.mesh, "height")
            for edit in proposal.edits:
                apply_edit(edit, trial)
            assert np.array_equal(np.flatnonzero(trial.values != surface.values), proposal.cells)
    assert np.array_equal(surface.values, untouched)


def test_a_large_closed_sea_is_opened_and_a_small_one_filled():
    height = continent_with_a_sea()
    opened, done = repair_relief(height, GRID)
    assert (opened[17:21, 25:45] < 0.0).all()
    assert done.cells_changed == 6  # three cells of land to the shore in the north or south, two wide
    filled, done = repair_relief(height, GRID, opened_from=1e8)
    assert (filled[17:21, 25:45] > 0.0).all()
    assert done.cells_changed == 80
    opened, done = repair_relief(height, GRID, sill=120.0)
    assert (opened[height != opened] == -120.0).all()


def test_the_way_to_the_ocean_is_the_lowest():
    height = continent_with_a_sea()
    height[21:, 40:42] = np.minimum(height[21:, 40:42], 5.0)
    opened, _ = repair_relief(height, GRID)
    assert np.argwhere(opened != height).tolist() == [[row, column] for row in (21, 22, 23) for column in (40, 41)]


def test_a_strait_to_a_large_sea_is_widened_and_another_one_closed():
    height = continent_with_a_sea()
    height[21:24, 30] = -80.0
    widened, done = repair_relief(height, GRID)
    assert done.cells_changed == 3
    assert (widened[21:24, 30] == -80.0).all()
    assert set(widened[height != widened]) == {-80.0}
    closed, _ = repair_relief(height, GRID, opened_from=1e8)
    assert (closed[14:24, 20:50] > 0.0).all()


def test_the_north_is_made_as_most_of_it_is_and_the_far_south_land():
    height = np.full(GRID.shape, -4000.0)
    height[-1, :30] = 100.0
    repaired, _ = repair_relief(height, GRID)
    assert (repaired[-1] <= 0.0).all()
    assert (repaired[:2] > 0.0).all()
    height[-1, :40] = 100.0
    assert (repair_relief(height, GRID)[0][-1] > 0.0).all()


@pytest.mark.parametrize("gateway", [{"between": ((-17.5, 2.5), (27.5, 2.5))}, {"line": ((5.0, -20.0), (5.0, 20.0))}])
def test_a_gateway_is_dug_as_wide_and_deep_as_it_has_to_be_and_closed_again(gateway):
    wanted = Gateway("Panama", "open", **gateway, least_width_cells=3, sill=(200.0, 500.0))
    height = isthmus()
    opened, done = repair_relief(height, GRID, gateways=[wanted])
    assert done.findings[0].holds
    assert done.sentences == done.left == ()
    assert done.cells_changed == 6
    assert (opened[height != opened] == -200.0).all()
    _, done = repair_relief(opened, GRID, gateways=[Gateway("Panama", "closed", **gateway)])
    assert done.findings[0].holds
    assert 3 <= done.cells_changed <= 6
    assert done.left == ()


def test_a_narrow_gateway_that_has_to_be_open_is_widened_rather_than_filled():
    height = isthmus((18, slice(36, 38)))
    wanted = Gateway("Panama", "open", between=((-17.5, 2.5), (27.5, 2.5)))
    repaired, done = repair_relief(height, GRID, gateways=[wanted])
    assert done.findings[0].holds
    assert done.cells_changed == 2
    assert (repair_relief(height, GRID)[0][18, 36:38] > 0.0).all()
    assert repaired[18, 36] == -100.0


def test_a_gateway_that_is_too_deep_is_raised():
    wanted = Gateway("Panama", "open", between=((-17.5, 2.5), (27.5, 2.5)), sill=(20.0, 60.0))
    _, done = repair_relief(isthmus((slice(18, 20), slice(36, 38))), GRID, gateways=[wanted])
    assert done.findings[0].holds
    assert (done.cells_changed, done.findings[0].sill_m) == (2, 60.0)


def test_demands_that_contradict_each_other_leave_the_map_and_are_said():
    line = ((5.0, -20.0), (5.0, 20.0))
    demands = [Gateway("One", "open", line=line), Gateway("Other", "closed", line=line)]
    for height in (isthmus(), isthmus((slice(18, 20), slice(36, 38)))):
        repaired, done = repair_relief(height, GRID, gateways=demands)
        assert np.array_equal(repaired, height)
        assert len(done.sentences) == 1
    drake = Gateway("Under the ice", "open", between=((-60.0, -87.0), (-30.0, -79.0)))
    repaired, done = repair_relief(isthmus(), GRID, gateways=[drake])
    assert "Under the ice is closed and has to be open" in done.sentences[0]
    assert done.left == ()


def test_a_note_says_that_closing_a_strait_cuts_off_a_sea_or_breaks_a_gateway():
    height = continent_with_a_sea()
    height[21:24, 30] = -80.0
    surface = Surface.of(height, regular_mesh(GRID), "height")
    ways = next(ways for ways in proposals(surface) if ways[0].problem == "diffusive_strait")
    assert {way.way: way.note for way in ways} == {"widen": "", "fill": "cuts off 1 sea of 80 cells"}
    wanted = Gateway("Panama", "open", between=((-17.5, 2.5), (27.5, 2.5)))
    surface = Surface.of(isthmus((18, slice(36, 38))), regular_mesh(GRID), "height")
    ways = next(ways for ways in proposals(surface, [wanted]) if ways[0].problem == "diffusive_strait")
    assert {way.way: way.note for way in ways} == {"widen": "", "fill": "Panama does not hold any more"}


def test_a_world_that_loses_all_its_sea_says_so():
    height = np.full((18, 36), 100.0)
    height[0, 5] = -10.0
    repaired, done = repair_relief(height, RegularGrid(18, 36))
    assert (repaired > 0.0).all()
    assert done.sentences == ("No sea is left: all of it was too narrow or where none may be.",)


def test_shallow_sea_is_deepened_and_wet_grid_poles_are_filled():
    grid = ocean_grid("F", True)
    depth = np.full(grid.layout.shape, 3000.0)
    depth[10:12, 10:12] = 4.0
    repaired, done = repair_ocean(depth, grid, minimum_depth=25.0)
    assert (repaired[10:12, 10:12] == 25.0).all()
    assert done.left == ()
    filled, _ = repair_ocean(depth, grid, minimum_depth=25.0, prefer={"shallow_sea": "fill"})
    assert (filled[10:12, 10:12] == 0.0).all()


@pytest.mark.parametrize(("prefer", "hint"), [({"lake": "fill"}, "closed_sea"), ({"closed_sea": "drain"}, "'open'")])
def test_an_unknown_preference_is_refused_with_what_there_is(prefer, hint):
    with pytest.raises(InputError, match=hint):
        repair_relief(continent_with_a_sea(), GRID, prefer=prefer)
