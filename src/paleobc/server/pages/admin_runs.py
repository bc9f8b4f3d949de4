"""The queues for administrators: what waits, runs and failed, one run with its log, and what is done with it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from paleobc.server.administering import Administering, admin_page, depths_of
from paleobc.server.forms import back
from paleobc.server.visitors import Here
from paleobc.services.admin_logs import lines_data
from paleobc.services.admin_runs import MOST_LISTED, act_on_run, queues_data, run_to_administer, runs_data
from paleobc.services.admin_status import broker_depths

router = APIRouter(include_in_schema=False)


@router.get("/admin/queues")
def queues(request: Request, visitor: Administering, here: Here) -> Response:
    """Show the queues and their runs."""
    depths, said = broker_depths(depths_of(request))
    with here.database.reading() as session:
        found = queues_data(session, visitor.user, depths)
        runs = {state: runs_data(session, visitor.user, state) for state in ("running", "waiting", "failed")}
    return admin_page(
        request,
        "queues",
        "/admin/queues",
        queues=found,
        running=runs["running"],
        waiting=runs["waiting"],
        machine=[run for run in runs["failed"] if not run["is_input_fault"]],
        input=[run for run in runs["failed"] if run["is_input_fault"]],
        broker_url=bool(here.settings.broker_url),
        broker_said=said,
        is_depth_known=depths is not None,
        most=MOST_LISTED,
    )


@router.get("/admin/run")
def run(
    request: Request, visitor: Administering, here: Here, run_id: Annotated[str, Query(alias="id", max_length=60)] = ""
) -> Response:
    """Show one run of anybody with its log."""
    with here.database.reading() as session:
        found = run_to_administer(session, visitor.user, run_id)
        lines = lines_data(session, visitor.user, run=found["id"])[::-1]
    return admin_page(request, "run", "/admin/queues", run=found, lines=lines)


@router.post("/admin/runs/{run_id}/{action}")
def act(visitor: Administering, here: Here, run_id: str, action: str) -> Response:
    """Do something with one run."""
    with here.database.writing() as session:
        found = act_on_run(session, visitor.user, run_id, action)
    return back("/admin/run", "acted", id=found["id"])
