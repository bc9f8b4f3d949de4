"""A recipe that is written and read again is the same recipe, whatever it says."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import Field

from paleobc.steps.catalogue import GRAPH
from paleobc.workflow.graph import Graph
from paleobc.workflow.recipe import Experiment, Recipe, Source, parse_recipe
from paleobc.workflow.recipe_text import write_recipe
from paleobc.workflow.step import step

#: What a recipe may hold as text: no control characters, no half letters.
TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=40) | st.sampled_from(
    [
        "yes",
        "1e5",
        "~",
        "null",
        "- a",
        "'",
        '"',
        "a: b",
        "#",
        "{x}",
        "\n",
        "a\nb",
        "  ",
        "2020-01-01",
        "<script>",
        "!!a",
    ]
)
NAMES = TEXT.filter(bool)
NUMBERS = st.floats(-1e6, 1e6)


@step(writes="made")
def make(
    relief: xr.Dataset,
    *,
    table: dict[int, dict[str, float]] = {},  # noqa: B006
    places: list[list[float]] = [],  # noqa: B006
    words: Annotated[str | None, Field(max_length=50)] = None,
    count: int = 3,
    share: float = 0.5,
    sure: bool = True,
) -> xr.Dataset:
    """Something with options of every kind."""
    return relief.assign_attrs(table=table, places=places, words=words, count=count, share=share, sure=sure)


@step(writes="grid")
def grid(relief: xr.Dataset, given_grid: xr.Dataset | None = None, *, width: float = 2.0) -> xr.Dataset:
    """Something that may be given."""
    return relief.assign_attrs(width=width, given=given_grid)


SMALL = Graph((make, grid))

experiments = st.builds(
    Experiment,
    name=NAMES,
    author=TEXT,
    age=st.none() | st.floats(0, 4600),
    hypothesis=TEXT,
)
sources = st.builds(Source, file=NAMES, variable=st.none() | NAMES)


@st.composite
def recipes(draw: st.DrawFn) -> Recipe:
    options = {
        "table": draw(st.dictionaries(st.integers(-9, 99), st.dictionaries(NAMES, NUMBERS, max_size=3), max_size=3)),
        "places": draw(st.lists(st.lists(NUMBERS, max_size=3), max_size=3)),
        "words": draw(st.none() | TEXT),
        "count": draw(st.integers(-(10**12), 10**12)),
        "share": draw(st.floats(allow_nan=False, allow_infinity=False)),
        "sure": draw(st.booleans()),
    }
    given_grid = draw(st.booleans())
    files = {"relief": draw(sources), **({"given_grid": Source(file=draw(NAMES))} if given_grid else {})}
    width = 2.0 if given_grid else draw(NUMBERS)
    steps = {"make": make.options(options), "grid": grid.options({"width": width})}
    plain: st.SearchStrategy[Any] = st.recursive(
        st.booleans() | st.integers(-99, 99) | NUMBERS | TEXT, lambda inner: st.lists(inner, max_size=2), max_leaves=4
    )
    lists = draw(st.just({}) | st.fixed_dictionaries({"gateways": st.lists(st.dictionaries(NAMES, plain, max_size=2))}))
    return Recipe(experiment=draw(experiments), sources=files, steps=steps, folder=Path(), lists=lists)


@given(recipes())
@settings(max_examples=60)
def test_any_recipe_survives_being_written_and_read(recipe):
    text = write_recipe(recipe, SMALL)
    assert parse_recipe(text, SMALL, lists={"gateways": str}) == recipe


@given(experiments, sources)
@settings(max_examples=20)
def test_recipes_of_the_real_steps_survive_with_every_option_written_out(experiment, source):
    steps = {step.name: step.options({}) for step in GRAPH.steps}
    recipe = Recipe(experiment=experiment, sources={"relief": source}, steps=steps, folder=Path())
    written = write_recipe(recipe, GRAPH)
    assert parse_recipe(written, GRAPH) == recipe
    assert all(f"{option}:" in written for options in steps.values() for option in options)


def test_a_table_of_biomes_keeps_numbers_for_its_keys():
    table = "steps: {pft: {biomes: {1: {pft2: 29, pft3: 71}, 22: {pft1: 100}}}}\n"
    recipe = parse_recipe(f"experiment: {{name: a}}\nrelief: {{file: a.nc}}\nbiome_map: {{file: b.nc}}\n{table}", GRAPH)
    assert parse_recipe(write_recipe(recipe, GRAPH), GRAPH) == recipe


def test_options_of_a_step_whose_result_is_given_are_left_out():
    start = "experiment: {name: a}\nrelief: {file: a.nc, variable: topo}\n"
    given_grid = parse_recipe(f"{start}ocean_grid: {{file: c.nc}}\n", GRAPH)
    written = write_recipe(given_grid, GRAPH)
    assert "join_latitude" not in written
    assert parse_recipe(written, GRAPH) == given_grid
    made = parse_recipe(f"{start}ocean_grid: {{generate: {{resolution: 4}}}}\n", GRAPH)
    assert parse_recipe(write_recipe(made, GRAPH), GRAPH) == made


def test_equal_recipes_have_equal_text():
    texts = {
        write_recipe(parse_recipe(f"experiment: {{name: a}}\n{body}", GRAPH), GRAPH)
        for body in (
            "relief: {file: a.nc}\nbiome_map: {file: b.nc}\n",
            "biome_map: {file: b.nc}\nrelief: {file: a.nc}\n",
        )
    }
    assert len(texts) == 1
