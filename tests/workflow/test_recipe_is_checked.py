"""A recipe is read or refused: one sentence that names the line, whatever the text."""

from __future__ import annotations

import datetime as dt
import math
import time
from contextlib import suppress
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paleobc.errors import RecipeError
from paleobc.steps.catalogue import GRAPH
from paleobc.workflow.recipe import Recipe, parse_recipe, read_recipe

EXAMPLE = files("paleobc").joinpath("data/modern_earth/recipe.yaml").read_text(encoding="utf-8")
START = "experiment: {name: Eocene}\nrelief: {file: a.nc}\n"


def refusal(text: str) -> str:
    """The sentence with which a text is refused."""
    started = time.perf_counter()
    with pytest.raises(RecipeError) as caught:
        parse_recipe(text, GRAPH)
    said = str(caught.value)
    assert time.perf_counter() - started < 10.0
    assert said.startswith("recipe")
    assert said.endswith(".")
    assert "\n" not in said
    assert len(said) < 400
    for jargon in ("pydantic", "instance of", "_options", "Input ", "Value error", "Traceback"):
        assert jargon not in said
    return said


def refused_at(text: str, line: int) -> str:
    said = refusal(text)
    assert said.startswith((f"recipe line {line}:", f"recipe line {line}, column ")), said
    return said


def test_the_example_is_a_recipe():
    recipe = parse_recipe(EXAMPLE, GRAPH)
    assert recipe.experiment.name == "present-day Earth"
    assert recipe.experiment.age == 0
    assert recipe.path_of("relief").name == "topography.nc"
    assert recipe.steps["regrid"] == {"resolution": 1.0, "method": "linear"}
    assert len(recipe.steps["pft"]["bands"]) == 5


def test_the_shortest_recipe_has_all_defaults():
    recipe = parse_recipe(START, GRAPH)
    assert recipe.steps == {step.name: step.options({}) for step in GRAPH.steps}
    assert recipe.experiment.age is None
    for more in ("steps:\n", "steps: {}\n", "steps:\n  regrid:\n  pft: {}\n"):
        assert parse_recipe(START + more, GRAPH) == recipe


def test_the_recipe_of_the_issue_is_read():
    text = """experiment: {name: early Eocene, author: "Herold et al. 2014", age: 55, hypothesis: "open Tethys"}
relief: {file: topography.nc, variable: topo}
steps:
  regrid: {resolution: 1.0, method: linear}
  pft: {bands: [{up_to: 15, pft2: 75, pft3: 25}, {up_to: 90, pft1: 100}]}
"""
    recipe = parse_recipe(text, GRAPH, folder=Path("/data"))
    assert recipe.path_of("relief") == Path("/data/topography.nc")
    assert recipe.sources["relief"].variable == "topo"


def test_files_are_looked_for_beside_the_recipe(tmp_path):
    (tmp_path / "r.yaml").write_text(START, encoding="utf-8")
    assert read_recipe(tmp_path / "r.yaml", GRAPH).path_of("relief") == tmp_path.resolve() / "a.nc"


def test_line_endings_of_windows_and_a_byte_order_mark_do_no_harm(tmp_path):
    path = tmp_path / "r.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + EXAMPLE.replace("\n", "\r\n").encode())
    assert read_recipe(path, GRAPH).steps == parse_recipe(EXAMPLE, GRAPH).steps


