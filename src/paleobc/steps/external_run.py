"""An external program run once, within its limits, with nothing of ours but what it was declared to see."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Final, cast

from paleobc.errors import InputError, PaleobcError
from paleobc.steps import external_guard
from paleobc.steps.external_declaration import Declaration
from paleobc.steps.external_log import ProgramLog
from paleobc.workflow.telling import tell

#: What every program finds in its environment, beside what its declaration names.
_PATH: Final = "/usr/local/bin:/usr/bin:/bin"
#: What a Python of its own folder may need to start.
_OF_PYTHON: Final = ("LD_LIBRARY_PATH", "PYTHONHOME")
#: How often what a program wrote is told on [s].
_TELL_EVERY: Final = 1.0
#: A program that was told to end, and the process that watches it, are waited for so long [s].
_ENDING: Final = 20.0


def run_program(declaration: Declaration, words: Sequence[str], folder: Path) -> None:
    """
    Run the program of a declaration until it ends.

    Parameters
    ----------
    declaration : Declaration
    words : sequence of str
    folder : Path
        Its scratch folder, in which it runs; removed by whoever made it.

    Raises
    ------
    PaleobcError
        Where it cannot be run, fails, or goes over a limit; with the last lines that it wrote.
    """
    order = {
        "words": list(words),
        "folder": str(folder),
        "environment": _environment(declaration, folder),
        "seconds": declaration.seconds,
        "memory_mb": declaration.memory_mb,
        "file_mb": declaration.file_mb,
    }
    started = time.monotonic()
    guard = subprocess.Popen(  # noqa: S603  (our own program)
        [sys.executable, "-I", "-S", external_guard.__file__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        env={name: os.environ[name] for name in _OF_PYTHON if name in os.environ},
    )
    with cast(IO[bytes], guard.stdout) as said, cast(IO[bytes], guard.stderr) as written:
        log = ProgramLog(written)
        try:
            with cast(IO[bytes], guard.stdin) as line:  # while it is open, the program runs
                line.write(json.dumps(order).encode() + b"\n")
                line.flush()
                answer = _answer_of(guard, said, log)
        finally:
            _end(guard)
            tell(log.close())
    _refuse_failure(declaration, answer, log.last_words(), words[0])
    tell(f"The program took {time.monotonic() - started:.1f} s and at most {answer['peak_mb']:.0f} MB of memory.")


def _answer_of(guard: subprocess.Popen[bytes], stream: IO[bytes], log: ProgramLog) -> dict[str, Any]:
    """Wait for what the guard says in the end, and tell meanwhile what the program writes."""
    while True:
        try:
            guard.wait(_TELL_EVERY)
            break
        except subprocess.TimeoutExpired:
            tell(log.new_lines())
    said: dict[str, Any] = {}
    for line in stream:
        said |= json.loads(line)
    if "missing" not in said and "code" not in said:  # the guard was killed, as happens where memory is short
        if "group" in said:
            with suppress(OSError):
                os.killpg(said["group"], signal.SIGKILL)
        said |= {"code": None, "why": "", "peak_mb": 0.0}
    return said


def _end(guard: subprocess.Popen[bytes]) -> None:
    """Wait for the end of the guard, which is near: its program has ended, or is being ended."""
    try:
        guard.wait(_ENDING)
    except subprocess.TimeoutExpired:
        guard.kill()
        guard.wait()


def _environment(declaration: Declaration, folder: Path) -> dict[str, str]:
    """All variables that a program sees."""
    threads = str(declaration.threads)
    own = {"PATH": _PATH, "HOME": str(folder), "TMPDIR": str(folder), "LANG": "C.UTF-8", "OMP_NUM_THREADS": threads}
    return own | {name: os.environ[name] for name in declaration.environment if name in os.environ}


def _refuse_failure(declaration: Declaration, answer: dict[str, Any], last: str, program: str) -> None:
    """Say what went wrong, if anything did."""
    step = f"Step {declaration.name}: its program"
    if "missing" in answer:
        raise InputError(f"{step} {program!r} cannot be run on this machine ({answer['missing']}); install it here.")
    said = f' It wrote last: "{last}".' if last else " It wrote nothing."
    if answer["why"] == "time":
        raise PaleobcError(f"{step} took longer than {declaration.seconds} s, its limit, and was stopped.{said}")
    if answer["why"] == "memory":
        raise PaleobcError(
            f"{step} took more than {declaration.memory_mb} MB of memory, its limit, and was stopped; take fewer "
            f"cells.{said}"
        )
    code = answer["code"]
    if code is None or code < 0:
        raise PaleobcError(f"{step} was ended by {f'signal {-code}' if code else 'the system'}.{said}")
    if code:
        raise PaleobcError(f"{step} failed with exit code {code}.{said}")
