"""The files for administrators: whose they are, whether store and database agree, and the check of their checksums."""

from __future__ import annotations

import logging
import threading
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Form, Query, Request, Response

from paleobc.bootstrap import Installation
from paleobc.server.administering import Administering, admin_page
from paleobc.server.forms import back
from paleobc.server.visitors import Here
from paleobc.services.admin_integrity import begin_check, check_data, go_on_checking, mend
from paleobc.services.admin_storage import files_data, storage_data

_LOG: Final = logging.getLogger(__name__)

router = APIRouter(include_in_schema=False)


@router.get("/admin/storage")
def storage(
    request: Request, visitor: Administering, here: Here, files: Annotated[Literal["", "yes"], Query()] = ""
) -> Response:
    """Show what the files take, the newest check of them, and, where it is asked for, the files in the store."""
    with here.database.reading() as session:
        found = storage_data(session, visitor.user, here.settings)
        check = check_data(session, visitor.user)
    kept = files_data(here.database, here.files, visitor.user) if files else None
    return admin_page(request, "storage", "/admin/storage", **found, check=check, kept=kept)


@router.post("/admin/storage/verify")
def verify(visitor: Administering, here: Here) -> Response:
    """Begin to check all files beside whatever goes on."""
    number = begin_check(here.database, visitor.user)
    threading.Thread(target=_check, args=(here, number), name="integrity check", daemon=True).start()
    return back("/admin/storage", "verifying")


def _check(here: Installation, number: int) -> None:
    """Check all files; a check that breaks off is shown as interrupted, and taken up when it is asked for again."""
    try:
        go_on_checking(here.database, here.files, number)
    except Exception:  # of a thread of its own nobody else would hear
        _LOG.exception("The check of the files broke off")


@router.post("/admin/storage/mend")
def have_made_again(visitor: Administering, here: Here, name: Annotated[str, Form(max_length=200)] = "") -> Response:
    """Have made again what a step made and is harmed."""
    mend(here.database, here.files, visitor.user, name)
    return back("/admin/storage", "mended")
