"""What a revision of changes by hand says of its lists, without reading them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import xarray as xr

from paleobc.formats.hand_edit_lists import bytes_of_lists
from paleobc.services.provenance import SourceFile
from paleobc.services.sources import source_of_log
from paleobc.store.tables import Revision
from paleobc.topography.edits.log import EditLog
from paleobc.workflow.hand_edits import asset_changed_by, list_of


def file_of_list(asset: str, number: int) -> str:
    """
    Name of the file in which a list of changes by hand is handed over.

    Examples
    --------
    >>> file_of_list("pft", 2)
    'hand_edits_pft_2.json'
    """
    return f"{list_of(asset, number)}.json"


def lists_as_source(asset: str, logs: Sequence[EditLog], dataset: xr.Dataset) -> dict[str, Any]:
    """What a revision of these lists keeps of them, as plain data."""
    return {
        "lists": [
            {
                **asdict(source_of_log(log, file_of_list(asset, number), hashlib.sha256(data).hexdigest())),
                "index": dict(log.index),
                "edits": len(log.edits),
                "reasons": list(dict.fromkeys(edit.reason for edit in log.edits if edit.reason)),
            }
            for number, (log, data) in enumerate(zip(logs, bytes_of_lists(dataset), strict=True), 1)
        ]
    }


def sources_of_lists(revision: Revision) -> dict[str, SourceFile]:
    """Each list of a revision of changes by hand, as files say where they come from."""
    asset = asset_changed_by(revision.asset) or revision.asset
    return {
        list_of(asset, number): SourceFile(each["file"], each["variable"], each["sha256"], tuple(each["assumptions"]))
        for number, each in enumerate(_lists(revision), 1)
    }


def summary_of(revision: Revision) -> dict[str, Any]:
    """How many edits of what a revision of changes by hand holds, and why they were made, as plain data."""
    keys = ("variable", "index", "edits", "reasons")
    lists = [{key: each[key] for key in keys} for each in _lists(revision)]
    return {"revision": revision.number, "edits": sum(each["edits"] for each in lists), "lists": lists}


def _lists(revision: Revision) -> list[dict[str, Any]]:
    return list((revision.source or {}).get("lists", ()))
