"""Files of an external step: what it reads is written for it, and what it wrote is read as a stranger's."""

from __future__ import annotations

import stat
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final

import numpy as np
import xarray as xr

from paleobc.errors import InputError
from paleobc.formats.file_sets import file_set, files_of, is_file_set
from paleobc.formats.netcdf import missing_is_nan, read_netcdf, write_netcdf
from paleobc.formats.opening import open_netcdf
from paleobc.formats.wording import counted, listed, quoted, sized

#: Limits of what a program may hand over.
_MOST_BYTES: Final = 4_000_000_000
_MOST_FILES: Final = 200
_DEEPEST: Final = 4
_LONGEST_TEXT: Final = 1_000_000
_TEXTS: Final = (".txt", ".md", ".nml", ".xml", ".csv")
#: Kinds and sizes of numbers that the files of a run can hold, and letters.
_TYPES: Final = ("i1", "i2", "i4", "f4", "f8", "S1")
#: Attributes that differ from run to run, or say what no longer holds.
_DROPPED: Final = ("history", "_NCProperties")
_OF_MISSING: Final = ("_FillValue", "missing_value")
_OF_PACKED: Final = ("scale_factor", "add_offset")
#: Names of places of cells, which belong to the fields around them.
_PLACES: Final = ("nav_lon", "nav_lat", "navlon", "navlat")


def write_inputs(datasets: Mapping[str, xr.Dataset], folder: Path) -> dict[str, Path]:
    """Write each asset as NetCDF-3, which every program reads, and a set of files as a folder; returns where."""
    paths = {}
    for name, dataset in datasets.items():
        if is_file_set(dataset):
            paths[name] = folder / name
            for file, content in files_of(dataset).items():
                _write(content, folder / name / file)
        else:
            paths[name] = folder / f"{name}.nc"
            _write(dataset, paths[name])
    return paths


def _write(content: xr.Dataset | str, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, str):
        path.write_text(content, encoding="utf-8")
    else:
        write_netcdf(content, path, file_format="NETCDF3_64BIT")


def read_output(path: Path, variables: Mapping[str, list[str]]) -> xr.Dataset:
    """
    Read the file that a program wrote.

    Parameters
    ----------
    path : Path
    variables : mapping of str to list of str
        Dimensions of the variables that it has to hold.

    Raises
    ------
    InputError
        Where it is not there, hostile, too large, or does not hold them.
    """
    _refuse_other_than_file(path)
    dataset = _plain(path)
    for name, dimensions in variables.items():
        if name not in dataset.variables:
            held = listed(dataset.variables) if dataset.variables else "none"
            raise InputError(f"{path.name} has no variable {name!r}; there are {held}.")
        found = [str(each) for each in dataset[name].dims]
        if found != dimensions:
            raise InputError(
                f"{path.name}: {name} has the dimensions {', '.join(found) or 'none'}; it should have "
                f"{', '.join(dimensions)}, in this order."
            )
    return dataset


def read_outputs(folder: Path, patterns: list[str], name: str) -> xr.Dataset:
    """
    Read the files that a program wrote into a folder, as a set.

    Parameters
    ----------
    folder : Path
    patterns : list of str
        Each has to match the path of a file, seen from the folder.
    name : str
        Folder of the set in a run.

    Raises
    ------
    InputError
        Where one is missing, hostile or too large.
    """
    files: dict[str, xr.Dataset | str] = {}
    for path in _files_in(folder, _DEEPEST):
        if len(files) >= _MOST_FILES:
            raise InputError(f"More than {_MOST_FILES} files were written; a set holds fewer.")
        inside = path.relative_to(folder).as_posix()
        files[f"{name}/{inside}"] = _plain(path) if path.suffix == ".nc" else _text(path)
    for pattern in patterns:
        if not any(fnmatchcase(path.removeprefix(f"{name}/"), pattern) for path in files):
            written = listed(path.removeprefix(f"{name}/") for path in files) if files else "none"
            raise InputError(f"No file {pattern} was written; there are {written}.")
    if not files:
        raise InputError("No file was written into the folder {out}.")
    return file_set(files)


def refuse_other_grid(dataset: xr.Dataset, variable: str, like: xr.DataArray, asset: str) -> None:
    """Refuse a field of other rows or columns than the asset has on whose grid it should be."""
    found, wanted = dataset[variable].shape[-2:], like.shape[-2:]
    if found != wanted:
        raise InputError(
            f"{variable} has {sized(found)} rows and columns; {asset}, on whose grid it should be, has {sized(wanted)}."
        )


