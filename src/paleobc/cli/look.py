"""`paleobc check` and `paleobc show`: what is wrong with a map, and what a file looks like."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.table import Table

from paleobc.cli.compiling import compilation_said
from paleobc.cli.console import err, out, print_json
from paleobc.conventions import place
from paleobc.errors import StepError
from paleobc.pictures.maps import draw_overview, draw_problems, draw_variable
from paleobc.services.checking import check_file
from paleobc.services.gateways import read_gateways
from paleobc.services.looking import open_to_look, overview_of

#: Exit code of a check that found something: 1 stays for a file that cannot be read.
PROBLEMS_FOUND: Final = 3


def check(
    file: Annotated[Path, typer.Argument(help="Relief: any NetCDF file of heights of the globe; or a bathymetry.")],
    variable: Annotated[str | None, typer.Option(help="Name of the variable, where in doubt.")] = None,
    ocean_grid: Annotated[
        Path | None, typer.Option(help="The file is a bathymetry on the ocean grid of this file.")
    ] = None,
    gateways: Annotated[
        Path | None, typer.Option(help="YAML file of gateways that have to be open or closed, or a recipe with them.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
    picture: Annotated[Path | None, typer.Option("--map", help="Draw a map with a ring around each problem.")] = None,
) -> None:
    """
    Find what is wrong with a relief; exit code 3 where something is.

    With --ocean-grid, find what is wrong with a bathymetry; with --gateways, which of them do not hold.
    """
    demanded = read_gateways(gateways) if gateways is not None else ()
    with compilation_said():
        looked = check_file(file, variable, ocean_grid, demanded)
    if picture is not None:
        draw_problems(looked.field, looked.problems, picture, f"Problems of {file.name}")
    if as_json:
        print_json(looked.as_data())
    else:
        _say(looked.as_data(), file, picture)
    raise typer.Exit(0 if looked.is_clean else PROBLEMS_FOUND)


def _say(found: dict[str, Any], file: Path, picture: Path | None) -> None:
    """A table of the problems, what they mean and what to do."""
    for sentence in found["assumptions"]:
        err.print(f"{file.name}: {sentence}", style="dim", markup=False)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("check", "places", "cells", "first at"):
        table.add_column(heading, justify="right" if heading in ("places", "cells") else "left")
    for name, entry in found["checks"].items():
        first = next((p["cells"][0] for p in found["problems"] if p["check"] == name), None)
        where = place(first["latitude"], first["longitude"]) if first else ""
        table.add_row(entry["title"], str(entry["places"]), str(entry["cells"]), where)
    out.print(table)
    for name, entry in found["checks"].items():
        if entry["places"]:
            problem = next(p for p in found["problems"] if p["check"] == name)
            out.print(f"{entry['title']}: {problem['meaning']} {problem['remedy']}", markup=False)
    for gateway in found["gateways"]:
        out.print(f"{'holds' if gateway['holds'] else 'FAILS'}  {gateway['said']}", markup=False)
    if not found["problems"] and all(gateway["holds"] for gateway in found["gateways"]):
        out.print("Nothing is wrong with this map.")
    if picture is not None:
        out.print(f"Map: {picture}", markup=False, soft_wrap=True)


def show(
    file: Annotated[Path, typer.Argument(help="A relief, a file that paleobc made, or a folder of a build.")],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Picture to write (PNG); by default named after the file, here."),
    ] = None,
    variable: Annotated[str | None, typer.Option(help="Variable to draw; by default the most telling one.")] = None,
    view: Annotated[bool, typer.Option("--open", help="Open the picture where there is a screen.")] = False,
) -> None:
    """Draw a map of a file, or of all files of a build."""
    picture = output or Path(f"{file.resolve().stem}.png")
    if file.is_dir():
        if variable is not None:
            raise StepError(f"--variable is for one file, and {file} is a folder; give one of the files in it.")
        title, panels = overview_of(file)
        draw_overview(panels, picture, title)
        drawn = f"{len(panels)} maps of {file}"
    else:
        drawn = f"{draw_variable(open_to_look(file, variable), variable, picture)} of {file.name}"
    out.print(f"{drawn}: {picture}", markup=False, soft_wrap=True)
    if view and (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or sys.platform in ("darwin", "win32")):
        typer.launch(str(picture))
