"""The database of the existing tool, opened so that it cannot change, and read into plain things."""

from __future__ import annotations

import sqlite3
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from paleobc.errors import InputError
from paleobc.formats.opening import beginning_of
from paleobc.services.importing.plain_values import mapping_of

_NAME: Final = "netcdf_editor.sqlite"
_SIGNATURE: Final = b"SQLite format 3\x00"

#: Columns that are read, by table; those behind the bar may be missing in databases of its first years.
_COLUMNS: Final = {
    "user": ("id username password", ""),
    "data_files": ("id owner_id filename", "info"),
    "revisions": ("id data_file_id created filepath revision file_type", "info"),
    "steps": ("id data_file_id step parameters", "up_to_date"),
}
_MOST_BYTES: Final = 1_000_000_000
_MOST_ROWS: Final = 200_000
#: Longest text that is read [bytes]; lists of edits are the longest.
_LONGEST_VALUE: Final = 4_000_000
_MOST_SECONDS: Final = 120.0


@dataclass(frozen=True)
class OldUser:
    """A person, with the checksum of the password."""

    id: int
    name: str
    checksum: str


@dataclass(frozen=True)
class OldRevision:
    """A file of an experiment: what it is, where it lies, when it was made, and what was said of it."""

    id: int
    experiment_id: int
    created: datetime | None
    path: str
    number: int
    file_type: str
    info: dict[str, Any]


@dataclass(frozen=True)
class OldStep:
    """A step that was carried out, with its parameters as they are stored."""

    name: str
    parameters: str | bytes


@dataclass(frozen=True)
class OldExperiment:
    """An experiment, which the existing tool calls a data file, with all its revisions and steps."""

    id: int
    owner_id: int
    file_name: str
    info: dict[str, Any]
    revisions: tuple[OldRevision, ...]
    steps: tuple[OldStep, ...]


@dataclass(frozen=True)
class OldDatabase:
    """All that is in the database, and the folder in which the files lie."""

    folder: Path
    users: tuple[OldUser, ...]
    experiments: tuple[OldExperiment, ...]


def read_old_database(path: Path) -> OldDatabase:
    """
    Read the database of the existing tool; neither it nor anything beside it is changed.

    Parameters
    ----------
    path : Path
        Its instance folder, or the database in it.

    Raises
    ------
    InputError
        Where there is none, it is damaged, in use, or of another program.
    """
    file = _database_in(path)
    if beginning_of(file, "database", len(_SIGNATURE)) != _SIGNATURE:
        raise InputError(f"{file} is no SQLite database; name the instance folder of the existing tool.")
    if file.stat().st_size > _MOST_BYTES:
        raise InputError(f"{file} is larger than {_MOST_BYTES / 1e6:g} MB; that is no database of the existing tool.")
    for end in ("-wal", "-journal"):
        beside = file.with_name(file.name + end)
        if beside.exists() and beside.stat().st_size:
            raise InputError(
                f"{beside.name} lies beside the database: the existing tool is running, or ended while it wrote. Stop "
                "it, open the database once with `sqlite3`, and try again."
            )
    try:
        with _opened(file) as connection:
            rows = {table: _rows(connection, file, table) for table in _COLUMNS}
    except sqlite3.Error as error:
        raise InputError(f"{file} cannot be read as a database: {error}; take a copy that is whole.") from None
    return _database_of(file.parent, rows)


def _database_in(path: Path) -> Path:
    """The database itself."""
    if not path.is_dir():
        return path
    if (path / _NAME).exists():
        return path / _NAME
    found = sorted(one for end in ("sqlite", "sqlite3", "db") for one in path.glob(f"*.{end}"))
    if len(found) != 1:
        what = "no database" if not found else f"several databases ({', '.join(one.name for one in found[:5])})"
        raise InputError(f"{path} holds {what}; name that of the existing tool itself.")
    return found[0]


