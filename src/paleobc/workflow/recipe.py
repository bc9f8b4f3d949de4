"""A recipe: text that rebuilds everything."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from paleobc.errors import InputError, RecipeError
from paleobc.workflow.graph import Graph
from paleobc.workflow.hand_edits import HAND_EDITS
from paleobc.workflow.recipe_hand_edits import files_of_hand_edits
from paleobc.workflow.step import sentence_of, shortened
from paleobc.yaml_lines import LinedData, read_yaml, yaml_text

Model = TypeVar("Model", bound=BaseModel)


class _Strict(BaseModel):
    """Unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Experiment(_Strict):
    """One palaeogeography: what it is called and whose it is."""

    name: str = Field(min_length=1, max_length=200)
    author: str = Field(default="", max_length=500)
    age: float | None = Field(default=None, ge=0, le=4600, description="Million years before present.")
    hypothesis: str = Field(default="", max_length=2000)


class Source(_Strict):
    """A file that is given, and which of its variables is meant."""

    file: str = Field(min_length=1)
    variable: str | None = None


class Recipe(_Strict):
    """
    What an experiment is made of.

    Parameters
    ----------
    experiment : Experiment
    sources : dict of str to Source
        Files by the asset they are; lists of changes by hand as `paleobc.workflow.hand_edits.list_of` names them.
    steps : dict of str to dict
        All options of every step, checked.
    folder : Path
        Where the files of the sources are looked for.
    lists : dict of str to list
        What else it states, as plain data, checked: one list for each key that `read_recipe` was told of.
    """

    experiment: Experiment
    sources: dict[str, Source]
    steps: dict[str, dict[str, Any]]
    folder: Path
    lists: dict[str, list[Any]] = Field(default_factory=dict)

    def path_of(self, asset: str) -> Path:
        """Where the file of a source lies."""
        return self.folder / self.sources[asset].file


#: Reads a list of a recipe; raises InputError with a sentence where it cannot be used.
ListReader = Callable[[list[Any]], object]


def read_recipe(path: Path, graph: Graph, lists: Mapping[str, ListReader] | None = None) -> Recipe:
    """
    Recipe of a file.

    Parameters
    ----------
    path : Path
    graph : Graph
        Steps and sources that there are.
    lists : mapping of str to callable, optional
        Further keys, each of which holds a list, and what reads it.

    Raises
    ------
    RecipeError
        Where it cannot be read, or a key is unknown, a type wrong, a value not allowed; names the line.
    """
    text = yaml_text(path, hint="; `paleobc example DIR` writes one to start from")
    return parse_recipe(text, graph, name=path.name, folder=path.resolve().parent, lists=lists)


def parse_recipe(
    text: str,
    graph: Graph,
    *,
    name: str = "recipe",
    folder: Path = Path(),
    lists: Mapping[str, ListReader] | None = None,
) -> Recipe:
    """
    Recipe of a text.

    Parameters
    ----------
    text : str
        YAML.
    graph : Graph
        Steps and sources that there are.
    name : str
        What the text is called, for the errors.
    folder : Path
        Where the files of the sources are looked for.
    lists : mapping of str to callable, optional
        Further keys, each of which holds a list, and what reads it.

    Raises
    ------
    RecipeError
        Where a key is unknown, a type wrong or a value not allowed; names the line.
    """
    lists = lists or {}
    lined = read_yaml(text, name)
    if not isinstance(lined.data, dict):
        raise RecipeError(f"{name} line 1: a recipe has the keys experiment, relief and steps.")
    keys = {key_of(asset): asset for asset in graph.sources}
    own_keys = (HAND_EDITS,) if graph.hand_edits else ()
    _refuse_unknown(lined.data, ("experiment", "steps", *keys, *own_keys, *lists), (), lined, name)
    for needed in ("experiment", "relief"):
        if needed not in lined.data:
            raise RecipeError(f"{name} line 1: the key {needed!r} is needed.")
    experiment = _checked(Experiment, lined, ("experiment",), name)
    places = _places_of_options(graph, lined, name)
    sources = {
        asset: _checked_source(asset, key, lined, name)
        for key, asset in keys.items()
        if key in lined.data and (key, "generate") not in places.values()
    }
    sources |= {of: Source(file=file) for of, file in files_of_hand_edits(graph, lined, name).items()}
    given = _at(lined, ("steps",))
    if not isinstance(given, dict):
        raise RecipeError(
            f"{name} line {lined.line_of(('steps',))}: steps: should be names of steps with their options."
        )
    _refuse_unknown(given, [step.name for step in graph.steps], ("steps",), lined, name)
    steps = {
        step.name: _checked(step.options_model, lined, places[step.name], name).model_dump(mode="json")
        for step in graph.steps
    }
    _refuse_options_of_what_is_given(graph, sources, steps, lined, name)
    stated = {key: _checked_list(key, read, lined, name) for key, read in lists.items() if key in lined.data}
    return Recipe(experiment=experiment, sources=sources, steps=steps, folder=folder, lists=stated)


