"""Two revisions of an asset are compared: in numbers, in a map, and in what its colours mean."""

from __future__ import annotations

import io

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.image import imread

from application import Application
from paleobc.pictures.difference_maps import paint_difference
from paleobc.services.differences import difference, difference_image, difference_values
from paleobc.services.experiments import set_options
from paleobc.services.revision_files import AssetPlace
from paleobc.store.revisions import add_revision
from paleobc.vegetation.pft import PFT_NAMES


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    return Application(tmp_path_factory.mktemp("installation"))


@pytest.fixture(scope="module")
def ada(app):
    return app.user("ada")


@pytest.fixture(scope="module")
def world(app, ada):
    """Places of the assets of an experiment whose relief and soils have two revisions."""
    experiment = app.experiment(ada, "world")
    app.give_world(ada, experiment)
    app.work()
    app.give_world(ada, experiment, higher=100.0)
    with app.database.writing() as session:
        set_options(session, ada, experiment, "soils", {"colour": 9})
    app.work()
    return lambda asset: AssetPlace(app.database, app.contents, ada, experiment, asset)


def plants(**cells: dict[int, float]) -> xr.Dataset:
    """A file of plant functional types on 4 x 8 cells; cells "row_column" grow fractions by number of the type."""
    fractions = np.full((13, 4, 8), np.nan)
    for name, grown in cells.items():
        row, column = map(int, name.removeprefix("at_").split("_"))
        fractions[:, row, column] = 0.0
        for number, fraction in grown.items():
            fractions[number - 1, row, column] = fraction
    axes = {"lat": ("lat", [-67.5, -22.5, 22.5, 67.5]), "lon": ("lon", np.arange(-157.5, 180.0, 45.0))}
    for name, unit in (("lat", "degrees_north"), ("lon", "degrees_east")):
        axes[name] = (*axes[name], {"units": unit})
    return xr.Dataset({"maxvegetfrac": (("veget", "lat", "lon"), fractions)}, axes)


@pytest.fixture
def grown(app, ada):
    """Place of two revisions of plants."""

    def make(*revisions: xr.Dataset) -> AssetPlace:
        experiment = app.experiment(ada)
        with app.database.writing() as session:
            for dataset in revisions:
                content, size = app.contents.save(dataset)
                add_revision(
                    session, experiment, "pft", content=content, bytes=size, fingerprint=content, step="pft",
                    step_version=0,
                )  # fmt: skip
        return AssetPlace(app.database, app.contents, ada, experiment, "pft")

    return make


def test_a_difference_says_how_many_cells_and_how_much(world):
    found = difference(world("relief"), 1, 2)
    assert (found["changed"], found["cells"], found["sampled"]) == (36 * 72, 36 * 72, False)
    assert (found["smallest"], found["largest"], found["mean"], found["rms"]) == (100.0, 100.0, 100.0, 100.0)
    assert difference(world("relief"), 2, 1)["mean"] == -100.0
    same = difference(world("relief"), 1, 1)
    assert (same["changed"], same["limit"]) == (0, 0.0)
    values = np.frombuffer(difference_values(world("relief"), 1, 2, width=120), "<f4")
    assert np.all(values == 100.0)
    assert difference_image(world("relief"), 1, 2, width=120).startswith(b"\x89PNG")


def test_classes_differ_or_do_not(world):
    found = difference(world("soils"), 1, 2, "soilcolor")
    assert (found["differs"], found["mean"], found["bar"]) == ("names", None, None)
    assert found["changed"] > 0
    assert [swatch["words"] for swatch in found["swatches"]] == ["something else than before"]
    values = np.frombuffer(difference_values(world("soils"), 1, 2, "soilcolor", width=120), "<f4")
    assert set(values[np.isfinite(values)]) == {0.0, 1.0}