WRONG_KEYS = [
    ("experimant: {name: x}\nrelief: {file: a.nc}\n", 1, "Did you mean 'experiment'?"),
    (START + "stebs: {}\n", 3, "Did you mean 'steps'?"),
    (START + "\n\n# a comment\ncolour: red\n", 6, "Here a recipe has the keys experiment, steps, relief"),
    ("experiment:\n  name: x\n  auther: y\nrelief: {file: a.nc}\n", 3, "Did you mean 'author'?"),
    ("experiment: {name: x}\nrelief:\n  file: a.nc\n  varible: z\n", 4, "Did you mean 'variable'?"),
    (START + "biome_map: {file: b.nc, name: z}\n", 3, "biome_map has the keys file, variable"),
    (START + "steps:\n  regird: {}\n", 4, "Did you mean 'regrid'?"),
    (START + "steps:\n  regrid:\n    method: linear\n    resolutoin: 2\n", 6, "Did you mean 'resolution'?"),
    (START + "steps:\n  routing: {fast: 1}\n", 4, "Here steps.routing has no keys."),
    (START + "steps: {condition: {closed_sea: ignore}}\n", 3, "Did you mean 'closed_seas'?"),
    (START + "1: 2\n", 3, "unknown key '1'"),
    (START + "2020-01-01: 2\n", 3, "unknown key '2020-01-01'"),
    (START + f"{'k' * 100}: 2\n", 3, "unknown key 'kkk"),
]


@pytest.mark.parametrize(("text", "line", "told"), WRONG_KEYS)
def test_an_unknown_key_is_refused_with_its_line(text, line, told):
    assert told in refused_at(text, line)


WRONG_VALUES = [
    ("experiment: x\nrelief: {file: a.nc}\n", 1, "experiment: should be keys with their values (given: 'x')"),
    ("experiment: [x]\nrelief: {file: a.nc}\n", 1, "experiment: should be keys with their values"),
    ("experiment:\nrelief: {file: a.nc}\n", 1, "experiment.name: this key is needed"),
    ("experiment:\n  age: 3\nrelief: {file: a.nc}\n", 1, "experiment.name: this key is needed"),
    ("experiment:\n  name: 5\nrelief: {file: a.nc}\n", 2, "experiment.name: should be a valid string (given: 5)"),
    ("experiment:\n  name: yes\nrelief: {file: a.nc}\n", 2, "experiment.name: should be a valid string"),
    ('experiment:\n  name: ""\nrelief: {file: a.nc}\n', 2, "experiment.name: String should have at least 1"),
    (f"experiment:\n  name: {'x' * 201}\nrelief: {{file: a.nc}}\n", 2, "at most 200 characters"),
    ("experiment:\n  name: x\n  age: old\nrelief: {file: a.nc}\n", 3, "experiment.age: should be a valid number"),
    ('experiment:\n  name: x\n  age: "55"\nrelief: {file: a.nc}\n', 3, "experiment.age: should be a valid number"),
    ("experiment:\n  name: x\n  age: yes\nrelief: {file: a.nc}\n", 3, "experiment.age: should be a valid number"),
    ("experiment:\n  name: x\n  age: -3\nrelief: {file: a.nc}\n", 3, "greater than or equal to 0 (given: -3)"),
    ("experiment:\n  name: x\n  age: 5000\nrelief: {file: a.nc}\n", 3, "less than or equal to 4600"),
    ("experiment:\n  name: x\n  age: .nan\nrelief: {file: a.nc}\n", 3, "should be a finite number (given: nan)"),
    ("experiment:\n  name: x\n  age: 55 Ma\nrelief: {file: a.nc}\n", 3, "should be a valid number (given: '55 Ma')"),
    (
        "experiment:\n  name: x\n  author: 2014\nrelief: {file: a.nc}\n",
        3,
        "experiment.author: should be a valid string",
    ),
    ("experiment: {name: x}\nrelief: a.nc\n", 2, "relief: should be keys with their values (given: 'a.nc')"),
    ("experiment: {name: x}\nrelief:\n", 2, "relief.file: this key is needed"),
    ("experiment: {name: x}\nrelief:\n  variable: z\n", 2, "relief.file: this key is needed"),
    ('experiment: {name: x}\nrelief:\n  file: ""\n', 3, "relief.file: String should have at least 1"),
    ("experiment: {name: x}\nrelief:\n  file: [a.nc]\n", 3, "relief.file: should be a valid string"),
    ("experiment: {name: x}\n", 1, "the key 'relief' is needed"),
    ("relief: {file: a.nc}\n", 1, "the key 'experiment' is needed"),
    (START + "steps: 3\n", 3, "steps: should be names of steps with their options"),
    (START + "steps: false\n", 3, "steps: should be names of steps with their options"),
    (START + "steps: []\n", 3, "steps: should be names of steps with their options"),
    (START + 'steps: ""\n', 3, "steps: should be names of steps with their options"),
    (START + "steps:\n  - regrid\n", 3, "steps: should be names of steps with their options"),
    (START + "steps:\n  regrid: 1.0\n", 4, "steps.regrid: should be keys with their values (given: 1.0)"),
    (START + "steps:\n  regrid:\n    resolution: -1\n", 5, "steps.regrid.resolution: should be greater than"),
    (START + "steps:\n  regrid:\n    resolution: 0\n", 5, "steps.regrid.resolution: should be greater than"),
    (START + "steps:\n  regrid:\n    resolution: 1.0e-9\n", 5, "steps.regrid.resolution: should be greater than"),
    (START + "steps:\n  regrid:\n    resolution: 90\n", 5, "should be less than or equal to 30 (given: 90)"),
    (START + "steps:\n  regrid:\n    resolution: .nan\n", 5, "should be a finite number (given: nan)"),
    (START + "steps:\n  regrid:\n    resolution: -.inf\n", 5, "should be a finite number (given: -inf)"),
    (START + "steps:\n  regrid:\n    resolution: on\n", 5, "should be a valid number (given: True)"),
    (START + "steps:\n  regrid:\n    resolution: 1deg\n", 5, "should be a valid number (given: '1deg')"),
    (START + "steps:\n  regrid:\n    resolution: 1:30\n", 5, "should be less than or equal to 30 (given: 90)"),
    (START + "steps:\n  regrid:\n    method: cubic\n", 5, "'nearest', 'linear' or 'conservative' (given: 'cubic')"),
    (START + "steps:\n  condition:\n    closed_seas: fill\n", 5, "'ignore' or 'outlet' (given: 'fill')"),
    (START + "steps:\n  soils:\n    colour: 10\n", 5, "less than or equal to 9 (given: 10)"),
    (START + "steps:\n  soils:\n    colour: 2.5\n", 5, "steps.soils.colour: should be a valid integer"),
    (START + "steps:\n  soils:\n    colour: 3\n    texture: 0\n", 6, "greater than or equal to 1 (given: 0)"),
]


