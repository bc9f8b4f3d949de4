"""What the command says while the numerical kernels are compiled."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from paleobc.cli.console import err
from paleobc.compilation import hear_compilations


@contextmanager
def compilation_said() -> Iterator[None]:
    """Say once that a loop is being compiled: the first call after an installation takes longer."""
    said = False

    def say(name: str) -> None:
        nonlocal said
        if not said:
            said = True
            err.print(f"Compiling the numerical kernels ({name} ...): once after installation, about half a minute.")

    with hear_compilations(say):
        yield
