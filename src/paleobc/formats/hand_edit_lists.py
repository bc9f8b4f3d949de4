"""The lists of changes by hand of one asset as one dataset, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
import xarray as xr

from paleobc.conventions import counted
from paleobc.errors import InputError
from paleobc.formats.edit_list_datasets import EDITS, edits_dataset, list_dataset, log_of, name_of_list
from paleobc.formats.edit_list_json import LARGEST_FILE
from paleobc.formats.opening import open_netcdf
from paleobc.formats.wording import counted as apart
from paleobc.grids.mesh import Mesh, regular_mesh
from paleobc.grids.regular import RegularGrid
from paleobc.topography.edits.log import EditLog, grid_description

#: Attribute of a file that was changed by hand: how many cells of which variables differ from what the step made.
CHANGED_BY_HAND: Final = "changed_by_hand"

#: Stands for the grid of a list that states none.
_NO_MESH: Final = regular_mesh(RegularGrid(1, 2))

#: Words are told up to this length [letters]; the lists hold all of them.
_LONGEST: Final = 500


def dataset_of_lists(paths: Sequence[Path]) -> xr.Dataset:
    """
    Keep lists of edits as one dataset of their bytes, in this order.

    The names of the files are noted for the errors of `logs_of_lists`, and are no part of the content.

    Raises
    ------
    InputError
        Where one of them is no file, empty, or all together are too large.
    """
    return _together([list_dataset(path) for path in paths])


def dataset_of_logs(logs: Sequence[EditLog]) -> xr.Dataset:
    """Logs as one dataset, equal to that of their lists in JSON lines."""
    return _together([edits_dataset(log) for log in logs])


def _together(lists: Sequence[xr.Dataset]) -> xr.Dataset:
    """Bytes of lists in variables of their own."""
    size = sum(each[EDITS].size for each in lists)
    if size > LARGEST_FILE:
        raise InputError(f"Changes by hand are larger than {apart(LARGEST_FILE)} bytes; split or simplify them.")
    dataset = xr.Dataset(
        {
            f"{EDITS}_{number}": (f"byte_{number}", each[EDITS].values, each[EDITS].attrs)
            for number, each in enumerate(lists, 1)
        }
    )
    dataset.encoding["sources"] = [each.encoding.get("source", "") for each in lists]
    return dataset


def bytes_of_lists(dataset: xr.Dataset) -> tuple[bytes, ...]:
    """
    Bytes of each list, as its file holds them.

    Raises
    ------
    InputError
        Where the dataset holds no lists of edits.
    """
    names = [f"{EDITS}_{number}" for number in range(1, len(dataset.variables) + 1)]
    if any(name not in dataset or dataset[name].dtype != np.uint8 for name in names):
        raise InputError(f"These are no changes by hand: there should be variables of bytes, {EDITS}_1 and so on.")
    return tuple(dataset[name].values.tobytes() for name in names)


def logs_of_lists(dataset: xr.Dataset) -> tuple[EditLog, ...]:
    """
    Log of each list of changes by hand.

    Raises
    ------
    InputError
        Where one of them cannot be used, or is no list of values of a variable; names its file. A list that states
        no grid has to be put on one, see `log_on_grid`.
    """
    return tuple(_log(part) for part in _apart(dataset))


def names_of_lists(dataset: xr.Dataset) -> tuple[str, ...]:
    """Names of the files of the lists; where they are not known, which of the lists it is."""
    return tuple(
        name_of_list(part) if part.encoding.get("source") else f"list {number} of the changes by hand"
        for number, part in enumerate(_apart(dataset), 1)
    )


def _apart(dataset: xr.Dataset) -> list[xr.Dataset]:
    """Each list as a dataset of its own, see `paleobc.formats.edit_lists.log_of`."""
    parts = [xr.Dataset({EDITS: ("byte", np.frombuffer(data, np.uint8))}) for data in bytes_of_lists(dataset)]
    for part, source in zip(parts, dataset.encoding.get("sources", [""] * len(parts)), strict=True):
        if source:
            part.encoding["source"] = source
    return parts


def _log(part: xr.Dataset) -> EditLog:
    """Log of one list, which says what it changes; its grid is known once its variable is."""
    log = log_of(part, mesh=_NO_MESH, quantity="value")
    if not log.variable:
        raise InputError(f"{name_of_list(part)} names no variable; add `variable:` with the one that it changes.")
    return log


def log_on_grid(log: EditLog, mesh: Mesh) -> EditLog:
    """Log of a list that may leave out its grid: it is then that of what it changes."""
    return replace(log, grid=grid_description(mesh)) if log.grid == grid_description(_NO_MESH) else log


def field_in_words(variable: str, index: Iterable[tuple[str, int]] | Mapping[str, int]) -> str:
    """
    A field of a file: its variable, and the positions in further dimensions, counted from 0.

    Examples
    --------
    >>> field_in_words("icof", ()), field_in_words("maxvegetfrac", (("veget", 3), ("time_counter", 0)))
    ('icof', 'maxvegetfrac (veget 3, time_counter 0)')
    """
    places = index.items() if isinstance(index, Mapping) else index
    where = ", ".join(f"{name} {position}" for name, position in places)
    return f"{variable} ({where})" if where else variable


def changes_of_file(path: Path) -> str:
    """What a file says of changes by hand; nothing where there were none, or it cannot be read."""
    try:
        with open_netcdf(path) as file:
            told = str(getattr(file, CHANGED_BY_HAND, ""))
    except InputError:
        return ""
    return "".join(letter for letter in told if letter.isprintable())[:_LONGEST]


def log_in_words(log: EditLog) -> str:
    """How many edits of what a list holds, and why they were made."""
    reasons = list(dict.fromkeys(" ".join(edit.reason.split()) for edit in log.edits))
    told = "; ".join(reason for reason in reasons if reason)
    shown = told if len(told) <= _LONGEST else f"{told[:_LONGEST]}..."
    what = f"{counted(len(log.edits), 'edit')} of {field_in_words(log.variable, log.index)}"
    return f"{what}: {shown}" if shown else what
