"""Whether what is kept for backups is what was put: all of it, or some of it each time."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Mapping
from typing import Final

from paleobc.services.backups.place import FILES, kept_name, refuse_if, with_each
from paleobc.store.files import FileStore

#: So many files of earlier backups are read again by each: within a month or two those of a laboratory all are.
SAMPLE: Final = 50


def kept_files(place: FileStore) -> dict[str, int]:
    """Checksums of the files that are kept, with their sizes [bytes]."""
    found = {kept.name.rpartition("/")[2]: (kept.name, kept.bytes) for kept in place.listing(FILES)}
    return {sha256: size for sha256, (name, size) in found.items() if name == kept_name(sha256)}


def sample_of(sha256s: Collection[str]) -> list[str]:
    """Some of these, others each time."""
    chosen = sorted(sha256s)
    return random.sample(chosen, min(SAMPLE, len(chosen)))


def harmed_of(place: FileStore, sha256s: Collection[str], is_stopped: Callable[[], bool]) -> set[str]:
    """Those of these files that are gone or are not what their names say, read anew from where they lie."""

    def look(sha256: str) -> bool:
        refuse_if(is_stopped)
        return place.verify(kept_name(sha256), sha256=sha256)

    chosen = sorted(sha256s)
    return {sha256 for sha256, is_good in zip(chosen, with_each(look, chosen), strict=True) if not is_good}


def wrong_sizes(kept: Mapping[str, int], expected: Mapping[str, int]) -> set[str]:
    """Those of the expected files that are not kept, or with another size."""
    return {sha256 for sha256, size in expected.items() if kept.get(sha256) != size}
