"""A recipe as text that reads back as the same recipe, with every option written out."""

from __future__ import annotations

import re
from typing import Any, Final

import yaml

from paleobc.workflow.graph import Graph
from paleobc.workflow.hand_edits import HAND_EDITS
from paleobc.workflow.recipe import Recipe, key_of
from paleobc.workflow.recipe_hand_edits import hand_edits_section

_WIDTH: Final = 120


class _Writer(yaml.SafeDumper):
    """Writes equal values out again: recipes allow no anchors."""

    def ignore_aliases(self, _data: Any) -> bool:
        """Tell that nothing is written as a reference."""
        return True

    def quoted(self, text: str) -> yaml.ScalarNode:
        """Text, in quotes where it begins like a number: what is a number differs from reader to reader."""
        style = "'" if re.match(r"[-+.]?[0-9]", text) else None
        return self.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Writer.add_representer(str, _Writer.quoted)


def write_recipe(recipe: Recipe, graph: Graph) -> str:
    """
    Text of a recipe.

    All options are written, defaults too: a later version with another default makes the same files of it. The
    options of a step whose result is given as a file are left out, as they have no effect.

    Parameters
    ----------
    recipe : Recipe
    graph : Graph
        Steps and sources that there are.

    Returns
    -------
    str
        YAML, which `paleobc.workflow.recipe.parse_recipe` reads as an equal recipe.
    """
    sections: dict[str, Any] = {"experiment": recipe.experiment.model_dump(exclude_defaults=True)}
    sections |= {
        key_of(asset): recipe.sources[asset].model_dump(exclude_defaults=True)
        for asset in sorted(recipe.sources)
        if asset in graph.sources
    }
    changed = hand_edits_section({name: source.file for name, source in recipe.sources.items()})
    sections |= {HAND_EDITS: changed} if changed else {}
    steps: dict[str, dict[str, Any]] = {}
    for step in graph.steps:
        # Plain data has text for keys: the model knows which of them are numbers.
        options = step.options_model.model_validate(recipe.steps[step.name]).model_dump()
        if f"given_{step.writes}" not in graph.sources:
            steps[step.name] = options
        elif f"given_{step.writes}" not in recipe.sources:
            sections[step.writes] = {"generate": options}
    sections |= {**recipe.lists, "steps": steps}
    return "\n".join(_section(name, value) for name, value in sections.items())


def _section(name: str, value: Any) -> str:
    """One key of the recipe with all below it."""
    return yaml.dump({name: value}, Dumper=_Writer, sort_keys=False, allow_unicode=True, width=_WIDTH)
