"""Where a file comes from: what is written into it and beside it."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from paleobc.services.external_steps import external_steps
from paleobc.steps.catalogue import GRAPH
from paleobc.workflow.hand_edits import asset_changed_by
from paleobc.workflow.recipe import Recipe

#: Version of this product.
VERSION = version("paleobc")


@dataclass(frozen=True)
class SourceFile:
    """
    A file that was given, and what was assumed in reading it.

    Parameters
    ----------
    file : str
        Its name, without folders.
    variable : str
    sha256 : str
        Checksum of its bytes.
    assumptions : tuple of str
        One sentence each.
    """

    file: str
    variable: str
    sha256: str
    assumptions: tuple[str, ...]


def now() -> str:
    """
    Time of writing, for the records beside the files; the files themselves hold no date.

    SOURCE_DATE_EPOCH [s] takes its place where the records of two builds have to be equal as well; what is no
    moment of this calendar is passed over.
    """
    try:
        moment = datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), UTC)
    except (KeyError, ValueError, OverflowError, OSError):
        moment = datetime.now(UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def history_of(what: str) -> str:
    """
    Attribute ``history`` of a file: who made it and how; no date, so that equal files are equal to the bit.

    Examples
    --------
    >>> history_of("made routing.nc")
    'paleobc ...: made routing.nc'
    """
    return f"paleobc {VERSION}: {what}"


def lineage(asset: str, options: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Steps that an asset went through, with their options."""
    return {step.name: options[step.name] for step in GRAPH.ancestry(asset)}


def file_attributes(
    asset: str,
    content: str,
    recipe: Recipe | None,
    options: dict[str, dict[str, Any]],
    sources: dict[str, SourceFile],
) -> dict[str, str]:
    """
    Global attributes that say where a file comes from; they hold no date and no folder.

    Parameters
    ----------
    asset : str
    content : str
        Checksum of what the asset says.
    recipe : Recipe or None
        The recipe, where there is one.
    options : dict
        Options of the steps, by name.
    sources : dict of str to SourceFile
        Files that were given, by asset.
    """
    experiment = recipe.experiment.model_dump(exclude_defaults=True) if recipe else {}
    made_of: dict[str, Any] = {
        "experiment": experiment,
        "sources": {name: {"file": s.file, "variable": s.variable, "sha256": s.sha256} for name, s in sources.items()},
        "steps": options,
    }
    external = external_steps(options)
    if external:
        made_of["external_steps"] = external
    attributes = {
        "Conventions": "CF-1.11",
        "source": f"paleobc {VERSION}",
        "paleobc_version": VERSION,
        "paleobc_asset": asset,
        "paleobc_content_sha256": content,
        "paleobc_recipe": json.dumps(made_of, sort_keys=True),
    }
    for name, source in sources.items():
        attributes[f"paleobc_{name}_sha256"] = source.sha256
    made = {GRAPH.step(name).writes for name in options}
    changed = [source.assumptions for name, source in sources.items() if asset_changed_by(name) in made]
    if changed:
        attributes["paleobc_changed_by_hand"] = " ".join(words for (words,) in changed)
    if experiment:
        age = f", {experiment['age']:g} Ma" if "age" in experiment else ""
        attributes["experiment"] = f"{experiment['name']}{age}"
        if "author" in experiment:
            attributes["references"] = experiment["author"]
    return attributes
