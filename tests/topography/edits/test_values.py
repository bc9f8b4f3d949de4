"""Fields of values and of basins: edits keep to what can be held, go back to the bit, and work on every grid."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from field_worlds import FIELD_GRIDS, RECTILINEAR, field_grid, random_value_edit, random_values
from paleobc.errors import InputError
from paleobc.grids.mesh import Mesh, rectilinear_mesh, regular_mesh
from paleobc.grids.rectilinear import rectilinear_grid
from paleobc.grids.regular import RegularGrid
from paleobc.topography.edits.append import append
from paleobc.topography.edits.apply import apply_edit
from paleobc.topography.edits.edit import Add, Clamp, CloseSea, CopyFrom, Edit, FillFromNeighbours, Scale, Set, Smooth
from paleobc.topography.edits.history import History
from paleobc.topography.edits.log import EditLog, base_checksum, grid_description
from paleobc.topography.edits.merge import merge
from paleobc.topography.edits.plain import edit_as_data, edit_of_data
from paleobc.topography.edits.replay import replay, replay_log
from paleobc.topography.edits.selection import selected_cells
from paleobc.topography.edits.shapes import Box, Brush, CellList, Combined, Line, Polygon, Region, ValueRange
from paleobc.topography.surface import Surface
from paleobc.topography.value_type import ValueType
from random_edits import random_place, random_shape, same

TYPES = {
    "f8": ValueType(),
    "f4": ValueType("f4", reserved=(1e20,)),
    "i2": ValueType("i2", lowest=-100.0, highest=100.0, reserved=(-99.0,)),
    "packed": ValueType("u1", scale=0.5, offset=-10.0, reserved=(255.0,)),
    "whole without gaps": ValueType("i4", can_be_missing=False),
}
seeds = st.integers(0, 2**32 - 1)
EVERYWHERE = Box(-180.0, -90.0, 180.0, 90.0)


def row(*values: float, quantity: str = "value", value_type: ValueType | None = None) -> Surface:
    """A field of one row around the globe."""
    field = np.array([values])
    return Surface.of(field, regular_mesh(RegularGrid(1, len(values))), quantity, value_type)


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("name", FIELD_GRIDS)
@settings(max_examples=8)
@given(seed=seeds)
def test_undoing_all_edits_gives_back_the_field_to_the_bit(name, kind, seed):
    random, mesh = np.random.default_rng(seed), field_grid(name).mesh
    surface = random_values(random, mesh, TYPES[kind])
    before = surface.values.copy()
    history = History(surface, revisions={"before": surface.field.copy()})
    for _ in range(12):
        try:
            edit = history.do(random_value_edit(random, mesh))
        except InputError:
            continue
        assert TYPES[kind].fits(edit.result.new).all()
        assert same(TYPES[kind].held(edit.result.new), edit.result.new)
        assert same(mesh.spread(surface.field).ravel(), surface.values)
    after = surface.values.copy()
    while history.done:
        history.undo()
    assert same(surface.values, before)
    while history.undone:
        history.redo()
    assert same(surface.values, after)


@pytest.mark.parametrize("name", FIELD_GRIDS)
@settings(max_examples=25)
@given(seed=seeds)
def test_shapes_hold_unique_cells_in_order_and_combine_as_sets(name, seed):
    random, mesh = np.random.default_rng(seed), field_grid(name).mesh
    surface = random_values(random, mesh, ValueType())
    one, other = random_shape(random, mesh, 2), random_shape(random, mesh, 2)
    try:
        first, second = (set(selected_cells(shape, surface).tolist()) for shape in (one, other))
    except InputError:
        return
    for how, cells in (("union", first | second), ("intersection", first & second), ("difference", first - second)):
        found = selected_cells(Combined(how, one, other), surface)
        assert found.tolist() == sorted(cells)
        assert mesh.unique.ravel()[found].all()


@pytest.mark.parametrize("name", FIELD_GRIDS)
@settings(max_examples=15)
@given(seed=seeds)
def test_boxes_and_brushes_hold_what_lies_in_them(name, seed):
    random, mesh = np.random.default_rng(seed), field_grid(name).mesh
    west, south = random_place(random)
    box = Box(west, max(south - 40.0, -90.0), west + 70.0, min(south + 40.0, 89.0))
    east = (mesh.longitudes - west) % 360.0
    clear = (np.abs(east - 70.0) > 1e-6) & (east > 1e-6) & (east < 360.0 - 1e-6)
    inside = (east < 70.0) & (mesh.latitudes >= box.south) & (mesh.latitudes < box.north) & mesh.unique
    surface = Surface.of(np.zeros(mesh.shape), mesh, "value")
    found = np.zeros(mesh.shape, dtype=bool)
    found.ravel()[selected_cells(box, surface)] = True
    assert np.array_equal(found[clear], inside[clear])
    near = np.zeros(mesh.shape, dtype=bool)
    near.ravel()[mesh.cells_within(west, south, 1500.0)] = True
    haversine = np.sin(np.radians(mesh.latitudes - south) / 2.0) ** 2 + (
        np.cos(np.radians(mesh.latitudes))
        * np.cos(np.radians(south))
        * np.sin(np.radians(mesh.longitudes - west) / 2) ** 2
    )
    away = 2.0 * 6371.229 * np.arcsin(np.sqrt(np.minimum(haversine, 1.0)))
    assert near[mesh.unique & (away < 1480.0)].all()
    assert not near[away > 1520.0].any()


UNEVEN = np.cumsum([0.0, *[5.0, 20.0, 15.0, 10.0, 25.0, 15.0] * 4])[:-1] - 180.0
PARALLELS = np.array([-90.0, -70.0, -45.0, -25.0, -10.0, 0.0, 12.0, 30.0, 55.0, 80.0])
SHAPES = (
    Box(150.0, -33.0, -120.0, 61.0),
    Polygon(((150.0, -60.0), (-140.0, 10.0), (170.0, 85.0))),
    Polygon(((-170.0, 70.0), (-30.0, 55.0), (80.0, 68.0))),
    Line(((20.0, 50.0), (-160.0, 75.0), (-130.0, -60.0)), 400.0),
    Line(((100.0, -20.0), (-100.0, 33.0))),
    Brush(((170.0, 80.0), (-170.0, 60.0)), 900.0),
    Region((-160.0, 13.0)),
    ValueRange(2.0, 3.0),
)


@pytest.mark.parametrize("columns", [1, 5, 12, 23])
@pytest.mark.parametrize("shape", SHAPES)
def test_a_grid_that_begins_elsewhere_gives_the_same_places(shape, columns):
    values = np.random.default_rng(8).integers(0, 3, (10, 24)).astype(float)
    one = Surface.of(values, rectilinear_mesh(rectilinear_grid(UNEVEN, PARALLELS)), "value")
    turned = np.roll(UNEVEN, -columns)
    turned[-columns:] += 360.0
    rolled = Surface.of(
        np.roll(values, -columns, axis=1), rectilinear_mesh(rectilinear_grid(turned, PARALLELS)), "value"
    )
    cells = selected_cells(shape, one)
    assert cells.size
    assert np.array_equal(selected_cells(shape, rolled), np.sort(cells // 24 * 24 + (cells % 24 - columns) % 24))


@pytest.mark.parametrize("name", [*RECTILINEAR, "rotated"])
def test_a_line_beyond_a_grid_holds_none_of_its_cells(name):
    mesh = field_grid(name).mesh
    surface = Surface.of(np.zeros(mesh.shape), mesh, "value")
    outside = [
        place for place in ((0.0, 85.0), (120.0, 5.0), (-120.0, -80.0)) if not mesh.holds(*np.array([place]).T)[0]
    ]
    assert bool(outside) == (name not in ("gaussian", "with pole rows"))
    for longitude, latitude in outside:
        assert selected_cells(Line(((longitude, latitude), (longitude + 1.0, latitude))), surface).size == 0
        with pytest.raises(InputError, match="outside the grid"):
            selected_cells(Region((longitude, latitude)), surface)


def test_a_line_through_a_regional_grid_holds_what_it_crosses_there():
    mesh = field_grid("over the date line").mesh
    surface = Surface.of(np.zeros(mesh.shape), mesh, "value")
    cells = selected_cells(Line(((120.0, 0.0), (-120.0, 0.0))), surface)
    assert np.array_equal(cells, 5 * mesh.shape[1] + np.arange(mesh.shape[1]))


def test_a_region_is_of_one_value_or_of_none():
    surface = row(1.0, 1.0, 2.0, np.nan, np.nan, 1.0, 1.0, np.nan)
    step = 45.0
    at = {column: Region((-180.0 + (column + 0.5) * step, 0.0)) for column in range(8)}
    assert selected_cells(at[0], surface).tolist() == [0, 1]
    assert selected_cells(at[2], surface).tolist() == [2]
    assert selected_cells(at[3], surface).tolist() == [3, 4]
    assert selected_cells(at[7], surface).tolist() == [7]


def test_whole_numbers_are_set_as_they_are_and_computed_to_the_nearest():
    surface = row(1.0, 2.0, 3.0, np.nan, value_type=ValueType("i2"))
    with pytest.raises(InputError, match=r"whole numbers only, and 2\.7 is none"):
        apply_edit(Edit(EVERYWHERE, Set(2.7)), surface)
    with pytest.raises(InputError, match=r"whole numbers only, and 2\.5 is none"):
        apply_edit(Edit(EVERYWHERE, Clamp(None, 2.5)), surface)
    assert apply_edit(Edit(EVERYWHERE, Scale(1.3)), surface).result.new.tolist() == [3.0, 4.0]
    with pytest.raises(InputError, match=r"1 at 0N 135W would become 33001.*from -32768 to 32767.*Nothing was changed"):
        apply_edit(Edit(EVERYWHERE, Add(33000.0)), surface)
    with pytest.raises(InputError, match="cannot be without a value"):
        apply_edit(Edit(EVERYWHERE, Set(np.nan)), row(1.0, 2.0, value_type=ValueType("i2", can_be_missing=False)))


def test_what_means_no_value_cannot_be_set():
    with pytest.raises(InputError, match="cannot hold"):
        apply_edit(Edit(EVERYWHERE, Set(-99.0)), row(1.0, 2.0, value_type=TYPES["i2"]))


def test_cells_without_a_value_stay_out_of_means_and_are_filled_from_those_that_have_one():
    surface = row(0.0, np.nan, 8.0, 4.0, np.nan, np.nan)
    smoothed = apply_edit(Edit(EVERYWHERE, Smooth()), replace(surface, values=surface.values.copy()))
    assert smoothed.result.new.tolist() == [6.0, 6.0]
    assert smoothed.result.cells.tolist() == [2, 3]
    filled = apply_edit(Edit(EVERYWHERE, FillFromNeighbours(), "missing"), surface)
    assert (filled.result.cells.tolist(), filled.result.new.tolist()) == ([1, 4, 5], [4.0, 4.0, 0.0])
    with pytest.raises(InputError, match="No cell beside the chosen ones has a value"):
        apply_edit(Edit(EVERYWHERE, FillFromNeighbours()), row(np.nan, np.nan))


def test_values_have_no_straits_and_no_limit_of_heights():
    surface = row(1.0, 2.0)
    for operation, told in ((CloseSea(), "knows no close_sea"), (Add(np.inf), "finite")):
        with pytest.raises(InputError, match=told):
            apply_edit(Edit(EVERYWHERE, operation), surface)
    with pytest.raises(InputError, match="choose all, present or missing"):
        apply_edit(Edit(EVERYWHERE, Add(1.0), "land"), surface)
    assert apply_edit(Edit(EVERYWHERE, Add(1e12)), surface).result.new.tolist() == [1e12 + 1.0, 1e12 + 2.0]


def test_basins_are_drawn_on_sea_only():
    surface = row(1.0, np.nan, 2.0, 0.0, quantity="basin")
    edit = apply_edit(Edit(EVERYWHERE, Set(3.0)), surface)
    assert edit.result.cells.tolist() == [0, 2, 3]
    assert np.isnan(surface.values[1])
    for operation, told in (
        (Set(1.5), "whole numbers only"),
        (Set(-1.0), "cannot hold"),
        (Set(np.nan), "cannot be without"),
        (Smooth(), "knows no smooth; known are set, copy"),
    ):
        with pytest.raises(InputError, match=told):
            apply_edit(Edit(EVERYWHERE, operation), surface)
    with pytest.raises(InputError, match="no basins"):
        row(1.5, 2.0, quantity="basin")


@settings(max_examples=40)
@given(seed=seeds, kind=st.sampled_from(sorted(TYPES)))
def test_an_edit_of_values_comes_back_from_json_as_it_was(seed, kind):
    random, mesh = np.random.default_rng(seed), field_grid("gaussian").mesh
    edit = random_value_edit(random, mesh)
    try:
        edit = apply_edit(edit, random_values(random, mesh, TYPES[kind]), revisions={"before": np.zeros(mesh.shape)})
    except InputError:
        assert edit.result is None
    back = edit_of_data(json.loads(json.dumps(edit_as_data(edit), allow_nan=False)), quantity="value")
    assert edit_as_data(back) == edit_as_data(edit)
    if edit.result is not None:
        assert all(same(getattr(back.result, part), getattr(edit.result, part)) for part in ("cells", "old", "new"))


def test_gaps_are_refused_in_edits_of_heights():
    for data in (
        {"shape": {"region": [0, 45]}, "operation": {"set": None}},
        {"shape": {"region": [0, 45]}, "operation": {"set": 1}, "result": {"cells": [0], "old": [None], "new": [1.0]}},
    ):
        assert edit_of_data(data, quantity="value")
        for quantity in ("height", "depth", "basin"):
            with pytest.raises(InputError, match="needs a finite number, not nothing"):
                edit_of_data(data, quantity=quantity)


def log_of(surface: Surface, *edits: Edit, variable: str = "a") -> EditLog:
    """Log of edits carried out on a copy of a surface."""
    own = replace(surface, values=surface.values.copy())
    done = tuple(apply_edit(edit, own) for edit in edits)
    return EditLog("value", grid_description(own.mesh), base_checksum(surface.values), done, variable, (("time", 2),))


@pytest.mark.parametrize("name", ["gaussian", "regional", "rotated", "F pivot"])
def test_logs_of_values_are_replayed_merged_and_appended(name):
    random, mesh = np.random.default_rng(5), field_grid(name).mesh
    surface = random_values(random, mesh, TYPES["f4"])
    cells = np.flatnonzero(mesh.unique)
    left, right = (
        CellList(tuple(divmod(int(cell), mesh.shape[1]) for cell in part)) for part in (cells[:9], cells[-9:])
    )
    one, other = log_of(surface, Edit(left, Set(np.nan))), log_of(surface, Edit(right, Set(3.0)))
    merged = merge(one, other)
    own = replace(surface, values=surface.values.copy())
    replay_log(merged, own)
    assert np.isnan(own.values[cells[:9]]).all()
    assert (own.values[cells[-9:]] == 3.0).all()
    after = replace(surface, values=surface.values.copy())
    replay_log(one, after)
    second = log_of(after, Edit(left, Set(7.0)))
    together = append(one, second)
    assert (together.variable, together.index) == ("a", (("time", 2),))
    replay_log(together, surface)
    assert (surface.values[cells[:9]] == 7.0).all()
    with pytest.raises(InputError, match="made on different variables"):
        merge(one, log_of(after, Edit(left, Set(7.0)), variable="b"))


def test_values_are_carried_over_to_another_grid_by_their_places():
    coarse = Surface.of(np.zeros((12, 24)), field_grid("gaussian").mesh, "value")
    edit = apply_edit(Edit(Box(20.0, 0.0, 60.0, 40.0), Set(5.0)), coarse)
    listed_cells = Edit(CellList(tuple(divmod(int(cell), 24) for cell in edit.result.cells)), Set(5.0))
    fine: Mesh = field_grid("regular").mesh
    surface = Surface.of(np.zeros(fine.shape), fine, "value")
    replay([edit], surface, same_base=False, same_grid=False)
    assert (
        0.5 < (surface.values == 5.0).sum() * coarse.values.size / (surface.values.size * edit.result.cells.size) < 2.0
    )
    with pytest.raises(InputError, match="no places and sizes"):
        replay([listed_cells], surface, same_base=False, same_grid=False)


def test_a_copy_from_before_brings_back_gaps():
    surface = row(1.0, np.nan, 2.0, 3.0)
    before = {"base": surface.field.copy()}
    apply_edit(Edit(EVERYWHERE, Set(9.0)), surface)
    apply_edit(Edit(EVERYWHERE, CopyFrom("base")), surface, revisions=before)
    assert same(surface.values, before["base"].ravel())
