"""`paleobc work`: a worker of an installation with a broker."""

from __future__ import annotations

import os
import re
import signal
import threading
from types import FrameType
from typing import Annotated, Final

import typer

from paleobc.cli.console import err, out
from paleobc.cli.extras import needing
from paleobc.cli.installations import settings_of
from paleobc.errors import InputError

_KIND: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


def work(
    queues: Annotated[
        str | None, typer.Option(help="Kinds of work that are done here, with commas between; all if not given.")
    ] = None,
    concurrency: Annotated[
        int | None, typer.Option(min=1, max=256, help="Runs at the same time; as many as processors if not given.")
    ] = None,
) -> None:
    """Perform runs of an installation with a broker; any number may, on any machines."""
    settings = settings_of(workers=concurrency)
    if not settings.broker_url:
        raise InputError(
            "There is no broker that could wake this worker: set PALEOBC_BROKER_URL to the address of RabbitMQ. "
            "Without one `paleobc serve` alone performs the runs."
        )
    if settings.workers == 0:
        raise InputError("PALEOBC_WORKERS is 0, with which nothing is done here; take --concurrency 1 or more.")
    kinds = _kinds(queues)
    with needing("cluster"):
        from paleobc.bootstrap import Installation
        from paleobc.services.logs import set_up_logs
        from paleobc.worker import ticket_worker

        worker = ticket_worker(Installation(settings), kinds)
    logs = set_up_logs(settings, "worker")
    stop = stop_on_signals()
    out.print(f"paleobc works, {settings.workers} at the same time - Ctrl-C stops it.", markup=False)
    worker.run(stop, settings.stop_seconds)
    logs.stop()
    err.print("Stopped.")


def _kinds(queues: str | None) -> list[str] | None:
    """Kinds of work as they were given."""
    if queues is None:
        return None
    kinds = [kind.strip() for kind in queues.split(",")]
    for kind in kinds:
        if not _KIND.fullmatch(kind):
            raise InputError(f"'{kind}' is no queue; give names with commas between, as in --queues science,weights.")
    return kinds


def stop_on_signals() -> threading.Event:
    """Event that the first signal to end sets; the second one ends this process at once, and its children with it."""
    stop = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            os._exit(1)
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    return stop