@pytest.mark.parametrize(("text", "line", "told"), WRONG_VALUES)
def test_a_wrong_value_is_refused_with_its_line(text, line, told):
    assert told in refused_at(text, line)


BANDS = START + "steps:\n  pft:\n    bands:\n"
WRONG_BANDS = [
    ("      - {up_to: 15, pft2: 75, pft3: 20}\n      - {up_to: 90, pft1: 100}\n", 6, "add up to 95, not to 100"),
    ("      - {up_to: 15, pft1: 100}\n      - {up_to: 90, pft1: 101}\n", 7, "pft1 is 101 %"),
    ("      - {up_to: 15, pft1: 100}\n      - {up_to: 90, pft1: 150, pft2: -50}\n", 7, "pft1 is 150 %"),
    ("      - {up_to: 15, pft1: 100}\n      - {up_to: 90, pft14: 100}\n", 7, "there is no 'pft14'"),
    ("      - {up_to: 15, pft1: 100}\n      - {up_to: 90, PFT1: 100}\n", 7, "there is no 'PFT1'"),
    ("      - {up_to: 15, pft1: 100}\n      - {up_to: 90, pft1: lots}\n", 7, "bands.1.pft1: should be a valid number"),
    ("      - {up_to: 15, pft1: 100}\n      - {up_to: 90,\n         pft1: .nan}\n", 8, "should be a finite number"),
    (
        "      - {up_to: .nan, pft1: 100}\n      - {up_to: 90, pft1: 100}\n",
        6,
        "bands.0.up_to: should be a finite number",
    ),
    ("      - {up_to: 15}\n      - {up_to: 90, pft1: 100}\n", 6, "add up to 0, not to 100"),
    ("      - {up_to: 15, 2: 100}\n      - {up_to: 90, pft1: 100}\n", 6, "should be a valid string"),
    ("      - 15\n", 6, "bands.0: should be keys with their values (given: 15)"),
    (
        "      - {up_to: 50, pft1: 100}\n      - {up_to: 15, pft1: 100}\n      - {up_to: 90, pft1: 100}\n",
        5,
        "50, 15, 90",
    ),
    ("      - {up_to: 90, pft1: 100}\n      - {up_to: 90, pft1: 100}\n", 5, "must rise"),
    ("      - {up_to: 0, pft1: 100}\n      - {up_to: 90, pft1: 100}\n", 5, "must rise"),
    ("      - {up_to: 15, pft1: 100}\n", 5, "must reach the pole: up_to: 90"),
    ("      - {pft1: 100}\n", 5, "has no upper bound; give up_to"),
]


