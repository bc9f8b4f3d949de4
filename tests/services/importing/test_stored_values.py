"""What is stored as text or as a pickle is read into plain values, and never run."""

from __future__ import annotations

import base64
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paleobc.errors import InputError
from paleobc.services.importing.plain_values import mapping_of, plain_value
from paleobc.services.importing.python_text import parse_python, plain_of

SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**60), 2**60), st.floats(allow_nan=False, allow_infinity=False), st.text()
)
PLAIN = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4), max_leaves=12
)
ACTIONS = [{"selection_expr": "dim('lon')>=1", "value": -200, "land": True}, {"value": 1.5, "ocean": False}]


@given(PLAIN, st.integers(0, pickle.HIGHEST_PROTOCOL))
def test_a_pickle_of_plain_values_is_read_as_pickle_does(value, protocol):
    data = pickle.dumps(value, protocol)
    assert plain_value(data if protocol >= 2 else b"\x80\x02" + data) == value


@given(PLAIN)
def test_the_repr_of_plain_values_is_read_as_python_does(value):
    assume_plain = "\\x" not in repr(value) and "\\u" not in repr(value) and "\\U" not in repr(value)
    if assume_plain:
        assert plain_of(parse_python(repr(value))) == value


@pytest.mark.parametrize(
    "stored", [repr(ACTIONS), pickle.dumps(ACTIONS), base64.b64encode(pickle.dumps(ACTIONS)).decode()]
)
def test_lists_of_edits_are_read_in_every_form(stored):
    assert plain_value(stored) == ACTIONS


@pytest.mark.parametrize(
    "data",
    [
        pickle.dumps(print),
        pickle.dumps(np.arange(3)),
        pickle.dumps({1, 2}),
        pickle.dumps(pytest.raises),
        b"\x80\x04cos\nsystem\n(S'ls'\ntR.",
        b"\x80\x04]\x94(h\x00h\x00e.",
        b"\x80\x04",
        b"\x80\x04}(K\x01K\x02u.",
        b"\x80\x04ee.",
        b"\x80",
        b"\x80\x04\x8a\xff" + b"\xff" * 10,
    ],
)
def test_a_pickle_that_holds_more_is_refused(data):
    with pytest.raises(InputError):
        plain_value(data)


def test_a_pickle_of_lists_that_hold_each_other_many_times_is_refused():
    laughs: list[object] = ["ha"]
    for _ in range(40):
        laughs = [laughs] * 10
    with pytest.raises(InputError, match="several places"):
        plain_value(pickle.dumps(laughs))


@pytest.mark.parametrize(
    "text", ["[" * 100_000, "{'a':" * 500, "0x" + "1" * 100, "'\\", "open('x')", "a.b", "[1 2]", "1 if 1 else 2"]
)
def test_text_that_is_no_plain_value_is_refused(text):
    with pytest.raises(InputError):
        plain_value(text)


def test_what_is_no_mapping_is_an_empty_one():
    assert mapping_of("[" * 100_000) == mapping_of(b"\x80\x04") == mapping_of(3) == {}
