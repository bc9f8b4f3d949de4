"""`paleobc run STEP`: one command for each step, made from its declaration."""

from __future__ import annotations

from collections.abc import Callable
from inspect import Parameter
from pathlib import Path
from typing import Annotated

import typer

from paleobc.cli.compiling import compilation_said
from paleobc.cli.console import err, out
from paleobc.cli.step_options import values_of, with_options_of
from paleobc.errors import StepError
from paleobc.services.single import run_step
from paleobc.steps.catalogue import GRAPH
from paleobc.workflow.step import Step

app = typer.Typer(no_args_is_help=True, help="Run one step alone, on files.")


def _file_of(argument: str) -> tuple[str, Path]:
    """Asset and file of an argument ASSET=FILE."""
    asset, equals, file = argument.partition("=")
    if not equals or not asset or not file:
        raise StepError(f"{argument!r} should be ASSET=FILE, for example relief=topography.nc.")
    return asset, Path(file)


def _assets_of(arguments: list[str]) -> dict[str, Path]:
    """File of each asset."""
    assets: dict[str, Path] = {}
    for asset, file in map(_file_of, arguments):
        if asset in assets:
            raise StepError(f"{asset} is given twice; give one file for it.")
        assets[asset] = file
    return assets


def _command_of(step: Step) -> Callable[..., None]:
    """A command whose options are those of the step."""

    def command(files: list[str], output: Path, variable: str | None = None, **given: str | None) -> None:
        options = values_of(given)
        with compilation_said():
            sources, laws = run_step(step, _assets_of(files), options, output, variable)
        for source in sources.values():
            for sentence in source.assumptions:
                err.print(f"{source.file}: {sentence}", style="dim", markup=False)
        checked = f" {len(laws)} laws checked, all hold." if laws else ""
        out.print(f"{step.name}: {output} written.{checked}", markup=False, soft_wrap=True)

    reads = " ".join(f"{asset}=FILE" for asset in step.reads)
    reads += "".join(f"; if wanted, {asset}=FILE" for asset in step.may_read)  # brackets would be taken for markup
    files = Annotated[list[str], typer.Argument(metavar="ASSET=FILE", help=f"What it reads: {reads}")]
    output = Annotated[Path, typer.Option("--output", "-o", help="File to write.")]
    variable = Annotated[str | None, typer.Option(help="Variable of the first file, where in doubt.")]
    own = {"files": (files, Parameter.empty), "output": (output, Parameter.empty), "variable": (variable, None)}
    with_options_of(step, command, own, step.summary)
    return command


for _step in GRAPH.steps:
    app.command(_step.name)(_command_of(_step))
