"""`paleobc admin storage` and `paleobc admin verify`: the files, and whether they are as they should be."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from paleobc.cli.admin_tables import AsJson, show, this_installation
from paleobc.cli.console import err, out, print_json, size_of
from paleobc.conventions import counted
from paleobc.errors import PaleobcError
from paleobc.services.admin_integrity import begin_check, go_on_checking, mend
from paleobc.services.admin_storage import files_data, storage_data
from paleobc.services.administrators import shell


def storage(
    files: Annotated[bool, typer.Option("--files", help="Compare with the files in the store too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Tell whose files take how much, and what nothing names."""
    here = this_installation()
    with here.database.reading() as session:
        found = storage_data(session, shell(), here.settings)
    if files:
        found["files"] = files_data(here.database, here.files, shell())
    if as_json:
        print_json(found)
        return
    free = found["room"]["free"]
    out.print(f"Room left: {size_of(free) if free is not None else 'not known'}.", markup=False)
    show(_sized(found["users"]), {"name": "user", "bytes": "files"}, as_json=False, nothing="There are no accounts.")
    columns = {"name": "experiment", "owner": "owner", "bytes": "files"}
    show(_sized(found["experiments"]), columns, as_json=False, nothing="There are no experiments.")
    columns = {"folder": "folder", "files": "files", "bytes": "size"}
    show(_sized(found["folders"]), columns, as_json=False, nothing="")
    if files:
        _show_files(found["files"])


def _show_files(found: dict[str, Any]) -> None:
    """What is in the store and not named, or named and not there."""
    number, size = counted(found["orphans_count"], "file"), size_of(found["orphans_bytes"])
    out.print(f"Named by nothing: {number}, {size}; those older than a day are removed by themselves.", markup=False)
    columns = {"name": "file", "bytes": "size", "is_tidied": "removed soon"}
    show(_sized(found["orphans"]), columns, as_json=False, nothing="")
    out.print(f"Named and not there: {counted(found['missing_count'], 'file')}.", markup=False)
    show(found["missing"], {"name": "file", "of": "experiments"}, as_json=False, nothing="")


def _sized(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows with their bytes as people read them."""
    return [{**row, "bytes": size_of(row["bytes"])} for row in rows]


def verify(
    mends: Annotated[
        bool, typer.Option("--mend", help="Have made again what a step made and is harmed or gone.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Compare all files with their checksums; exit code 3 where one is gone or harmed."""
    here = this_installation()
    number = begin_check(here.database, shell())
    found = go_on_checking(
        here.database,
        here.files,
        number,
        lambda data: err.print(f"{data['checked']} of {data['total']} files", markup=False),
    )
    bad = list(found["bad"])
    for one in bad if mends else ():
        try:
            mend(here.database, here.files, shell(), one["name"])
            one["mended"] = True
        except PaleobcError as error:
            err.print(f"{one['name']}: {error}", markup=False, soft_wrap=True)
    if as_json:
        print_json(found)
    else:
        counts = f"{counted(found['checked'], 'file')} looked at, {found['bad_count']} gone or harmed."
        out.print(counts, markup=False)
        columns = {"name": "file", "fault": "is", "mended": "made again", "of": "experiments"}
        show(bad, columns, as_json=False, nothing="All are as they should be.")
    raise typer.Exit(3 if any(not one["mended"] for one in bad) else 0)
