"""The command as people call it, and the example to call it on."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from paleobc.cli.main import run
from paleobc.services.builds import build as build_files
from paleobc.services.examples import write_example
from said import Said

Command = Callable[..., Said]


@pytest.fixture
def paleobc(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    """Run the command as the console script does; nothing but an exit may come out of it."""
    monkeypatch.setenv("COLUMNS", "200")

    def command(*arguments: object) -> Said:
        capsys.readouterr()
        monkeypatch.setattr(sys, "argv", ["paleobc", *map(str, arguments)])
        code: Any = 0
        try:
            run()
        except SystemExit as stop:
            code = stop.code
        said = capsys.readouterr()
        assert isinstance(code, int | None)
        return Said(code or 0, said.out, said.err)

    return command


@pytest.fixture(scope="session")
def modern_earth(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the example, with its files built in ``files``; to be looked at and not to be changed."""
    folder = tmp_path_factory.mktemp("modern_earth")
    write_example(folder)
    build_files(folder / "recipe.yaml", folder / "files")
    return folder


@pytest.fixture
def example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of one's own with the example, and the current one."""
    write_example(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path
