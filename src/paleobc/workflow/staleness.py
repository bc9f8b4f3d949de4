"""What an asset depends on, and why it is out of date: computed, never stored."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from paleobc.workflow.revision import Record
from paleobc.workflow.step import Step


def fingerprint(step: Step, options: Mapping[str, Any], inputs: Mapping[str, str]) -> str:
    """
    Checksum of all that a step's result depends on [hex SHA-256].

    Parameters
    ----------
    step : Step
    options : mapping
        All options as plain data.
    inputs : mapping of str to str
        Content of each asset that is read.
    """
    what = {"step": step.name, "version": step.version, "options": dict(options), "inputs": dict(inputs)}
    if step.identity:
        what["identity"] = step.identity
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()


def reason_to_run(step: Step, options: Mapping[str, Any], inputs: Mapping[str, str], latest: Record | None) -> str:
    """Why a step has to run, in a few words, seen from its last run."""
    if latest is None:
        return "not made yet"
    if latest.step != step.name:
        return f"made by {step.name} now"
    if latest.version != step.version:
        return f"{step.name} is now version {step.version}"
    changed = [name for name, value in options.items() if latest.options.get(name) != value]
    if changed:
        return f"option {', '.join(changed)} changed"
    changed = [name for name in {**latest.inputs, **inputs} if latest.inputs.get(name) != inputs.get(name)]
    if changed:
        return f"{', '.join(changed)} changed"
    if step.identity and latest.fingerprint != fingerprint(step, options, inputs):
        return f"the declaration of {step.name} changed"
    return "the earlier result is gone"
