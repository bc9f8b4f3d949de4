"""Messages of the map editor: the same in Python and in JavaScript, to the bit, and hostile ones refused."""

from __future__ import annotations

import contextlib
import json
import math
import shutil
import subprocess
from collections.abc import Iterator
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of

from paleobc.errors import InputError
from paleobc.formats.packed_arrays import TYPES, VERSION, pack, unpack

NODE = shutil.which("node")

texts = st.text(st.characters(codec="utf-8"), max_size=12)
plain_data = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(-1e15, 1e15) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=8,
)


@st.composite
def any_arrays(draw: st.DrawFn) -> np.ndarray[Any, Any]:
    """Array of any type, of any bits: also of any NaN, of no cells, and of no dimensions."""
    kind = TYPES[draw(st.sampled_from(sorted(TYPES)))]
    shape = draw(arrays_of.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4))
    size = kind.itemsize * math.prod(shape)
    bits = draw(st.binary(min_size=size, max_size=size))
    if kind.kind == "b":
        bits = bytes(byte & 1 for byte in bits)
    return np.frombuffer(bits, dtype=kind).reshape(shape)


messages = st.tuples(plain_data, st.dictionaries(texts, any_arrays(), max_size=4))


def same_bits(one: np.ndarray[Any, Any], other: np.ndarray[Any, Any]) -> bool:
    """Whether two arrays are one to the bit."""
    return one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes()


@given(messages)
def test_what_is_packed_comes_back_to_the_bit(message):
    data, arrays = message
    again, known = unpack(pack(data, arrays))
    assert again == data
    assert list(known) == list(arrays)
    assert all(same_bits(known[name], arrays[name]) for name in arrays)


@given(messages)
def test_arrays_start_at_multiples_of_eight_bytes(message):
    packed = pack(*message)
    length = int.from_bytes(packed[8:12], "little")
    assert (12 + length) % 8 == 0
    assert len(packed) % 8 == 0


def test_arrays_of_other_orders_of_bytes_and_of_cells_are_packed_by_their_values():
    strange = np.arange(12, dtype=">i4").reshape(3, 4)[::2, ::-1]
    ((values),) = unpack(pack(None, {"a": strange}))[1].values()
    assert values.dtype == np.int32
    np.testing.assert_array_equal(values, strange)


@pytest.mark.parametrize("kind", [np.float16, np.complex128, "U3", "datetime64[s]"])
def test_arrays_of_other_types_are_not_packed(kind):
    with pytest.raises(TypeError, match="cannot be packed"):
        pack(None, {"a": np.zeros(2, dtype=kind)})


def test_numbers_that_are_none_are_not_packed_as_data():
    with pytest.raises(ValueError, match="not JSON compliant"):
        pack({"mean": math.nan}, {})


@given(messages, st.data())
def test_a_message_cut_short_or_made_longer_is_refused(message, data):
    packed = pack(*message)
    cut = data.draw(st.integers(0, len(packed) - 1))
    with pytest.raises(InputError, match="packed message"):
        unpack(packed[:cut])
    with pytest.raises(InputError, match="bytes long"):
        unpack(packed + bytes(8))


@given(st.binary(max_size=60))
def test_any_bytes_give_a_message_or_a_sentence(noise):
    for packed in (noise, b"PBCA\x01\x00\x00\x00" + noise):
        with contextlib.suppress(InputError):
            unpack(packed)


def described(*entries: object, data: object = None) -> bytes:
    """Message whose header says this of its arrays, of which none is there."""
    header = json.dumps({"data": data, "arrays": entries}).encode()
    header += b" " * (-(12 + len(header)) % 8)
    return b"PBCA" + bytes([VERSION, 0, 0, 0]) + len(header).to_bytes(4, "little") + header


HOSTILE = {
    "another version": b"PBCA\x02\x00\x00\x00" + bytes(8),
    "no JSON": b"PBCA\x01\x00\x00\x00" + (4).to_bytes(4, "little") + b"{{{{",
    "a type of another world": described({"name": "a", "type": "f2", "shape": [0]}),
    "the name of no type": described({"name": "a", "type": "toString", "shape": [0]}),
    "a negative side": described({"name": "a", "type": "u1", "shape": [-1]}),
    "a side that is true": described({"name": "a", "type": "u1", "shape": [True]}),
    "sizes of terabytes": described({"name": "a", "type": "f8", "shape": [2**30, 2**30]}),
    "a name twice": described(*[{"name": "a", "type": "u1", "shape": [0]}] * 2),
    "no shape": described({"name": "a", "type": "u1"}),
    "arrays that are none": described(5),
}


@pytest.mark.parametrize("message", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_message_is_refused_with_a_sentence(message):
    with pytest.raises(InputError, match=r"packed message"):
        unpack(message)


class Twin:
    """The module of the editor under Node: one process for all messages."""

    def __init__(self, module: Path) -> None:
        command = [str(NODE), str(Path(__file__).with_name("packed_twin.mjs")), str(module)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, message: bytes) -> tuple[Any, dict[str, Any]]:
        """What it read of a message and packed again."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(len(message).to_bytes(4, "little") + message)
        self._process.stdin.flush()
        length = int.from_bytes(self._process.stdout.read(4), "little")
        return unpack(self._process.stdout.read(length))

    def close(self) -> None:
        """End the process."""
        self._process.communicate()


def words_of(array: np.ndarray[Any, Any]) -> list[Any]:
    """Values as numbers, a NaN as None, however they are written."""
    if array.dtype.kind == "f":
        with np.errstate(invalid="ignore"):  # a NaN that signals
            return [None if math.isnan(value) else value for value in array.astype(np.float64).ravel().tolist()]
    return [int(value) for value in array.ravel()]


def read_words(words: list[str], kind: str) -> list[Any]:
    """Values that JavaScript wrote out."""
    if kind not in ("f4", "f8"):
        return [int(word) for word in words]
    return [None if word == "NaN" else float(word.replace("Infinity", "inf")) for word in words]


if NODE is not None:  # a laboratory that only runs the application has no Node

    @pytest.fixture(scope="module")
    def twin() -> Iterator[Twin]:
        with as_file(files("paleobc").joinpath("editor/component/packed.js")) as module:
            process = Twin(module)
            yield process
            process.close()

    @settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(messages)
    def test_javascript_reads_and_writes_the_same_to_the_bit(twin, message):
        data, arrays = message
        answer, again = twin.ask(pack(data, arrays))
        assert answer["data"] == data
        assert set(again) == set(arrays)
        for name, array in arrays.items():
            assert same_bits(again[name], array)
            kind, *words = answer["words"][name]
            assert read_words(words, kind) == words_of(array)
            assert TYPES[kind] == array.dtype

    @pytest.mark.parametrize("name", [name for name in HOSTILE if name != "a side that is true"])
    def test_javascript_refuses_a_hostile_message_with_a_sentence(twin, name):
        assert "packed message" in twin.ask(HOSTILE[name])[0]["error"]

    @settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(messages, st.data())
    def test_javascript_refuses_a_message_cut_short(twin, message, data):
        packed = pack(*message)
        cut = data.draw(st.integers(0, len(packed) - 1))
        assert "packed message" in twin.ask(packed[:cut])[0]["error"]
