"""Whether this process lives, and whether it can do its work: for those who watch over it."""

from __future__ import annotations

from asyncio import Task
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from paleobc import __version__
from paleobc.errors import NoRoomError
from paleobc.server.visitors import Here
from paleobc.store.faults import DATABASE_FAULTS
from paleobc.store.processes import living_processes

router = APIRouter(include_in_schema=False)


@router.get("/health/live")
def live() -> dict[str, str]:
    """Say that the process answers."""
    return {"state": "live", "version": __version__}


@router.get("/health/ready")
@router.get("/health")
def ready(request: Request, installation: Here) -> JSONResponse:
    """Say whether database, files and workers can be used; 503 where one cannot."""
    checks: dict[str, Any] = {
        "database": _is_database_ready(installation),
        "files": _has_room(installation),
        "program": _is_loaded(request.app.state.loading),
        "workers": request.app.state.pool is None or bool(request.app.state.pool.is_alive),
    }
    if installation.settings.broker_url:
        checks |= _of_others(installation, request.app.state.pool)
    good = all(checks.values())
    data = {"state": "ready" if good else "not ready", "version": __version__, "checks": checks}
    return JSONResponse(data, 200 if good else 503)


def _of_others(installation: Here, pool: Any) -> dict[str, Any]:
    """How broker and workers are, each told by a word where it is not there: runs are kept, and pages go on."""
    try:
        with installation.database.reading() as session:
            are_there = bool(living_processes(session, "worker"))
    except DATABASE_FAULTS:
        are_there = False
    is_up = pool is not None and pool.is_broker_up
    return {"broker": "up" if is_up else "down", "workers": are_there or "none"}


def _is_loaded(loading: Task[None]) -> bool:
    """Whether all parts of the application are there."""
    return loading.done() and not loading.cancelled() and loading.exception() is None


def _is_database_ready(installation: Here) -> bool:
    """Whether the database answers and has a schema."""
    try:
        return installation.database.schema is not None
    except DATABASE_FAULTS:
        return False


def _has_room(installation: Here) -> bool:
    """Whether files can still be taken in."""
    try:
        installation.files.refuse_without_room()
    except (NoRoomError, OSError):
        return False
    return True
