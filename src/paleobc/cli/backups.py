"""`paleobc admin backup`, `backups` and `restore`."""

from __future__ import annotations

import os
import threading
import time
from typing import Annotated, Any, Final

import typer

from paleobc.bootstrap import Installation
from paleobc.cli.admin_tables import AsJson, minute_of, show, this_installation
from paleobc.cli.console import err, out, print_json, seconds_of, size_of
from paleobc.cli.installations import settings_of
from paleobc.cli.work import stop_on_signals
from paleobc.conventions import counted
from paleobc.errors import PaleobcError
from paleobc.services.administrators import shell
from paleobc.services.backups.every import back_up_for_ever
from paleobc.services.backups.overview import backup_rows, backups_there
from paleobc.services.backups.place import backup_place, told
from paleobc.services.backups.restoring import restore as restore_backup
from paleobc.services.backups.snapshot import make_backup
from paleobc.services.logs import set_up_logs

#: A backup that is under way has so long to break itself off [s]; it may also be killed.
_MOMENT: Final = 5.0
#: How often it is told how far a restoring is [s].
_TELL_EVERY: Final = 2.0


def backup(
    verifies: Annotated[bool, typer.Option("--verify", help="Read all files of earlier backups again.")] = False,
    every: Annotated[
        bool, typer.Option("--every", help="Go on for ever, with one each PALEOBC_BACKUP_HOURS hours.")
    ] = False,
) -> None:
    """Back the installation up while it works, once or for ever."""
    here = this_installation(is_checked=not every)
    backup_place(here.settings)  # one that cannot be used is told at once
    stop = stop_on_signals()
    threading.Thread(target=_end_soon, args=(stop, 0 if every else 1), daemon=True).start()
    if every:
        logs = set_up_logs(here.settings, "backup")
        out.print(f"A backup is made each {here.settings.backup_hours} h - Ctrl-C stops it.", markup=False)
        back_up_for_ever(here.database, here.files, here.settings, stop, reads_all=verifies)
        logs.stop()
        err.print("Stopped.")
        return
    began = time.perf_counter()
    made = make_backup(here.database, here.files, here.settings, reads_all=verifies, is_stopped=stop.is_set)
    new = f"{made.new_files} of them new, {size_of(made.new_bytes)} copied"
    took = seconds_of(time.perf_counter() - began)
    out.print(f"{made.id}: {counted(made.files, 'file')}, {new}, {took}.", markup=False, soft_wrap=True)
    for warning in made.warnings:
        err.print(warning, markup=False, soft_wrap=True)
    raise typer.Exit(3 if made.warnings else 0)


def _end_soon(stop: threading.Event, code: int) -> None:
    """End this process soon after it was told to: what it has begun does no harm."""
    stop.wait()
    time.sleep(_MOMENT)
    os._exit(code)


def backups(as_json: AsJson = False) -> None:
    """List the backups that can be restored, and those that failed."""
    settings = settings_of()
    with told():
        found = backups_there(backup_place(settings), _rows(settings))
    if as_json:
        print_json(found)
        return
    shown = [
        {**one, "made": minute_of(one["made"]), "bytes": _size(one["bytes"]), "age": _age(one["age"])} for one in found
    ]
    columns = {"id": "backup", "made": "made (UTC)", "age": "age", "state": "state", "files": "files", "bytes": "size"}
    show(shown, {**columns, "sentence": "remark"}, as_json=False, nothing="There is no backup yet.")


def _rows(settings: Any) -> list[dict[str, Any]]:
    """What the database knows of backups; nothing where there is none yet, or another version's."""
    if not settings.database_url and not (settings.data_folder / "paleobc.sqlite").exists():
        return []
    database = Installation(settings).database
    try:
        database.check()
    except PaleobcError:
        return []
    with database.reading() as session:
        return backup_rows(session)


def _size(number: int | None) -> str:
    return "" if number is None else size_of(number)


def _age(seconds: float) -> str:
    """
    An age as people read it.

    Examples
    --------
    >>> _age(7300.0), _age(200_000.0)
    ('2 h', '2 days')
    """
    hours = seconds / 3600
    return f"{hours:.0f} h" if hours < 48 else f"{hours / 24:.0f} days"


def restore(
    snapshot: Annotated[str | None, typer.Argument(help="Name of the backup; the newest if not given.")] = None,
    leaves_out: Annotated[
        bool, typer.Option("--leave-harmed-out", help="Leave out files that are harmed in the backup.")
    ] = False,
) -> None:
    """Make an empty installation what a backup holds."""
    here = Installation(settings_of())
    here.files.check()
    began = told_at = time.monotonic()

    def tell(done: int, total: int) -> None:
        nonlocal told_at
        if time.monotonic() - told_at > _TELL_EVERY:
            told_at = time.monotonic()
            err.print(f"{done} of {total} files", markup=False)

    found = restore_backup(
        here.database, here.files, here.settings, shell(), snapshot, leaves_harmed_out=leaves_out, listener=tell
    )
    what = f"{found.rows} rows and {counted(found.files, 'file')}, {found.copied} of them copied"
    took = seconds_of(time.monotonic() - began)
    out.print(f"Restored {found.snapshot.id}: {what}, {took}.", markup=False, soft_wrap=True)
    out.print("Everybody signs in again; start the pages and the workers now.", markup=False)
    for name in found.left_out:
        err.print(f"Not in the backup, or harmed there: {name}", markup=False, soft_wrap=True)
    raise typer.Exit(3 if found.left_out else 0)
