"""Edits that were drawn in the existing tool, carried out by ours, lead to the map that it saved."""

from __future__ import annotations

import numpy as np
import pytest

from old_tool import action, box
from paleobc.errors import InputError
from paleobc.grids.mesh import regular_mesh
from paleobc.grids.regular import RegularGrid
from paleobc.services.importing.drawn import DrawnMap, actions_of, drawn_edits
from paleobc.services.importing.selections import selected
from paleobc.topography.edits.replay import replay_log
from paleobc.topography.surface import Surface
from small_world import small_world

HEIGHTS = small_world()
GRID = RegularGrid(*HEIGHTS.shape)
AXES = {"lat": GRID.latitudes[:, None], "lon": GRID.longitudes[None, :]}

#: As holoviews, with which the existing tool was made, writes selections.
LASSO = (
    "dim('lon', spatial_select, dim('lat'), geometry=array([[ 0.        ,  0.        ],\n"
    "       [40.12345679,  0.5       ],\n       [41.        , 30.        ],\n       [ 0.        , 12.        ]]))"
)
BOX = box(-60.25, -20, -10, 40)
SELECTIONS = {
    "a box": BOX,
    "a line around cells": LASSO,
    "heights of a histogram": "(dim('topo')>=0)&(dim('topo')<=200)",
    "both": f"({BOX})|({LASSO})",
    "a box and not another": f"({BOX})&((({box(-40, -20, -10, 40)}), inv))",
    "all but a box": f"(({BOX}), inv)",
    "a later way to write a line": LASSO.replace("dim('lon', ", "dim('lon').pipe("),
    "numbers of a later numpy": "dim('lon')>=np.float64(100.0)",
}


def drawn(after):
    surface = Surface.of(HEIGHTS, regular_mesh(GRID), "height")
    return DrawnMap(surface, after, AXES, "topo", "anna", "2022-03-01T00:00:00+00:00", "a strait")


def as_the_tool_did(field, each):
    """The rule of the existing tool, cell by cell."""
    chosen = selected(each["selection_expr"], {**AXES, "topo": field})
    chosen &= (field <= 0) | each["land"]
    chosen &= (field > 0) | each["ocean"]
    value = each["value"]
    made = {"Absolute": 0 * field + value, "Relatif": field + value, "Percentage": field * ((100.0 + value) / 100.0)}
    return np.where(chosen, made[each["calculation_type"]], field)


@pytest.mark.parametrize("selection", SELECTIONS.values(), ids=SELECTIONS)
@pytest.mark.parametrize(
    ("how", "value", "land", "ocean"),
    [("Absolute", -300, True, True), ("Relatif", 25, True, False), ("Percentage", -50, False, True)],
)
def test_an_edit_of_every_kind_does_what_it_did(selection, how, value, land, ocean):
    edits = [action(selection, value, how, land=land, ocean=ocean), action(BOX, 7, "Relatif")]
    after = HEIGHTS
    for each in edits:
        after = as_the_tool_did(after, each)
    log, why = drawn_edits(drawn(after), edits)
    assert why == ""
    assert len(log.edits) == 2
    surface = Surface.of(HEIGHTS, regular_mesh(GRID), "height")
    went = replay_log(log, surface)
    assert (surface.field == after).all()
    assert went.conflicts == ()
    assert {(edit.who, edit.reason) for edit in log.edits} == {("anna", "a strait")}


@pytest.mark.parametrize(
    ("actions", "words"),
    [
        ([], "no actions"),
        ([action(BOX, 5)], "do not lead"),
        ([action("dim('depth')>=1", 5)], "action 1: it speaks of 'depth'"),
        ([action(LASSO.replace("       [41.", "       ...,\n       [41."), 5)], "left out"),
        ([action(BOX, 5, "Depression_filling")], "'Depression_filling', which is not known"),
        ([action(BOX, "5")], "no value"),
        ([action(BOX, float("nan"))], "no value"),
        ([{"value": 5}], "no edit that is known"),
        (["fill"], "no edit that is known"),
    ],
)
def test_where_the_actions_cannot_be_taken_the_cells_that_differ_are_one_edit(actions, words):
    after = HEIGHTS.copy()
    after[5:9, 50:60] += 12.0
    log, why = drawn_edits(drawn(after), actions)
    assert words in why
    (edit,) = log.edits
    assert edit.result.cells.size == 40
    surface = Surface.of(HEIGHTS, regular_mesh(GRID), "height")
    replay_log(log, surface)
    assert (surface.field == after).all()


def test_a_map_that_was_saved_as_it_was_has_no_edits():
    assert drawn_edits(drawn(HEIGHTS), [action(BOX, 5)]) == (None, "")


def test_a_map_of_another_grid_is_refused():
    with pytest.raises(InputError, match="another grid"):
        drawn_edits(drawn(HEIGHTS[1:]), [])


def test_lists_of_actions_without_end_are_refused():
    with pytest.raises(InputError, match="2000"):
        actions_of(repr([{}] * 3000))
