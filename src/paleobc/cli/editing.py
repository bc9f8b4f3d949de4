"""`paleobc edit`: the map editor before one file, in the browser."""

from __future__ import annotations

import webbrowser
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from paleobc.cli.compiling import compilation_said
from paleobc.cli.console import err, out
from paleobc.editor.file_host import FileHost
from paleobc.editor.file_server import listener_on, serve_file


def edit(
    file: Annotated[Path, typer.Argument(help="Any NetCDF file of fields on a map.")],
    variable: Annotated[
        str | None, typer.Option(help="Variable to begin with; all can be chosen in the editor.")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="File to save to; by default named after FILE, with _edited, beside it."),
    ] = None,
    ocean_grid: Annotated[
        Path | None, typer.Option(help="Grid of a file that does not say where its cells lie: NEMO's coordinates.nc.")
    ] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port on this machine; 0: any free one.")] = 0,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the editor in the browser.")] = True,
) -> None:
    """Edit a file on the map, in the browser; the file itself stays as it is."""
    with compilation_said():
        host = FileHost(file, variable=variable or "", output=output, ocean_grid=ocean_grid)
    try:
        listener = listener_on(port)
        served = partial(_said, host, browser)
        serve_file(host, listener, served)
        err.print(host.where_the_edits_are(), markup=False, soft_wrap=True)
    finally:
        host.close()


def _said(host: FileHost, browser: bool, address: str) -> None:
    """Say where the editor is, and open it."""
    out.print(f"{host.file.name} is edited at {address} - Ctrl-C stops it.", markup=False, soft_wrap=True)
    out.print(f"Edits are kept in {host.journals} until they are saved to {host.output}.", markup=False, soft_wrap=True)
    if browser:
        webbrowser.open(address)
