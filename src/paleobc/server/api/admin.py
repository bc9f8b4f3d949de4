"""For programs of administrators: how the installation is, its processes, queues and runs; and one run mended."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request

from paleobc.server.administering import Administering, depths_of
from paleobc.server.api.words import Data, RunId
from paleobc.server.visitors import Here
from paleobc.services.admin_runs import act_on_run, queues_data, run_to_administer, runs_data
from paleobc.services.admin_services import processes_data
from paleobc.services.admin_status import broker_depths, status_data

router = APIRouter(prefix="/admin", tags=["administration"])

Action = Annotated[Literal["retry", "cancel", "requeue", "discard"], Path(description="What is done with the run.")]
RunState = Annotated[Literal["waiting", "running", "failed"], Query(description="State of the runs.")]


@router.get("/status")
def status(request: Request, visitor: Administering, installation: Here) -> Data:
    """Say what is well, what to know of, and what is wrong; for administrators."""
    return status_data(installation.database, installation.settings, visitor.user, depths_of(request))


@router.get("/processes")
def processes(visitor: Administering, installation: Here) -> list[Data]:
    """List the processes that serve pages or perform runs; for administrators."""
    schema = installation.database.schema
    with installation.database.reading() as session:
        return processes_data(session, visitor.user, schema)


@router.get("/queues")
def queues(request: Request, visitor: Administering, installation: Here) -> list[Data]:
    """Tell for each queue how many runs wait and for how long; for administrators."""
    depths, _ = broker_depths(depths_of(request))
    with installation.database.reading() as session:
        return queues_data(session, visitor.user, depths)


@router.get("/runs", operation_id="list_runs_of_all")
def runs(visitor: Administering, installation: Here, state: RunState = "failed") -> list[Data]:
    """List runs of all users that wait, run, or failed and are something to do; for administrators."""
    with installation.database.reading() as session:
        return runs_data(session, visitor.user, state)


@router.get("/runs/one", operation_id="look_at_run_of_anybody")
def one_run(
    visitor: Administering, installation: Here, run: Annotated[str, Query(max_length=60, description="Id of a run.")]
) -> Data:
    """Give one run of anybody, with its log; for administrators."""
    with installation.database.reading() as session:
        return run_to_administer(session, visitor.user, run)


@router.post("/runs/{run_id}/{action}")
def act(visitor: Administering, installation: Here, run_id: RunId, action: Action) -> Data:
    """Do something with one run; for administrators."""
    with installation.database.writing() as session:
        return act_on_run(session, visitor.user, run_id, action)
