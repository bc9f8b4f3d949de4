"""Lists of edits kept as datasets, as which the workflow hands assets on: the bytes of a list, whatever its form."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final

import numpy as np
import xarray as xr

from paleobc.errors import InputError
from paleobc.formats.edit_list_json import json_lines
from paleobc.formats.edit_lists import bytes_of_list, read_edits
from paleobc.grids.mesh import Mesh
from paleobc.topography.edits.log import EditLog
from paleobc.topography.surface import Quantity

#: What the one variable of a log kept as a dataset is called.
EDITS: Final = "edits"


def edits_dataset(log: EditLog) -> xr.Dataset:
    """
    Log as a dataset: its JSON lines as bytes, so that equal logs have equal contents.

    Parameters
    ----------
    log : EditLog

    Returns
    -------
    Dataset
        ``edits`` (byte), uint8.
    """
    return _as_dataset(b"".join(json_lines(log)))


def list_dataset(path: Path) -> xr.Dataset:
    """
    Keep a list of edits of any form as a dataset of its bytes: what it says may depend on the map it is for.

    The name of the file is noted for the errors of `log_of`, and is no part of the content.

    Raises
    ------
    InputError
        Where it is no file, empty, or too large.
    """
    dataset = _as_dataset(bytes_of_list(path))
    dataset.encoding["source"] = str(path)  # where xarray notes it, too
    return dataset


def name_of_list(dataset: xr.Dataset) -> str:
    """
    Name of the file that a list kept as a dataset was read from; where that is not known, what it is.

    Examples
    --------
    >>> name_of_list(xr.Dataset())
    'the list of edits'
    """
    return Path(str(dataset.encoding.get("source", ""))).name or "the list of edits"


def _as_dataset(data: bytes) -> xr.Dataset:
    values = np.frombuffer(data, dtype=np.uint8)
    return xr.Dataset({EDITS: ("byte", values, {"long_name": "list of edits of a map, its bytes"})})


def log_of(dataset: xr.Dataset, *, mesh: Mesh | None = None, quantity: Quantity | None = None) -> EditLog:
    """
    Log that `edits_dataset` or `list_dataset` keeps.

    Parameters
    ----------
    dataset : Dataset
    mesh, quantity
        See `read_edits`.

    Raises
    ------
    InputError
        Where the dataset holds no list of edits, or one that cannot be used.
    """
    if EDITS not in dataset or dataset[EDITS].dtype != np.uint8:
        raise InputError(f"This holds no edits: it should have the variable {EDITS!r} of bytes.")
    with tempfile.TemporaryDirectory() as folder:  # the library that reads NetCDF wants a file
        path = Path(folder) / name_of_list(dataset)
        path.write_bytes(dataset[EDITS].values.tobytes())
        return read_edits(path, mesh=mesh, quantity=quantity)
