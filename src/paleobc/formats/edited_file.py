"""A copy of a NetCDF file in which some numbers are others; all else in it stays the same to the bit."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from netCDF4 import Dataset, Variable

from paleobc.errors import InputError
from paleobc.formats.netcdf import sync_file

#: Dimensions beside the rows and columns, and the position along each.
Index = tuple[tuple[str, int], ...]


@dataclass(frozen=True, eq=False)
class Slab:
    """
    Rows and columns of a variable as they are stored.

    Parameters
    ----------
    variable : str
    index : tuple of (str, int)
        Position along each of its other dimensions; those of length one may be left out.
    dimensions : pair of str
        Those of the rows and of the columns.
    stored : ndarray, shape (rows, columns)
        Numbers as they are stored, in the order of the file.
    """

    variable: str
    index: Index
    dimensions: tuple[str, str]
    stored: npt.NDArray[Any]


def read_slab(variable: Variable[Any], index: Index, dimensions: tuple[str, str]) -> npt.NDArray[Any]:
    """Stored numbers of a slab, shape (rows, columns), of a file whose values come as they are stored."""
    stored = np.array(variable[_selection(variable, index, dimensions)])
    return stored.T if _is_transposed(variable, dimensions) else stored


def write_edited_copy(path_in: Path, path_out: Path, slabs: Iterable[Slab]) -> None:
    """
    Write a copy of a file with other numbers in some slabs, and a line in its history that names their variables.

    Parameters
    ----------
    path_in : Path
        A file that `open_netcdf` has opened before.
    path_out : Path
        Written under a temporary name beside it, flushed to the disk, then renamed.
    slabs : iterable of Slab

    Raises
    ------
    InputError
        Where the library can read the file but not change it.
    """
    handle, name = tempfile.mkstemp(dir=path_out.parent, prefix=f".{path_out.name}.", suffix=".part")
    os.close(handle)
    temporary = Path(name)
    try:
        shutil.copyfile(path_in, temporary)
        _change(temporary, list(slabs), path_in.name)
        sync_file(temporary)
        temporary.chmod(0o644)
        temporary.replace(path_out)
    finally:
        temporary.unlink(missing_ok=True)


def _change(path: Path, slabs: list[Slab], name: str) -> None:
    """Write slabs into a file."""
    if not slabs:
        return
    try:
        with Dataset(path.resolve(), "r+") as dataset:
            dataset.set_auto_maskandscale(False)
            for slab in slabs:
                variable = dataset.variables[slab.variable]
                stored = slab.stored.T if _is_transposed(variable, slab.dimensions) else slab.stored
                variable[_selection(variable, slab.index, slab.dimensions)] = stored
            _add_to_history(dataset, slabs)
    except (OSError, RuntimeError) as failure:
        raise InputError(
            f"{name} can be read but not changed by the NetCDF library ({failure}); rewrite it first, for example "
            '"nccopy in.nc out.nc".'
        ) from failure


def _add_to_history(dataset: Dataset, slabs: list[Slab]) -> None:
    """Say in the file's history which variables were edited; a history that is no text is left alone."""
    history = dataset.getncattr("history") if "history" in dataset.ncattrs() else ""
    names = ", ".join(dict.fromkeys(slab.variable for slab in slabs))
    if isinstance(history, str):
        dataset.setncattr("history", f"{history}{chr(10) if history else ''}paleobc: edited by hand: {names}")


def _selection(variable: Variable[Any], index: Index, dimensions: tuple[str, str]) -> tuple[slice | int, ...]:
    """What selects a slab: all along its rows and columns, one position along the others."""
    positions = dict(index)
    return tuple(slice(None) if name in dimensions else positions.get(name, 0) for name in variable.dimensions)


def _is_transposed(variable: Variable[Any], dimensions: tuple[str, str]) -> bool:
    """Whether the columns' dimension comes before that of the rows."""
    return variable.dimensions.index(dimensions[0]) > variable.dimensions.index(dimensions[1])
