"""`paleobc edits`: lists of edits shown, converted, merged and put one after the other."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.table import Table
from rich.text import Text

from paleobc.cli.console import out, print_json
from paleobc.conventions import counted, place
from paleobc.formats.edit_lists import ListKind
from paleobc.formats.hand_edit_lists import field_in_words
from paleobc.services.edit_files import append_edits, convert_edits, list_edits, map_of, merge_edits
from paleobc.services.sources import refuse_to_overwrite

app = typer.Typer(no_args_is_help=True, help="Show, convert, merge and append lists of edits.")

_List = Annotated[Path, typer.Argument(help="List of edits: YAML, JSON lines, or of MOM6, COSIMA or JMMP.")]
_Output = Annotated[Path, typer.Option("--output", "-o", help="List to write.")]
_Relief = Annotated[
    Path | None, typer.Option(help="Relief that the edits are about; edits without a result are carried out on it.")
]
_Grid = Annotated[Path | None, typer.Option(help="Ocean grid of the depths that the edits are about.")]
_Bathymetry = Annotated[
    Path | None, typer.Option(help="Depths on that grid; edits without a result are carried out on them.")
]
_Kind = Annotated[ListKind, typer.Option("--as", help="Form of the list to write.")]


@app.command()
def show(
    edits: _List,
    relief: _Relief = None,
    ocean_grid: _Grid = None,
    bathymetry: _Bathymetry = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """Show a list of edits: what each does, where, why, by whom."""
    said = list_edits(edits, map_of(relief, ocean_grid, bathymetry))
    if as_json:
        print_json(said)
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("", "shape", "at", "does", "on", "cells changed", "why", "who", "when"):
        table.add_column(heading, justify="right" if heading in ("", "cells changed") else "left")
    for entry in said["edits"]:
        does = entry["operation"] if entry["value"] is None else f"{entry['operation']} {entry['value']}"
        changed = "" if entry["cells_changed"] is None else str(entry["cells_changed"])
        at = entry["first_at"]
        where = place(round(at[1], 3), round(at[0], 3)) if at else ""
        words = (entry["shape"], where, does, entry["where"], changed, entry["reason"], entry["who"], entry["when"])
        table.add_row(str(entry["edit"]), *map(Text, words))  # words of others are no markup
    out.print(table)
    grid = said["grid"]
    edits_of = counted(len(said["edits"]), "edit")
    what = field_in_words(said["variable"], said["index"]) if "variable" in said else f"{said['quantity']}s"
    out.print(f"{edits_of} of {what} on {grid['rows']} x {grid['columns']} cells.", markup=False)


@app.command()
def convert(
    edits: _List,
    output: _Output,
    kind: _Kind = "yaml",
    relief: _Relief = None,
    ocean_grid: _Grid = None,
    bathymetry: _Bathymetry = None,
) -> None:
    """Write a list of edits in another form, also as a Python script."""
    given = {"the list": edits, "the relief": relief, "the ocean grid": ocean_grid, "the bathymetry": bathymetry}
    refuse_to_overwrite(given, {"-o": output})
    log = convert_edits(edits, output, kind, map_of(relief, ocean_grid, bathymetry))
    out.print(f"{counted(len(log.edits), 'edit')}: {output}", markup=False, soft_wrap=True)


@app.command()
def merge(
    one: _List,
    other: _List,
    output: _Output,
    kind: _Kind = "json",
    resolve: Annotated[
        Literal["one", "other"] | None, typer.Option(help="List to follow where both change a cell differently.")
    ] = None,
    relief: _Relief = None,
    ocean_grid: _Grid = None,
    bathymetry: _Bathymetry = None,
) -> None:
    """Put the edits of two lists of one map together; refused where they differ and nobody said which to take."""
    maps = {"the relief": relief, "the ocean grid": ocean_grid, "the bathymetry": bathymetry}
    refuse_to_overwrite({"the first list": one, "the second list": other, **maps}, {"-o": output})
    log = merge_edits(one, other, output, kind, resolve, map_of(relief, ocean_grid, bathymetry))
    out.print(f"{counted(len(log.edits), 'edit')}: {output}", markup=False, soft_wrap=True)


@app.command()
def append(
    first: _List,
    following: Annotated[
        list[Path],
        typer.Argument(help="List made on the map that the first leaves; more may follow likewise."),
    ],
    output: _Output,
    kind: _Kind = "json",
    relief: Annotated[Path | None, typer.Option(help="Relief before all edits; they are carried out on it.")] = None,
    ocean_grid: _Grid = None,
    bathymetry: Annotated[
        Path | None, typer.Option(help="Depths on that grid before all edits; they are carried out on them.")
    ] = None,
) -> None:
    """Put the edits of lists one after the other; refused where one was not made on the map that the others leave."""
    lists = {f"list {number}": path for number, path in enumerate([first, *following], 1)}
    maps = {"the relief": relief, "the ocean grid": ocean_grid, "the bathymetry": bathymetry}
    refuse_to_overwrite({**lists, **maps}, {"-o": output})
    log = append_edits([first, *following], output, kind, map_of(relief, ocean_grid, bathymetry))
    out.print(f"{counted(len(log.edits), 'edit')}: {output}", markup=False, soft_wrap=True)
