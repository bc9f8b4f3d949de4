"""What grows where: each land cell is full, the sea is empty, and no percentage is lost."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paleobc.errors import InputError
from paleobc.formats.netcdf import read_netcdf, write_netcdf
from paleobc.formats.orchidee import PFT_GRID, pft_file
from paleobc.vegetation.pft import (
    DEFAULT_BANDS,
    PFT_NAMES,
    check_bands,
    fractions,
    pft_of_bands,
    pft_of_biomes,
)
from strategies import grid_of, reliefs

NAMES = [f"pft{number}" for number in range(1, 14)]


@st.composite
def percentages(draw: st.DrawFn) -> dict[str, float]:
    """Whole percentages that add up to 100, of one to six types."""
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=6, unique=True))
    cuts = sorted(draw(st.lists(st.integers(0, 100), min_size=len(names) - 1, max_size=len(names) - 1)))
    parts = np.diff([0, *cuts, 100]).tolist()
    return dict(zip(names, parts, strict=True))


@st.composite
def band_tables(draw: st.DrawFn) -> list[dict[str, float]]:
    """Bands of latitude from the equator to the pole."""
    bounds = [*sorted(draw(st.sets(st.integers(1, 89), max_size=5))), 90]
    return [{"up_to": bound, **draw(percentages())} for bound in bounds]


@given(band_tables(), reliefs)
def test_each_land_cell_is_full_and_the_sea_is_empty(bands, relief):
    land = relief > 0
    land.flags.writeable = False
    found = pft_of_bands(bands, grid_of(relief).latitudes, land)
    assert found.shape == (13, *relief.shape)
    np.testing.assert_allclose(found[:, land].sum(axis=0), 1.0, rtol=0, atol=1e-12)
    assert np.isnan(found[:, ~land]).all()
    assert (found[:, land] >= 0).all()


@given(band_tables(), reliefs)
def test_each_cell_has_exactly_the_percentages_of_its_band(bands, relief):
    latitudes = grid_of(relief).latitudes
    found = pft_of_bands(bands, latitudes, np.ones(relief.shape, dtype=bool))
    for row, latitude in enumerate(latitudes):
        band = next(band for band in bands if abs(latitude) <= band["up_to"])
        for name, value in zip(NAMES, found[:, row, 0], strict=True):
            assert value == band.get(name, 0) / 100


@given(band_tables(), reliefs)
def test_both_hemispheres_are_alike(bands, relief):
    found = pft_of_bands(bands, grid_of(relief).latitudes, np.ones(relief.shape, dtype=bool))
    np.testing.assert_array_equal(found, found[:, ::-1])


def test_every_whole_percentage_survives_the_way_through_the_file(tmp_path):
    """29 came back as 28 from the existing tool."""
    land = np.zeros(PFT_GRID.shape, dtype=bool)
    land[:, :101] = True
    biomes = np.broadcast_to(np.arange(PFT_GRID.columns), PFT_GRID.shape)
    table = {part: {"pft1": part, "pft13": 100 - part} for part in range(101)}
    path = tmp_path / "PFTmap.nc"
    write_netcdf(pft_file(pft_of_biomes(biomes, table, land)), path, file_format="NETCDF3_64BIT")
    stored = read_netcdf(path).maxvegetfrac.values[0, 0, 100, :101]
    np.testing.assert_array_equal(stored, np.arange(101) / 100)
    np.testing.assert_array_equal(np.rint(100 * stored), np.arange(101))


def test_the_vegetation_file_runs_from_north_to_south():
    north = np.zeros(PFT_GRID.shape, dtype=bool)
    north[-1] = True
    file = pft_file(pft_of_bands(DEFAULT_BANDS, PFT_GRID.latitudes, north))
    assert np.isfinite(file.maxvegetfrac.values[0, :, 0]).all()
    assert np.isnan(file.maxvegetfrac.values[0, :, 1:]).all()
    assert file.lat.values[[0, -1]].tolist() == [89.75, -89.75]
    assert file.maxvegetfrac.values[0, [5, 8, 9], 0, 0].tolist() == [0.3, 0.4, 0.3]


def test_the_default_bands_are_those_of_the_text():
    bounds, table = check_bands(DEFAULT_BANDS)
    assert bounds == [15, 35, 50, 80, 90]
    expected = np.zeros((5, 13))
    for band, number, percent in [
        (0, 2, 75), (0, 3, 25), (1, 2, 15), (1, 3, 55), (1, 10, 30), (2, 5, 70), (2, 6, 30),
        (3, 5, 40), (3, 6, 30), (3, 8, 30), (4, 6, 30), (4, 9, 40), (4, 10, 30),
    ]:  # fmt: skip
        expected[band, number - 1] = percent / 100
    np.testing.assert_array_equal(table, expected)
    assert len(PFT_NAMES) == 13


def test_a_latitude_on_a_bound_belongs_to_the_band_below():
    bands = [{"up_to": 45, "pft1": 100}, {"up_to": 90, "pft2": 100}]
    found = pft_of_bands(bands, np.array([-45.0, 45.0, 45.0001]), np.ones((3, 1), dtype=bool))
    assert found[0, :, 0].tolist() == [1, 1, 0]


@given(st.dictionaries(st.integers(-5, 40), percentages(), min_size=1, max_size=5), reliefs, st.data())
def test_each_cell_has_exactly_the_percentages_of_its_biome(table, relief, data):
    land = relief > 0
    seed = data.draw(st.integers(0, 2**32 - 1))
    biomes = np.random.default_rng(seed).choice(list(table), relief.shape)
    biomes[~land] = 999  # nobody looks at the sea
    biomes.flags.writeable = False
    found = pft_of_biomes(biomes, table, land)
    assert np.isnan(found[:, ~land]).all()
    np.testing.assert_allclose(found[:, land].sum(axis=0), 1.0, rtol=0, atol=1e-12)
    for row, column in np.argwhere(land):
        assert found[:, row, column].tolist() == [table[biomes[row, column]].get(name, 0) / 100 for name in NAMES]


def test_a_biome_without_percentages_is_refused_with_its_place():
    biomes, land = np.array([[1, 2], [7, 5]]), np.array([[True, False], [True, True]])
    with pytest.raises(InputError) as caught:
        pft_of_biomes(biomes, {1: {"pft1": 100}}, land)
    assert str(caught.value) == (
        "Biome 5, 7 on land (first at row 1, column 1) has no line in the biome table; add its percentages."
    )


@pytest.mark.parametrize(
    ("given_so", "said"),
    [
        ({"pft14": 100}, "Biome 3: there is no 'pft14'; the types are pft1 to pft13."),
        ({"pft0": 100}, "Biome 3: there is no 'pft0'; the types are pft1 to pft13."),
        ({"grass": 100}, "Biome 3: there is no 'grass'; the types are pft1 to pft13."),
        ({"pft1": -1, "pft2": 101}, "Biome 3: pft1 is -1 %; a percentage lies between 0 and 100."),
        ({"pft1": 101}, "Biome 3: pft1 is 101 %; a percentage lies between 0 and 100."),
        ({"pft1": float("nan")}, "Biome 3: pft1 is nan %; a percentage lies between 0 and 100."),
        ({"pft1": 60, "pft2": 39}, "Biome 3: the percentages add up to 99, not to 100."),
        ({}, "Biome 3: the percentages add up to 0, not to 100."),
    ],
)
def test_percentages_that_make_no_sense_are_refused(given_so, said):
    with pytest.raises(InputError, match=f"^{re.escape(said)}$"):
        fractions(given_so, "Biome 3")


FULL = {"pft1": 100}


@pytest.mark.parametrize(
    ("bands", "said"),
    [
        ([], "The last PFT band must reach the pole: up_to: 90."),
        ([{"up_to": 80, **FULL}], "The last PFT band must reach the pole: up_to: 90."),
        ([FULL], "PFT band 1 has no upper bound; give up_to, degrees of latitude."),
        (
            [{"up_to": 40, **FULL}, {"up_to": 30, **FULL}, {"up_to": 90, **FULL}],
            "The upper bounds of the PFT bands must rise from the equator to 90; they are 40, 30, 90.",
        ),
        (
            [{"up_to": 0, **FULL}, {"up_to": 90, **FULL}],
            "The upper bounds of the PFT bands must rise from the equator to 90; they are 0, 90.",
        ),
        (
            [{"up_to": 90, "pft1": 50}],
            "PFT band 1 (up to 90 degrees): the percentages add up to 50, not to 100.",
        ),
        (
            [{"up_to": float("nan"), **FULL}, {"up_to": 90, **FULL}],
            "The upper bounds of the PFT bands must rise from the equator to 90; they are nan, 90.",
        ),
    ],
)
def test_bands_that_do_not_cover_the_hemisphere_are_refused(bands, said):
    with pytest.raises(InputError, match=f"^{re.escape(said)}$"):
        check_bands(bands)
