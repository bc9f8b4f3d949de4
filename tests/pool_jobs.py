"""What runs do in the tests of the pool: a worker process imports it and performs the job named in the options."""

from __future__ import annotations

import ctypes
import os
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numba
import numpy as np
import psutil

from paleobc.bootstrap import Installation
from paleobc.broker.process import process_name
from paleobc.settings import Settings
from paleobc.store.runs import begin, end
from paleobc.worker import prepare as prepare_worker

_here: list[Installation] = []


def prepare(settings: Settings, alive: Connection) -> None:
    """Make a worker ready as the application does."""
    prepare_worker(settings, alive)
    _here[:] = [Installation(settings)]


@numba.njit(cache=False, nogil=False)
def _for_ever() -> float:
    """Count, without ever letting Python come between."""
    total = 0.0
    while total >= 0.0:
        total += 1.0
        if total > 1e300:
            total = 0.0
    return total


def hang(options: dict[str, Any]) -> None:
    """Hang in native code."""
    _mark(options)
    _for_ever()


def crash(options: dict[str, Any]) -> None:
    """Crash in native code."""
    _mark(options)
    ctypes.string_at(0)


def allocate(options: dict[str, Any]) -> None:
    """Take memory step by step and keep it."""
    kept = []
    while True:
        kept.append(np.ones(options["at_once_mb"] * 131_072))
        time.sleep(options.get("pause", 0.0))


def kill_server(options: dict[str, Any]) -> None:
    """Kill the process that has this one performed, and so this one."""
    _mark(options)
    psutil.Process().parents()[1].kill()
    time.sleep(60)


def wait(options: dict[str, Any]) -> None:
    """Take some time."""
    _mark(options)
    time.sleep(options["seconds"])


def compute(options: dict[str, Any]) -> None:
    """Take so much time of a processor."""
    end = time.process_time() + options["seconds"]
    while time.process_time() < end:
        pass


def _mark(options: dict[str, Any]) -> None:
    """Note that this was begun, and by which process."""
    with Path(options["marks"]).open("a", encoding="ascii") as file:
        file.write(f"{os.getpid()}\n")


JOBS: dict[str, Callable[[dict[str, Any]], None]] = {
    "hang": hang,
    "crash": crash,
    "allocate": allocate,
    "kill_server": kill_server,
    "wait": wait,
    "compute": compute,
}


def perform(run_id: str, claim: str) -> str:
    """Perform a run and note its end, as the application does."""
    (installation,) = _here
    with installation.database.writing() as session:
        run = begin(session, run_id, claim, process_name())
        assert run is not None
        options = dict(run.options)
    sentence = ""
    try:
        JOBS[options["job"]](options)
    except MemoryError:
        sentence = "no memory"
    with installation.database.writing() as session:
        end(session, claim, "failed" if sentence else "done", sentence=sentence)
    return "done"
