"""Experiments, who may see them and who may change them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Literal

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from paleobc.errors import ForbiddenError, NotFoundError
from paleobc.store.letters import small_letters
from paleobc.store.tables import Experiment, Share

#: Columns by which a list can be sorted.
SORTS: Final = ("name", "author", "age", "created", "changed")
Sort = Literal["name", "author", "age", "created", "changed"]


def experiment_for(
    session: Session, user_id: str, experiment_id: str, *, to_change: bool = False, deleted: bool = False
) -> Experiment:
    """
    An experiment that a user may see, or change.

    Parameters
    ----------
    session : Session
    user_id, experiment_id : str
    to_change : bool
    deleted : bool
        Look in the bin; only the owner may.

    Raises
    ------
    NotFoundError
        Where there is none that this user may see.
    ForbiddenError
        Where the user may see it and not change it.
    """
    experiment = session.get(Experiment, experiment_id)
    share = session.get(Share, (experiment_id, user_id))
    own = experiment is not None and experiment.owner_id == user_id
    if experiment is None or (not own and share is None) or (experiment.deleted is not None) != deleted:
        raise NotFoundError("There is no such experiment.")
    if deleted and not own:
        raise NotFoundError("There is no such experiment.")
    if to_change and not own and not (share is not None and share.may_change):
        raise ForbiddenError(f"You may look at {experiment.name!r} and not change it; make a copy of your own.")
    return experiment


def own_experiment(session: Session, user_id: str, experiment_id: str, *, deleted: bool = False) -> Experiment:
    """
    An experiment that belongs to a user.

    Raises
    ------
    NotFoundError, ForbiddenError
    """
    experiment = experiment_for(session, user_id, experiment_id, deleted=deleted)
    if experiment.owner_id != user_id:
        raise ForbiddenError(f"{experiment.name!r} belongs to someone else; only they can do this.")
    return experiment


def list_experiments(
    session: Session,
    user_id: str,
    *,
    search: str = "",
    sort: Sort = "changed",
    descending: bool = True,
    offset: int = 0,
    most: int = 50,
    deleted: bool = False,
) -> tuple[Sequence[Experiment], int]:
    """
    Experiments that a user may see, and how many there are in all.

    Parameters
    ----------
    session : Session
    user_id : str
    search : str
        Words that all have to occur in name, author, reference or hypothesis.
    sort : str
        One of `SORTS`; those without an age come last.
    descending : bool
    offset, most : int
        Part of the list.
    deleted : bool
        Those in the user's bin instead.
    """
    query = _visible(user_id, deleted=deleted)
    for word in search.split()[:20]:
        pattern = f"%{word.replace('^', '^^').replace('%', '^%').replace('_', '^_')}%"
        fields = (Experiment.name, Experiment.author, Experiment.reference, Experiment.hypothesis)
        query = query.where(or_(*(small_letters(field).like(small_letters(pattern), escape="^") for field in fields)))
    count = session.scalar(query.with_only_columns(func.count(), maintain_column_froms=True)) or 0
    column = {name: getattr(Experiment, name) for name in SORTS}[sort]
    key = small_letters(column) if sort in ("name", "author") else column
    order = key.desc() if descending else key.asc()
    query = query.order_by(column.is_(None), order, Experiment.id).offset(offset).limit(most)
    return session.scalars(query).all(), count


def _visible(user_id: str, *, deleted: bool) -> Select[Experiment]:
    """All experiments that a user may see, or those in the user's bin."""
    own = Experiment.owner_id == user_id
    if deleted:
        return select(Experiment).where(own, Experiment.deleted.is_not(None))
    shared = Experiment.id.in_(select(Share.experiment_id).where(Share.user_id == user_id))
    return select(Experiment).where(or_(own, shared), Experiment.deleted.is_(None))


def experiments_deleted_before(session: Session, time: datetime) -> Sequence[Experiment]:
    """Experiments that have been in the bin since before a time."""
    return session.scalars(select(Experiment).where(Experiment.deleted < time)).all()
