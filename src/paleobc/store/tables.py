"""The tables of the database."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    ForeignKey,
    Index,
    MetaData,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
    event,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from paleobc.store.kept_text import refuse_long_text

#: Names of constraints, so that migrations can speak of them on every database.
_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


def new_id() -> str:
    """Make an identifier that nobody can guess, 22 characters, and that no command takes for an option."""
    while (made := secrets.token_urlsafe(16)).startswith("-"):
        pass
    return made


def utc_now() -> datetime:
    """Time now, in UTC."""
    return datetime.now(UTC)


class _UtcTime(TypeDecorator[datetime]):
    """A time in UTC, also in databases that know no time zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Say that what was read is UTC, or say it in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Table(DeclarativeBase):
    """What all tables share."""

    metadata = MetaData(naming_convention=_NAMES)
    type_annotation_map = {datetime: _UtcTime, dict[str, Any]: JSON, list[Any]: JSON}  # noqa: RUF012


@event.listens_for(Table, "before_insert", propagate=True)
@event.listens_for(Table, "before_update", propagate=True)
def _refuse_long_text(_mapper: Any, _connection: Any, row: Table) -> None:
    """Refuse text that has no place: SQLite would keep it, PostgreSQL not."""
    refuse_long_text(row.__dict__, row.metadata.tables[row.__tablename__])


class User(Table):
    """
    A person; ``name`` as typed, ``name_key`` folded, by which it is found.

    ``quota_mb`` is the most that the files of their experiments may take [MB]; None: that of the settings.
    """

    __tablename__ = "users"

    id: Mapped[str] = mapped_column(String(22), primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(100))
    name_key: Mapped[str] = mapped_column(String(100), unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(10), default="user")
    state: Mapped[str] = mapped_column(String(10), default="active")
    oidc_subject: Mapped[str | None] = mapped_column(String(300), unique=True)
    quota_mb: Mapped[int | None]
    created: Mapped[datetime] = mapped_column(default=utc_now)


class SignIn(Table):
    """A browser in which someone has signed in; the cookie's secret is kept as its checksum only."""

    __tablename__ = "sign_ins"

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    csrf: Mapped[str] = mapped_column(String(43))
    created: Mapped[datetime] = mapped_column(default=utc_now)
    seen: Mapped[datetime] = mapped_column(default=utc_now)
    expires: Mapped[datetime] = mapped_column(index=True)


class Token(Table):
    """A secret with which a program speaks for its user; kept as its checksum only."""

    __tablename__ = "tokens"

    id: Mapped[str] = mapped_column(String(22), primary_key=True, default=new_id)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    created: Mapped[datetime] = mapped_column(default=utc_now)
    used: Mapped[datetime | None]
    expires: Mapped[datetime | None]


class Invitation(Table):
    """A link with which one account can be made; kept as its checksum only."""

    __tablename__ = "invitations"

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    role: Mapped[str] = mapped_column(String(10), default="user")
    made_by: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created: Mapped[datetime] = mapped_column(default=utc_now)
    expires: Mapped[datetime]
    used_by: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))


class PasswordLink(Table):
    """A link with which the password of one account can be replaced; kept as its checksum only."""

    __tablename__ = "password_links"

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), unique=True)
    created: Mapped[datetime] = mapped_column(default=utc_now)
    expires: Mapped[datetime]


class Experiment(Table):
    """One palaeogeography with its author, age, hypothesis and owner."""

    __tablename__ = "experiments"

    id: Mapped[str] = mapped_column(String(22), primary_key=True, default=new_id)
    owner_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    author: Mapped[str] = mapped_column(String(500), default="")
    reference: Mapped[str] = mapped_column(String(1000), default="")
    age: Mapped[float | None]
    hypothesis: Mapped[str] = mapped_column(String(2000), default="")
    options: Mapped[dict[str, Any]] = mapped_column(default=dict)
    gateways: Mapped[list[Any]] = mapped_column(default=list)
    created: Mapped[datetime] = mapped_column(default=utc_now)
    changed: Mapped[datetime] = mapped_column(default=utc_now)
    deleted: Mapped[datetime | None] = mapped_column(index=True)


