"""`paleobc audit` and `paleobc bundle`: whether a set of files fits together, and handing it to the model."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.table import Table
from rich.text import Text

from paleobc.cli.build import progress
from paleobc.cli.compiling import compilation_said
from paleobc.cli.console import err, out, print_json, seconds_of
from paleobc.conventions import counted, place
from paleobc.services.audit import audit_folder
from paleobc.services.audit_names import Engine
from paleobc.services.bundles import make_bundle
from paleobc.services.gateways import read_gateways

#: Exit code of an audit that found a fault: 1 stays for a folder that cannot be read.
FAULTS_FOUND: Final = 3

#: Of findings of one kind in one file so many are told.
_MOST_ALIKE: Final = 3


def audit(
    folder: Annotated[Path, typer.Argument(help="Folder of a build, or of files of others under the names of a run.")],
    gateways: Annotated[
        Path | None,
        typer.Option(
            help="YAML file of gateways that have to be open or closed in the bathymetry, or a recipe with them."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """Find what does not fit together in a set of files; exit code 3 where a run must not start with it."""
    demanded = read_gateways(gateways) if gateways is not None else ()
    with compilation_said():
        found = audit_folder(folder, gateways=demanded)
    if as_json:
        print_json(found.as_data())
    else:
        _say(found.as_data())
    raise typer.Exit(FAULTS_FOUND if found.faults else 0)


def _say(found: dict[str, Any]) -> None:
    """Findings by kind, each with its first places and what to do, and how much holds."""
    kinds: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for finding in found["findings"]:
        kinds.setdefault((finding["severity"], finding["title"], ", ".join(finding["files"])), []).append(finding)
    for (severity, title, files), alike in kinds.items():
        out.print(f"{severity}: {title}, {files}", style="red" if severity == "fault" else "yellow", markup=False)
        for finding in alike[:_MOST_ALIKE]:
            out.print(f"    {finding['said']}{_where(finding)}", markup=False)
        if len(alike) > _MOST_ALIKE:
            out.print(f"    ... and {len(alike) - _MOST_ALIKE} more; --json lists all.", markup=False)
        out.print(f"    {alike[0]['remedy']}", style="dim", markup=False)
    for file, words in found["changed_by_hand"].items():
        out.print(f"{file} was changed by hand: {words}.", style="yellow", markup=False)
    for missed in found["not_looked_at"]:
        out.print(f"{missed['title']}, {', '.join(missed['files'])}: {missed['reason']}", style="dim", markup=False)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("holds", "times", "figures of the first"):
        table.add_column(heading, justify="right" if heading == "times" else "left")
    laws: dict[str, list[str]] = {}
    for held in found["held"]:
        laws.setdefault(held["title"], []).append(held["figures"])
    for title, figures in laws.items():
        table.add_row(Text(title), str(len(figures)), Text(figures[0]))
    if laws:
        out.print(table)
    counts = ", ".join(counted(found[key], noun) for key, noun in (("faults", "fault"), ("warnings", "warning")))
    looked = f"{counted(len(found['files']), 'file')}, {seconds_of(found['seconds'])}"
    out.print(f"{counts}, {counted(found['checks_held'], 'check')} held ({looked}).", markup=False)


def _where(finding: dict[str, Any]) -> str:
    """First place of a finding, where its sentence does not name it."""
    if not finding["cells"]:
        return ""
    first = place(finding["cells"][0]["latitude"], finding["cells"][0]["longitude"])
    return "" if first in finding["said"] else f" (first at {first})"


def bundle(
    recipe: Annotated[Path, typer.Argument(help="Recipe: a YAML file; `paleobc example` writes one.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder of the bundle; made, or an earlier bundle.")],
    engine: Annotated[Engine, typer.Option(help="Whose coupling weights the run takes.")] = "mosaix",
    old_names: Annotated[
        bool, typer.Option("--old-names", help="Give the files under the names of the IPSL editor as well.")
    ] = False,
    archive: Annotated[bool, typer.Option(help="Write the folder as one compressed file as well.")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was made as JSON.")] = False,
) -> None:
    """Make all files of a recipe with cards, namelists, checksums and a report, ready to copy to the cluster."""
    with compilation_said():
        made = make_bundle(recipe, output, engine=engine, old_names=old_names, archive=archive, listener=progress)
    if as_json:
        print_json(
            {
                "folder": str(made.folder),
                "archive": str(made.archive) if made.archive else None,
                "settings": asdict(made.settings),
            }
        )
        return
    out.print(f"{len(made.build.files)} files and report.html are in {made.folder}.", markup=False, soft_wrap=True)
    if made.archive is not None:
        out.print(f"As one file: {made.archive}", markup=False, soft_wrap=True)
    err.print("Open report.html first; README.txt says what is where.", style="dim")
