"""The map editor: one question at a time, answered with packed arrays."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Final

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Request, Response

from paleobc.server.api.words import Asset, ExperimentId
from paleobc.server.visitors import Here, SignedIn
from paleobc.services.editing import requests
from paleobc.services.editing_experiments.asking import answer

#: So many questions are worked on at the same time; others wait, and pages go on meanwhile.
_AT_ONCE: Final = CapacityLimiter(4)

#: What may be asked, in the order in which an editor asks it, and what each question says.
_KINDS: Final[dict[str, tuple[type[requests.Request], str]]] = {
    "open": (requests.Nothing, "Say what is edited, what can be done with it, and what to know first."),
    "geometry": (requests.Nothing, "Give the cells: their edges, or the corners of each."),
    "values": (requests.Nothing, "Give all values as they are now, the log of the edits, and what is wrong."),
    "act": (requests.Act, "Make an edit, or take one back or do it again; the same key is done once."),
    "changes": (requests.Changes, "Tell what happened since a position."),
    "select": (requests.Select, "Say which cells a shape holds."),
    "propose": (requests.Propose, "Propose edits that repair a problem."),
    "gateways": (requests.SetGateways, "Look at other gateways in this draft."),
    "revision": (requests.Revision, "Give the values of another revision of the map."),
    "colours": (requests.Colours, "Give a table of colours."),
    "export": (requests.Export, "Give the edits in force as a list, a script or a recipe."),
    "import": (requests.Import, "Carry out the edits of a list behind those that are there."),
    "save": (requests.Save, "Put the edits in force into use: a new revision."),
    "restart": (requests.Nothing, "Begin an empty draft; the old one is kept out of the way."),
}

_ANSWER: Final[dict[str, Any]] = {
    "200": {
        "description": "Plain data and arrays, packed: see `paleobc.formats.packed_arrays`.",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}

router = APIRouter(prefix="/experiments/{experiment_id}/editor", tags=["map editor"])


def _asking(kind: str) -> Callable[..., Awaitable[Response]]:
    """Make the route of one kind of questions."""

    async def ask(
        request: Request, visitor: SignedIn, installation: Here, experiment_id: ExperimentId, asset: Asset
    ) -> Response:
        body = await request.body()
        packed = await to_thread.run_sync(
            partial(answer, quota_mb=installation.settings.quota_mb),
            installation.database,
            installation.files,
            visitor.user,
            experiment_id,
            asset,
            kind,
            body,
            limiter=_AT_ONCE,
        )
        return Response(packed, media_type="application/octet-stream")

    return ask


def _described(model: type[requests.Request]) -> dict[str, Any]:
    """What a question says, for the description of the interface."""
    schema = model.model_json_schema()
    parts = schema.pop("$defs", {})

    def whole(value: Any) -> Any:
        if isinstance(value, dict):
            name = str(value.get("$ref", "")).rpartition("/")[2]
            return whole(parts[name]) if name else {key: whole(one) for key, one in value.items()}
        return [whole(one) for one in value] if isinstance(value, list) else value

    content = {"application/json": {"schema": whole(schema)}}
    return {"requestBody": {"required": True, "content": content}, "responses": _ANSWER}


for _kind, (_model, _words) in _KINDS.items():
    router.add_api_route(
        f"/{{asset}}/{_kind}",
        _asking(_kind),
        methods=["POST"],
        name=f"editor {_kind}",
        description=_words,
        operation_id=f"editor_{_kind}",
        response_class=Response,
        openapi_extra=_described(_model),
    )
