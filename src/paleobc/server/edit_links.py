"""Where the map editor of each file of an experiment is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from paleobc.errors import InputError
from paleobc.services.editing_experiments.asking import base_of, edited_asset


def edit_links(experiment: Mapping[str, Any]) -> dict[str, str]:
    """
    Addresses of editors by asset; none where an asset cannot be edited, or what is drawn on is not there yet.

    Parameters
    ----------
    experiment : mapping
        See `paleobc.services.overview.experiment_data`.
    """
    there = {asset["asset"] for asset in experiment["assets"] if asset["revision"] is not None}
    links = {}
    for asset in experiment["assets"]:
        try:
            edited = edited_asset(asset["asset"])
        except InputError:
            continue
        if base_of(edited) in there:
            links[asset["asset"]] = f"/experiments/{experiment['id']}/edit/{edited}"
    return links
