"""`paleobc edit` as people call it: what cannot be edited is told in one sentence, before anything is served."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from small_world import small_world, write_world


@pytest.fixture
def world(tmp_path: Path) -> Path:
    return write_world(tmp_path / "world.nc", small_world())


@pytest.mark.parametrize(
    "content", [b"", b"no NetCDF at all", b"CDF\x01" + bytes(40), b"\x89HDF\r\n\x1a\n" + bytes(99)]
)
def test_a_file_that_cannot_be_edited_is_refused_in_a_sentence(paleobc, tmp_path, content):
    file = tmp_path / "harmed.nc"
    file.write_bytes(content)
    said = paleobc("edit", file, "--no-browser")
    assert said.code == 1
    assert said.err.startswith("Error: ")
    assert said.err.count("\n") == 1
    assert "harmed.nc" in said.err
    assert list(tmp_path.iterdir()) == [file]


def test_what_is_wrong_with_the_options_is_told(paleobc, world, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        for options, words in (
            (("--variable", "nothing"), "nothing"),
            (("--output", world), "stays as it is"),
            (("--output", tmp_path / "no" / "x.nc"), "no folder"),
            (("--port", taken.getsockname()[1]), "another one with --port"),
        ):
            said = paleobc("edit", world, "--no-browser", *options)
            assert said.code == 1, said.err
            assert words in said.err
    assert paleobc("edit", tmp_path / "nowhere.nc").code == 1
    assert paleobc("edit", tmp_path).code == 1
