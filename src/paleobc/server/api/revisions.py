"""Revisions of assets: what each was made of, views of them, comparisons, and the way back."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from paleobc.server.answers import UNCHANGING
from paleobc.server.api.words import Asset, Data, ExperimentId, Number, NumberAsked, Variable, Width
from paleobc.server.places import Place
from paleobc.server.visitors import Here, SignedIn
from paleobc.services.differences import difference
from paleobc.services.history import compare_data, restore_revision, revisions_data
from paleobc.services.overview import experiment_data
from paleobc.services.views import histogram, map_image, map_legend, map_values, variables_data

router = APIRouter(prefix="/experiments/{experiment_id}/assets/{asset}", tags=["revisions"])


@router.get("/revisions")
def revisions(visitor: SignedIn, installation: Here, experiment_id: ExperimentId, asset: Asset) -> list[Data]:
    """List the revisions of an asset, newest first."""
    with installation.database.reading() as session:
        return list(revisions_data(session, visitor.user, experiment_id, asset))


@router.post("/revisions/{number}/restore", status_code=202)
def restore(
    visitor: SignedIn,
    installation: Here,
    experiment_id: ExperimentId,
    asset: Asset,
    number: Number,
    with_inputs: Annotated[bool, Query(description="Also what it was made of.")] = False,
) -> Data:
    """Go back to a revision."""
    with installation.database.writing() as session:
        restore_revision(session, visitor.user, experiment_id, asset, number, with_inputs=with_inputs)
        return experiment_data(session, visitor.user, experiment_id)


@router.get("/compare")
def compare(
    visitor: SignedIn,
    installation: Here,
    experiment_id: ExperimentId,
    asset: Asset,
    first: NumberAsked,
    second: NumberAsked,
) -> Data:
    """Say in what two revisions differ: options, what they were made of, content."""
    with installation.database.reading() as session:
        return compare_data(session, visitor.user, experiment_id, asset, first, second)


@router.get("/difference")
def numbers(
    place: Place,
    first: NumberAsked,
    second: NumberAsked,
    variable: Variable = None,
) -> Data:
    """Say by how much two revisions differ."""
    return difference(place, first, second, variable)


@router.get("/revisions/{number}/variables")
def variables(place: Place, number: Number) -> Data:
    """List the variables of a revision."""
    return variables_data(place, number)


@router.get("/revisions/{number}/histogram")
def counts(
    place: Place,
    number: Number,
    variable: Variable = None,
    bins: Annotated[int, Query(ge=2, le=500)] = 60,
) -> Data:
    """Count the values of a variable."""
    return histogram(place, number, variable, bins=bins)


@router.get("/revisions/{number}/map.png", response_class=Response)
def drawn(
    place: Place,
    number: Number,
    variable: Variable = None,
    width: Width = 720,
) -> Response:
    """Draw a variable: its colours alone, 180 W to 180 E, north up."""
    image = map_image(place, number, variable, width=width)
    return Response(image, media_type="image/png", headers=UNCHANGING)


@router.get("/revisions/{number}/map.f32", response_class=Response)
def values(
    place: Place,
    number: Number,
    variable: Variable = None,
    width: Width = 720,
) -> Response:
    """Give the values behind the pixels of a map: 32-bit floats, little endian, from the north-west by rows."""
    found = map_values(place, number, variable, width=width)
    return Response(found, media_type="application/octet-stream", headers=UNCHANGING)


@router.get("/revisions/{number}/legend")
def legend(
    place: Place,
    number: Number,
    variable: Variable = None,
) -> Data:
    """Say what the colours of a map mean."""
    return map_legend(place, number, variable)