@contextmanager
def _opened(file: Path) -> Iterator[sqlite3.Connection]:
    """Open a database that may be hostile: nothing is written, and nothing takes for ever."""
    address = f"file:{quote(str(file.resolve()))}?mode=ro&immutable=1"
    with closing(sqlite3.connect(address, uri=True)) as connection:
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_VALUE)
        connection.execute("PRAGMA trusted_schema=OFF")
        connection.execute("PRAGMA cell_size_check=ON")
        connection.text_factory = lambda data: data.decode("utf-8", "replace")
        until = time.monotonic() + _MOST_SECONDS
        connection.set_progress_handler(lambda: time.monotonic() > until, 100_000)
        yield connection


def _rows(connection: sqlite3.Connection, file: Path, table: str) -> list[dict[str, Any]]:
    """Rows of a table, once it is known to be one with the columns of the existing tool."""
    query = "SELECT type, sql FROM sqlite_master WHERE name = ?"
    kind, text = connection.execute(query, (table,)).fetchone() or ("", "")
    needed, optional = (words.split() for words in _COLUMNS[table])
    found = {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}
    missing = [name for name in needed if name not in found]
    # A view or a virtual table would run what somebody else wrote.
    if kind != "table" or not str(text).upper().startswith("CREATE TABLE") or missing:
        what = f"column {missing[0]!r} in its table {table!r}" if kind == "table" and missing else f"table {table!r}"
        raise InputError(f"{file.name} is no database of the existing tool: it has no {what}.")
    names = [*needed, *(name for name in optional if name in found)]
    rows = connection.execute(f"SELECT {', '.join(names)} FROM {table} LIMIT {_MOST_ROWS + 1}").fetchall()  # noqa: S608
    if len(rows) > _MOST_ROWS:
        raise InputError(f"{file.name} has more than {_MOST_ROWS} rows in {table!r}; that is no existing tool.")
    return [dict(zip(names, row, strict=True)) for row in rows]


def _database_of(folder: Path, rows: dict[str, list[dict[str, Any]]]) -> OldDatabase:
    """Plain things of rows in which any column may hold anything."""
    revisions: dict[int, list[OldRevision]] = defaultdict(list)
    for row in rows["revisions"]:
        revisions[_number(row["data_file_id"])].append(_revision(row))
    steps: dict[int, list[OldStep]] = defaultdict(list)
    for row in rows["steps"]:
        stored = row["parameters"]
        parameters = stored if isinstance(stored, str | bytes) else ""
        steps[_number(row["data_file_id"])].append(OldStep(_text(row["step"]), parameters))
    users = [OldUser(_number(row["id"]), _text(row["username"]), _text(row["password"])) for row in rows["user"]]
    experiments = [
        OldExperiment(
            id=_number(row["id"]),
            owner_id=_number(row["owner_id"]),
            file_name=_text(row["filename"]),
            info=mapping_of(row.get("info")),
            revisions=tuple(sorted(revisions[_number(row["id"])], key=lambda one: (one.number, one.id))),
            steps=tuple(steps[_number(row["id"])]),
        )
        for row in rows["data_files"]
    ]
    return OldDatabase(folder, tuple(users), tuple(experiments))


def _revision(row: dict[str, Any]) -> OldRevision:
    return OldRevision(
        id=_number(row["id"]),
        experiment_id=_number(row["data_file_id"]),
        created=_time(row["created"]),
        path=_text(row["filepath"]),
        number=_number(row["revision"]),
        file_type=_text(row["file_type"]),
        info=mapping_of(row.get("info")),
    )


def _number(value: object) -> int:
    """A whole number; -1, which no row has, where there is none."""
    return value if isinstance(value, int) else -1


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _time(value: object) -> datetime | None:
    """A time in UTC, as SQLite writes it, if it is one of the past."""
    try:
        time_then = datetime.fromisoformat(_text(value)).replace(tzinfo=UTC)
    except ValueError:
        return None
    return time_then if datetime(2000, 1, 1, tzinfo=UTC) < time_then < datetime.now(UTC) else None
