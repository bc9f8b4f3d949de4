"""How large a database and its tables are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from paleobc.store.all_tables import ALL_TABLES


def kind_of(session: Session) -> str:
    """Which database it is, with its version."""
    dialect = session.get_bind().dialect
    version = ".".join(map(str, dialect.server_version_info or ()))
    names = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
    return f"{names.get(dialect.name, dialect.name)} {version}"


def database_bytes(session: Session) -> int:
    """Size of the whole database [bytes]."""
    bind = session.get_bind()
    if bind.dialect.name == "postgresql":
        return int(session.scalar(text("SELECT pg_database_size(current_database())")) or 0)
    path = Path(str(bind.engine.url.database))
    parts = (path, path.with_name(f"{path.name}-wal"))
    return sum(part.stat().st_size for part in parts if part.is_file())


def tables_sizes(session: Session) -> list[dict[str, Any]]:
    """Rows and bytes of each table, its indices with it, the largest first; bytes None where that is not known."""
    rows = {
        table.name: session.scalar(select(func.count()).select_from(table)) or 0 for table in ALL_TABLES.tables.values()
    }
    sizes = _bytes(session)
    found = [{"table": name, "rows": number, "bytes": sizes.get(name)} for name, number in rows.items()]
    return sorted(found, key=lambda one: (-(one["bytes"] or 0), -one["rows"], one["table"]))


def _bytes(session: Session) -> dict[str, int]:
    """Bytes of each table."""
    if session.get_bind().dialect.name == "postgresql":
        query = "SELECT relname, pg_total_relation_size(oid) FROM pg_class WHERE relkind = 'r'"
        return {name: int(size) for name, size in session.execute(text(query))}
    with_sizes = "SELECT 1 FROM pragma_compile_options WHERE compile_options = 'ENABLE_DBSTAT_VTAB'"
    if not session.scalar(text(with_sizes)):
        return {}
    query = "SELECT tbl_name, sum(pgsize) FROM dbstat JOIN sqlite_schema USING (name) GROUP BY tbl_name"
    return {name: int(size) for name, size in session.execute(text(query))}
