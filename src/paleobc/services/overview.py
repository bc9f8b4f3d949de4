"""Experiments as pages and programs see them: plain data, in one look at the database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from paleobc.errors import InputError
from paleobc.services.bundling import bundle_fingerprint
from paleobc.services.experiment_recipes import recipe_of
from paleobc.services.experiments import step_named
from paleobc.services.hand_edit_revisions import summary_of
from paleobc.services.planning import READ, AssetState, all_options, states_of, states_of_all
from paleobc.steps.assets import ASSETS
from paleobc.steps.catalogue import GRAPH
from paleobc.store.events import activity, newest_event
from paleobc.store.experiments import SORTS, Sort, experiment_for, list_experiments
from paleobc.store.revisions import BUNDLE, newest_revisions
from paleobc.store.runs import OPEN, newest_runs, run_of, runs_before
from paleobc.store.tables import Experiment, Revision, Run, Share, User
from paleobc.workflow.hand_edits import hand_edits_of

#: A list holds at most so many entries at a time.
MOST: Final = 200
_STATES: Final = ("current", "waiting", "running", "stale", "failed", "missing")


def time_text(time: datetime | None) -> str | None:
    """A time as ISO text in UTC."""
    return None if time is None else time.isoformat()


def names_of(session: Session, user_ids: Iterable[str | None]) -> dict[str | None, str | None]:
    """Names of users by their ids; None for none, or one who is gone."""
    rows = session.execute(select(User.id, User.name).where(User.id.in_({i for i in user_ids if i is not None}))).all()
    found: dict[str | None, str | None] = {row.id: row.name for row in rows}
    return {user_id: found.get(user_id) for user_id in {None, *user_ids}}


def checked_page(offset: int, most: int) -> tuple[int, int]:
    """Part of a list that was asked for, if it can be."""
    if offset < 0 or offset > 10**9 or not 1 <= most <= MOST:
        raise InputError(f"A list begins at 0 or later, and has 1 to {MOST} entries at a time.")
    return offset, most


def experiment_list(
    session: Session,
    user: User,
    *,
    search: str = "",
    sort: Sort = "changed",
    descending: bool = True,
    offset: int = 0,
    most: int = 50,
    deleted: bool = False,
) -> dict[str, Any]:
    """Experiments that a user may see, or has in the bin, and how their assets stand."""
    if sort not in SORTS:
        raise InputError(f"Experiments cannot be sorted by {sort!r}; they can by {', '.join(SORTS)}.")
    offset, most = checked_page(offset, most)
    found, count = list_experiments(
        session, user.id, search=search, sort=sort, descending=descending, offset=offset, most=most, deleted=deleted
    )
    shares = _shares_with(session, user, found)
    names = names_of(session, [experiment.owner_id for experiment in found])
    states = states_of_all(session, found)
    return {
        "experiments": [
            {
                **_words(experiment, user, shares, names),
                "states": _counted(states[experiment.id]),
            }
            for experiment in found
        ],
        "count": count,
    }


def _counted(states: Mapping[str, AssetState]) -> dict[str, int]:
    """How many assets are in each state."""
    counts = Counter(state.state for asset, state in states.items() if asset in ASSETS)
    return {state: counts[state] for state in _STATES}


def _shares_with(session: Session, user: User, experiments: Iterable[Experiment]) -> dict[str, bool]:
    """Whether a user may change what others share, by experiment."""
    ids = [experiment.id for experiment in experiments]
    query = select(Share.experiment_id, Share.may_change).where(Share.user_id == user.id, Share.experiment_id.in_(ids))
    return {row.experiment_id: row.may_change for row in session.execute(query)}


def _words(
    experiment: Experiment, user: User, shares: Mapping[str, bool], names: Mapping[str | None, str | None]
) -> dict[str, Any]:
    """What an experiment is called, and whose it is."""
    own = experiment.owner_id == user.id
    return {
        "id": experiment.id,
        "name": experiment.name,
        "author": experiment.author,
        "reference": experiment.reference,
        "age": experiment.age,
        "hypothesis": experiment.hypothesis,
        "owner": names[experiment.owner_id],
        "own": own,
        "may_change": own or shares.get(experiment.id, False),
        "created": time_text(experiment.created),
        "changed": time_text(experiment.changed),
        "deleted": time_text(experiment.deleted),
    }


def experiment_data(session: Session, user: User, experiment_id: str) -> dict[str, Any]:
    """All that the page of an experiment shows."""
    event = newest_event(session)
    experiment = experiment_for(session, user.id, experiment_id)
    states = states_of(session, experiment)
    bundle = newest_revisions(session, [experiment.id]).get(experiment.id, {}).get(BUNDLE)
    bundle_run = newest_runs(session, [experiment.id]).get(experiment.id, {}).get(BUNDLE)
    shared = session.scalars(select(Share).where(Share.experiment_id == experiment.id)).all()
    people: list[str | None] = [experiment.owner_id, *(share.user_id for share in shared)]
    for state in states.values():
        people += [state.run.asked_by] if state.run else []
        people += [state.revision.made_by] if state.revision else []
    people += [bundle_run.asked_by] if bundle_run else []
    names = names_of(session, people)
    return {
        **_words(experiment, user, _shares_with(session, user, [experiment]), names),
        "gateways": experiment.gateways,
        "shares": sorted(
            ({"name": names[share.user_id], "may_change": share.may_change} for share in shared),
            key=lambda share: str(share["name"]).casefold(),
        ),
        "assets": [_asset_data(asset, states, names) for asset in states if asset in ASSETS],
        "bundle": _bundle_data(session, experiment, states, bundle, bundle_run, names),
        "event": event,
    }


def _asset_data(asset: str, states: Mapping[str, AssetState], names: Mapping[str | None, str | None]) -> dict[str, Any]:
    """One asset as the page shows it."""
    state, changes = states[asset], states.get(hand_edits_of(asset))
    declared, revision = ASSETS[asset], state.revision
    step = next((step for step in GRAPH.steps if step.writes == asset), None)
    return {
        "asset": asset,
        "title": declared.title,
        "kind": "given" if step is None else "made",
        "step": step.name if step else None,
        "summary": step.summary if step else "",
        "reads": list(step.reads) if step else [],
        "may_read": list(step.may_read) if step else [],
        "state": state.state,
        "why": state.why,
        "revision": revision.number if revision else None,
        "content": revision.content if revision else None,
        "file_name": declared.file_name,
        "component": declared.component,
        "is_set": declared.is_set,
        "size": revision.bytes if revision else None,
        "made_by": names.get(revision.made_by) if revision else None,
        "created": time_text(revision.created) if revision else None,
        "seconds": revision.seconds if revision else None,
        "source": revision.source if revision else None,
        "changed_by_hand": _changes_data(changes.revision, names) if changes and changes.revision else None,
        "run": run_as_data(state.run, names, with_log=False) if state.run else None,
    }


def _changes_data(revision: Revision, names: Mapping[str | None, str | None]) -> dict[str, Any]:
    """The changes by hand that are in force, and who made the last of them when."""
    return {
        **summary_of(revision),
        "made_by": names.get(revision.made_by),
        "reason": revision.reason,
        "created": time_text(revision.created),
    }


def _bundle_data(
    session: Session,
    experiment: Experiment,
    states: Mapping[str, AssetState],
    bundle: Revision | None,
    run: Run | None,
    names: Mapping[str | None, str | None],
) -> dict[str, Any]:
    """How the bundle stands: it is made when somebody asks for it."""
    late = [asset for asset in GRAPH.assets if states[asset].state != "current"]
    state, why = "missing", "not asked for yet"
    if run is not None and run.state in OPEN:
        state, why = run.state, run.reason
    elif run is not None and run.state in ("failed", "cancelled") and (not bundle or run.number > bundle.run_number):
        state, why = "failed", run.sentence
    elif bundle is not None:
        found = recipe_of(session, experiment, states)
        is_present = bundle_fingerprint(found, bundle.options, dict(states)) == bundle.fingerprint
        state, why = ("current", "") if is_present else ("stale", "the experiment has changed since")
    return {
        "state": state,
        "why": why,
        "may_be_made": not late,
        "waits_for": late,
        "revision": bundle.number if bundle else None,
        "size": bundle.bytes if bundle else None,
        "created": time_text(bundle.created) if bundle else None,
        "options": bundle.options if bundle else None,
        "run": run_as_data(run, names, with_log=False) if run else None,
    }


def run_as_data(run: Run, names: Mapping[str | None, str | None], *, with_log: bool = True) -> dict[str, Any]:
    """One run as plain data."""
    lasted = (run.ended - run.started).total_seconds() if run.ended and run.started else None
    return {
        "id": run.id,
        "number": run.number,
        "step": run.step,
        "asset": run.asset,
        "title": "Bundle" if run.asset == BUNDLE else ASSETS[run.asset].title if run.asset in ASSETS else run.asset,
        "reads_file": run.step.startswith(READ),
        "state": run.state,
        "reason": run.reason,
        "sentence": run.sentence,
        "progress": run.progress,
        "attempts": run.attempts,
        "asked_by": names.get(run.asked_by),
        "created": time_text(run.created),
        "started": time_text(run.started),
        "ended": time_text(run.ended),
        "seconds": lasted,
        "peak_mb": round(run.peak_mb),
        "candidates": list(run.data.get("candidates", [])),
        **({"log": run.log, "options": run.options} if with_log else {}),
    }


def run_data(session: Session, user: User, experiment_id: str, run_id: str) -> dict[str, Any]:
    """One run of an experiment, with its log."""
    experiment_for(session, user.id, experiment_id)
    run = run_of(session, experiment_id, run_id)
    return run_as_data(run, names_of(session, [run.asked_by]))


def runs_data(
    session: Session, user: User, experiment_id: str, *, before: int | None = None, most: int = 50
) -> list[dict[str, Any]]:
    """Runs of an experiment before a number, newest first."""
    experiment_for(session, user.id, experiment_id)
    _, most = checked_page(0, most)
    runs = runs_before(session, experiment_id, before, most)
    names = names_of(session, [run.asked_by for run in runs])
    return [run_as_data(run, names, with_log=False) for run in runs]


def activity_data(
    session: Session, user: User, experiment_id: str, *, before: int | None = None, most: int = 100
) -> list[dict[str, Any]]:
    """What happened in an experiment before an event, newest first."""
    experiment_for(session, user.id, experiment_id)
    _, most = checked_page(0, most)
    events = activity(session, experiment_id, before=before, most=most)
    names = names_of(session, [event.user_id for event in events])
    return [
        {
            **event.data,
            "event": event.id,
            "kind": event.kind,
            "user": names[event.user_id],
            "created": time_text(event.created),
        }
        for event in events
    ]


def options_data(session: Session, user: User, experiment_id: str, step: str) -> dict[str, Any]:
    """Options of a step of an experiment: all of them, and those that differ from the defaults."""
    experiment = experiment_for(session, user.id, experiment_id)
    chosen = experiment.options.get(step_named(step).name, {})
    return {"step": step, "options": all_options(step_named(step), chosen), "chosen": chosen}
