"""A disk of its own that can be filled to the last byte, and files on it that are found gone or harmed."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

#: Room on it while nobody fills it [bytes]; only what is used takes memory.
_WHOLE = 16_000_000_000


class SmallDisk:
    """
    A disk in memory.

    Parameters
    ----------
    place : Path
        Where it is mounted.
    """

    def __init__(self, place: Path) -> None:
        self.place = place

    def fill(self, left: int) -> None:
        """Take all room but so many bytes, by making the disk as small as what it holds."""
        for _ in range(20):  # what is written meanwhile may be in the way
            if self._resized(shutil.disk_usage(self.place).used + left):
                return
        raise AssertionError("The disk could not be filled.")

    def empty(self) -> None:
        """Give the room back."""
        assert self._resized(_WHOLE)

    def _resized(self, size: int) -> bool:
        command = ["mount", "-o", f"remount,size={size}", str(self.place)]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0


@contextmanager
def small_disk(place: Path) -> Iterator[SmallDisk | None]:
    """A small disk while it is needed; None where none may be mounted: that takes an administrator, on Linux."""
    place.mkdir(parents=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={_WHOLE},mode=700", "tmpfs", str(place)]
    try:
        is_mounted = subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        is_mounted = False
    try:
        yield SmallDisk(place) if is_mounted else None
    finally:
        if is_mounted:
            subprocess.run(["umount", "--lazy", str(place)], check=True)


def harm(path: Path, how: str) -> None:
    """Remove a file, cut it, or change bytes in the middle of it."""
    if how == "removed":
        path.unlink()
    elif how == "cut":
        os.truncate(path, path.stat().st_size // 2)
    else:
        with path.open("r+b") as file:
            file.seek(path.stat().st_size // 2)
            file.write(b"\xff\x00" * 200)
