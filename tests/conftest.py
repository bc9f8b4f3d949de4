"""What all tests share: the folder of reference data, and worlds to try."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Examples may take long where the machine is busy or a loop is compiled: a slow example is no failure.
settings.register_profile("paleobc", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
settings.load_profile("paleobc")

REPOSITORY = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def reference() -> Path:
    """Folder of real inputs and of outputs of the existing tool; not part of the project."""
    folder = Path(os.environ.get("PALEOBC_REFERENCE", REPOSITORY.parent / "shared" / "data"))
    if not (folder / "reference").is_dir():
        pytest.skip(f"no reference data in {folder}: set PALEOBC_REFERENCE to the folder that holds them")
    return folder
