"""Files of a build: written together once all is computed, and left alone where they are up to date."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from paleobc.formats.netcdf import write_netcdf
from paleobc.formats.opening import file_sha256
from paleobc.services.provenance import VERSION, now
from paleobc.steps.assets import ASSETS
from paleobc.workflow.revision import RevisionStore

PROVENANCE = "provenance.json"
REPORT = "report.json"


@dataclass(frozen=True)
class BuiltFile:
    """
    A file of a build.

    Parameters
    ----------
    name : str
    asset : str
    state : {"written", "kept"}
        "kept": it was there, whole and up to date.
    key : str
        Checksum of all that it is made of, dates excepted.
    size : int
        [bytes].
    sha256 : str
        Checksum of its bytes.
    """

    name: str
    asset: str
    state: Literal["written", "kept"]
    key: str
    size: int
    sha256: str


def file_name(asset: str) -> str:
    """Name of an asset's file: the one of the run, or its own where the model does not read it."""
    return ASSETS[asset].file_name or f"{asset}.nc"


def earlier_files(folder: Path) -> dict[str, dict[str, Any]]:
    """Files of the last build in a folder, by name; none where it cannot be told."""
    try:
        files = json.loads((folder / PROVENANCE).read_text(encoding="utf-8"))["files"]
        return {str(name): dict(entry) for name, entry in files.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def remove_parts(folder: Path) -> None:
    """
    Remove what a build that was killed left half written: hidden files under temporary names.

    Parameters
    ----------
    folder : Path
        Folder of a build, whose lock is held. Only names that a build gives are removed from it.
    """
    names = [PROVENANCE, REPORT, *map(file_name, ASSETS)]
    own = [part for name in names for part in folder.glob(f".{name}.*.part")]
    for part in (*own, *(folder / ".paleobc").rglob(".*.part")):
        part.unlink(missing_ok=True)


def bring_up_to_date(
    folder: Path,
    asset: str,
    content: str,
    attributes: Mapping[str, str],
    store: RevisionStore,
    earlier: Mapping[str, Mapping[str, Any]],
) -> BuiltFile:
    """
    Write the file of an asset, unless the one in the folder is whole and made of the same.

    Parameters
    ----------
    folder : Path
    asset : str
    content : str
        Checksum of what the asset says.
    attributes : mapping of str to str
        Global attributes that say where it comes from.
    store : RevisionStore
        Where the content is.
    earlier : mapping
        Files of the last build, by name.
    """
    name = file_name(asset)
    path = folder / name
    key = hashlib.sha256(json.dumps([content, dict(attributes)], sort_keys=True).encode()).hexdigest()
    before = earlier.get(name, {})
    if before.get("key") == key and path.is_file():
        checksum = file_sha256(path)
        if checksum == before.get("sha256"):
            return BuiltFile(name, asset, "kept", key, path.stat().st_size, checksum)
    history = {"history": f"{now()} paleobc {VERSION}: made {name}"}
    write_netcdf(store.load(content), path, file_format="NETCDF3_64BIT", attributes={**attributes, **history})
    return BuiltFile(name, asset, "written", key, path.stat().st_size, file_sha256(path))
