"""A process that performs runs: how it is known, how it ends with its server, and what memory it may take."""

from __future__ import annotations

import fcntl
import os
import resource
import signal
import socket
import sys
import threading
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

import psutil

_MEGABYTE: Final = 1_000_000
#: Address space that a process may take beyond its memory [MB]: room for stacks and arenas of threads, files mapped.
_SPARE_MB: Final = 2000

#: By so much a process that performs runs stands back behind the pages, of 19 at most.
_NICENESS: Final = 10


def process_name(pid: int | None = None) -> str:
    """
    Name by which a process of this machine is known, also after it has ended: machine, number and start.

    Raises
    ------
    psutil.NoSuchProcess
        Where there is none of this number.
    """
    process = psutil.Process(pid)
    return f"{_machine()} {process.pid} {process.create_time():.2f}"


def is_gone(name: str) -> bool:
    """Whether a process was one of this machine and has ended; of another machine that is not known."""
    parts = name.split(" ")
    if len(parts) != 3 or parts[0] != _machine() or not parts[1].isdecimal():
        return False
    try:
        return process_name(int(parts[1])) != name or psutil.Process(int(parts[1])).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def _machine() -> str:
    """Name of this machine; containers that bear the same name count as several."""
    try:
        space = Path("/proc/self/ns/pid").stat().st_ino
    except OSError:
        space = 0
    return f"{socket.gethostname()}/{space}"


def end_with_server(alive: Connection) -> None:
    """
    End this process at once when its server does, whatever it computes.

    Parameters
    ----------
    alive : Connection
        Reading end of a pipe whose other end only the server holds: the system closes it when the server ends.
    """
    if sys.platform == "linux":
        # A signal by the system itself: Python may be held up by a loop in native code. The end is opened anew, as
        # whom to signal belongs to an opened file, which other workers share.
        end = os.open(f"/proc/self/fd/{alive.fileno()}", os.O_RDONLY | os.O_NONBLOCK)
        signal.signal(signal.SIGIO, signal.SIG_DFL)
        fcntl.fcntl(end, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(end, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
        if alive.poll():  # it had ended before
            os._exit(1)
        return
    threading.Thread(target=lambda: alive.poll(None) and os._exit(1), daemon=True).start()


def limit_memory(memory_mb: int) -> None:
    """Refuse memory beyond a limit to this process: what asks for more fails with MemoryError."""
    if sys.platform == "linux":
        present = psutil.Process().memory_info().vms
        most = present + (memory_mb + _SPARE_MB) * _MEGABYTE
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def give_way() -> None:
    """Let the pages go first where all processors are at work: somebody waits for them, and nobody for a tenth more."""
    if hasattr(os, "nice"):
        os.nice(_NICENESS)


def forget_peak() -> None:
    """Begin to measure anew how much memory this process takes."""
    try:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    except OSError:  # not on this system
        return


def peak_mb() -> float:
    """Most memory that this process took [MB]."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
        return next(float(line.split()[1]) for line in lines if line.startswith("VmHWM:")) * 1024 / _MEGABYTE
    except (OSError, StopIteration, ValueError):
        return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) * 1024 / _MEGABYTE
