"""Edits as plain data, and what is no edit."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paleobc.errors import InputError
from paleobc.topography.edits.apply import apply_edit
from paleobc.topography.edits.edit import Edit, Set
from paleobc.topography.edits.plain import edit_as_data, edit_of_data, edits_of_data
from paleobc.topography.edits.shapes import Region
from random_edits import KINDS, mesh_of, random_edit, random_surface, same

SHAPE = {"region": [0, 45]}
ADD = {"add": 5}


@pytest.mark.parametrize("kind", KINDS)
@given(st.integers(0, 2**32 - 1), st.sampled_from(["height", "depth"]))
def test_an_edit_comes_back_from_json_as_it_was(kind, seed, quantity):
    random = np.random.default_rng(seed)
    surface = random_surface(random, mesh_of(kind), quantity)
    edit = random_edit(random, surface.mesh, quantity)
    try:
        edit = apply_edit(edit, surface, revisions={"before": surface.field})
    except InputError:
        assert edit.result is None
    back = edit_of_data(json.loads(json.dumps(edit_as_data(edit))))
    assert edit_as_data(back) == edit_as_data(edit)
    assert (back.shape, back.operation, back.where, back.reason) == (
        edit.shape,
        edit.operation,
        edit.where,
        edit.reason,
    )
    if edit.result is not None:
        assert all(same(getattr(back.result, part), getattr(edit.result, part)) for part in ("cells", "old", "new"))
        assert back.result.cells.dtype == np.int32


def test_minus_zero_and_last_bits_survive():
    result = {"cells": [0, 3], "old": [-0.0, 0.1 + 0.2], "new": [5e-324, 1]}
    back = edit_of_data(json.loads(json.dumps({"shape": SHAPE, "operation": ADD, "result": result}))).result
    assert np.signbit(back.old[0])
    assert back.old[1] == 0.1 + 0.2
    assert back.new.tolist() == [5e-324, 1.0]


def test_texts_and_results_may_be_absent():
    assert edit_of_data({"shape": SHAPE, "operation": {"set": -0.0}}).result is None
    assert edit_as_data(Edit(Region((0.0, 45.0)), Set(1.0))) == {
        "shape": {"region": [0.0, 45.0]},
        "operation": {"set": 1.0},
        "where": "all",
    }


def nested(depth: int) -> dict[str, object]:
    """A shape with parts within parts."""
    shape: dict[str, object] = SHAPE
    for _ in range(depth):
        shape = {"union": [shape, SHAPE]}
    return shape


@pytest.mark.parametrize(
    ("operation", "sentence"),
    [
        ({"rise": 5}, "unknown operation 'rise'; known are set, add, scale"),
        ({"smoth": 5}, "unknown operation 'smoth', did you mean smooth?"),
        ({"set": True}, "set needs a finite number, not True"),
        ({"set": "5"}, "set needs a finite number, not '5'"),
        ({"set": float("nan")}, "set needs a finite number, not nan"),
        ({"set": 10**400}, "set needs a finite number"),
        ({"set": 10**5000}, "set needs a finite number, not a number of very many digits"),
        ({"set": [1.0, float("inf")]}, "set needs a finite number, not inf"),
        ({"set": [1.0, True]}, "set needs a finite number, not True"),
        ({"set": [1.0]}, "a list of values to set needs a list of cells"),
        ({"set": {"a": 1}}, "set needs a finite number"),
        ({"set": 1e9}, "cannot be meant"),
        ({"add": None}, "add needs a finite number, not nothing"),
        ({"add": 1, "scale": 2}, "operation needs one word"),
        ({}, "operation needs one word"),
        ("add", "operation needs one word"),
        ({3: 5}, "unknown operation 3"),
        ({"clamp": 5}, "clamp needs a list"),
        ({"clamp": [1]}, "clamp lists 1; it needs 2"),
        ({"clamp": [None, None]}, "give the lowest"),
        ({"clamp": [5, 1]}, "No value lies between"),
        ({"smooth": 1.0}, "smooth needs a whole number"),
        ({"smooth": True}, "smooth needs a whole number"),
        ({"smooth": 0}, "smoothed 1 to"),
        ({"fill": "all"}, "fill needs the word neighbours"),
        ({"copy": ""}, "name or checksum"),
        ({"copy": 5}, "copy needs text"),
        ({"copy": "a" * 20_000}, "20000 letters long"),
        ({"open_strait": -5}, "no strait"),
        ({"close_sea": 0}, "above 0"),
        ({"close_sea": False}, "finite number"),
    ],
)  # fmt: skip
def test_what_is_no_operation_is_refused_in_a_sentence(operation, sentence):
    with pytest.raises(InputError) as refused:
        edit_of_data({"shape": SHAPE, "operation": operation}, 3)
    assert str(refused.value).startswith("edit 3: ")
    assert sentence.lower() in str(refused.value).lower()
    assert str(refused.value).endswith(".")
    assert len(str(refused.value)) < 300


@pytest.mark.parametrize(
    ("shape", "sentence"),
    [
        (None, "a shape needs keys and values"),
        ([1], "a shape needs keys and values"),
        ({}, "unknown shape nothing"),
        ({"bx": [0, 0, 1, 1]}, "unknown shape 'bx', did you mean box?"),
        ({"box": [0, 0, 1, 1], "region": [0, 0]}, "not all; join shapes by union"),
        ({"box": [0, 0, 1, 1], "width_km": 5}, "unknown key 'width_km' in the shape box"),
        ({"line": [[0, 0]], "widht_km": 5}, "did you mean width_km?"),
        ({"box": [0, 0, 1]}, "box lists 3; it needs 4"),
        ({"box": [0, 5, 1, 1]}, "from 5 to 1 degrees north"),
        ({"box": [0, -95, 1, 1]}, "no place"),
        ({"box": [0, 0, float("inf"), 1]}, "finite number"),
        ({"polygon": [[0, 0], [1, 1]]}, "at least 3"),
        ({"polygon": [[0, 0], [1, 1], [2]]}, "lists 1; it needs 2"),
        ({"polygon": [[0, 0], [1, 1], [2, True]]}, "not True"),
        ({"polygon": [[0, 0]] * 10_001}, "at most 10000"),
        ({"union": [{"polygon": [[0, 0]] * 9000}, {"polygon": [[0, 0]] * 9000}]}, "more than 10000 points"),
        ({"union": [SHAPE]}, "union lists 1; it needs 2"),
        (nested(201), "more than 200 deep"),
        (nested(5000), "more than 200 deep"),
        ({"line": []}, "at least 1"),
        ({"line": [[0, 0]], "width_km": -1}, "width_km is -1 km"),
        ({"brush": [[0, 0]]}, "lacks radius_km"),
        ({"brush": [[0, 0]], "radius_km": 1e9}, "give 0 to"),
        ({"region": [0, 91]}, "no place"),
        ({"region": [1e300, 0]}, "no place"),
        ({"values": [5, 1]}, "no value lies between"),
        ({"cells": [[0, -1]]}, "a column needs a whole number"),
        ({"cells": [[0.0, 1]]}, "a row needs a whole number"),
        ({"cells": [[0, 2**40]]}, "a column needs a whole number"),
        ({"cells": [[0, 1]], "places": []}, None),
        ({"cells": [[0, 1]], "places": [[0, 0], [1, 1]]}, "1 cells and 2 places"),
        ({"cells": [[0, 1]], "sizes_km": [-1]}, "sizes_km is -1 km"),
        ({"cells": "all"}, "cells needs a list, not 'all'"),
        ({"places": [[0, 1]]}, "unknown shape nothing"),
    ],
)  # fmt: skip
def test_what_is_no_shape_is_refused_in_a_sentence(shape, sentence):
    data = {"shape": shape, "operation": ADD}
    if sentence is None:
        assert edit_of_data(data).shape.cells == ((0, 1),)
        return
    with pytest.raises(InputError) as refused:
        edit_of_data(data)
    assert str(refused.value).startswith("the edit: ")
    assert sentence in str(refused.value)
    assert len(str(refused.value)) < 300


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"resaon": "x"}, "unknown key 'resaon' in an edit, did you mean reason?"),
        ({"\x1b[31m": 1}, "unknown key '?x1b[31m'".replace("?", "\\")),
        ({"where": "lake"}, "where needs all, land, sea, not 'lake'"),
        ({"where": ["all"]}, "where needs"),
        ({"reason": 5}, "reason needs text, not 5"),
        ({"who": "\ud800"}, "letters that no file can hold"),
        ({"result": []}, "result needs keys and values"),
        ({"result": {"cells": [], "old": []}}, "result lacks new"),
        ({"result": {"cells": [1], "old": [], "new": []}}, "1 cells, 0 old and 0 new"),
        ({"result": {"cells": [2, 1], "old": [0, 0], "new": [1, 1]}}, "ascending"),
        ({"result": {"cells": [1, 1], "old": [0, 0], "new": [1, 1]}}, "each once"),
        ({"result": {"cells": [-1], "old": [0], "new": [1]}}, "whole number"),
        ({"result": {"cells": [1.0], "old": [0], "new": [1]}}, "whole number"),
        ({"result": {"cells": [2**31], "old": [0], "new": [1]}}, "whole number"),
        ({"result": {"cells": [1], "old": [float("nan")], "new": [1.0]}}, "finite number, not nan"),
        ({"result": {"cells": [1], "old": ["0"], "new": [1.0]}}, "finite number"),
        ({"result": {"cells": [1], "old": [0], "new": [1.0], "x": 1}}, "unknown key 'x' in result"),
    ],
)  # fmt: skip
def test_what_else_is_wrong_with_an_edit_is_refused_in_a_sentence(more, sentence):
    with pytest.raises(InputError) as refused:
        edit_of_data({"shape": SHAPE, "operation": ADD} | more)
    assert sentence in str(refused.value)
    assert str(refused.value).isprintable()


def test_an_edit_needs_a_shape_and_an_operation():
    for data, sentence in (({"shape": SHAPE}, "lacks operation"), ({"operation": ADD}, "lacks shape"), (5, "keys and")):
        with pytest.raises(InputError, match=sentence):
            edit_of_data(data)


def test_edits_are_numbered_and_not_too_many(monkeypatch):
    edit = {"shape": SHAPE, "operation": ADD}
    with pytest.raises(InputError, match=r"^edit 3: "):
        edits_of_data([edit, edit, {}])
    monkeypatch.setattr("paleobc.topography.edits.plain.MOST_EDITS", 2)
    assert len(edits_of_data(iter([edit, edit]))) == 2
    with pytest.raises(InputError, match="more than 2 edits"):
        edits_of_data([edit] * 3)
    monkeypatch.setattr("paleobc.topography.edits.plain.MOST_CELLS", 3)
    cells = {"shape": {"union": [{"cells": [[0, 0], [0, 1]]}, SHAPE]}, "operation": ADD}
    with pytest.raises(InputError, match=r"^edit 2: .*more than 3 cells"):
        edits_of_data([cells, cells])


WORDS = ["shape", "operation", "union", "cells", "box", "set", "result", "old"]


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
        lambda part: (
            st.lists(part, max_size=4)
            | st.dictionaries(
                st.sampled_from(["shape", "operation", "union", "cells", "box", "set", "result", "old"])
                | st.text(max_size=3),
                part,
                max_size=3,
            )
        ),
        max_leaves=12,
    )
)
def test_any_data_is_an_edit_or_refused(data):
    for whole in (data, {"shape": data, "operation": ADD}, {"shape": SHAPE, "operation": data}):
        try:
            edit_as_data(edit_of_data(whole))
        except InputError as error:
            assert str(error).isprintable()  # noqa: PT017
