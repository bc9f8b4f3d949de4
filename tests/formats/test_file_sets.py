"""Several files in one dataset come out as they went in."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from paleobc.errors import InputError
from paleobc.formats.file_sets import file_set, files_of, is_file_set
from paleobc.formats.netcdf import read_netcdf, write_netcdf
from paleobc.workflow.revision import content_of


def _files() -> dict[str, xr.Dataset | str]:
    random = np.random.default_rng(1)
    grids = xr.Dataset(
        {
            "torc.lon": (
                ("jpjo", "jpio"),
                random.normal(size=(3, 4)),
                {"units": "degrees_east", "overlap": np.int32(2)},
            ),
            "mask": (("jpjo", "jpio"), random.integers(0, 2, (3, 4), np.int32), {"_FillValue": np.int32(-9)}),
            "jpio": ("jpio", np.arange(4.0, dtype=np.float32)),
        },
        coords={"place": ("jpio", [1.5, 2.5, 3.5, 4.5])},
        attrs={"title": "grids", "Max_nei_num": np.int32(7), "ratio": 0.1},
    )
    other = xr.Dataset({"mask": ("jpjo", np.zeros(5, np.int8)), "none": ("nothing", np.empty(0))}, attrs={"title": ""})
    return {"IGCM/CPL/grids.nc": grids, "IGCM/ATM/grids.nc": other, "IGCM/CPL/run.def": "a = 1\nb = .FALSE.\n"}


def _assert_same(found: dict[str, xr.Dataset | str], files: dict[str, xr.Dataset | str]) -> None:
    assert list(found) == list(files)
    for path, content in files.items():
        back = found[path]
        if isinstance(content, str):
            assert back == content
            continue
        assert isinstance(back, xr.Dataset)
        assert content_of(back) == content_of(content)
        assert list(back.attrs) == list(content.attrs)
        assert set(back.coords) == set(content.coords)
        assert list(back.variables) == list(content.variables)
        xr.testing.assert_identical(back, content)


def test_files_come_out_as_they_went_in():
    joined = file_set(_files(), {"engine": "test"})
    assert is_file_set(joined)
    assert joined.attrs["engine"] == "test"
    _assert_same(files_of(joined), _files())


def test_files_come_out_of_a_file_on_disk_as_they_went_in(tmp_path):
    joined = file_set(_files())
    write_netcdf(joined, tmp_path / "set.nc", file_format="NETCDF4")
    read = read_netcdf(tmp_path / "set.nc")
    assert content_of(read) == content_of(joined)
    _assert_same(files_of(read), _files())


def test_files_of_the_same_name_in_two_folders_keep_apart():
    names = {str(name).partition(":")[0] for name in file_set(_files()).variables}
    assert names == {"grids", "grids~2"}


def test_another_dataset_is_refused():
    assert not is_file_set(xr.Dataset())
    with pytest.raises(InputError, match="no set of files"):
        files_of(xr.Dataset({"a": ("x", [1.0])}))


@pytest.mark.parametrize("listing", ["", "[1]", '{"a.nc": {"prefix": "a", "variables": ["b"]}}', '{"a": 1}'])
def test_a_set_that_was_changed_is_refused(listing):
    with pytest.raises(InputError, match="make it again"):
        files_of(xr.Dataset(attrs={"file_set": listing}))
