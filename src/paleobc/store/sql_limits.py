"""What a question to the database in SQL may read, and how much of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from paleobc.store.all_tables import ALL_TABLES

#: An answer has at most so many rows, and takes at most so long [s].
MOST_ROWS: Final = 1000
MOST_SECONDS: Final = 5.0
#: Longest question, and longest value that is shown of an answer [characters].
LONGEST_SQL: Final = 20_000
LONGEST_VALUE: Final = 2000
TOO_LONG: Final = f"The question took longer than {MOST_SECONDS:g} s; ask for less, or for fewer rows."
#: Columns with which one could sign in, or forge a form: nobody reads them.
SECRETS: Final[Mapping[str, frozenset[str]]] = {
    "users": frozenset({"password_hash"}),
    "sign_ins": frozenset({"hash", "csrf"}),
    "tokens": frozenset({"hash"}),
    "invitations": frozenset({"hash"}),
    "password_links": frozenset({"hash"}),
}
#: Where Alembic notes which schema the database has.
SCHEMA_TABLE: Final = "alembic_version"


@dataclass(frozen=True)
class Rows:
    """
    What a question was answered with.

    Parameters
    ----------
    columns : tuple of str
    rows : tuple of tuple
        Plain values: text, numbers, None; long texts are cut.
    is_cut : bool
        Whether there are more rows.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    is_cut: bool


def readable_columns() -> dict[str, list[str]]:
    """Columns that may be read, by table."""
    found = {
        table.name: [column.name for column in table.columns if column.name not in SECRETS.get(table.name, ())]
        for table in ALL_TABLES.sorted_tables
    }
    return found | {SCHEMA_TABLE: ["version_num"]}


def plain(value: Any) -> Any:
    """
    A value as it is shown.

    Examples
    --------
    >>> plain(b"abc"), plain("x" * 3000)[-22:], plain(None)
    ('3 bytes', 'x... (3000 characters)', None)
    """
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, bytes | memoryview):
        return f"{len(value)} bytes"
    text = str(value)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}... ({len(text)} characters)"
