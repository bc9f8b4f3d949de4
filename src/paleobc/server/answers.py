"""Files on their way out: whole or in ranges, under their names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from fastapi.responses import FileResponse, Response, StreamingResponse

from paleobc.errors import NotFoundError

#: What was computed of a content never changes; only its user's browser may keep it.
UNCHANGING: Final = {"Cache-Control": "private, max-age=31536000, immutable"}


def file_answer(path: Path, name: str, media_type: str = "application/octet-stream") -> Response:
    """
    Answer with a file to keep; ranges of it can be asked for.

    Raises
    ------
    NotFoundError
        Where it is gone.
    """
    try:
        status = path.stat()
    except FileNotFoundError:
        raise NotFoundError("This file is gone; ask for the step again, or upload it again.") from None
    return FileResponse(
        path, filename=name, media_type=media_type, stat_result=status, headers={"Cache-Control": "private, no-cache"}
    )


def stream_answer(pieces: Iterator[bytes], name: str, media_type: str) -> Response:
    """Answer with bytes to keep that are made while they are sent."""
    return StreamingResponse(
        pieces, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
