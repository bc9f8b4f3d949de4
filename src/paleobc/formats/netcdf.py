"""Datasets of our own to NetCDF files and back, whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
import xarray as xr
from netCDF4 import Dataset, Variable

from paleobc.formats.classic_header import declared_variables
from paleobc.formats.opening import ONE_AT_A_TIME, open_netcdf

#: The model's clusters have old libraries: NetCDF-3 with 64-bit offsets. Our own store keeps NetCDF-4.
FileFormat = Literal["NETCDF3_64BIT", "NETCDF4"]
_LIBRARY_NAMES: Final[dict[FileFormat, Literal["NETCDF3_64BIT_OFFSET", "NETCDF4"]]] = {
    "NETCDF3_64BIT": "NETCDF3_64BIT_OFFSET",
    "NETCDF4": "NETCDF4",
}

#: Variables of more values are written past the library, so many at a time.
_LARGE: Final = 2**16


def write_netcdf(
    dataset: xr.Dataset,
    path: Path,
    *,
    file_format: FileFormat,
    attributes: Mapping[str, str] | None = None,
) -> None:
    """
    Write a dataset under a temporary name beside ``path``, flush it to the disk, then rename it.

    Parameters
    ----------
    dataset : Dataset
        Floating-point variables that hold NaN carry it as their ``_FillValue``.
    path : Path
    file_format : {"NETCDF3_64BIT", "NETCDF4"}
    attributes : mapping of str to str, optional
        Global attributes to add.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    os.close(handle)
    temporary = Path(name)
    try:
        with ONE_AT_A_TIME, _DeclaredFirst(temporary, "w", format=_LIBRARY_NAMES[file_format]) as file:
            left = _fill(file, dataset, {**dataset.attrs, **(attributes or {})})
        _write_large(temporary, {name: dataset.variables[name].values for name in left})
        sync_file(temporary)
        temporary.chmod(0o644)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


class _DeclaredFirst(Dataset):
    """
    A file that is declared as a whole before the first value is written.

    Left alone, the library ends the header after each name and each attribute, and in NetCDF-3 every longer header
    moves all the room of the variables before: most of the time that writing takes. These two are what it calls.
    """

    def _redef(self) -> None:
        """Go on declaring."""

    def _enddef(self) -> None:
        """Go on declaring."""

    def end_declarations(self) -> None:
        """Write the header; values may follow."""
        if self.data_model != "NETCDF4":  # which has no header to end
            super()._enddef()  # type: ignore[misc]  # the stubs leave it out


def _fill(file: _DeclaredFirst, dataset: xr.Dataset, attributes: Mapping[str, object]) -> list[Hashable]:
    """Write a dataset into an open file; return the large variables of a NetCDF-3 file, which it leaves out."""
    file.set_fill_off()  # every value is written, so none has to be written twice
    file.setncatts(attributes)
    for name, length in dataset.sizes.items():
        file.createDimension(str(name), length)
    declared = {name: _declared(file, dataset, name) for name in dataset.variables}
    file.end_declarations()
    left = [name for name, v in dataset.variables.items() if v.size > _LARGE and file.data_model != "NETCDF4"]
    for name, variable in dataset.variables.items():
        if name not in left:
            declared[name][...] = variable.values
    return left


def _write_large(path: Path, variables: Mapping[Hashable, np.ndarray[Any, Any]]) -> None:
    """
    Write the values of variables of a NetCDF-3 file that is declared, one after the other and the highest byte first.

    The library calls the system four times for each 8 kB, which takes most of the time of a large file.
    """
    if not variables:
        return
    ends = {variable.name: variable.end for variable in declared_variables(path)}
    with path.open("r+b") as file:
        for name, values in variables.items():
            flat = values.reshape(-1)
            file.seek(ends[str(name)] - flat.nbytes)
            for start in range(0, flat.size, _LARGE):
                piece = flat[start : start + _LARGE]
                file.write(piece.astype(piece.dtype.newbyteorder(">")).data)


def _declared(file: Dataset, dataset: xr.Dataset, name: Hashable) -> Variable[Any]:
    """Declare a variable with its attributes, without its values."""
    variable = dataset.variables[name]
    own = {str(key): value for key, value in variable.attrs.items()}
    fill = own.pop("_FillValue", None)
    beside = [c for c in sorted(map(str, dataset.coords)) if c not in dataset.dims]
    placed = [c for c in beside if set(dataset.variables[c].dims) <= set(variable.dims)]
    if placed and name not in dataset.coords:
        own["coordinates"] = " ".join(placed)
    declared = file.createVariable(str(name), variable.dtype, tuple(map(str, variable.dims)), fill_value=fill)
    declared.set_auto_maskandscale(False)
    declared.setncatts(own)
    return declared


def sync_file(path: Path) -> None:
    """Flush a file to the disk: after it, a power cut cannot take it away."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def missing_is_nan(attributes: Mapping[str, object]) -> dict[str, object]:
    """Attributes of a variable that holds NaN where it has no value."""
    return {"_FillValue": np.nan, **attributes}


def read_netcdf(path: Path) -> xr.Dataset:
    """
    Dataset of a file of our own, as it was written: nothing is masked, scaled or decoded.

    Raises
    ------
    InputError
        Where the file is not there or cannot be read.
    """
    with open_netcdf(path) as file:
        beside = {name for v in file.variables.values() for name in str(getattr(v, "coordinates", "")).split()}
        dataset = xr.Dataset(
            {
                name: xr.Variable(
                    variable.dimensions,
                    variable[...],
                    {key: variable.getncattr(key) for key in variable.ncattrs() if key != "coordinates"},
                )
                for name, variable in file.variables.items()
            },
            attrs={key: file.getncattr(key) for key in file.ncattrs()},
        )
        return dataset.set_coords([name for name in beside if name in dataset.variables])
