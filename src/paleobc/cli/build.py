"""`paleobc build`: from a recipe to a folder of files."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from paleobc.cli.build_warnings import warn_of
from paleobc.cli.compiling import compilation_said
from paleobc.cli.console import err, out, print_json, seconds_of, size_of
from paleobc.conventions import counted
from paleobc.services.batches import Summary, build_many
from paleobc.services.builds import Build
from paleobc.services.builds import build as build_files
from paleobc.services.files import PROVENANCE, REPORT, file_name
from paleobc.steps.assets import ASSETS
from paleobc.steps.catalogue import GRAPH
from paleobc.workflow.run import Outcome
from paleobc.workflow.step import Step

_STYLES = {"made": "green", "unchanged": "yellow", "reused": "dim"}


def progress(step: Step, outcome: Outcome | None) -> None:
    """A line when a step starts working and one when it is done."""
    if outcome is None:
        err.print(f"{step.name} ...", style="dim", end="\r" if err.is_terminal else "\n")
    elif outcome.state != "reused":
        err.print(f"{step.name}: {seconds_of(outcome.seconds)}   ", markup=False)


def build(
    recipes: Annotated[
        list[Path],
        typer.Argument(
            metavar="RECIPE", help="Recipe: a YAML file; `paleobc example` writes one. Several may be given."
        ),
    ],
    output: Annotated[
        Path,
        typer.Option("--output", "-o", help="Folder for the files; made if need be."),
    ],
    only: Annotated[
        list[str] | None, typer.Option(help="Make this asset only, with all it needs; may be repeated.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """
    Make the boundary files of a recipe; what did not change is not made again.

    Several recipes are built each into a folder of its own below that of -o.

    One that fails stops no other; the exit code is 1 then.
    """
    if len(recipes) > 1:
        _build_several(recipes, output, tuple(only or ()), as_json)
        return
    with compilation_said():
        made = build_files(recipes[0], output, only=only or (), listener=progress)
    if as_json:
        print_json(made.report())
        return
    _tables(made)


def _build_several(recipes: list[Path], output: Path, only: tuple[str, ...], as_json: bool) -> None:
    """Build recipes one after the other, tell of each, and sum up."""
    GRAPH.needed_for(only)  # a wrong name is refused once, and not for each recipe
    number = 0
    several = len({recipe.absolute() for recipe in recipes})

    def tell(summary: Summary) -> None:
        nonlocal number
        number += 1
        done = f"{summary.state} in {seconds_of(summary.seconds)}"
        err.print(f"{number} of {several}, {summary.name} ({summary.recipe.name}): {done}", markup=False)
        if summary.said:
            err.print(f"Error: {summary.said}", style="red", markup=False, soft_wrap=True)

    with compilation_said():
        summaries = build_many(
            recipes,
            output,
            builder=lambda recipe, folder: build_files(recipe, folder, only=only, listener=progress),
            told=tell,
        )
    if as_json:
        print_json([_summary_data(summary) for summary in summaries])
    else:
        _summary_table(summaries, output)
    raise typer.Exit(0 if all(summary.state == "made" for summary in summaries) else 1)


def _summary_data(summary: Summary) -> dict[str, Any]:
    """A summary as plain data."""
    return {**asdict(summary), "recipe": str(summary.recipe), "folder": str(summary.folder)}


def _summary_table(summaries: list[Summary], output: Path) -> None:
    """What became of each recipe, the youngest first."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("experiment", "age", "state", "land", "closed seas", "strait cells", "files", "time", "folder"):
        left = heading in ("experiment", "state", "folder")
        table.add_column(heading, justify="left" if left else "right", no_wrap=heading != "experiment")
    for each in summaries:
        made = each.state == "made"
        table.add_row(
            Text(each.name),
            "" if each.age is None else f"{each.age:g} Ma",
            Text(each.state, style="green" if made else "red"),
            "" if each.land_fraction is None else f"{each.land_fraction:.1%}",
            "" if each.closed_seas is None else str(each.closed_seas),
            "" if each.strait_cells is None else str(each.strait_cells),
            str(each.files) if made else "",
            seconds_of(each.seconds),
            Text(each.folder.name) if made else "",
        )
    out.print(table)
    failed = sum(each.state == "failed" for each in summaries)
    wrong = f", {failed} failed" if failed else ""
    out.print(f"{len(summaries) - failed} of {len(summaries)} recipes are built in {output}{wrong}.", markup=False)


def _tables(made: Build) -> None:
    """What was made and why, what is worth knowing, and where the files are."""
    for source in made.sources.values():
        for sentence in source.assumptions:
            err.print(f"{source.file}: {sentence}", style="dim", markup=False)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading, side in (
        ("asset", "left"),
        ("state", "left"),
        ("why", "left"),
        ("time", "right"),
        ("file", "left"),
    ):
        table.add_column(heading, justify="right" if side == "right" else "left", no_wrap=heading != "why")
    table.add_column("size", justify="right", no_wrap=True)
    for asset, outcome in made.outcomes.items():
        sizes = [file.size for file in made.files if file.asset == asset]
        name = f"{file_name(asset)}/ ({len(sizes)} files)" if ASSETS[asset].is_set else file_name(asset)
        table.add_row(
            ASSETS[asset].title,
            Text(outcome.state, style=_STYLES[outcome.state]),
            outcome.reason,
            "" if outcome.state == "reused" else seconds_of(outcome.seconds),
            name if sizes else "",
            size_of(sum(sizes)) if sizes else "",
        )
    out.print(table)
    warn_of(made.report())
    if made.left:
        err.print(
            f"Left from an earlier build, not looked at: {', '.join(made.left)}.",
            style="yellow",
            markup=False,
        )
    out.print(
        f"{counted(len(made.files), 'file')}, {REPORT} and {PROVENANCE} are in {made.folder} "
        f"({seconds_of(made.seconds)}; {counted(len(made.laws), 'law')} checked, all hold).",
        markup=False,
        soft_wrap=True,
    )


def steps(
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """List the steps: what each reads and writes, and its options."""
    if as_json:
        print_json(
            [
                {
                    "step": step.name,
                    "summary": step.summary,
                    "reads": list(step.reads),
                    "may_read": list(step.may_read),
                    "writes": step.writes,
                    "file": ASSETS[step.writes].file_name,
                    "options": step.options_model.model_json_schema().get("properties", {}),
                }
                for step in GRAPH.steps
            ]
        )
        return
    for step in GRAPH.steps:
        optional = [f"[{asset}]" for asset in step.may_read]
        file = f" ({ASSETS[step.writes].file_name})" if ASSETS[step.writes].file_name else ""
        out.print(f"[bold]{step.name}[/bold]  {step.summary}")
        out.print(f"    reads {', '.join([*step.reads, *optional])}; writes {step.writes}{file}", markup=False)
        defaults = step.options({})
        for name, field in step.options_model.model_fields.items():
            default = "the table of the IPSL tool" if name == "bands" else defaults[name]
            shown = "none" if default is None else default
            out.print(f"    {name}: {field.description} Default: {shown}.", markup=False)
