"""The administration: in one view, its services, the lines of their logs, and what is announced."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request, Response

from paleobc.errors import InputError
from paleobc.server.administering import Administering, admin_page, depths_of
from paleobc.server.announcing import forget_announcements
from paleobc.server.failures import status_of
from paleobc.server.forms import back
from paleobc.server.visitors import Here
from paleobc.services.admin_logs import lines_data
from paleobc.services.admin_services import processes_data
from paleobc.services.admin_status import status_data
from paleobc.services.administrators import actions_data
from paleobc.services.announcements import LONGEST_TEXT, announce, announcements_data, end_early, read_time

router = APIRouter(include_in_schema=False)

_MOST_LINES = 200

Word = Annotated[str, Query(max_length=60)]
Typed = Annotated[str, Form(max_length=2 * LONGEST_TEXT)]


@router.get("/admin")
def overview(request: Request, visitor: Administering, here: Here) -> Response:
    """Show how the installation is, and what administrators did."""
    status = status_data(here.database, here.settings, visitor.user, depths_of(request))
    with here.database.reading() as session:
        actions = actions_data(session, visitor.user)
    return admin_page(request, "overview", "/admin", status=status, actions=actions)


@router.get("/admin/services")
def services(request: Request, visitor: Administering, here: Here) -> Response:
    """Show the processes of the installation."""
    schema = here.database.schema
    with here.database.reading() as session:
        found = processes_data(session, visitor.user, schema)
    status = status_data(here.database, here.settings, visitor.user, depths_of(request))
    parts = [check for check in status["checks"] if check["name"] in ("database", "room", "broker", "workers")]
    return admin_page(request, "services", "/admin/services", processes=found, parts=parts, schema=schema)


@router.get("/admin/logs")
def logs(
    request: Request,
    visitor: Administering,
    here: Here,
    run: Word = "",
    asked: Annotated[str, Query(alias="request", max_length=60)] = "",
    level: Word = "DEBUG",
    service: Word = "",
    since: Word = "",
    before: Annotated[int | None, Query(ge=1, le=2**62)] = None,
) -> Response:
    """Show lines of the logs."""
    error, found = None, []
    try:
        with here.database.reading() as session:
            found = lines_data(
                session,
                visitor.user,
                run=run,
                request=asked,
                level=level,
                service=service,
                since=read_time(since),
                before=before,
                most=_MOST_LINES,
            )
    except InputError as refused:
        error = refused
    chosen = {"run": run, "request": asked, "level": level, "service": service, "since": since}
    kept = {name: value for name, value in chosen.items() if value}
    older = urlencode(kept | {"before": found[-1]["id"]}) if len(found) == _MOST_LINES else ""
    return admin_page(
        request,
        "logs",
        "/admin/logs",
        status_code=status_of(error) if error else 200,
        lines=found,
        chosen=chosen,
        older=older,
        days=here.settings.log_days,
        error=str(error) if error else "",
    )


@router.get("/admin/announcements")
def announcements(request: Request, visitor: Administering, here: Here) -> Response:
    """Show what is announced, and the form to announce."""
    return _announcements(request, visitor, here)


def _announcements(
    request: Request, visitor: Administering, here: Here, error: InputError | None = None, **typed: str
) -> Response:
    with here.database.reading() as session:
        found = announcements_data(session, visitor.user)
    return admin_page(
        request,
        "announcements",
        "/admin/announcements",
        status_code=status_of(error) if error else 200,
        **found,
        typed={"text": "", "level": "info", "expires": ""} | typed,
        error=str(error) if error else "",
        longest=LONGEST_TEXT,
    )


@router.post("/admin/announcements")
def new_announcement(
    request: Request,
    visitor: Administering,
    here: Here,
    text: Typed = "",
    level: Typed = "info",
    expires: Typed = "",
) -> Response:
    """Announce something on every page."""
    try:
        with here.database.writing() as session:
            text = text.replace("\r\n", "\n")
            announce(session, visitor.user, text, level=level, expires=read_time(expires))
    except InputError as error:
        return _announcements(request, visitor, here, error, text=text, level=level, expires=expires)
    forget_announcements(request)
    return back("/admin/announcements", "announced")


@router.post("/admin/announcements/{announcement_id}/end")
def end_announcement(request: Request, visitor: Administering, here: Here, announcement_id: str) -> Response:
    """End an announcement now."""
    with here.database.writing() as session:
        end_early(session, visitor.user, announcement_id)
    forget_announcements(request)
    return back("/admin/announcements", "ended")
