"""External steps of the tests: declarations written into a folder, and the steps that they become."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
import yaml

from paleobc.steps.assets import ASSETS, with_declared
from paleobc.steps.external import external_step
from paleobc.steps.external_declaration import read_declaration
from paleobc.workflow.step import Step
from paleobc.workflow.telling import heard_by

#: Copies the relief: the least that a program can do.
COPY: dict[str, Any] = {
    "name": "twin",
    "summary": "The relief once more.",
    "version": 1,
    "writes": "twin",
    "asset": {"title": "Twin of the relief", "file_name": "twin.nc", "component": "you"},
    "reads": ["regridded_relief"],
    "command": ["cp", "{reads.regridded_relief}", "{out}"],
    "outputs": {"height": ["lat", "lon"]},
    "seconds": 60,
}


def write_declaration(folder: Path, **changes: Any) -> Path:
    """Write the declaration of the step that copies, changed; None takes a key away."""
    plain = {key: value for key, value in (COPY | changes).items() if value is not None}
    path = folder / f"{plain.get('name', 'twin')}.yaml"
    path.write_text(yaml.safe_dump(plain, sort_keys=False), encoding="utf-8")
    return path


def declared(folder: Path, **changes: Any) -> Step:
    """Step of the declaration that copies, changed."""
    found = read_declaration(write_declaration(folder, **changes))
    return external_step(found, with_declared(ASSETS, [found]))


def shell(script: str) -> list[str]:
    """Command that runs a script, whose $1 is what is read and $2 what is written."""
    words = script.replace("{", "{{").replace("}", "}}")
    return ["sh", "-c", words, "script", "{reads.regridded_relief}", "{out}"]


def relief(rows: int = 4) -> xr.Dataset:
    """A small relief."""
    axes = {"lat": np.linspace(-60, 60, rows), "lon": np.linspace(-150, 150, 6)}
    heights = np.arange(rows * 6, dtype=float).reshape(rows, 6) - 7.0
    return xr.Dataset({"height": (("lat", "lon"), heights, {"units": "m"})}, coords=axes)


@contextmanager
def all_told() -> Iterator[list[str]]:
    """Hear what steps tell."""
    told: list[str] = []
    with heard_by(told.append):
        yield told


def processes_with(words: str) -> list[int]:
    """Processes whose command holds some words."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if words in command:
            found.append(int(path.parent.name))
    return found


def none_left(words: str, seconds: float = 10.0) -> bool:
    """Whether no process with these words in its command is left, after a while at most."""
    until = time.monotonic() + seconds
    while processes_with(words):
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True
