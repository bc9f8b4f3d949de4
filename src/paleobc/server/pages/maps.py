"""Pictures and numbers of a revision: map, values under the pointer, difference of two."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Request, Response

from paleobc.server.answers import UNCHANGING
from paleobc.server.places import Place
from paleobc.services import differences, views

router = APIRouter(include_in_schema=False)

PLACE: Final = "/experiments/{experiment_id}/assets/{asset}"
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]
Variable = Annotated[str | None, Query(max_length=200)]
Width = Annotated[int, Query(ge=120, le=1440, multiple_of=2)]

_BINARY: Final = "application/octet-stream"


def _answer(request: Request, body: Callable[[], bytes], media_type: str) -> Response:
    """Answer with what never changes; kept by the browser where its address names the content."""
    headers = UNCHANGING if "v" in request.query_params else {"Cache-Control": "private, no-cache"}
    return Response(body(), media_type=media_type, headers=headers)


@router.get(PLACE + "/{number}/map.png")
def map_image(
    request: Request,
    place: Place,
    number: Number,
    variable: Variable = None,
    width: Width = 720,
) -> Response:
    """Map of a variable."""
    return _answer(request, lambda: views.map_image(place, number, variable, width=width), "image/png")


@router.get(PLACE + "/{number}/values")
def map_values(
    request: Request,
    place: Place,
    number: Number,
    variable: Variable = None,
    width: Width = 720,
) -> Response:
    """Values at the pixels of a map: 32-bit numbers, the last byte first in weight, north to south."""
    return _answer(request, lambda: views.map_values(place, number, variable, width=width), _BINARY)


@router.get(PLACE + "/{number}/picture.png")
def map_picture(
    request: Request,
    place: Place,
    number: Number,
    variable: Variable = None,
) -> Response:
    """Map with its scale and its words, to keep."""
    response = _answer(request, lambda: views.map_picture(place, number, variable), "image/png")
    response.headers["Content-Disposition"] = f'attachment; filename="{place.experiment_id}_{place.asset}_{number}.png"'
    return response


@router.get(PLACE + "/compare/{first}-{second}/map.png")
def difference_image(
    request: Request,
    place: Place,
    first: Number,
    second: Number,
    variable: Variable = None,
    width: Width = 720,
) -> Response:
    """Map of the difference of two revisions."""
    return _answer(
        request, lambda: differences.difference_image(place, first, second, variable, width=width), "image/png"
    )


@router.get(PLACE + "/compare/{first}-{second}/values")
def difference_values(
    request: Request,
    place: Place,
    first: Number,
    second: Number,
    variable: Variable = None,
    width: Width = 720,
) -> Response:
    """Values at the pixels of the map of a difference."""
    return _answer(request, lambda: differences.difference_values(place, first, second, variable, width=width), _BINARY)
