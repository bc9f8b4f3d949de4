"""Scripts and styles of the pages: asked for again every time, sent again only where they changed."""

from __future__ import annotations

import os
from pathlib import PurePath
from typing import Final

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

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
