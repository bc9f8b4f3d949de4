"""What a command needs beyond the science: told in a sentence where it is not installed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from paleobc.errors import InputError


@contextmanager
def needing(extra: str) -> Iterator[None]:
    """
    Import, inside, what an extra of the package brings.

    Parameters
    ----------
    extra : str
        Its name, as in ``pip install 'paleobc[extra]'``.

    Raises
    ------
    InputError
        Where it is not installed.
    """
    try:
        yield
    except ModuleNotFoundError as missing:
        package = (missing.name or "paleobc").partition(".")[0]
        if package == "paleobc":
            raise  # a fault of ours
        raise InputError(f"This command needs {package}: pip install 'paleobc[{extra}]'.") from None
