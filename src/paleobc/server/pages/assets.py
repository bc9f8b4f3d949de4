"""One asset: its revisions, a view of each variable, files given and taken, and two revisions compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import PlainTextResponse
from starlette.concurrency import run_in_threadpool

from paleobc.bootstrap import Installation
from paleobc.errors import ConflictError, InputError, NotFoundError
from paleobc.server.answers import file_answer, stream_answer
from paleobc.server.charts import histogram_bars
from paleobc.server.edit_links import edit_links
from paleobc.server.forms import Submitted, back, typed
from paleobc.server.pages.experiments import TITLES, problems_of
from paleobc.server.pages.maps import PLACE, Number, Variable
from paleobc.server.places import Place
from paleobc.server.receiving import file_of, receive
from paleobc.server.rendering import page
from paleobc.server.states import shown
from paleobc.server.visitors import Here, SignedIn, Visitor
from paleobc.services import exports, history, uploads, views
from paleobc.services.differences import difference
from paleobc.services.overview import experiment_data
from paleobc.services.revision_files import AssetPlace
from paleobc.services.step_forms import step_form

router = APIRouter(include_in_schema=False)

#: What a file of each kind may be, beside the sentence that says how large.
_HINTS: Final = {
    "relief": "Any NetCDF file of heights on a global grid.",
    "biome_map": "A NetCDF file of whole numbers on a global grid.",
    "relief_edits": "A list of edits: YAML, JSON lines, MOM6 or COSIMA NetCDF, JMMP, or a Python script.",
    "depth_edits": "A list of edits: YAML, JSON lines, MOM6 or COSIMA NetCDF, JMMP, or a Python script.",
    "given_ocean_grid": "A coordinates file of NEMO or any ORCA-like grid.",
    "drawn_subbasins": "A file of masks as this application makes it.",
}


#: What runs that read a file are told of it; people know it by its name, which is among the reasons.
_FILE_OPTIONS: Final = frozenset({"upload", "sha256"})


@router.get(PLACE)
def asset(
    request: Request,
    here: Here,
    place: Place,
    revision: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
    variable: Variable = None,
) -> Response:
    """Show an asset."""
    with here.database.reading() as session:
        experiment = experiment_data(session, place.user, place.experiment_id)
        found = _asset_of(experiment, place.asset)
        revisions = history.revisions_data(session, place.user, place.experiment_id, place.asset)
    chosen = _chosen(revisions, revision)
    view, no_view = _view(place, chosen, variable)
    return page(
        request,
        "experiments/asset.html",
        experiment=experiment,
        asset=found,
        revisions=revisions,
        revision=chosen,
        is_old=chosen is not None and chosen["number"] != revisions[0]["number"],
        view=view,
        no_view=no_view,
        problems=problems_of([found]),
        has_options=bool(found["step"]) and bool(step_form(found["step"])["options"]),
        titles=TITLES,
        hint=_HINTS.get(place.asset, ""),
        edit_links=edit_links(experiment),
        most=here.settings.upload_mb * 1e6,
    )


def _asset_of(experiment: Mapping[str, Any], name: str) -> dict[str, Any]:
    """
    Asset of a name in an experiment, with the words of its state.

    Raises
    ------
    NotFoundError
    """
    for one in experiment["assets"]:
        if one["asset"] == name:
            return shown(one)
    raise NotFoundError("There is no such file in this experiment.")


def _chosen(revisions: list[dict[str, Any]], number: int | None) -> dict[str, Any] | None:
    """
    Revision of a number, or the newest one; None where there is none yet.

    Raises
    ------
    NotFoundError
    """
    if number is None:
        return revisions[0] if revisions else None
    for one in revisions:
        if one["number"] == number:
            return one
    raise NotFoundError(f"There is no revision {number}.")


def _view(
    place: AssetPlace, revision: Mapping[str, Any] | None, variable: str | None
) -> tuple[dict[str, Any] | None, str]:
    """What is shown of a revision, or why nothing is."""
    if revision is None:
        return None, ""
    if revision["taken_away"]:
        return None, "From here on, no file was given."
    if revision["lost"]:
        return None, "The file of this revision is lost; it is made again when it is needed."
    number = revision["number"]
    variables = views.variables_data(place, number)
    name = variable or _best(variables)
    if name is None:
        return None, "This file holds nothing that can be drawn on a map; download it to look into it."
    histogram = views.histogram(place, number, name)
    legend = views.map_legend(place, number, name)
    view = {
        "variable": name,
        "variables": variables["variables"],
        "legend": legend | {"unit": "" if legend["unit"] == "1" else legend["unit"]},
        "histogram": histogram,
        "bars": histogram_bars(histogram),
    }
    return view, ""


def _best(variables: Mapping[str, Any]) -> str | None:
    """Variable to show first; of a set of files, the first that can be drawn."""
    drawable: list[str] = [one["name"] for one in variables["variables"] if one["drawable"]]
    return variables["best"] or (drawable[0] if drawable else None)


@router.get(PLACE + "/compare")
def compare(
    request: Request,
    place: Place,
    first: Annotated[int, Query(ge=1, le=2**31 - 1)],
    second: Annotated[int, Query(ge=1, le=2**31 - 1)],
    variable: Variable = None,
) -> Response:
    """Compare two revisions, the earlier one first."""
    first, second = sorted((first, second))
    where = (place.user, place.experiment_id, place.asset)
    with place.database.reading() as session:
        experiment = experiment_data(session, place.user, place.experiment_id)
        found = _asset_of(experiment, place.asset)
        compared = history.compare_data(session, *where, first, second)
        numbers = [one["number"] for one in history.revisions_data(session, *where)]
    variables = views.variables_data(place, second)
    name = variable or _best(variables)
    change, no_view = None, "This file holds nothing that can be drawn on a map."
    if name is not None:
        try:
            change = difference(place, first, second, name)
        except InputError as error:
            no_view = str(error)
    return page(
        request,
        "experiments/compare.html",
        experiment=experiment,
        asset=found,
        first=compared["first"],
        second=compared["second"],
        options=[option for option in compared["options"] if option["name"] not in _FILE_OPTIONS],
        is_given=not found["step"],
        inputs=compared["inputs"],
        same=compared["same_content"],
        numbers=numbers,
        variables=[one for one in variables["variables"] if one["drawable"]],
        variable=name,
        difference=change,
        no_view=no_view,
        titles=TITLES,
    )


@router.post(PLACE + "/{number}/restore")
def restore(
    request: Request, visitor: SignedIn, here: Here, experiment_id: str, asset: str, number: Number, form: Submitted
) -> Response:
    """Make an earlier revision current again; where that takes more than it, ask first."""
    with_inputs = typed(form, "with_inputs") == "yes"
    try:
        with here.database.writing() as session:
            history.restore_revision(session, visitor.user, experiment_id, asset, number, with_inputs=with_inputs)
    except ConflictError as error:
        if with_inputs:
            raise
        with here.database.reading() as session:
            experiment = experiment_data(session, visitor.user, experiment_id)
        found = _asset_of(experiment, asset)
        return page(
            request,
            "experiments/restore.html",
            status_code=409,
            experiment=experiment,
            asset=found,
            number=number,
            sentence=str(error),
        )
    return back(f"/experiments/{experiment_id}/assets/{asset}", "restored")


@router.post(PLACE + "/upload")
async def upload(request: Request, visitor: SignedIn, here: Here, experiment_id: str, asset: str) -> Response:
    """Take a file from a form; pages with script send it to the API."""
    await run_in_threadpool(_check_upload, here, visitor, experiment_id, asset)
    name, pieces = await file_of(request)

    def take(stream: Iterator[bytes]) -> None:
        uploads.take_upload(
            here.database,
            here.files,
            visitor.user,
            experiment_id,
            asset,
            name,
            stream,
            most_bytes=here.settings.upload_mb * 1_000_000,
            quota_mb=here.settings.quota_mb,
        )

    await receive(pieces, take)
    return back(f"/experiments/{experiment_id}", "given")


def _check_upload(here: Installation, visitor: Visitor, experiment_id: str, asset: str) -> None:
    """Refuse a file before its bytes are read."""
    with here.database.reading() as session:
        uploads.check_upload(session, visitor.user, experiment_id, asset)


@router.post(PLACE + "/take-away")
def take_away(visitor: SignedIn, here: Here, experiment_id: str, asset: str) -> Response:
    """Go on without a file that was given."""
    with here.database.writing() as session:
        uploads.take_away(session, visitor.user, experiment_id, asset)
    return back(f"/experiments/{experiment_id}/assets/{asset}", "saved")


@router.get(PLACE + "/file")
def newest_file(visitor: SignedIn, here: Here, experiment_id: str, asset: str) -> Response:
    """Download the newest revision."""
    return _file(here, visitor, experiment_id, asset, None)


@router.get(PLACE + "/{number}/file")
def file_of_revision(visitor: SignedIn, here: Here, experiment_id: str, asset: str, number: Number) -> Response:
    """Download a revision."""
    return _file(here, visitor, experiment_id, asset, number)


def _file(here: Installation, visitor: Visitor, experiment_id: str, asset: str, number: int | None) -> Response:
    """File of a revision, with its provenance."""
    return file_answer(*exports.file_of_revision(here.database, here.files, visitor.user, experiment_id, asset, number))


@router.get("/experiments/{experiment_id}/files.tar")
def all_files(visitor: SignedIn, here: Here, experiment_id: str) -> Response:
    """Download all current files."""
    name, chunks = exports.tar_of_files(here.database, here.files, visitor.user, experiment_id)
    return stream_answer(chunks, name, "application/x-tar")


@router.get("/experiments/{experiment_id}/recipe")
def recipe(visitor: SignedIn, here: Here, experiment_id: str) -> Response:
    """Download the recipe, of which ``paleobc build`` makes the same files."""
    with here.database.reading() as session:
        text = exports.recipe_text(session, visitor.user, experiment_id)
    headers = {"Content-Disposition": 'attachment; filename="recipe.yaml"'}
    return PlainTextResponse(text, media_type="application/yaml", headers=headers)
