"""Scripts and styles of the pages: asked for again every time, sent again only where they changed."""

from __future__ import annotations

import hashlib
import os
from pathlib import PurePath
from typing import Final

from anyio import to_thread
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.staticfiles import NotModifiedResponse, StaticFiles
from starlette.types import Scope

from paleobc.editor import component

#: Kinds of files, whatever the machine that serves them takes them for.
_KINDS: Final = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
}


class PageFiles(StaticFiles):
    """Files of a folder that pages load; what is of no kind that pages load is not there."""

    def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
        """Path of a file, where it may be loaded."""
        return super().lookup_path(path) if PurePath(path).suffix in _KINDS else ("", None)

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """Answer with a file, or say that the browser has it already."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers["Cache-Control"] = "no-cache"
        response.headers["Content-Type"] = _KINDS[PurePath(full_path).suffix]
        return response


class ComponentFiles(PageFiles):
    """The files of the map editor; its modules come as one, as asking for each takes most of the time to load."""

    def __init__(self) -> None:
        super().__init__(directory=component.FOLDER)

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Answer with a file, or with all modules as one."""
        if path != component.WHOLE:
            return await super().get_response(path, scope)
        text = (await to_thread.run_sync(component.whole)).encode()
        tag = f'"{hashlib.sha256(text).hexdigest()[:32]}"'
        headers = {"ETag": tag, "Cache-Control": "no-cache"}
        if Headers(scope=scope).get("if-none-match") == tag:
            return NotModifiedResponse(Headers(headers))
        return Response(text, headers=headers | {"Content-Type": _KINDS[".js"]})
