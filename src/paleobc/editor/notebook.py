"""The map editor in a notebook: `paleobc.edit(dataset)` shows it, and holds what came of it."""

from __future__ import annotations

import shutil
import weakref
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Final

import anywidget
import traitlets
import xarray as xr

from paleobc.editor.component import one_module, style
from paleobc.editor.file_host import FileHost
from paleobc.editor.statuses import status_of
from paleobc.errors import InputError, PaleobcError
from paleobc.formats.edit_lists import write_edits
from paleobc.formats.netcdf import read_netcdf, write_netcdf
from paleobc.formats.packed_arrays import pack
from paleobc.topography.edits.log import EditLog

#: Numbers of answered questions that are remembered, so that none is answered twice.
_REMEMBERED: Final = 1000
_SHORTEST, _TALLEST = 300, 4000


class Editor(anywidget.AnyWidget):
    """
    The map editor as an output of a notebook; make one with `edit`.

    Questions and answers travel through synced traits alone, which every notebook with widgets has.
    """

    _esm = f"{one_module('notebook.js')}export default {{ render }};\n"
    _css = style()
    #: Questions that are open, each with its number, kind and body.
    asked: traitlets.List[dict[str, Any]] = traitlets.List().tag(sync=True)
    #: The newest answer, behind the number of its question.
    answer = traitlets.Bytes().tag(sync=True)
    #: Another one after every edit: other outputs of the same editor look what is new.
    position = traitlets.Unicode().tag(sync=True)
    height = traitlets.Int().tag(sync=True)

    def __init__(self, host: FileHost, folder: Path, height: int) -> None:
        self._host, self._folder = host, folder
        self._answered: OrderedDict[str, None] = OrderedDict()
        super().__init__(height=height)
        self.observe(self._hear, names="asked")

    @property
    def dataset(self) -> xr.Dataset:
        """All of the dataset with the edits that are in force, as it is now."""
        edited = self._folder / "edited_now.nc"
        self._host.write(edited)
        return read_netcdf(edited)

    @property
    def edits(self) -> tuple[EditLog, ...]:
        """The edits in force, with what they did: one log for each field that was edited."""
        return self._host.logs()

    def write_edits(self, path: str | Path) -> None:
        """
        Write the edits of the one field that was edited as a list, which `paleobc edits` and recipes take.

        Parameters
        ----------
        path : str or Path
            A name that ends in .yaml is written as YAML, any other as JSON lines.

        Raises
        ------
        InputError
            Where nothing was edited, or more than one field, or the file cannot be written.
        """
        logs = self.edits
        if len(logs) != 1:
            raise InputError(f"A list holds the edits of one field, and {len(logs)} were edited.")
        target = Path(path)
        write_edits(logs[0], target, "yaml" if target.suffix in (".yaml", ".yml") else "json", mesh=None)

    def _hear(self, change: Mapping[str, Any]) -> None:
        """Answer what was asked and not answered yet."""
        for question in _questions(change["new"]):
            number = question["id"]
            if number in self._answered:
                continue
            self._answered[number] = None
            while len(self._answered) > _REMEMBERED:
                self._answered.popitem(last=False)
            self.answer = number.encode("ascii") + self._answer_to(question)
            self.position = str(hash(self._host.position()))

    def _answer_to(self, question: Mapping[str, Any]) -> bytes:
        """Answer one question; what is foreseen to go wrong is an answer as well."""
        try:
            return self._host.answer(question["kind"], question["body"])
        except PaleobcError as error:
            return pack({"error": {"status": status_of(error), "sentence": str(error)}}, {})


def _questions(asked: object) -> Iterable[dict[str, Any]]:
    """Those of a trait's items that are questions; a trait can be set by anything in the page."""
    for one in asked if isinstance(asked, list) else []:
        if isinstance(one, dict) and {"id", "kind", "body"} <= one.keys():
            number, kind = one["id"], one["kind"]
            if isinstance(number, str) and number.isascii() and isinstance(kind, str) and isinstance(one["body"], dict):
                yield one


def edit(
    source: xr.Dataset | xr.DataArray | str | Path,
    variable: str = "",
    *,
    output: str | Path | None = None,
    height: int = 720,
) -> Editor:
    """
    Show the map editor for a dataset or a file, in a notebook.

    Parameters
    ----------
    source : Dataset, DataArray, str or Path
        What is edited; it stays as it is. A dataset needs places: latitudes and longitudes. Edits of a file are kept
        beside it and are there again another day; those of a dataset live as long as the notebook's kernel.
    variable : str
        Variable to begin with; all others can be chosen in the editor.
    output : str or Path, optional
        File to which *Save* writes. By default, for a file one beside it; a dataset is not saved, but is found in
        `Editor.dataset`.
    height : int
        Height of the editor [CSS pixels].

    Returns
    -------
    Editor
        As the last line of a cell, it shows the editor. Later, ``.dataset`` is the edited dataset, and ``.edits``
        what was done.

    Raises
    ------
    InputError
        Where there is nothing that can be edited.

    Examples
    --------
    >>> import numpy as np
    >>> import xarray as xr
    >>> latitude, longitude = np.arange(-85.0, 90.0, 10.0), np.arange(-175.0, 180.0, 10.0)
    >>> relief = xr.DataArray(np.full((18, 36), -4000.0), {"latitude": latitude, "longitude": longitude}, name="height")
    >>> editor = edit(relief)
    >>> editor.dataset["height"].shape, editor.edits
    ((18, 36), ())
    """
    if not _SHORTEST <= height <= _TALLEST:
        raise InputError(f"The editor is {_SHORTEST} to {_TALLEST} pixels high, not {height}.")
    folder = Path(mkdtemp(prefix="paleobc-edit-"))
    try:
        path, can_save = folder / "dataset.nc", output is not None
        if isinstance(source, str | Path):
            path, can_save = Path(source), True
        else:
            write_netcdf(_as_dataset(source), path, file_format="NETCDF4")
        host = FileHost(path, variable=variable, output=None if output is None else Path(output), can_save=can_save)
        editor = Editor(host, folder, height)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    weakref.finalize(editor, shutil.rmtree, folder, ignore_errors=True)
    return editor


def _as_dataset(source: xr.Dataset | xr.DataArray) -> xr.Dataset:
    """Dataset of either."""
    if isinstance(source, xr.DataArray):
        return source.to_dataset(name=source.name or "values")
    if isinstance(source, xr.Dataset):
        return source
    raise InputError(f"A dataset, an array of xarray or the name of a file is edited, not a {type(source).__name__}.")
