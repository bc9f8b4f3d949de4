"""What the pages of the administration share: who may see them, their tabs, and what the broker says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Final

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse

from paleobc.errors import NotFoundError
from paleobc.server.rendering import page
from paleobc.server.visitors import SignedIn, Visitor
from paleobc.services.admin_runs import Depths

#: The pages, in the order of their tabs.
TABS: Final = (
    ("/admin", "Overview"),
    ("/admin/services", "Services"),
    ("/admin/queues", "Queues"),
    ("/admin/users", "Users"),
    ("/admin/storage", "Storage"),
    ("/admin/database", "Database"),
    ("/admin/logs", "Logs"),
    ("/admin/announcements", "Announcements"),
)


def administering(visitor: SignedIn) -> Visitor:
    """
    Say which administrator asks.

    Raises
    ------
    NotFoundError
        For others there is nothing here.
    """
    if visitor.user.role != "admin":
        raise NotFoundError("There is nothing at this address.")
    return visitor


Administering = Annotated[Visitor, Depends(administering)]


def admin_page(request: Request, name: str, tab: str, status_code: int = 200, **context: Any) -> HTMLResponse:
    """Answer with a page of the administration, below the tab of an address."""
    return page(request, f"admin/{name}.html", status_code=status_code, tabs=TABS, tab=tab, **context)


def depths_of(request: Request) -> Callable[[], Depths] | None:
    """Who knows how many messages the broker has, if anybody in this process does."""
    depths: Callable[[], Depths] | None = getattr(request.app.state.pool, "depths", None)
    return depths
