"""A log of edits as a Python script that carries them out by itself, to be read, changed and run again."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from numbers import Integral, Real
from typing import Final

from paleobc.errors import InputError
from paleobc.topography.edits.edit import CopyFrom, Edit, Set
from paleobc.topography.edits.log import EditLog
from paleobc.topography.edits.shapes import CellList

BEGINNING: Final = "#!/usr/bin/env python3\n"

_WIDTH: Final = 110
_INDENT: Final = "    "

_TOP: Final = '''\
"""
Edits of a map, to be carried out again with paleobc:

    python SCRIPT FIELD.nc EDITED.nc [GRID.nc]

FIELD.nc holds the map before the edits, EDITED.nc is written. GRID.nc is the ocean grid (coordinates.nc) where the
places of the field are not in FIELD.nc.
"""

import sys
from pathlib import Path

'''

_BOTTOM: Final = '''

def main() -> None:
    """Carry out the edits, one after the other, and write the edited map."""
    if len(sys.argv) not in (3, 4):
        sys.exit("Usage: python SCRIPT FIELD.nc EDITED.nc [GRID.nc]")
    field, edited, *grid = map(Path, sys.argv[1:])
    try:
        surface, source = read_surface(field, QUANTITY, *grid, variable=VARIABLE, index=INDEX)
        if grid_description(surface.mesh) != GRID:
            sys.exit("The edits were made on another grid than that of the field.")
        if BASE and base_checksum(surface.values) != BASE:
            print("The field is not the one on which the edits were made.", file=sys.stderr)
        for edit in EDITS:
            apply_edit(edit, surface)
        write_surface(surface, source, edited)
    except PaleobcError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
'''

#: Heights and depths that stand in files of their own.
_FIELDS: Final = {("height", "regular"), ("depth", "tripolar")}

#: What every script uses.
_IMPORTS: Final = (
    ("paleobc.errors", ("PaleobcError",)),
    ("paleobc.formats.edited_field", ("read_surface", "write_surface")),
    ("paleobc.topography.edits.apply", ("apply_edit",)),
    ("paleobc.topography.edits.log", ("base_checksum", "grid_description")),
)


def edit_script(log: EditLog) -> str:
    """
    Script that carries out the edits of a log on the file of a field.

    Every text of the log stands in it as a literal of Python in ASCII: none can be read as a part of the script.

    Parameters
    ----------
    log : EditLog

    Raises
    ------
    InputError
        Where an edit copies from another revision and was never carried out, as a script has no revisions; where the
        field is of a kind that has no file.
    """
    if log.quantity != "value" and (log.quantity, log.grid.kind) not in _FIELDS:
        raise InputError(
            "A script edits heights on a regular grid, depths on an ocean grid, or values of a variable, and these "
            f"edits are of a {log.quantity} on a {log.grid.kind} grid; write them as JSON lines."
        )
    classes: set[type] = set()
    grid = _call(log.grid, classes, 0)
    edits = [_call(_intent(edit, number, log), classes, 1) for number, edit in enumerate(log.edits, 1)]
    body = [
        f"QUANTITY = {log.quantity!a}",
        f"VARIABLE = {log.variable!a}",
        f"INDEX = {dict(log.index)!a}",
        f"GRID = {grid}",
        f"BASE = {log.base!a}  # SHA-256 of the values before the edits",
        "",
        *(["EDITS = [", *(f"{_INDENT}{edit}," for edit in edits), "]"] if edits else ["EDITS = []"]),
    ]
    return BEGINNING + _TOP + "\n".join([*_imports(classes), "", *body]) + "\n" + _BOTTOM


def _intent(edit: Edit, number: int, log: EditLog) -> Edit:
    """The edit without its result; where it copies from a revision, one that sets the values it found there."""
    if not isinstance(edit.operation, CopyFrom):
        return replace(edit, result=None)
    if edit.result is None:
        raise InputError(
            f"Edit {number} copies from another revision and was never carried out, so a script cannot repeat it; "
            "apply the edits to their field first."
        )
    cells = tuple(divmod(cell, log.grid.columns) for cell in edit.result.cells.tolist())
    values = tuple(edit.result.new.tolist())
    return replace(edit, shape=CellList(cells), operation=Set(values), where="all", result=None)


def _imports(classes: set[type]) -> list[str]:
    """Lines that import what the script uses, in the order of their modules."""
    modules: dict[str, set[str]] = {module: set(names) for module, names in _IMPORTS}
    for each in classes:
        modules.setdefault(each.__module__, set()).add(each.__name__)
    return [
        f"from {module} import {', '.join(sorted(names, key=lambda name: (name.islower(), name)))}"
        for module, names in sorted(modules.items())
    ]


def _call(value: object, classes: set[type], depth: int) -> str:
    """Expression that makes a value; notes the classes it calls."""
    if isinstance(value, tuple):
        items = [_call(item, classes, depth + 1) for item in value]
        return _bracketed("", items, depth, across=True, closed=len(items) == 1)
    if is_dataclass(value) and not isinstance(value, type):
        classes.add(type(value))
        given = [
            f"{each.name}={_call(own, classes, depth + 1)}"
            for each in fields(value)
            if (own := getattr(value, each.name)) != each.default
        ]
        return _bracketed(type(value).__name__, given, depth)
    if isinstance(value, Integral):
        return repr(int(value))
    if isinstance(value, Real):
        return 'float("nan")' if value != value else repr(float(value))
    return ascii(value)


def _bracketed(name: str, items: list[str], depth: int, *, across: bool = False, closed: bool = False) -> str:
    """Items in brackets, in one line where they fit, else one below or beside the other."""
    line = f"{name}({', '.join(items)}{',' if closed else ''})"
    if len(line) + len(_INDENT) * depth <= _WIDTH and "\n" not in line:
        return line
    inner, rows = "\n" + _INDENT * (depth + 1), [""]
    for item in items:
        if rows[-1] and (not across or len(rows[-1]) + len(item) + len(inner) > _WIDTH):
            rows.append("")
        rows[-1] += f" {item}," if rows[-1] else f"{item},"
    return f"{name}({inner}{inner.join(rows)}\n{_INDENT * depth})"
