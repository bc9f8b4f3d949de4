"""What programs ask for, under /api/v1; the same services as the pages."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter, Depends
from fastapi.security import HTTPBearer

from paleobc.server.api import (
    accounts,
    admin,
    documentation,
    editor,
    events,
    experiments,
    files,
    pft_templates,
    revisions,
    runs,
)

_PROBLEM: Final[dict[int | str, dict[str, Any]]] = {
    "4XX": {
        "description": "What is wrong, as problem+json (RFC 9457): `detail` is a sentence.",
        "content": {
            "application/problem+json": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "type": {"type": "string"},
                        "title": {"type": "string"},
                        "status": {"type": "integer"},
                        "detail": {"type": "string"},
                    },
                    "required": ["type", "title", "status", "detail"],
                }
            }
        },
    }
}


def api_router() -> APIRouter:
    """All routes of the interface of programs."""
    bearer = HTTPBearer(auto_error=False, description="A token of the page of one's account.")  # who it is: `visitors`
    router = APIRouter(prefix="/api/v1", responses=_PROBLEM, dependencies=[Depends(bearer)])
    for module in (accounts, experiments, runs, revisions, editor, pft_templates, events, files, admin, documentation):
        router.include_router(module.router)
    return router
