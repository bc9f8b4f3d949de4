"""Tests in real containers: minutes, and only where they are asked for: `python -m pytest tests/stack`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from stack.engine import CannotRunError, Engine, engine, why_not
from stack.images import build_image, run_one
from stack.laboratory import Laboratory

HERE = Path(__file__).resolve().parent


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave these out, unless somebody named them."""
    folder = config.invocation_params.dir
    asked = any((folder / argument.split("::")[0]).resolve().is_relative_to(HERE) for argument in config.args)
    return None if asked else True


@pytest.fixture(scope="session")
def containers() -> Iterator[Engine]:
    """A container engine of these tests' own; skipped, with the reason, where there cannot be one."""
    if reason := why_not():
        pytest.skip(f"no containers here: {reason}")
    with ExitStack() as until_the_end:
        try:
            found = until_the_end.enter_context(engine())
            run_one(found)
        except CannotRunError as error:
            pytest.skip(f"no containers here: {error}")
        yield found


@pytest.fixture(scope="session")
def image(containers: Engine) -> str:
    """Name of the image of this checkout."""
    return build_image(containers)


@pytest.fixture(scope="module")
def laboratory(containers: Engine, image: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laboratory]:
    """The whole stack, started as the handbook says, reached by TLS."""
    found = Laboratory(containers, tmp_path_factory.mktemp("laboratory"), image)
    try:
        found.set_up()
        yield found
    finally:
        found.remove()