def test_grids_that_differ_are_compared_on_the_map(app, ada):
    experiment = app.experiment(ada, "grids")
    app.give_world(ada, experiment)
    app.work()
    with app.database.writing() as session:
        set_options(session, ada, experiment, "regrid", {"resolution": 4.0})
    app.work()
    place = AssetPlace(app.database, app.contents, ada, experiment, "regridded_relief")
    assert difference(place, 1, 2)["sampled"]


def test_all_fractions_of_plants_count_and_not_the_largest_alone(grown):
    place = grown(
        plants(at_1_1={2: 0.9, 3: 0.1}, at_1_2={2: 1.0}, at_2_5={6: 0.5, 8: 0.5}),
        plants(at_1_1={2: 0.7, 3: 0.1, 10: 0.2}, at_1_2={2: 1.0}, at_2_5={6: 0.5 + 1e-8, 8: 0.5}),
    )
    found = difference(place, 1, 2)  # type 2 is the dominant one before and after
    assert (found["differs"], found["changed"], found["cells"], found["unit"]) == ("sizes", 1, 32, "%")
    assert found["largest"] == pytest.approx(20.0)
    assert [(one["number"], one["changed"]) for one in found["types"]] == [(2, 1), (10, 1)]
    assert [one["name"] for one in found["types"]] == [PFT_NAMES[1], PFT_NAMES[9]]
    assert [one["largest"] for one in found["types"]] == pytest.approx([-20.0, 20.0])
    values = np.frombuffer(difference_values(place, 1, 2, width=120), "<f4").reshape(60, 120)
    assert np.nanmax(values) == pytest.approx(20.0)
    assert np.nansum(values > 0) == 15 * 15  # the pixels of one cell
    assert np.isnan(values).sum() == 29 * 15 * 15  # the sea


def test_land_that_became_sea_counts_as_changed_and_has_no_number(grown):
    found = difference(grown(plants(at_1_1={2: 1.0}), plants(at_1_2={2: 1.0})), 1, 2)
    assert (found["changed"], found["largest"], found["types"], found["limit"]) == (2, None, [], 0.0)


def test_plants_that_are_the_same_differ_nowhere(grown):
    found = difference(grown(plants(at_1_1={2: 1.0}), plants(at_1_1={2: 1.0 - 1e-9})), 1, 2)
    assert (found["changed"], found["largest"], found["types"]) == (0, 0.0, [])


def colour_of(bar: dict, value: float, low: float, high: float) -> np.ndarray:
    """Colour that the bar of a page has at a value."""
    rgb = np.array([[int(colour[at : at + 2], 16) for at in (1, 3, 5)] for colour in bar["colours"]], dtype=float)
    where = (np.clip(value, low, high) - low) / (high - low)
    return np.array([np.interp(where, bar["stops"], rgb[:, channel]) for channel in range(3)])


@pytest.mark.parametrize("asset", ["relief", "regridded_relief"])
def test_the_bar_explains_the_colours_of_the_map(world, asset):
    found = difference(world(asset), 1, 2)
    pixels = imread(io.BytesIO(difference_image(world(asset), 1, 2, width=120)))[..., :3] * 255.0
    values = np.frombuffer(difference_values(world(asset), 1, 2, width=120), "<f4").reshape(60, 120)
    for row, column in ((0, 0), (30, 60), (45, 20)):
        expected = colour_of(found["bar"], values[row, column], -found["limit"], found["limit"])
        assert np.abs(pixels[row, column] - expected).max() < 4.0
    low, *_, high = (float(words.replace("−", "-")) for _, words in found["bar"]["ticks"])
    assert -found["limit"] <= low < 0 < high <= found["limit"]


@given(st.floats(0.01, 1e6), st.floats(-2e6, 2e6))
def test_less_is_blue_more_is_red_and_nothing_is_pale(limit, value):
    pixels = paint_difference(np.array([[value, 0.0, np.nan]]), limit, "amounts").pixels[0].astype(int)
    red, _, blue, _ = pixels[0]
    if abs(value) > 0.1 * limit:
        assert (red > blue) == (value > 0)
    assert min(pixels[1, :3]) > 200
