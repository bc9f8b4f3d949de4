"""`paleobc admin status`, `processes` and `logs`: how an installation is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Annotated

import typer

from paleobc.cli.admin_tables import AsJson, minute_of, show, this_installation
from paleobc.cli.console import out, print_json
from paleobc.cli.extras import needing
from paleobc.errors import InputError
from paleobc.services.admin_logs import lines_data
from paleobc.services.admin_services import processes_data
from paleobc.services.admin_status import status_data
from paleobc.services.administrators import shell
from paleobc.settings import Settings
from paleobc.store.tables import utc_now

_SIGNS = {"good": "ok", "note": "note", "bad": "WRONG"}
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def status(as_json: AsJson = False) -> None:
    """Tell how the installation is; exit code 1 where something is wrong."""
    here = this_installation(is_checked=False)
    found = status_data(here.database, here.settings, shell(), _depths(here.settings))
    if as_json:
        print_json(found)
    else:
        rows = [{**check, "sign": _SIGNS[check["state"]]} for check in found["checks"]]
        show(rows, {"sign": "", "name": "what", "sentence": "how it is"}, as_json=False, nothing="")
    raise typer.Exit(1 if found["state"] == "bad" else 0)


def _depths(settings: Settings) -> Callable[[], dict[str, tuple[int, int]]] | None:
    """What asks the broker for its messages; None where there is no broker."""
    if not settings.broker_url:
        return None
    with needing("cluster"):
        from paleobc.broker.depths import depths_at
    from paleobc.worker import kinds_of_work

    return partial(depths_at, settings.broker_url, kinds_of_work())


def processes(as_json: AsJson = False) -> None:
    """List the processes that serve pages or perform runs."""
    here = this_installation()
    with here.database.reading() as session:
        found = processes_data(session, shell(), here.database.schema)
    rows = found if as_json else [{**one, "seen": minute_of(one["seen"])} for one in found]
    columns = {
        "kind": "kind",
        "name": "process",
        "state": "state",
        "version": "version",
        "commit": "commit",
        "schema": "schema",
        "running": "running",
        "concurrency": "of",
        "load": "load",
        "memory_mb": "memory [MB]",
        "seen": "last seen (UTC)",
        "fault": "what is wrong",
    }
    show(rows, columns, as_json=as_json, nothing="No process told of itself within a day.")


def logs(
    run: Annotated[str, typer.Option(help="Only of this run.")] = "",
    request: Annotated[str, typer.Option(help="Only of this request.")] = "",
    level: Annotated[str, typer.Option(help="Least level: DEBUG, INFO, WARNING, ERROR or CRITICAL.")] = "DEBUG",
    service: Annotated[str, typer.Option(help="Only of this service: web or worker.")] = "",
    since: Annotated[str, typer.Option(help="Not older than this: 90s, 30m, 2h or 3d.")] = "",
    most: Annotated[int, typer.Option(help="So many of the newest lines.")] = 200,
    as_json: AsJson = False,
) -> None:
    """Show lines of the logs of all processes, the newest last."""
    here, oldest = this_installation(), utc_now() - _span(since) if since else None
    with here.database.reading() as session:
        found = lines_data(
            session,
            shell(),
            run=run,
            request=request,
            level=level.upper(),
            service=service,
            since=oldest,
            most=most,
        )[::-1]
    if as_json:
        print_json(found)
        return
    for line in found:
        about = "".join(f" {name}={line[name]}" for name in ("request", "run") if line[name])
        words = f"{line['at'][:19]} {line['level']:<7} {line['service']}{about} {line['message']}"
        out.print(words, markup=False, soft_wrap=True)
    if not found:
        out.print("No such line is kept: those from warnings on, and those of runs, are.", markup=False)


def _span(text: str) -> timedelta:
    """
    A span of time as typed.

    Raises
    ------
    InputError

    Examples
    --------
    >>> _span("2h"), _span("90s")
    (datetime.timedelta(seconds=7200), datetime.timedelta(seconds=90))
    """
    number, unit = text.strip()[:-1], text.strip()[-1:]
    if unit not in _UNITS or not number.isdecimal() or len(number) > 6:
        raise InputError(f"{text!r} is no span of time; write 90s, 30m, 2h or 3d.")
    return timedelta(seconds=int(number) * _UNITS[unit])
