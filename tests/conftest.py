"""What all tests share: the folder of reference data, and worlds to try."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from paleobc.lifetime import keep_loaded, load_quickly

# Examples may take long where the machine is busy or a loop is compiled: a slow example is no failure.
settings.register_profile("paleobc", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
settings.load_profile("paleobc")

# Processes of a parallel run are told the width of a terminal, at which the command would break its lines.
os.environ.pop("COLUMNS", None)

REPOSITORY = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def reference() -> Path:
    """Folder of real inputs and of outputs of the existing tool; not part of the project."""
    folder = Path(os.environ.get("PALEOBC_REFERENCE", REPOSITORY.parent / "shared" / "data"))
    if not (folder / "reference").is_dir():
        pytest.skip(f"no reference data in {folder}: set PALEOBC_REFERENCE to the folder that holds them")
    return folder


@pytest.fixture(autouse=os.environ.get("PALEOBC_TEST_COLUMN") == "laboratory")
def _nothing_is_left_on_servers(request: pytest.FixtureRequest) -> Iterator[None]:
    """Remove what a test alone has on servers when it is over: there are many of them."""
    folder = request.getfixturevalue("tmp_path") if "tmp_path" in request.fixturenames else None
    yield
    if folder is not None:
        from servers.column import forget_column  # late: tests of science need no server

        forget_column(folder)


def pytest_configure() -> None:
    """Load six thousand tests and what they test without looking for garbage meanwhile."""
    load_quickly()


def pytest_collection_finish() -> None:
    """Let what is loaded be."""
    keep_loaded()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let a report go from one process to another: what a test wrote may hold what is no letter."""
    report = yield
    report.sections = [(name, text.encode("utf-8", "replace").decode()) for name, text in report.sections]
    return report
