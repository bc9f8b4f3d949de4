"""The certificate of every weight file of a build: what it conserves, and whose water it would lose."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from paleobc.services.files import REPORT, BuiltFile, file_name
from paleobc.services.weights import describe_weights

#: How the names of files with weights begin, and which of them carry the water of rivers.
_WEIGHTS: Final = "rmp_"
_RUNOFF: Final = ("rivflu", "runoff")

#: So many outlets that no link serves are listed; their number and area are always whole.
MOST_OUTLETS: Final = 50


def certificates(folder: Path, files: Iterable[BuiltFile]) -> dict[str, dict[str, Any]]:
    """
    Certificate of each weight file of a build, by its name.

    Read from the files as they lie in the folder; that of a file that did not change since the last report is
    taken from there.

    Parameters
    ----------
    folder : Path
    files : iterable of BuiltFile
        All files of the build.
    """
    earlier = _earlier(folder)
    routing = folder / file_name("routing")
    found = {}
    for file in files:
        if not Path(file.name).name.startswith(_WEIGHTS):
            continue
        before = earlier.get(file.name, {})
        if file.state == "kept" and before.get("sha256") == file.sha256:
            found[file.name] = before
            continue
        rivers = any(word in file.name for word in _RUNOFF) and routing.is_file()
        described = describe_weights(folder / file.name, routing if rivers else None)
        found[file.name] = {"sha256": file.sha256, **_shortened(described)}
    return found


def _shortened(described: dict[str, Any]) -> dict[str, Any]:
    """The description with no more than the first of its unserved outlets."""
    rivers = described.get("rivers")
    if rivers and isinstance(rivers.get("unserved"), list):
        return {**described, "rivers": {**rivers, "unserved": rivers["unserved"][:MOST_OUTLETS]}}
    return described


def _earlier(folder: Path) -> dict[str, dict[str, Any]]:
    """Certificates of the last report in a folder; none where it cannot be told."""
    try:
        weights = json.loads((folder / REPORT).read_text(encoding="utf-8"))["weights"]
        return {str(name): dict(entry) for name, entry in weights.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
