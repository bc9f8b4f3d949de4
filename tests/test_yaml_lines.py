"""YAML to plain data: where things stand, and what is refused in whose name."""

from __future__ import annotations

import pytest

from paleobc.errors import InputError, RecipeError
from paleobc.yaml_lines import LARGEST_TEXT, read_yaml


def test_a_power_of_ten_is_a_number_with_or_without_its_point():
    assert read_yaml("[1e-10, 1.0e-10, -2E3, '1e5']", "text").data == [1e-10, 1e-10, -2000.0, "1e5"]


def test_lines_are_those_of_the_keys():
    lined = read_yaml("a: 1\n# note\nb:\n  - x\n  -\n    c: 2\n    d:\n      3\n", "text")
    assert lined.data == {"a": 1, "b": ["x", {"c": 2, "d": 3}]}
    found = {path: line for path, line in lined.lines.items() if path}
    assert found == {("a",): 1, ("b",): 3, ("b", 0): 4, ("b", 1): 6, ("b", 1, "c"): 6, ("b", 1, "d"): 7}
    assert lined.line_of(("b", 1, "no", "such")) == 6
    assert lined.line_of(("no",)) == 1


def test_the_error_is_the_one_asked_for():
    with pytest.raises(RecipeError, match="the limit of a recipe"):
        read_yaml(" " * (LARGEST_TEXT + 1), "text")
    with pytest.raises(InputError, match="write one list of edits in a file") as caught:
        read_yaml("a: 1\n---\nb: 2", "text", "list of edits", InputError)
    assert not isinstance(caught.value, RecipeError)
