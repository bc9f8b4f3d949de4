"""The revisions of an asset: listed, compared, and brought back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from paleobc.errors import ConflictError, NotFoundError
from paleobc.services.hand_edit_revisions import summary_of
from paleobc.services.overview import names_of, time_text
from paleobc.services.planning import ask_to_read, plan, states_of
from paleobc.services.uploads import end_reading
from paleobc.steps.assets import ASSETS, title_of
from paleobc.steps.catalogue import GRAPH
from paleobc.store.events import add_event
from paleobc.store.experiments import experiment_for
from paleobc.store.imported import IMPORTED
from paleobc.store.revisions import add_revision, numbers_by_content, revision_of, revision_with, revisions_of
from paleobc.store.runs import newest_number
from paleobc.store.tables import Experiment, Revision, Run, User, utc_now
from paleobc.workflow.hand_edits import HAND_EDITS, hand_edits_of


def revisions_data(session: Session, user: User, experiment_id: str, asset: str) -> list[dict[str, Any]]:
    """All revisions of an asset, newest first."""
    experiment_for(session, user.id, experiment_id)
    refuse_unknown(asset)
    found = revisions_of(session, experiment_id, asset)
    names = names_of(session, [revision.made_by for revision in found])
    numbers = numbers_by_content(session, experiment_id)
    changes = {
        revision.content: {key: value for key, value in summary_of(revision).items() if key != "lists"}
        for revision in revisions_of(session, experiment_id, hand_edits_of(asset))
        if revision.content
    }
    return [
        {
            **_revision_data(revision, names, numbers),
            "changed_by_hand": changes.get(revision.inputs.get(hand_edits_of(asset), "")),
            "newest": revision.number == found[0].number,
        }
        for revision in found
    ]


def refuse_unknown(asset: str) -> None:
    """
    Refuse what is no asset.

    Raises
    ------
    NotFoundError
    """
    if asset not in ASSETS:
        raise NotFoundError("There is no such asset.")


def _revision_data(
    revision: Revision, names: Mapping[str | None, str | None], numbers: Mapping[tuple[str, str], int]
) -> dict[str, Any]:
    """One revision as plain data; what it was made of by number, where that is still known."""
    return {
        "number": revision.number,
        "content": revision.content,
        "fingerprint": revision.fingerprint,
        "step": revision.step,
        "step_version": revision.step_version,
        "options": revision.options,
        "inputs": {asset: numbers.get((asset, content)) for asset, content in revision.inputs.items()},
        "source": revision.source,
        "made_by": names[revision.made_by],
        "reason": revision.reason,
        "seconds": revision.seconds,
        "size": revision.bytes,
        "created": time_text(revision.created),
        "taken_away": not revision.content,
        "lost": revision.is_lost,
    }


def compare_data(
    session: Session, user: User, experiment_id: str, asset: str, first: int, second: int
) -> dict[str, Any]:
    """In what two revisions of an asset differ, apart from their values."""
    experiment_for(session, user.id, experiment_id)
    refuse_unknown(asset)
    one, two = (revision_of(session, experiment_id, asset, number) for number in (first, second))
    names = names_of(session, [one.made_by, two.made_by])
    numbers = numbers_by_content(session, experiment_id)
    left, right = (_revision_data(revision, names, numbers) for revision in (one, two))
    return {
        "first": left,
        "second": right,
        "options": _differences("name", one.options, two.options),
        "inputs": [
            {**entry, "first": left["inputs"].get(entry["asset"]), "second": right["inputs"].get(entry["asset"])}
            for entry in _differences("asset", one.inputs, two.inputs)
        ],
        "same_content": one.content == two.content,
    }


def _differences(word: str, first: Mapping[str, Any], second: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Entries in which two mappings differ."""
    return [
        {word: key, "first": first.get(key), "second": second.get(key)}
        for key in {**first, **second}
        if first.get(key) != second.get(key)
    ]


