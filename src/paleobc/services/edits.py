"""Edits of a relief or a bathymetry: how they went in a build, lists converted, merged and told in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import numpy as np
import xarray as xr

from paleobc.services.audit_result import number_or_none
from paleobc.steps.edits import replay_on_depth, replay_on_relief
from paleobc.steps.hand_edits import changed_by_hand
from paleobc.topography.edits.replay import Conflict, Replay
from paleobc.workflow.hand_edits import hand_edits_of
from paleobc.workflow.recipe import Recipe

#: A report lists so many cells of a conflict; the count is always whole.
MOST_CELLS: Final = 100


def edits_report(
    recipe: Recipe,
    sources: Mapping[str, xr.Dataset],
    contents: Mapping[str, str],
    load: Callable[[str], xr.Dataset],
) -> dict[str, Any]:
    """How the edits of a recipe went in a build, as plain data by list; nothing where there are none."""
    found = {}
    if "relief_edits" in sources and "regridded_relief" in contents:
        policy = recipe.steps["edit_relief"]["on_conflict"]
        relief = load(contents["regridded_relief"])
        found["relief_edits"] = replay_data(replay_on_relief(relief, sources["relief_edits"], policy)[1])
    if "depth_edits" in sources and {"interpolated_depth", "ocean_grid"} <= contents.keys():
        policy = recipe.steps["edit_depth"]["on_conflict"]
        depth, grid = load(contents["interpolated_depth"]), load(contents["ocean_grid"])
        found["depth_edits"] = replay_data(replay_on_depth(depth, grid, sources["depth_edits"], policy)[1])
    return found


def hand_edits_report(
    assets: Iterable[str], sources: Mapping[str, xr.Dataset], before: Callable[[str], xr.Dataset]
) -> dict[str, list[dict[str, Any]]]:
    """
    How the changes by hand of a build went, as plain data by asset, one entry for each list.

    Parameters
    ----------
    assets : iterable of str
        What was made.
    sources : mapping of str to Dataset
        What was given.
    before : callable
        Gives an asset as its step made it.
    """
    return {
        asset: [
            {
                "variable": log.variable,
                "index": dict(log.index),
                "reasons": list(dict.fromkeys(edit.reason for edit in log.edits if edit.reason)),
                **replay_data(went),
            }
            for log, went in changed_by_hand(asset, before(asset), sources[hand_edits_of(asset)]).lists
        ]
        for asset in assets
        if hand_edits_of(asset) in sources
    }


def replay_data(went: Replay) -> dict[str, Any]:
    """How edits went, as plain data."""
    return {
        "edits": len(went.edits),
        "cells_changed": int(sum(edit.result.cells.size for edit in went.edits if edit.result is not None)),
        "without_effect": list(went.empty),
        "conflicts": [_conflict_data(conflict) for conflict in went.conflicts],
    }


def _conflict_data(conflict: Conflict) -> dict[str, Any]:
    """Cells that were not as an edit had found them, as plain data."""
    columns = (conflict.latitudes, conflict.longitudes, conflict.old, conflict.found, conflict.new)
    keys = ("latitude", "longitude", "expected", "found", "made_then")
    rows = [
        [number_or_none(value) for value in row]
        for row in np.stack([column[:MOST_CELLS] for column in columns], axis=-1)
    ]
    return {
        "edit": conflict.edit,
        "count": int(conflict.cells.size),
        "cells": [dict(zip(keys, row, strict=True)) for row in rows],
    }