@pytest.mark.parametrize(("bands", "line", "told"), WRONG_BANDS)
def test_wrong_bands_are_refused_with_the_line_of_the_band(bands, line, told):
    assert told in refused_at(BANDS + bands, line)


def test_no_bands_and_no_table_are_refused():
    assert "must reach the pole" in refused_at(START + "steps: {pft: {bands: []}}\n", 3)
    assert "should be a valid list" in refused_at(START + "steps: {pft: {bands: 3}}\n", 3)
    assert "should be a valid list" in refused_at(START + "steps: {pft: {bands: }}\n", 3)


def test_a_wrong_biome_table_is_refused_with_the_line_of_the_biome():
    table = START + "steps:\n  pft:\n    biomes:\n      1: {pft1: 100}\n"
    assert "biomes.2: Biome: the percentages add up to 99" in refused_at(table + "      2: {pft1: 99}\n", 7)
    assert "there is no 'up_to'" in refused_at(table + "      2: {up_to: 90, pft1: 100}\n", 7)
    assert "should be a valid integer" in refused_at(table + "      forest: {pft1: 100}\n", 7)
    assert "given twice" in refused_at(table + "      1: {pft1: 100}\n", 7)


NO_YAML = [
    ("experiment: {name: x\nrelief: {file: a.nc}\n", None, "this is not YAML"),
    ("experiment: 'x\n", None, "this is not YAML"),
    (START + "steps:\n\tregrid: {}\n", 4, "this is not YAML"),
    (START + "steps: : {}\n", 3, "this is not YAML"),
    (START + " steps: {}\n", 3, "this is not YAML"),
    (START + "@\n", 3, "this is not YAML"),
    (START + "steps: \x00\n", 3, "this is not YAML"),
    (START + "steps: \x07\n", 3, "this is not YAML"),
    (START + "%YAML 9.9\n---\n", None, "not"),
    (START + "---\nexperiment: {}\n", 3, "a second document begins here"),
    (START + "<<: {steps: {}}\n", 3, "this is not YAML"),
    (START + "experiment: {name: y}\n", 3, "'experiment' is given twice"),
    (START + "steps:\n  regrid: {}\n  pft: {}\n  regrid: {}\n", 6, "'regrid' is given twice"),
    (START + "steps: {regrid: {resolution: 1,\n   resolution: 2}}\n", 4, "'resolution' is given twice"),
    (START + "steps: &a {}\n", 3, "anchors and aliases"),
    (START + "steps: {pft: *a}\n", 3, "anchors and aliases"),
    (START + "? &a regrid\n: 1\n", 3, "anchors and aliases"),
    (START + "steps: !!python/object/apply:os.system [true]\n", 3, "tags (!) are not allowed"),
    (START + 'steps: !!int ""\n', 3, "tags (!) are not allowed"),
    (START + "steps: !!bool x\n", 3, "tags (!) are not allowed"),
    (START + "steps: !!timestamp x\n", 3, "tags (!) are not allowed"),
    (START + "steps: !!set {regrid}\n", 3, "tags (!) are not allowed"),
    (START + "steps: !mine {}\n", 3, "tags (!) are not allowed"),
    (START + "? {a: 1}\n: 2\n", 3, "a key must be a word or a number"),
    (START + "steps:\n  regrid: {resolution: 2020-13-45}\n", 4, "'2020-13-45' cannot be read"),
    (START + "steps:\n  regrid: {resolution: 2020-12-24}\n", 4, "should be a valid number"),
    (f"experiment:\n  name: x\n  age: {'9' * 5000}\nrelief: {{file: a.nc}}\n", 3, "longer than 100 characters"),
    (f"experiment:\n  name: x\n  age: 0x{'f' * 9000}\nrelief: {{file: a.nc}}\n", 3, "longer than 100 characters"),
    (f"experiment:\n  name: x\n  age: 1{':1' * 50000}\nrelief: {{file: a.nc}}\n", 3, "longer than 100 characters"),
    ('experiment: {name: "a\\0b"}\nrelief: {file: a.nc}\n', 1, "a character that cannot be written"),
    ('experiment: {name: "\\ud800"}\nrelief: {file: a.nc}\n', 1, "a character that cannot be written"),
    ("- experiment\n- relief\n", 1, "a recipe has the keys experiment, relief and steps"),
    ("just a text\n", 1, "a recipe has the keys"),
    ("", 1, "a recipe has the keys"),
    ("# a comment\n", 1, "a recipe has the keys"),
    ("null\n", 1, "a recipe has the keys"),
    ("---\n...\n", 1, "a recipe has the keys"),
]