class Share(Table):
    """Someone who may see, or change, an experiment that is not theirs."""

    __tablename__ = "shares"

    experiment_id: Mapped[str] = mapped_column(ForeignKey("experiments.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True)
    may_change: Mapped[bool] = mapped_column(default=False)


class Upload(Table):
    """A file as it was given, before it is read; its bytes are kept under their checksum."""

    __tablename__ = "uploads"

    id: Mapped[str] = mapped_column(String(22), primary_key=True, default=new_id)
    experiment_id: Mapped[str] = mapped_column(ForeignKey("experiments.id", ondelete="CASCADE"), index=True)
    asset: Mapped[str] = mapped_column(String(40))
    file_name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    bytes: Mapped[int] = mapped_column(BigInteger)
    given_by: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created: Mapped[datetime] = mapped_column(default=utc_now)


class Revision(Table):
    """
    One immutable version of an asset of an experiment.

    Nothing in it changes but ``is_lost``: whether the file of its content was found gone or harmed. An empty content
    says that the asset was taken away. ``run_number`` is that of the run that made it, or else of the newest run that
    was there before it.
    """

    __tablename__ = "revisions"
    __table_args__ = (UniqueConstraint("experiment_id", "asset", "number"),)

    id: Mapped[str] = mapped_column(String(22), primary_key=True, default=new_id)
    experiment_id: Mapped[str] = mapped_column(ForeignKey("experiments.id", ondelete="CASCADE"), index=True)
    asset: Mapped[str] = mapped_column(String(40))
    number: Mapped[int]
    content: Mapped[str] = mapped_column(String(64), index=True)
    is_lost: Mapped[bool] = mapped_column(default=False)
    bytes: Mapped[int] = mapped_column(BigInteger)
    fingerprint: Mapped[str] = mapped_column(String(64), index=True)
    run_number: Mapped[int] = mapped_column(default=0)
    step: Mapped[str] = mapped_column(String(40))
    step_version: Mapped[int]
    options: Mapped[dict[str, Any]] = mapped_column(default=dict)
    inputs: Mapped[dict[str, Any]] = mapped_column(default=dict)
    source: Mapped[dict[str, Any] | None]
    made_by: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    reason: Mapped[str] = mapped_column(String(500), default="")
    seconds: Mapped[float] = mapped_column(default=0.0)
    created: Mapped[datetime] = mapped_column(default=utc_now)


class Run(Table):
    """
    One execution of a step: what it is to do, who does it, and what came of it.

    ``number`` counts the runs of an experiment in the order in which they were asked for; ``attempts`` counts how often
    it was begun, and ``faults`` how often its own process died of it. ``queue`` is the kind of work: which workers take
    it.
    """

    __tablename__ = "runs"
    __table_args__ = (
        UniqueConstraint("experiment_id", "number"),
        Index("ix_runs_state_priority_created", "state", "priority", "created"),
        Index("ix_runs_ended", "ended"),
    )

    id: Mapped[str] = mapped_column(String(22), primary_key=True, default=new_id)
    experiment_id: Mapped[str] = mapped_column(ForeignKey("experiments.id", ondelete="CASCADE"))
    number: Mapped[int]
    step: Mapped[str] = mapped_column(String(40))
    asset: Mapped[str] = mapped_column(String(40))
    fingerprint: Mapped[str] = mapped_column(String(64))
    options: Mapped[dict[str, Any]] = mapped_column(default=dict)
    inputs: Mapped[dict[str, Any]] = mapped_column(default=dict)
    reason: Mapped[str] = mapped_column(String(500), default="")
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    sentence: Mapped[str] = mapped_column(Text, default="")
    is_input_fault: Mapped[bool] = mapped_column(default=False)
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    log: Mapped[str] = mapped_column(Text, default="")
    progress: Mapped[float] = mapped_column(default=0.0)
    attempts: Mapped[int] = mapped_column(default=0)
    faults: Mapped[int] = mapped_column(default=0)
    priority: Mapped[int] = mapped_column(default=0)
    queue: Mapped[str] = mapped_column(String(40), default="science")
    claim: Mapped[str | None] = mapped_column(String(22), unique=True)
    lease_until: Mapped[datetime | None]
    worker: Mapped[str | None] = mapped_column(String(200))
    asked_by: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created: Mapped[datetime] = mapped_column(default=utc_now)
    started: Mapped[datetime | None]
    ended: Mapped[datetime | None]
    peak_mb: Mapped[float] = mapped_column(default=0.0)


class Event(Table):
    """Something that happened, for the activity list and for pages that are open."""

    __tablename__ = "events"
    #: A number is never given twice, as pages ask for what came after one.
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    experiment_id: Mapped[str | None] = mapped_column(ForeignKey("experiments.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created: Mapped[datetime] = mapped_column(default=utc_now)


class PftTemplate(Table):
    """A table of plant functional types that a user keeps under a name."""

    __tablename__ = "pft_templates"
    __table_args__ = (UniqueConstraint("user_id", "name"),)

    id: Mapped[str] = mapped_column(String(22), primary_key=True, default=new_id)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(100))
    bands: Mapped[list[Any]] = mapped_column(default=list)
    created: Mapped[datetime] = mapped_column(default=utc_now)
