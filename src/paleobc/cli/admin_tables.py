"""What the commands of administration share: the installation, plain tables, and a question before harm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Final

import typer
from rich import box
from rich.table import Table
from rich.text import Text

from paleobc.bootstrap import Installation
from paleobc.cli.console import out, print_json
from paleobc.cli.installations import settings_of
from paleobc.errors import InputError

AsJson = Annotated[bool, typer.Option("--json", help="Print as JSON.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask first.")]
#: What stands in a table where there is nothing.
_NOTHING: Final = "-"


def this_installation(*, is_checked: bool = True) -> Installation:
    """
    The installation of the settings.

    Parameters
    ----------
    is_checked : bool
        Whether one of another schema is refused too.

    Raises
    ------
    InputError
        Where there is none.
    """
    settings = settings_of()
    if not settings.database_url and not (settings.data_folder / "paleobc.sqlite").exists():
        raise InputError(
            f"There is no installation in {settings.data_folder}; say in PALEOBC_DATA_FOLDER where the data are."
        )
    installation = Installation(settings)
    if is_checked:
        installation.database.check()
    return installation


def show(rows: Sequence[Mapping[str, Any]], columns: Mapping[str, str], *, as_json: bool, nothing: str) -> None:
    """
    Print rows as JSON with all they hold, or as a table with some columns.

    Parameters
    ----------
    rows : sequence of dict
    columns : dict of str to str
        Keys of the rows with their headings.
    as_json : bool
    nothing : str
        What is said where there are none; empty: nothing.
    """
    if as_json:
        print_json(rows)
        return
    if not rows:
        if nothing:
            out.print(nothing, markup=False)
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for heading in columns.values():
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*(_cell(row[key]) for key in columns))
    out.print(table)


def _cell(value: Any) -> Any:
    """A value in a table; nothing in it is taken for markup."""
    if value is None or value == "":
        return Text(_NOTHING)
    if isinstance(value, bool):
        return Text("yes" if value else "no")
    if isinstance(value, float):
        return Text(f"{value:.2f}")
    if isinstance(value, list):
        return Text(", ".join(map(str, value)) or _NOTHING)
    return Text(str(value))


def minute_of(time: str | None) -> str:
    """
    A time to the minute, in UTC.

    Examples
    --------
    >>> minute_of("2026-03-01T09:05:33.123+00:00"), minute_of(None)
    ('2026-03-01 09:05', '')
    """
    return "" if time is None else f"{datetime.fromisoformat(time):%Y-%m-%d %H:%M}"


def ask_first(question: str, *, yes: bool) -> None:
    """Ask before something that harms is done; where nobody can answer, and nobody said yes before, it is not done."""
    if not yes:
        typer.confirm(question, abort=True)
