"""Datasets of our own to NetCDF files and back, whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal

import numpy as np
import xarray as xr
from netCDF4 import Dataset

from paleobc.formats.opening import open_netcdf

#: The model's clusters have old libraries: NetCDF-3 with 64-bit offsets. Our own store keeps NetCDF-4.
FileFormat = Literal["NETCDF3_64BIT", "NETCDF4"]
_LIBRARY_NAMES: Final[dict[FileFormat, Literal["NETCDF3_64BIT_OFFSET", "NETCDF4"]]] = {
    "NETCDF3_64BIT": "NETCDF3_64BIT_OFFSET",
    "NETCDF4": "NETCDF4",
}


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
        with Dataset(temporary, "w", format=_LIBRARY_NAMES[file_format]) as file:
            _fill(file, dataset, {**dataset.attrs, **(attributes or {})})
        sync_file(temporary)
        temporary.chmod(0o644)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _fill(file: Dataset, dataset: xr.Dataset, attributes: Mapping[str, object]) -> None:
    """Write all of a dataset into an open file."""
    file.set_fill_off()  # every value is written, so none has to be written twice
    file.setncatts(attributes)
    for name, length in dataset.sizes.items():
        file.createDimension(str(name), length)
    beside = [str(name) for name in sorted(map(str, dataset.coords)) if name not in dataset.dims]
    for name, variable in dataset.variables.items():
        own = {str(key): value for key, value in variable.attrs.items()}
        fill = own.pop("_FillValue", None)
        placed = [c for c in beside if set(dataset[c].dims) <= set(variable.dims)]
        if placed and name not in dataset.coords:
            own["coordinates"] = " ".join(placed)
        written = file.createVariable(str(name), variable.dtype, tuple(map(str, variable.dims)), fill_value=fill)
        written.set_auto_maskandscale(False)
        written.setncatts(own)
        written[...] = variable.values


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
