"""What has to be run in an experiment: computed from its newest revisions, never stored."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Literal

from sqlalchemy.orm import Session

from paleobc.errors import StepError
from paleobc.steps.catalogue import GRAPH
from paleobc.store.events import add_event
from paleobc.store.imported import IMPORTED
from paleobc.store.revisions import newest_revisions
from paleobc.store.runs import OPEN, add_run, cancel, newest_runs, open_runs
from paleobc.store.tables import Experiment, Revision, Run
from paleobc.workflow.graph import Graph
from paleobc.workflow.revision import Record
from paleobc.workflow.staleness import fingerprint, reason_to_run
from paleobc.workflow.step import WEIGHTS, Step

State = Literal["current", "waiting", "running", "stale", "failed", "missing"]

#: Runs that read an uploaded file are called so, with the asset behind it.
READ: Final = "read_"

#: What a user is waiting for in front of the page comes first.
READ_PRIORITY: Final = 2


@dataclass(frozen=True)
class AssetState:
    """
    How an asset of an experiment stands.

    Parameters
    ----------
    asset : str
    state : {"current", "waiting", "running", "stale", "failed", "missing"}
        "stale": something that it depends on changes now; "missing": something that it needs was not given.
    why : str
        Why it is not current, in a few words or a sentence; for a current one what is to be known of it.
    revision : Revision or None
        The newest one that holds something.
    run : Run or None
        The newest run.
    usable : str
        Content that others read now; empty where there is none, or another one will come.
    fingerprint : str
        Of what would be computed now; empty where that is not known yet.
    inputs : dict of str to str
        Content of each asset that would be read.
    """

    asset: str
    state: State
    why: str
    revision: Revision | None
    run: Run | None = None
    usable: str = ""
    fingerprint: str = ""
    inputs: dict[str, str] | None = None


def states_of(session: Session, experiment: Experiment, graph: Graph = GRAPH) -> dict[str, AssetState]:
    """How every asset of an experiment stands: those given first, then those made, in the order of the steps."""
    return states_of_all(session, [experiment], graph)[experiment.id]


def states_of_all(
    session: Session, experiments: Sequence[Experiment], graph: Graph = GRAPH
) -> dict[str, dict[str, AssetState]]:
    """How every asset of several experiments stands, by their ids."""
    ids = [experiment.id for experiment in experiments]
    newest, runs = newest_revisions(session, ids), newest_runs(session, ids)
    return {
        experiment.id: _states(experiment, graph, newest.get(experiment.id, {}), runs.get(experiment.id, {}))
        for experiment in experiments
    }


def _states(
    experiment: Experiment, graph: Graph, newest: Mapping[str, Revision], runs: Mapping[str, Run]
) -> dict[str, AssetState]:
    """How every asset stands, from the newest revisions and the newest runs alone."""
    states = {asset: _given(asset, newest.get(asset), runs.get(READ + asset)) for asset in graph.sources}
    changes = (_given(name, newest.get(name), None) for name in graph.hand_edits)
    states |= {state.asset: state for state in changes if state.state != "missing"}  # else nothing knows of them
    for step in graph.steps:
        depends = [states[name] for name in graph.inputs_of(step) if name in states]
        options = experiment.options.get(step.name, {})
        states[step.writes] = _made(step, options, depends, newest.get(step.writes), runs.get(step.name))
    return states


def _given(asset: str, revision: Revision | None, run: Run | None) -> AssetState:
    """How an asset stands that a user gives; a file that cannot be read changes nothing."""
    held = revision if revision is not None and revision.content else None
    if run is not None and run.state in OPEN:
        state: State = "running" if run.state == "running" else "waiting"
        return AssetState(asset, state, run.reason, held, run)
    usable = held.content if held is not None and not held.is_lost else ""
    is_newer = run is not None and (revision is None or run.number > revision.run_number)
    if run is not None and run.state in ("failed", "cancelled") and is_newer:
        return AssetState(asset, "failed", run.sentence, held, run, usable)
    if held is None:
        return AssetState(asset, "missing", "not given" if revision is None else "taken away", None, run)
    if not usable:
        return AssetState(asset, "failed", "This is gone from the store; give it again.", held, run)
    return AssetState(asset, "current", "", held, run, usable, held.fingerprint)


def _made(
    step: Step,
    chosen: Mapping[str, Any],
    depends: Sequence[AssetState],
    revision: Revision | None,
    run: Run | None,
) -> AssetState:
    """How an asset stands that a step makes, from those that it depends on."""
    asset = step.writes
    for below in depends:
        if below.asset in step.reads and (below.state == "missing" or _never_read(below)):
            return AssetState(asset, "missing", f"needs {below.asset}", revision, run)
        if not below.usable and below.state != "missing":
            failed = ", which failed" if below.state == "failed" else ""
            return AssetState(asset, "stale", f"waits for {below.asset}{failed}", revision, run)
    read = [below for below in depends if below.usable]
    inputs = {below.asset: below.usable for below in read}
    try:
        options = all_options(step, chosen)
    except StepError as error:
        return AssetState(asset, "failed", str(error), revision, run)
    key = fingerprint(step, options, inputs)
    if revision is not None and revision.fingerprint == key and not revision.is_lost:
        old = [below.asset for below in read if below.state == "failed"]
        why = f"made of the earlier {' and '.join(old)}, as the newer file could not be read" if old else ""
        return AssetState(asset, "current", why, revision, run, revision.content, key, inputs)
    if run is None or run.fingerprint != key or run.state in ("done", "withdrawn"):
        why = reason_to_run(step, options, inputs, _record_of(revision))
        return AssetState(asset, "stale", why, revision, run, "", key, inputs)
    if run.state in OPEN:
        state: State = "running" if run.state == "running" else "waiting"
        return AssetState(asset, state, run.reason, revision, run, "", key, inputs)
    return AssetState(asset, "failed", run.sentence, revision, run, "", key, inputs)


def _never_read(given: AssetState) -> bool:
    """Tell whether an asset was given, and no file of it could be read yet."""
    return (
        given.state == "failed"
        and given.run is not None
        and given.run.step == READ + given.asset
        and (given.revision is None)
    )


def all_options(step: Step, chosen: Mapping[str, Any]) -> dict[str, Any]:
    """All options of a step, those not chosen at their defaults."""
    found: dict[str, Any] = json.loads(_all_options(step, json.dumps(chosen, sort_keys=True)))
    return found


@lru_cache(maxsize=4096)  # pages of many experiments ask again and again
def _all_options(step: Step, chosen: str) -> str:
    return json.dumps(step.options(json.loads(chosen)))


def _record_of(revision: Revision | None) -> Record | None:
    """What the newest revision was made of."""
    if revision is None or revision.step == IMPORTED:
        return None
    return Record(
        revision.fingerprint, revision.content, revision.step, revision.step_version, revision.options, revision.inputs
    )


def plan(
    session: Session, experiment: Experiment, graph: Graph = GRAPH, *, asked_by: str | None = None, again: bool = False
) -> list[Run]:
    """
    Ask for the runs that the experiment needs now, and end those of which nobody wants the result any more.

    Parameters
    ----------
    session : Session
        One that writes.
    experiment : Experiment
    graph : Graph
    asked_by : str, optional
        User for whom they run; the owner by default.
    again : bool
        Try runs again that failed though nothing has changed.

    Returns
    -------
    list of Run
        The new ones.
    """
    if experiment.deleted is not None:
        return []
    session.flush()
    states = states_of(session, experiment, graph)
    _withdraw(session, experiment, graph, states)
    asked = []
    for step in graph.steps:
        state = states[step.writes]
        if state.inputs is None or not (state.state == "stale" or (again and state.state == "failed")):
            continue
        run = add_run(
            session,
            experiment.id,
            step=step.name,
            asset=step.writes,
            fingerprint=state.fingerprint,
            options=all_options(step, experiment.options.get(step.name, {})),
            inputs=state.inputs,
            reason=state.why if state.state == "stale" else "asked for again",
            priority=0 if step.queue == WEIGHTS else 1,  # of many cells: a short run passes them
            queue=step.queue,
            asked_by=asked_by or experiment.owner_id,
        )
        add_event(session, "run_waiting", experiment_id=experiment.id, run=run.id, asset=run.asset, why=run.reason)
        asked.append(run)
    return asked


def _withdraw(session: Session, experiment: Experiment, graph: Graph, states: Mapping[str, AssetState]) -> None:
    """
    End open runs of steps whose result would no longer be the wanted one.

    While it is not known what will be wanted, as something before them is still being made, those that are running
    go on: equal content may come out, and then their work was not in vain.
    """
    names = {step.name for step in graph.steps}
    for run in open_runs(session, experiment.id):
        if run.step not in names:
            continue
        wanted = states[run.asset].fingerprint
        if wanted != run.fingerprint and (wanted or run.state == "waiting"):
            end_early(session, run, "withdrawn", "Something that it depends on changed.")


def end_early(
    session: Session, run: Run, state: Literal["cancelled", "withdrawn"], why: str, user_id: str | None = None
) -> bool:
    """End a run that has not ended, by a user or because nobody needs it, and tell; False where it had ended."""
    if not cancel(session, run, state, why):
        return False
    add_event(
        session,
        "run_cancelled",
        experiment_id=run.experiment_id,
        user_id=user_id,
        run=run.id,
        asset=run.asset,
        why=why,
    )
    return True


def ask_to_read(
    session: Session, experiment_id: str, asset: str, options: dict[str, Any], *, reason: str, asked_by: str | None
) -> Run:
    """
    Ask for an uploaded file to be read as an asset.

    Parameters
    ----------
    session : Session
        One that writes.
    experiment_id, asset : str
    options : dict
        ``upload``, the id of the upload, ``sha256``, its checksum, and ``variable``, the one that was chosen or None.
    reason : str
        Why it is read.
    asked_by : str or None
        User for whom it is read.
    """
    key = hashlib.sha256(json.dumps(["read", asset, options["sha256"], options["variable"]]).encode()).hexdigest()
    run = add_run(
        session,
        experiment_id,
        step=READ + asset,
        asset=asset,
        fingerprint=key,
        options=options,
        reason=reason,
        priority=READ_PRIORITY,
        asked_by=asked_by,
    )
    add_event(session, "run_waiting", experiment_id=experiment_id, run=run.id, asset=asset, why=reason)
    return run
