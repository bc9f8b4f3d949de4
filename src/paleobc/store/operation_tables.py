"""The tables of operations: processes, backups, announcements, lines of logs, what was brought over."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from paleobc.store.tables import Table, new_id, utc_now


class Process(Table):
    """
    A process of the application that serves pages or performs runs, as it last told of itself.

    ``id`` is its name (`paleobc.broker.process.process_name`), ``kind`` "web" or "worker", ``state`` "working",
    "refused" (it has another schema, and takes nothing), "stopping" or "stopped". ``load`` is the mean number of
    processes of its machine that compute, divided by its processors; ``said`` is a sentence for people.
    """

    __tablename__ = "processes"

    id: Mapped[str] = mapped_column(String(200), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    host: Mapped[str] = mapped_column(String(200))
    version: Mapped[str] = mapped_column(String(60))
    commit: Mapped[str] = mapped_column(String(60), default="")
    schema: Mapped[str] = mapped_column(String(32))
    queues: Mapped[list[Any]] = mapped_column(default=list)
    concurrency: Mapped[int] = mapped_column(default=0)
    running: Mapped[int] = mapped_column(default=0)
    load: Mapped[float] = mapped_column(default=0.0)
    memory_mb: Mapped[float] = mapped_column(default=0.0)
    state: Mapped[str] = mapped_column(String(20), default="working")
    said: Mapped[str] = mapped_column(Text, default="")
    started: Mapped[datetime] = mapped_column(default=utc_now)
    seen: Mapped[datetime] = mapped_column(default=utc_now, index=True)


class Announcement(Table):
    """A sentence of the administrators that stands on every page until it ends."""

    __tablename__ = "announcements"

    id: Mapped[str] = mapped_column(String(22), primary_key=True, default=new_id)
    text: Mapped[str] = mapped_column(String(1000))
    level: Mapped[str] = mapped_column(String(10), default="info")
    made_by: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created: Mapped[datetime] = mapped_column(default=utc_now)
    expires: Mapped[datetime | None] = mapped_column(index=True)


class Backup(Table):
    """A backup of database and files: ``state`` is "running", "good" (written and read again) or "failed"."""

    __tablename__ = "backups"

    id: Mapped[str] = mapped_column(String(22), primary_key=True, default=new_id)
    target: Mapped[str] = mapped_column(String(500))
    state: Mapped[str] = mapped_column(String(10), default="running", index=True)
    files: Mapped[int] = mapped_column(default=0)
    new_files: Mapped[int] = mapped_column(default=0)
    bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    sentence: Mapped[str] = mapped_column(Text, default="")
    started: Mapped[datetime] = mapped_column(default=utc_now)
    ended: Mapped[datetime | None]


class LogLine(Table):
    """A line of the log of a process; what belongs to a run or a request bears its id."""

    __tablename__ = "log_lines"
    __table_args__ = (Index("ix_log_lines_run", "run"), Index("ix_log_lines_request", "request"))

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(default=utc_now, index=True)
    process: Mapped[str] = mapped_column(String(200))
    service: Mapped[str] = mapped_column(String(20))
    level: Mapped[str] = mapped_column(String(10))
    logger: Mapped[str] = mapped_column(String(100))
    message: Mapped[str] = mapped_column(Text)
    request: Mapped[str | None] = mapped_column(String(40))
    run: Mapped[str | None] = mapped_column(String(22))


class Imported(Table):
    """
    What something of the tool of before became here, so that bringing it over again adds only what is new.

    ``source`` is the checksum of what makes it the same thing there, ``old_id`` the number of its row.
    """

    __tablename__ = "imported"

    source: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    old_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    new_id: Mapped[str] = mapped_column(String(40))
    created: Mapped[datetime] = mapped_column(default=utc_now)
