"""Runs the steps that have to run, and no others."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import xarray as xr

from paleobc.errors import InputError, StepError
from paleobc.workflow.graph import Graph
from paleobc.workflow.hand_edits import hand_edits_of
from paleobc.workflow.revision import LostContentError, Record, RevisionStore, content_of
from paleobc.workflow.staleness import fingerprint, reason_to_run
from paleobc.workflow.step import Step

State = Literal["made", "unchanged", "reused"]

#: A store may lose contents one after the other; more often than this it is broken.
MOST_LOSSES = 20


@dataclass(frozen=True)
class Outcome:
    """
    What became of one asset in a run.

    Parameters
    ----------
    asset : str
    record : Record
    state : {"made", "unchanged", "reused"}
        "unchanged": the step ran and gave what it gave before, so nothing after it has to run.
    reason : str
        Why it ran, or why not.
    seconds : float
        Time the step took.
    """

    asset: str
    record: Record
    state: State
    reason: str
    seconds: float


#: Called with a step and None when it starts, and with its outcome when it is done.
Listener = Callable[[Step, Outcome | None], None]


def silent(step: Step, outcome: Outcome | None) -> None:
    """Listen to nothing."""


def _inputs(graph: Graph, step: Step, contents: Mapping[str, str]) -> dict[str, str]:
    """Content of all that the result of a step depends on now."""
    missing = [asset for asset in step.reads if asset not in contents]
    if missing:
        raise InputError(f"Step {step.name} needs {' and '.join(missing)}, which was not given.")
    return {asset: contents[asset] for asset in graph.inputs_of(step) if asset in contents}


def execute(
    graph: Graph,
    sources: Mapping[str, xr.Dataset],
    options: Mapping[str, Mapping[str, Any]],
    store: RevisionStore,
    *,
    wanted: tuple[str, ...] | None = None,
    listener: Listener = silent,
) -> dict[str, Outcome]:
    """
    Bring assets up to date.

    Parameters
    ----------
    graph : Graph
    sources : mapping of str to Dataset
        Assets that no step makes.
    options : mapping of str to mapping
        Options by name of step; those not given have their defaults.
    store : RevisionStore
        Where earlier results are looked for and new ones kept.
    wanted : tuple of str, optional
        Assets to bring up to date; all by default.
    listener : callable
        Hears of each step's start and end.

    Returns
    -------
    dict of str to Outcome
        By asset, in the order in which they are made.

    Raises
    ------
    PaleobcError
        Where an option or an input cannot be used.
    """
    unknown = set(options) - {step.name for step in graph.steps}
    if unknown:
        graph.step(min(unknown))
    chosen = {step.name: step.options(options.get(step.name, {})) for step in graph.steps}
    steps = graph.needed_for(wanted if wanted is not None else graph.assets)
    for _ in range(MOST_LOSSES):
        try:
            return _execute(graph, steps, sources, chosen, store, listener)
        except LostContentError:
            continue
    raise StepError("The store keeps losing results; remove its folder and try again.")


def _execute(
    graph: Graph,
    steps: tuple[Step, ...],
    sources: Mapping[str, xr.Dataset],
    options: Mapping[str, Mapping[str, Any]],
    store: RevisionStore,
    listener: Listener,
) -> dict[str, Outcome]:
    """Go through the steps once, in order."""
    contents = {name: content_of(dataset) for name, dataset in sources.items()}
    at_hand = dict(sources)
    outcomes: dict[str, Outcome] = {}
    for step in steps:
        inputs = _inputs(graph, step, contents)
        key = fingerprint(step, options[step.name], inputs)
        latest = store.latest(step.name)
        record = store.find(key)
        if record is not None:
            outcome = Outcome(step.writes, record, "reused", "up to date", 0.0)
        else:
            reason = reason_to_run(step, options[step.name], inputs, latest)
            listener(step, None)
            started = time.perf_counter()
            for asset, content in inputs.items():
                if asset not in at_hand:
                    at_hand[asset] = store.load(content)
            dataset = _made(graph, step, options[step.name], inputs, at_hand, store)
            at_hand[step.writes] = dataset
            record = Record(key, content_of(dataset), step.name, step.version, dict(options[step.name]), inputs)
            store.save(record, dataset)
            same = latest is not None and latest.content == record.content
            seconds = time.perf_counter() - started
            outcome = Outcome(step.writes, record, "unchanged" if same else "made", reason, seconds)
        contents[step.writes] = record.content
        outcomes[step.writes] = outcome
        listener(step, outcome)
    return outcomes


def _made(
    graph: Graph,
    step: Step,
    options: Mapping[str, Any],
    inputs: Mapping[str, str],
    at_hand: Mapping[str, xr.Dataset],
    store: RevisionStore,
) -> xr.Dataset:
    """Result of a step, changed by hand where somebody did."""
    changes = hand_edits_of(step.writes)
    if changes not in inputs:
        return step.made_of(at_hand, options)
    dataset = unedited(step, options, inputs, lambda asset: at_hand[asset], store)
    return graph.changed_by_hand(step.writes, dataset, at_hand[changes])


def unedited(
    step: Step,
    options: Mapping[str, Any],
    inputs: Mapping[str, str],
    load: Callable[[str], xr.Dataset],
    store: RevisionStore,
) -> xr.Dataset:
    """
    Result of a step without the changes by hand: the one that is kept, or it is made, and kept.

    Parameters
    ----------
    step : Step
    options : mapping
        All options.
    inputs : mapping of str to str
        Content of all that the changed result depends on.
    load : callable
        Gives the dataset of an asset that the step reads.
    store : RevisionStore
    """
    read = without_hand_edits(step, inputs)
    key = fingerprint(step, options, read)
    record = store.find(key)
    if record is not None:
        return store.load(record.content)
    dataset = step.made_of({asset: load(asset) for asset in read}, options)
    store.save(Record(key, content_of(dataset), step.name, step.version, dict(options), read), dataset)
    return dataset


def without_hand_edits(step: Step, inputs: Mapping[str, str]) -> dict[str, str]:
    """Content of the assets that a step reads, the changes by hand of its result left out."""
    return {asset: content for asset, content in inputs.items() if asset != hand_edits_of(step.writes)}
