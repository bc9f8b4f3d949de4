"""The map editor in a window of its own, and what it is told while it is open."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse

from paleobc.editor import component
from paleobc.server.events import LastEventId, stream_of
from paleobc.server.pages.maps import Variable
from paleobc.server.rendering import page
from paleobc.server.visitors import Here, SignedIn
from paleobc.services.editing.draft_journal import DRAFT
from paleobc.services.editing_experiments.asking import edited_asset
from paleobc.services.overview import experiment_data
from paleobc.workflow.hand_edits import HAND_EDITS

router = APIRouter(include_in_schema=False)

PLACE: Final = "/experiments/{experiment_id}/edit/{asset}"

#: What an open editor is told of: edits of others, and new revisions of what is edited.
_TOLD: Final = frozenset({DRAFT, "revision", "restored", "taken_away", HAND_EDITS})


@router.get(PLACE)
def edit(
    request: Request, visitor: SignedIn, here: Here, experiment_id: str, asset: str, variable: Variable = None
) -> Response:
    """Show the map editor of an asset."""
    with here.database.reading() as session:
        experiment = experiment_data(session, visitor.user, experiment_id)
    edited = edited_asset(asset)
    return page(
        request,
        "editor/edit.html",
        experiment=experiment,
        asset=next(one for one in experiment["assets"] if one["asset"] == edited),
        variable=variable,
        script=component.WHOLE,
    )


@router.get(PLACE + "/events")
async def events(
    request: Request, visitor: SignedIn, experiment_id: str, asset: str, last: LastEventId = None
) -> StreamingResponse:
    """Tell an open editor that something has changed."""
    edited_asset(asset)
    return await stream_of(request, visitor, None, last, experiment_id, _TOLD)