@pytest.mark.parametrize(("text", "line", "told"), NO_YAML)
def test_what_is_no_plain_yaml_is_refused_with_its_line(text, line, told):
    assert told in (refusal(text) if line is None else refused_at(text, line))


def test_a_yaml_bomb_is_refused_before_it_grows():
    bomb = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 40))
    assert "anchors and aliases" in refused_at(START + bomb, 3)


def test_deep_nesting_is_refused():
    for text in ("[" * 10_000, "{a: " * 10_000, START + "steps: " + "[" * 40 + "]" * 40):
        assert "nested more than 30 deep" in refusal(text)
    block = "".join(f"{' ' * depth}a:\n" for depth in range(200))
    assert "nested more than 30 deep" in refused_at(block, 31)


def test_a_huge_text_is_refused_at_once():
    started = time.perf_counter()
    assert "longer than 200000 characters" in refusal("- 1\n" * 1_000_000)
    assert "longer than 200000 characters" in refusal("x" * 10_000_000)
    assert time.perf_counter() - started < 1.0


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"\x89HDF\r\n\x1a\n\x00\xff", "is not text; a recipe is a YAML file."),
        (b"CDF\x01\x00\x00\x00\x00", "r.yaml line 1: this is not YAML"),
        (EXAMPLE.encode("utf-16"), "is not text"),
        (b"experiment: {name: \xe9oc\xe8ne}\n", "is not text"),
        (b"", "r.yaml line 1: a recipe has the keys"),
        (b"\x00" * 5_000_000, "is longer than"),
    ],
)
def test_a_file_of_another_kind_is_refused(tmp_path, content, told):
    (tmp_path / "r.yaml").write_bytes(content)
    with pytest.raises(RecipeError) as caught:
        read_recipe(tmp_path / "r.yaml", GRAPH)
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_recipe_a_folder_and_an_endless_file_are_refused(tmp_path):
    with pytest.raises(RecipeError, match=r"There is no recipe .*`paleobc example DIR` writes one"):
        read_recipe(tmp_path / "no.yaml", GRAPH)
    with pytest.raises(RecipeError, match="cannot be read: Is a directory"):
        read_recipe(tmp_path, GRAPH)
    (tmp_path / "file").touch()
    with pytest.raises(RecipeError, match="cannot be read: Not a directory"):
        read_recipe(tmp_path / "file" / "r.yaml", GRAPH)
    with pytest.raises(RecipeError, match="is longer than"):
        read_recipe(Path("/dev/zero"), GRAPH)


