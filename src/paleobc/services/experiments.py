"""Experiments: made, described, their options set, their runs asked for again or cancelled, thrown away and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from pydantic import ValidationError
from sqlalchemy.orm import Session

from paleobc.errors import InputError, NotFoundError, StepError
from paleobc.services.planning import READ, ask_to_read, end_early, plan, states_of
from paleobc.steps.catalogue import GRAPH
from paleobc.store.events import add_event
from paleobc.store.experiments import experiment_for, experiments_deleted_before, own_experiment
from paleobc.store.runs import open_runs, run_of
from paleobc.store.tables import Experiment, Run, User, utc_now
from paleobc.topography.gateways import parse_gateways
from paleobc.workflow.recipe import Experiment as Title
from paleobc.workflow.step import Step, sentence_of

_LONGEST_REFERENCE: Final = 1000
_LARGEST_OPTIONS: Final = 1_000_000


def create_experiment(
    session: Session,
    user: User,
    *,
    name: str,
    author: str = "",
    reference: str = "",
    age: float | None = None,
    hypothesis: str = "",
) -> Experiment:
    """
    Make an empty experiment.

    Raises
    ------
    InputError
        Says which of these cannot be.
    """
    fields = {"name": name, "author": author, "reference": reference, "age": age, "hypothesis": hypothesis}
    experiment = Experiment(owner_id=user.id, **_checked(fields))
    session.add(experiment)
    session.flush()
    add_event(session, "created", experiment_id=experiment.id, user_id=user.id, name=experiment.name)
    return experiment


def change_experiment(session: Session, user: User, experiment_id: str, **fields: Any) -> Experiment:
    """
    Describe an experiment anew.

    Parameters
    ----------
    session : Session
        One that writes.
    user : User
    experiment_id : str
    **fields
        Some of ``name``, ``author``, ``reference``, ``age``, ``hypothesis`` and ``gateways``.

    Raises
    ------
    InputError
        Says which of these cannot be; then none is changed.
    """
    experiment = experiment_for(session, user.id, experiment_id, to_change=True)
    present = {key: getattr(experiment, key) for key in ("name", "author", "reference", "age", "hypothesis")}
    unknown = sorted(set(fields) - {*present, "gateways"})
    if unknown:
        raise InputError(f"An experiment has no {unknown[0]!r}; it has {', '.join(present)} and gateways.")
    gateways = fields.pop("gateways", experiment.gateways)
    if not isinstance(gateways, list):
        raise InputError("gateways: should be a list.")
    parse_gateways(gateways)
    new = {**_checked({**present, **fields}), "gateways": gateways}
    changed = [key for key, value in new.items() if value != getattr(experiment, key)]
    for key in changed:
        setattr(experiment, key, new[key])
    if changed:
        _note_change(session, user, experiment, "changed", fields=changed)
    return experiment


def _checked(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The words of an experiment, cleaned; refuses what a recipe could not say."""
    words = {key: value.strip() if isinstance(value, str) else value for key, value in fields.items()}
    reference = words.pop("reference")
    if not isinstance(reference, str) or len(reference) > _LONGEST_REFERENCE:
        raise InputError(f"reference: should be text of at most {_LONGEST_REFERENCE} characters.")
    try:
        title = Title.model_validate(words)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        raise InputError(f"{fault['loc'][0]}: {sentence_of(fault)}") from None
    for key, text in {**title.model_dump(), "reference": reference}.items():
        if isinstance(text, str) and not all(letter.isprintable() or letter in "\n\t" for letter in text):
            raise InputError(f"{key}: holds characters that cannot be shown.")
    return {**title.model_dump(), "reference": reference}


def _note_change(session: Session, user: User, experiment: Experiment, kind: str, **data: Any) -> None:
    """Note that a user changed an experiment."""
    experiment.changed = utc_now()
    add_event(session, kind, experiment_id=experiment.id, user_id=user.id, **data)


def step_named(step: str) -> Step:
    """
    Step of a name.

    Raises
    ------
    NotFoundError
        Where there is none.
    """
    try:
        return GRAPH.step(step)
    except StepError as error:
        raise NotFoundError(str(error)) from None