def key_of(asset: str) -> str:
    """
    Key of a source in a recipe: an asset that may be given or made has one key for both.

    Examples
    --------
    >>> key_of("given_ocean_grid"), key_of("relief")
    ('ocean_grid', 'relief')
    """
    return asset.removeprefix("given_")


def _places_of_options(graph: Graph, lined: LinedData, name: str) -> dict[str, tuple[str, ...]]:
    """Where a recipe gives the options of each step: below steps, or as ``ASSET: {generate: ...}``."""
    places: dict[str, tuple[str, ...]] = {step.name: ("steps", step.name) for step in graph.steps}
    below_steps = _at(lined, ("steps",))
    for step in graph.steps:
        value = lined.data.get(step.writes)
        if f"given_{step.writes}" not in graph.sources or not isinstance(value, dict) or "generate" not in value:
            continue
        if "file" in value:
            line = max(lined.line_of((step.writes, key)) for key in ("file", "generate"))
            raise RecipeError(
                f"{name} line {line}: {step.writes}: file and generate exclude each other; give the file, or let it "
                "be made."
            )
        _refuse_unknown(value, ("generate",), (step.writes,), lined, name)
        if isinstance(below_steps, dict) and step.name in below_steps:
            line = lined.line_of(("steps", step.name))
            raise RecipeError(
                f"{name} line {line}: the options of {step.name} are given twice, here and as {step.writes}: generate."
            )
        places[step.name] = (step.writes, "generate")
    return places


def _checked_source(asset: str, key: str, lined: LinedData, name: str) -> Source:
    """The source at a key, checked; says that an asset may be made as well, where it may."""
    value = lined.data[key]
    if asset != key and isinstance(value, dict):
        _refuse_unknown(value, ("file", "generate"), (key,), lined, name)
        if "file" not in value:
            raise RecipeError(
                f"{name} line {lined.line_of((key,))}: {key}: one of the keys file and generate is needed."
            )
    return _checked(Source, lined, (key,), name)


def _checked_list(key: str, read: ListReader, lined: LinedData, name: str) -> list[Any]:
    """The list at a key, which can be read."""
    items = lined.data[key]
    if not isinstance(items, list):
        raise RecipeError(f"{name} line {lined.line_of((key,))}: {key}: should be a list.")
    parts = [((key, number), [item]) for number, item in enumerate(items)]
    for path, part in (*parts, ((key,), items)):  # one by one first, to name the line
        try:
            read(part)
        except InputError as error:
            raise RecipeError(f"{name} line {lined.line_of(path)}: {key}: {error}") from None
    return items


def _refuse_options_of_what_is_given(
    graph: Graph, sources: dict[str, Source], steps: dict[str, dict[str, Any]], lined: LinedData, name: str
) -> None:
    """Refuse options of a step whose result is given as a file: they would be silently passed over."""
    for step in graph.steps:
        if f"given_{step.writes}" in sources and steps[step.name] != step.options({}):
            line = lined.line_of(("steps", step.name))
            raise RecipeError(
                f"{name} line {line}: the options of {step.name} are not used where {step.writes} is given as a file; "
                "take one of the two away."
            )


def _at(lined: LinedData, path: tuple[str | int, ...]) -> Any:
    """Value at a path; nothing there, or nothing in it, is an empty mapping."""
    value = lined.data
    for key in path:
        value = (value or {}).get(key)
    return {} if value is None else value


def _checked(model: type[Model], lined: LinedData, path: tuple[str | int, ...], name: str) -> Model:
    """The part of the recipe at a path, checked."""
    try:
        return model.model_validate(_at(lined, path), strict=True)  # yes is no number, "4" neither
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        where = (*path, *fault["loc"])
        line = lined.line_of(where)
        if fault["type"] == "extra_forbidden":
            raise RecipeError(_unknown_key(name, line, path, fault["loc"][-1], model.model_fields)) from None
        raise RecipeError(f"{name} line {line}: {_dotted(where)}: {sentence_of(fault)}") from None


def _refuse_unknown(
    data: dict[Any, Any], known: Iterable[str], path: tuple[str | int, ...], lined: LinedData, name: str
) -> None:
    """Refuse a mapping with a key that is not known."""
    for key in data:
        if key not in tuple(known):
            raise RecipeError(_unknown_key(name, lined.line_of((*path, key)), path, key, known))


def _unknown_key(name: str, line: int, path: tuple[str | int, ...], key: object, known: Iterable[str]) -> str:
    """Sentence for a key that is not known."""
    names = list(known)
    close = get_close_matches(str(key)[:60], names, n=1)
    hint = f" Did you mean {close[0]!r}?" if close else ""
    place = f"{_dotted(path)} has" if path else "a recipe has"
    listed = f"the keys {', '.join(names)}" if names else "no keys"
    return f"{name} line {line}: unknown key {shortened(str(key))}.{hint} Here {place} {listed}."


def _dotted(path: tuple[str | int, ...]) -> str:
    """A path of keys as one word."""
    return ".".join(str(part)[:60] for part in path if part != "[key]")
