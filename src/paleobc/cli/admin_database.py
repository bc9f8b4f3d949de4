"""`paleobc admin migrate`, `sql` and `dump`: the database."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from paleobc.bootstrap import Installation
from paleobc.cli.admin_tables import AsJson, show, this_installation
from paleobc.cli.console import err, out, print_json, size_of
from paleobc.cli.installations import settings_of
from paleobc.errors import InputError
from paleobc.services.admin_database import ask_in_sql, dump_for
from paleobc.services.administrators import shell


def migrate(
    to: Annotated[
        str | None, typer.Option(help="Another schema, as of an older version that is to be started next.")
    ] = None,
) -> None:
    """Bring the database to the schema of this version."""
    database = Installation(settings_of()).database
    before = database.schema
    database.migrate() if to is None else database.migrate_to(to)
    now = database.schema
    words = (
        f"has the schema {now} already" if before == now else f"went from the schema {before or 'of nothing'} to {now}"
    )
    out.print(f"The database {words}.", markup=False)


def sql(
    question: Annotated[str, typer.Argument(help="One SELECT; the tables are explained in the documentation.")],
    as_json: AsJson = False,
) -> None:
    """Ask the database one question in SQL that changes nothing."""
    here = this_installation()
    found = ask_in_sql(here.database, here.settings.database, shell(), question)
    if as_json:
        print_json(found)
        return
    columns = {str(number): name for number, name in enumerate(found["columns"])}
    rows = [{str(number): value for number, value in enumerate(row)} for row in found["rows"]]
    show(rows, columns, as_json=False, nothing="No row.")
    if found["is_cut"]:
        err.print(f"There are more rows than these {len(rows)}.", markup=False)


def dump(
    file: Annotated[Path, typer.Argument(help="File to write; it holds checksums of passwords: keep it safe.")],
) -> None:
    """Write a copy of the database into a file while others work."""
    here = this_installation()
    if file.exists():
        raise InputError(f"{file} is there already; choose another name, or remove it.")
    if not file.absolute().parent.is_dir():
        raise InputError(f"There is no folder {file.absolute().parent}.")
    part = file.with_name(f".{file.name}.part")
    try:
        dump_for(here.database, here.settings.database, shell(), part)
        part.rename(file)
    finally:
        part.unlink(missing_ok=True)
    out.print(f"{file}: {size_of(file.stat().st_size)}", markup=False, soft_wrap=True)
