"""A site that the tests of a module share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sites import Site, site


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site without workers."""
    with site(tmp_path_factory.mktemp("site"), registration="open") as found:
        yield found
