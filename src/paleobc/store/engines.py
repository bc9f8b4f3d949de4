"""The engines of one database: to read, to write, and to change its schema."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, event

from paleobc.store.kept_text import with_kept_text


@dataclass(frozen=True)
class Engines:
    """
    Engines of one database, whose sessions differ in what they may do.

    Parameters
    ----------
    reading : Engine
        Its transactions see one state of the database.
    writing : Engine
        Its transactions come one after the other, also those of other programs.
    migrating : Engine
        The same, for changes of the schema.
    """

    reading: Engine
    writing: Engine
    migrating: Engine

    def close(self) -> None:
        """Give back all connections."""
        for engine in (self.reading, self.writing, self.migrating):
            engine.dispose()


def keep_text_clean(engine: Engine) -> None:
    """Let an engine hand over only text that every database keeps."""

    @event.listens_for(engine, "before_cursor_execute", retval=True)
    def _clean(
        _connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool
    ) -> tuple[str, Any]:
        return statement, with_kept_text(parameters)
