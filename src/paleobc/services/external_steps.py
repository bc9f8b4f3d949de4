"""External steps as those see them who ask, plan and keep: which program made what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from paleobc.errors import ConflictError
from paleobc.steps.catalogue import GRAPH
from paleobc.workflow.staleness import fingerprint
from paleobc.workflow.step import Step


def external_steps(names: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Version and checksum of the declaration of those of some steps that are external, by name."""
    steps = map(GRAPH.step, names)
    return {step.name: {"version": step.version, "declaration": step.identity} for step in steps if step.identity}


def options_of_run(step: Step, options: Mapping[str, Any], inputs: Mapping[str, str], expected: str) -> dict[str, Any]:
    """
    Options with which a run calls its step, once it is known to be the step that was asked for.

    Parameters
    ----------
    step : Step
    options : mapping
        Those of the run.
    inputs : mapping of str to str
        Content of each asset that it reads.
    expected : str
        Fingerprint under which its result will be known.

    Raises
    ------
    ConflictError
        Where its external step was declared otherwise when it was asked for, or is where it was asked for.
    """
    chosen = step.options(options)
    if step.identity and fingerprint(step, chosen, inputs) != expected:
        raise ConflictError(
            f"Step {step.name} is declared otherwise on the machine that should compute it than on the one that asked "
            "for it; it is asked for anew. Where this comes again, give all machines the same declarations."
        )
    return chosen
