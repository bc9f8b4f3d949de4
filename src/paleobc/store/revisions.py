"""Immutable versions of the assets of experiments."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from functools import cache
from typing import Any, Final

from sqlalchemy import Select, and_, bindparam, delete, func, select, update
from sqlalchemy.orm import Session

from paleobc.errors import NotFoundError
from paleobc.store.tables import Revision, Upload

#: The asset, and the step, that hold everything of an experiment in one file.
BUNDLE: Final = "bundle"


def newest_revisions(session: Session, experiment_ids: Collection[str]) -> dict[str, dict[str, Revision]]:
    """Newest revision of each asset of each of these experiments; that of an asset taken away has no content."""
    found: dict[str, dict[str, Revision]] = defaultdict(dict)
    for revision in session.scalars(_newest(), {"experiments": list(experiment_ids)}):
        found[revision.experiment_id][revision.asset] = revision
    return found


@cache
def _newest() -> Select[Revision]:
    """Question for the newest revision of each asset, put together once: it is asked for every page."""
    newest = (
        select(Revision.experiment_id, Revision.asset, func.max(Revision.number).label("number"))
        .where(Revision.experiment_id.in_(bindparam("experiments", expanding=True)))
        .group_by(Revision.experiment_id, Revision.asset)
        .subquery()
    )
    same = and_(
        Revision.experiment_id == newest.c.experiment_id,
        Revision.asset == newest.c.asset,
        Revision.number == newest.c.number,
    )
    return select(Revision).join(newest, same)


def revisions_of(session: Session, experiment_id: str, asset: str) -> Sequence[Revision]:
    """All revisions of an asset of an experiment, newest first."""
    query = select(Revision).where(Revision.experiment_id == experiment_id, Revision.asset == asset)
    return session.scalars(query.order_by(Revision.number.desc())).all()


def revision_of(session: Session, experiment_id: str, asset: str, number: int | None = None) -> Revision:
    """
    One revision; the newest where no number is given.

    Raises
    ------
    NotFoundError
    """
    query = select(Revision).where(Revision.experiment_id == experiment_id, Revision.asset == asset)
    if number is not None:
        query = query.where(Revision.number == number)
    revision = session.scalars(query.order_by(Revision.number.desc()).limit(1)).first()
    if revision is None:
        raise NotFoundError(f"There is no revision {number} of {asset}." if number else f"There is no {asset} yet.")
    return revision


def revision_with(session: Session, experiment_id: str, asset: str, content: str) -> Revision | None:
    """Newest revision of an asset of an experiment that has this content."""
    query = select(Revision).where(
        Revision.experiment_id == experiment_id, Revision.asset == asset, Revision.content == content
    )
    return session.scalars(query.order_by(Revision.number.desc()).limit(1)).first()


def numbers_by_content(session: Session, experiment_id: str) -> dict[tuple[str, str], int]:
    """Number of the newest revision of each asset and content of an experiment."""
    query = (
        select(Revision.asset, Revision.content, func.max(Revision.number))
        .where(Revision.experiment_id == experiment_id)
        .group_by(Revision.asset, Revision.content)
    )
    return {(asset, content): number for asset, content, number in session.execute(query)}


def revisions_made_of(session: Session, fingerprint: str, most: int = 5) -> Sequence[Revision]:
    """Revisions of any experiment that were made of the very same, and whose content is not known to be lost."""
    query = select(Revision).where(Revision.fingerprint == fingerprint, Revision.is_lost.is_(False))
    return session.scalars(query.order_by(Revision.created.desc()).limit(most)).all()


def revisions_holding(session: Session, content: str) -> Sequence[Revision]:
    """Revisions of any experiment that have this content."""
    return session.scalars(select(Revision).where(Revision.content == content)).all()


def add_revision(session: Session, experiment_id: str, asset: str, **values: Any) -> Revision:
    """
    Add a revision after the newest one.

    Parameters
    ----------
    session : Session
        One that writes: no other one can take the same number meanwhile.
    experiment_id, asset : str
    **values
        Other columns of `paleobc.store.tables.Revision`.
    """
    query = select(func.max(Revision.number)).where(Revision.experiment_id == experiment_id, Revision.asset == asset)
    number = (session.scalar(query) or 0) + 1
    revision = Revision(experiment_id=experiment_id, asset=asset, number=number, **values)
    session.add(revision)
    session.flush()
    return revision


def note_found(session: Session, content: str) -> None:
    """Note that the file of a content is there again."""
    session.execute(
        update(Revision).where(Revision.content == content, Revision.is_lost.is_(True)).values(is_lost=False)
    )


def remove_earlier_bundles(session: Session, newest: Revision) -> None:
    """Forget the bundles before this one: they are large, and can be made again."""
    session.execute(
        delete(Revision).where(
            Revision.experiment_id == newest.experiment_id, Revision.asset == BUNDLE, Revision.number < newest.number
        )
    )


def contents_in_use(session: Session) -> set[str]:
    """Contents that any revision names."""
    return set(session.scalars(select(Revision.content).distinct()))


def uploads_in_use(session: Session) -> set[str]:
    """Checksums of the files that were given to any experiment."""
    return set(session.scalars(select(Upload.sha256).distinct()))
