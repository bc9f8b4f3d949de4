"""Text files that are there whole or not at all."""

from __future__ import annotations

from pathlib import Path

from paleobc.formats.whole_files import write_whole


def write_text(path: Path, text: str) -> None:
    """Write a text in UTF-8 under a temporary name, flush it to the disk, then rename it."""
    write_whole(path, [text.encode("utf-8")])
