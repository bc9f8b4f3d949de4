"""How much the files take that experiments name: of each user, each experiment, each kind."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Subquery, case, func, literal, select, union_all
from sqlalchemy.orm import Session

from paleobc.store.revisions import BUNDLE
from paleobc.store.tables import Experiment, Revision, Upload

#: Folders of the store whose files experiments name.
NAMED: Final = ("uploads", "contents", "bundles")


def bytes_by_user(session: Session) -> dict[str, int]:
    """Bytes of the files of each user's experiments, those in the bin too; a file that several name counts once."""
    named = _named()
    return _summed(session, named.c.owner_id)


def bytes_of_user(session: Session, user_id: str) -> int:
    """Bytes of the files of the experiments of one user."""
    return _summed(session, _named(user_id).c.owner_id).get(user_id, 0)


def bytes_by_experiment(session: Session, user_id: str | None = None) -> dict[str, int]:
    """Bytes of the files of each experiment, or of each of one user."""
    return _summed(session, _named(user_id).c.experiment_id)


def bytes_by_folder(session: Session) -> dict[str, tuple[int, int]]:
    """Number and bytes of the files in each folder of the store that the database names."""
    named = _named()
    files = _distinct(named, named.c.folder)
    query = select(files.c.of, func.count(), func.sum(files.c.bytes)).group_by(files.c.of)
    found = {folder: (int(number), int(size)) for folder, number, size in session.execute(query)}
    return {folder: found.get(folder, (0, 0)) for folder in NAMED}


def _named(user_id: str | None = None) -> Subquery:
    """All files that experiments name: owner, experiment, folder, checksum, bytes."""
    given = select(
        Experiment.owner_id,
        Upload.experiment_id,
        literal("uploads").label("folder"),
        Upload.sha256.label("name"),
        Upload.bytes,
    ).join(Experiment, Experiment.id == Upload.experiment_id)
    made = (
        select(
            Experiment.owner_id,
            Revision.experiment_id,
            case((Revision.asset == BUNDLE, "bundles"), else_="contents").label("folder"),
            Revision.content.label("name"),
            Revision.bytes,
        )
        .join(Experiment, Experiment.id == Revision.experiment_id)
        .where(Revision.content != "", Revision.is_lost.is_(False))
    )
    if user_id is not None:
        given, made = given.where(Experiment.owner_id == user_id), made.where(Experiment.owner_id == user_id)
    return union_all(given, made).subquery()


def _distinct(named: Subquery, of: Any) -> Subquery:
    """Each file once for each owner, experiment or folder."""
    return (
        select(of.label("of"), named.c.folder, named.c.name, func.max(named.c.bytes).label("bytes"))
        .group_by(of, named.c.folder, named.c.name)
        .subquery()
    )


def _summed(session: Session, of: Any) -> dict[str, int]:
    """Sum of bytes by owner or experiment."""
    files = _distinct(of.table, of)
    query = select(files.c.of, func.sum(files.c.bytes)).group_by(files.c.of)
    return {key: int(size) for key, size in session.execute(query)}
