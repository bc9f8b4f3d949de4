"""What happens, told at once to programs."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from paleobc.server.api.words import ExperimentId
from paleobc.server.events import After, LastEventId, stream_of
from paleobc.server.visitors import SignedIn

router = APIRouter(tags=["events"])


@router.get("/events", response_class=StreamingResponse)
async def events(
    request: Request, visitor: SignedIn, after: After = None, last: LastEventId = None
) -> StreamingResponse:
    """Tell what happens in all experiments that one may see, as server-sent events without end."""
    return await stream_of(request, visitor, after, last, None)


@router.get("/experiments/{experiment_id}/events", response_class=StreamingResponse)
async def events_of_experiment(
    request: Request, visitor: SignedIn, experiment_id: ExperimentId, after: After = None, last: LastEventId = None
) -> StreamingResponse:
    """Tell what happens in one experiment, as server-sent events without end."""
    return await stream_of(request, visitor, after, last, experiment_id)
