"""Experiments that several people see: shared, and copied for oneself or for somebody else."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from paleobc.errors import InputError, NotFoundError
from paleobc.services.experiments import create_experiment
from paleobc.services.planning import plan
from paleobc.services.unedited import unedited_of
from paleobc.steps.catalogue import GRAPH
from paleobc.store.events import add_event
from paleobc.store.experiments import experiment_for, own_experiment
from paleobc.store.revisions import add_revision, newest_revisions
from paleobc.store.tables import Experiment, Revision, Share, Upload, User
from paleobc.store.users import user_named


def share_experiment(session: Session, user: User, experiment_id: str, name: str, *, may_change: bool) -> None:
    """
    Let somebody see an experiment, or change it together with its owner.

    Raises
    ------
    NotFoundError
        Where there is no such user, or no such experiment for this one.
    ForbiddenError
        Where it belongs to somebody else.
    """
    experiment = own_experiment(session, user.id, experiment_id)
    other = _somebody_else(session, user, name)
    share = session.get(Share, (experiment.id, other.id))
    if share is None:
        session.add(Share(experiment_id=experiment.id, user_id=other.id, may_change=may_change))
    else:
        share.may_change = may_change
    session.flush()
    add_event(session, "shared", experiment_id=experiment_id, user_id=user.id, name=other.name, may_change=may_change)


def unshare(session: Session, user: User, experiment_id: str, name: str) -> None:
    """
    Take somebody's right to see an experiment away; one may give up one's own.

    Raises
    ------
    NotFoundError
        Where it is not shared with anybody of this name.
    """
    experiment = experiment_for(session, user.id, experiment_id)
    other = user_named(session, name)
    if other is None or other.id != user.id:
        own_experiment(session, user.id, experiment_id)
    share = None if other is None else session.get(Share, (experiment.id, other.id))
    if other is None or share is None:
        raise NotFoundError(f"This is not shared with anybody called {name!r}.")
    session.delete(share)
    session.flush()
    add_event(session, "unshared", experiment_id=experiment_id, user_id=user.id, name=other.name)


def _somebody_else(session: Session, user: User, name: str) -> User:
    """The account of a name, which has to be another one."""
    other = user_named(session, name)
    if other is None or other.state != "active":
        raise NotFoundError(f"There is no user called {name.strip()!r}.")
    if other.id == user.id:
        raise InputError("This is you; `duplicate` makes a copy for yourself.")
    return other


def duplicate(session: Session, user: User, experiment_id: str, name: str) -> Experiment:
    """Make a copy of an experiment for oneself, with the newest revision of everything."""
    return _copied(session, user, experiment_for(session, user.id, experiment_id), user, name)


def send_copy(session: Session, user: User, experiment_id: str, to_name: str) -> Experiment:
    """
    Make a copy of an experiment that belongs to somebody else.

    Raises
    ------
    NotFoundError
        Where there is no such user.
    """
    original = experiment_for(session, user.id, experiment_id)
    other = _somebody_else(session, user, to_name)
    copy = _copied(session, user, original, other, original.name)
    add_event(session, "copied", experiment_id=experiment_id, user_id=user.id, to=other.name)
    return copy


def _copied(session: Session, user: User, original: Experiment, owner: User, name: str) -> Experiment:
    """Copy an experiment; contents are shared, as they never change."""
    copy = create_experiment(
        session,
        owner,
        name=name,
        author=original.author,
        reference=original.reference,
        age=original.age,
        hypothesis=original.hypothesis,
    )
    copy.options, copy.gateways = dict(original.options), list(original.gateways)
    uploads = {
        upload.id: _copied_upload(session, upload, copy)
        for upload in session.scalars(select(Upload).where(Upload.experiment_id == original.id))
    }
    known = {*GRAPH.given, *GRAPH.assets, *map(unedited_of, GRAPH.assets)}
    for asset, revision in newest_revisions(session, [original.id])[original.id].items():
        if asset in known and revision.content:
            _copy_revision(session, revision, copy, uploads)
    add_event(session, "copy_of", experiment_id=copy.id, user_id=user.id, name=original.name, by=user.name)
    plan(session, copy, asked_by=owner.id)
    return copy


def _copied_upload(session: Session, upload: Upload, copy: Experiment) -> str:
    """Copy what is known of an uploaded file; returns the new id."""
    fields = {key: getattr(upload, key) for key in ("asset", "file_name", "sha256", "bytes", "given_by", "created")}
    row = Upload(experiment_id=copy.id, **fields)
    session.add(row)
    session.flush()
    return row.id


def _copy_revision(session: Session, revision: Revision, copy: Experiment, uploads: dict[str, str]) -> None:
    """Copy a revision as the first one."""
    options: dict[str, Any] = dict(revision.options)
    if "upload" in options:
        options["upload"] = uploads.get(options["upload"], options["upload"])
    kept = (
        "content",
        "is_lost",
        "bytes",
        "fingerprint",
        "step",
        "step_version",
        "inputs",
        "source",
        "made_by",
        "seconds",
    )
    fields = {key: getattr(revision, key) for key in kept}
    add_revision(session, copy.id, revision.asset, options=options, reason="copied", **fields)
