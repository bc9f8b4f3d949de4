"""The database for administrators: how it stands, questions to it in SQL, and a copy of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, BinaryIO

from fastapi import APIRouter, Form, Request, Response

from paleobc.errors import InputError
from paleobc.server.administering import Administering, admin_page
from paleobc.server.answers import stream_answer
from paleobc.server.failures import status_of
from paleobc.server.visitors import Here
from paleobc.services.admin_database import ask_in_sql, database_data, dump_for
from paleobc.store.dumps import dump_name
from paleobc.store.files import pieces_of
from paleobc.store.sql_limits import LONGEST_SQL, MOST_ROWS, MOST_SECONDS

router = APIRouter(include_in_schema=False)


@router.get("/admin/database")
def database(request: Request, visitor: Administering, here: Here) -> Response:
    """Show how the database stands, and its tables."""
    return _page(request, visitor, here)


def _page(
    request: Request,
    visitor: Administering,
    here: Here,
    *,
    sql: str = "",
    answer: dict[str, Any] | None = None,
    error: InputError | None = None,
) -> Response:
    return admin_page(
        request,
        "database",
        "/admin/database",
        status_code=status_of(error) if error else 200,
        database=database_data(here.database, visitor.user),
        sql=sql,
        answer=answer,
        error=str(error) if error else "",
        most_rows=MOST_ROWS,
        most_seconds=MOST_SECONDS,
        longest=LONGEST_SQL,
    )


@router.post("/admin/database/sql")
def ask(
    request: Request,
    visitor: Administering,
    here: Here,
    sql: Annotated[str, Form(max_length=4 * LONGEST_SQL)] = "",
) -> Response:
    """Answer a question in SQL."""
    try:
        answer = ask_in_sql(here.database, here.settings.database, visitor.user, sql)
    except InputError as error:
        return _page(request, visitor, here, sql=sql, error=error)
    return _page(request, visitor, here, sql=sql, answer=answer)


@router.post("/admin/database/dump")
def dump(visitor: Administering, here: Here) -> Response:
    """Give a copy of the database; its file has no name any more while it is sent, and is gone however that ends."""
    path = here.files.temporary()
    try:
        dump_for(here.database, here.settings.database, visitor.user, path)
        file = path.open("rb")
    finally:
        path.unlink(missing_ok=True)
    return stream_answer(_closing(file), dump_name(here.settings.database), "application/octet-stream")


def _closing(file: BinaryIO) -> Iterator[bytes]:
    """Bytes of a file, which is closed at the end."""
    with file:
        yield from pieces_of(file)