def _files_in(folder: Path, depth: int) -> Iterator[Path]:
    """Files below a folder, in the order of their names; links are not followed."""
    for path in sorted(folder.iterdir()):
        if not path.name.isascii() or not path.name.isprintable() or path.name.startswith("."):
            raise InputError(f"A file has the name {quoted(path.name)}; take letters and digits.")
        if stat.S_ISDIR(path.lstat().st_mode):
            if depth == 0:
                raise InputError(f"{quoted(path.name)} is a folder too deep.")
            yield from _files_in(path, depth - 1)
        else:
            _refuse_other_than_file(path)
            yield path


def _refuse_other_than_file(path: Path) -> None:
    """Refuse what is not there, and links, pipes and devices: a link leads to files that are not the program's."""
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        raise InputError(f"The program ended well and did not write {path.name}.") from None
    if not stat.S_ISREG(mode):
        raise InputError(f"{path.name} is not an ordinary file; a link, for one, is not followed.")


def _text(path: Path) -> str:
    """Text of a file of a set."""
    if path.suffix not in _TEXTS and not path.name.startswith("README"):
        raise InputError(f"{path.name} is neither NetCDF (.nc) nor a text ({', '.join(_TEXTS)}, README).")
    with path.open("rb") as stream:
        content = stream.read(_LONGEST_TEXT + 1)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        raise InputError(f"{path.name} is not text in UTF-8.") from None
    if len(content) > _LONGEST_TEXT or "\0" in text:
        raise InputError(f"{path.name} is no text, or one longer than {counted(_LONGEST_TEXT)} bytes.")
    return text


def _plain(path: Path) -> xr.Dataset:
    """Dataset of a stranger's file as ours are: NaN where there is no value, and nothing that changes by the hour."""
    with open_netcdf(path) as file:
        size = sum(variable.size * np.dtype(variable.dtype).itemsize for variable in file.variables.values())
        for name, variable in file.variables.items():
            if np.dtype(variable.dtype).str[1:] not in _TYPES:
                raise InputError(
                    f"{path.name}: {quoted(name)} is of the type {variable.dtype}; take numbers of 32 bits, or double."
                )
    if size > _MOST_BYTES:
        raise InputError(f"{path.name} declares {counted(size)} bytes; {counted(_MOST_BYTES)} at most can be read.")
    dataset = read_netcdf(path)
    variables = {name: _plain_variable(path, str(name), each) for name, each in dataset.variables.items()}
    plain = xr.Dataset(variables, attrs=_plain_attributes(dataset.attrs))
    beside = {*map(str, dataset.coords), *_PLACES} - set(map(str, plain.sizes))
    return plain.set_coords([name for name in sorted(beside) if name in plain.variables])


def _plain_variable(path: Path, name: str, variable: xr.Variable) -> xr.Variable:
    """A variable with values of this machine's order, NaN where there is none, and attributes of plain types."""
    attributes = _plain_attributes(variable.attrs)
    if any(key in attributes for key in _OF_PACKED):
        raise InputError(f"{path.name}: {name} is packed (scale_factor, add_offset); write the values themselves.")
    values = np.asarray(variable.values)
    values = values.astype(values.dtype.newbyteorder("="))
    missing = [attributes.pop(key) for key in _OF_MISSING if key in attributes]
    if missing and values.dtype.kind == "f":
        values[np.isin(values, np.asarray(missing, dtype=values.dtype))] = np.nan
        attributes = missing_is_nan(attributes)
    elif missing:
        raise InputError(f"{path.name}: {name} has missing values and holds whole numbers; take double.")
    return xr.Variable(variable.dims, values, attributes)


def _plain_attributes(attributes: Mapping[Any, Any]) -> dict[str, Any]:
    """Attributes that every kind of NetCDF can hold."""
    return {str(key): _plain_attribute(value) for key, value in attributes.items() if key not in _DROPPED}


def _plain_attribute(value: Any) -> Any:
    """Texts are texts, whole numbers have 32 bits where they fit, and other numbers are doubles."""
    if isinstance(value, str):
        return value
    numbers = np.asarray(value)
    if numbers.dtype.kind not in "iuf":
        return ", ".join(map(str, numbers.ravel()))
    if numbers.dtype.kind in "iu" and numbers.dtype.str[1:] not in _TYPES:
        fits = bool((np.abs(numbers.astype(np.float64)) < 2**31).all())
        numbers = numbers.astype(np.int32 if fits else np.float64)
    return numbers if numbers.ndim else numbers[()]
