"""A build that is killed at any moment harms nothing: every file is whole, and the next build goes through."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from paleobc.formats.netcdf import read_netcdf
from paleobc.services.builds import build
from paleobc.steps.assets import ASSETS
from paleobc.workflow.revision import content_of
from small_world import Case

#: Builds at one line and kills that build at the next; forked, as imports take long.
SERVER = """
import os, signal, sys
from pathlib import Path
from paleobc.services.builds import build
recipe, folder = map(Path, sys.argv[1:])
while sys.stdin.readline():
    if (child := os.fork()) == 0:
        build(recipe, folder)
        os._exit(0)
    sys.stdin.readline()
    os.kill(child, signal.SIGKILL)
    print(os.waitpid(child, 0)[1], flush=True)
"""
ROUNDS = 6


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return Case(tmp_path)


def parts(folder: Path) -> list[Path]:
    return list(folder.rglob(".*.part"))


def refuse_harmed_files(folder: Path) -> list[str]:
    """Names of the files with a run-time name; each says what its checksum says."""
    names = [asset.file_name for asset in ASSETS.values() if asset.file_name and (folder / asset.file_name).is_file()]
    for name in names:
        file = read_netcdf(folder / name)
        told = file.attrs["paleobc_content_sha256"]
        added = [key for key in file.attrs if key.startswith("paleobc_")]
        for key in (*added, "Conventions", "source", "history", "experiment", "references"):
            del file.attrs[key]
        assert content_of(file) == told, name
    for path in (
        path for asset in ASSETS.values() if asset.is_set for path in (folder / str(asset.file_name)).rglob("*.nc")
    ):
        if not path.name.startswith("."):
            read_netcdf(path)
    return names


def test_a_build_killed_at_random_moments_leaves_whole_files_and_the_next_one_succeeds(case):
    moments = random.Random(11)  # noqa: S311 - nothing secret
    left = 0
    command = [sys.executable, "-c", SERVER, case.recipe, case.out]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        for number in range(ROUNDS):
            case.write_relief(case.heights + number * np.where(case.heights > 0.0, 3.0, -3.0))  # all is written anew
            old = set(parts(case.out))
            print(file=server.stdin, flush=True)
            if number % 2:
                time.sleep(moments.uniform(0.1, 1.2))  # at any moment
            else:  # in the middle of a large file
                waited = time.monotonic()
                while not set(case.out.glob(".[PR]*.part")) - old and time.monotonic() < waited + 10.0:
                    time.sleep(0.001)
                time.sleep(moments.uniform(0.0, 0.02))
            print(file=server.stdin, flush=True)
            server.stdout.readline()
            left += len(parts(case.out))
            refuse_harmed_files(case.out)
        server.stdin.close()
    assert left > 0
    made = build(case.recipe, case.out)
    assert not parts(case.out)
    assert set(refuse_harmed_files(case.out)) == {file.name for file in made.files if not ASSETS[file.asset].is_set}
    fresh = build(case.recipe, case.folder / "fresh")
    for asset, outcome in fresh.outcomes.items():
        assert made.outcomes[asset].record.content == outcome.record.content
