"""The edits of a field as files to take away, and lists of others taken in."""

from __future__ import annotations

import base64
import binascii
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from paleobc.conventions import counted
from paleobc.errors import InputError, NotFoundError
from paleobc.formats.edit_lists import ListKind, read_edits, write_edits
from paleobc.services.editing.field import BASE, EditedField
from paleobc.topography.edits.apply import result_of
from paleobc.topography.edits.cell_list import listed
from paleobc.topography.edits.edit import CopyFrom, Edit, Set
from paleobc.topography.edits.log import EditLog
from paleobc.topography.edits.replay import replay
from paleobc.topography.surface import Surface


@dataclass(frozen=True)
class Form:
    """
    A form in which edits can be taken away.

    Parameters
    ----------
    kind : str
        How the form is known.
    title : str
    ending : str
        Of the name of the file.
    media_type : str
    """

    kind: ListKind
    title: str
    ending: str
    media_type: str


_FORMS: Final = (
    Form("json", "Edits as JSON lines, complete", ".edits.json", "application/x-ndjson"),
    Form("yaml", "Edits as YAML, to be read and changed", ".edits.yaml", "application/yaml"),
    Form("python", "Python script that carries the edits out", ".py", "text/x-python"),
    Form("mom6", "Depths for MOM6 (NetCDF)", "_mom6.nc", "application/x-netcdf"),
    Form("cosima", "Depths for COSIMA's editTopo.py (text)", "_cosima.txt", "text/plain"),
    Form("jmmp", "Depths for JMMP's edit_field.py (text)", "_jmmp.txt", "text/plain"),
)

#: Kind of the export that is a piece of a recipe, and its title.
RECIPE: Final = "recipe"
_RECIPE_TITLE: Final = "Piece of a recipe, with the edits beside it"

#: Source of a recipe by what is edited.
_SOURCES: Final[Mapping[str, str]] = {"height": "relief_edits", "depth": "depth_edits"}


def forms_of(field: EditedField) -> dict[str, str]:
    """Forms in which the edits of a field can be taken away, and their titles."""
    quantity = field.surface.quantity
    known = {form.kind: form for form in _FORMS}
    kinds: list[ListKind] = ["json", "yaml"]
    if quantity in _SOURCES:
        kinds += ["python", "mom6", "cosima", "jmmp"]
    titles: dict[str, str] = {kind: known[kind].title for kind in kinds}
    return titles | ({RECIPE: _RECIPE_TITLE} if quantity in _SOURCES else {})


def self_contained(log: EditLog, field: EditedField) -> EditLog:
    """
    Log whose edits can be carried out by those who know the field before all edits, and no other revision.

    Edits that copy from another one set the values that they found there, cell by cell.
    """
    return replace(log, edits=tuple(_self_contained(edit, field) for edit in log.edits))


def _self_contained(edit: Edit, field: EditedField) -> Edit:
    """Edit that needs no other revision than the base."""
    if not isinstance(edit.operation, CopyFrom) or edit.operation.revision == BASE:
        return edit
    result = result_of(edit)
    return replace(
        edit,
        shape=listed(result.cells, field.surface.mesh),
        operation=Set(tuple(result.new.tolist())),
        where="all",
        reason=edit.reason or f"Copied from {edit.operation.revision}",
    )


def exported(log: EditLog, field: EditedField, kind: str) -> tuple[str, str, bytes]:
    """
    Edits as a file.

    Returns
    -------
    name : str
    media_type : str
    data : bytes

    Raises
    ------
    NotFoundError
        Where these edits cannot be written in this form.
    """
    if kind not in forms_of(field):
        raise NotFoundError(f"Edits of this field cannot be written as '{kind[:40]}'.")
    if kind == RECIPE:
        return f"{field.file_name}.recipe.yaml", "application/yaml", _recipe_piece(log, field).encode()
    form = next(form for form in _FORMS if form.kind == kind)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"edits{form.ending}"
        write_edits(self_contained(log, field), path, form.kind, mesh=field.surface.mesh)
        return f"{field.file_name}{form.ending}", form.media_type, path.read_bytes()


def _recipe_piece(log: EditLog, field: EditedField) -> str:
    """Piece of a recipe that names the edits as a source."""
    return (
        f"# {counted(len(log.edits), 'edit')} of: {' '.join(field.title.split())}\n"
        f"# Export them as JSON lines, too, and put that file beside the recipe.\n"
        f"{_SOURCES[log.quantity]}: {{file: {field.file_name}.edits.json}}\n"
    )


def taken_in(name: str, encoded: str, field: EditedField, surface: Surface) -> list[Edit]:
    """
    Edits of a list that was made anywhere, carried out on a surface, which is changed.

    Parameters
    ----------
    name : str
        Of the file.
    encoded : str
        The file in base64.
    field : EditedField
    surface : Surface
        Its values as they are now; a list that cannot be carried out changes nothing.

    Raises
    ------
    InputError
        Where the list cannot be used; names the file.
    """
    try:
        data = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise InputError("The file did not arrive whole: it is no base64.") from None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / (Path(name.replace("\\", "/")).name.replace("\0", "") or "edits")
        path.write_bytes(data)
        log = read_edits(path, mesh=surface.mesh, quantity=surface.quantity)
    own = field.log()
    try:
        went = replay(log.edits, surface, same_base=False, same_grid=log.grid == own.grid, revisions=field.revisions)
    except InputError as error:
        raise InputError(f"{path.name}: {error}") from None
    return list(went.edits)
