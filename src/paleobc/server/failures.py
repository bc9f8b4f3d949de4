"""What went wrong, as a page for people and as problem+json (RFC 9457) for programs."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from paleobc.errors import (
    ConflictError,
    ForbiddenError,
    InputError,
    NoRoomError,
    NotFoundError,
    PaleobcError,
    StepError,
    TooManyTriesError,
)
from paleobc.server.rendering import page
from paleobc.server.visitors import NotSignedInError
from paleobc.services.log_context import request_id
from paleobc.store.faults import DATABASE_FAULTS, says_disk_is_full
from paleobc.store.files import FilesFaultError
from paleobc.workflow.revision import LostContentError

_LOG: Final = logging.getLogger(__name__)

#: Our errors and their answers; the first that fits counts.
_STATUS: Final[tuple[tuple[type[PaleobcError], int], ...]] = (
    (NotSignedInError, 401),
    (NotFoundError, 404),
    (TooManyTriesError, 429),
    (ForbiddenError, 403),
    (ConflictError, 409),
    (NoRoomError, 507),
    (StepError, 422),
    (InputError, 422),
)

#: What the framework refuses by itself, in our words.
_SENTENCES: Final = {
    400: "The request cannot be read.",
    404: "There is nothing at this address.",
    405: "This address does not know this method.",
    413: "This is larger than what is taken here.",
}
#: Above a page that tells of it, in place of the words of the protocol.
_HEADINGS: Final = {
    400: "This cannot be read",
    403: "This is not allowed",
    404: "There is nothing here",
    405: "This cannot be done here",
    409: "This does not fit what is there",
    410: "The file is lost",
    413: "This is too large",
    422: "This cannot be used",
    429: "Too many tries",
    500: "Something broke",
    503: "One moment, please",
    507: "The disk is full",
}
_FULL: Final = "The disk of the server is full: nothing was changed. Its administrator has to make room."
_BUSY: Final = "The database is busy; try again in a few seconds."


def status_of(error: PaleobcError) -> int:
    """
    Status with which an error of ours is answered.

    Examples
    --------
    >>> status_of(NotFoundError("There is no such experiment."))
    404
    """
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 400)


def add_failures(app: FastAPI) -> None:
    """Let an application answer all errors that it foresees."""
    app.add_exception_handler(PaleobcError, _ours)
    app.add_exception_handler(LostContentError, _lost)
    app.add_exception_handler(FilesFaultError, _away)
    app.add_exception_handler(RequestValidationError, _not_understood)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(ClientDisconnect, _gone)
    for fault in DATABASE_FAULTS:
        app.add_exception_handler(fault, _busy)


def failure(
    request: Request,
    status: int,
    sentence: str,
    *,
    headers: dict[str, str] | None = None,
    **more: Any,
) -> Response:
    """
    Answer that something went wrong: as a page where one was asked for, else as problem+json.

    Where it is no fault of the one who asks, the number under which the log tells more is answered too.
    """
    phrase = HTTPStatus(status).phrase
    sentence = sentence.encode("utf-8", "replace").decode()  # what was sent may hold what is no letter
    number = request_id() if status >= 500 else ""
    if wants_page(request):
        heading = _HEADINGS.get(status, phrase)
        response: Response = page(
            request, "errors.html", status_code=status, heading=heading, sentence=sentence, number=number
        )
    else:
        problem = {"type": "about:blank", "title": phrase, "status": status, "detail": sentence, **more}
        if number:
            problem["number"] = number
        response = JSONResponse(problem, status, media_type="application/problem+json")
    response.headers.update(headers or {})
    return response


def wants_page(request: Request) -> bool:
    """Whether a person looks at the answer."""
    is_api = request.url.path.startswith("/api/") and not request.url.path.endswith("/docs")
    return not is_api and "text/html" in request.headers.get("accept", "")


def _ours(request: Request, error: Exception) -> Response:
    """Answer an error of ours."""
    status = status_of(error) if isinstance(error, PaleobcError) else 400
    headers = {}
    if isinstance(error, NotSignedInError):
        if wants_page(request):
            return RedirectResponse(f"/sign-in?next={quote(_here(request), safe='/')}", 303)
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, TooManyTriesError):
        headers["Retry-After"] = str(error.seconds)
    return failure(request, status, str(error), headers=headers)


def _here(request: Request) -> str:
    """Where to go after signing in: here, or to the beginning where something was to be changed."""
    if request.method != "GET":
        return "/"
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def _lost(request: Request, _error: Exception) -> Response:
    """Answer that a file is gone from the disk behind our back."""
    return failure(request, 410, "The file of this revision is lost; ask for the step again, or upload it again.")


def _away(request: Request, error: Exception) -> Response:
    """Answer that the files cannot be used now."""
    _LOG.warning("The files cannot be used now: %s", error)
    sentence = "The store of the files cannot be reached; try again in a moment."
    return failure(request, 503, sentence, headers={"Retry-After": "5"})


def _not_understood(request: Request, error: Exception) -> Response:
    """Answer a request whose parts do not have the types or limits that they need."""
    found = error.errors() if isinstance(error, RequestValidationError) else []
    parts = [
        {"place": ".".join(str(step) for step in one["loc"][1:]) or str(one["loc"][0]), "sentence": str(one["msg"])}
        for one in found
    ]
    sentence = "; ".join(f"{part['place']}: {part['sentence']}" for part in parts[:5]) or "It cannot be understood"
    return failure(request, 422, f"{sentence}.", errors=parts)


def _refused(request: Request, error: Exception) -> Response:
    """Answer what the framework refuses."""
    status = error.status_code if isinstance(error, HTTPException) else 400
    headers = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
    return failure(request, status, _SENTENCES.get(status, f"{HTTPStatus(status).phrase}."), headers=headers)


def _busy(request: Request, error: Exception) -> Response:
    """Answer that the database cannot be used now, or finds no room."""
    _LOG.warning("The database cannot be used now: %s", type(error).__name__)
    if says_disk_is_full(error):
        return failure(request, 507, _FULL)
    return failure(request, 503, _BUSY, headers={"Retry-After": "3"})


def _gone(request: Request, _error: Exception) -> Response:
    """Answer one who has gone away while sending: nobody reads it, and it is no fault."""
    return failure(request, 400, "The file did not come in whole; send it again.")


class CatchFaults:
    """
    Answers errors that nobody foresaw: their trace goes to the log, a number of it to the one who asked.

    Parameters
    ----------
    app : ASGIApp
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on a request."""
        begun = False

        async def noting(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, noting)
        except Exception:
            if scope["type"] != "http":
                raise
            _LOG.exception("Fault %s at %s %r", request_id(), scope["method"], scope["path"])
            if begun:
                raise
            sentence = "The program failed here, which is a fault of its own; its log tells more under this number."
            request = Request(scope, receive)
            await failure(request, 500, sentence)(scope, receive, send)
