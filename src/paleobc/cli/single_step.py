"""`paleobc run STEP`: one command for each step, made from its declaration."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from paleobc.cli.console import compilation_said, err, out
from paleobc.errors import StepError
from paleobc.services.single import run_step
from paleobc.steps.catalogue import GRAPH
from paleobc.workflow.step import Step
from paleobc.workflow.yaml_lines import read_yaml

app = typer.Typer(no_args_is_help=True, help="Run one step alone, on files.")


def _file_of(argument: str) -> tuple[str, Path]:
    """Asset and file of an argument ASSET=FILE."""
    asset, equals, file = argument.partition("=")
    if not equals or not asset or not file:
        raise StepError(f"{argument!r} should be ASSET=FILE, for example relief=topography.nc.")
    return asset, Path(file)


def _command_of(step: Step) -> Callable[..., None]:
    """A command whose options are those of the step."""

    def command(files: list[str], output: Path, variable: str | None = None, **given: str | None) -> None:
        options = {name: read_yaml(text, f"--{name}").data for name, text in given.items() if text is not None}
        assets = dict(_file_of(argument) for argument in files)
        with compilation_said():
            sources, laws = run_step(step, assets, options, output, variable)
        for source in sources.values():
            for sentence in source.assumptions:
                err.print(f"{source.file}: {sentence}", style="dim", markup=False)
        checked = f" {len(laws)} laws checked, all hold." if laws else ""
        out.print(f"{step.name}: {output} written.{checked}", markup=False, soft_wrap=True)

    reads = " ".join([f"{a}=FILE" for a in step.reads] + [f"[{a}=FILE]" for a in step.may_read])
    annotations: dict[str, Any] = {
        "files": Annotated[list[str], typer.Argument(metavar="ASSET=FILE...", help=f"What it reads: {reads}")],
        "output": Annotated[Path, typer.Option("--output", "-o", help="File to write.")],
        "variable": Annotated[str | None, typer.Option(help="Variable of the first file, where in doubt.")],
    }
    parameters = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation, default=default)
        for (name, annotation), default in zip(
            annotations.items(), (inspect.Parameter.empty,) * 2 + (None,), strict=True
        )
    ]
    for name, field in step.options_model.model_fields.items():
        flag = f"--{name.replace('_', '-')}"
        annotations[name] = Annotated[str | None, typer.Option(flag, help=field.description)]
        parameters.append(
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=annotations[name], default=None)
        )
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    command.__annotations__ = annotations
    command.__doc__ = step.summary
    return command


for _step in GRAPH.steps:
    app.command(_step.name)(_command_of(_step))
