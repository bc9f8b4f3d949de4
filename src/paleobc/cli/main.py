"""The command's entry: all commands, and how errors reach the user."""

from __future__ import annotations

import sys
from typing import Annotated, ClassVar

import typer

from paleobc import __version__
from paleobc.cli.console import err, out
from paleobc.cli.late_commands import Late, LateGroup
from paleobc.errors import PaleobcError, StepError
from paleobc.lifetime import load_quickly


class _Commands(LateGroup):
    """All commands in the order of the help; a new one is one line here."""

    late: ClassVar = {
        "build": Late(
            "paleobc.cli.build:build",
            "Make the boundary files of a recipe; what did not change is not made again.",
        ),
        "steps": Late("paleobc.cli.build:steps", "List the steps: what each reads and writes, and its options."),
        "check": Late("paleobc.cli.look:check", "Find what is wrong with a relief; exit code 3 where something is."),
        "show": Late("paleobc.cli.look:show", "Draw a map of a file, or of all files of a build."),
        "example": Late(
            "paleobc.cli.example:example",
            "Write the example, the present-day Earth: a recipe and its topography.",
        ),
        "repair": Late(
            "paleobc.cli.repair:repair", "Propose edits that mend what is wrong with a map, and keep its gateways."
        ),
        "edit": Late(
            "paleobc.cli.editing:edit",
            "Edit a file on the map, in the browser; the file itself stays as it is.",
            needs="server",
        ),
        "edits": Late("paleobc.cli.edits:app", "Show, convert, merge and append lists of edits."),
        "audit": Late(
            "paleobc.cli.deliver:audit",
            "Find what does not fit together in a set of files; exit code 3 where a run must not start with it.",
        ),
        "bundle": Late(
            "paleobc.cli.deliver:bundle",
            "Make all files of a recipe with cards, namelists, checksums and a report, ready to copy to the cluster.",
        ),
        "serve": Late(
            "paleobc.cli.processes:serve",
            "Serve the web application, with workers of its own; everything else is set in the environment.",
        ),
        "work": Late(
            "paleobc.cli.work:work",
            "Perform runs of an installation with a broker; any number may, on any machines.",
        ),
        "accounts": Late(
            "paleobc.cli.accounts:app", "Let somebody in again who forgot their password.", needs="server"
        ),
        "import-old": Late(
            "paleobc.cli.import_old:import_old",
            "Bring users, experiments and files of the existing tool over; exit code 3 where something is left.",
            needs="server",
        ),
        "admin": Late("paleobc.cli.admin:app", "Keep an installation well.", needs="server"),
        "remote": Late("paleobc.cli.remote:app", "Work with a paleobc that runs elsewhere.", needs="server"),
        "run": Late("paleobc.cli.single_step:app", "Run one step alone, on files."),
        "grid": Late("paleobc.cli.grid:app", "Make and describe ocean grids."),
        "weights": Late("paleobc.cli.weights:app", "Describe coupling weights."),
    }


app = typer.Typer(
    cls=_Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    help="From a palaeotopography to the boundary files of a coupled climate model.",
)


def _version(wanted: bool) -> None:
    """Print the version and stop."""
    if wanted:
        out.print(f"paleobc {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """From a palaeotopography to the boundary files of a coupled climate model."""


def main() -> None:
    """Run the command as a process of its own."""
    load_quickly()
    run()


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