def set_options(session: Session, user: User, experiment_id: str, step: str, options: Mapping[str, Any]) -> list[Run]:
    """
    Choose the options of a step; those not named have their defaults.

    Raises
    ------
    StepError
        Where one of them is unknown or its value is not allowed; nothing is changed.
    """
    experiment = experiment_for(session, user.id, experiment_id, to_change=True)
    found = step_named(step)
    if len(json.dumps(options, default=str)) > _LARGEST_OPTIONS:
        raise InputError("These options are too long.")
    default, chosen = found.options({}), found.options(options)
    kept = {name: value for name, value in chosen.items() if value != default[name]}
    if kept != experiment.options.get(step, {}):
        experiment.options = {
            **{s: o for s, o in experiment.options.items() if s != step},
            **({step: kept} if kept else {}),
        }
        _note_change(session, user, experiment, "options", step=step, options=kept)
    return plan(session, experiment, asked_by=user.id)


def ask_again(session: Session, user: User, experiment_id: str) -> list[Run]:
    """Try again what failed, or was cancelled, though nothing has changed."""
    experiment = experiment_for(session, user.id, experiment_id, to_change=True)
    asked = []
    for asset in GRAPH.sources:
        state = states_of(session, experiment)[asset]
        again = state.run or state.revision
        if state.state == "failed" and again is not None and "upload" in again.options:
            run = ask_to_read(session, experiment_id, asset, again.options, reason="asked for again", asked_by=user.id)
            asked.append(run)
    return asked + plan(session, experiment, asked_by=user.id, again=True)


def cancel_run(session: Session, user: User, experiment_id: str, run_id: str) -> None:
    """
    Cancel a run that has not ended; one that has stays as it is.

    Raises
    ------
    NotFoundError, ForbiddenError
    """
    experiment = experiment_for(session, user.id, experiment_id, to_change=True)
    run = run_of(session, experiment_id, run_id)
    if end_early(session, run, "cancelled", f"Cancelled by {user.name}.", user.id):
        plan(session, experiment, asked_by=user.id)


def delete_experiment(session: Session, user: User, experiment_id: str) -> None:
    """Throw an experiment into the bin; its runs end."""
    experiment = own_experiment(session, user.id, experiment_id)
    for run in open_runs(session, experiment_id):
        end_early(session, run, "withdrawn", "The experiment was thrown away.", user.id)
    experiment.deleted = utc_now()
    add_event(session, "deleted", experiment_id=experiment_id, user_id=user.id)


def restore_experiment(session: Session, user: User, experiment_id: str) -> list[Run]:
    """Take an experiment out of the bin."""
    experiment = own_experiment(session, user.id, experiment_id, deleted=True)
    experiment.deleted = None
    add_event(session, "brought_back", experiment_id=experiment_id, user_id=user.id)
    return _read_again(session, experiment) + plan(session, experiment, asked_by=user.id)


def _read_again(session: Session, experiment: Experiment) -> list[Run]:
    """Ask again for the files that were being read when an experiment was thrown away."""
    states = states_of(session, experiment)
    runs = [states[asset].run for asset in GRAPH.sources]
    withdrawn = [run for run in runs if run is not None and run.state == "withdrawn" and run.step.startswith(READ)]
    return [
        ask_to_read(session, experiment.id, run.asset, run.options, reason=run.reason, asked_by=run.asked_by)
        for run in withdrawn
    ]


def remove_for_good(session: Session, user: User, experiment_id: str) -> None:
    """
    Remove an experiment that is in the bin, with all its history.

    Raises
    ------
    NotFoundError
        Where it is not in the bin of this user.
    """
    session.delete(own_experiment(session, user.id, experiment_id, deleted=True))
    session.flush()


def empty_bins(session: Session, older_than: timedelta) -> int:
    """Remove experiments that have been in the bin for longer than this; returns how many."""
    old = experiments_deleted_before(session, utc_now() - older_than)
    for experiment in old:
        session.delete(experiment)
    session.flush()
    return len(old)
