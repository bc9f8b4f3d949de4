"""Reading a relief: whatever the habits of its writer, the same heights come out."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

import h5py
import numpy as np
import pytest
import xarray as xr
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from netCDF4 import Dataset

from paleobc.errors import AmbiguousVariableError, InputError
from paleobc.formats.relief import Relief, read_relief
from paleobc.formats.relief_units import sign_of_ocean
from paleobc.grids.regular import RegularGrid

KINDS = ("NETCDF3_CLASSIC", "NETCDF3_64BIT_OFFSET", "NETCDF3_64BIT_DATA", "NETCDF4", "NETCDF4_CLASSIC")
LATITUDES = RegularGrid(18, 36).latitudes
LONGITUDES = RegularGrid(18, 36).longitudes


def refusal(path: Path, variable: str | None = None) -> str:
    """Sentence with which a relief is refused."""
    with pytest.raises(InputError) as caught:
        read_relief(path, variable)
    said = str(caught.value)
    assert "\n" not in said
    assert said.endswith(".")
    assert len(said) < 450
    return said


def said(relief: Relief) -> str:
    """All that was assumed."""
    assert all(sentence.endswith(".") for sentence in relief.assumptions)
    return " ".join(relief.assumptions)


def test_numbers_of_the_other_byte_order_are_read(tmp_path, world):
    with Dataset(tmp_path / "big.nc", "w") as dataset:
        for name, values in (("lat", LATITUDES), ("lon", LONGITUDES)):
            dataset.createDimension(name, values.size)
            dataset.createVariable(name, ">f8", (name,), endian="big")[:] = values
        dataset.createVariable("topo", ">i2", ("lat", "lon"), endian="big")[:] = world()
    np.testing.assert_array_equal(read_relief(tmp_path / "big.nc").dataset.height, world())


def test_a_plain_relief_is_read_as_it_is(write_relief, world):
    path = write_relief()
    relief = read_relief(path)
    np.testing.assert_array_equal(relief.dataset.height, world())
    np.testing.assert_array_equal(relief.dataset.lat, LATITUDES)
    np.testing.assert_array_equal(relief.dataset.lon, LONGITUDES)
    assert relief.dataset.height.dims == ("lat", "lon")
    assert relief.dataset.height.dtype == np.float64
    assert relief.dataset.height.attrs["units"] == "m"
    assert relief.variable == "topo"
    assert relief.assumptions == ("The variable 'topo' was taken as the relief.",)
    assert read_relief(path, "topo").assumptions == ()
    assert len(relief.sha256) == 64


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    first=st.integers(-54, 54),
    north_first=st.booleans(),
    east_first=st.booleans(),
    lon_first=st.booleans(),
    inside=st.booleans(),
    names=st.sampled_from(
        [("lat", "lon"), ("y", "x"), ("ETOPO60Y", "ETOPO60X1_37"), ("nav_lat", "nav_lon"), ("a", "b")]
    ),
    name=st.sampled_from(["topo", "z", "Band1", "ROSE", "RELIEF", "something"]),
    dtype=st.sampled_from(["f4", "f8", "i2", "i4"]),
    coordinate_dtype=st.sampled_from(["f4", "f8"]),
    before=st.sampled_from([(), ("time",), ("time", "depth")]),
    kind=st.sampled_from(KINDS),
)
def test_the_habits_of_the_writer_change_nothing(
    write_relief, world, first, north_first, east_first, lon_first, inside, names, name, dtype,
    coordinate_dtype, before, kind,
):  # fmt: skip
    heights, latitudes = np.roll(world(), -(first + 18), axis=1), LATITUDES
    longitudes = 10.0 * (first + np.arange(36)) + 5.0
    if inside:  # the jump from 355 back to 5 lies inside the file
        longitudes %= 360.0
    if north_first:
        heights, latitudes = heights[::-1], latitudes[::-1]
    if east_first:
        heights, longitudes = heights[:, ::-1], longitudes[::-1]
    path = write_relief(
        heights, latitudes=latitudes, longitudes=longitudes, names=names, name=name, dtype=dtype, kind=kind,
        coordinate_dtype=coordinate_dtype, lon_first=lon_first, before=before,
        coordinate_units=names == ("a", "b"),
    )  # fmt: skip
    plain = read_relief(write_relief(file="plain.nc"))
    relief = read_relief(path)
    xr.testing.assert_identical(relief.dataset, plain.dataset)
    assert relief.dataset.height.values.tobytes() == plain.dataset.height.values.tobytes()
    assert relief.dataset.lon.values.tobytes() == plain.dataset.lon.values.tobytes()


def test_coordinates_are_exact_and_not_those_of_the_file(write_relief):
    path = write_relief(latitudes=LATITUDES.astype("f4") + 1e-4, longitudes=(LONGITUDES + 360.0).astype("f4") + 1e-4)
    np.testing.assert_array_equal(read_relief(path).dataset.lon, LONGITUDES)


@pytest.mark.parametrize(("rows", "columns"), [(2, 4), (3, 5), (7, 9), (180, 360), (21, 1080)])
def test_grids_of_any_size_even_or_odd_are_read(write_relief, world, rows, columns):
    relief = read_relief(write_relief(world(rows, columns))).dataset
    np.testing.assert_array_equal(relief.height, world(rows, columns))
    np.testing.assert_array_equal(relief.lat, RegularGrid(rows, columns).latitudes)
    np.testing.assert_array_equal(relief.lon, RegularGrid(rows, columns).longitudes)


@pytest.mark.parametrize("offset", [0.0, 1.0 / 3.0, 0.25, 0.37, 0.999])
def test_the_first_centre_lies_within_a_step_of_the_date_line(write_relief, world, offset):
    longitudes = (np.arange(36) + offset) * 10.0
    relief = read_relief(write_relief(longitudes=longitudes)).dataset
    assert -180.0 <= relief.lon[0] < -170.0
    np.testing.assert_allclose(relief.lon, np.sort((longitudes + 180.0) % 360.0 - 180.0), atol=1e-5)
    np.testing.assert_array_equal(relief.height, np.roll(world(), 18, axis=1))


def test_nodes_with_both_poles_and_the_first_meridian_twice_become_cells(write_relief):
    nodes = np.arange(19.0)[:, None] * 100.0 + np.abs(np.arange(37) - 18.0)
    relief = read_relief(write_relief(nodes, latitudes=np.linspace(-90, 90, 19), longitudes=np.linspace(0, 360, 37)))
    cells = (nodes[:-1, :-1] + nodes[1:, :-1] + nodes[:-1, 1:] + nodes[1:, 1:]) / 4.0
    np.testing.assert_array_equal(relief.dataset.height, np.roll(cells, 18, axis=1))
    np.testing.assert_array_equal(relief.dataset.lat, LATITUDES)
    np.testing.assert_array_equal(relief.dataset.lon, LONGITUDES)
    assert "mean of its four nodes" in said(relief)


def test_rows_on_both_poles_alone_become_cells_between_them(write_relief):
    nodes = np.arange(19.0)[:, None] * 100.0 + np.arange(36)
    relief = read_relief(
        write_relief(nodes, latitudes=np.linspace(90, -90, 19), longitudes=np.arange(-180.0, 180.0, 10.0))
    )
    np.testing.assert_array_equal(relief.dataset.height, ((nodes[:-1] + nodes[1:]) / 2.0)[::-1])
    assert relief.dataset.lon[0] == -180.0
    assert "Rows lie on both poles" in said(relief)


def test_a_column_repeated_by_the_writer_is_left_out(write_relief, world):
    twice = np.concatenate([world(), world()[:, :1]], axis=1)
    relief = read_relief(write_relief(twice, longitudes=-175.0 + 10.0 * np.arange(37)))
    np.testing.assert_array_equal(relief.dataset.height, world())
    assert "repeats the first" in said(relief)
    twice[3, -1] += 500.0
    path = write_relief(twice, longitudes=-175.0 + 10.0 * np.arange(37))
    assert "columns 1 and 37 lie on the same meridian and differ by 500 m" in refusal(path)


def test_packed_numbers_are_unpacked_without_overflow(write_relief, world):
    attributes = {
        "units": "m",
        "scale_factor": np.float32(0.5),
        "add_offset": -3000.0,
        "_FillValue": np.int16(-1),
    }
    packed = (world() + 3000.0) * 2.0
    relief = read_relief(write_relief(packed, dtype="i2", attributes=attributes))
    np.testing.assert_array_equal(relief.dataset.height, world())
    assert "unpacked" in said(relief)


def test_unsigned_numbers_written_as_signed_are_read(write_relief):
    stored = np.full((18, 36), 40_000).astype("u2").view("i2")
    attributes = {"units": "m", "_Unsigned": "true", "scale_factor": 0.1, "_FillValue": np.int16(-1)}
    relief = read_relief(write_relief(stored, dtype="i2", attributes=attributes, kind="NETCDF3_CLASSIC"))
    np.testing.assert_allclose(relief.dataset.height, 4000.0)


@pytest.mark.parametrize(
    ("attributes", "factor", "sentence"),
    [
        ({"units": "km"}, 1000.0, "converted from 'km'"),
        ({"units": "Kilometers"}, 1000.0, "converted"),
        ({}, 1000.0, "kilometres were assumed"),
        ({"units": "?"}, 1000.0, "kilometres were assumed"),
        ({"units": "feet"}, 0.3048 / 1e-3, "converted from 'feet'"),
    ],
)
def test_other_units_of_length_are_converted_and_said(write_relief, world, attributes, factor, sentence):
    written = world() / 1000.0 if factor == 1000.0 else world()
    relief = read_relief(write_relief(written, dtype="f8", attributes=attributes))
    expected = written * (factor if factor == 1000.0 else 0.3048)
    np.testing.assert_array_equal(relief.dataset.height, expected)
    assert sentence in said(relief)


def test_metres_are_assumed_where_nothing_says_otherwise(write_relief, world):
    assert "no units; metres were assumed" in said(read_relief(write_relief(attributes={})))
    relief = read_relief(write_relief(np.full((18, 36), 5.5), attributes={}))
    assert float(relief.dataset.height.max()) == 5.5
    assert "only runs from" in said(read_relief(write_relief(world() / 1000.0)))


@pytest.mark.parametrize("units", ["K", "kg m-3", "m2 s-2", "%", "mm/day", "degrees"])
def test_what_is_no_length_is_refused(write_relief, units):
    assert "does not look like a relief" in refusal(write_relief(attributes={"units": units}))
    assert "no length" in refusal(write_relief(attributes={"units": units}), "topo")


@pytest.mark.parametrize(
    ("name", "attributes"),
    [
        ("z", {"positive": "down"}),
        ("z", {"standard_name": "sea_floor_depth_below_sea_level"}),
        ("depth", {}),
        ("data", {"long_name": "Bathymetry"}),
    ],
)
def test_depths_positive_down_become_heights(write_relief, world, name, attributes):
    relief = read_relief(write_relief(-world(), name=name, attributes={"units": "m"} | attributes))
    np.testing.assert_array_equal(relief.dataset.height, world())
    assert "Depths positive down were turned into heights" in said(relief)


@pytest.mark.parametrize(
    ("name", "attributes"),
    [("bathymetry", {}), ("depth", {"positive": "up"}), ("topo", {"long_name": "topography and bathymetry"})],
)
def test_heights_called_depths_keep_their_sign(write_relief, world, name, attributes):
    relief = read_relief(write_relief(name=name, attributes={"units": "m"} | attributes))
    np.testing.assert_array_equal(relief.dataset.height, world())


def test_a_sign_that_cannot_be_told_is_asked_for(write_relief):
    flat = np.where(np.arange(36) < 18, 100.0, -100.0) * np.linspace(1.0, 2.0, 18)[:, None]
    assert "positive up or down" in refusal(write_relief(flat, name="bathymetry"))
    assert "none of its values is positive" in refusal(write_relief(-abs(flat), attributes={"positive": "down"}))


@pytest.mark.parametrize("land", [0.0, -1.0, np.nan])
def test_a_depth_of_the_ocean_alone_is_refused(write_relief, world, land):
    depth = np.where(world() < 0.0, -world(), land)
    path = write_relief(depth, name="Bathymetry", attributes={"units": "m"})
    assert "holds only the depth of the ocean" in refusal(path)
    assert "heights of land are needed too" in refusal(path)


@pytest.mark.parametrize("height", [-4000.0, 0.0, 800.0])
def test_worlds_all_of_ocean_or_all_of_land_are_read(write_relief, height):
    assert (read_relief(write_relief(np.full((18, 36), height))).dataset.height == height).all()


def test_the_deep_side_is_told_by_its_mean_depth():
    heights = np.array([[-4000.0, 300.0], [-3000.0, 200.0]])
    assert sign_of_ocean(heights, np.ones(2)) == "up"
    assert sign_of_ocean(-heights, np.ones(2)) == "down"
    assert sign_of_ocean(np.zeros((2, 2)), np.ones(2)) is None


def test_the_relief_among_other_fields_is_taken_and_said(write_relief):
    others = {"crust_age": {"units": "Ma"}, "topo_error": {"units": "m"}}
    relief = read_relief(write_relief(others=others))
    assert relief.variable == "topo"
    assert "was taken as the relief, and not 'crust_age', 'topo_error'" in said(relief)


def test_several_reliefs_are_asked_about(write_relief):
    path = write_relief(name="bedrock", others={"elevation": {"units": "m"}, "lsm": {}})
    with pytest.raises(AmbiguousVariableError) as caught:
        read_relief(path)
    assert caught.value.candidates == ("bedrock", "elevation")
    assert "'bedrock', 'elevation'" in str(caught.value)
    assert "--variable NAME" in str(caught.value)
    assert read_relief(path, "elevation").variable == "elevation"


def test_fields_of_unknown_names_are_asked_about(write_relief):
    with pytest.raises(AmbiguousVariableError) as caught:
        read_relief(write_relief(name="a", others={"b": {}}))
    assert caught.value.candidates == ("a", "b")


def test_a_mask_alone_is_not_taken_for_a_relief(write_relief):
    assert "does not look like a relief" in refusal(write_relief(name="mask"))


def test_a_name_that_is_not_there_is_said_with_those_that_are(write_relief):
    assert "has no variable 'relief'; it has 'lat', 'lon', 'topo'" in refusal(write_relief(), "relief")
    assert "has the shape 18 ('lat')" in refusal(write_relief(), "lat")


def test_dimensions_of_length_one_are_left_out_and_longer_ones_refused(write_relief, tmp_path):
    assert "left out: 'time'" in said(read_relief(write_relief(before=("time",))))
    path = tmp_path / "monthly.nc"
    with Dataset(path, "w") as dataset:
        for name, length in (("time", 12), ("lat", 18), ("lon", 36)):
            dataset.createDimension(name, length)
        dataset.createVariable("topo", "f4", ("time", "lat", "lon"))
    assert "12 × 18 × 36" in refusal(path)
    assert "12 × 18 × 36" in refusal(path, "topo")


@pytest.mark.parametrize("lon_first", [False, True])
def test_gaps_are_counted_and_placed(write_relief, world, lon_first):
    heights = world()
    heights[2, 5] = heights[4, 7] = np.nan
    sentence = refusal(write_relief(heights, lon_first=lon_first))
    assert "no value in 2 of 648 cells, the first at latitude -65, longitude -125" in sentence
    assert "row 3, column 6 of the file" in sentence


@pytest.mark.parametrize(
    ("attributes", "dtype", "value"),
    [
        ({"_FillValue": np.float32(-9999.0)}, "f4", -9999.0),
        ({"missing_value": 1e20}, "f4", 1e20),
        ({"missing_value": "-9999"}, "f4", -9999.0),
        ({"missing_value": -9999.0}, "i2", -9999),
        ({"valid_range": np.array([-12000.0, 9000.0])}, "f4", 9500.0),
        ({"valid_min": -11000.0}, "f4", -11500.0),
        ({}, "i2", -32767),
        ({}, "f4", 9.969209968386869e36),
    ],
)
def test_every_way_of_marking_a_gap_is_known(write_relief, world, attributes, dtype, value):
    heights = world()
    heights[0, 0] = value
    assert "no value in 1 of 648 cells" in refusal(write_relief(heights, dtype=dtype, attributes=attributes))


def test_no_value_anywhere_is_said(write_relief):
    assert "no value anywhere" in refusal(write_relief(np.full((18, 36), np.nan)))


@pytest.mark.parametrize("value", [30_000.0, -1e30, np.inf])
def test_absurd_heights_are_refused_with_their_place(write_relief, world, value):
    heights = world()
    heights[1, 1] = value
    assert "latitude -75, longitude -165 (row 2, column 2 of the file)" in refusal(write_relief(heights))


def test_a_part_of_the_globe_is_refused_with_its_limits(write_relief, world):
    path = write_relief(world()[:, :30], longitudes=LONGITUDES[:30])
    assert "longitudes -180 to 120" in refusal(path)
    path = write_relief(world()[2:], latitudes=LATITUDES[2:])
    assert "latitudes -70 to 90" in refusal(path)


def test_unequal_steps_are_refused(write_relief):
    gaussian = np.degrees(np.arcsin(np.polynomial.legendre.leggauss(18)[0]))
    assert "latitudes are not equally spaced" in refusal(write_relief(latitudes=gaussian))
    longitudes = LONGITUDES.copy()
    longitudes[20] += 2.0
    assert "longitudes are not equally spaced" in refusal(write_relief(longitudes=longitudes))
    longitudes[20] = longitudes[3]
    assert "longitudes are not in order" in refusal(write_relief(longitudes=longitudes))


def test_coordinates_rounded_to_two_decimals_are_taken_as_equal_steps_and_said(write_relief, world):
    latitudes = np.round(RegularGrid(540, 1080).latitudes, 2)
    longitudes = np.round(RegularGrid(540, 1080).longitudes, 2)
    relief = read_relief(write_relief(world(540, 1080), latitudes=latitudes, longitudes=longitudes))
    np.testing.assert_array_equal(relief.dataset.lon, RegularGrid(540, 1080).longitudes)
    assert "off equal steps" in said(relief)


def test_latitudes_beyond_the_poles_are_refused(write_relief):
    assert "beyond the poles" in refusal(write_relief(latitudes=LATITUDES * 2.0))
    path = write_relief(np.zeros((36, 18)), latitudes=LONGITUDES, longitudes=LATITUDES)
    assert "exchanged" in refusal(path)


def test_coordinates_that_are_no_angles_are_refused(write_relief):
    broken = LATITUDES.copy()
    broken[4] = np.nan
    assert "no angles" in refusal(write_relief(latitudes=broken))


def test_names_that_say_nothing_are_told_apart_by_their_values(write_relief, world):
    path = write_relief(names=("a", "b"), coordinate_units=False, lon_first=True)
    relief = read_relief(path)
    np.testing.assert_array_equal(relief.dataset.height, world())
    assert "by their values" in said(relief)


def test_a_field_without_coordinates_is_refused(tmp_path):
    path = tmp_path / "bare.nc"
    with Dataset(path, "w") as dataset:
        dataset.createDimension("row", 18)
        dataset.createDimension("column", 36)
        dataset.createVariable("topo", "f4", ("row", "column"))[:] = 0.0
    assert "no coordinates along 'row', 'column'" in refusal(path)
    with h5py.File(tmp_path / "plain.h5", "w") as file:
        file["topo"] = np.zeros((18, 36))
    assert "no coordinates" in refusal(tmp_path / "plain.h5")


def flat_coordinates(path: Path, latitudes: np.ndarray, longitudes: np.ndarray, heights: np.ndarray) -> Path:
    """Write a field whose coordinates are given for every cell."""
    with Dataset(path, "w") as dataset:
        dataset.createDimension("y", heights.shape[0])
        dataset.createDimension("x", heights.shape[1])
        for name, values in (("nav_lat", latitudes), ("nav_lon", longitudes), ("relief", heights)):
            dataset.createVariable(name, "f4", ("y", "x"))[:] = values
    return path


def test_coordinates_written_for_every_cell_are_those_of_a_regular_grid_or_of_an_ocean(tmp_path, world):
    longitudes, latitudes = np.meshgrid(LONGITUDES, LATITUDES)
    relief = read_relief(flat_coordinates(tmp_path / "regular.nc", latitudes, longitudes, world()))
    np.testing.assert_array_equal(relief.dataset.height, world())
    assert "written for every cell" in said(relief)
    bent = flat_coordinates(tmp_path / "ocean.nc", latitudes + longitudes / 90, longitudes + latitudes, world())
    assert "curvilinear ocean grid" in refusal(bent)


def test_a_rotated_or_projected_grid_is_refused(tmp_path, write_relief):
    path = write_relief()
    with Dataset(path, "a") as dataset:
        dataset.variables["lat"].standard_name = "grid_latitude"
    assert "rotated or projected" in refusal(path)


def test_fields_in_groups_and_files_of_nothing_are_refused(tmp_path):
    with Dataset(tmp_path / "group.nc", "w") as dataset:
        dataset.createGroup("inner")
    assert "groups ('inner')" in refusal(tmp_path / "group.nc")
    with Dataset(tmp_path / "empty.nc", "w"):
        pass
    assert "its variables: none" in refusal(tmp_path / "empty.nc")


def test_names_from_a_stranger_are_printed_without_their_tricks(write_relief):
    assert "'?[31m'" in refusal(write_relief(), "\x1b[31m")


@pytest.mark.parametrize("kind", KINDS)
def test_no_wrong_byte_gives_anything_but_a_relief_or_a_sentence(write_relief, world, kind):
    path = write_relief(world(4, 8), kind=kind)
    whole = path.read_bytes()
    random = np.random.default_rng(2)
    for place in random.integers(0, len(whole), 150):
        path.write_bytes(whole[:place] + random.bytes(1) + whole[place + 1 :])
        with suppress(InputError):
            assert np.isfinite(read_relief(path).dataset.height).all()


def test_a_large_relief_is_read_at_once(write_relief):
    path = write_relief(np.tile(np.linspace(-4000, 1000, 3600, dtype="f4"), (1800, 1)))
    begin = time.perf_counter()
    read_relief(path)
    assert time.perf_counter() - begin < 5.0


def test_the_two_reliefs_of_the_reference_are_read(reference):
    degree = read_relief(next(reference.rglob("topography_60Ma_1deg.nc")))
    half = read_relief(next(reference.rglob("topography_halfdeg.nc")))
    assert (degree.variable, degree.dataset.height.shape) == ("topo", (180, 360))
    assert (half.variable, half.dataset.height.shape) == ("Z", (360, 720))
    assert float(degree.dataset.height.min()) == -6037.0
    assert float(degree.dataset.height.max()) == 3855.0
    assert "no units; metres were assumed" in said(half)
