"""Equal content has an equal checksum, and everything that is said counts."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from paleobc.formats.netcdf import read_netcdf, write_netcdf
from paleobc.steps.catalogue import GRAPH
from paleobc.workflow.revision import Record, content_of
from paleobc.workflow.staleness import fingerprint, reason_to_run

FORMATS = ("NETCDF3_64BIT", "NETCDF4")


@pytest.fixture
def dataset() -> xr.Dataset:
    """All that our files hold: types, NaN, attributes, coordinates on and beside the dimensions."""
    return xr.Dataset(
        {
            "height": (("lat", "lon"), np.array([[1.5, np.nan, -0.0], [2.0, 3.0, 1e300]]), {"units": "m", "n": 3}),
            "number": (("lat", "lon"), np.arange(6, dtype=np.int32).reshape(2, 3), {"_FillValue": np.int32(-9)}),
            "mask": (("lat", "lon"), np.array([[0, 1, 1], [1, 0, -1]], dtype=np.int8)),
            "small": ("lon", np.array([1.1, np.nan, np.inf], dtype=np.float32), {"_FillValue": np.float32(np.nan)}),
            "one": ((), np.float64(7.25)),
        },
        coords={
            "lat": ("lat", [-45.0, 45.0], {"units": "degrees_north"}),
            "lon": ("lon", [-120.0, 0.0, 120.0]),
            "nav_lon": (("lat", "lon"), np.arange(6.0).reshape(2, 3), {"long_name": "Longitude"}),
        },
        attrs={"title": "Tést ❄", "empty": "", "levels": np.array([1.0, 2.5]), "count": np.int32(4), "share": 0.1},
    )


@pytest.mark.parametrize("file_format", FORMATS)
def test_a_dataset_comes_back_bit_for_bit_from_a_file(dataset, tmp_path, file_format):
    write_netcdf(dataset, tmp_path / "a.nc", file_format=file_format)
    back = read_netcdf(tmp_path / "a.nc")
    assert content_of(back) == content_of(dataset)
    assert set(back.coords) == set(dataset.coords)
    assert set(back.variables) == set(dataset.variables)
    for name, variable in dataset.variables.items():
        assert back[name].dtype.newbyteorder("=") == variable.dtype
        assert back[name].values.astype(variable.dtype).tobytes() == variable.values.tobytes()
        assert back[name].dims == variable.dims
        assert set(back[name].attrs) == set(variable.attrs)


def test_what_is_read_can_be_written_again_without_a_change(dataset, tmp_path):
    write_netcdf(dataset, tmp_path / "a.nc", file_format="NETCDF3_64BIT")
    for number, file_format in enumerate((*FORMATS, *FORMATS)):
        write_netcdf(read_netcdf(tmp_path / "a.nc"), tmp_path / "b.nc", file_format=file_format)
        (tmp_path / "b.nc").replace(tmp_path / "a.nc")
        assert content_of(read_netcdf(tmp_path / "a.nc")) == content_of(dataset), number


@given(
    arrays.arrays(
        st.sampled_from([np.float64, np.float32, np.int32, np.int16, np.int8]),
        arrays.array_shapes(min_dims=1, max_dims=3, max_side=4),
    ),
    st.sampled_from(FORMATS),
)
def test_any_numbers_come_back_bit_for_bit(tmp_path_factory, values, file_format):
    path = tmp_path_factory.mktemp("numbers") / "a.nc"
    dataset = xr.Dataset({"a": (("x", "y", "z")[: values.ndim], values)})
    write_netcdf(dataset, path, file_format=file_format)
    assert content_of(read_netcdf(path)) == content_of(dataset)


def test_the_order_of_variables_and_attributes_does_not_count(dataset):
    turned = xr.Dataset(
        {name: dataset[name].variable for name in reversed(list(dataset.data_vars))},
        coords={name: dataset[name].variable for name in reversed(list(dataset.coords))},
        attrs=dict(reversed(dataset.attrs.items())),
    )
    assert content_of(turned) == content_of(dataset)


def test_the_byte_order_and_the_layout_in_memory_do_not_count(dataset):
    other = dataset.copy()
    values = np.asfortranarray(dataset["height"].values.astype(">f8"))
    other["height"] = dataset["height"].variable.copy(data=values)
    assert content_of(other) == content_of(dataset)


CHANGES = {
    "a value": lambda d: d["height"].values.__setitem__((0, 0), 1.5000000000000002),
    "the sign of zero": lambda d: d["height"].values.__setitem__((0, 2), 0.0),
    "a value in place of NaN": lambda d: d["height"].values.__setitem__((0, 1), 0.0),
    "a whole number": lambda d: d["number"].values.__setitem__((1, 1), 7),
    "a coordinate": lambda d: d["nav_lon"].values.__setitem__((0, 0), 9.0),
    "a unit": lambda d: d["height"].attrs.update(units="km"),
    "an attribute more": lambda d: d["mask"].attrs.update(note=""),
    "an attribute less": lambda d: d["height"].attrs.pop("n"),
    "the title": lambda d: d.attrs.update(title="other"),
    "a number of the file": lambda d: d.attrs.update(share=0.1000000001),
}


@pytest.mark.parametrize("what", CHANGES)
def test_every_change_changes_the_checksum(dataset, what):
    changed = dataset.copy(deep=True)
    CHANGES[what](changed)
    assert content_of(changed) != content_of(dataset)


def test_names_dimensions_and_types_count(dataset):
    same = [
        dataset,
        dataset.rename(height="depth"),
        dataset.rename(lat="y"),
        dataset.drop_vars("mask"),
        dataset.assign(one=np.float32(7.25)),
        dataset.assign(height=dataset["height"].transpose()),
    ]
    assert len({content_of(each) for each in same}) == len(same)


@given(arrays.arrays(np.float64, (2, 3)), arrays.arrays(np.float64, (2, 3)))
def test_checksums_are_equal_exactly_where_the_bytes_are(one, two):
    first, second = (xr.Dataset({"a": (("x", "y"), values)}) for values in (one, two))
    assert (content_of(first) == content_of(second)) == (one.tobytes() == two.tobytes())


@pytest.mark.parametrize("file_format", FORMATS)
@pytest.mark.parametrize("before", [None, b"earlier"])
def test_a_write_that_breaks_off_leaves_what_was_there(dataset, tmp_path, file_format, before):
    path = tmp_path / "a.nc"
    if before is not None:
        path.write_bytes(before)
    broken = dataset.assign(words=("lat", np.array(["a", object()], dtype=object)))  # cannot be written
    with pytest.raises(Exception):  # noqa: B017, PT011
        write_netcdf(broken, path, file_format=file_format)
    assert [each.name for each in tmp_path.iterdir()] == ([] if before is None else ["a.nc"])
    assert before is None or path.read_bytes() == before


def test_a_write_that_is_killed_before_the_renaming_leaves_no_part(dataset, tmp_path, monkeypatch):
    def killed(path: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("paleobc.formats.netcdf.sync_file", killed)
    with pytest.raises(KeyboardInterrupt):
        write_netcdf(dataset, tmp_path / "a.nc", file_format="NETCDF4")
    assert list(tmp_path.iterdir()) == []


def test_files_can_be_read_by_everyone(dataset, tmp_path):
    write_netcdf(dataset, tmp_path / "deep" / "a.nc", file_format="NETCDF4")
    assert (tmp_path / "deep" / "a.nc").stat().st_mode & 0o777 == 0o644


def test_a_fingerprint_depends_on_step_options_and_inputs_and_not_on_their_order():
    regrid, condition = GRAPH.step("regrid"), GRAPH.step("condition")
    first = fingerprint(regrid, {"a": 1, "b": 2}, {"x": "1", "y": "2"})
    assert fingerprint(regrid, {"b": 2, "a": 1}, {"y": "2", "x": "1"}) == first
    others = [
        fingerprint(condition, {"a": 1, "b": 2}, {"x": "1", "y": "2"}),
        fingerprint(regrid, {"a": 1, "b": 3}, {"x": "1", "y": "2"}),
        fingerprint(regrid, {"a": 1}, {"x": "1", "y": "2"}),
        fingerprint(regrid, {"a": 1, "b": 2}, {"x": "1", "y": "3"}),
        fingerprint(regrid, {"a": 1, "b": 2}, {"x": "2", "y": "1"}),
        fingerprint(regrid, {"a": 1, "b": 2}, {"x": "1"}),
    ]
    assert len({first, *others}) == 7


def test_the_reason_to_run_names_what_changed():
    regrid = GRAPH.step("regrid")
    options = regrid.options({})
    last = Record("f", "c", "regrid", regrid.version, options, {"relief": "1"})
    assert reason_to_run(regrid, options, {"relief": "1"}, None) == "not made yet"
    assert reason_to_run(regrid, options, {"relief": "2"}, last) == "relief changed"
    assert reason_to_run(regrid, regrid.options({"resolution": 2}), {"relief": "2"}, last) == (
        "option resolution changed"
    )
    assert reason_to_run(regrid, options, {"relief": "1"}, last) == "the earlier result is gone"
    older = Record("f", "c", "regrid", 0, options, {"relief": "1"})
    assert reason_to_run(regrid, options, {"relief": "1"}, older) == f"regrid is now version {regrid.version}"
    assert reason_to_run(regrid, options, {"relief": "1", "more": "2"}, last) == "more changed"
