"""`paleobc repair`: edits that mend what is wrong with a map."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from paleobc.cli.compiling import compilation_said
from paleobc.cli.console import err, out, print_json
from paleobc.conventions import counted, place
from paleobc.errors import StepError
from paleobc.formats.edit_lists import ListKind
from paleobc.services.gateways import read_gateways
from paleobc.services.repairs import RepairedMap, repair_file, write_repair
from paleobc.services.sources import refuse_to_overwrite
from paleobc.topography.repair_world import OPENED_FROM, SILL


def repair(
    file: Annotated[Path, typer.Argument(help="Relief: any NetCDF file of heights of the globe; or a bathymetry.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="List of edits to write.")],
    kind: Annotated[ListKind, typer.Option("--as", help="Form of the list.")] = "json",
    repaired: Annotated[Path | None, typer.Option(help="Write the repaired map as well (NetCDF).")] = None,
    variable: Annotated[str | None, typer.Option(help="Name of the variable, where in doubt.")] = None,
    ocean_grid: Annotated[
        Path | None, typer.Option(help="The file is a bathymetry on the ocean grid of this file.")
    ] = None,
    gateways: Annotated[
        Path | None,
        typer.Option(help="YAML file of gateways, or recipe with them; each is kept, opened or closed as it says."),
    ] = None,
    prefer: Annotated[
        list[str] | None,
        typer.Option(help="Way for a kind of problem, as closed_sea=fill or diffusive_strait=widen; may be repeated."),
    ] = None,
    opened_from: Annotated[
        float, typer.Option(min=0.0, help="Closed seas of so many km2 are opened, smaller ones filled.")
    ] = OPENED_FROM,
    sill: Annotated[float, typer.Option(min=1.0, max=6000.0, help="Depth of straits that are dug [m].")] = SILL,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was done as JSON.")] = False,
) -> None:
    """
    Propose edits that mend what is wrong with a map, and keep its gateways.

    The map itself stays as it is. Exit code 3 where something is left that no edit could mend.
    """
    refuse_to_overwrite(
        given={"the map": file, "the ocean grid": ocean_grid, "the gateways": gateways},
        written={"-o": output, "--repaired": repaired},
    )
    with compilation_said():
        mended = repair_file(
            file,
            variable=variable,
            ocean_grid=ocean_grid,
            gateways=read_gateways(gateways) if gateways is not None else (),
            prefer=dict(_way(text) for text in prefer or ()),
            opened_from=opened_from,
            sill=sill,
        )
        write_repair(mended, output, kind, repaired)
    if as_json:
        print_json(mended.as_data())
    else:
        _say(mended, file, output, repaired)
    raise typer.Exit(3 if mended.done.left or mended.done.sentences else 0)


def _way(text: str) -> tuple[str, str]:
    """Kind of problem and way, from ``kind=way``."""
    kind, equals, way = text.partition("=")
    if not equals:
        raise StepError(f"--prefer {text}: write KIND=WAY, as in --prefer closed_sea=fill.")
    return kind, way


def _say(mended: RepairedMap, file: Path, output: Path, repaired: Path | None) -> None:
    """What was done and what is left."""
    for sentence in mended.assumptions:
        err.print(f"{file.name}: {sentence}", style="dim", markup=False)
    done, edits = mended.done, len(mended.log.edits)
    if edits:
        out.print(_table(mended))
        changed, wrong = counted(done.cells_changed, "cell"), counted(done.cells_wrong, "cell")
        out.print(f"{counted(edits, 'edit')}, {changed} changed; {wrong} had problems.", markup=False)
    else:
        out.print("Nothing is to be repaired; the list of edits is empty.")
    for sentence in done.sentences:
        err.print(sentence, style="yellow", markup=False)
    for found in done.findings:
        out.print(f"{'holds' if found.holds else 'FAILS'}  {found.sentence}", markup=False)
    for problem in done.left:
        err.print(f"Left: {problem.label}.", style="yellow", markup=False)
    told = f" (`paleobc edits show {shlex.quote(str(output))}` lists them all)" if edits else ""
    out.print(f"Edits: {output}{told}", markup=False, soft_wrap=True)
    if repaired is not None:
        out.print(f"Repaired map: {repaired}", markup=False, soft_wrap=True)


def _table(mended: RepairedMap) -> Table:
    """Kinds of repair: how many edits and cells, and the first few places."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("repair", "edits", "cells", "first at"):
        table.add_column(heading, justify="right" if heading in ("edits", "cells") else "left")
    for entry in mended.repairs():
        first = ", ".join(place(at["latitude"], at["longitude"]) for at in entry["first_at"])
        more = ", ..." if entry["edits"] > len(entry["first_at"]) else ""
        table.add_row(Text(entry["repair"]), str(entry["edits"]), str(entry["cells"]), first + more)
    return table
