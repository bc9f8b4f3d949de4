"""`paleobc build`: from a recipe to a folder of files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from paleobc.cli.console import compilation_said, err, out, print_json, seconds_of, size_of
from paleobc.services.builds import Build
from paleobc.services.builds import build as build_files
from paleobc.services.files import PROVENANCE, REPORT, file_name
from paleobc.steps.assets import ASSETS
from paleobc.steps.catalogue import GRAPH
from paleobc.workflow.run import Outcome
from paleobc.workflow.step import Step

_STYLES = {"made": "green", "unchanged": "yellow", "reused": "dim"}


def _progress(step: Step, outcome: Outcome | None) -> None:
    """A line when a step starts working and one when it is done."""
    if outcome is None:
        err.print(f"{step.name} ...", style="dim", end="\r" if err.is_terminal else "\n")
    elif outcome.state != "reused":
        err.print(f"{step.name}: {seconds_of(outcome.seconds)}   ", markup=False)


def build(
    recipe: Annotated[Path, typer.Argument(help="Recipe: a YAML file; `paleobc example` writes one.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the files; made if need be.")],
    only: Annotated[
        list[str] | None, typer.Option(help="Make this asset only, with all it needs; may be repeated.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Make the boundary files of a recipe; what did not change is not made again."""
    with compilation_said():
        made = build_files(recipe, output, only=only or (), listener=_progress)
    if as_json:
        print_json(made.report())
        return
    _tables(made)


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
    _warnings(made.report())
    if made.left:
        err.print(
            f"Left from an earlier build, not looked at: {', '.join(made.left)}.",
            style="yellow",
            markup=False,
        )
    laws = len(made.laws)
    out.print(
        f"{len(made.files)} files, {REPORT} and {PROVENANCE} are in {made.folder} "
        f"({seconds_of(made.seconds)}; {laws} law{'s' if laws != 1 else ''} checked, all hold).",
        markup=False,
        soft_wrap=True,
    )


def _warnings(report: dict[str, Any]) -> None:
    """What the modeller should look at."""
    advice = report["regrid"]["advice"]
    if advice:
        err.print(f"Note: {advice}", style="yellow", markup=False)
    on_relief, on_ocean = _found(report["checks"]), _found(report.get("ocean_checks", {}))
    if on_relief:
        err.print(f"On the relief: {on_relief}.", style="yellow", markup=False)
    if on_ocean:
        err.print(f"On the ocean grid: {on_ocean}.", style="yellow", markup=False)
    lost = _certified(report.get("weights", {}))
    if lost:
        err.print(
            f"Weights: {lost}. Weights of engine mosaix, and of mosaic with faithful: false, lose none.",
            style="yellow",
            markup=False,
        )
    if on_relief or on_ocean:
        err.print(
            f"Each is a place to look at, see problems in {REPORT}; `paleobc check RELIEF --map problems.png` draws "
            "those of the relief.",
            style="yellow",
            markup=False,
        )


def _certified(weights: dict[str, Any]) -> str:
    """What the certificates of runoff weights say of the water of rivers."""
    said = []
    for name, entry in weights.items():
        rivers = entry.get("rivers")
        if rivers and rivers["outlets_unserved"]:
            lost = rivers["discharge_area_unserved_m2"] / rivers["discharge_area_m2"]
            said.append(f"{name} loses the water of {rivers['outlets_unserved']} river outlets, {lost:.1%} of the land")
    return "; ".join(said)


def _found(checks: dict[str, Any]) -> str:
    """How many problems there are of each kind, as a sentence."""
    return "; ".join(
        f"{entry['title'].lower()}: {entry['places']}"
        if name == "closed_sea"
        else f"{entry['title'].lower()}: {entry['cells']} cells"
        for name, entry in checks.items()
        if entry["places"]
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