def accepted_or_refused(text: str) -> None:
    """Nothing but a recipe, or an error of ours in one sentence."""
    try:
        recipe = parse_recipe(text, GRAPH)
    except RecipeError as error:
        said = str(error)
        assert said
        assert "\n" not in said
        assert len(said) < 600
    else:
        assert isinstance(recipe, Recipe)
        for step in GRAPH.steps:
            assert step.options(recipe.steps[step.name]) == recipe.steps[step.name]


PIECES = (
    "{ } [ ] : - # ' \" &a *a !!int ! !!binary | >- ? --- ... % @ ` , ~ null yes .nan -.inf 1e999 0x 0b2 1:2 "
    "2020-13-45 12:61:61 <<: = \\ pft1: up_to: -1 0 999999999999999999999999999999 _ 1_000 1. . + é"
)
ODD = ("\n", "\n  ", "\t", ": ", "- ", "--- \n", "\r", "\x00", "\x85", "\u2028", "\ufeff", "\ud800")
TOKENS = st.sampled_from((*PIECES.split(" "), *ODD))


@st.composite
def mutations(draw: st.DrawFn) -> str:
    """The example's text after some cuts, copies and insertions."""
    text = EXAMPLE
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.sampled_from([0, 0, 1, 2, 5, 40])))
        new = draw(st.one_of(TOKENS, st.text(max_size=4), st.just(text[start:end] * 2), st.just("")))
        text = text[:start] + new + text[end:]
    return text


@settings(max_examples=250)
@given(mutations())
def test_a_mutated_example_is_a_recipe_or_refused(text):
    accepted_or_refused(text)


@settings(max_examples=150)
@given(st.text(max_size=60).map(lambda tail: START + tail) | st.text(max_size=60))
def test_any_text_is_a_recipe_or_refused(text):
    accepted_or_refused(text)


VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.dates()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5) | st.integers(), inner, max_size=3),
    max_leaves=6,
)
KEYS = [
    ("experiment",), ("experiment", "name"), ("experiment", "age"), ("relief",), ("relief", "file"), ("biome_map",),
    ("steps",), ("steps", "regrid"), ("steps", "regrid", "resolution"), ("steps", "regrid", "method"),
    ("steps", "condition", "closed_seas"), ("steps", "soils", "texture"), ("steps", "pft", "bands"),
    ("steps", "pft", "biomes"),
]  # fmt: skip


def written(value: object) -> str:
    """A value as YAML of one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{written(key)}: {written(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    if isinstance(value, float) and not math.isfinite(value):
        return ".nan" if math.isnan(value) else (".inf" if value > 0 else "-.inf")
    if isinstance(value, str):
        return "'" + value.replace("'", "''").replace("\n", " ") + "'"
    return (
        str(value)
        if isinstance(value, dt.date)
        else {None: "null", True: "true", False: "false"}.get(value, str(value))
    )


@settings(max_examples=250)
@given(st.sampled_from(KEYS), VALUES)
def test_any_value_in_any_place_is_accepted_or_refused(place, value):
    data: dict = {"experiment": {"name": "x"}, "relief": {"file": "a.nc"}}
    inner = data
    for key in place[:-1]:
        inner = inner.setdefault(key, {})
    with suppress(TypeError):
        inner[place[-1]] = value
    accepted_or_refused(written(data))
