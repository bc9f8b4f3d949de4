"""CPU time and peak memory of this process, step by step."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import process_time
from typing import ParamSpec, TypeVar

import psutil

P = ParamSpec("P")
R = TypeVar("R")

_STATUS, _RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def resident() -> int:
    """Memory in use now [bytes]."""
    return int(psutil.Process().memory_info().rss)


def give_back() -> None:
    """Return freed memory to the system, so that what a run takes is seen as new (Linux with glibc)."""
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)


def reset_peak() -> None:
    """Start the peak afresh from what is in use now, where the system can (Linux)."""
    if _RESET.exists():
        _RESET.write_text("5")


def peak() -> int:
    """
    Largest memory in use since the start or the last reset [bytes].

    Linux gives the number behind ru_maxrss for this program alone; ru_maxrss itself would count the program
    that started it.
    """
    if _STATUS.exists():
        lines = _STATUS.read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))
    import resource

    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return size if sys.platform == "darwin" else size * 1024


class Meter:
    """
    CPU seconds and, if wanted, peak memory above the start of each named step; a name met twice adds up.

    Parameters
    ----------
    memory : bool
        Whether memory is looked at; CPU times are then a little too long.
    """

    def __init__(self, memory: bool = False) -> None:
        self.seconds: dict[str, float] = {}
        self.peaks: dict[str, int] = {}
        self._memory = memory
        self._open: list[str] = []
        self.base = 0
        if memory:
            give_back()
            reset_peak()
            self.base = resident()

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Measure what happens inside."""
        self._note_peak()
        self._open.append(name)
        start = process_time()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + process_time() - start
            self._note_peak()
            self._open.pop()

    def metered(self, name: str, function: Callable[P, R]) -> Callable[P, R]:
        """Return the function with every call of it measured."""

        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            with self.step(name):
                return function(*args, **kwargs)

        return call

    def _note_peak(self) -> None:
        """Credit the peak since the last call to every step under way, and start it afresh."""
        if self._memory:
            above = peak() - self.base
            for name in self._open:
                self.peaks[name] = max(self.peaks.get(name, 0), above)
            reset_peak()
