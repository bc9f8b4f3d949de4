"""Changes by hand of what an experiment's steps made: kept as lists of edits, with who, when and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from paleobc.errors import ConflictError, InputError
from paleobc.formats.hand_edit_lists import dataset_of_logs, logs_of_lists
from paleobc.services.hand_edit_revisions import lists_as_source, summary_of
from paleobc.services.history import restore_revision
from paleobc.services.overview import names_of, time_text
from paleobc.services.planning import plan
from paleobc.services.run_ends import note_lost
from paleobc.services.unedited import unedited_file
from paleobc.steps.assets import ASSETS
from paleobc.steps.catalogue import GRAPH
from paleobc.steps.hand_edits import changed_by_hand
from paleobc.store.contents import Contents, content_name
from paleobc.store.database import Database
from paleobc.store.events import add_event
from paleobc.store.experiments import experiment_for
from paleobc.store.files import FileStore
from paleobc.store.revisions import add_revision, newest_revisions, revision_of, revisions_of
from paleobc.store.runs import newest_number
from paleobc.store.tables import Revision, Run, User, utc_now
from paleobc.topography.edits.log import EditLog
from paleobc.workflow.hand_edits import HAND_EDITS, hand_edits_of
from paleobc.workflow.revision import LostContentError

_MOST_REASON = 500


@dataclass(frozen=True, eq=False)
class HandEdits:
    """
    The changes by hand of an asset.

    Parameters
    ----------
    number : int
        Number of their revision; 0 where there never were any.
    logs : tuple of EditLog
        One for each field that was changed: a variable at its positions in further dimensions.
    """

    number: int
    logs: tuple[EditLog, ...]

    def log_for(self, variable: str, index: Iterable[tuple[str, int]]) -> EditLog | None:
        """Edits of one field; None where it was not changed."""
        wanted = (variable, sorted(index))
        return next((log for log in self.logs if (log.variable, sorted(log.index)) == wanted), None)


def edits_by_hand(
    database: Database, files: FileStore, user: User, experiment_id: str, asset: str, number: int | None = None
) -> HandEdits:
    """
    Changes by hand of an asset: those that are in force, or those of an earlier revision.

    Raises
    ------
    NotFoundError, ForbiddenError
    InputError
        Where this asset is not changed by hand; says what to do instead.
    ConflictError
        Where their file is gone or harmed.
    """
    GRAPH.check_change(asset)
    with database.reading() as session:
        experiment_for(session, user.id, experiment_id)
        revision = _revision(session, experiment_id, asset, number)
    if revision is None or not revision.content:
        return HandEdits(0 if revision is None else revision.number, ())
    try:
        return HandEdits(revision.number, logs_of_lists(Contents(files).load(revision.content)))
    except LostContentError:
        with database.writing() as session:
            note_lost(session, revision.content, GRAPH)
        raise ConflictError(
            f"The changes by hand of {ASSETS[asset].title} are gone from the store, or harmed; take them away or "
            "restore earlier ones."
        ) from None


def _revision(session: Session, experiment_id: str, asset: str, number: int | None = None) -> Revision | None:
    """Revision of the changes by hand of an asset; the newest, or None, where no number is given."""
    name = hand_edits_of(asset)
    if number is not None:
        return revision_of(session, experiment_id, name, number)
    return newest_revisions(session, [experiment_id])[experiment_id].get(name)


def save_hand_edits(
    database: Database,
    files: FileStore,
    user: User,
    experiment_id: str,
    asset: str,
    log: EditLog,
    *,
    reason: str = "",
    seen: int | None = None,
) -> list[Run]:
    """
    Change one field of an asset by hand from now on as a log says; other fields stay changed as they are.

    Parameters
    ----------
    database : Database
    files : FileStore
    user : User
    experiment_id, asset : str
    log : EditLog
        Of quantity "value", with its variable. It takes the place of an earlier one of the same field; one without
        edits takes that away.
    reason : str
        Why, in a few words.
    seen : int, optional
        Number of the revision of the changes that this one follows; another one is there now: it is refused.

    Returns
    -------
    list of Run
        What has to be made now.

    Raises
    ------
    NotFoundError, ForbiddenError
    InputError
        Where this asset is not changed by hand, or the log cannot be carried out on it.
    ConflictError
        Where somebody else changed it meanwhile.
    """
    if log.quantity != "value" or not log.variable:
        raise InputError("Changes by hand are edits of the values of a variable; the list names none.")
    present = edits_by_hand(database, files, user, experiment_id, asset)
    field = (log.variable, log.index)
    kept = [other for other in present.logs if (other.variable, other.index) != field]
    logs = sorted([*kept, *([log] if log.edits else [])], key=lambda each: (each.variable, each.index))
    followed = present.number if seen is None else seen
    return _save(database, files, user, experiment_id, asset, logs, reason, followed)


def take_away_hand_edits(
    database: Database, files: FileStore, user: User, experiment_id: str, asset: str, *, reason: str = ""
) -> list[Run]:
    """
    No longer change an asset by hand; the changes stay in the history.

    Raises
    ------
    NotFoundError, ForbiddenError
    ConflictError
        Where it is not changed.
    """
    GRAPH.check_change(asset)
    with database.reading() as session:
        experiment_for(session, user.id, experiment_id, to_change=True)
        revision = _revision(session, experiment_id, asset)
    if revision is None or not revision.content:
        raise ConflictError(f"{ASSETS[asset].title} is not changed by hand.")
    return _save(database, files, user, experiment_id, asset, [], reason, revision.number)


def _save(
    database: Database,
    files: FileStore,
    user: User,
    experiment_id: str,
    asset: str,
    logs: list[EditLog],
    reason: str,
    followed: int,
) -> list[Run]:
    """Keep logs as the changes of an asset, where the newest ones are still those that they follow."""
    content, size, source = "", 0, None
    if logs:
        dataset = dataset_of_logs(logs)
        _try(database, files, user, experiment_id, asset, logs)
        source = lists_as_source(asset, logs, dataset)
        content, size = Contents(files).save(dataset)
    with database.writing() as session:
        experiment = experiment_for(session, user.id, experiment_id, to_change=True)
        newest = _revision(session, experiment_id, asset)
        if (newest.number if newest is not None else 0) != followed:
            raise ConflictError(f"Somebody else changed {ASSETS[asset].title} by hand meanwhile; open it again.")
        if content and not files.has(content_name(content)):  # removed as one that nobody needs; from here on it is
            raise ConflictError("The edits were lost on their way; save them again.")
        if content != (newest.content if newest is not None else ""):
            revision = add_revision(
                session,
                experiment_id,
                hand_edits_of(asset),
                content=content,
                bytes=size,
                fingerprint=content,
                run_number=newest_number(session, experiment_id),
                step=HAND_EDITS,
                step_version=0,
                source=source,
                made_by=user.id,
                reason=reason[:_MOST_REASON],
            )
            experiment.changed = utc_now()
            add_event(
                session,
                HAND_EDITS,
                experiment_id=experiment_id,
                user_id=user.id,
                asset=asset,
                number=revision.number,
                edits=sum(len(log.edits) for log in logs),
                why=revision.reason,
            )
        return plan(session, experiment, asked_by=user.id)


def _try(database: Database, files: FileStore, user: User, experiment_id: str, asset: str, logs: list[EditLog]) -> None:
    """Refuse logs that cannot be carried out, where it is there on what they are carried out."""
    try:
        content, _ = unedited_file(database, files, user, experiment_id, asset)
        dataset = Contents(files).load(content)
    except (ConflictError, LostContentError):
        return  # the run will tell
    changed_by_hand(asset, dataset, dataset_of_logs(logs))


def hand_edits_data(session: Session, user: User, experiment_id: str, asset: str) -> list[dict[str, Any]]:
    """All revisions of the changes by hand of an asset, newest first, as plain data."""
    GRAPH.check_change(asset)
    experiment_for(session, user.id, experiment_id)
    found = revisions_of(session, experiment_id, hand_edits_of(asset))
    names = names_of(session, [revision.made_by for revision in found])
    return [
        {
            **summary_of(revision),
            "number": revision.number,
            "newest": revision.number == found[0].number,
            "made_by": names[revision.made_by],
            "reason": revision.reason,
            "created": time_text(revision.created),
            "taken_away": not revision.content,
            "lost": revision.is_lost,
        }
        for revision in found
    ]


def restore_hand_edits(session: Session, user: User, experiment_id: str, asset: str, number: int) -> list[Run]:
    """
    Bring an earlier revision of the changes by hand of an asset back.

    Raises
    ------
    NotFoundError, ForbiddenError
    ConflictError
        Where the changes were taken away in it.
    """
    GRAPH.check_change(asset)
    return restore_revision(session, user, experiment_id, hand_edits_of(asset), number)
