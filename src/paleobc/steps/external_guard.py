"""A small process beside an external program: holds its limits, and ends all of it, also where its parent dies.

Run by its path, with the standard library alone. Its order comes as a line of JSON on the standard input, which the
parent keeps open; its answer goes to the standard output as a line of JSON; what the program writes goes to the
standard error, where this process says nothing.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import resource
import select
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

_LOOK_EVERY = 0.05
_MEASURE_EVERY = 0.5
#: Time between asking a program to end and ending it: a container tells it to what runs inside [s].
_GRACE = 3.0
_KILLING = 10.0
_BECOME_SUBREAPER = 36
_MEGABYTE = 1_000_000
#: Address space that a program may take beyond its memory [MB]: stacks, libraries, files that are mapped.
_SPARE_MB = 2000


def main() -> None:
    """Carry out the order."""
    order = json.loads(sys.stdin.buffer.readline())
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):  # its parent's end ends it, after the program
        signal.signal(number, lambda _number, _frame: None)
    if sys.platform == "linux":  # what leaves its parents behind becomes a child of this process
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None, use_errno=True).prctl(_BECOME_SUBREAPER, 1, 0, 0, 0)
    _limit(resource.RLIMIT_AS, (order["memory_mb"] + _SPARE_MB) * _MEGABYTE)
    _limit(resource.RLIMIT_FSIZE, order["file_mb"] * _MEGABYTE)
    _limit(resource.RLIMIT_CORE, 0)
    try:
        program = subprocess.Popen(  # noqa: S603  (the words are the administrator's)
            order["words"],
            cwd=order["folder"],
            env=order["environment"],
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr.fileno(),
            start_new_session=True,
        )
    except OSError as error:
        _answer(missing=error.strerror or str(error))
        return
    except MemoryError:
        _answer(missing="there is no memory")
        return
    _answer(group=program.pid)
    why, peak = _watch(program, time.monotonic() + order["seconds"], order["memory_mb"])
    _end(program, gently=bool(why))
    if why == "parent":
        shutil.rmtree(order["folder"], ignore_errors=True)
        return
    code = program.wait()
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 / _MEGABYTE  # of one; what is short is seen
    _answer(code=code, why=why, peak_mb=max(peak, largest))


def _limit(what: int, most: int) -> None:
    """Set a limit for this process and all that come of it; never above the one that is there."""
    _, hard = resource.getrlimit(what)
    value = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(what, (value, value))


def _watch(program: subprocess.Popen[bytes], deadline: float, memory_mb: int) -> tuple[str, float]:
    """Wait for the end of a program; returns why it has to be ended, if it has, and the memory that it took [MB]."""
    peak, measured = 0.0, 0.0
    while program.poll() is None:
        if select.select([sys.stdin], [], [], _LOOK_EVERY)[0]:  # closed: nobody waits for the result any more
            return "parent", peak
        now = time.monotonic()
        if now >= deadline:
            return "time", peak
        if now >= measured + _MEASURE_EVERY:
            measured, peak = now, max(peak, sum(map(_memory_mb, _descendants())))
            if peak > memory_mb:
                return "memory", peak
    return "", peak


def _end(program: subprocess.Popen[bytes], *, gently: bool) -> None:
    """End a program and all that came of it."""
    if gently:
        _signal_group(program.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            program.wait(_GRACE)
    _signal_group(program.pid, signal.SIGKILL)
    until = time.monotonic() + _KILLING
    while (left := _descendants()) and time.monotonic() < until:
        for pid in left:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        program.poll()
        time.sleep(0.01)


def _signal_group(group: int, number: int) -> None:
    """Send a signal to all of a group of processes that are still there."""
    with contextlib.suppress(OSError):
        os.killpg(group, number)


def _descendants() -> list[int]:
    """All living processes below this one; none where the system does not tell."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            state, parent = (
                (entry / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[:2]
            )
            if state not in ("Z", "X"):
                children.setdefault(int(parent), []).append(int(entry.name))
    found, waiting = [], [os.getpid()]
    while waiting:
        below = children.get(waiting.pop(), [])
        found += below
        waiting += below
    return found


def _memory_mb(pid: int) -> float:
    """Memory of a process [MB], without what it shares with files; 0 where it is gone."""
    try:
        _, resident, shared, *_ = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()
    except (OSError, ValueError):
        return 0.0
    return (int(resident) - int(shared)) * resource.getpagesize() / _MEGABYTE


def _answer(**said: Any) -> None:
    """Tell the parent how it ended."""
    with contextlib.suppress(OSError):
        sys.stdout.write(json.dumps(said) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
