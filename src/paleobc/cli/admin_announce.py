"""`paleobc admin announce`: what stands on every page."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from paleobc.cli.admin_tables import AsJson, minute_of, show, this_installation
from paleobc.cli.console import out
from paleobc.services.administrators import shell
from paleobc.services.announcements import announce, announcements_data, end_early, read_time

app = typer.Typer(help="Announce something on every page.")


@app.callback(invoke_without_command=True)
def announcements(context: typer.Context, as_json: AsJson = False) -> None:
    """Announce something on every page."""
    if context.invoked_subcommand is not None:
        return
    with this_installation().database.reading() as session:
        found = announcements_data(session, shell())["present"]
    rows = found if as_json else [{**one, "expires": minute_of(one["expires"])} for one in found]
    columns = {"id": "id", "level": "level", "expires": "until (UTC)", "text": "text"}
    show(rows, columns, as_json=as_json, nothing="Nothing is announced.")


@app.command()
def say(
    text: Annotated[str, typer.Argument(help="A sentence or two, shown as they are.")],
    until: Annotated[str, typer.Option(help="Until when, in UTC: 2030-03-01 09:05; till it is ended by default.")] = "",
    level: Annotated[Literal["info", "warning"], typer.Option(help="How it looks.")] = "info",
) -> None:
    """Announce something on every page, until a time or until it is ended."""
    with this_installation().database.writing() as session:
        made = announce(session, shell(), text, level=level, expires=read_time(until))
    out.print(f"Announced; `paleobc admin announce end {made['id']}` ends it.", markup=False, soft_wrap=True)


@app.command()
def end(announcement: Annotated[str, typer.Argument(help="Id, as the list gives it.")]) -> None:
    """End an announcement now."""
    with this_installation().database.writing() as session:
        end_early(session, shell(), announcement)
    out.print("Ended.", markup=False)
