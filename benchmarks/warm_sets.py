"""Whole sets of coupling weights in a warm process, their parts measured on the way."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import process_time
from types import FunctionType
from typing import Any, Final
from unittest.mock import patch

from paleobc.formats.oasis import oasis_files
from paleobc.formats.oasis_mosaic import mosaic_files
from paleobc.remapping.conservation import certify
from paleobc.remapping.mosaic_overlaps import plane_overlaps
from paleobc.remapping.mosaic_weights import mosaic_set
from paleobc.remapping.mosaix import couple
from paleobc.remapping.mosaix_certificate import certificate
from paleobc.remapping.overlaps import overlaps_with_atmosphere
from paleobc.services.files import write_asset
from paleobc.services.single import run_step
from paleobc.services.sources import read_source
from paleobc.services.verification import verify
from paleobc.services.weights import describe_weights
from paleobc.steps.catalogue import GRAPH
from paleobc.workflow.revision import content_of

#: Parts of the work and the functions that do them; a part called within another counts for itself alone.
_PARTS: Final[dict[str, tuple[Callable[..., Any], ...]]] = {
    "reading": (read_source,),
    "kernel": (overlaps_with_atmosphere, plane_overlaps),
    "weights": (couple, mosaic_set),
    "certificate": (certificate, certify, verify, describe_weights),
    "writing": (oasis_files, mosaic_files, write_asset),
    "checksum": (content_of,),
}
PARTS: Final = (*_PARTS, "rest")


class _Clock:
    """Processor time of each part; that of a part within another is not counted twice."""

    def __init__(self) -> None:
        self.seconds = dict.fromkeys(PARTS, 0.0)
        self._under_way = ["rest"]
        self._since = process_time()

    def _turn(self) -> None:
        now = process_time()
        self.seconds[self._under_way[-1]] += now - self._since
        self._since = now

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Measure what happens inside."""
        self._turn()
        self._under_way.append(name)
        try:
            yield
        finally:
            self._turn()
            self._under_way.pop()

    def measured(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Give the function with its calls measured."""

        def call(*args: Any, **kwargs: Any) -> Any:
            with self.part(name):
                return function(*args, **kwargs)

        return call

    def stop(self) -> dict[str, float]:
        """Give all parts, and their sum as the whole."""
        self._turn()
        return {"whole": sum(self.seconds.values()), **self.seconds}


def make_set(engine: str, files: dict[str, Path], folder: Path) -> dict[str, float]:
    """
    Run a step on files as the command does, and certify every file of weights as a build does.

    Parameters
    ----------
    engine : {"mosaic_weights", "mosaix_weights"}
    files : dict of str to Path
        What the step reads.
    folder : Path
        Where the set is written.

    Returns
    -------
    dict of str to float
        Processor seconds of the whole and of its parts.
    """
    step = next(step for step in GRAPH.steps if step.name == engine)
    clock = _Clock()
    names = {function: part for part, functions in _PARTS.items() for function in functions}
    with ExitStack() as stack:
        for module in [module for name, module in sys.modules.items() if name.startswith("paleobc.")]:
            for name, found in list(vars(module).items()):
                if isinstance(found, FunctionType) and found in names:
                    stack.enter_context(patch.object(module, name, clock.measured(names[found], found)))
        run_step(step, files, {}, folder)
        with clock.part("certificate"):
            for path in sorted(folder.rglob("rmp_*.nc")):
                describe_weights(path)
    return clock.stop()
