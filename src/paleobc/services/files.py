"""Files of a build: written together once all is computed, and left alone where they are up to date."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import xarray as xr

from paleobc.formats.file_sets import files_of, is_file_set
from paleobc.formats.hand_edit_lists import CHANGED_BY_HAND
from paleobc.formats.netcdf import write_netcdf
from paleobc.formats.opening import file_sha256
from paleobc.services.provenance import history_of
from paleobc.steps.assets import ASSETS
from paleobc.store.atomic import write_text

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
        Checksum of all that it is made of.
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
    """Name of an asset's file, or of the folder of a set: the one of the run, or its own where no model reads it."""
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
    own += [
        part for asset in ASSETS.values() if asset.is_set for part in (folder / file_name(asset.name)).rglob(".*.part")
    ]
    for part in (*own, *(folder / ".paleobc").rglob(".*.part")):
        part.unlink(missing_ok=True)


def bring_up_to_date(
    folder: Path,
    asset: str,
    content: str,
    attributes: Mapping[str, str],
    load: Callable[[str], xr.Dataset],
    earlier: Mapping[str, Mapping[str, Any]],
) -> list[BuiltFile]:
    """
    Write the file of an asset, or all files of a set, unless those in the folder are whole and made of the same.

    Parameters
    ----------
    folder : Path
    asset : str
    content : str
        Checksum of what the asset says.
    attributes : mapping of str to str
        Global attributes that say where it comes from.
    load : callable
        Gives the dataset of a content.
    earlier : mapping
        Files of the last build, by name.
    """
    key = hashlib.sha256(json.dumps([content, dict(attributes)], sort_keys=True).encode()).hexdigest()
    # By key, not by asset alone: a set may lie there under earlier names as well, which are left as they are.
    before = {
        name: str(e.get("sha256")) for name, e in earlier.items() if (e.get("asset"), e.get("key")) == (asset, key)
    }
    if before and all(_is_whole(folder / name, checksum) for name, checksum in before.items()):
        return [_built(folder, name, asset, "kept", key, checksum) for name, checksum in before.items()]
    history = {"history": history_of(f"made {file_name(asset)}")}
    written = write_asset(load(content), folder, file_name(asset), {**attributes, **history})
    return [_built(folder, name, asset, "written", key, file_sha256(folder / name)) for name in written]


def write_asset(dataset: xr.Dataset, folder: Path, name: str, attributes: Mapping[str, str]) -> list[str]:
    """
    Write a dataset as the file of that name, or the files of a set under their own names; return the names.

    Each file is there whole or not at all.
    """
    files = files_of(dataset) if is_file_set(dataset) else {name: dataset}
    for path, content in files.items():
        target = folder / path
        if isinstance(content, str):
            target.parent.mkdir(parents=True, exist_ok=True)
            write_text(target, content)
        else:
            own = {key: value for key, value in attributes.items() if key not in content.attrs or key == "history"}
            if CHANGED_BY_HAND in content.attrs:
                own["history"] = f"{own['history']}; changed by hand: {content.attrs[CHANGED_BY_HAND]}"
            write_netcdf(content, target, file_format="NETCDF3_64BIT", attributes=own)
    return list(files)


def _is_whole(path: Path, checksum: str) -> bool:
    """Whether a file of the last build is still there, unharmed."""
    return path.is_file() and file_sha256(path) == checksum


def _built(
    folder: Path, name: str, asset: str, state: Literal["written", "kept"], key: str, checksum: str
) -> BuiltFile:
    """A file as it is on the disk now."""
    return BuiltFile(name, asset, state, key, (folder / name).stat().st_size, checksum)
