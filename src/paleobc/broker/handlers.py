"""What a pool is told: the limits of a run, and what is done with one."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Limits:
    """
    What a run may take.

    Parameters
    ----------
    seconds : float
        Time [s].
    memory_mb : int
        Memory [MB].
    """

    seconds: float
    memory_mb: int


@dataclass(frozen=True)
class Handlers:
    """
    What is done with a run; all but ``perform`` and ``prepare`` are called in this process.

    Parameters
    ----------
    perform : callable
        Called with the id of the run and its claim, in a worker process; importable, as it is sent there.
    over_limit : callable
        Called with the claim and a sentence, for a run that was killed at a limit.
    machine_fault : callable
        Called with the claim and a sentence, for a run whose process died.
    stopped : callable
        Called with the claim and a sentence, for a run that was stopped through no fault of its own.
    recover : callable
        Called with the claims that are held here, to give back the runs of those who went away.
    prepare : callable
        Called once in every new worker process, with its arguments and the reading end of a pipe that only this
        process keeps open.
    prepare_arguments : tuple
    """

    perform: Callable[[str, str], object]
    over_limit: Callable[[str, str], object]
    machine_fault: Callable[[str, str], object]
    stopped: Callable[[str, str], object]
    recover: Callable[[Collection[str]], object]
    prepare: Callable[..., None]
    prepare_arguments: tuple[Any, ...]
