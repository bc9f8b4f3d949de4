"""A log of edits as YAML, for lists written by hand and for short logs to be read by people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

import yaml

from paleobc.errors import InputError
from paleobc.formats.edit_list_data import header_data, log_of_data
from paleobc.formats.wording import counted
from paleobc.grids.mesh import Mesh
from paleobc.topography.edits.edit import CopyFrom
from paleobc.topography.edits.log import EditLog
from paleobc.topography.edits.plain import edit_as_data
from paleobc.topography.surface import Quantity
from paleobc.yaml_lines import LARGEST_TEXT, LinedData, is_control, read_yaml

_WIDTH: Final = 120


class _Writer(yaml.SafeDumper):
    """Writes equal values out again: a list of edits allows no anchors."""

    def ignore_aliases(self, _data: Any) -> bool:
        """Tell that nothing is written as a reference."""
        return True


def read_yaml_list(text: str, name: str, *, mesh: Mesh | None = None, quantity: Quantity | None = None) -> EditLog:
    """
    Log of a YAML text.

    A list written by hand may leave out quantity, grid and base where the caller knows them, and of each edit all
    but shape and operation.

    Parameters
    ----------
    text : str
    name : str
        What the list is called, for the errors.
    mesh : Mesh, optional
        Grid of a list that does not state its own.
    quantity : {"height", "depth", "value", "basin"}, optional
        What is edited; a list for another is refused.

    Raises
    ------
    InputError
        Where the text cannot be read; names the line.
    """
    lined = read_yaml(text, name, "list of edits", InputError)
    if not isinstance(lined.data, dict):
        raise InputError(f"{name} line 1: this is no list of edits; it should have the keys paleobc_edits and edits.")
    edits = lined.data.pop("edits", [])
    if not isinstance(edits, list):
        raise InputError(f"{name} line {lined.line_of(('edits',))}: edits should be a list.")

    def where(key: str | int) -> str:
        return f"{name} line {lined.line_of((key,))}"

    return log_of_data(lined.data, _edits(edits, lined, name), where, mesh, quantity)


def _edits(edits: list[Any], lined: LinedData, name: str) -> Iterator[tuple[str, object]]:
    """Edits and where they stand."""
    for number, edit in enumerate(edits):
        if isinstance(edit, dict) and isinstance(edit.get("when"), date):
            edit["when"] = edit["when"].isoformat()  # YAML's own way to write a day or a time
        yield f"{name} line {lined.line_of(('edits', number))}", edit


def yaml_text(log: EditLog) -> str:
    """
    YAML of a log, results included.

    Parameters
    ----------
    log : EditLog

    Raises
    ------
    InputError
        Where it could not be read again: it is too long, or a text holds control characters.
    """
    for number, edit in enumerate(log.edits, 1):
        revision = edit.operation.revision if isinstance(edit.operation, CopyFrom) else ""
        if any(is_control(letter) for text in (edit.reason, edit.who, edit.when, revision) for letter in text):
            raise InputError(f"Edit {number} has a text with control characters; write the edits as JSON lines.")
    cells = sum(0 if edit.result is None else edit.result.cells.size for edit in log.edits)
    text = ""
    if 6 * cells <= LARGEST_TEXT:  # a cell takes at least "0, " three times
        data = {**header_data(log), "edits": [edit_as_data(edit) for edit in log.edits]}
        text = yaml.dump(data, Dumper=_Writer, sort_keys=False, width=_WIDTH, default_flow_style=None)
    if not text or len(text) > LARGEST_TEXT:
        raise InputError(
            f"These edits take more than {counted(LARGEST_TEXT)} characters of YAML, its limit; write JSON lines."
        )
    return text
