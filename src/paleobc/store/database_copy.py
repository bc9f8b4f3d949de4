"""All rows of the database in files from which a database of any kind can be filled again."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Connection,
    DateTime,
    Double,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    cast,
    column,
    delete,
    func,
    insert,
    select,
    table,
)
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine, UserDefinedType

from paleobc.errors import InputError
from paleobc.formats.opening import file_sha256
from paleobc.store.all_tables import ALL_TABLES

#: What belongs to a moment or a machine: who is signed in or could be by a link, which processes live, what they said.
LEFT_OUT: Final = ("backups", "log_lines", "password_links", "processes", "sign_ins")
#: Tables that are there and not ours to fill.
_OF_MIGRATIONS: Final = "alembic_version"
_ROWS_AT_ONCE: Final = 500
#: Effort of the compression: more takes three times as long for a tenth of the size.
_EFFORT: Final = 4


class _JsonText(UserDefinedType[str]):
    """JSON handed over as the text that it is: what is nothing and what is JSON's null stay two things."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        """Its name in SQL."""
        return "JSON"


#: What a column holds, by the Python type of its values; JSON is read and written as text.
_KINDS: Final = {
    str: "text",
    int: "integer",
    float: "real",
    bool: "boolean",
    datetime: "time",
    bytes: "bytes",
}
_TYPES: Final[Mapping[str, TypeEngine[Any]]] = {
    "text": Text(),
    "integer": BigInteger(),
    "real": Double(),
    "boolean": Boolean(),
    "time": DateTime(timezone=True),
    "bytes": LargeBinary(),
    "json": _JsonText(),
}


@dataclass(frozen=True)
class TableCopy:
    """
    What a file with the rows of a table holds.

    Parameters
    ----------
    name : str
        Of the table.
    columns : dict of str to str
        What each of its columns holds: text, integer, real, boolean, time, bytes or json.
    rows : int
    bytes : int
        Size of the file [bytes].
    sha256 : str
        Checksum of the file [hex].
    """

    name: str
    columns: dict[str, str]
    rows: int
    bytes: int
    sha256: str


def write_tables(session: Session, folder: Path) -> list[TableCopy]:
    """
    Write the rows of each table into a file of its own, ``NAME.jsonl.gz``: a row is an array of JSON in a line.

    Times are in UTC, bytes in base 64, JSON as its text; so every value is exact, whatever the kind of database.

    Parameters
    ----------
    session : Session
        One that sees one state of the database, of this version's schema.
    folder : Path
    """
    kept = [each for each in ALL_TABLES.sorted_tables if each.name not in LEFT_OUT]
    return [_write_table(session, each, folder / table_file(each.name)) for each in kept]


def table_file(name: str) -> str:
    """Name of the file with the rows of a table."""
    return f"{name}.jsonl.gz"


def _write_table(session: Session, kept: Table, path: Path) -> TableCopy:
    """Write the rows of one table."""
    columns = {each.name: _kind(each) for each in kept.columns}
    asked = [cast(each, Text).label(each.name) if columns[each.name] == "json" else each for each in kept.columns]
    query = select(*asked).order_by(*kept.primary_key.columns).execution_options(yield_per=_ROWS_AT_ONCE)
    number = 0
    with path.open("wb") as file, gzip.GzipFile(fileobj=file, mode="wb", compresslevel=_EFFORT, mtime=0) as packed:
        for row in session.execute(query):
            values = [_plain(value) for value in row]
            packed.write(json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
            number += 1
    return TableCopy(kept.name, columns, number, path.stat().st_size, file_sha256(path))


def _kind(of: Column[Any]) -> str:
    """What a column holds."""
    holds = of.type.impl_instance if isinstance(of.type, TypeDecorator) else of.type
    return "json" if isinstance(holds, JSON) else _KINDS[holds.python_type]


def _plain(value: Any) -> Any:
    """A value as JSON can hold it."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value


def fill_tables(session: Session, folder: Path, copies: Sequence[TableCopy]) -> int:
    """
    Replace all rows of the database by those of files that `write_tables` wrote; returns how many there are.

    Parameters
    ----------
    session : Session
        One that writes; the database has the schema of that of which the files were written.
    folder : Path
        Where the files are.
    copies : sequence of TableCopy

    Raises
    ------
    InputError
        Where the files are not those of a database of this schema.
    """
    connection, present = session.connection(), MetaData()
    present.reflect(connection)
    by_name = {copy.name: copy for copy in copies}
    tables = [each for each in present.sorted_tables if each.name != _OF_MIGRATIONS]
    _refuse_strangers({each.name: each for each in tables}, by_name)
    for each in reversed(tables):
        connection.execute(delete(each))
    rows = sum(
        _fill_table(connection, by_name[each.name], folder / table_file(each.name))
        for each in tables
        if each.name in by_name
    )
    if connection.dialect.name == "postgresql":
        for each in tables:
            _count_on(connection, each)
    return rows


def _refuse_strangers(tables: Mapping[str, Table], copies: Mapping[str, TableCopy]) -> None:
    """Refuse rows of tables or columns that the database does not have."""
    for name, copy in copies.items():
        if name not in tables or set(copy.columns) - set(tables[name].columns.keys()):
            raise InputError(f"The backup holds a table '{name}' that a database of its schema does not have.")
        if set(copy.columns.values()) - _TYPES.keys():
            raise InputError(f"The backup holds values in '{name}' that this version of paleobc does not know.")


def _fill_table(connection: Connection, copy: TableCopy, path: Path) -> int:
    """Add the rows of a file to a table that is empty."""
    columns = [column(name, _TYPES[kind]) for name, kind in copy.columns.items()]
    statement, number = insert(table(copy.name, *columns)), 0
    for rows in _in_parts(path, copy):
        connection.execute(statement, rows)
        number += len(rows)
    if number != copy.rows:
        raise InputError(f"The backup holds {number} rows of '{copy.name}' and should hold {copy.rows}.")
    return number


def _in_parts(path: Path, copy: TableCopy) -> Iterator[list[dict[str, Any]]]:
    """Rows of a file, some hundred at a time."""
    rows: list[dict[str, Any]] = []
    with gzip.open(path, "rb") as lines:
        for line in lines:
            values = zip(copy.columns.items(), json.loads(line), strict=True)
            rows.append({name: _value(kind, value) for (name, kind), value in values})
            if len(rows) == _ROWS_AT_ONCE:
                yield rows
                rows = []
    if rows:
        yield rows


def _value(kind: str, plain: Any) -> Any:
    """The value that JSON held."""
    if plain is None:
        return None
    if kind == "bytes":
        return base64.b64decode(plain)
    return datetime.fromisoformat(plain) if kind == "time" else plain


def _count_on(connection: Connection, filled: Table) -> None:
    """Let PostgreSQL number new rows of a table after those that came with their numbers."""
    for each in filled.primary_key.columns:
        sequence = connection.scalar(select(func.pg_get_serial_sequence(filled.name, each.name)))
        if sequence is not None:
            newest = connection.scalar(select(func.max(each)))
            connection.execute(select(func.setval(sequence, newest or 1, newest is not None)))
