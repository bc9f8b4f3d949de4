"""Several files as one asset: variables named after their file in one dataset, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any, Final

import xarray as xr

from paleobc.errors import InputError

#: Between the name of a file and that of its variable, dimension or attribute; no name holds it.
SEPARATOR: Final = ":"

#: Attribute that lists the files.
LISTING: Final = "file_set"


def file_set(files: Mapping[str, xr.Dataset | str], attributes: Mapping[str, Any] | None = None) -> xr.Dataset:
    """
    Join files into one dataset.

    Parameters
    ----------
    files : mapping of str to Dataset or str
        Content of each file, numbers or text, by its path with forward slashes.
    attributes : mapping, optional
        Attributes of the set as a whole.

    Returns
    -------
    Dataset
        Its variables, dimensions and attributes bear the name of their file, for example
        ``rmp_torc_to_tlmd_MOSAIC:remap_matrix``; one attribute more lists the files.

    Examples
    --------
    >>> both = file_set({"a/one.nc": xr.Dataset({"v": ("x", [1.0])}, attrs={"n": 1}), "README": "Two files."})
    >>> list(both.variables), both.attrs["one:n"], files_of(both)["README"]
    (['one:v'], 1, 'Two files.')
    """
    listing: dict[str, dict[str, Any]] = {}
    variables: dict[str, xr.Variable] = {}
    joined: dict[str, Any] = dict(attributes or {})
    prefixes: set[str] = set()
    for path, content in files.items():
        if isinstance(content, str):
            listing[path] = {"text": content}
            continue
        prefix = _unused(PurePosixPath(path).name.removesuffix(".nc"), prefixes)
        prefixes.add(prefix)
        own = {_joined(prefix, name): _renamed(variable, prefix) for name, variable in content.variables.items()}
        coordinates = [str(name) for name in content.coords if name not in content.dims]
        listing[path] = {"prefix": prefix, "variables": list(map(str, content.variables)), "coordinates": coordinates}
        variables |= own
        joined |= {_joined(prefix, name): value for name, value in content.attrs.items()}
        listing[path]["attributes"] = list(map(str, content.attrs))
    return xr.Dataset(variables, attrs={**joined, LISTING: json.dumps(listing)})


def is_file_set(dataset: xr.Dataset) -> bool:
    """Tell whether a dataset is a set of files."""
    return LISTING in dataset.attrs


def files_of(dataset: xr.Dataset) -> dict[str, xr.Dataset | str]:
    """
    Files of a set, as they were joined.

    Raises
    ------
    InputError
        Where the dataset is no set of files.
    """
    try:
        listing = json.loads(dataset.attrs[LISTING])
        return {path: _content(dataset, entry) for path, entry in listing.items()}
    except (KeyError, TypeError, ValueError, AttributeError):
        raise InputError("This is no set of files, or one that was changed by other hands; make it again.") from None


def _content(dataset: xr.Dataset, entry: Mapping[str, Any]) -> xr.Dataset | str:
    """Content of one file of a set."""
    if "text" in entry:
        return str(entry["text"])
    prefix = str(entry["prefix"])
    variables = {name: _unnamed(dataset.variables[_joined(prefix, name)], prefix) for name in entry["variables"]}
    attributes = {name: dataset.attrs[_joined(prefix, name)] for name in entry["attributes"]}
    return xr.Dataset(variables, attrs=attributes).set_coords(entry["coordinates"])


def _joined(prefix: str, name: object) -> str:
    return f"{prefix}{SEPARATOR}{name}"


def _unused(name: str, taken: set[str]) -> str:
    """Name itself, or with the first number that makes it differ from the others."""
    number, candidate = 1, name
    while candidate in taken:
        number += 1
        candidate = f"{name}~{number}"
    return candidate


def _renamed(variable: xr.Variable, prefix: str) -> xr.Variable:
    dimensions = tuple(_joined(prefix, name) for name in variable.dims)
    return xr.Variable(dimensions, variable.values, dict(variable.attrs))


def _unnamed(variable: xr.Variable, prefix: str) -> xr.Variable:
    dimensions = tuple(str(name).removeprefix(f"{prefix}{SEPARATOR}") for name in variable.dims)
    return xr.Variable(dimensions, variable.values, dict(variable.attrs))
