"""What happened in an experiment, newest first."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response

from paleobc.server.happenings import ON_THE_WAY, happening
from paleobc.server.rendering import page
from paleobc.server.visitors import Here, SignedIn
from paleobc.services.overview import activity_data, experiment_data

router = APIRouter(include_in_schema=False)

_IN_PAGE: Final = 200


@router.get("/experiments/{experiment_id}/activity")
def activity(
    request: Request,
    visitor: SignedIn,
    here: Here,
    experiment_id: str,
    everything: Annotated[bool, Query(alias="all")] = False,
    before: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
) -> Response:
    """List what happened."""
    with here.database.reading() as session:
        experiment = experiment_data(session, visitor.user, experiment_id)
        events = activity_data(session, visitor.user, experiment_id, before=before, most=_IN_PAGE)
    return page(
        request,
        "experiments/activity.html",
        experiment=experiment,
        happenings=[happening(event) for event in events if everything or event["kind"] not in ON_THE_WAY],
        everything=everything,
        older=before is not None,
        more=events[-1]["event"] if len(events) == _IN_PAGE else None,
    )
