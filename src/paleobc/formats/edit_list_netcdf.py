"""Edits of ocean depths as MOM6 reads them: iEdit, jEdit and zEdit in a NetCDF file."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import numpy as np
import xarray as xr
from netCDF4 import Dataset, Variable

from paleobc.conventions import FloatArray, IntArray
from paleobc.errors import InputError
from paleobc.formats.edit_list_depths import CellDepths
from paleobc.formats.opening import open_netcdf
from paleobc.formats.wording import quoted, sized
from paleobc.topography.edits.limits import HIGHEST, MOST_CELLS

_NAMES: Final = ("iEdit", "jEdit", "zEdit", "ni", "nj")


def read_mom6(path: Path, shape: tuple[int, int] | None) -> CellDepths:
    """
    Depths of a file that MOM6 takes as ``TOPO_EDITS_FILE``.

    ``iEdit`` and ``jEdit`` count columns and rows **from 0** (the model adds 1: "for python indexing"); ``zEdit`` is
    the new depth [m], of which the model takes the absolute value, so that a list of heights of the sea floor means
    the same; ``ni`` and ``nj`` are the size of the grid and must be those of the grid given.

    Parameters
    ----------
    path : Path
    shape : tuple of int or None
        Rows and columns of the grid; None for whatever grid the file states.

    Raises
    ------
    InputError
        Where the file is no such list, was made for another grid, or holds an index or a depth that cannot be.

    References
    ----------
    https://github.com/NOAA-GFDL/MOM6, ``src/initialization/MOM_shared_initialization.F90``,
    ``apply_topography_edits_from_file``.
    """
    with open_netcdf(path, MOST_CELLS) as file:
        if missing := [name for name in _NAMES if name not in file.variables]:
            also = " (a topography edited with editTopo.py holds the original values there, not the new ones)"
            raise InputError(
                f"{path.name} lacks {', '.join(missing)}, so it is no list of edits for MOM6"
                f"{also if 'iEdit' not in missing else ''}; give a file with {', '.join(_NAMES)}."
            )
        stated = _size(file, "nj", path.name), _size(file, "ni", path.name)
        if stated != (shape := shape or stated):
            raise InputError(
                f"{path.name} was made for a grid of {sized(stated)} cells (nj × ni), not of {sized(shape)}."
            )
        columns, rows, depths = (_list(file.variables[name], path.name) for name in _NAMES[:3])
    if not columns.size == rows.size == depths.size:
        raise InputError(
            f"{path.name}: iEdit, jEdit and zEdit have {columns.size}, {rows.size} and {depths.size} values."
        )
    _refuse_wrong(np.abs(depths) <= HIGHEST, depths, "zEdit", f"a depth of at most {HIGHEST:.0f} m", path.name)
    return CellDepths(
        _indices(rows, "jEdit", shape[0], path.name), _indices(columns, "iEdit", shape[1], path.name), np.abs(depths)
    )


def _size(file: Dataset, name: str, where: str) -> int:
    """Size of the grid that a file states."""
    values = np.asarray(file.variables[name][...]) if file.variables[name].size == 1 else np.empty(0)
    if values.dtype.kind not in "iu" or not values.size:
        raise InputError(f"{where}: {name} should be one whole number, the size of the grid.")
    return int(values.ravel()[0])


def _list(variable: Variable[Any], where: str) -> FloatArray:
    """Numbers of a variable with one dimension."""
    if variable.ndim != 1 or np.dtype(variable.dtype).kind not in "iuf":
        raise InputError(f"{where}: {variable.name} should be a list of numbers, one for each edit.")
    return np.asarray(variable[...]).astype(np.float64)


def _indices(values: FloatArray, name: str, size: int, where: str) -> IntArray:
    """Indices, all of them on the grid."""
    right = (values >= 0) & (values < size) & (np.floor(values) == values)
    _refuse_wrong(right, values, name, f"a whole number from 0 to {size - 1}", where)
    return values.astype(np.int64)


def _refuse_wrong(
    right: np.ndarray[Any, np.dtype[np.bool_]], values: FloatArray, name: str, what: str, where: str
) -> None:
    """Refuse values of which one is wrong."""
    if not right.all():
        first = int(np.argmin(right))
        raise InputError(f"{where} edit {first + 1}: {name} is {quoted(f'{values[first]:g}')}; it should be {what}.")


def mom6_file(blocks: Iterable[CellDepths], shape: tuple[int, int]) -> xr.Dataset:
    """
    Content of a file for MOM6's ``TOPO_EDITS_FILE``, see `read_mom6`: the last depth of each cell, by rows.

    MOM6 refuses depth 0, that is new land, unless its parameter ``ALLOW_LANDMASK_CHANGES`` is true.

    Parameters
    ----------
    blocks : iterable of CellDepths
    shape : tuple of int
        Rows and columns of the grid.
    """
    every = [(block.rows * shape[1] + block.columns, block.depths) for block in blocks]
    positions = np.concatenate([np.empty(0, np.int64), *(part for part, _ in every)])[::-1]
    depths = np.concatenate([np.empty(0), *(part for _, part in every)])[::-1]
    cells, last = np.unique(positions, return_index=True)
    rows, columns = np.divmod(cells, shape[1])
    size = "the size of the {}-dimension of the dataset these edits apply to"
    return xr.Dataset(
        {
            "ni": ((), np.int32(shape[1]), {"long_name": size.format("i")}),
            "nj": ((), np.int32(shape[0]), {"long_name": size.format("j")}),
            "iEdit": ("nEdits", columns.astype(np.int32), {"long_name": "i-index of edited data, from 0"}),
            "jEdit": ("nEdits", rows.astype(np.int32), {"long_name": "j-index of edited data, from 0"}),
            "zEdit": ("nEdits", depths[last], {"long_name": "new depth, positive down", "units": "meters"}),
        }
    )
