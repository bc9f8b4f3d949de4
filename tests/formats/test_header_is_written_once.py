"""Files are declared before values are written: faster in NetCDF-3, and not a bit of them differs."""

from __future__ import annotations

import netCDF4
import numpy as np
import pytest
import xarray as xr

from paleobc.formats.netcdf import _DeclaredFirst, missing_is_nan, write_netcdf

FIELD = xr.Dataset(
    {
        "a": (("y", "x"), np.arange(6.0).reshape(2, 3), missing_is_nan({"units": "m"})),
        "odd": ("x", np.array([1, 2, 3], dtype=np.int8), {"long_name": "Three bytes, which are padded"}),
        "b": ("x", np.arange(3, dtype=np.int32), {"flags": np.array([1, 2], dtype=np.int32)}),
    },
    attrs={"title": "A field", "number": 1.5},
)


def test_a_file_is_the_one_that_the_library_writes_variable_by_variable(tmp_path):
    write_netcdf(FIELD, tmp_path / "ours.nc", file_format="NETCDF3_64BIT")
    with netCDF4.Dataset(tmp_path / "theirs.nc", "w", format="NETCDF3_64BIT_OFFSET") as file:
        file.set_fill_off()
        file.setncatts(FIELD.attrs)
        for name, length in FIELD.sizes.items():
            file.createDimension(name, length)
        for name, variable in FIELD.variables.items():
            own = dict(variable.attrs)
            written = file.createVariable(name, variable.dtype, variable.dims, fill_value=own.pop("_FillValue", None))
            written.set_auto_maskandscale(False)
            written.setncatts(own)
            written[...] = variable.values
    ours, theirs = ((tmp_path / name).read_bytes() for name in ("ours.nc", "theirs.nc"))
    assert ours == theirs


def test_declarations_go_on_until_they_are_ended(tmp_path):
    with _DeclaredFirst(tmp_path / "one.nc", "w", format="NETCDF3_64BIT_OFFSET") as file:
        file.createDimension("x", 2)
        variable = file.createVariable("v", "f8", ("x",))
        variable.units = "m"
        with pytest.raises(RuntimeError, match="define mode"):
            variable[...] = 1.0
        file.end_declarations()
        variable[...] = 2.0
    with netCDF4.Dataset(tmp_path / "one.nc") as file:
        assert file["v"][...].tolist() == [2.0, 2.0]


@pytest.mark.parametrize("kind", [np.float64, np.float32, np.int32, np.int16, np.int8])
def test_large_variables_are_written_as_the_library_writes_them(tmp_path, kind):
    values = np.random.default_rng(3).integers(-100, 100, (3, 70_001)).astype(kind)
    field = xr.Dataset({"first": ("x", values[0, ::-1]), "small": ("y", values[1, :3]), "last": (("y", "x"), values)})
    write_netcdf(field, tmp_path / "ours.nc", file_format="NETCDF3_64BIT")
    with netCDF4.Dataset(tmp_path / "theirs.nc", "w", format="NETCDF3_64BIT_OFFSET") as file:
        file.set_fill_off()
        for name, length in field.sizes.items():
            file.createDimension(name, length)
        for name, variable in field.variables.items():
            file.createVariable(name, variable.dtype, variable.dims)[...] = variable.values
    assert (tmp_path / "ours.nc").read_bytes() == (tmp_path / "theirs.nc").read_bytes()
