"""Colours say what the values mean."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from paleobc.pictures import colours
from paleobc.pictures.basins import colour_basins
from paleobc.pictures.classes import paint_directions, paint_other_classes, paint_vegetation
from paleobc.pictures.coasts import coast_segments
from paleobc.pictures.keys import rgba
from paleobc.pictures.kinds import kind_of
from paleobc.pictures.rings import ring_shapes
from paleobc.pictures.scales import paint_amount, paint_depth, paint_land_relief, paint_relief


def as_pixel(table, index):
    return np.array(table(index, bytes=True))


def test_the_land_colours_begin_just_above_0_and_0_is_drawn_as_sea():
    heights = np.array([[-5000.0, -1e-9, 0.0, 1e-9, 2500.0]])
    pixels = paint_relief(heights).pixels[0]
    assert np.array_equal(pixels[1], as_pixel(colours.RELIEF, 127))
    assert np.array_equal(pixels[2], as_pixel(colours.RELIEF, 127))
    assert np.array_equal(pixels[3], as_pixel(colours.RELIEF, 128))


@pytest.mark.parametrize("depth", [-1.0, -11000.0])
@pytest.mark.parametrize("height", [3.0, 9000.0])
def test_the_shore_stays_in_the_middle_of_the_colours_whatever_the_range(depth, height):
    place = colours.ShoreNorm(depth, height)(np.array([depth, depth * 1e-6, 0.0, height * 1e-6, height]))
    assert np.all(place[:3] < 0.5)
    assert np.all(place[3:] >= 0.5)
    assert np.all(np.diff(place) >= 0)


def test_land_relief_draws_0_as_sea_and_depth_draws_0_as_land():
    values = np.array([[0.0, 10.0, 500.0]])
    assert np.array_equal(paint_land_relief(values).pixels[0, 0], rgba(colours.SEA))
    assert np.array_equal(paint_depth(values).pixels[0, 0], rgba(colours.LAND))


def test_missing_heights_are_neither_sea_nor_land():
    pixels = paint_relief(np.array([[np.nan, -10.0, 10.0]])).pixels
    assert np.array_equal(pixels[0, 0], rgba(colours.VOID))


def test_amounts_over_decades_get_a_logarithmic_scale_and_others_do_not():
    decades = np.geomspace(5.0, 3000.0, 100).reshape(10, 10)
    even = np.linspace(5.0, 150.0, 100).reshape(10, 10)
    shown = np.ones((10, 10), dtype=bool)
    assert type(paint_amount(decades, shown, colours.SEA).key.norm).__name__ == "LogNorm"
    assert type(paint_amount(even, shown, colours.SEA).key.norm).__name__ == "Normalize"


def test_large_basins_that_touch_differ_also_across_the_date_line():
    labels = np.repeat(np.arange(12.0), 3)[None].repeat(12, axis=0)
    colour = colour_basins(labels, 3)
    assert np.all(colour < 3)
    edges = labels != np.roll(labels, 1, axis=1)
    assert np.all(colour[edges] != np.roll(colour, 1, axis=1)[edges])


def test_new_labels_for_the_same_basins_give_the_same_colours():
    generator = np.random.default_rng(3)
    labels = generator.integers(0, 9, (6, 12)).repeat(3, axis=0).repeat(3, axis=1).astype(float)
    renamed = (labels * 7 + 3) % 31
    np.testing.assert_array_equal(colour_basins(labels, 9), colour_basins(renamed, 9))


def test_a_small_basin_is_muted_and_a_world_without_basins_is_sea():
    labels = np.ones((40, 80))
    labels[20, 40] = 2.0
    assert colour_basins(labels, 9)[20, 40] == 9
    assert np.all(colour_basins(np.full((4, 8), np.nan), 9) == 10)


def test_the_eight_directions_have_eight_colours_and_the_sea_another():
    pixels = paint_directions(np.array([[*range(1, 9), np.nan]], dtype=float)).pixels[0]
    assert len({tuple(pixel) for pixel in pixels.tolist()}) == 9


def test_the_vegetation_legend_holds_the_types_present_and_no_other():
    key = paint_vegetation(np.array([[2.0, 9.0, np.nan]])).key
    assert [swatch.words for swatch in key] == [
        "2 tropical broad-leaved evergreen",
        "9 boreal needleleaf summergreen",
    ]


def test_a_class_keeps_its_colour_when_other_classes_are_absent():
    few = paint_other_classes(np.array([[0.0, 3.0]]), ("ocean",))
    many = paint_other_classes(np.array([[0.0, 1.0, 2.0, 3.0]]), ("ocean",))
    assert np.array_equal(few.pixels[0, 1], many.pixels[0, 3])


def test_a_coast_runs_along_every_edge_between_land_and_sea_once():
    generator = np.random.default_rng(1)
    land = generator.random((20, 40)) < 0.4
    segments = coast_segments(land, np.ones_like(land))
    length = np.abs(segments[:, 1] - segments[:, 0]).sum() / 9.0
    assert length == pytest.approx(np.sum(land[1:] != land[:-1]) + np.sum(land[:, 1:] != land[:, :-1]))


def test_the_end_of_the_data_is_no_coast():
    land = np.array([[True, False, False, False]])
    assert len(coast_segments(land, np.array([[True, False, False, False]]))) == 0


def test_a_ring_encloses_all_the_points_of_its_group():
    generator = np.random.default_rng(2)
    points = generator.uniform((-180.0, -90.0), (180.0, 90.0), (300, 2))
    centres, sizes = ring_shapes(points)
    away = (points[:, None] - centres) / (sizes / 2)
    assert np.all((away**2).sum(axis=-1).min(axis=1) < 1.0)


def test_a_field_far_on_both_sides_of_0_is_a_relief_whatever_its_name():
    field = xr.DataArray([[-4000.0, 2000.0]], dims=("lat", "lon"))
    assert kind_of(field.to_dataset(name="anything"), "anything").look == "relief"
    warm = field.assign_attrs(units="W m-2").to_dataset(name="anything")
    assert kind_of(warm, "anything").look == "any"