def restore_revision(
    session: Session, user: User, experiment_id: str, asset: str, number: int, *, with_inputs: bool = False
) -> list[Run]:
    """
    Bring a revision back.

    One of a given asset becomes the newest again. For one of a made asset the options are set that it was made
    with, and what it was made of has to be there as well: it follows from the two, at once, as it was made before.

    Parameters
    ----------
    session : Session
        One that writes.
    user : User
    experiment_id, asset : str
    number : int
    with_inputs : bool
        Bring back all that a made one came from, too: given files and options of the steps before it.

    Raises
    ------
    NotFoundError, ForbiddenError
    ConflictError
        Where a made one came from something else than what is there now.
    """
    experiment = experiment_for(session, user.id, experiment_id, to_change=True)
    if asset not in GRAPH.hand_edits:
        refuse_unknown(asset)
    revision = revision_of(session, experiment_id, asset, number)
    if not revision.content:
        raise ConflictError(f"In revision {number}, {title_of(asset)} was taken away; there is nothing to restore.")
    if revision.step == IMPORTED:
        raise ConflictError(f"Revision {number} was made by another tool and cannot be made again; download it.")
    runs = []
    if asset in GRAPH.given:
        runs += _restore_given(session, user, experiment, revision)
    else:
        if not with_inputs:
            _refuse_other_inputs(session, experiment, revision)
        for part in _all_it_came_from(session, revision) if with_inputs else [revision]:
            if part.asset in GRAPH.given:
                runs += _restore_given(session, user, experiment, part)
            else:
                _restore_options(experiment, part)
                if with_inputs:
                    _take_changes_away(session, user, experiment, part)
    experiment.changed = utc_now()
    add_event(session, "restored", experiment_id=experiment_id, user_id=user.id, asset=asset, number=number)
    return runs + plan(session, experiment, asked_by=user.id)


def _restore_given(session: Session, user: User, experiment: Experiment, revision: Revision) -> list[Run]:
    """Make a revision of a given asset the newest; one whose content was lost is read again."""
    state = states_of(session, experiment).get(revision.asset)
    if state is not None and state.state == "current" and state.usable == revision.content:
        return []
    end_reading(session, experiment, revision.asset, user)
    kept = ("content", "is_lost", "bytes", "fingerprint", "step", "step_version", "options", "inputs", "source")
    add_revision(
        session,
        experiment.id,
        revision.asset,
        run_number=newest_number(session, experiment.id),
        made_by=user.id,
        reason=f"revision {revision.number} restored",
        **{key: getattr(revision, key) for key in kept},
    )
    if not revision.is_lost or "upload" not in revision.options:
        return []
    words = "its content was lost"
    return [ask_to_read(session, experiment.id, revision.asset, revision.options, reason=words, asked_by=user.id)]


def _restore_options(experiment: Experiment, revision: Revision) -> None:
    """Choose the options with which a revision was made."""
    step = GRAPH.step(revision.step)
    default, then = step.options({}), step.options(revision.options)
    kept = {name: value for name, value in then.items() if value != default[name]}
    others = {name: options for name, options in experiment.options.items() if name != step.name}
    experiment.options = {**others, **({step.name: kept} if kept else {})}


def _take_changes_away(session: Session, user: User, experiment: Experiment, revision: Revision) -> None:
    """Take the changes by hand away that came after a revision without any."""
    name = hand_edits_of(revision.asset)
    if name in revision.inputs or name not in states_of(session, experiment):
        return
    add_revision(
        session,
        experiment.id,
        name,
        content="",
        bytes=0,
        fingerprint="",
        run_number=newest_number(session, experiment.id),
        step=HAND_EDITS,
        step_version=0,
        made_by=user.id,
        reason=f"revision {revision.number} of {ASSETS[revision.asset].title} restored",
    )


def _refuse_other_inputs(session: Session, experiment: Experiment, revision: Revision) -> None:
    """Refuse to restore a revision that was made of something else than what is there now."""
    states = states_of(session, experiment)
    step = GRAPH.step(revision.step)
    for asset in GRAPH.inputs_of(step):
        usable = states[asset].usable if asset in states else ""
        if usable != revision.inputs.get(asset, ""):
            found = revision_with(session, experiment.id, asset, revision.inputs.get(asset, ""))
            which = f"revision {found.number} of " if found is not None else ""
            raise ConflictError(
                f"Revision {revision.number} was made of {which}{title_of(asset)}, and another one is there now; "
                "restore it together with all it was made of, or that one first."
            )


def _all_it_came_from(session: Session, revision: Revision) -> list[Revision]:
    """A revision and all revisions that it came from."""
    found: dict[str, Revision] = {revision.asset: revision}
    waiting = [revision]
    while waiting:
        part = waiting.pop()
        for asset, content in part.inputs.items():
            before = revision_with(session, revision.experiment_id, asset, content)
            if before is None:
                raise ConflictError(f"What revision {revision.number} was made of is not all known any more.")
            if asset not in found:
                found[asset] = before
                waiting.append(before)
    return list(found.values())
