"""A pool of processes whose external step hangs: a program of its own, which tells how long its program lived on."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from application import Application
from external_worlds import processes_with
from paleobc.services.planning import end_early
from paleobc.store.runs import newest_runs
from paleobc.store.tables import Run
from paleobc.worker import local_pool


def until(holds: Callable[[], object], seconds: float = 120.0) -> float:
    """Wait until something holds; returns how long that took [s]."""
    began = time.monotonic()
    while not holds():
        if time.monotonic() - began > seconds:
            raise TimeoutError
        time.sleep(0.05)
    return time.monotonic() - began


def main(folder: Path, way: str, mark: str) -> dict[str, object]:
    """Let the step hang, and end it: by its user, or by the limit of the pool."""
    app = Application(folder, workers=2, step_seconds=8 if way == "limit" else 600)
    user = app.user("ada")
    experiment = app.experiment(user)
    app.give_world(user, experiment)

    def twin() -> Run | None:
        with app.database.reading() as session:
            return newest_runs(session, [experiment])[experiment].get("twin")

    pool = local_pool(app.installation)
    pool.start()
    try:
        until(lambda: processes_with(f"sleep {mark}"))
        if way == "cancel":
            with app.database.writing() as session:
                run = session.get_one(Run, twin().id)  # type: ignore[union-attr]
                end_early(session, run, "cancelled", "enough", user.id)
            pool.wake()
        until(lambda: twin().state not in ("waiting", "running"))  # type: ignore[union-attr]
        lived_on = until(lambda: not processes_with(f"sleep {mark}"))
        ended = twin()
        assert ended is not None
        return {"state": ended.state, "sentence": ended.sentence, "lived_on": lived_on, "pid": os.getpid()}
    finally:
        pool.stop()


def tell() -> None:
    """Tell it on standard output."""
    print(json.dumps(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])))  # noqa: T201
