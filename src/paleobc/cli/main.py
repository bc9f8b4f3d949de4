"""The command's entry: all commands, and how errors reach the user."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from paleobc.cli import grid, single_step, weights
from paleobc.cli.build import build, steps
from paleobc.cli.console import err, out
from paleobc.cli.example import example
from paleobc.cli.look import check, show
from paleobc.errors import PaleobcError, StepError
from paleobc.services.provenance import VERSION

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    help="From a palaeotopography to the boundary files of a coupled climate model.",
)
app.command()(build)
app.add_typer(single_step.app, name="run")
app.add_typer(grid.app, name="grid")
app.add_typer(weights.app, name="weights")
app.command()(steps)
app.command()(check)
app.command()(show)
app.command()(example)


def _version(wanted: bool) -> None:
    """Print the version and stop."""
    if wanted:
        out.print(f"paleobc {VERSION}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """From a palaeotopography to the boundary files of a coupled climate model."""


def run() -> None:
    """Run the command: exit code 0 if all went well, 1 for a fault of the input, 2 for a wrong use, 3 for problems."""
    try:
        app()
    except StepError as error:
        err.print(f"Error: {error}", style="red", markup=False, soft_wrap=True)
        sys.exit(2)
    except PaleobcError as error:
        err.print(f"Error: {error}", style="red", markup=False, soft_wrap=True)
        sys.exit(1)
    except MemoryError:
        err.print("Error: there is not enough memory; take a coarser resolution.", style="red", markup=False)
        sys.exit(1)
