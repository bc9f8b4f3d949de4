"""The key `hand_edits` of a recipe: for each asset that was changed by hand, the files of its lists."""

from __future__ import annotations

from typing import Any

from paleobc.errors import InputError, RecipeError
from paleobc.workflow.graph import Graph
from paleobc.workflow.hand_edits import HAND_EDITS, list_of, lists_by_asset
from paleobc.workflow.step import shortened
from paleobc.yaml_lines import LinedData


def files_of_hand_edits(graph: Graph, lined: LinedData, name: str) -> dict[str, str]:
    """
    File of each list of changes by hand that a recipe names, by the name of the list.

    Parameters
    ----------
    graph : Graph
    lined : LinedData
        The recipe.
    name : str
        What the recipe is called, for the errors.

    Raises
    ------
    RecipeError
        Where an asset may not be changed by hand, or a value is no list of files; names the line.
    """
    value = lined.data.get(HAND_EDITS)
    if graph.changes is None or (value is None and HAND_EDITS not in lined.data):
        return {}
    if not isinstance(value, dict):
        raise _refused(lined, name, (HAND_EDITS,), "should be names of assets, each with a list of files.")
    files = {}
    for asset, listed in value.items():
        try:
            graph.changes.check(str(asset))
        except InputError as error:
            raise _refused(lined, name, (HAND_EDITS, asset), str(error)) from None
        if not isinstance(listed, list) or not listed:
            raise _refused(lined, name, (HAND_EDITS, asset), "should be a list of files, as in [changes.yaml].")
        for number, file in enumerate(listed):
            if not isinstance(file, str) or not file:
                raise _refused(
                    lined,
                    name,
                    (HAND_EDITS, asset, number),
                    f"should be the name of a file (given: {shortened(file)}).",
                )
            files[list_of(asset, number + 1)] = file
    return files


def hand_edits_section(files: dict[str, str]) -> dict[str, list[str]]:
    """The value of the key, of files by the names of their lists."""
    return {asset: [files[name] for name in names] for asset, names in lists_by_asset(files).items()}


def _refused(lined: LinedData, name: str, path: tuple[Any, ...], said: str) -> RecipeError:
    """Error about a value, with its line."""
    dotted = ".".join(str(part)[:60] for part in path)
    return RecipeError(f"{name} line {lined.line_of(path)}: {dotted}: {said}")
