"""The register of the processes of an installation: each tells of itself, and who was not heard of is not there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from paleobc.store.operation_tables import Process
from paleobc.store.tables import utc_now

#: A process that was not heard of for so long is not there any more.
LIVING: Final = timedelta(seconds=30)
#: A process that was not heard of for so long is forgotten.
KEPT: Final = timedelta(days=7)
#: States of a process that has ended in order.
ENDED: Final = ("stopped",)


def tell(session: Session, process: str, *, now: datetime | None = None, **values: Any) -> None:
    """
    Note how a process is now, and forget those that have been gone for long.

    Parameters
    ----------
    session : Session
        One that writes.
    process : str
        Its name, as of `paleobc.broker.process.process_name`.
    now : datetime, optional
        Time now.
    **values
        Other columns of `paleobc.store.operation_tables.Process`.
    """
    now = now or utc_now()
    session.execute(delete(Process).where(Process.seen < now - KEPT, Process.id != process))
    session.merge(Process(id=process, seen=now, **values))


def living_processes(session: Session, kind: str | None = None, *, now: datetime | None = None) -> Sequence[Process]:
    """
    Processes that were heard of lately and have not ended, by kind and start.

    Parameters
    ----------
    session : Session
    kind : {"web", "worker"}, optional
        Only of this kind.
    now : datetime, optional
        Time now.
    """
    query = select(Process).where(Process.seen >= (now or utc_now()) - LIVING, Process.state.not_in(ENDED))
    if kind is not None:
        query = query.where(Process.kind == kind)
    return session.scalars(query.order_by(Process.kind, Process.started, Process.id)).all()
