"""Recipes with all that this product knows: its steps, and lists of gateways."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from paleobc.steps.catalogue import GRAPH
from paleobc.topography.gateways import Gateway, parse_gateways
from paleobc.workflow.recipe import Recipe
from paleobc.workflow.recipe import read_recipe as read_recipe_of

GATEWAYS: Final = "gateways"


def read_recipe(path: Path) -> Recipe:
    """
    Recipe of a file.

    Raises
    ------
    RecipeError
        Names the line of what cannot be used.
    """
    return read_recipe_of(path, GRAPH, {GATEWAYS: parse_gateways})


def gateways_of(recipe: Recipe) -> tuple[Gateway, ...]:
    """Gateways that a recipe demands."""
    return parse_gateways(recipe.lists.get(GATEWAYS, []))
