"""How the loops over cells are compiled, and how to hear that one is being compiled."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numba
from numba.core import event

#: Decorator of every loop over cells: compiled at its first call, kept on disk for the next process,
#: releases the interpreter lock, divides as numpy does. Loops that call one another are compiled apart.
kernel: Callable[[Callable[..., Any]], Any] = numba.njit(cache=True, nogil=True, error_model="numpy")

#: A few lines used inside other loops, compiled into each of them.
inline_kernel: Callable[[Callable[..., Any]], Any] = numba.njit(
    cache=True, nogil=True, error_model="numpy", inline="always"
)


class _CompilationListener(event.Listener):
    """Calls back at the start of each compilation of a loop of ours."""

    def __init__(self, callback: Callable[[str], None]) -> None:
        self._callback = callback

    def on_start(self, event: event.Event) -> None:
        self._callback(event.data["dispatcher"].py_func.__name__)

    def on_end(self, event: event.Event) -> None:
        """Nothing to say at the end."""


@contextmanager
def hear_compilations(callback: Callable[[str], None]) -> Iterator[None]:
    """
    Call ``callback`` with the name of each loop that has to be compiled inside the block.

    A loop that is read from the disk cache is not compiled and not announced.
    """
    with event.install_listener("numba:compile", _CompilationListener(callback)):
        yield
