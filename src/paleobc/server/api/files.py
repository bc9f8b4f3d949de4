"""Files: given, taken away, and taken home."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import PlainTextResponse
from starlette.concurrency import run_in_threadpool

from paleobc.bootstrap import Installation
from paleobc.server.answers import file_answer, stream_answer
from paleobc.server.api.words import Asset, Bundle, Data, ExperimentId, NumberOrNewest
from paleobc.server.receiving import file_of, receive
from paleobc.server.visitors import Here, SignedIn
from paleobc.services.bundling import ask_for_bundle
from paleobc.services.exports import file_of_bundle, file_of_revision, file_of_upload, recipe_text, tar_of_files
from paleobc.services.overview import experiment_data, run_data
from paleobc.services.uploads import check_upload, take_away, take_upload
from paleobc.store.tables import User

FileName = Annotated[str, Query(max_length=1000, description="Name of the file; a form says its own.")]
AskedVariable = Annotated[str | None, Query(max_length=200, description="Which variable is meant, where in doubt.")]

_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {"file": {"type": "string", "format": "binary"}},
                    "required": ["file"],
                }
            },
        },
    }
}


router = APIRouter(prefix="/experiments/{experiment_id}", tags=["files"])


@router.put("/assets/{asset}", status_code=202, openapi_extra=_BODY, operation_id="put_file")
@router.post("/assets/{asset}", status_code=202, openapi_extra=_BODY, operation_id="post_file")
async def upload(
    request: Request,
    visitor: SignedIn,
    installation: Here,
    experiment_id: ExperimentId,
    asset: Asset,
    file_name: FileName = "",
    variable: AskedVariable = None,
) -> Data:
    """Give a file, as the body itself or as the field of a form; answers with the run that reads it."""
    await run_in_threadpool(_check, installation, visitor.user, experiment_id, asset)
    form_name, pieces = await file_of(request)
    name = file_name or form_name or f"{asset}.nc"

    def take(stream: Iterator[bytes]) -> Data:
        run = take_upload(
            installation.database,
            installation.files,
            visitor.user,
            experiment_id,
            asset,
            name,
            stream,
            variable=variable,
            most_bytes=installation.settings.upload_mb * 1_000_000,
            quota_mb=installation.settings.quota_mb,
        )
        with installation.database.reading() as session:
            return run_data(session, visitor.user, experiment_id, run.id)

    return await receive(pieces, take)


def _check(installation: Installation, user: User, experiment_id: str, asset: str) -> None:
    """Refuse an upload before its bytes are read."""
    with installation.database.reading() as session:
        check_upload(session, user, experiment_id, asset)


@router.delete("/assets/{asset}", status_code=202)
def take_back(visitor: SignedIn, installation: Here, experiment_id: ExperimentId, asset: Asset) -> Data:
    """Use a file that was given no longer; its history stays."""
    with installation.database.writing() as session:
        take_away(session, visitor.user, experiment_id, asset)
        return experiment_data(session, visitor.user, experiment_id)


@router.get("/assets/{asset}/file", response_class=Response)
def download(
    visitor: SignedIn, installation: Here, experiment_id: ExperimentId, asset: Asset, number: NumberOrNewest = None
) -> Response:
    """Take home a revision as a file for the model, with its provenance; ranges can be asked for."""
    return file_answer(
        *file_of_revision(installation.database, installation.files, visitor.user, experiment_id, asset, number)
    )


@router.get("/assets/{asset}/upload", response_class=Response)
def download_as_given(
    visitor: SignedIn, installation: Here, experiment_id: ExperimentId, asset: Asset, number: NumberOrNewest = None
) -> Response:
    """Take home a file as it was given."""
    return file_answer(
        *file_of_upload(installation.database, installation.files, visitor.user, experiment_id, asset, number)
    )


@router.get("/files", response_class=Response)
def download_all(visitor: SignedIn, installation: Here, experiment_id: ExperimentId) -> Response:
    """Take home all current files of an experiment as one tar archive."""
    name, pieces = tar_of_files(installation.database, installation.files, visitor.user, experiment_id)
    return stream_answer(pieces, name, "application/x-tar")


@router.get("/recipe", response_class=PlainTextResponse)
def recipe(visitor: SignedIn, installation: Here, experiment_id: ExperimentId) -> PlainTextResponse:
    """Show the recipe with which `paleobc build` makes the same files."""
    with installation.database.reading() as session:
        return PlainTextResponse(recipe_text(session, visitor.user, experiment_id))


@router.post("/bundle", status_code=202)
def make_bundle(visitor: SignedIn, installation: Here, experiment_id: ExperimentId, body: Bundle) -> Data:
    """Ask for the bundle: all files with cards, namelists, checksums and a report."""
    with installation.database.writing() as session:
        run = ask_for_bundle(session, visitor.user, experiment_id, engine=body.engine, old_names=body.old_names)
        return run_data(session, visitor.user, experiment_id, run.id)


@router.get("/bundle", response_class=Response)
def download_bundle(visitor: SignedIn, installation: Here, experiment_id: ExperimentId) -> Response:
    """Take home the bundle; ranges can be asked for."""
    return file_answer(*file_of_bundle(installation.database, installation.files, visitor.user, experiment_id))
