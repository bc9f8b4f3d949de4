"""`paleobc import-old`: users, experiments and revisions of the existing tool."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from paleobc.cli.console import err, out, print_json, size_of
from paleobc.cli.extras import needing
from paleobc.cli.installations import settings_of
from paleobc.conventions import counted

if TYPE_CHECKING:
    from paleobc.services.importing.report import Brought


def import_old(
    path: Annotated[Path, typer.Argument(help="Instance folder of the existing tool, or the database in it.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read everything and write nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Bring users, experiments and files of the existing tool over; exit code 3 where something is left."""
    settings = settings_of()
    with needing("server"):
        from paleobc.bootstrap import Installation
        from paleobc.services.importing.everything import bring_over
    installation = Installation(settings)
    installation.database.migrate()
    brought = bring_over(
        installation.database,
        installation.files,
        path,
        most_bytes=settings.upload_mb * 1_000_000,
        is_rehearsal=dry_run,
        tell=lambda words: err.print(words, markup=False, soft_wrap=True),
    )
    if as_json:
        print_json(brought.as_data())
    else:
        _say(brought)
    if brought.left:
        raise typer.Exit(3)


def _say(brought: Brought) -> None:
    """What came, and what did not, for people."""
    for sentence in brought.said:
        out.print(sentence, markup=False, soft_wrap=True)
    for one in brought.left:
        out.print(f"left out: {one.experiment}: {one.what}: {one.why}", markup=False, soft_wrap=True)
    things = [counted(brought.users, "account"), counted(brought.experiments, "experiment")]
    if brought.changed_experiments:
        things.append(f"something new of {counted(brought.changed_experiments, 'experiment')} that came before")
    things.append(f"{counted(brought.revisions, 'revision')} ({size_of(brought.bytes)})")
    would = "Would bring" if brought.is_rehearsal else "Brought"
    left = counted(len(brought.left), "thing")
    out.print(f"{would} over: {', '.join(things)}. Left out: {left}.", markup=False, soft_wrap=True)
