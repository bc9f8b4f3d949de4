"""The tables of the map editor's drafts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from paleobc.store.tables import Table, new_id, utc_now


class Draft(Table):
    """
    Edits of a map that somebody is making: what they are about, and where the newest journal of them begins.

    ``field`` says which variable at which index, empty where an asset has one only. ``number`` counts the journals of
    one field: a new one begins when the base has changed or all edits are thrown away, and the one before it is closed.
    ``start`` is the position before its first entry, behind all of the journals before it.
    """

    __tablename__ = "drafts"
    __table_args__ = (UniqueConstraint("experiment_id", "asset", "field", "number"),)

    id: Mapped[str] = mapped_column(String(22), primary_key=True, default=new_id)
    experiment_id: Mapped[str] = mapped_column(ForeignKey("experiments.id", ondelete="CASCADE"))
    asset: Mapped[str] = mapped_column(String(40))
    field: Mapped[str] = mapped_column(String(1000), default="")
    number: Mapped[int]
    start: Mapped[int]
    base: Mapped[str] = mapped_column(String(64))
    grid: Mapped[str] = mapped_column(String(300))
    quantity: Mapped[str] = mapped_column(String(10))
    note: Mapped[dict[str, Any]] = mapped_column(default=dict)
    gateways: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    made_by: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created: Mapped[datetime] = mapped_column(default=utc_now)
    changed: Mapped[datetime] = mapped_column(default=utc_now)
    closed: Mapped[datetime | None]


class DraftEntry(Table):
    """One edit in a draft with its result, packed, or that one was taken back or done again; never changed."""

    __tablename__ = "draft_entries"
    __table_args__ = (UniqueConstraint("draft_id", "key"),)

    draft_id: Mapped[str] = mapped_column(ForeignKey("drafts.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(String(10))
    number: Mapped[int]
    who: Mapped[str] = mapped_column(String(500))
    made: Mapped[str] = mapped_column(String(40))
    edit: Mapped[bytes]
