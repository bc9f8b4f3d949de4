"""The three pictures are drawn whole, the same each time, or not at all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
import xarray as xr
from matplotlib.image import imread

from paleobc.errors import InputError
from paleobc.pictures.maps import draw_overview, draw_problems, draw_variable


@dataclass
class Finding:
    title: str
    latitudes: np.ndarray
    longitudes: np.ndarray


@pytest.fixture
def relief():
    latitudes = np.arange(-87.5, 90.0, 5.0)
    longitudes = np.arange(-177.5, 180.0, 5.0)
    height = 3000.0 * np.sin(np.radians(3 * longitudes)) * np.cos(np.radians(latitudes))[:, None] - 500.0
    return xr.Dataset({"height": (("lat", "lon"), height)}, {"lat": latitudes, "lon": longitudes})


@pytest.fixture
def routing(relief):
    height = relief.height.values
    land = height > 0
    generator = np.random.default_rng(0)
    trip = np.where(land, generator.choice([1, 2, 3, 4, 5, 6, 7, 8, 97, 98, 99], height.shape), np.nan)
    latitudes, longitudes = np.meshgrid(relief.lat, relief.lon, indexing="ij")
    plane = ("y", "x")
    return xr.Dataset(
        {
            "trip": (plane, trip),
            "basins": (plane, np.where(land, np.round(height / 500.0), np.nan)),
            "riverl": (plane, np.where(land, 1e5, -1e5)),
            "orog": (plane, np.where(land, height, np.nan)),
            "nav_lat": (plane, latitudes),
            "nav_lon": (plane, longitudes),
        }
    )


def pft(relief):
    fractions = np.zeros((1, 13, *relief.height.shape))
    fractions[:, 1, :20] = 0.75
    fractions[:, 2, :20] = 0.25
    fractions[:, 9, 20:] = 1.0
    values = np.where(relief.height.values > 0, fractions, np.nan)
    return relief.drop_vars("height").assign(maxvegetfrac=(("time_counter", "veget", "lat", "lon"), values))


def test_a_map_is_about_1600_pixels_wide(relief, tmp_path):
    assert draw_variable(relief, None, tmp_path / "map.png") == "height"
    rows, columns = imread(tmp_path / "map.png").shape[:2]
    assert 1500 <= columns <= 1650
    assert columns / 2 < rows < columns


def test_the_same_field_gives_the_same_bytes(routing, tmp_path):
    for name in ("one.png", "two.png"):
        draw_variable(routing, "trip", tmp_path / name)
    assert (tmp_path / "one.png").read_bytes() == (tmp_path / "two.png").read_bytes()
    assert b"matplotlib" not in (tmp_path / "one.png").read_bytes().lower()


@pytest.mark.parametrize("variable", ["trip", "basins", "riverl", "orog"])
def test_each_variable_of_a_routing_file_is_drawn(routing, tmp_path, variable):
    assert draw_variable(routing, variable, tmp_path / "map.png") == variable


def test_without_a_name_the_most_telling_variable_is_drawn(routing, relief, tmp_path):
    assert draw_variable(routing, None, tmp_path / "map.png") == "basins"
    assert draw_variable(pft(relief), None, tmp_path / "map.png") == "maxvegetfrac"
    unknown = relief.rename(height="wetness").drop_vars("lat").assign_coords(lat=relief.lat)
    assert draw_variable(unknown, None, tmp_path / "map.png") == "wetness"


def test_the_three_ocean_masks_are_drawn_as_one_map(relief, tmp_path):
    lon = relief.lon.broadcast_like(relief.height)
    masks = {"atlmsk": lon < -60, "pacmsk": lon > 60, "indmsk": abs(lon) <= 60}
    dataset = xr.Dataset({name: mask.astype(float) for name, mask in masks.items()})
    assert draw_variable(dataset, None, tmp_path / "map.png") == "subbasins"
    assert draw_variable(dataset, "atlmsk", tmp_path / "map.png") == "atlmsk"


def test_an_unknown_name_gives_an_error_that_lists_the_variables(routing, tmp_path):
    with pytest.raises(InputError, match=r"trip, basins, riverl, orog"):
        draw_variable(routing, "tripp", tmp_path / "map.png")
    assert list(tmp_path.iterdir()) == []


def test_a_file_without_maps_gives_an_error_that_lists_the_variables(tmp_path):
    with pytest.raises(InputError, match="weights"):
        draw_variable(xr.Dataset({"weights": ("link", np.ones(4))}), None, tmp_path / "map.png")


@pytest.mark.parametrize("variable", ["height", "Bathymetry", "RELIEF", "basins", "trip", "disto", "other"])
@pytest.mark.parametrize("value", [np.nan, 0.0, 1.0])
def test_an_empty_or_even_field_is_still_drawn(relief, tmp_path, variable, value):
    even = relief.rename(height=variable) * 0.0 + value
    assert draw_variable(even, variable, tmp_path / "map.png") == variable


def test_extra_dimensions_are_drawn_by_their_first_entry(relief, tmp_path):
    stacked = xr.concat([relief, relief * 2], "time").transpose("lon", "time", "lat")
    assert draw_variable(stacked, "height", tmp_path / "map.png") == "height"


def test_an_overview_holds_maps_beside_each_other(relief, routing, tmp_path):
    panels = [
        ("Relief", relief, "height"),
        ("Rivers", routing, "basins"),
        ("Plants", pft(relief), "maxvegetfrac"),
    ]
    draw_overview(panels, tmp_path / "overview.png", "A world of waves")
    draw_overview(panels[:1], tmp_path / "single.png", "A world of waves")
    assert imread(tmp_path / "overview.png").shape[1] == 2 * imread(tmp_path / "single.png").shape[1]
    with pytest.raises(InputError, match="at least one"):
        draw_overview([], tmp_path / "none.png", "Nothing")


def test_problems_are_ringed_on_the_relief(relief, tmp_path):
    seam = Finding("strait one cell wide", np.array([2.5, 2.5]), np.array([-177.5, 177.5]))
    seas = [Finding("closed sea", np.array([10.0 * n]), np.array([200.0 + n])) for n in range(3)]
    empty = Finding("ocean at the pole", np.array([]), np.array([]))
    draw_problems(relief.height, [seam, *seas, empty], tmp_path / "problems.png", "To mend")
    draw_problems(relief.height.rename("topo"), [], tmp_path / "plain.png", "To mend")
    ringed, plain = imread(tmp_path / "problems.png"), imread(tmp_path / "plain.png")
    assert not np.array_equal(ringed[: len(plain)], plain)


def test_a_picture_is_written_whole_or_not_at_all(relief, tmp_path, monkeypatch):
    target = tmp_path / "map.png"
    target.write_bytes(b"before")

    def fail(*_args, **_kwargs):
        raise OSError("No space left on device")

    monkeypatch.setattr("matplotlib.figure.Figure.savefig", fail)
    with pytest.raises(OSError, match="No space"):
        draw_variable(relief, None, target)
    assert target.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [target]


def test_a_name_that_is_no_png_and_a_folder_that_is_not_there_give_errors(relief, tmp_path):
    with pytest.raises(InputError, match=r"\.png"):
        draw_variable(relief, None, tmp_path / "map.pdf")
    with pytest.raises(InputError, match="does not exist"):
        draw_variable(relief, None, tmp_path / "nowhere" / "map.png")
