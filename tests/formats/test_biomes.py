"""Maps of biomes from files: whole numbers, each where it belongs."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from paleobc.errors import AmbiguousVariableError, InputError
from paleobc.formats.biomes import NO_BIOME, read_biome_map

BIOMES = np.random.default_rng(8).integers(1, 28, (18, 36))
WHOLE = {"attributes": {}, "name": "biome"}


@pytest.mark.parametrize("kind", ["i1", "i2", "i4", "f4", "f8"])
def test_numbers_are_read_as_they_are_whatever_their_type(write_relief, kind):
    path = write_relief(BIOMES, dtype=kind, **WHOLE)
    found = read_biome_map(path)
    np.testing.assert_array_equal(found.dataset.biome, BIOMES)
    assert found.dataset.biome.dtype == np.int32
    assert found.variable == "biome"
    assert found.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_rows_from_north_to_south_and_longitudes_from_0_are_put_in_order(write_relief):
    path = write_relief(
        np.roll(BIOMES, -18, axis=1)[::-1],
        latitudes=np.arange(85.0, -90.0, -10.0),
        longitudes=np.arange(5.0, 360.0, 10.0),
        dtype="i4",
        **WHOLE,
    )
    found = read_biome_map(path).dataset
    np.testing.assert_array_equal(found.biome, BIOMES)
    np.testing.assert_allclose(found.lon, np.arange(-175.0, 180.0, 10.0))
    np.testing.assert_allclose(found.lat, np.arange(-85.0, 90.0, 10.0))


def test_longitude_may_come_first(write_relief):
    path = write_relief(BIOMES, dtype="i4", lon_first=True, **WHOLE)
    np.testing.assert_array_equal(read_biome_map(path).dataset.biome, BIOMES)


def test_cells_without_a_biome_are_0(write_relief):
    gaps = np.where(BIOMES < 5, -9999, BIOMES)
    path = write_relief(gaps, dtype="i4", name="biome", attributes={"_FillValue": -9999})
    np.testing.assert_array_equal(read_biome_map(path).dataset.biome, np.where(BIOMES < 5, NO_BIOME, BIOMES))


def test_missing_cells_of_a_floating_point_map_are_0(write_relief):
    gaps = np.where(BIOMES < 5, np.nan, BIOMES)
    path = write_relief(gaps, dtype="f8", **WHOLE)
    np.testing.assert_array_equal(read_biome_map(path).dataset.biome, np.where(BIOMES < 5, NO_BIOME, BIOMES))


def test_packed_numbers_are_unpacked(write_relief):
    path = write_relief(BIOMES - 3, dtype="i2", name="biome", attributes={"scale_factor": 1.0, "add_offset": 3.0})
    np.testing.assert_array_equal(read_biome_map(path).dataset.biome, BIOMES)


def test_of_several_fields_the_user_names_one(write_relief):
    path = write_relief(BIOMES, dtype="i4", others={"soil": {}}, **WHOLE)
    with pytest.raises(AmbiguousVariableError) as caught:
        read_biome_map(path)
    assert set(caught.value.candidates) == {"biome", "soil"}
    assert "relief.nc holds 2 fields" in str(caught.value)
    assert "`variable: NAME`" in str(caught.value)
    assert read_biome_map(path, "soil").variable == "soil"


def test_a_name_that_is_not_there_is_refused(write_relief):
    with pytest.raises(InputError, match="vegetation"):
        read_biome_map(write_relief(BIOMES, dtype="i4", **WHOLE), "vegetation")


@pytest.mark.parametrize("wrong", [0.5, 1e-3, np.float32(3e9)])
def test_a_map_of_other_than_whole_numbers_is_refused(write_relief, wrong):
    numbers = BIOMES.astype(float)
    numbers[4, 7] = wrong
    with pytest.raises(InputError, match="'biome' is no map of biomes: it must hold whole numbers"):
        read_biome_map(write_relief(numbers, dtype="f8", **WHOLE))


def test_a_map_on_nodes_is_refused(write_relief):
    """Between nodes lie means of biomes, which are no biomes."""
    nodes = np.random.default_rng(5).integers(1, 28, (19, 37))
    nodes[:, -1] = nodes[:, 0]
    nodes[0], nodes[-1] = 1, 2
    path = write_relief(
        nodes, latitudes=np.linspace(-90, 90, 19), longitudes=np.linspace(-180, 180, 37), dtype="i4", **WHOLE
    )
    with pytest.raises(InputError, match="on cells"):
        read_biome_map(path)


def test_infinite_numbers_are_refused(write_relief):
    numbers = BIOMES.astype(float)
    numbers[4, 7] = np.inf
    with pytest.raises(InputError):
        read_biome_map(write_relief(numbers, dtype="f8", **WHOLE))


def test_a_map_of_one_region_is_refused(write_relief):
    path = write_relief(
        BIOMES, latitudes=np.linspace(30, 47, 18), longitudes=np.linspace(0, 35, 36), dtype="i4", **WHOLE
    )
    with pytest.raises(InputError):
        read_biome_map(path)
